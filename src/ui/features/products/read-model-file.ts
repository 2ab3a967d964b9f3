import { limits } from '../../../shared/limits.ts'
import { isZip, readZip } from '../../../shared/zip.ts'

/** The thing model documents in a file: one of JSON, or those of the console's archive; a sentence when it cannot be read. */
export async function readModelFile(file: Blob): Promise<string[] | string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  if (!isZip(bytes))
    return [new TextDecoder().decode(bytes)]
  const entries = readZip(bytes, limits.modelFilesMax)
  if (typeof entries === 'string')
    return entries
  const texts: string[] = []
  for (const { name, method, packed } of entries.filter(entry => /\.json$/i.test(entry.name))) {
    const text = await unpack(packed, method)
    if (text === undefined)
      return `${name} is damaged or too large`
    texts.push(text)
  }
  return texts.length === 0 ? 'the archive holds no .json file' : texts
}

/** The text of a packed file; undefined for one that is damaged, or larger than any model, however small it is packed. */
async function unpack(packed: Uint8Array, method: number): Promise<string | undefined> {
  const plain = new Blob([new Uint8Array(packed)]).stream()
  const reader = (method === 0 ? plain : plain.pipeThrough(new DecompressionStream('deflate-raw'))).getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done)
        return text + decoder.decode()
      text += decoder.decode(value, { stream: true })
      if (text.length > limits.modelDocumentsBytesMax) {
        await reader.cancel()
        return undefined
      }
    }
  }
  catch {
    return undefined
  }
}
