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
