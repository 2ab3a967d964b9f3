import type { DeviceLive } from '../../src/shared/contract/device.ts'
import { connectAsync } from 'mqtt'
import { expect, it, onTestFinished } from 'vitest'
import { migrations } from '../../src/engine/migrations.ts'
import { ConnectionHistory } from '../../src/engine/platform/connection/history.ts'
import { openStore } from '../../src/engine/store/store.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { silentLog } from '../../src/shared/log.ts'
import { connectGateway, makeGateways } from '../support/gateway.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectNpmDevice } from '../support/npm-sdk.ts'
import { makeReportingDevices, reportingProductKey } from '../support/reporting-product.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { credentialsOf } from '../support/test-broker.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }

it('keeps when a device was connected, from where, how it ended and which rows of the trace tell of it', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const device = await connectNpmDevice(mqtt, certificate)
  const list = async () => (await api.call('device.connections', identity)).connections
  const [open] = await waitFor(async () => (await list()).length === 1 && list())
  expect(open).toMatchObject({ kind: 'session', endedAt: null, code: null, count: 1, transport: 'tcp', protocolVersion: 4, gateway: null, endedRowId: 0 })
  expect(open!.clientId).toContain('a1Test')
  expect(open!.remoteAddress).toMatch(/^127\.0\.0\.1/)
  device.end(true)
  const [ended] = await waitFor(async () => (await list())[0]!.endedAt !== null && list())
  expect(ended).toMatchObject({ connectionId: open!.connectionId, beganAt: open!.beganAt })
  expect(ended!.message).not.toBe('')
  const rows = await Promise.all([ended!.beganRowId, ended!.endedRowId].map(id => api.call('trace.get', { id })))
  expect(rows.map(({ topic, code }) => [topic, code])).toEqual([['online', 200], ['offline', ended!.code]])
})

it('tells a login that took another one\'s place from the one that it ended', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  await connectDevice(mqtt, certificate)
  await connectDevice(mqtt, certificate)
  const { connections } = await waitFor(async () => {
    const answer = await api.call('device.connections', identity)
    return answer.connections.some(({ code }) => code === 427) && answer
  })
  expect(connections.map(({ code, endedAt }) => [code, endedAt === null])).toEqual([[null, true], [427, false]])
})

it('counts refusals of one kind together, pages from the newest, and filters by kind and time', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const wrong = credentialsOf({ ...certificate, deviceSecret: 'other', deviceId: 1, disabled: false })
  const refuse = async () => { await expect(connectAsync({ ...mqtt, ...wrong, reconnectPeriod: 0 })).rejects.toMatchObject({ code: 4 }) }
  for (let count = 0; count < 3; count++)
    await refuse()
  const { client } = await connectDevice(mqtt, certificate)
  await client.endAsync()
  await refuse()
  const all = await waitFor(async () => {
    const { connections } = await api.call('device.connections', identity)
    return connections.length === 3 && connections[1]!.endedAt !== null && connections
  })
  expect(all.map(({ kind, count, code }) => [kind, count, code])).toEqual([['refused', 1, 6287], ['session', 1, 200], ['refused', 3, 6287]])
  const first = await api.call('device.connections', { ...identity, limit: 2 })
  expect(first.connections).toEqual(all.slice(0, 2))
  expect(await api.call('device.connections', { ...identity, limit: 2, before: first.next! })).toEqual({ connections: all.slice(2), next: null })
  expect((await api.call('device.connections', { ...identity, kind: 'session' })).connections).toEqual([all[1]])
  expect((await api.call('device.connections', { ...identity, toAt: all[2]!.beganAt - 1 })).connections).toEqual([])
})

it('keeps the history over restarts and lets it go with the device', async () => {
  const { api, mqtt, dir, close } = await startEngine()
  await connectDevice(mqtt, await makeDevice(api))
  await close()
  const again = await startEngine({ workspaceDir: dir })
  const { connections } = await again.api.call('device.connections', identity)
  expect(connections).toHaveLength(1)
  expect(connections[0]!.endedAt).toBeGreaterThanOrEqual(connections[0]!.beganAt)
  await connectDevice(again.mqtt, (await again.api.call('device.get', identity)))
  expect((await again.api.call('device.connections', identity)).connections.map(({ connectionId }) => connectionId)).toEqual([connections[0]!.connectionId + 1, connections[0]!.connectionId])
  await again.api.call('device.delete', identity)
  await again.api.call('device.create', identity)
  expect((await again.api.call('device.connections', identity)).connections).toEqual([])
})

it('ends what was open when the engine was gone without a goodbye with the last thing that it recorded', async () => {
  const options = { dir: tempFolder(), clock: realClock, log: silentLog, migrations, keepTracesDays: 7, keepTracesBytesMax: 1e9, onNotice: () => {}, onPressure: () => {} }
  const connection = { connectedAt: 1_000, remoteAddress: '127.0.0.1:9', clientId: 'c', protocolVersion: 4, transport: 'tcp', keepaliveSec: 60, clean: true, gateway: null, simulated: null } as const
  const store = await openStore(options)
  const history = await ConnectionHistory.open(store)
  history.begin({}, 7, connection, 1)
  store.append({ at: 5_000, deviceId: 7, deviceKey: null, direction: 'up', topic: 't', qos: 0, payload: new Uint8Array(), code: 200, detail: null, causeId: null, samples: null })
  await store.close()
  const again = await openStore(options)
  onTestFinished(() => again.close())
  const methods = (await ConnectionHistory.open(again)).methods(() => ({ deviceId: 7, productKey: 'a1Test', deviceName: 'dev-0001' }))
  const { connections } = await methods['device.connections']({ ...identity, limit: 10 }, { signal: new AbortController().signal })
  expect(connections).toMatchObject([{ beganAt: 1_000, endedAt: 5_000, code: null, message: expect.stringContaining('goodbye') as string }])
})

