import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import mqttPacket from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { decodePacket } from '../../../../src/engine/broker/codec.ts'
import { bodyStart, buildDisconnect, buildPuback, buildPublish, buildPublishProperties, buildRefusal, encodeOwnProperties, frameLength, INCOMPLETE, MALFORMED, packetKind, packetType, readPuback, readPublish } from '../../../../src/engine/broker/frame.ts'

const topicText = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter(text => !text.includes('\0') && text.isWellFormed())

/** What mqtt-packet makes of the same bytes: the packets, or that they are wrong. */
function referenceOf(bytes: Buffer): { packets: unknown[], isWrong: boolean } {
  const parser = mqttPacket.parser({ protocolVersion: 4 })
  const packets: unknown[] = []
  let isWrong = false
  parser.on('packet', packet => packets.push(packet))
  parser.on('error', () => { isWrong = true })
  try {
    parser.parse(bytes)
  }
  catch {
    isWrong = true
  }
  return { packets, isWrong }
}

/** One frame of `bytes` as our scanner reads it, in mqtt-packet's words; undefined for what the scanner does not read. */
function scan(bytes: Buffer): object | 'malformed' | undefined {
  const first = bytes[0]!
  switch (first >> 4) {
    case packetType.publish: {
      if ((first >> 1 & 3) > 1)
        return undefined
      const message = readPublish(bytes, 0, bytes.length, 4)
      if (message === null)
        return 'malformed'
      const { topic, payload, qos, packetId, dup } = message
      return { cmd: 'publish', topic, payload: Buffer.from(payload).toString('hex'), qos, dup, ...(qos === 1 && { messageId: packetId }) }
    }
    case packetType.puback: {
      const messageId = readPuback(bytes, 0, bytes.length)
      return messageId === 0 ? undefined : { cmd: 'puback', messageId }
    }
    default:
      return undefined
  }
}

describe('the frame scanner beside mqtt-packet', () => {
  const publish = fc.record({
    topic: topicText,
    payload: fc.uint8Array({ maxLength: 300 }),
    qos: fc.constantFrom(0 as const, 1 as const),
    packetId: fc.integer({ min: 1, max: 0xFFFF }),
    dup: fc.boolean(),
  }).map(({ topic, payload, qos, packetId, dup }) => mqttPacket.generate({ cmd: 'publish', topic, payload: Buffer.from(payload), qos, messageId: packetId, dup: dup && qos === 1, retain: false }))
  const frame = fc.oneof(publish, fc.integer({ min: 0, max: 0xFFFF }).map(id => Buffer.from([0x40, 2, id >> 8, id & 0xFF])))
  const mutated = fc.tuple(frame, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })).map(([bytes, changes]) => {
    const copy = Buffer.from(bytes)
    for (const [where, value] of changes)
      copy[where % copy.length] = value
    return copy
  })

  it('reads every packet that mqtt-packet reads as it does, and takes none that mqtt-packet refuses', () => {
    let compared = 0
    fc.assert(fc.property(fc.oneof(frame, mutated, fc.uint8Array({ minLength: 2, maxLength: 40 }).map(bytes => Buffer.from(bytes))), (bytes) => {
      const length = frameLength(bytes, 0, bytes.length)
      if (length <= 0 || length > bytes.length)
        return
      const one = bytes.subarray(0, length)
      const ours = scan(one)
      if (ours === undefined)
        return
      compared++
      const reference = referenceOf(one)
      if (ours !== 'malformed') {
        expect(reference.isWrong).toBe(false)
        const [theirs] = reference.packets as { payload?: Buffer }[]
        expect({ ...theirs, ...(theirs?.payload && { payload: theirs.payload.toString('hex') }) }).toMatchObject(ours)
      }
      else if (!reference.isWrong) {
        // Where we are stricter it has to be for one of the reasons that mqtt-packet does not look at.
        const theirs = reference.packets[0] as { topic?: string, messageId?: number, qos: number, dup: boolean } | undefined
        const isStricter = theirs === undefined || theirs.topic === '' || theirs.topic?.includes('\uFFFD') === true || theirs.topic?.includes('\0') === true
          || theirs.messageId === 0 || theirs.messageId === -1 || (theirs.dup && theirs.qos === 0)
        expect(isStricter).toBe(true)
      }
    }), { numRuns: 20_000 })
    expect(compared).toBeGreaterThan(5_000)
  })

  it('takes no packet identifier from an acknowledgement whose length says that it holds one byte', () => {
    expect(readPuback(Buffer.from([0x40, 0x81, 0, 1]), 0, 4)).toBe(0)
    expect(readPuback(Buffer.from([0x40, 2, 0, 1]), 0, 4)).toBe(1)
  })

  it('cuts a stream of packets exactly where mqtt-packet does', () => {
    fc.assert(fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), (frames) => {
      const stream = Buffer.concat(frames)
      const cuts: number[] = []
      for (let position = 0; position < stream.length; position += cuts.at(-1)!)
        cuts.push(frameLength(stream, position, stream.length))
      expect(cuts).toEqual(frames.map(each => each.length))
      expect(referenceOf(stream).packets).toHaveLength(frames.length)
    }))
  })
})

