import type { FleetLive } from '../../src/shared/contract/fleet.ts'
import { expect, it } from 'vitest'
import { cellStates } from '../../src/shared/contract/fleet.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

it('fills an empty workspace with the sample: devices connect, report, and all they say passes the check', async () => {
  const { api, engine } = await startEngine()
  expect(engine.startedEmpty).toBe(true)
  const { productKey, fleetId } = await api.call('app.addSample', { count: 40 })
  await api.call('fleet.update', { fleetId, change: { intervalSec: 0.2 } })
  const fleet = await waitFor(async () => {
    const now = await api.call('fleet.get', { fleetId })
    return now.stats.connected === 40 && now.stats.replied > 100 && now
  }, { what: '40 devices reporting' })
  expect(fleet).toMatchObject({ state: 'running', count: 40, stats: { repliedRefused: 0, errors: {} } })
  const { devices, total } = await api.call('device.list', { productKey })
  expect({ total, first: devices[0] }).toMatchObject({ total: 40, first: { deviceName: 'sim-0001', state: 'ONLINE', simulated: true } })
  expect((await api.call('trace.page', { filter: { code: 'failed' } })).rows).toEqual([])
})

it('adds and takes away devices while it runs, and shows each as a cell', async () => {
  const { api } = await startEngine()
  const { fleetId } = await api.call('app.addSample', { count: 5 })
  let live: FleetLive | undefined
  let cells = new Uint8Array()
  const leave = new AbortController()
  const watching = api.subscribe('fleet.watch', { fleetId }, (item) => {
    live = item
    cells = Uint8Array.from(item.cells ?? cells)
  }, { signal: leave.signal })
  const online = (): number => cells.filter(cell => cellStates[cell] === 'online').length
  await waitFor(() => online() === 5)
  await api.call('fleet.update', { fleetId, change: { count: 9 } })
  await waitFor(() => online() === 9)
  await api.call('fleet.update', { fleetId, change: { count: 2 } })
  await waitFor(() => online() === 2 && cells.length === 2)
  await api.call('fleet.stop', { fleetId })
  await waitFor(() => live?.fleet.state === 'stopped' && online() === 0)
  leave.abort()
  await watching
  expect((await api.call('device.list', { state: 'ONLINE' })).total).toBe(0)
})

it('resumes what ran, and only that, after a restart', async () => {
  const { api, dir, close } = await startEngine()
  const { productKey, fleetId } = await api.call('app.addSample', { count: 3 })
  await api.call('fleet.create', { productKey, count: 2 })
  await close()
  const again = await startEngine({ workspaceDir: dir })
  const fleets = await again.api.call('fleet.list', {})
  expect(fleets.map(fleet => [fleet.fleetId === fleetId, fleet.state, fleet.prefix])).toEqual([[true, 'running', 'sim'], [false, 'stopped', 'sim2']])
  await waitFor(async () => (await again.api.call('device.list', { state: 'ONLINE' })).total === 3)
})

it('leaves a simulated device to the real one that logs in with its identity', async () => {
  const { api, mqtt } = await startEngine()
  const { productKey, fleetId } = await api.call('app.addSample', { count: 1 })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 1)
  const { deviceSecret } = await api.call('device.get', { productKey, deviceName: 'sim-0001' })
  const real = await connectDevice(mqtt, { productKey, deviceName: 'sim-0001', deviceSecret })
  await waitFor(async () => (await api.call('trace.page', { filter: { code: 427 } })).rows.length > 0)
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 0)
  expect(real.client.connected).toBe(true)
  expect(await api.call('device.get', { productKey, deviceName: 'sim-0001' })).toMatchObject({ state: 'ONLINE', connection: { clientId: expect.not.stringContaining('thingbench') } })
})

it('forgets a deleted fleet but keeps its devices, also while it runs', async () => {
  const { api } = await startEngine()
  const { productKey, fleetId } = await api.call('app.addSample', { count: 2 })
  await api.call('fleet.delete', { fleetId })
  expect(await api.call('fleet.list', {})).toEqual([])
  await waitFor(async () => (await api.call('device.list', { state: 'ONLINE' })).total === 0)
  expect((await api.call('device.list', { productKey })).total).toBe(2)
})

it('suggests a behaviour for every property of a product', async () => {
  const { api } = await startEngine()
  const { productKey } = await api.call('app.addSample', { count: 1 })
  const suggested = await api.call('fleet.suggestBehaviours', { productKey })
  expect(Object.keys(suggested).sort()).toEqual(['heating', 'humidity', 'mode', 'signal', 'targetTemperature', 'temperature'])
  expect(suggested.mode?.kind).toBe('cycle')
})

it('tells a page that opens later what the engine said before', async () => {
  const first = await startEngine()
  const { api } = await startEngine({ mqtt: first.mqtt })
  const codes: string[] = []
  const leave = new AbortController()
  const watching = api.subscribe('app.notices', {}, notice => void codes.push(notice.code), { signal: leave.signal })
  await waitFor(() => codes.length > 0)
  leave.abort()
  await watching
  expect(codes).toEqual(['port-taken'])
})

it('gives fleets the seeds that follow from its own, so that a run can be repeated', async () => {
  const seedsOf = async (): Promise<number[]> => {
    const { api } = await startEngine({ mqtt: null })
    const { productKey } = await api.call('product.importModel', { text: JSON.stringify({ profile: {}, properties: [], events: [], services: [] }) })
    const first = await api.call('fleet.create', { productKey, count: 1 })
    const second = await api.call('fleet.create', { productKey, count: 1 })
    return [first.seed, second.seed]
  }
  const seeds = await seedsOf()
  expect(new Set(seeds).size).toBe(2)
  expect(await seedsOf()).toEqual(seeds)
})
