import type { IClientOptions, MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { createHmac } from 'node:crypto'
import { connect as connectMqtt } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { buildClientId, buildUsername, connectSignContent } from '../../src/shared/alink/sign.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

interface Received { topic: string, text: string, qos: number }
interface Peer { client: MqttClient, received: Received[] }

async function connect(address: { host: string, port: number }, certificate: DeviceCertificate, options: IClientOptions = {}): Promise<Peer> {
  const { productKey, deviceName, deviceSecret } = certificate
  const clientId = `${productKey}.${deviceName}`
  const received: Received[] = []
  const client = connectMqtt({
    ...address,
    protocolVersion: 4,
    clientId: buildClientId(clientId, { securemode: 3, signmethod: 'hmacsha256' }),
    username: buildUsername(certificate),
    password: createHmac('sha256', deviceSecret).update(connectSignContent({ clientId, deviceName, productKey })).digest('hex'),
    reconnectPeriod: 0,
    ...options,
  })
  // What waits for the device comes right behind its CONNACK.
  client.on('message', (topic, payload, { qos }) => received.push({ topic, text: payload.toString(), qos }))
  onTestFinished(async () => {
    await client.endAsync(true)
  })
  await new Promise<void>(resolve => client.once('connect', () => resolve()))
  return { client, received }
}

/** The reason code of each filter, also of refused ones. */
async function subscribe(client: MqttClient, topic: string): Promise<number> {
  return new Promise((resolve) => {
    client.subscribe(topic, { qos: 1 }, (_error, granted, packet) => {
      resolve(packet?.granted[0] as number ?? granted?.[0]?.qos ?? -1)
    })
  })
}

const own = (path: string): string => `/a1Test/dev-0001/user/${path}`
const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }

describe('the topics of a product', () => {
  it('are the default three, also for a product of an older workspace, and stay over a restart', async () => {
    const { api, dir, close } = await startEngine()
    await makeDevice(api)
    const { topics } = await api.call('topic.list', { productKey: 'a1Test' })
    expect(topics.map(({ shortName, operation, isDefault }) => [shortName, operation, isDefault])).toEqual([['user/update', 'PUB', true], ['user/update/error', 'PUB', true], ['user/get', 'SUB', true]])
    expect(topics[0]!.topic).toBe('/a1Test/${deviceName}/user/update') // eslint-disable-line no-template-curly-in-string
    const made = await api.call('topic.create', { productKey: 'a1Test', shortName: 'user/lamp/+', operation: 'ALL', description: 'Lamps' })
    await api.call('topic.update', { topicId: topics[2]!.topicId, operation: 'ALL' })
    await close()
    const again = await startEngine({ workspaceDir: dir })
    const kept = (await again.api.call('topic.list', { productKey: 'a1Test' })).topics
    expect(kept).toEqual([topics[0], topics[1], { ...topics[2], operation: 'ALL' }, made])
  })

  it('go with the product', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    await api.call('topic.create', { productKey: 'a1Test', shortName: 'lamp', operation: 'ALL' })
    await api.call('device.delete', identity)
    await api.call('product.delete', { productKey: 'a1Test' })
    await makeDevice(api)
    expect((await api.call('topic.list', { productKey: 'a1Test' })).topics).toHaveLength(3)
  })

  it('are refused with a sentence when they break a rule', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    const create = (shortName: string, operation: 'PUB' | 'SUB' | 'ALL' = 'PUB') => api.call('topic.create', { productKey: 'a1Test', shortName, operation })
    await expect(create('user/update')).rejects.toMatchObject({ code: 'topic/exists', message: expect.stringContaining('user/update (PUB)') as string })
    await expect(create('a b')).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('"a b"') as string })
    await expect(api.call('topic.list', { productKey: 'nobody' })).rejects.toMatchObject({ code: 'product/not-found' })
    const [first] = (await api.call('topic.list', { productKey: 'a1Test' })).topics
    await expect(api.call('topic.delete', { topicId: first!.topicId })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(api.call('topic.update', { topicId: first!.topicId, shortName: 'other' })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(api.call('topic.delete', { topicId: 4_000 })).rejects.toMatchObject({ code: 'topic/not-found' })
    await api.call('settings.set', { name: 'limits.applyCloud', value: true })
    await expect(create('many/#')).rejects.toMatchObject({ code: 'limit/reached', message: expect.stringContaining('only with SUB') as string })
    for (let count = 3; count < 50; count++)
      await create(`topic_${count}`)
    await expect(create('one_more')).rejects.toMatchObject({ code: 'limit/reached', message: expect.stringContaining('at most 50') as string })
  })
})

