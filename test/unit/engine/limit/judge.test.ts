import type { BenchFigures } from '../../../../src/engine/limit/judge.ts'
import { expect, it } from 'vitest'
import { findLimit } from '../../../../src/engine/limit/judge.ts'

const calm: BenchFigures = {
  storeFailing: null,
  hasTraffic: true,
  writeQueueRows: 10,
  writeDrainSec: 0,
  loopLateMs: 2,
  processor: { cores: 2, machinePercent: 40, enginePercent: 30, loopPercent: 25 },
  fleetLoads: [],
}

function load(lateMs: number, cpuPercents: number[], name = 'Lamps'): BenchFigures['fleetLoads'][number] {
  return { fleetId: name, name, lateMs, cpuPercents, queue: { bytes: 0, mostBytes: 0, fullDevices: 0 } }
}

it('finds nobody while everything keeps up', () => {
  expect(findLimit(calm)).toBeNull()
  expect(findLimit({ ...calm, fleetLoads: [load(4, [60, 70])] })).toBeNull()
})

const cases: [string, Partial<BenchFigures>, object][] = [
  ['the writer while it cannot write, whatever else is late', { storeFailing: 'The disk is full.', loopLateMs: 90 }, { part: 'writer', figures: { failing: 'The disk is full.' } }],
  ['the writer while its queue is long', { writeQueueRows: 30_000, writeDrainSec: 2, loopLateMs: 90 }, { part: 'writer', figures: { rows: 30_000, drainSec: 2, failing: null } }],
  ['the engine while its loop is late, because that makes a fleet look slow', { loopLateMs: 90, processor: { ...calm.processor, machinePercent: 99, enginePercent: 110, loopPercent: 99 }, fleetLoads: [load(90, [50])] }, { part: 'broker', figures: { lateMs: 90, cpuPercent: 99 } }],
  ['the fleet while only its tick is late, with its busiest process', { fleetLoads: [load(340, [20, 80])] }, { part: 'fleet', figures: { fleet: 'Lamps', process: 2, cpuPercent: 80, lateMs: 340 } }],
  ['the process that has used up its core, before it is late', { fleetLoads: [load(9, [20]), load(3, [100], 'Meters')] }, { part: 'fleet', figures: { fleet: 'Meters', process: 1, cpuPercent: 100, lateMs: 3 } }],
  ['a fleet in the engine\'s process, which has none of its own', { fleetLoads: [load(80, [])] }, { part: 'fleet', figures: { fleet: 'Lamps', process: null, cpuPercent: null } }],
  ['other programs while all cores are busy and not with the bench, whose thread only waits for one', { loopLateMs: 70, processor: { cores: 2, machinePercent: 99, enginePercent: 20, loopPercent: 90 }, fleetLoads: [load(200, [10])] }, { part: 'machine', figures: { lateMs: 200, machinePercent: 99, cpuPercent: 15 } }],
]
it.each(cases)('names %s', (_, change, expected) => {
  expect(findLimit({ ...calm, ...change })).toMatchObject(expected)
})

it('blames nobody for a busy machine on which nothing is late', () => {
  expect(findLimit({ ...calm, processor: { cores: 2, machinePercent: 100, enginePercent: 5, loopPercent: 5 }, fleetLoads: [load(5, [10])] })).toBeNull()
})

it('blames nobody for being late while there is nothing to be late for, but for a disk that cannot be written', () => {
  const idle = { ...calm, hasTraffic: false, loopLateMs: 400 }
  expect(findLimit(idle)).toBeNull()
  expect(findLimit({ ...idle, storeFailing: 'The disk is full.' })).toMatchObject({ part: 'writer' })
  expect(findLimit({ ...idle, fleetLoads: [load(2, [5])] })).toMatchObject({ part: 'broker' })
})
