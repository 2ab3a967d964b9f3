import type { Run } from '../../src/shared/contract/run.ts'
import { expect, it } from 'vitest'
import { startBenchServer } from '../bench/bench-server.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const timeout = 120_000

/** An engine with a fleet of five that runs and reports. */
async function startFleet() {
  const started = await startEngine()
  const { api } = started
  const { fleetId } = await api.call('app.addSample', { count: 5 })
  await api.call('fleet.update', { fleetId, change: { intervalSec: 0.2 } })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.replied >= 10)
  const runs = async (wish = {}): Promise<Run[]> => (await api.call('run.list', wish)).runs
  return { ...started, fleetId, runs }
}

it('makes a run of every start and stop of a fleet, with its figures, its settings and what this machine did', async () => {
  const { api, fleetId, runs } = await startFleet()
  expect(await runs()).toMatchObject([{ kind: 'fleet', name: 'Thermostats', fleetIds: [fleetId], endedAt: null, end: null, verdict: null, figures: { devices: 5, connected: 5 } }])
  // What is seen once a second has been seen.
  await waitFor(async () => (await runs())[0]!.machine!.engineMemoryBytesMax > 0)
  await api.call('fleet.stop', { fleetId, drain: true })
  const [run] = await runs()
  const summary = await api.call('fleet.summary', { fleetIds: [fleetId] })
  expect(run).toMatchObject({ end: 'stopped', verdict: 'met', problem: null, isPinned: false, onlineMax: 5, figures: { devices: 5, connected: 5, published: summary.published, acknowledged: summary.acknowledged, lost: 0, replied: summary.replied, refused: 0 } })
  expect(run!.endedAt).toBeGreaterThan(run!.startedAt)
  expect(run!.machine!.messagesKept).toBeGreaterThan(0)

  const details = await api.call('run.get', { runId: run!.runId })
  expect(details).toMatchObject({ previous: null, differences: [], settings: { prefix: 'sim', intervalSec: 5, stopAfter: null }, result: { title: 'Thermostats', whole: run!.figures } })
  expect(details.settings).not.toHaveProperty('secrets')
  expect(details.result.samples.at(-1)!.online).toBe(5)

  await api.call('fleet.start', { fleetId })
  await api.call('fleet.stop', { fleetId })
  const [second] = await runs({ fleetId })
  const { previous, differences } = await api.call('run.get', { runId: second!.runId })
  expect(previous).toEqual({ runId: run!.runId, startedAt: run!.startedAt })
  expect(differences).toEqual([{ path: 'intervalSec', before: '5', now: '0.2' }])
  expect(await api.call('run.list', { limit: 1, offset: 1 })).toMatchObject({ runs: [{ runId: run!.runId }], total: 2 })
  expect(await runs({ fleetId: 'nobody' })).toEqual([])
}, timeout)

it('is pinned, noted, reported and deleted', async () => {
  const { api, fleetId, runs } = await startFleet()
  const [{ runId }] = await runs() as [Run]
  await expect(api.call('run.delete', { runId })).rejects.toMatchObject({ code: 'run/running' })
  expect(await api.call('run.pin', { runId, isPinned: true })).toMatchObject({ isPinned: true, endedAt: null })
  await api.call('fleet.stop', { fleetId, drain: true })
  expect(await api.call('run.note', { runId, note: ' before the change ' })).toMatchObject({ note: 'before the change', isPinned: true, end: 'stopped' })
  await expect(api.call('run.delete', { runId })).rejects.toMatchObject({ code: 'run/pinned' })
  expect(await runs({ isPinned: false })).toEqual([])
  expect(await runs({ isPinned: true, kind: 'fleet' })).toHaveLength(1)

  const html = await api.call('run.report', { runId, format: 'html' })
  expect(html).toMatchObject({ fileName: expect.stringMatching(/^run-.*\.html$/) as string, mediaType: 'text/html' })
  expect(html.text).toContain('before the change')
  expect(html.text).toContain('At most 5 devices were connected at the same time.')
  expect((await api.call('run.report', { runId, format: 'junit' })).text).toContain('<testcase name="the run" classname="Thermostats"')
  expect(JSON.parse((await api.call('run.report', { runId, format: 'json' })).text)).toMatchObject({ runId, end: 'stopped' })
  expect((await api.call('run.report', { runId, format: 'text' })).text).toMatch(/Connected +5 of 5/)

  await api.call('run.pin', { runId, isPinned: false })
  await api.call('run.delete', { runId })
  await expect(api.call('run.get', { runId })).rejects.toMatchObject({ code: 'run/not-found' })
}, timeout)

