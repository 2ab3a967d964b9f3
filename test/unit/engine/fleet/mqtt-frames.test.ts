import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { generate, parser } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { bodyStart, encodePuback, encodePublish, frameEnd, incomplete, malformed, parsePublish } from '../../../../src/engine/fleet/mqtt-frames.ts'

const topic = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter(text => !/[+#\0]/.test(text))
const packetId = fc.integer({ min: 1, max: 0xFFFF })

/** What the reference codec makes of bytes: the packets it reads, or that it refuses. */
function reference(bytes: Buffer): { commands: string[], refused: boolean } {
  const commands: string[] = []
  let refused = false
  const reader = parser({ protocolVersion: 4 })
  reader.on('packet', packet => commands.push(packet.cmd))
  reader.on('error', () => { refused = true })
  reader.parse(bytes)
  return { commands, refused }
}

describe('frames', () => {
  it('are written as the reference codec writes them', () => {
    fc.assert(fc.property(topic, fc.string({ unit: 'grapheme', maxLength: 400 }), fc.constantFrom(0 as const, 1 as const), packetId, (name, payload, qos, messageId) => {
      expect(encodePublish(name, payload, qos, messageId)).toEqual(generate({ cmd: 'publish', topic: name, payload, qos, dup: false, retain: false, ...(qos === 1 && { messageId }) }))
      expect(encodePuback(messageId)).toEqual(generate({ cmd: 'puback', messageId }))
    }))
  })

  it('of every length of the length are written alike', () => {
    for (const length of [100, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
      const payload = 'x'.repeat(length - 7)
      expect(encodePublish('/a', payload, 1, 513).equals(generate({ cmd: 'publish', topic: '/a', payload, qos: 1, dup: false, retain: false, messageId: 513 }))).toBe(true)
    }
  })

  it('are cut at the same places as the reference codec cuts them, however they arrive', () => {
    const packet = fc.oneof(
      fc.tuple(topic, fc.uint8Array({ maxLength: 300 }), fc.constantFrom(0 as const, 1 as const), packetId).map(([name, payload, qos, messageId]) => generate({ cmd: 'publish', topic: name, payload: Buffer.from(payload), qos, dup: false, retain: false, messageId })),
      packetId.map(messageId => generate({ cmd: 'puback', messageId })),
      fc.constantFrom(Buffer.from([0xD0, 0]), generate({ cmd: 'connack', returnCode: 0, sessionPresent: false })),
    )
    fc.assert(fc.property(fc.array(packet, { minLength: 1, maxLength: 6 }), fc.nat(20), (packets, missing) => {
      const whole = Buffer.concat(packets)
      const bytes = whole.subarray(0, Math.max(0, whole.length - missing))
      let at = 0
      let count = 0
      for (let end = frameEnd(bytes, at, bytes.length); end > 0 && at < bytes.length; end = frameEnd(bytes, at, bytes.length)) {
        at = end
        count++
      }
      expect(count).toBe(reference(bytes).commands.length)
    }))
  })

  it('of random bytes never throw, and are refused wherever the reference codec finds no length', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (random) => {
      const bytes = Buffer.from(random)
      const end = frameEnd(bytes, 0, bytes.length)
      if (end === malformed)
        expect(bytes.subarray(1, 5).every(byte => byte >= 0x80)).toBe(true)
      if (end > 0)
        parsePublish(bytes, 0, end)
    }))
  })

  it('of an impossible length are malformed, unfinished ones incomplete', () => {
    expect(frameEnd(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 1]), 0, 6)).toBe(malformed)
    expect(frameEnd(Buffer.from([0x30]), 0, 1)).toBe(incomplete)
    expect(frameEnd(Buffer.from([0x30, 0x80]), 0, 2)).toBe(incomplete)
    expect(frameEnd(Buffer.from([0x30, 2, 0]), 0, 3)).toBe(incomplete)
    expect(frameEnd(Buffer.from([0x40, 2, 0, 1, 0xD0]), 0, 5)).toBe(4)
  })

  it('that carry a message are taken apart', () => {
    fc.assert(fc.property(topic, fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0 as const, 1 as const, 2 as const), packetId, (name, payload, qos, messageId) => {
      const bytes = generate({ cmd: 'publish', topic: name, payload: Buffer.from(payload), qos, dup: false, retain: false, messageId })
      const publish = parsePublish(bytes, 0, bytes.length)!
      expect(publish).toMatchObject({ topic: name, qos, packetId: qos === 0 ? 0 : messageId })
      expect(bytes.subarray(publish.payloadStart)).toEqual(Buffer.from(payload))
      expect(bodyStart(bytes, 0)).toBe(bytes.length - payload.length - (qos === 0 ? 2 : 4) - Buffer.byteLength(name))
    }))
  })

  it('that promise more topic than they have, or QoS 3, are refused', () => {
    expect(parsePublish(Buffer.from([0x30, 4, 0, 9, 0x61, 0x62]), 0, 6)).toBeUndefined()
    expect(parsePublish(Buffer.from([0x32, 4, 0, 2, 0x61, 0x62]), 0, 6)).toBeUndefined()
    expect(parsePublish(Buffer.from([0x36, 6, 0, 2, 0x61, 0x62, 0, 1]), 0, 8)).toBeUndefined()
    expect(parsePublish(Buffer.from([0x30, 1, 0]), 0, 3)).toBeUndefined()
  })
})
