import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildPublish, MALFORMED } from '../../../../src/engine/broker/frame.ts'
import { PartialFrame } from '../../../../src/engine/broker/partial-frame.ts'

function publishOf(size: number): Buffer {
  return buildPublish({ topic: '/a', payload: new Uint8Array(size).fill(7), qos: 0, packetId: 0, dup: false, properties: null })
}

describe('a packet in parts', () => {
  it('is put together from parts of any size, and leaves what follows alone', () => {
    fc.assert(fc.property(fc.nat(70_000), fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1 }), fc.nat(5), (size, steps, behind) => {
      const frame = publishOf(size)
      const stream = Buffer.concat([frame, Buffer.alloc(behind, 0xFF)])
      const partial = new PartialFrame(1_000_000)
      let position = 0
      for (let index = 0; !partial.isComplete; index++) {
        const end = Math.min(stream.length, position + steps[index % steps.length]!)
        const chunk = stream.subarray(position, end)
        position += partial.take(chunk, 0, chunk.length)
      }
      expect(position).toBe(frame.length)
      expect(partial.total).toBe(frame.length)
      expect(partial.bytes.equals(frame)).toBe(true)
    }), { numRuns: 50 })
  })

  it('takes a packet that comes byte by byte', () => {
    const frame = publishOf(3)
    const partial = new PartialFrame(100)
    for (const [index] of frame.entries()) {
      expect(partial.isComplete).toBe(false)
      expect(partial.take(frame, index, index + 1)).toBe(index + 1)
    }
    expect(partial.isComplete).toBe(true)
  })

  it('keeps no more of a long packet than it may, and still finds its end', () => {
    const frame = publishOf(5_000)
    const partial = new PartialFrame(100)
    expect(partial.take(Buffer.concat([frame, Buffer.from([1, 2])]), 0, frame.length + 2)).toBe(frame.length)
    expect(partial.isComplete).toBe(true)
    expect(partial.bytes.equals(frame.subarray(0, 100))).toBe(true)
  })

  it('does not make room for a length that is only claimed', () => {
    const partial = new PartialFrame(300_000_000)
    partial.take(Buffer.from([0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0]), 0, 6)
    expect(partial.bytes.buffer.byteLength).toBeLessThan(1_000)
  })

  it('notices a length of five bytes', () => {
    const partial = new PartialFrame(100)
    partial.take(Buffer.from([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1]), 0, 6)
    expect(partial.total).toBe(MALFORMED)
  })
})