describe.each([4, 5] as const)('a device on MQTT %i', (protocolVersion) => {
  it('publishes where a category lets it; anything else is acknowledged, dropped and kept with 9236', async () => {
    const { api, mqtt } = await startEngine()
    const { client, received } = await connect(mqtt, await makeDevice(api), { protocolVersion })
    await client.publishAsync(own('update'), 'fine', { qos: 1 })
    const refused = client.publishAsync(own('lamp/on'), 'lost', { qos: 1 })
    // MQTT 5 says it in the PUBACK; before it there are no words for it.
    await (protocolVersion === 5 ? expect(refused).rejects.toMatchObject({ code: 0x87 }) : refused)
    const { rows } = await api.call('trace.page', { filter: { direction: 'up' } })
    expect(rows.map(({ topic, code }) => [topic, code])).toEqual([[own('lamp/on'), 9236], [own('update'), null]])
    const { explanation } = await api.call('trace.get', { id: rows[0]!.id })
    expect(explanation).toBe(`a1Test/dev-0001 may not publish on ${own('lamp/on')}: product a1Test has no topic category for it. Add the category user/lamp/on with PUB or ALL.`)
    await api.call('topic.create', { productKey: 'a1Test', shortName: 'user/lamp/on', operation: 'ALL' })
    await client.publishAsync(own('lamp/on'), 'kept', { qos: 1 })
    await waitFor(async () => (await api.call('trace.page', { filter: { topic: own('lamp/on') } })).rows[0]?.code === null)
    // Nothing comes back to who published it, whatever it may subscribe to (trap: no loop-back).
    expect(await subscribe(client, own('lamp/on'))).toBe(1)
    await client.publishAsync(own('lamp/on'), 'echo?', { qos: 1 })
    await api.call('device.publish', { ...identity, topic: own('lamp/on'), text: 'from the platform' })
    await waitFor(() => received.length > 0)
    expect(received.map(({ text }) => text)).toEqual(['from the platform'])
  })

  it('is refused what it published before once the category is gone', async () => {
    const { api, mqtt } = await startEngine()
    const { client } = await connect(mqtt, await makeDevice(api), { protocolVersion })
    const { topicId } = await api.call('topic.create', { productKey: 'a1Test', shortName: 'lamp', operation: 'PUB' })
    await client.publishAsync(own('lamp'), 'first', { qos: 1 })
    await api.call('topic.delete', { topicId })
    await client.publishAsync(own('lamp'), 'second', { qos: 1 }).catch(() => {})
    const { rows } = await api.call('trace.page', { filter: { topic: own('lamp'), direction: 'up' } })
    expect(rows.map(({ code }) => code)).toEqual([9236, null])
  })

  it('subscribes where a category lets it; anything else is answered with a failure and kept with 403', async () => {
    const { api, mqtt } = await startEngine()
    const { client } = await connect(mqtt, await makeDevice(api), { protocolVersion })
    const refused = protocolVersion === 5 ? 0x87 : 0x80
    expect(await subscribe(client, own('get'))).toBe(1)
    expect(await subscribe(client, own('update'))).toBe(refused)
    expect(await subscribe(client, own('#'))).toBe(refused)
    await api.call('topic.create', { productKey: 'a1Test', shortName: '#', operation: 'SUB' })
    expect(await subscribe(client, own('#'))).toBe(1)
    const records = async () => (await api.call('trace.page', { filter: { topic: 'subscribe' } })).rows
    await waitFor(async () => (await records()).length === 4)
    const rows = await records()
    expect(rows.map(({ code }) => code).reverse()).toEqual([200, 403, 403, 200])
    const { explanation } = await api.call('trace.get', { id: rows.at(-2)!.id })
    expect(explanation).toContain('the category user/update of product a1Test allows only publishing (PUB)')
  })
})

