import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameReader } from '../../../../src/engine/fleet/frame-reader.ts'
import { encodePuback, encodePublish } from '../../../../src/engine/fleet/mqtt-frames.ts'

/** Feeds chunks of one device and collects the frames as hex. */
function feed(reader: FrameReader, index: number, chunks: Buffer[]): { frames: string[], isMqtt: boolean } {
  const frames: string[] = []
  let isMqtt = true
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += reader.buffer.length) {
      const length = chunk.copy(reader.buffer, 0, from)
      isMqtt &&= reader.read(index, length, (bytes, start, end) => {
        frames.push(bytes.toString('hex', start, end))
        return true
      })
    }
  }
  return { frames, isMqtt }
}

describe('reading frames through one shared buffer', () => {
  it('finds every packet of two devices whose bytes come in alternating pieces', () => {
    const packets = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }).map(encodePuback), fc.string({ maxLength: 300 }).map(text => encodePublish('/t', text, 0, 0))), { maxLength: 8 })
    fc.assert(fc.property(packets, packets, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (first, second, cuts) => {
      const reader = new FrameReader()
      const streams = [Buffer.concat(first), Buffer.concat(second)]
      const got: string[][] = [[], []]
      for (let turn = 0; streams.some(stream => stream.length > 0); turn++) {
        const index = turn % 2
        const length = cuts[turn % cuts.length]!
        got[index]!.push(...feed(reader, index, [streams[index]!.subarray(0, length)]).frames)
        streams[index] = streams[index]!.subarray(length)
      }
      expect(got).toEqual([first, second].map(list => list.map(packet => packet.toString('hex'))))
    }))
  })

  it('puts a packet together that is larger than the buffer', () => {
    const large = encodePublish('/t', 'x'.repeat(200_000), 0, 0)
    expect(feed(new FrameReader(), 0, [large])).toEqual({ frames: [large.toString('hex')], isMqtt: true })
  })

  it('refuses a packet that would be larger than any the platform sends, before it is all there', () => {
    const { isMqtt, frames } = feed(new FrameReader(), 0, [Buffer.concat([Buffer.from([0x30, 0xFF, 0xFF, 0xFF, 0x7F]), Buffer.alloc(400_000)])])
    expect({ isMqtt, frames }).toEqual({ isMqtt: false, frames: [] })
  })

  it('refuses a length of five bytes', () => {
    expect(feed(new FrameReader(), 0, [Buffer.from([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])]).isMqtt).toBe(false)
  })

  it('stops when the link has ended, and forgets what it had of a packet', () => {
    const reader = new FrameReader()
    let seen = 0
    const length = Buffer.concat([encodePuback(1), encodePuback(2)]).copy(reader.buffer)
    expect(reader.read(0, length, () => ++seen < 1)).toBe(true)
    expect(seen).toBe(1)
    feed(reader, 0, [Buffer.from([0x40, 2])])
    reader.forget(0)
    expect(feed(reader, 0, [encodePuback(7)]).frames).toEqual(['40020007'])
  })
})
