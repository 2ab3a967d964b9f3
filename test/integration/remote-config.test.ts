import type { MqttClient } from 'mqtt'
import type { ConfigNotice } from '../../src/shared/alink/remote-config.ts'
import type { ConfigCounts } from '../../src/shared/contract/remote-config.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { expect, it, onTestFinished } from 'vitest'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { silentLog } from '../../src/shared/log.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor, waitForEvent } from '../support/wait-for.ts'

const productKey = 'a1Test'
const push = { productKey }

/** What a device receives, newest last. */
interface Listener { client: MqttClient, received: { topic: string, body: JsonObject }[] }

function start(clock?: Parameters<typeof startEngine>[1], workspaceDir?: string): Promise<TestEngine> {
  return startEngine({ openDeviceHttp: (host, routes) => createDeviceHttp({ host, port: 0, log: silentLog, routes }), ...(workspaceDir !== undefined && { workspaceDir }) }, clock)
}

async function join({ api, mqtt }: TestEngine, deviceName = 'dev-0001'): Promise<Listener> {
  const { client } = await connectDevice(mqtt, await makeDevice(api, deviceName), { _ss: '1' })
  const received: Listener['received'] = []
  client.on('message', (topic, payload) => received.push({ topic, body: JSON.parse(payload.toString()) as JsonObject }))
  return { client, received }
}

/** Asks for the configuration as Link SDK for C 4 does, and waits for the answer. */
async function ask({ client, received }: Listener, deviceName = 'dev-0001'): Promise<JsonObject> {
  const count = received.length
  await client.publishAsync(`/sys/${productKey}/${deviceName}/thing/config/get`, '{"id":1, "params":{"configScope":"product","getType":"file"}}', { qos: 1 })
  return waitFor(() => received.slice(count).find(({ topic }) => topic.endsWith('/thing/config/get_reply'))?.body)
}

async function save({ api }: TestEngine, text: string): Promise<void> {
  await api.call('remoteConfig.setEnabled', { productKey, enabled: true })
  await api.call('remoteConfig.save', { productKey, text })
}

it('answers 6713 while it is off and 6710 before the first save, then the newest saved version, pushed or not', async () => {
  const engine = await start()
  const device = await join(engine)
  expect(await ask(device)).toMatchObject({ code: 6713, data: {}, id: 1 })
  await engine.api.call('remoteConfig.setEnabled', { productKey, enabled: true })
  expect(await ask(device)).toMatchObject({ code: 6710, data: {}, id: 1 })
  await save(engine, '{"interval":30}')
  const { data, ...rest } = await ask(device)
  const notice = data as unknown as ConfigNotice
  expect(rest).toEqual({ code: 200, id: 1, message: 'success', method: 'thing.config.get', version: '1.0' })
  expect(notice).toEqual({
    configId: expect.stringMatching(/^[\da-f]{32}$/) as string,
    configSize: 15,
    getType: 'file',
    sign: '4d984ea50aadda81e8c29663ff923d0c3a002cb533ea379f35f8b6a7d3f53124',
    signMethod: 'Sha256',
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/config\/[\da-f]{32}\?Expires=\d+&Device=\d+&Signature=[\w-]{43}$/) as string,
  })
  const response = await fetch(notice.url)
  expect(Object.fromEntries(response.headers)).toMatchObject({ 'content-length': '15' })
  expect(response.headers.has('transfer-encoding')).toBe(false)
  expect(await response.text()).toBe('{"interval":30}')
  const part = await fetch(notice.url, { headers: { Range: 'bytes=1-8' } })
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 1-8/15', '"interva'])
  const tail = await fetch(notice.url, { headers: { Range: 'bytes=-4' } })
  expect([tail.status, tail.headers.get('content-range'), await tail.text()]).toEqual([206, 'bytes 11-14/15', ':30}'])
  const beyond = await fetch(notice.url, { headers: { Range: 'bytes=15-' } })
  expect([beyond.status, beyond.headers.get('content-range'), await beyond.text()]).toEqual([416, 'bytes */15', expect.stringContaining('<Code>InvalidRange</Code>')])
  const { devices } = await engine.api.call('remoteConfig.devices', push)
  expect(devices).toMatchObject([{ deviceName: 'dev-0001', state: 'ONLINE', pushed: null, fetched: { version: 1 }, askedAt: expect.any(Number) as number }])
})

