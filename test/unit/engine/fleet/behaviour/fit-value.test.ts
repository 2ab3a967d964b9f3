import type { JsonValue } from '../../../../../src/shared/json.ts'
import type { DataType } from '../../../../../src/shared/thing-model/types.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileFit } from '../../../../../src/engine/fleet/behaviour/fit-value.ts'
import { buildCheck } from '../../../../../src/shared/thing-model/checks.ts'
import { anyDataType } from './data-types.ts'

function fitAll(type: DataType, values: JsonValue[]): JsonValue[] {
  return values.map(compileFit(type))
}

describe('fitting values', () => {
  it('makes anything acceptable to the platform\'s own check', () => {
    fc.assert(fc.property(anyDataType, fc.jsonValue(), (type, value) => {
      const issues: never[] = []
      expect(buildCheck(type)(compileFit(type)(value as JsonValue), true, issues) ? [] : issues).toEqual([])
    }), { numRuns: 2_000 })
  })

  it('keeps an int whole, inside and on its steps', () => {
    expect(fitAll({ type: 'int', min: 10, max: 50, step: 5 }, [12, 13, 33.3, 1000, -1, '41', null, 'x'])).toEqual([10, 15, 35, 50, 10, 40, 10, 10])
  })

  it('gives a float the decimals of its step, counted from its minimum', () => {
    expect(fitAll({ type: 'float', min: -0.5, max: 1, step: 0.1 }, [0.123456, 0.3, 5, -7])).toEqual([0.1, 0.3, 1, -0.5])
    expect(fitAll({ type: 'double', min: 0.05, max: 1, step: 0.5 }, [0.2, 0.9, 1])).toEqual([0.05, 0.55, 0.55])
  })

  it('gives a double without a step as many decimals as its range deserves', () => {
    expect(fitAll({ type: 'double', min: -40, max: 125 }, [21.123456])).toEqual([21.12])
    expect(fitAll({ type: 'double', min: 0, max: 1 }, [0.123456])).toEqual([0.1235])
    expect(fitAll({ type: 'double' }, [0.123456, 1e300])).toEqual([0.12, 1e300])
  })

  it('takes truth, numbers and their texts for bool', () => {
    expect(fitAll({ type: 'bool', labels: { 0: '', 1: '' } }, [true, false, 0.6, 17, -2, 'true', '0', 'on', null])).toEqual([1, 0, 1, 1, 0, 1, 0, 0, 0])
  })

  it('takes numbers and names for enum, and the nearest number for others', () => {
    const type: DataType = { type: 'enum', items: [{ value: 1, name: 'eco' }, { value: 5, name: 'turbo' }] }
    expect(fitAll(type, [5, 'turbo', 2, 99, 'unknown'])).toEqual([5, 5, 1, 5, 1])
  })

  it('cuts text at its bytes without breaking a character', () => {
    expect(fitAll({ type: 'text', length: 5 }, ['abcdefg', '温度计', '😀😀', 12, null])).toEqual(['abcde', '温', '😀', '12', ''])
  })

  it('writes a date as milliseconds in text', () => {
    expect(fitAll({ type: 'date' }, [1_735_689_600_000, '1735689600000', '2025-01-01T00:00:00Z', 'never', -5])).toEqual(['1735689600000', '1735689600000', '1735689600000', '0', '0'])
  })

  it('gives a struct exactly its members and an array at most its size', () => {
    const struct: DataType = {
      type: 'struct',
      members: [
        { identifier: 'x', name: 'x', dataType: { type: 'int', min: 1, max: 9 } },
        { identifier: 'label', name: 'label', dataType: { type: 'text', length: 3 } },
      ],
    }
    expect(fitAll(struct, [{ x: 100, more: true }, 4])).toEqual([{ x: 9, label: '' }, { x: 4, label: '4' }])
    expect(fitAll({ type: 'array', size: 2, item: struct }, [[{ x: 2, label: 'abcdef' }, {}, {}], 7])).toEqual([[{ x: 2, label: 'abc' }, { x: 1, label: '' }], [{ x: 7, label: '7' }]])
  })

  it('writes a long beyond 2^53 as text', () => {
    expect(fitAll({ type: 'long', min: '0' }, ['9007199254740993', 5, -5, 'x'])).toEqual(['9007199254740993', 5, 0, 0])
  })
})
