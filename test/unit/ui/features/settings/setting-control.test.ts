import type { SettingName } from '../../../../../src/shared/contract/settings.ts'
import { expect, it } from 'vitest'
import { settings } from '../../../../../src/shared/contract/settings.ts'
import { controlOf, isSettingValid, toSettingValue } from '../../../../../src/ui/features/settings/setting-control.ts'

it('shows each setting by what its schema says', () => {
  expect(controlOf('limits.applyCloud')).toEqual({ kind: 'switch' })
  expect(controlOf('trace.keepDays')).toEqual({ kind: 'number', factor: 1, min: 0.01, max: 3_650, precision: 2 })
  expect(controlOf('trace.keepBytesMax')).toMatchObject({ kind: 'number', factor: 1024 ** 3, max: null })
})

it.each(Object.keys(settings) as SettingName[])('takes the initial value of %s', (name) => {
  expect(isSettingValid(name, settings[name].initial)).toBe(true)
})

it('stores whole bytes for gibibytes, and refuses what the engine would refuse', () => {
  const control = controlOf('trace.keepBytesMax')
  expect(toSettingValue(control, 1.5)).toBe(1.5 * 1024 ** 3)
  expect(Number.isInteger(toSettingValue(control, 0.1))).toBe(true)
  expect(isSettingValid('trace.keepBytesMax', 1)).toBe(false)
  expect(isSettingValid('trace.keepDays', 'week')).toBe(false)
})