describe('the length of a packet', () => {
  it.each([
    ['one byte of length', [0xC0, 0], 2],
    ['the longest in one byte', [0x30, 0x7F], 129],
    ['two bytes', [0x30, 0x80, 1], 131],
    ['four bytes', [0x30, 0xFF, 0xFF, 0xFF, 0x7F], 268_435_455 + 5],
    ['a fifth byte', [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1], MALFORMED],
    ['nothing after the first byte', [0x30], INCOMPLETE],
    ['a length that goes on', [0x30, 0x80], INCOMPLETE],
  ])('understands %s', (_what, bytes, length) => {
    expect(frameLength(Buffer.from(bytes), 0, bytes.length)).toBe(length)
  })

  it('looks no further than it is told to', () => {
    expect(frameLength(Buffer.from([0, 0x30, 5, 9]), 1, 2)).toBe(INCOMPLETE)
    expect(frameLength(Buffer.from([0, 0x30, 5, 9]), 1, 3)).toBe(7)
  })
})

describe('reading a PUBLISH', () => {
  const read = (bytes: number[], version: 3 | 4 | 5 = 4) => readPublish(Buffer.from(bytes), 0, bytes.length, version)

  it.each([
    ['no room for a topic length', [0x30, 1, 0]],
    ['a topic longer than the packet', [0x30, 3, 0, 9, 0x61]],
    ['no packet id', [0x32, 4, 0, 1, 0x61, 0]],
    ['packet id 0', [0x32, 5, 0, 1, 0x61, 0, 0]],
    ['DUP on QoS 0', [0x38, 3, 0, 1, 0x61]],
    ['an empty topic', [0x30, 2, 0, 0]],
    ['U+0000 in the topic', [0x30, 3, 0, 1, 0]],
    ['a topic that is not UTF-8', [0x30, 4, 0, 2, 0xC3, 0x28]],
    ['U+0000 behind a character of two bytes', [0x30, 5, 0, 3, 0xC3, 0xA4, 0]],
    ['a lone surrogate', [0x30, 5, 0, 3, 0xED, 0xA0, 0x80]],
  ])('refuses %s', (_what, bytes) => {
    expect(read(bytes)).toBeNull()
  })

  it.each([
    ['no property length', [0x30, 3, 0, 1, 0x61]],
    ['properties longer than the packet', [0x30, 5, 0, 1, 0x61, 9, 1]],
    ['a property length that does not end', [0x30, 8, 0, 1, 0x61, 0xFF, 0xFF, 0xFF, 0xFF, 1]],
  ])('refuses MQTT 5 with %s', (_what, bytes) => {
    expect(read(bytes, 5)).toBeNull()
  })

  it('steps over MQTT 5 properties and says that they are there', () => {
    expect(read([0x30, 7, 0, 1, 0x61, 2, 1, 0, 0x7A], 5)).toMatchObject({ topic: 'a', payload: Uint8Array.from([0x7A]), hasProperties: true })
    expect(read([0x30, 5, 0, 1, 0x61, 0, 0x7A], 5)).toMatchObject({ topic: 'a', payload: Uint8Array.from([0x7A]), hasProperties: false })
    expect(read([0x30, 3, 0, 0, 0], 5)).toMatchObject({ topic: '' })
  })

  it('gives the payload as a view whose slice is a copy, as the type says', () => {
    const bytes = Buffer.from([0x30, 4, 0, 1, 0x61, 0x7A])
    const message = readPublish(bytes, 0, bytes.length, 4)!
    const copy = message.payload.slice()
    bytes[5] = 0
    expect(message.payload[0]).toBe(0)
    expect(copy[0]).toBe(0x7A)
  })
})