describe('a message to a device', () => {
  it('arrives with the QoS it was sent with, on a journey that begins with the API', async () => {
    const { api, mqtt } = await startEngine()
    const { client, received } = await connect(mqtt, await makeDevice(api))
    await subscribe(client, own('get'))
    const report = await api.call('device.publish', { ...identity, topic: 'user/get', payloadBase64: 'AP9h', qos: 1 })
    expect(report).toMatchObject({ outcome: 'sent', code: 200, message: 'success', messageId: expect.stringMatching(/^\d+$/) as string })
    await api.call('device.publish', { ...identity, topic: own('get'), text: '灯' })
    await waitFor(() => received.length === 2)
    expect(received.map(({ topic, qos }) => [topic, qos])).toEqual([[own('get'), 1], [own('get'), 0]])
    expect(received[1]!.text).toBe('灯')
    const { steps, payload } = await api.call('trace.get', { id: report.traceId })
    expect(steps.map(({ bizCode, operation, code }) => [bizCode, operation, code])).toEqual([['ApiService', 'Pub', 200], ['downlink', own('get'), 200]])
    expect([...payload]).toEqual([0, 255, 97])
  })

  it('with QoS 1 waits for a device whose session is kept, and with QoS 0 does not', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    const first = await connect(mqtt, certificate, { clean: false })
    await subscribe(first.client, own('get'))
    await first.client.endAsync()
    await waitFor(async () => (await api.call('device.get', identity)).state === 'OFFLINE')
    const queued = await api.call('device.publish', { ...identity, topic: 'user/get', text: 'later', qos: 1 })
    expect(queued).toMatchObject({ outcome: 'queued', code: 200 })
    expect(await api.call('device.publish', { ...identity, topic: 'user/get', text: 'never' })).toMatchObject({ outcome: 'offline', code: 9201 })
    const { steps } = await api.call('trace.get', { id: queued.traceId })
    expect(steps.at(-1)!.message).toContain('waits until the device takes it')
    const second = await connect(mqtt, certificate, { clean: false })
    await waitFor(() => second.received.length > 0)
    expect(second.received).toEqual([{ topic: own('get'), text: 'later', qos: 1 }])
  })

  it('says why it did not arrive', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    expect(await api.call('device.publish', { ...identity, topic: 'user/get', text: 'x' })).toMatchObject({ outcome: 'offline', code: 9200 })
    await connect(mqtt, certificate)
    const report = await api.call('device.publish', { ...identity, topic: 'user/get', text: 'x' })
    expect(report).toMatchObject({ outcome: 'unsubscribed', code: 9201, message: expect.stringContaining('not subscribed') as string })
    expect((await api.call('trace.get', { id: report.traceId })).code).toBe(9201)
  })

  it.each([
    ['user/update', 9236, 'allows only publishing'],
    ['/sys/a1Test/dev-0001/thing/service/property/set', 9236, 'custom topics'],
    ['/a1Test/somebody/user/get', 9236, 'custom topics'],
    ['user/a//b', 1903, 'wrong form'],
  ])('is refused on %s with %i, which the trace keeps', async (topic, platformCode, words) => {
    const { api } = await startEngine()
    await makeDevice(api)
    await expect(api.call('device.publish', { ...identity, topic, text: 'x' })).rejects.toMatchObject({ code: 'topic/not-permitted', details: { platformCode }, message: expect.stringContaining(words) as string })
    const { rows } = await api.call('trace.page', { filter: { topic: 'Pub' } })
    expect(rows).toMatchObject([{ direction: 'record', code: platformCode, deviceName: 'dev-0001' }])
  })
})

describe('a broadcast', () => {
  it('reaches every device of the product that is online, unasked, and is one journey', async () => {
    const { api, mqtt } = await startEngine()
    const certificates = [await makeDevice(api), await makeDevice(api, 'dev-0002')]
    await makeDevice(api, 'dev-0003')
    const peers = await Promise.all([connect(mqtt, certificates[0]!), connect(mqtt, certificates[1]!, { protocolVersion: 5 })])
    const report = await api.call('broadcast.send', { productKey: 'a1Test', text: 'all of you' })
    expect(report).toMatchObject({ deviceCount: 2, reachedCount: 2 })
    await waitFor(() => peers.every(({ received }) => received.length === 1))
    expect(peers.map(({ received }) => received[0])).toEqual(['dev-0001', 'dev-0002'].map(name => ({ topic: `/sys/a1Test/${name}/broadcast/request/${report.messageId}`, text: 'all of you', qos: 0 })))
    const { journey, steps, direction } = await api.call('trace.get', { id: report.traceId })
    expect(direction).toBe('record')
    expect(steps).toMatchObject([{ bizCode: 'ApiService', operation: 'PubBroadcast', code: 200, message: 'Sent to 2 of 2 devices that were online.' }])
    expect(journey.map(row => [row.direction, row.deviceName])).toEqual([['record', ''], ['down', 'dev-0001'], ['down', 'dev-0002']])
  })

  it('on a topic reaches only those who subscribed to it', async () => {
    const { api, mqtt } = await startEngine()
    const [one, two] = [await connect(mqtt, await makeDevice(api)), await connect(mqtt, await makeDevice(api, 'dev-0002'))]
    expect(await subscribe(one.client, '/broadcast/a1Test/alarm')).toBe(1)
    expect(await api.call('broadcast.send', { productKey: 'a1Test', topic: 'alarm', text: 'fire' })).toMatchObject({ deviceCount: 1, reachedCount: 1 })
    await waitFor(() => one.received.length > 0)
    expect(one.received).toEqual([{ topic: '/broadcast/a1Test/alarm', text: 'fire', qos: 0 }])
    await api.call('broadcast.send', { productKey: 'a1Test', text: 'everybody' })
    await waitFor(() => two.received.length > 0)
    expect(two.received.map(({ text }) => text)).toEqual(['everybody'])
  })

  it('comes once a minute with the cloud\'s limits', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    await api.call('settings.set', { name: 'limits.applyCloud', value: true })
    expect(await api.call('broadcast.send', { productKey: 'a1Test', text: 'x' })).toMatchObject({ deviceCount: 0, reachedCount: 0 })
    await expect(api.call('broadcast.send', { productKey: 'a1Test', text: 'x' })).rejects.toMatchObject({ code: 'limit/reached' })
  })
})
