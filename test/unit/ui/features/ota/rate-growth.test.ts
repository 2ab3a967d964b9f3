import { expect, it } from 'vitest'
import { growthOf } from '../../../../../src/ui/features/ota/launch/rate-growth.ts'

const grown = { kind: 'growing', base: 50, factor: 2, max: 10_000, threshold: 1_000, counts: 'pushed' } as const

it('grows as the platform\'s example does', () => {
  const { stages, minutes } = growthOf(grown, 20_000)
  expect(stages.map(({ perMinute }) => perMinute)).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000])
  expect(stages.map(({ atMinute }) => atMinute)).toEqual([0, 20, 30, 35, 37.5, 38.75, 39.375, 39.6875, 39.84375])
  expect(stages.map(({ told }) => told)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map(thousands => thousands * 1_000))
  expect(minutes).toBe(41.04375)
})

it('has one stage when it does not grow, and none without devices', () => {
  expect(growthOf({ kind: 'constant', perMinute: 100 }, 250)).toEqual({ stages: [{ told: 0, perMinute: 100, atMinute: 0 }], minutes: 2.5 })
  expect(growthOf({ ...grown, factor: 1 }, 1_000_000_000)).toEqual({ stages: [{ told: 0, perMinute: 50, atMinute: 0 }], minutes: 20_000_000 })
  expect(growthOf(grown, 0)).toEqual({ stages: [], minutes: 0 })
})
