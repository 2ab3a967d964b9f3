import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { TestOpenApi } from '../support/openapi.ts'
import { connect as connectMqtt } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { credentialsOf } from '../support/device-login.ts'
import { connectGateway, makeGateways, subProductKey } from '../support/gateway.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { makeDevice } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

interface Peer { client: MqttClient, received: IPublishPacket[], texts: () => string[] }

/** A device on MQTT.js and the messages that it got. */
async function connect(address: { host: string, port: number }, certificate: DeviceCertificate, options: IClientOptions = {}): Promise<Peer> {
  const received: IPublishPacket[] = []
  const client = connectMqtt({ ...address, protocolVersion: 4, ...credentialsOf(certificate), reconnectPeriod: 0, ...options })
  client.on('message', (_topic, _payload, packet) => received.push(packet))
  client.on('error', () => {})
  onTestFinished(async () => {
    await client.endAsync(true)
  })
  await new Promise<void>(resolve => client.once('connect', () => resolve()))
  return { client, received, texts: () => received.map(({ payload }) => payload.toString()) }
}

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }
const own = (path: string): string => `/a1Test/dev-0001/user/${path}`
const base64 = (text: string): string => Buffer.from(text).toString('base64')

function pub({ client }: TestOpenApi, change: Partial<InstanceType<typeof models.PubRequest>> = {}) {
  return client.pub(new models.PubRequest({ productKey: 'a1Test', topicFullName: own('get'), messageContent: base64('hello'), ...change }))
}

function rrpc({ client }: TestOpenApi, change: Partial<InstanceType<typeof models.RRpcRequest>> = {}) {
  return client.rRpc(new models.RRpcRequest({ ...identity, requestBase64Byte: base64('how warm?'), timeout: 1_000, ...change }))
}

/** A device that answers every request with what came, in capitals. */
function answerAll({ client }: Peer): void {
  client.on('message', (topic, payload) => {
    if (topic.includes('/rrpc/'))
      client.publish(topic.replace('/rrpc/request/', '/rrpc/response/'), payload.toString().toUpperCase())
  })
}

async function explanationOf({ api }: TestOpenApi, topic: string): Promise<string> {
  const { rows } = await api.call('trace.page', { filter: { topic, direction: 'down' } })
  const { steps } = await api.call('trace.get', { id: rows[0]!.id })
  return steps.flatMap(({ message }) => message ?? []).join(' ')
}

