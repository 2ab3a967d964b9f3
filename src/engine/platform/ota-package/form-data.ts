/** A posted form that cannot be read. */
export class FormProblem extends Error {}

const headBytesMax = 16 * 1024
const fieldBytesMax = 64 * 1024
const headEnd = Buffer.from('\r\n\r\n')

/** A part of a form: a field, or a file whose bytes have to be read before the next part comes. */
export type FormPart = { name: string } & ({ value: string } | { content: AsyncIterable<Uint8Array> })

/** What divides the parts of a form, by its content type; undefined when it is no form with files. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const [, quoted, plain] = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType ?? '') ?? []
  return quoted ?? plain
}

/** The parts of a form as they come in (RFC 7578); files are never held as a whole. Throws FormProblem. */
export async function* formParts(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<FormPart> {
  const reader = new DelimitedReader(source)
  const divider = Buffer.from(`\r\n--${boundary}`)
  await reader.text(divider, headBytesMax)
  while (await reader.take(2) === '\r\n') {
    const head = await reader.text(headEnd, headBytesMax)
    const [, name] = /^content-disposition:.*?[\s;]name="([^"]*)"/im.exec(head) ?? []
    if (name === undefined)
      throw new FormProblem('a part of the form has no name')
    if (/^content-disposition:.*?[\s;]filename\*?=/im.test(head) || name === 'file')
      yield { name, content: reader.until(divider) }
    else
      yield { name, value: await reader.text(divider, fieldBytesMax) }
  }
}

/** Reads a stream of bytes from one delimiter to the next and keeps no more of it than that takes. */
class DelimitedReader {
  readonly #source: AsyncIterator<Uint8Array>
  // The first divider stands at the very beginning, all others behind a line.
  #buffer = Buffer.from('\r\n')

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async* until(delimiter: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#buffer.indexOf(delimiter)
      if (at >= 0) {
        const last = this.#cut(at)
        this.#cut(delimiter.length)
        if (last.length > 0)
          yield last
        return
      }
      // The end of what is there may be the beginning of the delimiter.
      const sure = this.#buffer.length - delimiter.length + 1
      if (sure > 0)
        yield this.#cut(sure)
      await this.#more()
    }
  }

  async text(delimiter: Buffer, bytesMax: number): Promise<string> {
    const parts: Uint8Array[] = []
    let bytes = 0
    for await (const part of this.until(delimiter)) {
      bytes += part.length
      if (bytes > bytesMax)
        throw new FormProblem(`a field or a header of the form has more than ${bytesMax} bytes`)
      parts.push(part)
    }
    return Buffer.concat(parts).toString('utf8')
  }

  async take(bytes: number): Promise<string> {
    while (this.#buffer.length < bytes)
      await this.#more()
    return this.#cut(bytes).toString('latin1')
  }

  #cut(bytes: number): Buffer {
    const cut = this.#buffer.subarray(0, bytes)
    this.#buffer = this.#buffer.subarray(bytes)
    return cut
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next()
    if (done)
      throw new FormProblem('the form breaks off')
    this.#buffer = Buffer.concat([this.#buffer, value])
  }
}
