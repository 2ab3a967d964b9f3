import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePacket, encodePacket, readProtocol } from '../../../../src/engine/broker/codec.ts'

describe('reading a packet with the full parser', () => {
  it('answers any bytes with a packet or a sentence, and never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(3 as const, 4 as const, 5 as const), (bytes, version) => {
      const decoded = decodePacket(bytes, version)
      expect('problem' in decoded ? typeof decoded.problem : typeof decoded.packet.cmd).toBe('string')
    }), { numRuns: 5_000 })
  })

  it.each([
    ['a SUBSCRIBE with packet id 0', [0x82, 6, 0, 0, 0, 1, 0x61, 0], 4],
    ['a SUBSCRIBE cut off before its id', [0x82, 1, 0], 4],
    ['wrong flags', [0x80, 6, 0, 1, 0, 1, 0x61, 0], 4],
    ['a reserved type', [0x00, 0], 4],
    ['a packet that ends too early', [0x82, 9, 0, 1], 4],
    ['an unknown MQTT 5 reason', [0xE0, 2, 0x77, 0], 5],
  ] as const)('refuses %s', (_what, bytes, version) => {
    expect(decodePacket(Buffer.from(bytes), version)).toHaveProperty('problem')
  })

  it('reads a view in the middle of a larger buffer', () => {
    const bytes = Buffer.concat([Buffer.alloc(7), encodePacket({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['/a'] }, 4), Buffer.alloc(7)])
    expect(decodePacket(bytes.subarray(7, -7), 4)).toMatchObject({ packet: { cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['/a'] } })
  })
})

describe('the protocol a CONNECT names', () => {
  it.each([
    ['MQTT 3.1.1', [0x10, 7, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4], { name: 'MQTT', level: 4 }],
    ['MQTT 3.1', [0x10, 9, 0, 6, 0x4D, 0x51, 0x49, 0x73, 0x64, 0x70, 3], { name: 'MQIsdp', level: 3 }],
    ['another name', [0x10, 7, 0, 4, 0x48, 0x54, 0x54, 0x50, 4], null],
    ['a name without a level', [0x10, 6, 0, 4, 0x4D, 0x51, 0x54, 0x54], null],
    ['nothing', [0x10, 0], null],
  ])('is read from %s', (_what, bytes, claim) => {
    expect(readProtocol(Buffer.from(bytes))).toEqual(claim)
  })
})
