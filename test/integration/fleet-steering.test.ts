import { expect, it } from 'vitest'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

/** A fleet of five that runs, all of them connected. */
async function startFleet() {
  const { api } = await startEngine()
  const { productKey, fleetId } = await api.call('app.addSample', { count: 5 })
  await api.call('fleet.update', { fleetId, change: { intervalSec: 0.2 } })
  const online = async (): Promise<string[]> => (await api.call('device.list', { productKey, state: 'ONLINE' })).devices.map(({ deviceName }) => deviceName)
  await waitFor(async () => (await online()).length === 5)
  return { api, fleetId, productKey, online }
}

it('takes devices offline for a while, and counts only those that it has', { timeout: 60_000 }, async () => {
  const { api, fleetId, online } = await startFleet()
  expect(await api.call('fleet.interrupt', { fleetId, deviceNames: ['sim-0002', 'sim-0004', 'other'], how: 'powerCut', backInMs: 1_000 })).toEqual({ devices: 2 })
  await waitFor(async () => (await online()).join() === 'sim-0001,sim-0003,sim-0005')
  await waitFor(async () => (await online()).length === 5)
})

it('lets devices log off until they are told to come back, and leaves those alone that are connected', { timeout: 60_000 }, async () => {
  const { api, fleetId, online } = await startFleet()
  await api.call('fleet.interrupt', { fleetId, deviceNames: ['sim-0001', 'sim-0002'], how: 'logOff', backInMs: null })
  await waitFor(async () => (await online()).length === 3)
  expect(await api.call('fleet.reconnect', { fleetId, deviceNames: ['sim-0002', 'sim-0005'] })).toEqual({ devices: 2 })
  await waitFor(async () => (await online()).join() === 'sim-0002,sim-0003,sim-0004,sim-0005')
  expect((await api.call('fleet.summary', { fleetIds: [fleetId] })).everConnected).toBe(5)
})

it('steers only a fleet that runs', { timeout: 60_000 }, async () => {
  const { api, fleetId } = await startFleet()
  await api.call('fleet.stop', { fleetId })
  await expect(api.call('fleet.interrupt', { fleetId, deviceNames: ['sim-0001'], how: 'logOff', backInMs: null })).rejects.toMatchObject({ code: 'fleet/failed' })
  await expect(api.call('fleet.reconnect', { fleetId, deviceNames: ['sim-0001'] })).rejects.toMatchObject({ code: 'fleet/failed' })
})

it('tells what came of a whole run, also after its end; drained, nothing that was sent is without its acknowledgement', { timeout: 60_000 }, async () => {
  const { api, fleetId } = await startFleet()
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.replied >= 10)
  const running = await api.call('fleet.summary', { fleetIds: [fleetId] })
  expect(running).toMatchObject({ connected: 5, everConnected: 5, repliedRefused: 0 })
  expect(running.replyMs.p50).toBeGreaterThan(0)
  await api.call('fleet.stop', { fleetId, drain: true })
  const ended = await api.call('fleet.summary', { fleetIds: [fleetId] })
  expect(ended.lost).toBe(0)
  expect(ended.published).toBeGreaterThanOrEqual(running.published)
  await expect(api.call('fleet.summary', { fleetIds: ['nobody'] })).rejects.toMatchObject({ code: 'fleet/not-found' })
})
