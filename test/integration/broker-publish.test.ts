import type { IPublishPacket } from 'mqtt-packet'
import { Buffer } from 'node:buffer'
import mqttPacket from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { login } from '../support/raw-client.ts'
import { customTopic, lamp, meter, startTestBroker, systemTopic } from '../support/test-broker.ts'
import { waitFor } from '../support/wait-for.ts'

const post = systemTopic(lamp, 'thing/event/property/post')

function publish(topic: string, more: Partial<IPublishPacket> = {}): IPublishPacket {
  return { cmd: 'publish', topic, payload: '{}', qos: 0, dup: false, retain: false, ...more }
}

describe('a publish of a device', () => {
  it.each([3, 4, 5] as const)('reaches the hook with topic, payload and QoS in MQTT level %i, and QoS 1 is acknowledged', async (version) => {
    const { port, publishes, broker } = await startTestBroker()
    const client = await login(port, lamp, { version })
    client.send(publish(post, { payload: 'zero' }))
    client.send(publish(post, { payload: 'one', qos: 1, messageId: 0xABCD }))
    expect(await client.next('puback')).toMatchObject({ messageId: 0xABCD })
    expect(publishes).toMatchObject([
      { topic: post, payload: 'zero', qos: 0, refusal: null },
      { topic: post, payload: 'one', qos: 1, refusal: null },
    ])
    expect(broker.stats()).toMatchObject({ connections: 1, publishesIn: 2, malformedPackets: 0 })
  })

  it('is acknowledged when the hook says so, not before, and once', async () => {
    const { port, publishes } = await startTestBroker({ acknowledges: false })
    const client = await login(port, lamp)
    client.send(publish(post, { qos: 1, messageId: 1 }))
    client.send(publish(post, { qos: 1, messageId: 2 }))
    expect(await client.settled()).toEqual([])
    publishes[0]!.acknowledge()
    publishes[0]!.acknowledge()
    publishes[1]!.acknowledge()
    expect(await client.next('puback')).toMatchObject({ messageId: 1 })
    expect(await client.next('puback')).toMatchObject({ messageId: 2 })
    expect(await client.settled()).toEqual([])
  })

  it('is not handed on twice when the device repeats it before it is acknowledged', async () => {
    const { port, publishes } = await startTestBroker({ acknowledges: false })
    const client = await login(port, lamp)
    client.send(publish(post, { qos: 1, messageId: 9 }))
    client.send(publish(post, { qos: 1, messageId: 9, dup: true }))
    await client.settled()
    expect(publishes).toHaveLength(1)
    publishes[0]!.acknowledge()
    await client.next('puback')
    client.send(publish(post, { qos: 1, messageId: 9, dup: true }))
    await waitFor(() => publishes.length === 2)
    expect(publishes[1]!.dup).toBe(true)
  })

  it('may be acknowledged after its connection has gone', async () => {
    const { port, publishes, presence } = await startTestBroker({ acknowledges: false })
    const client = await login(port, lamp)
    client.send(publish(post, { qos: 1, messageId: 1 }))
    await client.settled()
    client.destroy()
    await waitFor(() => presence.length === 2)
    expect(() => publishes[0]!.acknowledge()).not.toThrow()
  })

  it.each([
    ['somebody else\'s topic', systemTopic(meter, 'thing/event/property/post'), 9236, 0x87],
    ['a topic with a wildcard', customTopic(lamp, '+'), 1903, 0x90],
    ['a topic with an empty level', customTopic(lamp, 'a//b'), 1903, 0x90],
  ])('on %s is shown with its refusal and acknowledged all the same', async (_what, topic, code, reasonCode) => {
    const { port, publishes } = await startTestBroker()
    const client = await login(port, lamp)
    client.send(publish(topic, { qos: 1, messageId: 4 }))
    expect(await client.next('puback')).toMatchObject({ messageId: 4 })
    const five = await login(port, meter, { version: 5 })
    const theirs = topic.includes(meter.deviceName) ? systemTopic(lamp, 'thing/event/property/post') : topic.replace(lamp.deviceName, meter.deviceName)
    five.send(publish(theirs, { qos: 1, messageId: 5 }))
    expect(await five.next('puback')).toMatchObject({ messageId: 5, reasonCode })
    five.send(publish(theirs))
    expect(await five.settled()).toEqual([])
    expect(publishes.map(({ refusal }) => refusal?.code)).toEqual([code, code, code])
  })

  it('of 256 KiB passes, of one byte more is dropped, shown cut to size and acknowledged', async () => {
    const { port, publishes } = await startTestBroker()
    const client = await login(port, lamp)
    client.send(publish(post, { payload: Buffer.alloc(256 * 1024, 'a'), qos: 1, messageId: 1 }))
    await client.next('puback')
    client.send(publish(post, { payload: Buffer.alloc(256 * 1024 + 1, 'b'), qos: 1, messageId: 2 }))
    await client.next('puback')
    client.send(publish(post, { payload: Buffer.alloc(3 * 1024 * 1024, 'c'), qos: 1, messageId: 3 }))
    expect(await client.next('puback')).toMatchObject({ messageId: 3 })
    client.send(publish(post, { payload: 'small', qos: 1, messageId: 4 }))
    await client.next('puback')
    expect(publishes.map(({ refusal, payload }) => [refusal?.code ?? null, payload.length, payload[0]])).toEqual([
      [null, 256 * 1024, 'a'],
      [9320, 256 * 1024, 'b'],
      [9320, 256 * 1024, 'c'],
      [null, 5, 's'],
    ])
  })

  it('longer than announced ends an MQTT 5 connection with 0x95', async () => {
    const { port, presence, publishes } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    client.send(publish(post, { payload: Buffer.alloc(256 * 1024), qos: 1, messageId: 1 }))
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x95 })
    await client.closed()
    expect(presence.at(-1)).toBe('offline lamp-0007 9320')
    expect(publishes).toEqual([])
  })

  it('with QoS 2 ends the connection, in MQTT 5 with 0x9B', async () => {
    const { port, presence } = await startTestBroker()
    const old = await login(port, lamp)
    old.send(publish(post, { qos: 2, messageId: 1 }))
    await old.closed()
    const five = await login(port, meter, { version: 5 })
    five.send(publish(post, { qos: 2, messageId: 1 }))
    expect(await five.next('disconnect')).toMatchObject({ reasonCode: 0x9B })
    await five.closed()
    expect(presence.filter(entry => entry.startsWith('offline'))).toEqual(['offline lamp-0007 1951', 'offline meter-03 1951'])
  })

  it('that is to be retained ends an MQTT 5 connection with 0x9A and is taken as any other before it', async () => {
    const { port, publishes } = await startTestBroker()
    const old = await login(port, lamp)
    old.send(publish(post, { retain: true }))
    await old.settled()
    expect(publishes).toHaveLength(1)
    const five = await login(port, meter, { version: 5 })
    five.send(publish(systemTopic(meter, 'x'), { retain: true }))
    expect(await five.next('disconnect')).toMatchObject({ reasonCode: 0x9A })
  })

  it('is never routed to another device, nor back to its sender', async () => {
    const { port } = await startTestBroker()
    const sender = await login(port, lamp)
    sender.send({ cmd: 'subscribe', messageId: 1, subscriptions: [systemTopic(lamp, '#'), customTopic(lamp, '#')].map(topic => ({ topic, qos: 1 })) })
    await sender.next('suback')
    const other = await login(port, meter)
    for (const topic of [post, customTopic(lamp, 'update')])
      sender.send(publish(topic, { qos: 1, messageId: 3 }))
    expect((await sender.settled()).map(({ cmd }) => cmd)).toEqual(['puback', 'puback'])
    expect(await other.settled()).toEqual([])
  })
})

