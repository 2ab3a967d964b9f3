import { expect, it } from 'vitest'
import { PropertyPlot } from '../../../../../src/ui/features/devices/property-plot.ts'

const buckets = (at: number[]) => ({ at: Float64Array.from(at), min: Float64Array.from(at), max: Float64Array.from(at), mean: Float64Array.from(at), last: Float64Array.from(at), count: Float64Array.from(at), points: at.length, bucketMs: 1 })

it('draws history up to its first live point and knows when history no longer reaches it', () => {
  const plot = new PropertyPlot('t')
  plot.add([50, 60], [5, 6])
  plot.setHistory(buckets([10, 20, 55]), 55)
  expect(plot.read(0, 100, 50).at).toEqual([10, 20, 50, 60])
  expect(plot.hasHole).toBe(false)
  const many = Float64Array.from({ length: 40_000 }, (_, at) => 100 + at)
  plot.add(many, many)
  expect(plot.hasHole).toBe(true)
})
