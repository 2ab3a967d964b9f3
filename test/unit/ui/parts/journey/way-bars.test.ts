import type { JourneyHop } from '../../../../../src/shared/contract/journey.ts'
import { expect, it } from 'vitest'
import { layWay } from '../../../../../src/ui/parts/journey/way-bars.ts'

const hop = (name: JourneyHop['name'], afterMs: number | null, source: JourneyHop['source'] = 'measured'): JourneyHop => ({ name, afterMs, source: source!, rowId: null })

it('lays each hop from the one before to its own moment, over what is not known', () => {
  const { bars, firstMs, lastMs } = layWay([hop('sent', -1), hop('received', 0), hop('checked', null), hop('stored', 3)])
  expect([firstMs, lastMs]).toEqual([-1, 3])
  expect(bars.map(({ from, to }) => [from, to])).toEqual([[0, 0], [0, 0.25], [null, null], [0.25, 1]])
})

it('keeps what a device claims by its own clock off the axis', () => {
  const { bars, firstMs, lastMs } = layWay([hop('sent', -3_600_000, 'claimed'), hop('received', 0), hop('stored', 2)])
  expect([firstMs, lastMs]).toEqual([0, 2])
  expect(bars[0]).toMatchObject({ from: null, to: null })
})

it('draws a way of one moment, and none', () => {
  expect(layWay([hop('received', 0, 'kept')]).bars).toMatchObject([{ from: 0, to: 0 }])
  expect(layWay([]).bars).toEqual([])
})
