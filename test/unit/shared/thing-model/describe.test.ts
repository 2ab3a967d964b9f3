import type { DataType } from '../../../../src/shared/thing-model/types.ts'
import { describe, expect, it } from 'vitest'
import { describeType, describeValue } from '../../../../src/shared/thing-model/describe.ts'

const mode: DataType = { type: 'enum', items: [{ value: 0, name: 'eco' }, { value: 1, name: 'normal' }] }
const lamp: DataType = { type: 'bool', labels: { 0: 'off', 1: 'on' } }
const point: DataType = { type: 'struct', members: [{ identifier: 'x', name: 'x', dataType: { type: 'int' } }, { identifier: 'on', name: 'on', dataType: lamp }] }

describe('describeType', () => {
  it.each<[DataType, { type: string, range: string, unit: string }]>([
    [{ type: 'double', min: -40, max: 120, unit: '°C' }, { type: 'double', range: '-40 … 120', unit: '°C' }],
    [{ type: 'int', min: 0 }, { type: 'int', range: 'at least 0', unit: '' }],
    [{ type: 'float', max: 1.5 }, { type: 'float', range: 'at most 1.5', unit: '' }],
    [{ type: 'long' }, { type: 'long', range: '', unit: '' }],
    [lamp, { type: 'bool', range: '0 off · 1 on', unit: '' }],
    [mode, { type: 'enum', range: '0 eco · 1 normal', unit: '' }],
    [{ type: 'text', length: 32 }, { type: 'text', range: 'at most 32 bytes', unit: '' }],
    [{ type: 'date' }, { type: 'date', range: 'epoch milliseconds as text', unit: '' }],
    [point, { type: 'struct', range: '{x: int, on: bool}', unit: '' }],
    [{ type: 'array', size: 10, item: { type: 'int', min: 0, max: 9, unit: 's' } }, { type: 'array of int', range: 'at most 10 · 0 … 9', unit: 's' }],
    [{ type: 'array', item: point }, { type: 'array of struct', range: '{x: int, on: bool}', unit: '' }],
  ])('describes %j', (dataType, description) => {
    expect(describeType(dataType)).toEqual(description)
  })

  it('speaks Chinese', () => {
    expect(describeType({ type: 'text', length: 32 }, 'zh').range).toBe('最多 32 字节')
    expect(describeType({ type: 'int', min: 0 }, 'zh').range).toBe('不小于 0')
  })
})

describe('describeValue', () => {
  it.each<[DataType, Parameters<typeof describeValue>[1], string]>([
    [{ type: 'double', unit: '°C' }, 21.5, '21.5 °C'],
    [{ type: 'int' }, 3, '3'],
    [{ type: 'long', unit: 'mm' }, '9223372036854775807', '9223372036854775807 mm'],
    [lamp, 1, 'on'],
    [lamp, 'x', '"x"'],
    [mode, 1, 'normal'],
    [mode, 9, '9'],
    [{ type: 'text' }, 'hello', 'hello'],
    [point, { x: 1 }, '{"x":1}'],
  ])('shows a value of %j', (dataType, value, text) => {
    expect(describeValue(dataType, value)).toBe(text)
  })
})
