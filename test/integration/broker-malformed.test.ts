import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import mqttPacket from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { connectPacket, login, openRaw } from '../support/raw-client.ts'
import { customTopic, lamp, meter, startTestBroker, systemTopic } from '../support/test-broker.ts'

/** Packets that a device may not send, whoever reads them. */
const malformed: [string, number[]][] = [
  ['a remaining length of five bytes', [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1]],
  ['QoS 3', [0x36, 5, 0, 1, 0x61, 0, 1]],
  ['a topic longer than its packet', [0x30, 3, 0, 9, 0x61]],
  ['a topic that is not UTF-8', [0x30, 4, 0, 2, 0xC3, 0x28]],
  ['a topic with U+0000', [0x30, 3, 0, 1, 0]],
  ['an empty topic', [0x30, 2, 0, 0]],
  ['packet id 0', [0x32, 5, 0, 1, 0x61, 0, 0]],
  ['a PUBACK with flags', [0x41, 2, 0, 1]],
  ['a PUBACK of three bytes', [0x40, 3, 0, 1, 0]],
  ['a PINGREQ with a body', [0xC0, 1, 0]],
  ['a SUBSCRIBE without filters', [0x82, 2, 0, 1]],
  ['a SUBSCRIBE with wrong flags', [0x80, 6, 0, 1, 0, 1, 0x61, 0]],
  ['a SUBSCRIBE with packet id 0', [0x82, 6, 0, 0, 0, 1, 0x61, 0]],
  ['an UNSUBSCRIBE without filters', [0xA2, 2, 0, 1]],
  ['a reserved packet type', [0x00, 0]],
  ['AUTH before MQTT 5', [0xF0, 0]],
]

describe('a malformed packet', () => {
  it.each(malformed)('ends the connection it came on and no other: %s', async (_what, bytes) => {
    const { port, broker, presence } = await startTestBroker()
    const bystander = await login(port, meter)
    const client = await login(port, lamp)
    client.write(Buffer.from(bytes))
    await client.closed()
    expect(presence.slice(2)).toEqual(['offline lamp-0007 1951'])
    expect(broker.stats()).toMatchObject({ connections: 1, malformedPackets: 1 })
    expect(await bystander.settled()).toEqual([])
  })

  it('gets MQTT 5 a DISCONNECT with 0x81', async () => {
    const { port } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    client.write(Buffer.from([0x32, 5, 0, 1, 0x61, 0, 0]))
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x81 })
    await client.closed()
  })

  it.each([
    ['a second CONNECT', [0x10, 0]],
    ['a CONNACK', [0x20, 2, 0, 0]],
    ['a PUBREL', [0x62, 2, 0, 1]],
    ['a PINGRESP', [0xD0, 0]],
    ['a SUBACK', [0x90, 3, 0, 1, 0]],
  ])('or %s, which only the other side may send or only once, ends the connection', async (_what, bytes) => {
    const { port, presence } = await startTestBroker()
    const client = await login(port, lamp)
    client.write(Buffer.from(bytes))
    await client.closed()
    expect(presence.at(-1)).toBe('offline lamp-0007 1951')
  })

  it('longer than any packet may be ends the connection before it has arrived', async () => {
    const { port, broker } = await startTestBroker()
    const client = await login(port, lamp)
    client.write(Buffer.from([0x82, 0xFF, 0xFF, 0xFF, 0x7F]))
    await client.closed()
    expect(broker.stats().malformedPackets).toBe(1)
  })
})

describe('before CONNECT', () => {
  it.each([
    ['another packet', [0xC0, 0]],
    ['a PUBLISH', [0x30, 3, 0, 1, 0x61]],
    ['something that is no MQTT', [...Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')]],
    ['a CONNECT with flags', [0x11, 0]],
    ['a CONNECT of nothing', [0x10, 0]],
    ['a CONNECT of another protocol', [0x10, 8, 0, 4, 0x48, 0x54, 0x54, 0x50, 4, 2]],
    ['a CONNECT that is cut off', [0x10, 10, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 0xC2, 0, 60]],
    ['a CONNECT with its reserved flag set', [0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 0x03, 0, 60, 0, 1, 0x78]],
  ])('%s ends the connection without an answer and is reported', async (_what, bytes) => {
    const { port, attempts, broker } = await startTestBroker()
    const client = await openRaw(port)
    client.write(Buffer.from(bytes))
    await client.closed()
    expect(client.bytes).toEqual([])
    expect(attempts).toMatchObject([{ code: 460, productKey: null, deviceId: 0 }])
    expect(broker.stats()).toMatchObject({ malformedPackets: 1, refusedConnects: 1, connections: 0 })
  })

  it('no more than 16 KiB are taken', async () => {
    const { port, broker } = await startTestBroker()
    const client = await openRaw(port)
    client.write(Buffer.from([0x10, 0xFF, 0xFF, 0x7F]))
    await client.closed()
    expect(broker.stats().malformedPackets).toBe(1)
  })

  it('a CONNECT may come byte by byte, and more may come right behind it', async () => {
    const { port, publishes } = await startTestBroker()
    const slow = await openRaw(port)
    for (const byte of mqttPacket.generate(connectPacket(lamp))) {
      slow.write(Buffer.from([byte]))
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(await slow.next('connack')).toMatchObject({ returnCode: 0 })
    const hasty = await openRaw(port)
    hasty.write(Buffer.concat([
      mqttPacket.generate(connectPacket(meter)),
      mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: customTopic(meter, 'get'), qos: 1 }] }),
      mqttPacket.generate({ cmd: 'publish', topic: systemTopic(meter, 'x'), payload: 'hasty', qos: 1, messageId: 2, dup: false, retain: false }),
    ]))
    await hasty.next('connack')
    await hasty.next('suback')
    await hasty.next('puback')
    expect(publishes).toMatchObject([{ payload: 'hasty' }])
  })
})