it('keeps addresses for their time and no longer, also over a restart, and refuses one that was altered', async () => {
  const engine = await start()
  const device = await join(engine)
  await save(engine, '{"a":1}')
  const { url } = (await ask(device)).data as unknown as ConfigNotice
  const altered = await fetch(url.replace(/Device=\d+/, 'Device=99'))
  expect(altered.status).toBe(403)
  expect(await altered.text()).toContain('<Code>SignatureDoesNotMatch</Code>')
  await engine.api.call('settings.set', { name: 'remoteConfig.urlValidSec', value: 1 })
  const { url: short } = (await ask(device)).data as unknown as ConfigNotice
  const expired = await waitFor(async () => {
    const response = await fetch(short)
    return response.status === 403 && response.text()
  })
  expect(expired).toMatch(/<Code>AccessDenied<\/Code>[\s\S]*Request has expired[\s\S]*<Expires>\d{4}-[\s\S]*<ServerTime>\d{4}-/)
  await engine.close()
  const again = await start(undefined, engine.dir)
  const { pathname, search } = new URL(url)
  const response = await fetch(`${again.engine.httpUrl}${pathname}${search}`)
  expect([response.status, await response.text()]).toEqual([200, '{"a":1}'])
})

it('pushes to every device that is online, takes their answers, and counts who has fetched what', async () => {
  const engine = await start()
  const first = await join(engine)
  const second = await join(engine, 'dev-0002')
  await makeDevice(engine.api, 'dev-0003')
  await save(engine, '{"a":1}')
  const seen: ConfigCounts[] = []
  const leave = new AbortController()
  const watching = engine.api.subscribe('remoteConfig.watch', push, item => void seen.push(item), { signal: leave.signal })
  expect(await engine.api.call('remoteConfig.push', push)).toMatchObject({ version: 1, deviceCount: 3, onlineCount: 2, sentCount: 2 })
  for (const [index, { client, received }] of [first, second].entries()) {
    const { topic, body } = await waitFor(() => received[0])
    expect(topic).toBe(`/sys/a1Test/dev-000${index + 1}/thing/config/push`)
    expect(body).toMatchObject({ version: '1.0', method: 'thing.config.push', params: { configSize: 7, getType: 'file', signMethod: 'Sha256' } })
    const { url, sign } = body.params as unknown as ConfigNotice
    const text = await (await fetch(url)).text()
    expect(createHash('sha256').update(text).digest('hex')).toBe(sign)
    // Link SDK for C 3 forgets the braces around a failure; this is a good answer.
    await client.publishAsync(`${topic}_reply`, JSON.stringify({ id: body.id, code: 200, data: {} }), { qos: 1 })
  }
  await waitFor(() => seen.at(-1)?.answeredNewest === 2)
  expect(seen.at(-1)).toEqual({ devices: 3, online: 2, fetchedNewest: 2, fetchedAny: 2, pushedNewest: 2, answeredNewest: 2 })
  leave.abort()
  await watching
  const { devices, total } = await engine.api.call('remoteConfig.devices', push)
  expect(total).toBe(2)
  expect(devices[0]).toMatchObject({ deviceName: 'dev-0002', pushed: { version: 1 }, answered: { code: 200 }, fetched: { version: 1 } })
  await engine.api.call('remoteConfig.save', { productKey, text: '{"a":2}' })
  expect((await engine.api.call('remoteConfig.get', push)).counts).toMatchObject({ fetchedNewest: 0, fetchedAny: 2 })
  await engine.api.call('device.delete', { productKey, deviceName: 'dev-0002' })
  expect((await engine.api.call('remoteConfig.devices', push)).total).toBe(1)
})

it('pushes the same only when told to, and with the cloud\'s limits neither the same nor anything within the hour', async () => {
  const engine = await start(createFastClock(2_000))
  const device = await join(engine)
  await expect(engine.api.call('remoteConfig.push', push)).rejects.toMatchObject({ code: 'remote-config/off', details: { platformCode: 6713 } })
  await engine.api.call('remoteConfig.setEnabled', { productKey, enabled: true })
  await expect(engine.api.call('remoteConfig.push', push)).rejects.toMatchObject({ code: 'remote-config/empty', details: { platformCode: 6710 } })
  await save(engine, '{"a":1}')
  await engine.api.call('remoteConfig.push', push)
  await expect(engine.api.call('remoteConfig.push', push)).rejects.toMatchObject({ code: 'remote-config/pushed-already' })
  await engine.api.call('remoteConfig.push', { ...push, again: true })
  await engine.api.call('remoteConfig.push', { ...push, deviceNames: ['dev-0001'] })
  await waitFor(() => device.received.length === 3)
  await engine.api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await expect(engine.api.call('remoteConfig.push', { ...push, again: true })).rejects.toMatchObject({ code: 'remote-config/pushed-already' })
  await save(engine, '{"a":2}')
  await expect(engine.api.call('remoteConfig.push', push)).rejects.toMatchObject({ code: 'remote-config/too-soon', message: expect.stringMatching(/in \d+ minutes/) as string })
  await waitFor(async () => (await engine.api.call('remoteConfig.get', push)).nextPushAt === null)
  expect(await engine.api.call('remoteConfig.push', push)).toMatchObject({ version: 2 })
}, 30_000)