describe('a publish with MQTT 5 properties', () => {
  it('is taken with properties that mean nothing to the platform', async () => {
    const { port, publishes } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    client.send(publish(post, { payload: 'x', qos: 1, messageId: 1, properties: { messageExpiryInterval: 5, contentType: 'json', userProperties: { a: ['1', '2'] }, responseTopic: '/r', correlationData: Buffer.from([1, 2]) } }))
    expect(await client.next('puback')).toMatchObject({ messageId: 1 })
    expect(publishes).toMatchObject([{ topic: post, payload: 'x', refusal: null }])
  })

  it('may use a topic alias in place of its topic, and give it another meaning', async () => {
    const { port, publishes } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    const other = customTopic(lamp, 'update')
    client.send(publish(post, { payload: '1', properties: { topicAlias: 20 } }))
    client.send(publish('', { payload: '2', properties: { topicAlias: 20 } }))
    client.send(publish(other, { payload: '3', properties: { topicAlias: 20 } }))
    client.send(publish('', { payload: '4', properties: { topicAlias: 20 } }))
    await client.settled()
    expect(publishes.map(({ topic, payload }) => [payload, topic])).toEqual([['1', post], ['2', post], ['3', other], ['4', other]])
  })

  it.each([
    ['an alias without a meaning', '', { topicAlias: 1 }, 0x94],
    ['alias 0', post, { topicAlias: 0 }, 0x94],
    ['an alias above those announced', post, { topicAlias: 21 }, 0x94],
    ['no topic and no alias', '', { contentType: 'x' }, 0x82],
    ['a Subscription Identifier', post, { subscriptionIdentifier: 4 }, 0x82],
  ])('ends the connection for %s', async (_what, topic, properties, reasonCode) => {
    const { port, publishes } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    client.write(mqttPacket.generate(publish(topic, { properties }), { protocolVersion: 5 }))
    expect(await client.next('disconnect')).toMatchObject({ reasonCode })
    await client.closed()
    expect(publishes).toEqual([])
  })

  it('ends the connection when a property runs on into the payload', async () => {
    const { port, broker } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    // Topic "a", two bytes of properties, which is where the expiry interval would only begin.
    client.write(Buffer.from([0x30, 10, 0, 1, 0x61, 2, 2, 0, 0, 0, 9, 0x7A]))
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x81 })
    expect(broker.stats().malformedPackets).toBe(1)
  })

  it('is one too many when a hundred are unacknowledged', async () => {
    const { port, publishes } = await startTestBroker({ acknowledges: false })
    const client = await login(port, lamp, { version: 5 })
    for (let id = 1; id <= 100; id++)
      client.send(publish(post, { qos: 1, messageId: id }))
    expect(await client.settled()).toEqual([])
    client.send(publish(post, { qos: 1, messageId: 100, dup: true }))
    expect(await client.settled()).toEqual([])
    client.send(publish(post, { qos: 1, messageId: 101 }))
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x93 })
    expect(publishes).toHaveLength(100)
  })
})