describe('whatever a client sends', () => {
  const version = fc.constantFrom(3 as const, 4 as const, 5 as const)
  const valid = (level: 3 | 4 | 5) => [
    mqttPacket.generate({ cmd: 'publish', topic: systemTopic(lamp, 'thing/event/property/post'), payload: '{"id":"1"}', qos: 1, messageId: 5, dup: false, retain: false, ...(level === 5 && { properties: { topicAlias: 3, userProperties: { a: 'b' } } }) }, { protocolVersion: level }),
    mqttPacket.generate({ cmd: 'subscribe', messageId: 6, subscriptions: [{ topic: customTopic(lamp, '+'), qos: 1 }], ...(level === 5 && { properties: { subscriptionIdentifier: 7 } }) }, { protocolVersion: level }),
    mqttPacket.generate({ cmd: 'unsubscribe', messageId: 7, unsubscriptions: [customTopic(lamp, '+')] }, { protocolVersion: level }),
    mqttPacket.generate({ cmd: 'puback', messageId: 1, ...(level === 5 && { reasonCode: 0x87, properties: { reasonString: 'x' } }) }, { protocolVersion: level }),
    mqttPacket.generate({ cmd: 'pingreq' }, { protocolVersion: level }),
    mqttPacket.generate({ cmd: 'disconnect', ...(level === 5 && { reasonCode: 4, properties: { sessionExpiryInterval: 0 } }) }, { protocolVersion: level }),
  ]
  const changes = fc.array(fc.record({ at: fc.nat(), value: fc.nat(255), kind: fc.constantFrom('set', 'cut', 'insert') }), { maxLength: 5 })

  function mutate(bytes: Buffer, wanted: { at: number, value: number, kind: string }[]): Buffer {
    let result = bytes
    for (const { at, value, kind } of wanted) {
      const where = result.length === 0 ? 0 : at % result.length
      if (kind === 'set' && result.length > 0)
        result = Buffer.concat([result.subarray(0, where), Buffer.from([value]), result.subarray(where + 1)])
      else if (kind === 'cut')
        result = result.subarray(0, where)
      else
        result = Buffer.concat([result.subarray(0, where), Buffer.from([value]), result.subarray(where)])
    }
    return result
  }

  it('never breaks the broker: random bytes from strangers', async () => {
    const { port } = await startTestBroker()
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), async (bytes, isConnect) => {
      const client = await openRaw(port)
      client.write(Buffer.concat([Buffer.from(isConnect ? [0x10] : []), bytes]))
      client.socket.end()
      await client.closed()
    }), { numRuns: 300 })
    expect(await (await login(port, meter)).settled()).toEqual([])
  })

  it('never breaks the broker: damaged CONNECT packets', async () => {
    const { port } = await startTestBroker()
    await fc.assert(fc.asyncProperty(version, changes, async (level, wanted) => {
      const packet = mqttPacket.generate({ ...connectPacket(lamp, { version: level }), will: { topic: 'w', payload: Buffer.from('x'), qos: 1, retain: true }, ...(level === 5 && { properties: { sessionExpiryInterval: 9, receiveMaximum: 3, userProperties: { a: 'b' } } }) }, { protocolVersion: level })
      const client = await openRaw(port)
      client.write(mutate(packet, wanted))
      client.socket.end()
      await client.closed()
    }), { numRuns: 300 })
    expect(await (await login(port, meter)).settled()).toEqual([])
  })

  it('never breaks the broker: damaged packets of a device that is logged in, in two parts', async () => {
    const { port, broker } = await startTestBroker()
    await fc.assert(fc.asyncProperty(version, fc.nat(), changes, fc.nat(), async (level, which, wanted, cut) => {
      const packets = valid(level)
      const bytes = Buffer.concat([mutate(packets[which % packets.length]!, wanted), packets[(which + 1) % packets.length]!])
      const client = await openRaw(port, level)
      client.socket.write(mqttPacket.generate(connectPacket(lamp, { version: level }), { protocolVersion: level }))
      await client.next('connack')
      broker.deliver(lamp.deviceId, { topic: systemTopic(lamp, 'down'), payload: bytes, qos: 1 })
      client.write(bytes.subarray(0, cut % bytes.length))
      client.write(bytes.subarray(cut % bytes.length))
      client.socket.end()
      await client.closed()
    }), { numRuns: 400 })
    expect(await (await login(port, meter)).settled()).toEqual([])
    expect(broker.stats().connections).toBeGreaterThan(0)
  }, 60_000)
})
