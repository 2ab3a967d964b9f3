import type { RunSettings } from '../../../src/shared/contract/run.ts'
import { expect, it } from 'vitest'
import { MachineWatch } from '../../../src/engine/runs/machine-watch.ts'
import { SampleLine } from '../../../src/engine/runs/sample-line.ts'
import { settingDifferences } from '../../../src/engine/runs/setting-differences.ts'
import { Growth } from '../../../src/engine/status.ts'

const percentiles = { p50: 1, p95: 2, p99: 3 }
const status = { at: 0, bottleneck: 'none' as const, loopLagMs: percentiles, tickLatenessMs: null, engineMemoryBytes: 10, fleetMemoryBytes: 5, diskBytes: 100, writeQueueRows: 0, droppedRows: 4 }

it('keeps few points of a long run, with rates over the time of those that went', () => {
  const line = new SampleLine()
  for (let second = 1; second <= 3_600; second++)
    line.see(second * 1_000, { connected: 3, published: second * 10, replyMs: percentiles, latencyMs: percentiles })
  expect(line.samples.length).toBeLessThanOrEqual(480)
  expect(line.samples.length).toBeGreaterThan(200)
  expect(new Set(line.samples.map(({ publishedPerSec }) => Math.round(publishedPerSec)))).toEqual(new Set([10]))
  line.see(3_600_100, { connected: 3, published: 36_001, replyMs: percentiles, latencyMs: percentiles }, true)
  expect(line.samples.at(-1)).toMatchObject({ atMs: 3_600_100, published: 36_001 })
})

it('counts how long each part of the machine was the limit, and what it took at most', () => {
  const watch = new MachineWatch(1_000, 50)
  watch.see({ ...status, at: 900 }, 50)
  watch.see({ ...status, at: 2_000, bottleneck: 'writer', tickLatenessMs: { p50: 1, p95: 1, p99: 70 }, engineMemoryBytes: 30, droppedRows: 6 }, 80)
  watch.see({ ...status, at: 3_000, bottleneck: 'fleet' }, 90)
  // The machine slept.
  watch.see({ ...status, at: 900_000, bottleneck: 'writer', droppedRows: 6 }, 90)
  expect(watch.machine).toMatchObject({ limitMs: { fleet: 1_000, broker: 0, writer: 1_000, machine: 0 }, tickLatenessMsMax: 70, engineMemoryBytesMax: 30, fleetMemoryBytesMax: 5, messagesKept: 40, droppedRows: 2 })
})

it('finds the settings that differ, by their paths', () => {
  const before = { count: 5, conversation: { desired: false, events: [] }, network: null } as unknown as RunSettings
  const now = { count: 6, conversation: { desired: false, events: [] }, network: { weather: 'lift' } } as unknown as RunSettings
  expect(settingDifferences(before, before)).toEqual([])
  expect(settingDifferences(before, now)).toEqual([
    { path: 'count', before: '5', now: '6' },
    { path: 'network', before: 'null', now: '{"weather":"lift"}' },
  ])
})

it('tells how fast a folder grows over the last minute, whatever is deleted meanwhile', () => {
  const growth = new Growth()
  expect(growth.see(0, 1_000)).toBe(0)
  expect(growth.see(10_000, 2_000)).toBe(100)
  expect(growth.see(20_000, 500)).toBe(50)
  expect(growth.see(100_000, 500)).toBe(0)
})
