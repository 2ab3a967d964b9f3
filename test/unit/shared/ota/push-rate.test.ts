import { expect, it } from 'vitest'
import { fill, fullBucket, minutesToPush, rateAfter, untilNext } from '../../../../src/shared/ota/push-rate.ts'

it('grows as the platform\'s worked example does: 20,000 devices take a little more than 41 minutes', () => {
  const rate = { kind: 'growing', base: 50, factor: 2, max: 10_000, threshold: 1_000, counts: 'pushed' } as const
  expect([0, 999, 1_000, 2_999, 7_000, 8_000, 20_000].map(counted => rateAfter(rate, counted))).toEqual([50, 50, 100, 200, 6_400, 10_000, 10_000])
  let minutes = 0
  for (let pushed = 0; pushed < 20_000; pushed += 1_000)
    minutes += 1_000 / rateAfter(rate, pushed)
  expect(minutes).toBeCloseTo(41.04375, 5)
  expect(minutesToPush(rate, 0, 20_000)).toBeCloseTo(41.04375, 5)
  expect(minutesToPush(rate, 7_500, 1_000)).toBeCloseTo(500 / 6_400 + 500 / 10_000, 8)
})

it('keeps fractions and is capped from stage 13 on in the second example', () => {
  const rate = { kind: 'growing', base: 1, factor: 1.2, max: 10, threshold: 5, counts: 'succeeded' } as const
  expect(rateAfter(rate, 20)).toBeCloseTo(2.0736, 10)
  expect(rateAfter(rate, 64)).toBeCloseTo(8.916, 3)
  expect(rateAfter(rate, 65)).toBe(10)
})

it('lets ten a minute go as ten a minute: 25 devices are told in the third minute', () => {
  let bucket = fullBucket(0)
  const toldAt: number[] = []
  for (let now = 0; toldAt.length < 25; now += Math.max(1, untilNext(bucket, 10))) {
    bucket = fill(bucket, 10, now)
    if (bucket.tokens >= 1) {
      bucket = { ...bucket, tokens: bucket.tokens - 1 }
      toldAt.push(now)
    }
  }
  expect(toldAt[0]).toBe(0)
  expect(Math.ceil(toldAt[24]! / 60_000)).toBe(3)
})

it('does not save up for later more than a minute\'s worth', () => {
  expect(fill({ tokens: 0, at: 0 }, 10, 3_600_000).tokens).toBe(10)
  expect(fill({ tokens: 0, at: 1_000 }, 10, 0).tokens).toBe(0)
})

it('tells how long the rest takes by the rate of the moment when nobody knows how it will grow', () => {
  expect(minutesToPush({ kind: 'unlimited' }, 0, 1_000)).toBe(0)
  expect(minutesToPush({ kind: 'constant', perMinute: 20 }, 7, 50)).toBe(2.5)
  expect(minutesToPush({ kind: 'growing', base: 10, factor: 2, max: 1_000, threshold: 100, counts: 'succeeded' }, 150, 40)).toBe(2)
})
