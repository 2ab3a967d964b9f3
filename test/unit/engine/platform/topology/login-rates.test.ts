import { expect, it } from 'vitest'
import { LoginRates } from '../../../../../src/engine/platform/topology/login-rates.ts'

it('lets a sub-device log in five times within a minute', () => {
  const rates = new LoginRates()
  expect([0, 1, 2, 3, 4, 5].map(at => rates.take(1, at))).toEqual([true, true, true, true, true, false])
  expect(rates.take(2, 5)).toBe(true)
  expect([60_000, 60_000].map(at => rates.take(1, at))).toEqual([true, false])
  rates.forget(1)
  expect(rates.take(1, 60_000)).toBe(true)
})