it('names the gateway through which a sub-device was connected', async () => {
  const { api, mqtt } = await startEngine()
  const { gateways: [gate], subs: [sub] } = await makeGateways(api, { subs: 1 })
  const { bringUp } = await connectGateway(mqtt, gate!)
  await bringUp(sub!)
  const { productKey, deviceName } = sub!
  const { connections } = await waitFor(async () => {
    const answer = await api.call('device.connections', { productKey, deviceName })
    return answer.connections.length > 0 && answer
  })
  expect(connections).toMatchObject([{ kind: 'session', gateway: { productKey: gate!.productKey, deviceName: gate!.deviceName } }])
})

it('tells whoever watches a device of refusals and subscriptions', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const items: DeviceLive[] = []
  const gone = new AbortController()
  const watching = api.subscribe('device.watch', identity, item => void items.push(item), { signal: gone.signal })
  await waitFor(() => items.length > 0)
  const wrong = credentialsOf({ ...certificate, deviceSecret: 'other', deviceId: 1, disabled: false })
  await expect(connectAsync({ ...mqtt, ...wrong, reconnectPeriod: 0 })).rejects.toMatchObject({ code: 4 })
  await waitFor(() => items.some(({ attempted }) => attempted))
  items.length = 0
  const { client } = await connectDevice(mqtt, certificate)
  await client.subscribeAsync('/sys/a1Test/dev-0001/thing/service/property/set')
  await waitFor(() => items.some(({ attempted }) => attempted))
  gone.abort()
  await watching
})

it('keeps each version that a module has had, in order, and lets them go with the device', async () => {
  const { api, mqtt } = await startEngine()
  const { client } = await connectDevice(mqtt, await makeDevice(api))
  const inform = (params: object) => client.publishAsync('/ota/device/inform/a1Test/dev-0001', JSON.stringify({ id: '1', params }), { qos: 1 })
  const changes = async () => (await api.call('device.versionHistory', identity)).changes.map(({ module, version }) => `${module} ${version}`)
  for (const params of [{ version: '1.0' }, { version: '1.0' }, { version: '2.0', module: 'mcu' }, { version: '1.1' }]) {
    await inform(params)
    await waitFor(async () => (await api.call('device.get', identity)).versions.some(({ version }) => version === params.version))
  }
  expect(await waitFor(async () => (await changes()).length === 3 && changes())).toEqual(['default 1.1', 'mcu 2.0', 'default 1.0'])
  const first = await api.call('device.versionHistory', { ...identity, limit: 1 })
  expect(first.changes).toHaveLength(1)
  expect((await api.call('device.versionHistory', { ...identity, before: first.next! })).changes).toHaveLength(2)
  await client.endAsync()
  await api.call('device.delete', identity)
  await api.call('device.create', identity)
  expect(await changes()).toEqual([])
})

it('reads a number inside a struct over time, and streams it', async () => {
  const { api, mqtt } = await startEngine()
  const [certificate] = await makeReportingDevices(api)
  const struct = { productKey: reportingProductKey, deviceName: 'lamp-0001' }
  const { post } = await connectDevice(mqtt, certificate!)
  const items: DeviceLive[] = []
  const gone = new AbortController()
  const watching = api.subscribe('device.watch', struct, item => void items.push(item), { signal: gone.signal })
  await waitFor(() => items.length > 0)
  const past = Date.now() - 60_000
  for (const [x, at] of [[1, past], [3, past + 5], [2, past + 8], [7, past + 100]] as const)
    await post({ Struct: { value: { X: x, Y: 9 }, time: at } })
  const ask = { ...struct, property: 'Struct', members: ['X'], fromAt: past, toAt: past + 1_000, buckets: 100 }
  const history = await waitFor(async () => {
    const answer = await api.call('device.memberHistory', ask)
    return answer.points === 4 && answer
  })
  expect({ at: [...history.at], min: [...history.min], max: [...history.max], mean: [...history.mean], last: [...history.last], count: [...history.count] })
    .toEqual({ at: [past, past + 100], min: [1, 7], max: [3, 7], mean: [2, 7], last: [2, 7], count: [3, 1] })
  expect((await api.call('device.memberHistory', { ...ask, members: ['Y', 'deeper'] })).points).toBe(0)
  await expect(api.call('device.memberHistory', { ...ask, toAt: past })).rejects.toMatchObject({ code: 'input/invalid', details: { field: 'toAt' } })
  const points = await waitFor(() => {
    const values = items.flatMap(({ points }) => [...points?.['Struct.X']?.value ?? []])
    return values.length === 4 && values
  })
  expect(points).toEqual([1, 3, 2, 7])
  gone.abort()
  await watching
})