describe('while the store has no room', () => {
  it('stops reading from those that send QoS 1, lets everybody else go on, and resumes', async () => {
    const { port, broker, publishes, clock } = await startTestBroker()
    const one = await login(port, lamp, { connect: { keepalive: 30 } })
    const zero = await login(port, meter, { connect: { keepalive: 600 } })
    one.send(publish(post, { qos: 1, messageId: 1 }))
    await one.next('puback')
    broker.setPressure(true)
    one.send(publish(post, { payload: 'held', qos: 1, messageId: 2 }))
    zero.send(publish(systemTopic(meter, 'x'), { payload: 'passes' }))
    await zero.settled()
    expect(publishes.map(({ payload }) => payload)).toEqual(['{}', 'passes'])
    // Downlinks go on, and silence that nobody listens to ends nothing.
    expect(broker.deliver(lamp.deviceId, { topic: systemTopic(lamp, 'thing/service/property/set'), payload: Buffer.from('down'), qos: 0 })).toBe('sent')
    await one.next('publish')
    clock.advance(300_000)
    broker.setPressure(false)
    expect(await one.next('puback')).toMatchObject({ messageId: 2 })
    expect(publishes.at(-1)!.payload).toBe('held')
    expect(await one.settled()).toEqual([])
  })

  it('stops a connection at its first QoS 1 message', async () => {
    const { port, broker, publishes } = await startTestBroker({ acknowledges: false })
    const client = await login(port, lamp)
    broker.setPressure(true)
    client.send(publish(post, { payload: 'first', qos: 1, messageId: 1 }))
    await waitFor(() => publishes.length === 1)
    client.send(publish(post, { payload: 'second', qos: 1, messageId: 2 }))
    const zero = await login(port, meter)
    await zero.settled()
    expect(publishes).toHaveLength(1)
    broker.setPressure(false)
    await waitFor(() => publishes.length === 2)
  })

  it('still notices that a stopped connection is taken over', async () => {
    const { port, broker, presence } = await startTestBroker()
    const first = await login(port, lamp)
    first.send(publish(post, { qos: 1, messageId: 1 }))
    await first.next('puback')
    broker.setPressure(true)
    const second = await login(port, lamp)
    await first.closed()
    expect(presence).toEqual(['online lamp-0007', 'offline lamp-0007 427', 'online lamp-0007'])
    expect(await second.settled()).toEqual([])
  })
})
