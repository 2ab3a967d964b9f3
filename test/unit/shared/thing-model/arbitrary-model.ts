import type { JsonObject } from '../../../../src/shared/json.ts'
import type { ArrayType, DataType, EnumType, LongType, NumberType, Parameter, Property, StructType, TextType, ThingModel } from '../../../../src/shared/thing-model/types.ts'
import fc from 'fast-check'
import { int32Max, int32Min, int64Max, int64Min } from '../../../../src/shared/thing-model/limits.ts'

/** Leaves members out that have no value, as parsed models do. */
function definedMembers<T extends object>(record: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })

const identifier = fc.stringMatching(/^\w{1,20}$/)
  .filter(name => !['set', 'get', 'post', 'property', 'event', 'time', 'value', '__proto__'].includes(name))
const label = fc.string({ unit: 'grapheme', maxLength: 12 })

/** Members of a file that the parser does not know; their names cannot collide with known ones. */
const extra = optional(fc.dictionary(fc.string({ maxLength: 5 }).map(key => `x-${key}`), fc.jsonValue({ maxDepth: 1 }), { minKeys: 1, maxKeys: 3 }) as fc.Arbitrary<JsonObject>)
  .map(value => value && JSON.parse(JSON.stringify(value)) as JsonObject)

function numberType(type: NumberType['type']): fc.Arbitrary<NumberType> {
  const number = type === 'int'
    ? fc.integer({ min: int32Min, max: int32Max })
    : fc.double({ min: -1e30, max: 1e30, noNaN: true }).map(value => value + 0)
  return fc.record({ bounds: fc.tuple(number, number), step: optional(number.map(Math.abs)), hasMin: fc.boolean(), hasMax: fc.boolean(), unit: optional(label), unitName: optional(label), extra })
    .map(({ bounds: [a, b], step, hasMin, hasMax, unit, unitName, extra }) => definedMembers<NumberType>({
      type,
      min: hasMin ? Math.min(a, b) : undefined,
      max: hasMax ? Math.max(a, b) : undefined,
      step,
      unit,
      unitName,
      extra,
    }))
}

const longType: fc.Arbitrary<LongType> = fc.record({ bounds: fc.tuple(fc.bigInt(int64Min, int64Max), fc.bigInt(int64Min, int64Max)), hasBounds: fc.boolean(), unit: optional(label), extra })
  .map(({ bounds: [a, b], hasBounds, unit, extra }) => definedMembers<LongType>({
    type: 'long',
    min: hasBounds ? String(a < b ? a : b) : undefined,
    max: hasBounds ? String(a < b ? b : a) : undefined,
    unit,
    unitName: undefined,
    extra,
  }))

const enumType: fc.Arbitrary<EnumType> = fc.uniqueArray(fc.record({ value: fc.integer({ min: int32Min, max: int32Max }), name: label }), { selector: item => item.value, maxLength: 12 })
  .map(items => ({ type: 'enum', items: items.sort((a, b) => a.value - b.value) }))

const textType: fc.Arbitrary<TextType> = fc.record({ length: optional(fc.integer({ min: 1, max: 10_240 })), extra })
  .map(({ length, extra }) => definedMembers<TextType>({ type: 'text', length, extra }))

const plainType: fc.Arbitrary<DataType> = fc.oneof(
  numberType('int'),
  numberType('float'),
  numberType('double'),
  longType,
  enumType,
  textType,
  fc.constant<DataType>({ type: 'date' }),
  fc.tuple(label, label).map(([off, on]): DataType => ({ type: 'bool', labels: { 0: off, 1: on } })),
)

function parameterOf(dataType: fc.Arbitrary<DataType>): fc.Arbitrary<Parameter> {
  return fc.record({ identifier, name: label, desc: optional(label), dataType, extra })
    .map(({ identifier, name, desc, dataType, extra }) => definedMembers<Parameter>({ identifier, name, desc, dataType, extra }))
}

function listOf<T extends { identifier: string }>(arbitrary: fc.Arbitrary<T>, limits: fc.UniqueArrayConstraints<T, string>): fc.Arbitrary<T[]> {
  return fc.uniqueArray(arbitrary, { ...limits, selector: part => part.identifier } as fc.UniqueArrayConstraintsRecommended<T, string>)
}

const structType: fc.Arbitrary<StructType> = listOf(parameterOf(plainType), { minLength: 1, maxLength: 5 })
  .map(members => ({ type: 'struct', members }))

const arrayType: fc.Arbitrary<ArrayType> = fc.record({
  size: optional(fc.integer({ min: 1, max: 512 })),
  item: fc.oneof(numberType('int'), numberType('float'), numberType('double'), textType, structType),
}).map(({ size, item }) => definedMembers<ArrayType>({ type: 'array', size, item }))

/** Any data type a property can have. */
export const arbitraryDataType: fc.Arbitrary<DataType> = fc.oneof({ weight: 3, arbitrary: plainType }, structType, arrayType)

const property: fc.Arbitrary<Property> = fc.tuple(parameterOf(arbitraryDataType), fc.constantFrom('r' as const, 'rw' as const, 'w' as const), fc.boolean())
  .map(([parameter, accessMode, required]) => ({ ...parameter, accessMode, required }))

const parameters = listOf(parameterOf(arbitraryDataType), { maxLength: 3 })

const event = fc.tuple(parameterOf(fc.constant<DataType>({ type: 'date' })), fc.constantFrom('info' as const, 'alert' as const, 'error' as const), fc.boolean(), parameters)
  .map(([{ dataType: _, ...naming }, type, required, outputData]) => ({ ...naming, type, required, outputData }))

const service = fc.tuple(parameterOf(fc.constant<DataType>({ type: 'date' })), fc.constantFrom('async' as const, 'sync' as const), fc.boolean(), parameters, parameters)
  .map(([{ dataType: _, ...naming }, callType, required, inputData, outputData]) => ({ ...naming, callType, required, inputData, outputData }))

/** Any model that a file can hold, as the parser would return it. */
export const arbitraryModel: fc.Arbitrary<ThingModel> = fc.record({
  profile: fc.record({ productKey: optional(fc.stringMatching(/^[a-z0-9]{11}$/)), version: optional(fc.constantFrom('1.0', '2.3.1')), extra })
    .map(profile => definedMembers<ThingModel['profile']>(profile)),
  properties: listOf(property, { maxLength: 6 }),
  events: listOf(event, { maxLength: 3 }),
  services: listOf(service, { maxLength: 3 }),
  functionBlockId: optional(fc.stringMatching(/^\w{1,30}$/)),
  functionBlockName: optional(label),
  functionBlocks: optional(fc.array(fc.record({ functionBlockId: identifier, functionBlockName: label }), { maxLength: 2 })),
  extra,
}).map(model => definedMembers<ThingModel>(model))
