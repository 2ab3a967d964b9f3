import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { login } from '../support/raw-client.ts'
import { customTopic, lamp, meter, startTestBroker, systemTopic } from '../support/test-broker.ts'

const down = (topic: string, qos: 0 | 1 = 0, payload = 'x') => ({ topic, payload: Buffer.from(payload), qos })
const set = systemTopic(lamp, 'thing/service/property/set')

describe('subscribing', () => {
  it('grants at most QoS 1, one code for each filter, and tells the hook', async () => {
    const { port, subscriptions } = await startTestBroker()
    const client = await login(port, lamp)
    client.send({ cmd: 'subscribe', messageId: 77, subscriptions: [
      { topic: systemTopic(lamp, '#'), qos: 0 },
      { topic: customTopic(lamp, 'get'), qos: 1 },
      { topic: customTopic(lamp, '+'), qos: 2 },
      { topic: '/sys/+/+/#', qos: 1 },
      { topic: customTopic(meter, 'get'), qos: 1 },
    ] })
    expect(await client.next('suback')).toMatchObject({ messageId: 77, granted: [0, 1, 1, 0x80, 0x80] })
    expect(subscriptions).toMatchObject([{ deviceName: 'lamp-0007', filters: [{ granted: 0 }, { granted: 1 }, { granted: 1 }, { filter: '/sys/+/+/#', granted: 0x80 }, { granted: 0x80 }] }])
  })

  it('answers one filter with the three bytes that Link SDK C 4 expects', async () => {
    const { port } = await startTestBroker()
    const client = await login(port, lamp)
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: systemTopic(lamp, 'thing/file/download_reply'), qos: 1 }] })
    await client.next('suback')
    expect([...client.bytes.at(-1)!]).toEqual([0x90, 3, 0, 1, 1])
  })

  it('gives MQTT 5 the reason of each refusal', async () => {
    const { port } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    client.send({ cmd: 'subscribe', messageId: 1, properties: { subscriptionIdentifier: 4 }, subscriptions: [
      { topic: customTopic(lamp, 'get'), qos: 1, nl: true, rap: true, rh: 2 },
      { topic: customTopic(meter, 'get'), qos: 1 },
      { topic: `$share/g/${customTopic(lamp, 'get')}`, qos: 1 },
      { topic: `${customTopic(lamp, 'get')}#`, qos: 1 },
    ] })
    expect(await client.next('suback')).toMatchObject({ granted: [1, 0x87, 0x9E, 0x8F] })
  })

  it('refuses filters beyond eight in a packet and beyond a hundred in all', async () => {
    const { port } = await startTestBroker()
    const client = await login(port, lamp)
    const some = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ topic: customTopic(lamp, `t${from + index}`), qos: 0 as const }))
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: some(0, 10) })
    expect((await client.next('suback')).granted).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x80])
    for (let from = 8; from < 96; from += 8) {
      client.send({ cmd: 'subscribe', messageId: 2, subscriptions: some(from, 8) })
      await client.next('suback')
    }
    client.send({ cmd: 'subscribe', messageId: 3, subscriptions: some(96, 6) })
    expect((await client.next('suback')).granted).toEqual([0, 0, 0, 0, 0x80, 0x80])
    client.send({ cmd: 'subscribe', messageId: 4, subscriptions: [...some(0, 1), ...some(200, 1)] })
    expect((await client.next('suback')).granted).toEqual([0, 0x80])
    const five = await login(port, meter, { version: 5 })
    five.send({ cmd: 'subscribe', messageId: 1, subscriptions: some(0, 9).map(({ topic }) => ({ topic: topic.replace(lamp.deviceName, meter.deviceName), qos: 0 })) })
    expect((await five.next('suback')).granted.at(-1)).toBe(0x97)
  })

  it('ends with UNSUBSCRIBE, which MQTT 5 is told about one by one', async () => {
    const { port, broker, unsubscriptions } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    const filter = customTopic(lamp, 'get')
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 1 }] })
    await client.next('suback')
    expect(broker.deliver(lamp.deviceId, down(filter))).toBe('sent')
    await client.next('publish')
    client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: [filter, customTopic(lamp, 'never')] })
    expect(await client.next('unsuback')).toMatchObject({ messageId: 2, granted: [0, 0x11] })
    expect(broker.deliver(lamp.deviceId, down(filter))).toBe('unsubscribed')
    expect(unsubscriptions).toEqual([{ deviceName: 'lamp-0007', filters: [filter, customTopic(lamp, 'never')] }])
    const old = await login(port, meter)
    old.send({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['/any'] })
    await old.next('unsuback')
    expect([...old.bytes.at(-1)!]).toEqual([0xB0, 2, 0, 5])
  })
})

