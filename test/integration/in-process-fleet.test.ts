import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { expect, it } from 'vitest'
import { withDownloads } from '../support/ota-bench.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

async function makeFleet(api: ApiClient, settings: { count?: number, intervalSec?: number } = {}): Promise<string> {
  await makeDevice(api)
  const { fleetId } = await api.call('fleet.create', { productKey: 'a1Test', prefix: 'sim', count: 50, intervalSec: 0.2, transport: 'in-process', ...settings })
  await api.call('fleet.start', { fleetId })
  return fleetId
}

it('runs a fleet without sockets through the same codec: logins, posts, replies, commands and the log', async () => {
  const { api } = await startEngine()
  const fleetId = await makeFleet(api)
  const { stats } = await waitFor(async () => {
    const fleet = await api.call('fleet.get', { fleetId })
    return fleet.stats.replied >= 200 && fleet
  })
  expect(stats).toMatchObject({ connected: 50, repliedRefused: 0, errors: {} })
  const device = { productKey: 'a1Test', deviceName: 'sim-0007' }
  expect(await api.call('device.get', device)).toMatchObject({ state: 'ONLINE', connection: { transport: 'in-process', simulated: 'fleet' } })
  expect(await api.call('device.setProperties', { ...device, properties: { Counter: 42 } })).toMatchObject({ code: 200 })
  await waitFor(async () => (await api.call('device.getProperties', device)).values.Counter?.value === 42)
  expect(await api.call('fleet.stop', { fleetId })).toMatchObject({ state: 'stopped', stats: { connected: 0 } })
  await waitFor(async () => (await api.call('device.get', device)).state === 'OFFLINE')
})

it('loses nothing that was acknowledged when devices without sockets are taken away, kicked and stopped', async () => {
  const { api } = await startEngine()
  const fleetId = await makeFleet(api)
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 50)
  await api.call('fleet.update', { fleetId, change: { count: 20 } })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 20)
  await api.call('device.setEnabled', { productKey: 'a1Test', deviceName: 'sim-0001', enabled: false })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 19)
  const { stats: { acknowledged } } = await api.call('fleet.stop', { fleetId })
  expect(await countSent(api)).toBeGreaterThanOrEqual(acknowledged)
})

it('brings files to devices without sockets too, and the platform knows what they downloaded', async () => {
  const { api } = await startEngine(withDownloads)
  await makeDevice(api)
  await api.call('remoteConfig.setEnabled', { productKey: 'a1Test', enabled: true })
  await api.call('remoteConfig.save', { productKey: 'a1Test', text: '{"interval":30}' })
  const { fleetId } = await api.call('fleet.create', { productKey: 'a1Test', prefix: 'sim', count: 5, intervalSec: 3_600, transport: 'in-process', config: { asks: true } })
  await api.call('fleet.start', { fleetId })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.updates.configsApplied === 5)
  const { devices } = await api.call('remoteConfig.devices', { productKey: 'a1Test' })
  expect(devices.map(({ fetched }) => fetched?.version)).toEqual([1, 1, 1, 1, 1])
})

/** How many messages of devices are kept. */
async function countSent(api: ApiClient, after = 0): Promise<number> {
  const { rows, nextId } = await api.call('trace.page', { filter: { direction: 'up' }, after, limit: 1_000 })
  return rows.length + (nextId === null ? 0 : await countSent(api, nextId))
}
