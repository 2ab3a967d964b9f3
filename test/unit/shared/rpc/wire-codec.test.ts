import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../../../src/shared/limits.ts'
import { decodeFrame, encodeFrame } from '../../../../src/shared/rpc/wire-codec.ts'

describe('the codec of the WebSocket', () => {
  it('carries any JSON value unchanged', () => {
    // -0 is not JSON's, and `__proto__` as a name never comes out of our own code.
    const json = fc.jsonValue().filter(value => !/"__proto__"/.test(JSON.stringify(value))).map(value => JSON.parse(JSON.stringify(value)) as unknown)
    fc.assert(fc.property(json, (value) => {
      expect(decodeFrame(encodeFrame(value))).toEqual(value)
    }), { numRuns: 500 })
  })

  it('carries any number that a double holds', () => {
    fc.assert(fc.property(fc.double().map(value => value + 0), (value) => {
      expect(decodeFrame(encodeFrame({ value }))).toEqual({ value })
    }), { numRuns: 500 })
    for (const value of [2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 64, -(2 ** 31), -(2 ** 53)])
      expect(decodeFrame(encodeFrame(value))).toBe(value)
  })

  it('carries views of any typed array, wherever in its buffer they begin', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(63), (bytes, skip) => {
      const view = bytes.subarray(Math.min(skip, bytes.length))
      expect(decodeFrame(encodeFrame({ view }))).toEqual({ view })
    }))
    const doubles = new Float64Array([1, Number.NaN, -0, Infinity]).subarray(1)
    const decoded = decodeFrame(encodeFrame([doubles, doubles])) as Float64Array[]
    expect(decoded).toEqual([doubles, doubles])
    expect(decoded[0]).toBeInstanceOf(Float64Array)
  })

  it('takes bytes that are no message for none, whatever they are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeFrame(bytes)
    }), { numRuns: 2_000 })
    expect(decodeFrame(new Uint8Array([0xDD, 0xFF, 0xFF, 0xFF, 0xFF]))).toBeUndefined()
    expect(decodeFrame(new Uint8Array())).toBeUndefined()
  })

  it('refuses what cannot be carried instead of sending something else', () => {
    expect(() => encodeFrame({ run: () => {} })).toThrow('a function cannot be sent')
  })

  it('refuses a message larger than a frame may be', () => {
    expect(() => encodeFrame(new Uint8Array(limits.rpcFrameBytesMax))).toThrow(expect.objectContaining({ code: 'limit/reached' }))
  })
})
