import type { MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonValue } from '../../src/shared/json.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

interface Bench extends TestEngine { certificate: DeviceCertificate, client: MqttClient, replies: string[], topic: string }

async function startBench(): Promise<Bench> {
  const running = await startEngine()
  const certificate = await makeDevice(running.api)
  const { client } = await connectDevice(running.mqtt, certificate)
  const replies: string[] = []
  client.on('message', (_, payload) => replies.push(payload.toString()))
  return { ...running, certificate, client, replies, topic: `/sys/${certificate.productKey}/${certificate.deviceName}/thing/event/property/post` }
}

const post = (params: JsonValue, id: JsonValue = '1'): string => JSON.stringify({ id, version: '1.0', params, method: 'thing.event.property.post' })

it('answers a good report byte for byte as the cloud does, without a subscription, and keeps what it said', async () => {
  const { api, client, replies, topic, certificate } = await startBench()
  await client.publishAsync(topic, post({ Counter: 42, Label: 'hall', Switch: { value: 1, time: 1_735_689_600_123 } }), { qos: 1 })
  await waitFor(() => replies.length > 0)
  expect(replies).toEqual(['{"code":200,"data":{},"id":"1","message":"success","method":"thing.event.property.post","version":"1.0"}'])
  const { productKey, deviceName } = certificate
  const device = await api.call('device.get', { productKey, deviceName })
  expect(device).toMatchObject({
    state: 'ONLINE',
    simulated: false,
    connection: { protocolVersion: 4, transport: 'tcp' },
    properties: { Counter: { value: 42 }, Label: { value: 'hall' }, Switch: { value: 1, time: 1_735_689_600_123 } },
  })
  const rows = await api.call('trace.messages', { filter: { deviceName } })
  const messages = rows.messages.filter(row => row.direction !== 'record')
  expect(messages.map(({ direction, code, topic: where, causeId }) => ({ direction, code, where, isReply: causeId === messages[0]?.id }))).toEqual([
    { direction: 'up', code: 200, where: topic, isReply: false },
    { direction: 'down', code: 200, where: `${topic}_reply`, isReply: true },
  ])
})

it('keeps the good properties of a report, names the bad ones and replies 200 under weak checking', async () => {
  const { api, client, replies, topic, certificate: { productKey, deviceName } } = await startBench()
  await client.publishAsync(topic, post({ Counter: 142, Label: 'far too long', Switch: 1, Foo: 1 }), { qos: 1 })
  await waitFor(() => replies.length > 0)
  expect(JSON.parse(replies[0]!)).toMatchObject({ code: 200, id: '1', data: { Foo: 'tsl parse: params not exist -> Foo' } })
  const { properties } = await api.call('device.get', { productKey, deviceName })
  expect(Object.keys(properties)).toEqual(['Switch'])
  const [row] = (await api.call('trace.page', { filter: { code: 'failed', direction: 'up' } })).rows
  const detail = await api.call('trace.get', { id: row!.id })
  expect(detail.code).toBe(6306)
  expect(detail.issues.map(({ code, path }) => ({ code, path }))).toEqual([{ code: 6306, path: 'Counter' }, { code: 6310, path: 'Label' }, { code: 6320, path: 'Foo' }])
  expect(detail.explanation).toContain('142')
  expect(detail.journey.map(other => other.direction)).toEqual(['up', 'down'])
})

it('refuses a whole report with the code of its first fault under strict checking', async () => {
  const { api, client, replies, topic, certificate: { productKey, deviceName } } = await startBench()
  await api.call('product.update', { productKey, validation: 'strict' })
  await client.publishAsync(topic, post({ Switch: 1, Counter: 'many' }), { qos: 1 })
  await waitFor(() => replies.length > 0)
  expect(JSON.parse(replies[0]!)).toMatchObject({ code: 6306, id: '1' })
  expect((await api.call('device.get', { productKey, deviceName })).properties).toEqual({})
})

