import type { Finding } from '../../../../src/engine/limit/judge.ts'
import type { LimitNow } from '../../../../src/shared/contract/limit.ts'
import { expect, it } from 'vitest'
import { LimitKeeper } from '../../../../src/engine/limit/limit-keeper.ts'
import { RunLimits } from '../../../../src/engine/limit/run-limits.ts'
import { limits } from '../../../../src/shared/limits.ts'

const figures = { lateMs: null, cpuPercent: null, machinePercent: null, fleet: null, process: null, rows: null, drainSec: null, failing: null }
const late = (lateMs: number): Finding => ({ part: 'fleet', figures: { ...figures, fleet: 'Lamps', process: 1, cpuPercent: 100, lateMs } })

interface Kept { keeper: LimitKeeper, changes: string[], take: (second: number, found: Finding | null) => LimitNow | null }

function keep(): Kept {
  const changes: string[] = []
  const keeper = new LimitKeeper(({ part }, change) => void changes.push(`${part} ${change}`))
  return { keeper, changes, take: (second, found) => keeper.take(found, { at: second * 1_000, tickLateMs: found?.figures.lateMs ?? null, loopLateMs: 0, writePercent: 0, machinePercent: null }) }
}

it('keeps a stretch with its worst second, from the first trouble to the last', () => {
  const { keeper, changes, take } = keep()
  expect(take(10, null)).toBeNull()
  expect([11, 12].map(second => take(second, late(100)))).toEqual([null, null])
  expect(take(13, late(400))).toMatchObject({ part: 'fleet', fromAt: 11_000, figures: { lateMs: 400 } })
  expect(take(14, late(200))).toMatchObject({ figures: { lateMs: 200 } })
  expect(keeper.totals(14_000)).toEqual({ times: 1, totalMs: 3_000 })
  // It stays named for a while, with its worst.
  expect(take(15, null)).toMatchObject({ part: 'fleet', figures: { lateMs: 400 } })
  for (let second = 16; second < 19; second++)
    take(second, null)
  expect(take(19, null)).toBeNull()
  expect(changes).toEqual(['fleet began', 'fleet ended'])
  expect(keeper.between(0, 20_000)).toMatchObject({ times: 1, totalMs: 3_000, stretches: [{ part: 'fleet', fromAt: 11_000, toAt: 14_000, worst: { lateMs: 400 } }] })
  expect(keeper.totals(30_000)).toEqual({ times: 1, totalMs: 3_000 })
})

it('names at once a disk that cannot be written', () => {
  const { take } = keep()
  expect(take(1, { part: 'writer', figures: { ...figures, rows: 5, failing: 'The disk is full.' } })).toMatchObject({ part: 'writer', fromAt: 1_000 })
})

it('tells what of its stretches lies within a time, the open one included', () => {
  const { keeper, take } = keep()
  for (let second = 1; second <= 10; second++)
    take(second, late(80))
  expect(keeper.between(5_000, 8_000)).toMatchObject({ times: 1, totalMs: 3_000, stretches: [{ toAt: null }] })
  expect(keeper.between(11_000, 12_000)).toMatchObject({ times: 1, totalMs: 1_000 })
  expect(keeper.between(0, 1_000)).toMatchObject({ times: 0, totalMs: 0, stretches: [] })
})

it('keeps no more than it may, and still knows how often and how long', () => {
  const { keeper, take } = keep()
  let second = 0
  for (let stretch = 0; stretch < limits.limitStretchesMax + 5; stretch++) {
    for (let count = 0; count < 4; count++)
      take(++second, late(90))
    for (let count = 0; count < 6; count++)
      take(++second, null)
  }
  const { stretches, samples } = keeper.between(0, second * 1_000)
  expect(stretches).toHaveLength(limits.limitStretchesMax)
  expect(samples).toHaveLength(limits.limitSamplesMax)
  expect(keeper.totals(second * 1_000)).toEqual({ times: limits.limitStretchesMax + 5, totalMs: (limits.limitStretchesMax + 5) * 3_000 })
})

it('says once after a run how often this machine was the limit, and nothing when it never was', () => {
  const { keeper, take } = keep()
  const said: string[] = []
  const runs = new RunLimits({ between: (fromAt, toAt) => keeper.between(fromAt, toAt), tell: message => void said.push(message) })
  runs.running(['a'], 1_000)
  runs.running([], 5_000)
  expect(said).toEqual([])
  runs.running(['a', 'b'], 10_000)
  for (let second = 11; second <= 20; second++)
    take(second, second < 16 ? late(340) : null)
  runs.running(['b'], 20_000)
  runs.running([], 30_000)
  runs.running([], 31_000)
  expect(said).toEqual(['This machine was the limit once in this run, 4 s in all. The longest time, process 1 of the fleet Lamps has used 100 % of a core for 4 s; reports leave 340 ms late.'])
})
