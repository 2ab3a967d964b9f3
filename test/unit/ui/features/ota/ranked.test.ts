import { expect, it } from 'vitest'
import { byRate, countBars, rateBars } from '../../../../../src/ui/features/ota/statistics/ranked.ts'

it('shows seven versions as five bars and the others together', () => {
  const items = [1, 2, 3, 4, 5, 6, 7].map(count => ({ key: `1.${count}`, count }))
  expect(countBars(items).map(({ key, isOthers, value }) => [key, isOthers, value])).toEqual([['1.7', false, 7], ['1.6', false, 6], ['1.5', false, 5], ['1.4', false, 4], ['1.3', false, 3], [null, true, 3]])
  expect(countBars(items.slice(0, 5))).toHaveLength(5)
  expect(countBars(items.slice(0, 1), 4).at(-1)).toEqual({ key: null, isOthers: true, value: 4 })
})

it('ranks source versions by their rate, and gives the average rate of the others', () => {
  const sources = [[null, 1, 1], ['a', 9, 1], ['b', 0, 4], ['c', 3, 0], ['d', 1, 3], ['e', 3, 2], ['f', 1, 9]].map(([sourceVersion, succeeded, failed]) => ({ sourceVersion: sourceVersion as string | null, succeeded: Number(succeeded), failed: Number(failed) }))
  expect(byRate(sources, 'succeeded').map(({ sourceVersion }) => sourceVersion)).toEqual(['c', 'a', 'e', null, 'd', 'f', 'b'])
  const bars = rateBars(sources, 'succeeded')
  expect(bars.map(({ value }) => value)).toEqual([1, 0.9, 0.6, 0.5, 0.25, 0.05])
  expect(bars.at(-1)).toMatchObject({ key: null, isOthers: true })
  expect(bars[3]).toMatchObject({ key: null, isOthers: false })
  expect(rateBars(sources, 'failed').slice(0, 2).map(({ key }) => key)).toEqual(['b', 'f'])
})
