import type { Run, RunDetails } from '../../../src/shared/contract/run.ts'
import { expect, it } from 'vitest'
import { findingsOf, headlineOf } from '../../../src/shared/run/findings.ts'
import { reportRun } from '../../../src/shared/run/report.ts'

const percentiles = { p50: 1, p95: 2, p99: 3 }
const machine: Run['machine'] = { limitMs: { fleet: 0, broker: 0, writer: 0, machine: 0 }, loopLagMsMax: 1, tickLatenessMsMax: 1, engineMemoryBytesMax: 2 ** 27, fleetMemoryBytesMax: 2 ** 26, diskBytesMax: 2 ** 20, writeQueueRowsMax: 10, messagesKept: 100, droppedRows: 0 }
const calm: Run = {
  runId: 'r1',
  kind: 'fleet',
  name: 'Lamps',
  fleetIds: ['f1'],
  seed: 1,
  startedAt: 1_000_000,
  endedAt: 1_060_000,
  end: 'stopped',
  problem: null,
  verdict: 'met',
  isPinned: false,
  note: 'the <new> firmware',
  figures: { devices: 10, online: 10, connected: 10, published: 100, acknowledged: 100, lost: 0, replied: 100, refused: 0, skipped: 0, replyMs: percentiles, pubackMs: percentiles, latenessMs: percentiles, causes: {}, versions: {} },
  onlineMax: 10,
  refusedByCode: {},
  machine,
}
const detailsOf = (run: Run): RunDetails => ({ ...run, result: { title: run.name, about: '', seed: 1, startedAt: run.startedAt, plannedMs: 60_000, ranMs: 60_000, verdict: run.verdict ?? 'met', whole: run.figures, groups: {}, timeline: [], expectations: [], samples: [], traceHash: null, notes: [] }, settings: null, previous: null, differences: [] })

it('says in a word what a run was like, the machine before trouble', () => {
  const figures = (change: Partial<Run['figures']>): Run => ({ ...calm, figures: { ...calm.figures, ...change } })
  expect(headlineOf(calm)).toBe('clean')
  expect(headlineOf({ ...calm, endedAt: null, end: null })).toBe('running')
  expect(headlineOf({ ...calm, end: 'failed', problem: 'It is gone.' })).toBe('failed')
  expect(headlineOf({ ...calm, end: 'engine' })).toBe('cut')
  expect(headlineOf({ ...calm, end: 'failures' })).toBe('failures')
  expect(headlineOf({ ...calm, kind: 'scenario', end: 'ended' })).toBe('met')
  expect(headlineOf({ ...calm, kind: 'scenario', end: 'ended', verdict: 'failed' })).toBe('unmet')
  expect(headlineOf(figures({ lost: 1 }))).toBe('trouble')
  expect(headlineOf(figures({ published: 0 }))).toBe('idle')
  expect(headlineOf({ ...figures({ lost: 1 }), machine: { ...machine, limitMs: { ...machine.limitMs, writer: 20_000 } } })).toBe('machine')
})

it('finds what stands out, the worst first', () => {
  expect(findingsOf(calm)).toEqual([])
  const found = findingsOf({ problem: null, figures: { ...calm.figures, connected: 8, lost: 3, refused: 2, causes: { 'socket closed': 4 }, latenessMs: { p50: 1, p95: 20, p99: 80 } }, machine: { ...machine, droppedRows: 7, limitMs: { fleet: 2_000, broker: 0, writer: 0, machine: 0 } } })
  expect(found.map(({ kind, count }) => [kind, count])).toEqual([['notConnected', 2], ['lost', 3], ['refused', 2], ['trouble', 4], ['dropped', 7], ['machine', 2_000], ['late', 80]])
})

it('reports a run in each form, with what only runs have as notes', () => {
  const run = detailsOf({ ...calm, refusedByCode: { 6306: 2, 6313: 5 }, figures: { ...calm.figures, refused: 7 } })
  const html = reportRun(run, 'html')
  expect(html.fileName).toBe('run-1970-01-01-00-16-40.html')
  expect(html.text).toContain('the &lt;new&gt; firmware')
  expect(html.text).toContain('ended, with trouble')
  expect(html.text).toContain('Refused by the platform, by code: 6313 × 5, 6306 × 2.')
  expect(reportRun(run, 'text').text).toContain('This machine: engine 128 MiB and fleet 64 MiB of memory at most')
  expect(reportRun(run, 'junit').text).toContain('failures="0"')
  expect(reportRun({ ...run, result: { ...run.result, verdict: 'failed' } }, 'junit').text).toContain('failures="1"')
  expect(JSON.parse(reportRun(run, 'json').text)).toEqual(run)
})