it('refuses what is no JSON with its line and column, and more than 64 KB or five earlier versions only with the cloud\'s limits', async () => {
  const { api } = await start()
  await makeDevice(api)
  await expect(api.call('remoteConfig.save', { productKey, text: '{\n  "a": 1,\n}' })).rejects.toMatchObject({ code: 'remote-config/bad-json', details: { line: 3, column: 1 } })
  const large = JSON.stringify('x'.repeat(65_535))
  await api.call('remoteConfig.save', { productKey, text: large })
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await expect(api.call('remoteConfig.save', { productKey, text: large })).rejects.toMatchObject({ code: 'limit/reached', details: { got: 65_537 } })
  for (let value = 1; value <= 7; value++)
    await api.call('remoteConfig.save', { productKey, text: String(value) })
  const { current, earlier } = await api.call('remoteConfig.save', { productKey, text: '7' })
  expect([current?.version, earlier.map(({ version }) => version)]).toEqual([8, [7, 6, 5, 4, 3]])
  expect(await api.call('remoteConfig.version', { productKey, version: 4 })).toMatchObject({ text: '3', size: 1 })
  await expect(api.call('remoteConfig.version', { productKey, version: 2 })).rejects.toMatchObject({ code: 'remote-config/version-not-found' })
})

it('keeps switch, versions, last push and what devices have over a restart, and forgets them with the product', async () => {
  const engine = await start()
  const device = await join(engine)
  await save(engine, '{"a":1}')
  await engine.api.call('remoteConfig.push', push)
  const { url } = (await waitFor(() => device.received[0])).body.params as unknown as ConfigNotice
  await (await fetch(url)).text()
  const before = await engine.api.call('remoteConfig.get', push)
  await engine.close()
  const again = await start(undefined, engine.dir)
  const after = await again.api.call('remoteConfig.get', push)
  expect(after).toEqual({ ...before, counts: { ...before.counts, online: 0 } })
  expect(after).toMatchObject({ isEnabled: true, isPushed: true, lastPush: { version: 1, sentCount: 1 }, counts: { fetchedNewest: 1 } })
  await again.api.call('device.delete', { productKey, deviceName: 'dev-0001' })
  await again.api.call('product.delete', push)
  await makeDevice(again.api)
  expect(await again.api.call('remoteConfig.get', push)).toMatchObject({ isEnabled: false, current: null, earlier: [], lastPush: null })
})

it('serves the npm device SDK, which asks for its configuration and is pushed the next one', async () => {
  const engine = await start()
  const certificate = await makeDevice(engine.api)
  await save(engine, '{"a":1}')
  interface SdkDevice { once: (event: string, run: () => void) => void, getConfig: (take: (reply: { code: number, data: ConfigNotice }) => void) => void, onConfig: (take: (push: { params: ConfigNotice }) => void) => void, end: (force: boolean) => void }
  const sdk = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as { device: (config: object) => SdkDevice }
  const device = sdk.device({ ...certificate, brokerUrl: `mqtt://${engine.mqtt.host}:${engine.mqtt.port}` })
  onTestFinished(() => device.end(true))
  await waitForEvent(device as never, 'connect')
  const { code, data } = await new Promise<{ code: number, data: ConfigNotice }>((resolve) => {
    device.getConfig(resolve)
  })
  expect([code, await (await fetch(data.url)).text()]).toEqual([200, '{"a":1}'])
  await engine.api.call('remoteConfig.save', { productKey, text: '{"a":2}' })
  const pushed = new Promise<{ params: ConfigNotice }>((resolve) => {
    device.onConfig(resolve)
  })
  await engine.api.call('remoteConfig.push', push)
  expect(await (await fetch((await pushed).params.url)).text()).toBe('{"a":2}')
})
