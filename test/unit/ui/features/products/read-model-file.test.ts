import { expect, it } from 'vitest'
import { readModelFile } from '../../../../../src/ui/features/products/read-model-file.ts'
import { zipOf } from '../../../../support/zip-of.ts'

const blob = (bytes: Uint8Array | string): Blob => new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)])

it('reads one document of JSON, and the documents of an archive', async () => {
  expect(await readModelFile(blob('{"properties":[]}'))).toEqual(['{"properties":[]}'])
  expect(await readModelFile(blob(zipOf([{ name: 'a.json', text: '{"名":1}' }, { name: 'b.JSON', text: '{}', stored: true }, { name: 'c.txt', text: 'x' }])))).toEqual(['{"名":1}', '{}'])
})

it('says why an archive cannot be read', async () => {
  expect(await readModelFile(blob(zipOf([{ name: 'c.txt', text: 'x' }])))).toBe('the archive holds no .json file')
  expect(await readModelFile(blob(zipOf([{ name: 'big.json', text: ' '.repeat(5 * 1024 * 1024) }])))).toBe('big.json is damaged or too large')
  const damaged = zipOf([{ name: 'a.json', text: '{"a":[1,2,3]}' }])
  damaged.fill(0xFF, 36, 42)
  expect(await readModelFile(blob(damaged))).toBe('a.json is damaged or too large')
})