describe('a message to a device', () => {
  it('arrives on a custom topic of the device, and is found by its id afterwards', async () => {
    const api = await startOpenApi()
    const { client, received } = await connect(api.mqtt, await makeDevice(api.api))
    await client.subscribeAsync(own('get'))
    const { body } = await pub(api, { qos: 1 })
    expect(body).toMatchObject({ success: true, messageId: expect.stringMatching(/^\d+$/) as string })
    await waitFor(() => received.length === 1)
    expect(received[0]).toMatchObject({ topic: own('get'), payload: Buffer.from('hello'), qos: 1 })
    const { message } = (await api.client.queryMessageInfo(new models.QueryMessageInfoRequest({ uniMsgId: body.messageId! }))).body
    expect(message).toMatchObject({ uniMsgId: body.messageId, topicFullName: own('get'), messageContent: base64('hello'), generateTime: expect.any(Number) as number })
    const { records } = await api.api.call('log.search', { filter: { messageId: body.messageId! } })
    expect(records.map(({ bizCode, operation }) => [bizCode, operation])).toEqual([['downlink', own('get')]])
    await expect(api.api.call('message.get', { messageId: '17' })).rejects.toMatchObject({ code: 'message/not-found' })
    expect((await api.client.queryMessageInfo(new models.QueryMessageInfoRequest({ uniMsgId: '1234567890123456789' }))).body).toMatchObject({ success: false, code: 'iot.messagebroker.MessageIsNotFound' })
  })

  it('is taken for a device that is away, and refused for a wrong topic, for content that is not Base64 and for a device that is not there', async () => {
    const api = await startOpenApi()
    await makeDevice(api.api)
    expect((await pub(api)).body.success).toBe(true)
    const codeOf = async (change: Partial<InstanceType<typeof models.PubRequest>>) => (await pub(api, change)).body.code
    expect(await codeOf({ topicFullName: '/sys/a1Test/dev-0001/thing/service/property/set' })).toBe('iot.messagebroker.InvalidFormattedTopicName')
    expect(await codeOf({ topicFullName: own('update') })).toBe('iot.messagebroker.InvalidFormattedTopicName')
    expect(await codeOf({ topicFullName: 'user/get' })).toBe('iot.messagebroker.InvalidFormattedTopicName')
    expect(await codeOf({ topicFullName: own('get'), deviceName: 'dev-0002' })).toBe('iot.device.NotExistedDevice')
    expect(await codeOf({ messageContent: 'hello' })).toBe('iot.messagebroker.MessageContentIsNotBase64Encode')
    await expect(pub(api, { qos: 2 })).rejects.toMatchObject({ code: 'InvalidParameter' })
    // Line breaks, as some encoders write them, do no harm.
    expect(await codeOf({ messageContent: 'aGVs\nbG8=' })).toBeUndefined()
  })

  const properties = { UserProp: [{ Key: 'unit', Value: 'K' }, { Key: 'unit', Value: '°C' }], ContentType: 'text/plain', CorrelationData: 'c-7', ResponseTopic: own('update'), PayloadFormatIndicator: 1, MessageExpiryInterval: 60 }

  it('takes its MQTT 5 properties to a device that speaks MQTT 5, also after it has waited for it', async () => {
    const api = await startOpenApi()
    const certificate = await makeDevice(api.api)
    const kept = { protocolVersion: 5, clean: false, properties: { sessionExpiryInterval: 600 } } as const
    const first = await connect(api.mqtt, certificate, kept)
    await first.client.subscribeAsync(own('get'), { qos: 1 })
    const send = () => api.pop('Pub', { ProductKey: 'a1Test', TopicFullName: own('get'), MessageContent: base64('x'), Qos: 1, ...properties }, 'POST')
    await send()
    await waitFor(() => first.received.length === 1)
    const expected = { contentType: 'text/plain', responseTopic: own('update'), payloadFormatIndicator: true, correlationData: Buffer.from('c-7') }
    expect(first.received[0]!.properties).toMatchObject(expected)
    expect({ ...first.received[0]!.properties?.userProperties }).toEqual({ unit: ['K', '°C'] })
    expect(first.received[0]!.properties?.messageExpiryInterval).toBeLessThanOrEqual(60)
    await first.client.endAsync()
    await waitFor(async () => (await api.api.call('device.get', identity)).state === 'OFFLINE')
    await send()
    await api.close()
    const again = await startOpenApi({ workspaceDir: api.dir })
    const second = await connect(again.mqtt, certificate, kept)
    await waitFor(() => second.received.length === 1)
    expect(second.received[0]!.properties).toMatchObject(expected)
  })

  it('goes to an older device without its properties, which the trace says, and is refused when it shall be retained', async () => {
    const api = await startOpenApi()
    const { client, received } = await connect(api.mqtt, await makeDevice(api.api))
    await client.subscribeAsync(own('get'))
    await api.pop('Pub', { ProductKey: 'a1Test', TopicFullName: own('get'), MessageContent: base64('x'), ...properties }, 'POST')
    await waitFor(() => received.length === 1)
    expect(await explanationOf(api, own('get'))).toBe('dev-0001 speaks MQTT 3.1.1, which cannot carry what was given besides the payload: Payload Format Indicator, Content Type, Response Topic, Correlation Data, User Property.')
    await expect(api.pop('Pub', { ProductKey: 'a1Test', TopicFullName: own('get'), MessageContent: base64('x'), Retained: true })).rejects.toMatchObject({ code: 'iot.messagebroker.PublishMessageFailed' })
    expect(received).toHaveLength(1)
  })

  it('goes to several devices at once, to all or to none', async () => {
    const api = await startOpenApi()
    const names = ['dev-0001', 'dev-0002']
    const peers = await Promise.all(names.map(async name => connect(api.mqtt, await makeDevice(api.api, name), { protocolVersion: 5 })))
    for (const [index, { client }] of peers.entries())
      await client.subscribeAsync(`/a1Test/${names[index]}/user/get`)
    const send = async (deviceName: string[], topicShortName: string) => (await api.client.batchPub(new models.BatchPubRequest({ productKey: 'a1Test', deviceName, topicShortName, messageContent: base64('all') }))).body
    expect(await send(names, 'get')).toMatchObject({ success: true })
    await waitFor(() => peers.every(({ received }) => received.length === 1))
    expect(await send([...names, 'dev-0003'], 'user/get')).toMatchObject({ success: false, code: 'iot.device.NotExistedDevice' })
    expect(await send(names, 'update')).toMatchObject({ success: false, code: 'iot.messagebroker.InvalidFormattedTopicName' })
    // eslint-disable-next-line no-template-curly-in-string
    await api.pop('BatchPub', { ProductKey: 'a1Test', DeviceName: names, TopicTemplateName: '/a1Test/${deviceName}/user/get', ResponseTopicTemplateName: '/a1Test/${deviceName}/user/update', MessageContent: base64('by template') })
    await waitFor(() => peers.every(({ received }) => received.length === 2))
    expect(peers.map(({ received }) => received[1]!.properties?.responseTopic)).toEqual(names.map(name => `/a1Test/${name}/user/update`))
    await expect(api.api.call('device.publishBatch', { productKey: 'a1Test', deviceNames: [], topic: 'user/get', text: 'x' })).rejects.toMatchObject({ code: 'input/invalid' })
  })

  it('goes to all devices that are online, and to the subscribers of a broadcast topic, under a number that can be looked up', async () => {
    const api = await startOpenApi()
    const peer = await connect(api.mqtt, await makeDevice(api.api))
    const { body } = await api.client.pubBroadcast(new models.PubBroadcastRequest({ productKey: 'a1Test', messageContent: base64('everybody') }))
    expect(Number.isSafeInteger(body.messageId)).toBe(true)
    await waitFor(() => peer.texts().includes('everybody'))
    const { message } = (await api.client.queryMessageInfo(new models.QueryMessageInfoRequest({ uniMsgId: String(body.messageId) }))).body
    expect(message).toMatchObject({ messageContent: base64('everybody'), topicFullName: expect.stringContaining('/sys/a1Test/dev-0001/broadcast/request/') as string })
    await api.pop('SubscribeTopic', { ...upper(identity), Topic: ['/broadcast/a1Test/news'] })
    expect((await api.client.pubBroadcast(new models.PubBroadcastRequest({ productKey: 'a1Test', messageContent: base64('news'), topicFullName: '/broadcast/a1Test/news' }))).body.success).toBe(true)
    await waitFor(() => peer.texts().includes('news'))
    await api.api.call('settings.set', { name: 'limits.applyCloud', value: true })
    expect((await api.client.pubBroadcast(new models.PubBroadcastRequest({ productKey: 'a1Test', messageContent: base64('again') }))).body).toMatchObject({ success: false, code: 'iot.messagebroker.RateLimit' })
  })
})

