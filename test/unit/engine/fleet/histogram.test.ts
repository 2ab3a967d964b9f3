import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../../../../src/engine/fleet/histogram.ts'

describe('histogram', () => {
  it('tells any percentile to within 2 % or a microsecond', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 4_000_000, noNaN: true }), { minLength: 1, maxLength: 300 }), (durations) => {
      const histogram = new Histogram()
      durations.forEach(duration => histogram.record(duration))
      const sorted = durations.toSorted((a, b) => a - b)
      const { p50, p95, p99 } = histogram.percentiles()
      for (const [share, got] of [[0.5, p50], [0.95, p95], [0.99, p99]] as const) {
        const exact = sorted[Math.ceil(sorted.length * share) - 1]!
        expect(Math.abs(got - exact)).toBeLessThanOrEqual(exact * 0.02 + 0.001)
      }
    }))
  })

  it('is all zeros before anything was counted', () => {
    expect(new Histogram().isEmpty).toBe(true)
    expect(new Histogram().percentiles()).toEqual({ p50: 0, p95: 0, p99: 0 })
  })

  it('adds the counts of another one', () => {
    const a = new Histogram()
    const b = new Histogram()
    a.record(1)
    b.record(100)
    b.record(100)
    a.add(b.counts)
    expect(a.percentiles().p50).toBeCloseTo(100, -1)
  })

  it('tells what was counted since an earlier state of itself', () => {
    const histogram = new Histogram()
    histogram.record(1000)
    const earlier = histogram.counts.slice()
    histogram.record(2)
    expect(histogram.since(earlier).percentiles().p99).toBeCloseTo(2, 1)
  })

  it('keeps what lies outside its range at the edge', () => {
    const histogram = new Histogram()
    histogram.record(-5)
    expect(histogram.percentiles().p99).toBe(0)
    histogram.record(1e12)
    expect(histogram.percentiles().p99).toBeGreaterThan(4_000_000)
  })
})
