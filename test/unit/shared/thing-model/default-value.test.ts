import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildCheck } from '../../../../src/shared/thing-model/checks.ts'
import { defaultValue } from '../../../../src/shared/thing-model/default-value.ts'
import { arbitraryDataType } from './arbitrary-model.ts'

describe('defaultValue', () => {
  it('is zero, or the bound next to zero', () => {
    expect(defaultValue({ type: 'int', min: -5, max: 5 })).toBe(0)
    expect(defaultValue({ type: 'int', min: 3 })).toBe(3)
    expect(defaultValue({ type: 'double', max: -1.5 })).toBe(-1.5)
    expect(defaultValue({ type: 'long', min: '9007199254740993' })).toBe('9007199254740993')
  })

  it('dates a date with the instant given', () => {
    expect(defaultValue({ type: 'date' }, 1_735_689_600_000)).toBe('1735689600000')
  })

  it('passes the strict check of its type, for any type', () => {
    fc.assert(fc.property(arbitraryDataType, dataType => buildCheck(dataType)(defaultValue(dataType), true, [])))
  })
})
