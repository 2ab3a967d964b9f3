// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { yRange } from '../../../../../src/ui/kit/plot/plot-options.ts'

it('leaves air around the curve, has some height for a constant one, and keeps hard bounds', () => {
  expect(yRange(0, 100, undefined, undefined)).toEqual([-8, 108])
  expect(yRange(20, 20, undefined, undefined)).toEqual([19, 21])
  expect(yRange(0, 0, undefined, undefined)).toEqual([-0.5, 0.5])
  expect(yRange(5, 10, 0, undefined)).toEqual([0, 10.4])
  expect(yRange(null, null, 0, undefined)).toEqual([0, 1])
})
