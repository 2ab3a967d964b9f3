import type { DataType } from '../../../../../src/shared/thing-model/types.ts'
import fc from 'fast-check'

const bound = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(value => Number(value.toPrecision(6))))
const step = fc.constantFrom(0.001, 0.05, 0.1, 0.5, 1, 2, 7, 100)

const numberType = fc.record({ type: fc.constantFrom('int', 'float', 'double'), min: bound, max: bound, step }, { requiredKeys: ['type'] })
  .map(({ min, max, ...type }): DataType => {
    // The reader of thing models refuses bounds the wrong way round and an int without a whole number in its range.
    const isUsable = min === undefined || max === undefined || Math.ceil(min) <= Math.floor(max)
    return { ...type, ...(min !== undefined && { min }), ...(max !== undefined && isUsable && { max }) } as DataType
  })
const longBound = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const longType = fc.tuple(longBound, longBound).map(([a, b]): DataType => ({ type: 'long', min: String(a < b ? a : b), max: String(a < b ? b : a) }))
const plainType = fc.oneof(
  numberType,
  longType,
  fc.constantFrom<DataType>({ type: 'long' }, { type: 'bool', labels: { 0: 'off', 1: 'on' } }, { type: 'date' }, { type: 'text' }, { type: 'enum', items: [] }),
  fc.integer({ min: 1, max: 40 }).map((length): DataType => ({ type: 'text', length })),
  fc.uniqueArray(fc.integer({ min: -5, max: 50 }), { minLength: 1, maxLength: 6 })
    .map((values): DataType => ({ type: 'enum', items: values.toSorted((a, b) => a - b).map(value => ({ value, name: `v${value}` })) })),
)
const structType = fc.array(plainType, { minLength: 1, maxLength: 4 })
  .map((types): DataType => ({ type: 'struct', members: types.map((dataType, index) => ({ identifier: `m${index}`, name: `m${index}`, dataType })) }))
const arrayType = fc.tuple(fc.oneof(plainType, structType), fc.integer({ min: 1, max: 10 })).map(([item, size]): DataType => ({ type: 'array', size, item }))

/** Any type a property of a thing model can have. */
export const anyDataType = fc.oneof({ weight: 3, arbitrary: plainType }, structType, arrayType)
