import { expect, it } from 'vitest'
import { parseByteRange } from '../../../../src/engine/platform/byte-range.ts'

const etag = '"E1"'
const parse = (range: string | undefined, more = {}): ReturnType<typeof parseByteRange> => parseByteRange({ headers: { range, ...more } }, { size: 10, etag })

it('is cut to the file, and passed over when it cannot be read', () => {
  expect(parse('bytes=0-')).toEqual({ start: 0, bytes: 10 })
  expect(parse('bytes=4-99')).toEqual({ start: 4, bytes: 6 })
  expect(parse('bytes=4-4')).toEqual({ start: 4, bytes: 1 })
  expect(parse('bytes=-99')).toEqual({ start: 0, bytes: 10 })
  expect([parse('bytes=10-'), parse('bytes=-0')]).toEqual(['none', 'none'])
  expect([undefined, '', 'bytes=-', 'bytes=5-4', 'bytes=1-2,4-5', 'lines=1-2'].map(header => parse(header))).toEqual(Array.from({ length: 6 }).fill(null))
})

it('is of the file as the device knows it, or else the whole of it is sent', () => {
  expect(parse('bytes=4-', { 'if-range': etag })).toEqual({ start: 4, bytes: 6 })
  expect(parse('bytes=4-', { 'if-range': '"E0"' })).toBeNull()
})
