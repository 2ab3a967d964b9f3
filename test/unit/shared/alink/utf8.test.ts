import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8, encodeUtf8, isLongerThan, utf8Length } from '../../../../src/shared/alink/utf8.ts'

describe('utf8Length', () => {
  it.each([['', 0], ['abc', 3], ['é', 2], ['温度', 6], ['😀', 4], ['\uD83D', 3], ['\uDE00a', 4]])('of %j is %i', (text, bytes) => {
    expect(utf8Length(text)).toBe(bytes)
  })

  it('is what an encoder writes, for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => utf8Length(text) === Buffer.byteLength(text)))
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', '温', '\uD83D', '\uDE00') }), text => utf8Length(text) === Buffer.byteLength(text)))
  })
})

describe('isLongerThan', () => {
  it('compares bytes', () => {
    expect([isLongerThan('温度', 6), isLongerThan('温度', 5), isLongerThan('ab', 2), isLongerThan('', 0)]).toEqual([false, true, false, false])
  })
})

it('goes to bytes and back as the platform does, and says when bytes are no text', () => {
  for (const text of ['', 'plain "%" text', 'ü 温度 😀', '{"id":"1"}'])
    expect([encodeUtf8(text), decodeUtf8(new TextEncoder().encode(text))]).toEqual([new TextEncoder().encode(text), text])
  expect(encodeUtf8('a\uD800')).toEqual(new TextEncoder().encode('a\uD800'))
  expect(decodeUtf8(Uint8Array.of(0x61, 0xFF))).toBeUndefined()
})