it('acknowledges what is not JSON, answers nothing and keeps it with code 6207', async () => {
  const { api, client, replies, topic } = await startBench()
  await client.publishAsync(topic, '{"id":"1","params":{"Counter":1,}', { qos: 1 })
  await client.publishAsync(topic, post({ Counter: 1 }, 7), { qos: 1 })
  await waitFor(() => replies.length > 0)
  expect(replies.map(reply => JSON.parse(reply).id)).toEqual([7])
  const failed = (await api.call('trace.page', { filter: { code: 6207 } })).rows
  expect(failed).toHaveLength(1)
  expect(failed[0]?.preview).toBe('{"id":"1","params":{"Counter":1,}')
})

it('replies 460 when params is no object, and nothing when the device asks for no reply', async () => {
  const { client, replies, topic } = await startBench()
  await client.publishAsync(topic, JSON.stringify({ id: '1', params: { Counter: 1 }, sys: { ack: 0 } }), { qos: 1 })
  await client.publishAsync(topic, post([1, 2], '2'), { qos: 1 })
  await waitFor(() => replies.length > 0)
  expect(replies.map(reply => JSON.parse(reply))).toMatchObject([{ code: 460, id: '2' }])
})

it('acknowledges and keeps a message on a topic of another device, with code 9236, and does nothing else with it', async () => {
  const { api, client, certificate: { productKey } } = await startBench()
  await client.publishAsync(`/sys/${productKey}/somebody/thing/event/property/post`, post({ Counter: 1 }), { qos: 1 })
  const [row] = (await api.call('trace.page', { filter: { code: 9236 } })).rows
  expect(row).toMatchObject({ direction: 'up', deviceName: 'dev-0001', code: 9236 })
})

it('plots numbers and switches over time and knows no other property', async () => {
  const { api, client, replies, topic, certificate: { productKey, deviceName } } = await startBench()
  const from = 1_735_689_600_000
  for (let index = 0; index < 10; index++)
    await client.publishAsync(topic, post({ Counter: { value: index * 10, time: from + index * 1000 }, Label: 'x' }), { qos: 1 })
  await waitFor(() => replies.length === 10)
  const history = await api.call('device.history', { productKey, deviceName, property: 'Counter', fromAt: from, toAt: from + 10_000, buckets: 5 })
  expect({ points: history.points, min: [...history.min], max: [...history.max], last: [...history.last] })
    .toEqual({ points: 10, min: [0, 20, 40, 60, 80], max: [10, 30, 50, 70, 90], last: [10, 30, 50, 70, 90] })
  expect((await api.call('device.history', { productKey, deviceName, property: 'Label', fromAt: from, toAt: from + 10_000 })).points).toBe(0)
})

it('shows a page the new values and points of a device as they come', async () => {
  const { api, client, topic, certificate: { productKey, deviceName } } = await startBench()
  const seen: unknown[] = []
  const leave = new AbortController()
  const watching = api.subscribe('device.watch', { productKey, deviceName }, item => void seen.push(item), { signal: leave.signal })
  await waitFor(() => seen.length > 0)
  await client.publishAsync(topic, post({ Counter: 5 }), { qos: 1 })
  await waitFor(() => seen.length > 1)
  leave.abort()
  await watching
  expect(seen[0]).toMatchObject({ state: 'ONLINE', properties: {} })
  expect(seen[1]).toMatchObject({ properties: { Counter: { value: 5 } }, points: { Counter: { value: Float64Array.of(5) } } })
})

it('keeps everything over a restart', async () => {
  const { client, dir, topic, close, certificate: { productKey, deviceName } } = await startBench()
  await client.publishAsync(topic, post({ Counter: 12 }), { qos: 1 })
  await close()
  const again = await startEngine({ workspaceDir: dir })
  expect(again.engine.startedEmpty).toBe(false)
  const device = await again.api.call('device.get', { productKey, deviceName })
  expect(device).toMatchObject({ state: 'OFFLINE', properties: { Counter: { value: 12 } } })
  expect(device.activatedAt).toBeGreaterThan(0)
  const { messages: rows } = await again.api.call('trace.messages', { filter: { deviceName, direction: 'up' } })
  expect(rows.map(row => new TextDecoder().decode(row.payload))).toEqual([post({ Counter: 12 })])
})
