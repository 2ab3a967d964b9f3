import type { DataType, Parameter } from '../../../../src/shared/thing-model/types.ts'
import { describe, expect, it } from 'vitest'
import { readDraft, readDrafts, startDraft, stepText, toDraft, toDrafts } from '../../../../src/ui/parts/value-form/value-draft.ts'

const int: DataType = { type: 'int', min: -40, max: 120, step: 5, unit: '°C' }
const position: DataType = { type: 'struct', members: [
  { identifier: 'latitude', name: 'Latitude', dataType: { type: 'double', min: -90, max: 90 } },
  { identifier: 'fix', name: 'Fix', dataType: { type: 'bool', labels: { 0: 'no', 1: 'yes' } } },
] }
const list: DataType = { type: 'array', size: 2, item: { type: 'int' } }

describe('what is typed for a value', () => {
  it.each<[string, DataType, string, unknown]>([
    ['a whole number', int, ' 21 ', 21],
    ['a boolean', { type: 'bool', labels: { 0: 'off', 1: 'on' } }, '1', 1],
    ['an enum value', { type: 'enum', items: [{ value: 2, name: 'eco' }] }, '2', 2],
    ['a text that looks like a number', { type: 'text' }, '007', '007'],
    ['an empty text', { type: 'text' }, '', ''],
    ['a date, as text', { type: 'date' }, '1735689600000', '1735689600000'],
    ['a long integer that a JavaScript number cannot hold', { type: 'long' }, '9007199254740993', '9007199254740993'],
    ['a short long integer', { type: 'long' }, '12', 12],
  ])('is read as %s', (_what, dataType, typed, value) => {
    expect(readDraft(dataType, typed)).toEqual({ value, issues: [] })
  })

  it('is left out when nothing or only blanks stand there', () => {
    expect(readDraft(int, null)).toEqual({ value: undefined, issues: [] })
    expect(readDraft(int, '  ')).toEqual({ value: undefined, issues: [] })
  })

  it('is judged by the model: what is no number, what is out of range, what is unknown', () => {
    expect(readDraft(int, 'warm')).toMatchObject({ value: 'warm', issues: [{ code: 6306, got: '"warm"' }] })
    expect(readDraft(int, '121')).toMatchObject({ value: 121, issues: [{ code: 6306, rule: 'maximum', expected: '120 °C' }] })
    expect(readDraft({ type: 'enum', items: [{ value: 2, name: 'eco' }] }, '3')).toMatchObject({ issues: [{ code: 6309 }] })
  })

  it('fills structs and lists part by part, and names the part that is wrong or missing', () => {
    expect(readDraft(position, { latitude: '48.1', fix: '1' })).toEqual({ value: { latitude: 48.1, fix: 1 }, issues: [] })
    expect(readDraft(position, { latitude: '91', fix: '1' })).toMatchObject({ issues: [{ path: '.latitude' }] })
    expect(readDraft(position, { latitude: '48.1', fix: null })).toMatchObject({ value: { latitude: 48.1 }, issues: [{ path: '.fix', rule: 'missing-member' }] })
    expect(readDraft(list, ['1', '2'])).toEqual({ value: [1, 2], issues: [] })
    expect(readDraft(list, ['1', '2', '3'])).toMatchObject({ issues: [{ code: 6324, rule: 'size' }] })
    expect(readDraft(list, ['1', null])).toMatchObject({ value: [1, null], issues: [{ path: '[1]' }] })
  })

  it('comes back as it was when a value is shown in the form', () => {
    for (const [dataType, value] of [[int, 21], [position, { latitude: 1.5, fix: 0 }], [list, [4, 5]], [{ type: 'text' }, ''], [{ type: 'long' }, '9007199254740993']] as [DataType, never][])
      expect(readDraft(dataType, toDraft(dataType, value))).toEqual({ value, issues: [] })
    expect(toDraft(int, undefined)).toBeNull()
  })

  it('begins with a value that passes', () => {
    for (const dataType of [int, position, list, { type: 'date' } as const, { type: 'float', min: 3, max: 4 } as const])
      expect(readDraft(dataType, startDraft(dataType, 1_735_689_600_000)).issues).toEqual([])
  })

  it('moves by steps and stays within its bounds', () => {
    expect(stepText(int, '20', 1)).toBe('25')
    expect(stepText(int, '118', 10)).toBe('120')
    expect(stepText(int, '', -1)).toBe('-5')
    expect(stepText({ type: 'float', step: 0.1 }, '0.2', 1)).toBe('0.3')
    expect(stepText({ type: 'double' }, '1.25', 1)).toBe('2.25')
    expect(stepText(int, 'warm', 1)).toBeNull()
    expect(stepText({ type: 'text' }, '1', 1)).toBeNull()
  })
})

it('the values of several parameters are read together, with the identifier in front of what is wrong', () => {
  const parameters: Parameter[] = [{ identifier: 'Target', name: 'Target', dataType: int }, { identifier: 'Where', name: 'Where', dataType: position }]
  expect(readDrafts(parameters, { Target: '500', Where: { latitude: '1', fix: '7' } })).toMatchObject({
    values: { Target: 500, Where: { latitude: 1, fix: 7 } },
    issues: [{ path: 'Target' }, { path: 'Where.fix' }],
  })
  expect(readDrafts(parameters, {})).toEqual({ values: {}, issues: [] })
  expect(toDrafts(parameters, { Target: 5 })).toEqual({ Target: '5', Where: null })
})
