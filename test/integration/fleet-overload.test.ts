import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { registryFile } from '../../src/engine/store/database-files.ts'
import { limits } from '../../src/shared/limits.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

/** Keeps the engine from writing to its registry, as a disk does that is busy. */
function holdStore(dir: string): { release: () => void } {
  const database = new BetterSqlite(join(dir, registryFile))
  database.exec('BEGIN IMMEDIATE')
  onTestFinished(() => void database.close())
  return { release: () => database.exec('ROLLBACK') }
}

it('changes and stops a fleet at once, also while the store cannot keep that', { timeout: 60_000 }, async () => {
  const { api, dir } = await startEngine()
  const { fleetId } = await api.call('app.addSample', { count: 20 })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 20)
  await api.call('fleet.update', { fleetId, change: { intervalSec: 1_000 } })
  const { release } = holdStore(dir)
  const published = async (): Promise<number> => (await api.call('fleet.get', { fleetId })).stats.published
  const before = await published()
  const updated = api.call('fleet.update', { fleetId, change: { intervalSec: 0.05 } })
  await waitFor(async () => await published() > before + 100)
  const stopped = api.call('fleet.stop', { fleetId })
  await waitFor(async () => (await api.call('device.list', { state: 'ONLINE' })).total === 0)
  release()
  expect(await updated).toMatchObject({ intervalSec: 0.05 })
  expect(await stopped).toMatchObject({ state: 'stopped', stats: { connected: 0 } })
})

it('obeys a stop while far more is sent than can be handled, and answers calls meanwhile', { timeout: 120_000 }, async () => {
  const { api } = await startEngine()
  const count = 600
  const { fleetId } = await api.call('app.addSample', { count })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === count, { timeoutMs: 60_000, what: 'the devices to connect' })
  await api.call('fleet.update', { fleetId, change: { intervalSec: 0.01 } })
  const loaded = await waitFor(async () => {
    const { stats } = await api.call('fleet.get', { fleetId })
    return stats.skipped > 1_000 && stats
  }, { timeoutMs: 60_000, what: 'the devices to be held up' })
  const { stats: { published, acknowledged } } = await api.call('fleet.stop', { fleetId })
  // What every device may have under way, twice: what the last figures did not know of, and what came until the stop was obeyed.
  expect(published - loaded.published).toBeLessThan(2 * count * limits.fleetDeviceInflightMax)
  expect(published - acknowledged).toBeLessThanOrEqual(count * limits.fleetDeviceInflightMax)
})
