import { describe, expect, it } from 'vitest'
import { columnsToCsv, gapMs, joinColumns, nearestColumn, withGaps } from '../../../../../src/ui/kit/plot/plot-columns.ts'
import { PointRing } from '../../../../../src/ui/kit/plot/point-ring.ts'

function ringOf(points: [at: number, value: number][]): PointRing {
  const ring = new PointRing(10_000)
  for (const [at, value] of points)
    ring.push(at, value)
  return ring
}
const history = { at: [10, 20, 30, 40], min: [0, 1, 2, 3], max: [2, 3, 4, 5], mean: [1, 2, 3, 4] }

describe('joining history and live points', () => {
  it('takes history up to the first live point, and nothing outside the range', () => {
    const columns = joinColumns(history, ringOf([[35, 9], [45, 8]]), 15, 100, 50)
    expect(columns).toEqual({ at: [20, 30, 35, 45], line: [2, 3, 9, 8], min: [1, 2, 9, 8], max: [3, 4, 9, 8] })
  })

  it('reduces points beyond the pixels to minimum, maximum and mean, and loses no extreme', () => {
    const points = Array.from({ length: 1_000 }, (_, at): [number, number] => [at, at === 777 ? 1_000 : at % 10])
    const columns = joinColumns(null, ringOf(points), 0, 1_000, 100)
    expect(columns.at).toHaveLength(100)
    expect(Math.max(...columns.max.map(Number))).toBe(1_000)
    expect(Math.min(...columns.min.map(Number))).toBe(0)
    expect([columns.at[0], columns.line[0]]).toEqual([5, 4.5])
  })
})

describe('gaps', () => {
  it('are five usual distances, and at least three columns', () => {
    expect(gapMs([0, 10, 20, 30, 200, 210], 1)).toBe(50)
    expect(gapMs([0, 10, 20], 40)).toBe(120)
    expect(gapMs([7], 1)).toBe(Infinity)
  })

  it('are drawn as gaps', () => {
    const columns = withGaps({ at: [0, 10, 200], line: [1, 2, 3], min: [1, 2, 3], max: [1, 2, 3] }, 50)
    expect(columns.at).toEqual([0, 10, 105, 200])
    expect(columns.line).toEqual([1, 2, null, 3])
  })
})

it('finds the column under the cursor, never a gap', () => {
  const columns = { at: [0, 10, 105, 200], line: [1, 2, null, 3], min: [], max: [] }
  expect([-50, 4, 6, 100, 140, 900].map(at => nearestColumn(columns, at))).toEqual([0, 0, 1, 1, 3, 3])
  expect(nearestColumn({ at: [], line: [], min: [], max: [] }, 5)).toBeNull()
})

it('writes CSV without the gaps', () => {
  const csv = columnsToCsv([{ at: [0, 5, 1_000], line: [1, null, 2], min: [0, null, 2], max: [1, null, 3] }], ['a "b"'])
  expect(csv).toBe('series,time,mean,min,max\n"a ""b""",1970-01-01T00:00:00.000Z,1,0,1\n"a ""b""",1970-01-01T00:00:01.000Z,2,2,3\n')
})
