import type { ScenarioResult } from '../../src/shared/scenario/figures.ts'
import { Buffer } from 'node:buffer'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { migrations } from '../../src/engine/migrations.ts'
import { RunKeeper } from '../../src/engine/runs/run-keeper.ts'
import { silentLog } from '../../src/shared/log.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'
import { entry, openTestStore, startAt } from '../unit/engine/store/store-fixture.ts'

const dayMs = 24 * 3600_000
const percentiles = { p50: 1, p95: 2, p99: 3 }
const whole = { devices: 2, online: 2, connected: 2, published: 10, acknowledged: 10, lost: 0, replied: 10, refused: 0, skipped: 0, replyMs: percentiles, pubackMs: percentiles, latenessMs: percentiles, causes: {}, versions: {} }
const result: ScenarioResult = { title: 'A cold night', about: '', seed: 4, startedAt: startAt, plannedMs: 60_000, ranMs: 60_000, verdict: 'met', whole, groups: {}, timeline: [], expectations: [{ text: 'lost <= 0', group: null, atMs: 60_000, unit: 'messages', expected: 0, seen: 0, isMet: true }], samples: [{ atMs: 1_000, online: 2, published: 1, publishedPerSec: 1, replyP99Ms: 3, pubackP99Ms: 3 }], traceHash: 'abc', notes: [] }

function noFleet(): never {
  throw new Error('no fleet runs')
}

/** A keeper of runs without fleets on a store with a message a day for five days. */
async function openKeeper(dir: string) {
  const opened = await openTestStore({ dir, migrations, keepTracesDays: 365 })
  const { store, clock } = opened
  let id = 0
  const keeper = await RunKeeper.open({ clock, log: silentLog, store, status: noFleet, fleet: noFleet, summary: noFleet, stop: () => Promise.resolve(), makeId: () => `r${++id}`, hasVirtualTime: false })
  onTestFinished(() => keeper.close())
  return { ...opened, keeper }
}

it('keeps what came of a scenario as a run, with its expectations and the points of its plots', async () => {
  const { keeper } = await openKeeper(tempFolder())
  const runId = await keeper.keepScenario(result, ['f1'])
  expect((await keeper.list({ kind: 'scenario', fleetId: 'f1', offset: 0, limit: 10 })).runs).toMatchObject([{ runId, name: 'A cold night', end: 'ended', verdict: 'met', onlineMax: 2, endedAt: startAt + 60_000, machine: null }])
  expect(await keeper.get(runId)).toMatchObject({ result, settings: null, previous: null, differences: [] })
})

it('keeps the messages of a pinned run when those around it are deleted, also in an engine that is started later', async () => {
  const dir = tempFolder()
  const { keeper, store, clock } = await openKeeper(dir)
  for (let day = 0; day < 5; day++) {
    store.append(entry({ at: clock.now(), payload: Buffer.from('{}') }))
    await store.flush()
    clock.advance(dayMs)
  }
  const runId = await keeper.keepScenario({ ...result, startedAt: startAt + dayMs }, [])
  await keeper.pin(runId, true)
  store.setRetention({ keepTracesDays: 2, keepTracesBytesMax: 2 ** 31 })
  await waitFor(() => store.stats().segments === 3)
  await keeper.close()
  await store.close()

  // It was long ago, so everything else goes.
  const { api, engine } = await startEngine({ workspaceDir: dir })
  const segments = (): string[] => readdirSync(join(dir, 'traces')).filter(file => file.endsWith('.db')).sort()
  await waitFor(() => segments().length === 2)
  expect(segments()).toEqual(['2025-01-02-001.db', '2025-01-05-001.db'])
  expect((await api.call('run.list', { isPinned: true })).runs).toMatchObject([{ runId, isPinned: true }])
  await api.call('run.pin', { runId, isPinned: false })
  await waitFor(() => segments().length === 1)
  expect(engine.engineId).not.toBe('')
})