describe('delivering', () => {
  it('brings system topics to a device that has not subscribed, in every version', async () => {
    const { port, broker } = await startTestBroker()
    for (const version of [3, 4, 5] as const) {
      const client = await login(port, lamp, { version })
      for (const topic of [set, `/ext/ntp/${lamp.productKey}/${lamp.deviceName}/response`, `/ota/device/upgrade/${lamp.productKey}/${lamp.deviceName}`, `/shadow/get/${lamp.productKey}/${lamp.deviceName}`, '/ext/register']) {
        expect(broker.deliver(lamp.deviceId, down(topic, 0, topic))).toBe('sent')
        expect(await client.next('publish')).toMatchObject({ topic, qos: 0, dup: false, retain: false, payload: Buffer.from(topic) })
      }
    }
  })

  it('brings a message once over any number of matching filters', async () => {
    const { port, broker } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    for (const [index, topic] of [systemTopic(lamp, 'thing/event/property/post_reply'), systemTopic(lamp, 'thing/event/+/post_reply'), systemTopic(lamp, '#')].entries()) {
      client.send({ cmd: 'subscribe', messageId: index + 1, properties: { subscriptionIdentifier: index + 10 }, subscriptions: [{ topic, qos: 1 }] })
      await client.next('suback')
    }
    broker.deliver(lamp.deviceId, down(systemTopic(lamp, 'thing/event/property/post_reply')))
    expect(await client.next('publish')).toMatchObject({ properties: { subscriptionIdentifier: [10, 11, 12] } })
    expect(await client.settled()).toEqual([])
  })

  it('brings custom topics and broadcasts only to a matching subscription', async () => {
    const { port, broker } = await startTestBroker()
    const client = await login(port, lamp)
    const broadcast = `/broadcast/${lamp.productKey}/news`
    expect(broker.deliver(lamp.deviceId, down(customTopic(lamp, 'get')))).toBe('unsubscribed')
    expect(broker.deliver(lamp.deviceId, down(broadcast, 1))).toBe('unsubscribed')
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: customTopic(lamp, '+'), qos: 0 }, { topic: broadcast, qos: 0 }] })
    await client.next('suback')
    expect(broker.deliver(lamp.deviceId, down(customTopic(lamp, 'get')))).toBe('sent')
    expect(broker.deliver(lamp.deviceId, down(broadcast, 1))).toBe('sent')
    await client.next('publish')
    // The sender's QoS decides: the subscription's 0 does not lower it.
    expect(await client.next('publish')).toMatchObject({ topic: broadcast, qos: 1 })
  })

  it('says when nobody is there', async () => {
    const { port, broker } = await startTestBroker()
    expect(broker.deliver(lamp.deviceId, down(set))).toBe('offline')
    expect(broker.deliver(4711, down(set, 1))).toBe('offline')
    const client = await login(port, lamp)
    client.send({ cmd: 'disconnect' })
    await client.closed()
    expect(broker.deliver(lamp.deviceId, down(set, 1))).toBe('offline')
  })

  it('logs once a connection that a system topic went out which was not subscribed to', async () => {
    const lines: string[] = []
    const log = { debug: () => {}, info: (message: string) => lines.push(message), warn: () => {}, error: () => {}, child: () => log }
    const { port, broker } = await startTestBroker({ log })
    lines.length = 0
    await login(port, lamp)
    broker.deliver(lamp.deviceId, down(set))
    broker.deliver(lamp.deviceId, down(set))
    const asked = await login(port, meter, { more: { _ss: 1 } })
    broker.deliver(meter.deviceId, down(systemTopic(meter, 'x')))
    await asked.next('publish')
    expect(lines).toEqual(['delivered to a device that has not subscribed; the cloud would not have'])
  })

  it('asks for a subscription in strict mode unless the client id has _ss=1', async () => {
    const { port, broker } = await startTestBroker({ strictSubscriptions: true })
    const client = await login(port, lamp)
    expect(broker.deliver(lamp.deviceId, down(set))).toBe('unsubscribed')
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: systemTopic(lamp, 'thing/service/+/set'), qos: 0 }, { topic: customTopic(lamp, 'get'), qos: 0 }] })
    await client.next('suback')
    expect(broker.deliver(lamp.deviceId, down(set))).toBe('sent')
    // RRPC on a custom topic counts as wanted by whoever subscribed to the topic behind it.
    expect(broker.deliver(lamp.deviceId, down(`/ext/rrpc/17${customTopic(lamp, 'get')}`))).toBe('sent')
    expect(broker.deliver(lamp.deviceId, down(`/ext/rrpc/17${customTopic(lamp, 'other')}`))).toBe('unsubscribed')
    await login(port, meter, { more: { _ss: 1 } })
    expect(broker.deliver(meter.deviceId, down(systemTopic(meter, 'thing/service/property/set')))).toBe('sent')
  })

  it('tells MQTT 5 what is left of a message\'s life', async () => {
    const { port, broker, clock } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    broker.deliver(lamp.deviceId, { ...down(set, 1), expiresAt: clock.now() + 90_500 })
    expect(await client.next('publish')).toMatchObject({ properties: { messageExpiryInterval: 91 } })
    broker.deliver(lamp.deviceId, { ...down(set), expiresAt: Number.MAX_SAFE_INTEGER })
    expect(await client.next('publish')).toMatchObject({ properties: { messageExpiryInterval: 0xFFFFFFFF } })
  })

  it('leaves out what an MQTT 5 client says it cannot take', async () => {
    const { port, broker } = await startTestBroker()
    const client = await login(port, lamp, { version: 5, connect: { properties: { maximumPacketSize: 100 } } })
    expect(broker.deliver(lamp.deviceId, down(set, 1, 'x'.repeat(100)))).toBe('dropped')
    expect(broker.deliver(lamp.deviceId, down(set, 0, 'x'.repeat(100)))).toBe('dropped')
    expect(broker.deliver(lamp.deviceId, down(set, 1, 'short'))).toBe('sent')
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('short') })
    expect(broker.stats()).toMatchObject({ droppedOut: 2, publishesOut: 1 })
  })
})