describe('building packets', () => {
  it('writes the properties that the sender of a message gave it, as mqtt-packet reads them', () => {
    const own = encodeOwnProperties({ payloadFormat: 1, contentType: 'text/plain', responseTopic: '/a/温度', correlationData: Uint8Array.of(0, 255), userProperties: [['k', '1'], ['k', '2'], ['', '']] })
    const frame = buildPublish({ topic: '/t', payload: Buffer.from('x'), qos: 0, packetId: 0, dup: false, properties: buildPublishProperties(9, [3], own) })
    const { packet } = decodePacket(frame, 5) as { packet: { payload: Buffer, properties: Record<string, unknown> } }
    expect(packet.properties).toMatchObject({ messageExpiryInterval: 9, subscriptionIdentifier: 3, payloadFormatIndicator: true, contentType: 'text/plain', responseTopic: '/a/温度', correlationData: Buffer.of(0, 255) })
    expect({ ...packet.properties.userProperties as object }).toEqual({ 'k': ['1', '2'], '': '' })
    expect(packet.payload.toString()).toBe('x')
    expect(encodeOwnProperties({})).toBeNull()
  })

  it('builds a PUBLISH that mqtt-packet reads back, in both versions', () => {
    fc.assert(fc.property(topicText, fc.uint8Array({ maxLength: 20_000 }), fc.constantFrom(0 as const, 1 as const), fc.boolean(), fc.boolean(), (topic, payload, qos, isFive, again) => {
      const dup = again && qos === 1
      const properties = isFive ? buildPublishProperties(77, [1, 268_435_455]) : null
      const frame = buildPublish({ topic, payload, qos, packetId: 513, dup, properties })
      expect(frameLength(frame, 0, frame.length)).toBe(frame.length)
      expect(decodePacket(frame, isFive ? 5 : 4)).toMatchObject({ packet: {
        cmd: 'publish',
        topic,
        payload: Buffer.from(payload),
        qos,
        dup,
        retain: false,
        ...(qos === 1 && { messageId: 513 }),
        ...(isFive && { properties: { messageExpiryInterval: 77, subscriptionIdentifier: [1, 268_435_455] } }),
      } })
    }))
  })

  it('builds a PUBACK, with a reason only where there is one', () => {
    expect([...buildPuback(0x1234)]).toEqual([0x40, 2, 0x12, 0x34])
    expect([...buildPuback(1, 0x87)]).toEqual([0x40, 4, 0, 1, 0x87, 0])
    expect(readPuback(buildPuback(0x1234), 0, 4)).toBe(0x1234)
  })

  it('builds goodbyes and refusals of each version', () => {
    expect(decodePacket(buildDisconnect(0x8E), 5)).toMatchObject({ packet: { cmd: 'disconnect', reasonCode: 0x8E } })
    expect(decodePacket(buildRefusal(0x86, 5), 5)).toMatchObject({ packet: { cmd: 'connack', reasonCode: 0x86, sessionPresent: false } })
    expect(decodePacket(buildRefusal(4, 3), 3)).toMatchObject({ packet: { cmd: 'connack', returnCode: 4 } })
  })

  it('names every packet type', () => {
    expect([1, 3, 12, 15, 0].map(type => packetKind(type << 4))).toEqual(['connect', 'publish', 'pingreq', 'auth', 'reserved'])
  })

  it('finds the body behind any length', () => {
    for (const size of [0, 127, 128, 16_383, 16_384]) {
      const frame = buildPublish({ topic: 'a', payload: new Uint8Array(size), qos: 0, packetId: 0, dup: false, properties: null })
      expect(frame.readUInt16BE(bodyStart(frame, 0))).toBe(1)
    }
  })
})
