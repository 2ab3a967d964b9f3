import type { BenchRow } from '../../bench/report.ts'
import { describe, expect, it } from 'vitest'
import { figuresByKey, formatTable, median, meetsGoal, ratio } from '../../bench/report.ts'

const row = (samples: number[], more: Partial<BenchRow> = {}): BenchRow => ({ what: 'publishes answered', who: 'thingbench', unit: 'msg/s', samples, ...more })

describe('the report of the benchmarks', () => {
  it('takes the middle of odd and even numbers of samples', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 2, 9])).toBe(3)
    expect(median([])).toBeNaN()
  })

  it('compares the median, not the best run, with the goal', () => {
    expect(meetsGoal(row([1, 2, 900], { atLeast: 100 }))).toBe(false)
    expect(meetsGoal(row([90, 110, 120], { atLeast: 100, atMost: 115 }))).toBe(true)
    expect(meetsGoal(row([1]))).toBeUndefined()
  })

  it('divides samples of the same round', () => {
    expect(ratio('rate', row([10, 40]), row([5, 10], { who: 'aedes' }), { atLeast: 2 })).toEqual({ what: 'rate', who: 'thingbench / aedes', unit: '×', samples: [2, 4], atLeast: 2 })
  })

  it('prints a table that says what was not reached', () => {
    expect(formatTable([row([31_400, 33_000, 35_100], { atLeast: 40_000 }), row([0.0123], { unit: '×', note: 'one run' })])).toMatchInlineSnapshot(`
      "figure              who               median     lowest – highest  goal
      ──────────────────  ──────────  ────────────  ───────────────────  ────────  ───────
      publishes answered  thingbench  33,000 msg/s  31,400 – 35,100 (3)  ≥ 40,000  NOT MET
      publishes answered  thingbench      0.0123 ×  0.0123 – 0.0123 (1)            one run"
    `)
  })

  it('gives programs the medians of the rows that have a key', () => {
    expect(figuresByKey([row([1, 2, 9], { key: 'cpu.ratio' }), row([3]), row([4], { key: 'cpu.us' }), row([5], { key: 'memory.kB' })])).toEqual({ cpu: { ratio: 2, us: 4 }, memory: { kB: 5 } })
  })
})
