import type { Packet } from 'mqtt-packet'
import type { RawClient } from '../support/raw-client.ts'
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Aedes } from 'aedes'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startMosquitto } from '../support/mosquitto.ts'
import { login, openRaw, tryLogin } from '../support/raw-client.ts'
import { customTopic, lamp, meter, startTestBroker } from '../support/test-broker.ts'
import { waitFor } from '../support/wait-for.ts'

/** A broker under test: where it listens, and how a message gets to the lamp. */
interface BrokerUnderTest { port: number, deliver: (topic: string, payload: string) => Promise<void> }

/** Through a client of its own, as general brokers are used. */
function publishingTo(port: number): BrokerUnderTest['deliver'] {
  let publisher: Promise<RawClient> | undefined
  let messageId = 0
  return async (topic, payload) => {
    publisher ??= login(port, meter)
    const client = await publisher
    client.send({ cmd: 'publish', topic, payload, qos: 1, messageId: ++messageId, dup: false, retain: false })
    await client.next('puback')
  }
}

const brokers: Record<string, () => Promise<BrokerUnderTest>> = {
  async thingbench() {
    const { broker, port } = await startTestBroker()
    return { port, deliver: async (topic, payload) => void broker.deliver(lamp.deviceId, { topic, payload: Buffer.from(payload), qos: 1 }) }
  },
  async aedes() {
    const aedes = await Aedes.createBroker()
    const server = createServer(aedes.handle)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(async () => {
      await new Promise<void>(resolve => aedes.close(() => resolve()))
      server.close()
    })
    const { port } = server.address() as { port: number }
    return { port, deliver: publishingTo(port) }
  },
  async mosquitto() {
    const mosquitto = await startMosquitto()
    onTestFinished(() => mosquitto.close())
    return { port: mosquitto.port, deliver: publishingTo(mosquitto.port) }
  },
}

const payloads = (packets: Packet[]) => packets.flatMap(packet => packet.cmd === 'publish' ? [String(packet.payload)] : [])
const get = customTopic(lamp, 'get')
const kept = { connect: { clean: false } }

describe.each(Object.entries(brokers))('%s, as a client of MQTT 3.1.1 sees it', (name, start) => {
  it('answers CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE and PINGREQ', async () => {
    const { port } = await start()
    const { client, connack } = await tryLogin(port, lamp)
    expect(connack).toMatchObject({ returnCode: 0, sessionPresent: false })
    client.send({ cmd: 'publish', topic: customTopic(lamp, 'update'), payload: 'x', qos: 1, messageId: 0xFFFF, dup: false, retain: false })
    expect(await client.next('puback')).toMatchObject({ messageId: 0xFFFF })
    client.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: get, qos: 0 }, { topic: customTopic(lamp, '+'), qos: 1 }] })
    expect(await client.next('suback')).toMatchObject({ messageId: 2, granted: [0, 1] })
    client.send({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: [get] })
    expect(await client.next('unsuback')).toMatchObject({ messageId: 3 })
    client.send({ cmd: 'pingreq' })
    await client.next('pingresp')
  })

  it('delivers what was subscribed to, and nothing after UNSUBSCRIBE', async () => {
    const { port, deliver } = await start()
    const client = await login(port, lamp)
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: get, qos: 1 }] })
    await client.next('suback')
    await deliver(get, 'wanted')
    const message = await client.next('publish')
    expect(message).toMatchObject({ topic: get, payload: Buffer.from('wanted'), qos: 1, dup: false, retain: false })
    client.send({ cmd: 'puback', messageId: message.messageId! })
    client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: [get] })
    await client.next('unsuback')
    await deliver(get, 'unwanted')
    expect(await client.settled()).toEqual([])
  })

  it('keeps QoS 1 messages for a session that is not clean, and brings them in order', async () => {
    const { port, deliver } = await start()
    const first = await login(port, lamp, kept)
    first.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: get, qos: 1 }] })
    await first.next('suback')
    first.send({ cmd: 'disconnect' })
    await first.closed()
    for (const payload of ['1', '2', '3'])
      await deliver(get, payload)
    const { client, connack } = await tryLogin(port, lamp, kept)
    expect(connack.sessionPresent).toBe(true)
    await waitFor(() => payloads(client.packets).length === 3)
    expect(payloads(client.packets)).toEqual(['1', '2', '3'])
  })

  it('sends again with DUP what was not acknowledged', async () => {
    const { port, deliver } = await start()
    const first = await login(port, lamp, kept)
    first.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: get, qos: 1 }] })
    await first.next('suback')
    await deliver(get, 'again')
    await first.next('publish')
    first.destroy()
    const second = await login(port, lamp, kept)
    // aedes forgets to say so.
    expect(await second.next('publish')).toMatchObject({ payload: Buffer.from('again'), dup: name !== 'aedes' })
  })

  it('forgets a session at a clean login', async () => {
    const { port } = await start()
    const first = await login(port, lamp, kept)
    first.send({ cmd: 'disconnect' })
    await first.closed()
    const clean = await tryLogin(port, lamp)
    expect(clean.connack.sessionPresent).toBe(false)
    clean.client.send({ cmd: 'disconnect' })
    await clean.client.closed()
    expect((await tryLogin(port, lamp, kept)).connack.sessionPresent).toBe(false)
  })

  it('closes the first of two connections with one identity', async () => {
    const { port } = await start()
    const first = await login(port, lamp)
    const second = await login(port, lamp)
    await first.closed()
    expect(await second.settled()).toEqual([])
  })

  it.each([
    ['PUBLISH with QoS 3', [0x36, 5, 0, 1, 0x61, 0, 1]],
    ['SUBSCRIBE without filters', [0x82, 2, 0, 1]],
    ['SUBSCRIBE with wrong flags', [0x80, 6, 0, 1, 0, 1, 0x61, 0]],
    ['a second CONNECT', [0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x78]],
  ])('closes the connection for %s, and only that one', async (_what, bytes) => {
    const { port } = await start()
    const bystander = await login(port, meter)
    const client = await login(port, lamp)
    client.write(Buffer.from(bytes))
    await client.closed()
    expect(await bystander.settled()).toEqual([])
  })

  it('closes a connection that does not begin with CONNECT', async () => {
    const { port } = await start()
    const client = await openRaw(port)
    client.write(Buffer.from([0xC0, 0]))
    await client.closed()
  })
})
