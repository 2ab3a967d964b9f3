import { expect, it } from 'vitest'
import { sparkColumns, SparkSeries } from '../../../../../src/ui/features/devices/spark-series.ts'

const spanMs = sparkColumns * 10

it('keeps the last value of each column, whatever comes how often', () => {
  const series = new SparkSeries(spanMs)
  series.add([0, 4, 9, 10, 25], [1, 2, 3, 4, 5])
  expect([series.columns, series.values]).toEqual([[0, 1, 2], [3, 4, 5]])
})

it('puts what the engine has before what came live', () => {
  const series = new SparkSeries(spanMs)
  series.add([30], [7])
  expect(series.isLoaded).toBe(false)
  series.load([0, 10, 30], [1, 2, 3])
  expect([series.columns, series.values, series.isLoaded]).toEqual([[0, 1, 3], [1, 2, 7], true])
})

it('reads a curve between 0 and 1 that ends at the present, with a break where values are missing', () => {
  const series = new SparkSeries(spanMs)
  series.add([0, 10, 20, 200, 210], [0, 10, 5, 10, 0])
  const points = series.read(spanMs)
  expect(points.map(point => point?.y ?? null)).toEqual([0, 1, 0.5, null, 1, 0])
  expect(points[0]!.x).toBeCloseTo(0)
  expect(points.at(-1)!.x).toBeCloseTo(21 / sparkColumns)
  expect(series.read(spanMs * 4)).toEqual([])
})

it('draws a value that does not change in the middle, and forgets what is long past', () => {
  const series = new SparkSeries(spanMs)
  series.add([0, 10], [4, 4])
  expect(series.read(20).map(point => point?.y)).toEqual([0.5, 0.5])
  series.add([spanMs * 3], [4])
  expect(series.columns).toEqual([sparkColumns * 3])
})
