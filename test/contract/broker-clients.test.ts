import type { IClientOptions, MqttClient } from 'mqtt'
import { Buffer } from 'node:buffer'
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runProcess, startProcess } from '../support/child-process.ts'
import { credentialsOf, customTopic, lamp, meter, startTestBroker, systemTopic } from '../support/test-broker.ts'
import { waitFor } from '../support/wait-for.ts'

async function connect(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 0, ...credentialsOf(lamp), ...options })
  onTestFinished(() => client.endAsync(true))
  return client
}

function nextMessage(client: MqttClient): Promise<[topic: string, payload: string]> {
  return new Promise(resolve => client.once('message', (topic, payload) => resolve([topic, String(payload)])))
}

const flavours = [
  ['mqtt', 4],
  ['mqtt', 5],
  ['mqtt', 3],
  ['ws', 4],
  ['ws', 5],
] as const

describe.each(flavours)('MQTT.js over %s in level %i', (scheme, protocolVersion) => {
  const options: IClientOptions = { protocolVersion, ...(protocolVersion === 3 && { protocolId: 'MQIsdp' }) }

  it('connects, subscribes, publishes, receives and leaves', async () => {
    const { broker, port, publishes, presence, clients } = await startTestBroker()
    const client = await connect(`${scheme}://127.0.0.1:${port}`, options)
    expect(clients[0]).toMatchObject({ protocolVersion, transport: scheme === 'ws' ? 'websocket' : 'tcp' })
    const granted = await client.subscribeAsync([customTopic(lamp, 'get'), systemTopic(lamp, 'thing/event/+/post_reply')], { qos: 1 })
    expect(granted.map(({ qos }) => qos)).toEqual([1, 1])
    await client.publishAsync(systemTopic(lamp, 'thing/event/property/post'), '{"id":"1"}', { qos: 1 })
    expect(publishes).toMatchObject([{ payload: '{"id":"1"}', qos: 1, refusal: null }])
    for (const qos of [0, 1] as const) {
      const message = nextMessage(client)
      expect(broker.deliver(lamp.deviceId, { topic: customTopic(lamp, 'get'), payload: Buffer.from(`down ${qos}`), qos })).toBe('sent')
      expect(await message).toEqual([customTopic(lamp, 'get'), `down ${qos}`])
    }
    await client.unsubscribeAsync(customTopic(lamp, 'get'))
    expect(broker.deliver(lamp.deviceId, { topic: customTopic(lamp, 'get'), payload: Buffer.from('x'), qos: 0 })).toBe('unsubscribed')
    await client.endAsync()
    await waitFor(() => presence.length === 2)
    expect(presence).toEqual(['online lamp-0007', 'offline lamp-0007 200'])
  })

  it('hears why it is refused', async () => {
    const { port } = await startTestBroker()
    const { password, ...rest } = credentialsOf(lamp)
    await expect(connect(`${scheme}://127.0.0.1:${port}`, { ...options, ...rest, password: `${password}0` })).rejects.toMatchObject({ code: protocolVersion === 5 ? 0x86 : 4 })
  })

  it('sends a quarter of a megabyte and gets it back', async () => {
    const { broker, port, publishes } = await startTestBroker()
    const client = await connect(`${scheme}://127.0.0.1:${port}`, options)
    const payload = 'x'.repeat(250_000)
    await client.publishAsync(customTopic(lamp, 'update'), payload, { qos: 1 })
    expect(publishes[0]!.payload).toBe(payload)
    const message = nextMessage(client)
    broker.deliver(lamp.deviceId, { topic: systemTopic(lamp, 'down'), payload: Buffer.from(payload), qos: 1 })
    expect((await message)[1]).toBe(payload)
  })
})

describe('MQTT.js with MQTT 5', () => {
  it('uses topic aliases of its own accord, and hears why a publish was dropped', async () => {
    const { port, publishes } = await startTestBroker()
    const client = await connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, autoAssignTopicAlias: true })
    for (const payload of ['1', '2', '3'])
      await client.publishAsync(customTopic(lamp, 'update'), payload, { qos: 1 })
    expect(publishes.map(({ topic, payload }) => [topic, payload])).toEqual(['1', '2', '3'].map(payload => [customTopic(lamp, 'update'), payload]))
    await expect(client.publishAsync(customTopic(meter, 'update'), 'x', { qos: 1 })).rejects.toMatchObject({ code: 0x87 })
    expect(client.connected).toBe(true)
  })
})

describe('the clients of mosquitto', () => {
  const login = (who: typeof lamp, port: number) => {
    const { clientId, username, password } = credentialsOf(who)
    return ['-h', '127.0.0.1', '-p', String(port), '-i', clientId, '-u', username, '-P', password]
  }

  it.each(['mqttv31', 'mqttv311', 'mqttv5'])('publish in %s', async (version) => {
    const { port, publishes, presence } = await startTestBroker()
    const { code, stderr } = await runProcess('mosquitto_pub', [...login(lamp, port), '-V', version, '-q', '1', '-t', customTopic(lamp, 'update'), '-m', 'from outside'])
    expect([code, stderr]).toEqual([0, ''])
    expect(publishes).toMatchObject([{ payload: 'from outside', qos: 1 }])
    await waitFor(() => presence.length === 2)
    expect(presence[1]).toBe('offline lamp-0007 200')
  })

  it('publish many lines on one connection', async () => {
    const { port, publishes } = await startTestBroker()
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}`)
    const { code } = await runProcess('mosquitto_pub', [...login(lamp, port), '-q', '1', '-l', '-t', customTopic(lamp, 'update')], { input: `${lines.join('\n')}\n` })
    expect(code).toBe(0)
    expect(publishes.map(({ payload }) => payload)).toEqual(lines)
  })

  it.each(['mqttv311', 'mqttv5'])('subscribe in %s', async (version) => {
    const { broker, port, subscriptions } = await startTestBroker()
    const subscriber = startProcess('mosquitto_sub', [...login(lamp, port), '-V', version, '-q', '1', '-t', customTopic(lamp, '#'), '-C', '2', '-F', '%t %q %p'])
    onTestFinished(async () => void await subscriber.stop())
    await waitFor(() => subscriptions.length === 1)
    for (const qos of [0, 1] as const)
      expect(broker.deliver(lamp.deviceId, { topic: customTopic(lamp, 'get'), payload: Buffer.from('hello'), qos })).toBe('sent')
    expect(await subscriber.exited).toMatchObject({ code: 0 })
    expect(subscriber.stdout()).toBe(`${customTopic(lamp, 'get')} 0 hello\n${customTopic(lamp, 'get')} 1 hello\n`)
  })

  it('are told that a foreign topic is not theirs', async () => {
    const { port } = await startTestBroker()
    const { stderr } = await runProcess('mosquitto_sub', [...login(lamp, port), '-t', customTopic(meter, '#')])
    expect(stderr).toContain('All subscription requests were denied')
  })
})
