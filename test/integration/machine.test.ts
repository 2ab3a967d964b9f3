import type { AppStatus } from '../../src/shared/contract/app.ts'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import BetterSqlite from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { connectToRunning } from '../../src/cli/workspace-access.ts'
import { registryFile } from '../../src/engine/store/database-files.ts'
import { startProcess } from '../support/child-process.ts'
import { readyOf, thingbenchBin } from '../support/command-line.ts'
import { writeCounterModel } from '../support/counter-model.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

/** Listens to the status strip until the test is over. */
async function watchStatus(api: ApiClient): Promise<() => AppStatus> {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  let latest: AppStatus | undefined
  void api.subscribe('app.status', {}, status => void (latest = status), { signal: stop.signal }).catch(() => {})
  await waitFor(() => latest !== undefined)
  return () => latest!
}

it('shows what waits in sockets and queues while the store cannot write, and keeps the figures of each second', { timeout: 120_000 }, async () => {
  const { api, dir } = await startEngine()
  const count = 100
  const { fleetId } = await api.call('app.addSample', { count })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === count)
  const status = await watchStatus(api)
  await waitFor(() => status().fleetLoads[0]?.cpuPercents.length === 1)
  expect(status().fleetLoads).toMatchObject([{ fleetId, name: 'Thermostats', cpuPercents: [expect.any(Number)] }])

  const registry = new BetterSqlite(join(dir, registryFile))
  onTestFinished(() => void registry.close())
  registry.exec('BEGIN IMMEDIATE')
  await api.call('fleet.steer', { fleetId, devices: { ranges: [[0, count - 1]] }, steering: { do: 'pace', intervalSec: 0.02 } })
  await waitFor(() => status().writeQueueRows > 1_000, { timeoutMs: 60_000, what: 'rows to wait' })
  const full = await waitFor(() => status().fleetLoads[0]!.queue.fullDevices > 0 && status(), { timeoutMs: 60_000, what: 'devices without room' })
  expect(full.writeQueuePercent).toBeGreaterThan(0)
  registry.exec('ROLLBACK')

  await api.call('fleet.stop', { fleetId })
  const { samples } = await api.call('app.limits', {})
  expect(samples.length).toBeGreaterThan(0)
  expect(samples.at(-1)).toMatchObject({ at: expect.any(Number), writePercent: expect.any(Number) })
})

it('refuses a fleet for which the engine has no file handles, and says before how many it can have', { timeout: 60_000 }, async () => {
  const workspace = join(tempFolder(), 'bench')
  const server = startProcess('prlimit', ['--nofile=400:400', process.execPath, thingbenchBin, 'serve', '--workspace', workspace, '--mqtt-port', '0', '--openapi-port', '0', '--no-open', '--json'])
  onTestFinished(async () => void await server.kill())
  await readyOf(server)
  await using stack = new AsyncDisposableStack()
  const api = (await connectToRunning(workspace, stack))!
  const asked = await api.call('app.preflight', { devices: 600 })
  expect(asked).toMatchObject({ verdict: 'stop', processes: 2 })
  expect(asked.checks.find(({ name }) => name === 'engineFiles')).toMatchObject({ verdict: 'stop', figure: 600, limit: asked.devicesMax, facts: { openFilesMax: 400 }, advice: expect.stringContaining('ulimit -n') })
  const { productKey } = await api.call('product.importModel', { text: readFileSync(writeCounterModel(tempFolder()), 'utf8') })
  const { fleetId } = await api.call('fleet.create', { productKey, count: 600 })
  await expect(api.call('fleet.start', { fleetId })).rejects.toMatchObject({ code: 'limit/reached', message: expect.stringMatching(/open files .* may open 400 and has \d+ open, which leaves room for \d+ devices/) })
  await api.call('fleet.update', { fleetId, change: { count: 50 } })
  await api.call('fleet.start', { fleetId })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 50)
  await expect(api.call('fleet.update', { fleetId, change: { count: 600 } })).rejects.toMatchObject({ code: 'limit/reached' })
})

it('measures itself on request, never while a fleet runs, and counts on that', { timeout: 60_000 }, async () => {
  const { api, dir } = await startEngine()
  expect((await api.call('app.preflight', { devices: 100 })).checks.find(({ name }) => name === 'speed')).toMatchObject({ facts: { measured: 0 } })
  const [speed, same] = await Promise.all([api.call('app.measureMachine', {}), api.call('app.measureMachine', {})])
  expect(same).toEqual(speed)
  expect(speed).toMatchObject({ cores: expect.any(Number) })
  for (const figure of [speed.checksPerSec, speed.commitsPerSec, speed.postsPerSec])
    expect(figure).toBeGreaterThan(10)
  expect(readdirSync(dir)).not.toContain('speed-measure')
  expect(await api.call('product.list', {})).toEqual([])
  const { checks } = await api.call('app.preflight', { devices: 100 })
  expect(checks.find(({ name }) => name === 'speed')).toMatchObject({ limit: speed.postsPerSec, facts: { measured: 1 } })

  const { fleetId } = await api.call('app.addSample', { count: 1 })
  await expect(api.call('app.measureMachine', {})).rejects.toMatchObject({ code: 'fleet/running' })
  await api.call('fleet.stop', { fleetId })
})
