import { expect, it } from 'vitest'
import { beatFrom, beatsBetween, beyondCloudOf, endOf, refuseBeyondCloud } from '../../../../src/engine/simulation/policy-rules.ts'

const every = (intervalMs: number, durationMs: number | null) => ({ kind: 'every' as const, intervalMs, durationMs })

it('sends at once and then every so often, and nothing on the end: 2 s for 10 s are five messages', () => {
  const when = every(2_000, 10_000)
  const beats: number[] = []
  for (let at = beatFrom(when, 500, 500); at !== null; at = beatFrom(when, 500, at + 1))
    beats.push(at)
  expect(beats).toEqual([500, 2_500, 4_500, 6_500, 8_500])
})

it('keeps its pace after a pause, and counts what fell into it', () => {
  expect(beatFrom(every(1_000, null), 0, 7_300)).toBe(8_000)
  expect(beatsBetween(1_000, 3_000, 7_300)).toBe(5)
  expect(beatsBetween(1_000, 3_000, 3_000)).toBe(0)
})

it('ends with its duration, or with its only message, or never', () => {
  expect(endOf(every(100, 500), 1_000)).toBe(1_500)
  expect(endOf(every(100, null), 1_000)).toBeNull()
  expect(endOf({ kind: 'once', at: 99 }, 1_000)).toBe(99)
})

it('names what the cloud would not do: more often than once a second, longer than three hours', () => {
  const threeHours = 3 * 3600_000
  expect(beyondCloudOf(every(1_000, threeHours))).toEqual([])
  expect(beyondCloudOf(every(999, threeHours + 1))).toEqual(['interval', 'span'])
  expect(beyondCloudOf(every(5_000, null))).toEqual(['span'])
  expect(beyondCloudOf({ kind: 'once', at: 5 })).toEqual([])
  expect(() => refuseBeyondCloud(every(500, 1_000))).toThrow('every 1 s')
  expect(() => refuseBeyondCloud(every(1_000, 4 * 3600_000))).toThrow('3 h')
  expect(() => refuseBeyondCloud(every(1_000, 1_000))).not.toThrow()
})
