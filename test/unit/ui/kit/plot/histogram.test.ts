import { expect, it } from 'vitest'
import { histogramOf } from '../../../../../src/ui/kit/plot/histogram.ts'

it('gives each value its own bin while they are few', () => {
  expect(histogramOf([1, 0, null, 1, 1], 24)).toEqual([{ from: 0, to: 0, share: 0.25 }, { from: 1, to: 1, share: 0.75 }])
  expect(histogramOf([null], 24)).toEqual([])
})

it('divides many values into bins of equal width whose shares add up to one', () => {
  const bins = histogramOf(Array.from({ length: 1_000 }, (_, index) => index / 10), 10)
  expect(bins).toHaveLength(10)
  expect([bins[0]!.from, bins[9]!.to]).toEqual([0, 99.9])
  expect(bins.reduce((sum, bin) => sum + bin.share, 0)).toBeCloseTo(1)
})