describe('QoS 1 to a device', () => {
  it('keeps at most a hundred under way, the rest waits for acknowledgements, in order', async () => {
    const { port, broker } = await startTestBroker()
    const client = await login(port, lamp)
    const results = Array.from({ length: 150 }, (_, index) => broker.deliver(lamp.deviceId, down(set, 1, String(index))))
    expect(results.filter(result => result === 'sent')).toHaveLength(100)
    expect(results.filter(result => result === 'queued')).toHaveLength(50)
    const first = await client.settled()
    expect(first).toHaveLength(100)
    for (const packet of first)
      client.send({ cmd: 'puback', messageId: packet.messageId! })
    const rest = await client.settled()
    expect([...first, ...rest].map(packet => String((packet as { payload: Buffer }).payload))).toEqual(Array.from({ length: 150 }, (_, index) => String(index)))
    expect(new Set(rest.map(({ messageId }) => messageId)).size).toBe(50)
  })

  it('respects the Receive Maximum of an MQTT 5 client', async () => {
    const { port, broker } = await startTestBroker()
    const client = await login(port, lamp, { version: 5, connect: { properties: { receiveMaximum: 2 } } })
    for (let index = 0; index < 5; index++)
      broker.deliver(lamp.deviceId, down(set, 1))
    expect(await client.settled()).toHaveLength(2)
    client.send({ cmd: 'puback', messageId: 1, reasonCode: 0x80, properties: { reasonString: 'no' } })
    expect(await client.settled()).toHaveLength(1)
  })

  it('drops and counts what does not fit into the queue of a thousand', async () => {
    const { port, broker, clock } = await startTestBroker()
    const client = await login(port, lamp)
    for (let index = 0; index < 1_100; index++)
      broker.deliver(lamp.deviceId, { ...down(set, 1, String(index)), expiresAt: clock.now() + (index < 150 ? 1_000 : 100_000) })
    expect(broker.deliver(lamp.deviceId, down(set, 1))).toBe('dropped')
    expect(broker.stats().droppedOut).toBe(1)
    // What has lost its meaning makes room.
    clock.advance(2_000)
    expect(broker.deliver(lamp.deviceId, down(set, 1, 'late'))).toBe('queued')
    expect(broker.stats().droppedOut).toBe(51)
    for (const packet of await client.settled())
      client.send({ cmd: 'puback', messageId: packet.messageId! })
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('150') })
  })

  it('ignores an acknowledgement nobody waits for', async () => {
    const { port, broker } = await startTestBroker()
    const client = await login(port, lamp)
    client.send({ cmd: 'puback', messageId: 4711 })
    broker.deliver(lamp.deviceId, down(set, 1))
    const { messageId } = await client.next('publish')
    client.send({ cmd: 'puback', messageId: messageId! })
    client.send({ cmd: 'puback', messageId: messageId! })
    expect(await client.settled()).toEqual([])
  })
})

describe('a device that does not read', () => {
  it('loses QoS 0 beyond a megabyte, keeps QoS 1 waiting, and gets it when it reads again', async () => {
    const { port, broker } = await startTestBroker()
    const client = await login(port, lamp)
    client.socket.pause()
    const payload = 'x'.repeat(100_000)
    let result = broker.deliver(lamp.deviceId, down(set, 0, payload))
    let sent = 1
    for (; result === 'sent'; sent++) {
      result = broker.deliver(lamp.deviceId, down(set, 0, payload))
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(result).toBe('dropped')
    let queued = 0
    for (let index = 0; index < 30; index++) {
      if (broker.deliver(lamp.deviceId, down(set, 1, payload)) === 'queued')
        queued++
    }
    expect(queued).toBeGreaterThan(0)
    client.socket.resume()
    for (let ones = 0; ones < 30;) {
      const packet = await client.next('publish')
      if (packet.qos === 1) {
        client.send({ cmd: 'puback', messageId: packet.messageId! })
        ones++
      }
    }
    expect(broker.stats().droppedOut).toBe(1)
  })
})