/** Members as parameters of the API are spelled. */
function upper(members: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]))
}

describe('a request to a device', () => {
  it('is answered with the bytes that the device sent, on the system topic and on one of its own', async () => {
    const api = await startOpenApi()
    const peer = await connect(api.mqtt, await makeDevice(api.api))
    answerAll(peer)
    const { body } = await rrpc(api)
    expect(body).toMatchObject({ success: true, rrpcCode: 'SUCCESS', payloadBase64Byte: base64('HOW WARM?') })
    expect(Number.isSafeInteger(body.messageId)).toBe(true)
    const { message } = (await api.client.queryMessageInfo(new models.QueryMessageInfoRequest({ uniMsgId: String(body.messageId) }))).body
    expect(message).toMatchObject({ messageContent: base64('how warm?'), topicFullName: peer.received[0]!.topic })
    const { records } = await api.api.call('log.search', { filter: { messageId: String(body.messageId) } })
    expect(records.map(({ bizCode, operation }) => [bizCode, operation])).toEqual([['downlink', peer.received[0]!.topic]])
    // The id on the wire finds it too.
    const wireId = peer.received[0]!.topic.split('/').at(-1)!
    expect((await api.api.call('message.get', { messageId: wireId })).traceId).toBe(body.messageId)
    await peer.client.subscribeAsync(`/ext/rrpc/+${own('get')}`)
    expect((await rrpc(api, { topic: own('get') })).body).toMatchObject({ rrpcCode: 'SUCCESS' })
    expect(peer.received[1]!.topic).toMatch(/^\/ext\/rrpc\/\d{19}\/a1Test\/dev-0001\/user\/get$/)
  })

  it('says why there is no answer: none came, the device was away, or its connection broke meanwhile', async () => {
    const api = await startOpenApi()
    const certificate = await makeDevice(api.api)
    expect((await rrpc(api)).body).toMatchObject({ success: false, code: 'iot.device.InactiveDevice', rrpcCode: 'OFFLINE' })
    const peer = await connect(api.mqtt, certificate)
    const { body } = await rrpc(api)
    expect(body).toMatchObject({ success: false, code: 'iot.messagebroker.TIMEOUT', rrpcCode: 'TIMEOUT' })
    expect((await api.api.call('message.get', { messageId: String(body.messageId) })).topic).toBe(peer.received[0]!.topic)
    const open = rrpc(api)
    await waitFor(() => peer.received.length === 2)
    peer.client.stream.destroy()
    expect((await open).body).toMatchObject({ success: false, code: 'iot.messagebroker.HALFCONN', rrpcCode: 'HALFCONN' })
    expect((await rrpc(api)).body).toMatchObject({ success: false, code: 'iot.messagebroker.OFFLINE', rrpcCode: 'OFFLINE' })
    await api.api.call('device.setEnabled', { ...identity, enabled: false })
    expect((await rrpc(api)).body).toMatchObject({ success: false, code: 'iot.device.DisabledDevice' })
  })

  it('is refused for a time outside one to eight seconds, for content that is not Base64 and for a topic with a wildcard', async () => {
    const api = await startOpenApi()
    await makeDevice(api.api)
    expect((await rrpc(api, { timeout: 999 })).body.code).toBe('iot.messagebroker.InvalidTimeoutValue')
    expect((await rrpc(api, { timeout: 8_001 })).body.code).toBe('iot.messagebroker.InvalidTimeoutValue')
    expect((await rrpc(api, { requestBase64Byte: '!' })).body.code).toBe('iot.messagebroker.MessageContentIsNotBase64Encode')
    expect((await rrpc(api, { topic: '/a/+' })).body.code).toBe('iot.messagebroker.InvalidFormattedTopicName')
    await expect(api.pop('RRpc', { ...upper(identity), RequestBase64Byte: 'eA==' })).rejects.toMatchObject({ code: 'MissingParameter' })
    // Old examples spell it so.
    await expect(api.pop('RRpc', { ...upper(identity), RequestBase64Byte: 'eA==', TimeOut: 1 })).rejects.toMatchObject({ code: 'iot.messagebroker.InvalidTimeoutValue' })
  })

  it('need not be waited for: the answer is in the journey of the request', async () => {
    const api = await startOpenApi()
    const peer = await connect(api.mqtt, await makeDevice(api.api))
    answerAll(peer)
    const { MessageId } = await api.pop('AsyncRRpc', { ...upper(identity), MessageContent: base64('later'), ExtInfo: 'order 7' }, 'POST')
    const answer = await waitFor(async () => (await api.api.call('trace.page', { filter: { topic: '/rrpc/response/', direction: 'up' } })).rows[0])
    expect(answer).toMatchObject({ preview: 'LATER', code: 200 })
    const request = await api.api.call('trace.get', { id: Number(String(MessageId)) })
    expect([request.topic, request.causeId]).toEqual([peer.received[0]!.topic, answer.causeId])
    expect(await explanationOf(api, '/rrpc/request/')).toContain('order 7')
    await expect(api.api.call('device.rrpcAsync', { ...identity, payloadBase64: '', topic: 'get' })).rejects.toMatchObject({ code: 'input/invalid' })
  })
})

