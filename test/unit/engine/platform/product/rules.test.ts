import { expect, it } from 'vitest'
import { nextVersion } from '../../../../../src/engine/platform/product/rules.ts'

it.each([
  [[], '1.0'],
  [['1.0'], '1.1'],
  [['1.9', '1.8'], '1.10'],
  [['beta'], 'beta1'],
  [['2.0.rc1', '2.0.rc2'], '2.0.rc3'],
  [['9999999999999999', '3'], '4'],
  [['abcdefghijklmnop', '2'], '3'],
])('after %j comes %s', (names, next) => {
  expect(nextVersion(names)).toBe(next)
})
