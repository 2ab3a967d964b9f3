import type { FormPart } from '../../../../../src/engine/platform/ota-package/form-data.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { boundaryOf, formParts, FormProblem } from '../../../../../src/engine/platform/ota-package/form-data.ts'

const content = 'line\r\n--B\r\n--Bo\r\n-- no end\r\n'
const form = ['--Bound', 'Content-Disposition: form-data; name="key"', '', 'ota/1.bin', '--Bound', 'Content-Disposition: form-data; name="file"; filename="a.bin"', 'Content-Type: application/octet-stream', '', content, '--Bound--', ''].join('\r\n')

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += size)
    yield Buffer.from(text.slice(at, at + size))
}

async function read(text: string, size: number): Promise<[string, string][]> {
  const found: [string, string][] = []
  for await (const part of formParts(pieces(text, size), 'Bound'))
    found.push([part.name, await valueOf(part)])
  return found
}

async function valueOf(part: FormPart): Promise<string> {
  if ('value' in part)
    return part.value
  const chunks: Uint8Array[] = []
  for await (const chunk of part.content)
    chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('a posted form', () => {
  it('is read however its bytes are cut', async () => {
    for (const size of [1, 2, 3, 7, 50, 10_000])
      expect(await read(form, size)).toEqual([['key', 'ota/1.bin'], ['file', content]])
  })

  it('is refused when it breaks off, has a part without a name or a field that is too long', async () => {
    await expect(read(form.slice(0, -30), 10)).rejects.toThrow(FormProblem)
    await expect(read(form.replace('; name="key"', ''), 10)).rejects.toThrow('a part of the form has no name')
    await expect(read(form.replace('ota/1.bin', 'x'.repeat(70_000)), 1000)).rejects.toThrow('more than 65536 bytes')
  })

  it('has a boundary with or without quotes', () => {
    expect(boundaryOf('multipart/form-data; boundary=--ab')).toBe('--ab')
    expect(boundaryOf('multipart/form-data; charset=utf-8; boundary="a b"')).toBe('a b')
    expect(boundaryOf('application/json')).toBeUndefined()
  })
})