describe('a subscription on behalf of a device', () => {
  const subscribe = async ({ client }: TestOpenApi, ...topic: string[]) => (await client.subscribeTopic(new models.SubscribeTopicRequest({ ...identity, topic }))).body
  const list = async ({ client }: TestOpenApi) => (await client.queryDeviceSubTopic(new models.QueryDeviceSubTopicRequest(identity))).body.topicList?.map(({ topicName, timestamp }) => [topicName, typeof timestamp])

  it('brings it messages without its doing, whatever sessions it has and over a restart, until somebody ends it', async () => {
    const api = await startOpenApi()
    const certificate = await makeDevice(api.api)
    expect(await subscribe(api, own('get'))).toMatchObject({ success: false, code: 'iot.device.InactiveDevice' })
    const peer = await connect(api.mqtt, certificate)
    await peer.client.subscribeAsync('/sys/a1Test/dev-0001/thing/#')
    expect(await subscribe(api, own('get'))).toMatchObject({ success: true })
    await pub(api)
    await waitFor(() => peer.texts().length === 1)
    expect(await list(api)).toEqual([['/sys/a1Test/dev-0001/thing/#', 'number'], [own('get'), 'number']])
    await peer.client.endAsync()
    await api.close()

    const again = await startOpenApi({ workspaceDir: api.dir })
    expect(await list(again)).toEqual([[own('get'), 'number']])
    const clean = await connect(again.mqtt, certificate)
    await pub(again)
    await waitFor(() => clean.texts().length === 1)
    expect(await again.pop('UnsubscribeTopic', { ...upper(identity), Topic: [own('get'), own('other')] })).toMatchObject({ Success: true, FailureTopics: { topic: [own('other')] } })
    await clean.client.subscribeAsync(own('get'))
    expect(await again.pop('UnsubscribeTopic', { ...upper(identity), Topic: [own('get')] })).toMatchObject({ FailureTopics: { topic: [] } })
    await pub(again)
    const { rows } = await again.api.call('trace.page', { filter: { topic: own('get'), direction: 'down' } })
    expect(rows[0]!.code).toBe(9201)
    expect(await list(again)).toEqual([])
    // The device's own UNSUBSCRIBE ends one of the platform's too.
    await again.api.call('subscription.add', { ...identity, topics: [own('get')] })
    await clean.client.unsubscribeAsync(own('get'))
    await waitFor(async () => (await list(again))?.length === 0)
    expect(clean.texts()).toHaveLength(1)
  })

  it('is refused where the device may not subscribe itself, and then none of the others is made', async () => {
    const api = await startOpenApi()
    await connect(api.mqtt, await makeDevice(api.api))
    expect(await subscribe(api, own('get'), own('update'))).toMatchObject({ success: false, code: 'iot.messagebroker.InvalidFormattedTopicName', errorMessage: expect.stringContaining('user/update') as string })
    expect(await subscribe(api, '/a1Test/dev-0002/user/get')).toMatchObject({ success: false })
    expect(await list(api)).toEqual([])
    const refused = await api.api.call('log.search', { filter: { bizCodes: ['subscribe'], state: 'failed' } })
    expect(refused.records.map(({ operation, code }) => [operation, code])).toEqual([['/a1Test/dev-0002/user/get', 403], [own('update'), 403]])
    await api.api.call('topic.create', { productKey: 'a1Test', shortName: 'user/many/+', operation: 'SUB' })
    await api.api.call('subscription.add', { ...identity, topics: Array.from({ length: 100 }, (_, index) => own(`many/${index}`)) })
    expect(await subscribe(api, own('get'))).toMatchObject({ success: false, code: 'iot.common.LimitReached', errorMessage: expect.stringContaining('101 subscriptions') as string })
    await expect(subscribe(api, ...Array.from({ length: 11 }, (_, index) => own(`get/${index}`)))).rejects.toMatchObject({ code: 'InvalidParameter' })
  })

  it('reaches a sub-device through its gateway', async () => {
    const api = await startOpenApi()
    const { gateways, subs } = await makeGateways(api.api)
    const gateway = await connectGateway(api.mqtt, gateways[0]!)
    await gateway.bringUp(subs[0]!)
    const node = { productKey: subProductKey, deviceName: 'node-1' }
    const topic = `/${subProductKey}/node-1/user/get`
    await api.api.call('subscription.add', { ...node, topics: [topic] })
    await pub(api, { productKey: subProductKey, topicFullName: topic })
    await waitFor(() => gateway.on(topic).length === 1)
    await gateway.client.subscribeAsync([topic, `/sys/${subProductKey}/node-1/thing/#`, '/sys/a1Gate/gate-1/thing/#'])
    const { subscriptions } = await api.api.call('subscription.list', node)
    expect(subscriptions.map(({ topic, by }) => [topic, by])).toEqual([[topic, 'device'], [`/sys/${subProductKey}/node-1/thing/#`, 'device']])
    await api.api.call('subscription.remove', { ...node, topics: [topic] })
    expect((await api.api.call('subscription.list', { productKey: 'a1Gate', deviceName: 'gate-1' })).subscriptions.map(({ topic }) => topic)).toEqual(['/sys/a1Gate/gate-1/thing/#'])
  })
})
