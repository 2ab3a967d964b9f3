import type { MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectNpmDevice } from '../support/npm-sdk.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }
const upTopic = '/shadow/update/a1Test/dev-0001'
const downTopic = '/shadow/get/a1Test/dev-0001'

interface Received { topic: string, text: string, qos: number }
interface Bench extends TestEngine { certificate: DeviceCertificate, client: MqttClient, received: Received[] }

async function connect(running: TestEngine, certificate: DeviceCertificate): Promise<Bench> {
  const received: Received[] = []
  const { client } = await connectDevice(running.mqtt, certificate)
  client.on('message', (topic, payload, { qos }) => received.push({ topic, text: payload.toString(), qos }))
  return { ...running, certificate, client, received }
}

async function startBench(): Promise<Bench> {
  const running = await startEngine()
  return connect(running, await makeDevice(running.api))
}

it('answers a report unasked on the get topic with QoS 1 and keeps it over a restart', async () => {
  const { api, client, received, dir, close } = await startBench()
  await client.publishAsync(upTopic, '{"method":"update","state":{"reported":{"color":"red"}},"version":1}', { qos: 1 })
  await waitFor(() => received.length > 0)
  expect(received[0]).toMatchObject({ topic: downTopic, qos: 1 })
  expect(received[0]!.text).toMatch(/^\{"method":"reply","payload":\{"status":"success","version":1\},"timestamp":\d{10}\}$/)
  const { shadow } = await api.call('shadow.get', identity)
  expect(shadow).toMatchObject({ state: { reported: { color: 'red' }, desired: {} }, version: 1 })
  const [row] = (await api.call('trace.page', { filter: { direction: 'up' } })).rows
  const { steps, journey } = await api.call('trace.get', { id: row!.id })
  expect(steps.map(({ bizCode, operation, code }) => [bizCode, operation, code])).toEqual([['uplink', upTopic, 200], ['DeviceShadow', 'update', 200], ['downlink', downTopic, 200]])
  expect(journey.map(({ direction }) => direction)).toEqual(['up', 'down'])
  await close()
  const again = await startEngine({ workspaceDir: dir })
  expect((await again.api.call('shadow.get', identity)).shadow).toEqual(shadow)
  await again.api.call('device.delete', identity)
  await makeDevice(again.api)
  expect((await again.api.call('shadow.get', identity)).shadow.version).toBe(0)
})

it('tells a device that is online what is desired of it, and the device clears it', async () => {
  const { api, client, received } = await startBench()
  const { isSent } = await api.call('shadow.update', { ...identity, desired: { color: 'green' } })
  expect(isSent).toBe(true)
  await waitFor(() => received.length > 0)
  expect(received[0]!.text).toMatch(/^\{"method":"control","payload":\{"status":"success","state":\{"desired":\{"color":"green"\}\},"metadata":\{"desired":\{"color":\{"timestamp":\d{10}\}\}\}\},"version":1,"timestamp":\d{10}\}$/)
  const [row] = (await api.call('trace.page', { filter: { direction: 'down' } })).rows
  const { steps } = await api.call('trace.get', { id: row!.id })
  expect(steps.map(({ bizCode, operation }) => [bizCode, operation])).toEqual([['ApiService', 'UpdateDeviceShadow'], ['DeviceShadow', 'update'], ['downlink', downTopic]])
  await client.publishAsync(upTopic, '{"method":"update","state":{"reported":{"color":"green"},"desired":"null"},"version":2}', { qos: 1 })
  await waitFor(() => received.length > 1)
  expect((await api.call('shadow.get', identity)).shadow).toMatchObject({ state: { reported: { color: 'green' }, desired: {} }, version: 2 })
})

it('tells a device that was away when it comes back, and nothing when nothing is desired', async () => {
  const running = await startEngine()
  const certificate = await makeDevice(running.api)
  expect((await running.api.call('shadow.update', { ...identity, desired: { color: 'green' } })).isSent).toBe(false)
  const records = (await running.api.call('trace.page', { filter: { topic: 'UpdateDeviceShadow' } })).rows
  expect(records).toHaveLength(1)
  const first = await connect(running, certificate)
  await waitFor(async () => (await running.api.call('trace.page', { filter: { topic: downTopic } })).rows.length === 1)
  await first.client.endAsync()
  await running.api.call('shadow.delete', { ...identity, side: 'desired' })
  const { client, received } = await connect(running, certificate)
  await client.publishAsync(upTopic, '{"method":"get"}', { qos: 1 })
  await waitFor(() => received.some(({ text }) => text.startsWith('{"method":"reply"')))
  expect(received.filter(({ text }) => text.startsWith('{"method":"control"'))).toEqual([])
})

it('refuses an old version and too much from the console, with a sentence', async () => {
  const { api } = await startBench()
  await api.call('shadow.update', { ...identity, desired: { a: 1 }, version: 5 })
  await expect(api.call('shadow.update', { ...identity, desired: { a: 2 }, version: 5 })).rejects.toMatchObject({ code: 'shadow/version-conflict', details: { platformCode: 409 } })
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await expect(api.call('shadow.update', { ...identity, desired: { a: 'x'.repeat(17_000) } })).rejects.toMatchObject({ code: 'limit/reached', message: expect.stringContaining('16384 bytes') })
  expect((await api.call('shadow.update', { ...identity, desired: { b: 1 }, delta: true })).shadow.state.desired).toEqual({ a: 1, b: 1 })
})

it('is reported, read and deleted by the npm SDK, whose version is a clock', async () => {
  const { api, mqtt } = await startEngine()
  const device = await connectNpmDevice(mqtt, await makeDevice(api))
  const replies: { method: string, payload: { status: string, state?: object } }[] = []
  device.onShadow(message => replies.push(message as typeof replies[number]))
  device.postShadow({ color: 'red', mode: 1 })
  await waitFor(() => replies.length === 1)
  const { shadow } = await api.call('shadow.get', identity)
  expect(shadow).toMatchObject({ state: { reported: { color: 'red', mode: 1 } } })
  expect(shadow.version).toBeGreaterThan(1_700_000_000_000)
  device.getShadow()
  await waitFor(() => replies.length === 2)
  expect(replies[1]!.payload.state).toEqual({ reported: { color: 'red', mode: 1 } })
  await api.call('shadow.update', { ...identity, desired: { color: 'green' } })
  await waitFor(() => replies.length === 3)
  expect(replies.map(({ method, payload }) => [method, payload.status])).toEqual([['reply', 'success'], ['reply', 'success'], ['control', 'success']])
  device.deleteShadow(['mode'])
  await waitFor(() => replies.length === 4)
  expect((await api.call('shadow.get', identity)).shadow.state.reported).toEqual({ color: 'red' })
})