it('ends after the messages, the seconds or the failures that its fleet was set to', async () => {
  const { api, fleetId, runs } = await startFleet()
  const restart = async (stopAfter: object): Promise<Run> => {
    await api.call('fleet.stop', { fleetId, drain: true })
    await api.call('fleet.update', { fleetId, change: { stopAfter } })
    await api.call('fleet.start', { fleetId })
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).state === 'stopped')
    return (await runs())[0]!
  }
  const byMessages = await restart({ messages: 20 })
  expect(byMessages).toMatchObject({ end: 'messages', verdict: 'met', figures: { lost: 0 } })
  expect(byMessages.figures.published).toBeGreaterThanOrEqual(20)
  const byTime = await restart({ sec: 1 })
  expect(byTime).toMatchObject({ end: 'time' })
  expect(byTime.endedAt! - byTime.startedAt).toBeGreaterThanOrEqual(1_000)
  await api.call('product.update', { productKey: (await api.call('fleet.get', { fleetId })).productKey, validation: 'strict' })
  await api.call('fleet.update', { fleetId, change: { misbehaviour: [{ kind: 'wrongType', devicesPercent: 100, perHour: 36_000 }] } })
  const byFailures = await restart({ failures: 3 })
  expect(byFailures).toMatchObject({ end: 'failures', verdict: 'failed' })
  expect(Object.values(byFailures.refusedByCode).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(3)
}, timeout)

it('ends with the engine: at once when it is closed, and at the next start after kill -9', async () => {
  const workspace = tempFolder()
  const first = await startBenchServer(workspace)
  const { fleetId } = await first.client.call('app.addSample', { count: 3 })
  await waitFor(async () => (await first.client.call('fleet.get', { fleetId })).stats.published > 0)
  // Written while it goes on, for the first time with its figures after five seconds.
  await waitFor(async () => (await first.client.call('run.list', {})).runs[0]!.figures.published > 0)
  const second = await restarted(() => first.kill(), workspace)
  try {
    const [going, cut] = (await second.client.call('run.list', { fleetId })).runs
    expect(cut).toMatchObject({ end: 'engine', verdict: 'stopped' })
    expect(cut!.endedAt).toBeGreaterThanOrEqual(cut!.startedAt)
    // The fleet was resumed, which is another run.
    expect(going).toMatchObject({ end: null, endedAt: null })
  }
  finally {
    await second.stop()
  }
  const { api } = await startEngine({ workspaceDir: workspace, resumeFleets: false })
  expect((await api.call('run.list', {})).runs.map(({ end }) => end)).toEqual(['engine', 'engine'])
}, timeout)

async function restarted(kill: () => Promise<void>, workspace: string): Promise<Awaited<ReturnType<typeof startBenchServer>>> {
  await kill()
  return startBenchServer(workspace)
}

it('starts no fleet that does not fit into the memory that is allowed, and says why', async () => {
  const { api } = await startEngine()
  await api.call('settings.set', { name: 'limits.memoryBytesMax', value: 1024 * 1024 })
  await expect(api.call('app.addSample', { count: 5 })).rejects.toMatchObject({ code: 'limit/reached', message: expect.stringContaining('limits.memoryBytesMax') as string })
  expect((await api.call('app.info', {})).notices).toContainEqual(expect.objectContaining({ code: 'memory-budget' }))
  await api.call('settings.set', { name: 'limits.memoryBytesMax', value: 0 })
  const [fleet] = await api.call('fleet.list', {})
  expect(await api.call('fleet.start', { fleetId: fleet!.fleetId })).toMatchObject({ state: 'running' })
}, timeout)
