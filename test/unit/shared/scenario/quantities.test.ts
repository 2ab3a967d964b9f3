import { expect, it } from 'vitest'
import { formatDuration, formatShare, readDuration, readShare, readSize } from '../../../../src/shared/scenario/quantities.ts'

it.each([['500ms', 500], ['30s', 30_000], ['30 s', 30_000], ['1.5min', 90_000], ['2h', 7_200_000], ['1d', 86_400_000], ['0s', 0]])('reads %s', (text, ms) => {
  expect(readDuration(text)).toBe(ms)
})

it.each(['', '30', 's', '-1s', '30 sec', '1e3s', '30  s', ' 30s', '30S', '5m'])('reads no duration in %j', (text) => {
  expect(readDuration(text)).toBeUndefined()
})

it('reads shares as parts of one', () => {
  expect(['5%', '0.5 %', '100%', '100.0%', '99.9%'].map(readShare)).toEqual([0.05, 0.005, 1, 1, 0.999])
  expect(['5', '101%', '100.5%', '-1%', '%', ''].map(readShare)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined])
})

it('reads sizes in bytes', () => {
  expect(['300B', '64kB', '1.5 MB', '0B'].map(readSize)).toEqual([300, 65_536, 1_572_864, 0])
  expect(['64', '64KB', 'kB', '1GB'].map(readSize)).toEqual([undefined, undefined, undefined, undefined])
})

it('says durations in the shortest form, with at most three digits where they are measured', () => {
  expect([0, 0.344, 12.3456, 250, 999.6, 1_000, 1_225, 2_500, 61_234, 90_000, 300_000, 7_200_000, 86_400_000, 654_321].map(formatDuration))
    .toEqual(['0ms', '0.344ms', '12.3ms', '250ms', '1000ms', '1s', '1.23s', '2.5s', '61.2s', '1.5min', '5min', '2h', '1d', '10.9min'])
})

it('says shares with at most two digits behind the point', () => {
  expect([0, 0.05, 0.99123, 1].map(formatShare)).toEqual(['0%', '5%', '99.12%', '100%'])
})
