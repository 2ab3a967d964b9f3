import type { DataType, ThingModel } from '../../../../src/shared/thing-model/types.ts'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeModelIssue, parseThingModel } from '../../../../src/shared/thing-model/parse.ts'

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/thing-models/${name}.tsl.json`, import.meta.url), 'utf8')
}

function parsed(source: unknown): ThingModel {
  const result = parseThingModel(source)
  expect(result.issues ?? []).toEqual([])
  return result.model!
}

/** The issues of a model with one property of this data type. */
function issuesOfType(dataType: unknown, options = {}): string[] {
  const { issues = [] } = parseThingModel({ properties: [{ identifier: 'P', name: 'P', dataType }] }, options)
  return issues.map(issue => `${issue.code ?? '-'} ${describeModelIssue(issue).replace('properties[0].dataType', 'T')}`)
}

function typeOf(dataType: unknown): DataType {
  return parsed({ properties: [{ identifier: 'P', name: 'P', dataType }] }).properties[0]!.dataType
}

describe('parseThingModel', () => {
  it('reads a console export with every data type and leaves the derived members out', () => {
    const { model, notices } = parseThingModel(fixture('pump-station'))
    expect(notices).toEqual([])
    expect(model?.profile).toEqual({ productKey: 'a1PumpFix01' })
    expect(model?.events.map(event => event.identifier)).toEqual(['DryRun', 'DoorOpened'])
    expect(model?.services.map(service => service.identifier)).toEqual(['Flush'])
    expect(model?.functionBlocks).toEqual([{ functionBlockId: 'motor', functionBlockName: '电机', productKey: 'a1PumpFix01' }])
    expect(Object.fromEntries(model!.properties.map(({ identifier, dataType }) => [identifier, dataType]))).toEqual({
      PumpSwitch: { type: 'bool', labels: { 0: '停止', 1: '运行' } },
      Pressure: { type: 'float', min: 0, max: 2.5, step: 0.01, unit: 'MPa', unitName: '兆帕' },
      Flow: { type: 'double', min: -100, max: 100, step: 0.001, unit: 'm³/h', unitName: '立方米每小时' },
      RunMode: { type: 'enum', items: [{ value: -1, name: '检修' }, { value: 0, name: '手动' }, { value: 1, name: '自动' }, { value: 2, name: '远程' }] },
      StartCount: { type: 'int', min: 0, max: 2147483647, unitName: '无' },
      Label: { type: 'text', length: 12 },
      ServicedAt: { type: 'date' },
      Position: {
        type: 'struct',
        members: [
          { identifier: 'Latitude', name: '纬度', dataType: { type: 'double', min: -90, max: 90, step: 0.000001 } },
          { identifier: 'Longitude', name: '经度', dataType: { type: 'double', min: -180, max: 180, step: 0.000001 } },
        ],
      },
      Vibration: { type: 'array', size: 16, item: { type: 'float' } },
      Alarms: {
        type: 'array',
        size: 4,
        item: {
          type: 'struct',
          members: [
            { identifier: 'Level', name: '等级', dataType: { type: 'int', min: 1, max: 3, step: 1 } },
            { identifier: 'Limit', name: '阈值', dataType: { type: 'float', min: 0, max: 2.5, step: 0.01 } },
          ],
        },
      },
      Volume: { type: 'long', min: '0', max: '9223372036854775807' },
    })
    expect(model?.properties[1]).toMatchObject({ name: '出口压力', desc: '出口管道压力', accessMode: 'r', required: true })
    expect(model?.services[0]).toMatchObject({ callType: 'sync', inputData: [{ identifier: 'Seconds' }], outputData: [{ identifier: 'Done' }] })
  })

  it('reads the document of a custom module', () => {
    expect(parsed(fixture('pump-station.motor'))).toMatchObject({
      functionBlockId: 'motor',
      functionBlockName: '电机',
      profile: { productKey: 'a1PumpFix01', version: '1.0' },
      properties: [{ identifier: 'Speed' }],
      events: [{ identifier: 'Stall', type: 'alert' }],
      services: [{ identifier: 'Brake' }],
    })
  })

  it('reads a reduced file, where names, access modes, specs and derived members are missing', () => {
    expect(parsed(fixture('reduced'))).toEqual({
      profile: { productKey: 'a1Reduced01' },
      properties: [
        { identifier: 'Level', name: 'Level', accessMode: 'rw', required: false, dataType: { type: 'int', min: 0, max: 400, unit: 'cm' } },
        { identifier: 'Valve', name: 'Valve', accessMode: 'rw', required: false, dataType: { type: 'bool', labels: { 0: 'off', 1: 'on' } } },
        { identifier: 'Note', name: 'Note', accessMode: 'rw', required: false, dataType: { type: 'text' } },
      ],
      events: [{ identifier: 'Overflow', name: 'Overflow', type: 'info', required: false, outputData: [] }],
      services: [{
        identifier: 'Drain',
        name: 'Drain',
        callType: 'async',
        required: false,
        inputData: [{ identifier: 'Percent', name: 'Percent', dataType: { type: 'int', min: 0, max: 100 } }],
        outputData: [],
      }],
    })
  })

  it('names every fault of a broken file with its path, what was expected and what stands there', () => {
    const { issues } = parseThingModel(fixture('broken'))
    expect(issues?.map(describeModelIssue)).toMatchInlineSnapshot(`
      [
        "properties[0].dataType.specs.max: expected a number that is not below the minimum 50, got text "10".",
        "properties[1].identifier: expected an identifier that is used once (properties[0] has the same), got text "Temp".",
        "properties[2].identifier: expected an identifier that is not one of the platform's own words (set, get, post, property, event, time, value), got text "value".",
        "properties[2].accessMode: expected one of "rw", "r", "w", got text "rwx".",
        "properties[2].required: expected true or false, got text "no".",
        "properties[2].dataType.specs.eco: expected a key that is a whole number of 32 bits, got the key "eco".",
        "properties[3].dataType.specs.size: expected a whole number of at least 1, written as text, got text "0".",
        "properties[3].dataType.specs.item.type: expected int, float, double, text or struct, got text "bool".",
        "properties[4].dataType.type: expected int, float, double, long, bool, enum, text, date, struct or array, got text "decimal".",
      ]
    `)
  })

  it('names line and column where the file is not JSON', () => {
    const { issues } = parseThingModel('{\n  "properties": [\n    {"identifier": "Temp",}\n  ]\n}')
    expect(issues).toEqual([{ path: 'line 3, column 27', expected: 'a key in double quotes (no comma after the last member)', got: '"}"', code: 6318 }])
  })

  it.each([
    ['[]', 'The file: expected an object with "properties", "events" and "services", got an empty list.'],
    ['null', 'The file: expected an object with "properties", "events" and "services", got null.'],
    ['{}', 'The file: expected an object with "properties", "events" and "services", got an empty object.'],
    ['{"code":200,"data":{}}', 'The file: expected an object with "properties", "events" and "services", got an object with "code", "data".'],
    ['{"properties":{}}', 'properties: expected a list, got an object.'],
    ['{"properties":[],"profile":7}', 'profile: expected an object, got number 7.'],
    ['{"properties":[],"functionBlockId":"a b"}', 'functionBlockId: expected 1 to 30 letters, digits or underscores, got text "a b".'],
    ['{"properties":[],"functionBlocks":[{}]}', 'functionBlocks[0].functionBlockId: expected a text, got nothing.'],
  ])('refuses %s', (text, sentence) => {
    expect(parseThingModel(text).issues?.map(describeModelIssue)).toEqual([sentence])
  })

  it('refuses a file of more than 512 KB without reading it', () => {
    expect(parseThingModel(' '.repeat(600 * 1024)).issues).toEqual([{ path: '', expected: 'a file of at most 512 KB', got: '600 KB', code: 6317 }])
  })

  it('accepts a file that begins with a byte order mark', () => {
    expect(parsed('\uFEFF{"properties":[]}').properties).toEqual([])
  })

  it('accepts numbers where the cloud writes text', () => {
    expect(typeOf({ type: 'int', specs: { min: -5, max: 5, step: 1 } })).toEqual({ type: 'int', min: -5, max: 5, step: 1 })
    expect(typeOf({ type: 'text', specs: { length: 20 } })).toEqual({ type: 'text', length: 20 })
    expect(typeOf({ type: 'array', specs: { size: 3, item: { type: 'int32' } } })).toEqual({ type: 'array', size: 3, item: { type: 'int' } })
  })

  it('keeps keys it does not know', () => {
    const model = parsed({
      properties: [{ identifier: 'P', name: 'P', custom: true, dataType: { type: 'int', specs: { min: '0', precision: 2 } } }],
      events: [{ identifier: 'E', std: 1 }],
      link: '/sys/x/',
    })
    expect(model.extra).toEqual({ link: '/sys/x/' })
    expect(model.properties[0]).toMatchObject({ extra: { custom: true }, dataType: { extra: { precision: 2 } } })
    expect(model.events[0]).toMatchObject({ extra: { std: 1 } })
  })

  it('treats empty bounds as missing', () => {
    expect(typeOf({ type: 'double', specs: { min: '', max: '', step: '', unit: '' } })).toEqual({ type: 'double', unit: '' })
  })

  it.each<[unknown, string]>([
    [{ type: 'int', specs: { min: 'low' } }, '6317 T.specs.min: expected a whole number, written as text, got text "low".'],
    [{ type: 'int', specs: { max: '1.5' } }, '6317 T.specs.max: expected a whole number, written as text, got text "1.5".'],
    [{ type: 'float', specs: { min: '1', max: '0' } }, '6317 T.specs.max: expected a number that is not below the minimum 1, got text "0".'],
    [{ type: 'double', specs: { step: '-1' } }, '6317 T.specs.step: expected a number that is not negative, got text "-1".'],
    [{ type: 'double', specs: { min: '1e999' } }, '6317 T.specs.min: expected a number, written as text, got text "1e999".'],
    [{ type: 'int', specs: [] }, '6323 T.specs: expected an object, got an empty list.'],
    [{ type: 'long', specs: { min: '9223372036854775808' } }, '6317 T.specs.min: expected a whole number of at most 64 bits, written as text, got text "9223372036854775808".'],
    [{ type: 'long', specs: { min: '2', max: '1' } }, '6317 T.specs.max: expected a number that is not below the minimum 2, got text "1".'],
    [{ type: 'bool', specs: { true: 'on' } }, '6317 T.specs.true: expected names for the values "0" and "1" only, got the key "true".'],
    [{ type: 'enum', specs: { eco: 'Eco' } }, '6317 T.specs.eco: expected a key that is a whole number of 32 bits, got the key "eco".'],
    [{ type: 'enum', specs: { 2147483648: 'x' } }, '6317 T.specs.2147483648: expected a key that is a whole number of 32 bits, got the key "2147483648".'],
    [{ type: 'enum', specs: { '1': 'a', '01': 'b' } }, '6317 T.specs.01: expected every value once, got a second key for the value 1.'],
    [{ type: 'text', specs: { length: '0' } }, '6317 T.specs.length: expected a whole number of at least 1, written as text, got text "0".'],
    [{ type: 'struct', specs: [] }, '6317 T.specs: expected a list of struct members, each with "identifier", "name" and "dataType", got an empty list.'],
    [{ type: 'struct', specs: { a: 1 } }, '6317 T.specs: expected a list of struct members, each with "identifier", "name" and "dataType", got an object.'],
    [{ type: 'struct', specs: [{ identifier: 'm', dataType: { type: 'struct', specs: [] } }] }, '6317 T.specs[0].dataType.type: expected a plain type: a struct holds neither structs nor arrays, got text "struct".'],
    [{ type: 'struct', specs: [{ identifier: 'm', dataType: { type: 'array', specs: {} } }] }, '6317 T.specs[0].dataType.type: expected a plain type: a struct holds neither structs nor arrays, got text "array".'],
    [{ type: 'array', specs: {} }, '6329 T.specs.item: expected an object with "type" and "specs", got nothing.'],
    [{ type: 'array', specs: [] }, '6329 T.specs: expected an object with "size" and "item", got an empty list.'],
    [{ type: 'array', specs: { size: 'many', item: { type: 'int' } } }, '6329 T.specs.size: expected a whole number of at least 1, written as text, got text "many".'],
    [{ type: 'array', specs: { size: '1', item: { type: 'array' } } }, '6325 T.specs.item.type: expected int, float, double, text or struct, got text "array".'],
    [{ type: 'array', specs: { size: '1', item: { type: 'date' } } }, '6325 T.specs.item.type: expected int, float, double, text or struct, got text "date".'],
    [{ type: 'decimal' }, '6314 T.type: expected int, float, double, long, bool, enum, text, date, struct or array, got text "decimal".'],
    ['INT', '6316 T: expected an object with "type" and "specs", got text "INT".'],
  ])('refuses the data type %j', (dataType, sentence) => {
    expect(issuesOfType(dataType)).toEqual([sentence])
  })

  it.each(['', 'a-b', 'a b', '温度', 'x'.repeat(51), '__proto__', 7, undefined])('refuses the identifier %j', (identifier) => {
    const { issues } = parseThingModel({ properties: [{ identifier, name: 'x', dataType: { type: 'date' } }] })
    expect(issues).toMatchObject([{ path: 'properties[0].identifier', expected: '1 to 50 letters, digits or underscores' }])
  })

  it.each(['set', 'get', 'post', 'property', 'event', 'time', 'value'])('refuses a property, an event and a service with the reserved name %s', (identifier) => {
    const { issues } = parseThingModel({
      properties: [{ identifier, dataType: { type: 'date' } }],
      events: [{ identifier, method: 'thing.event.own.post' }],
      services: [{ identifier, method: 'thing.service.own' }],
    })
    expect(issues?.map(issue => issue.path)).toEqual(['properties[0].identifier', 'events[0].identifier', 'services[0].identifier'])
  })

  it('refuses a duplicate identifier within a kind and names where the first one stands', () => {
    const twice = [{ identifier: 'A', dataType: { type: 'date' } }, { identifier: 'A', dataType: { type: 'date' } }]
    expect(parseThingModel({ properties: twice }).issues?.map(describeModelIssue)).toEqual([
      'properties[1].identifier: expected an identifier that is used once (properties[0] has the same), got text "A".',
    ])
    expect(parseThingModel({ events: [{ identifier: 'E', outputData: twice }] }).issues).toMatchObject([{ path: 'events[0].outputData[1].identifier' }])
    expect(parseThingModel({ properties: twice.slice(1), events: [{ identifier: 'A' }], services: [{ identifier: 'A' }] }).issues).toBeUndefined()
  })

  it('says what the cloud would refuse, and refuses it while the cloud\'s limits are applied', () => {
    const source = {
      properties: [
        { identifier: 'A', dataType: { type: 'text', specs: { length: '20000' } } },
        { identifier: 'B', dataType: { type: 'array', specs: { size: '600', item: { type: 'int' } } } },
        { identifier: 'C', dataType: { type: 'enum', specs: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [index, 'x'])) } },
      ],
    }
    expect(parseThingModel(source).notices).toEqual([
      'properties[0].dataType.specs.length: text "20000"; the cloud allows at most 10240 bytes.',
      'properties[1].dataType.specs.size: text "600"; the cloud allows at most 512 elements.',
      'properties[2].dataType.specs: 101 values; the cloud allows at most 100 values.',
    ])
    expect(parseThingModel(source, { applyLimits: true }).issues?.map(issue => issue.path)).toEqual([
      'properties[0].dataType.specs.length',
      'properties[1].dataType.specs.size',
      'properties[2].dataType.specs',
    ])
  })

  it('counts features, members, parameters and modules against the cloud\'s limits', () => {
    const dates = (count: number): unknown[] => Array.from({ length: count }, (_, index) => ({ identifier: `p${index}`, dataType: { type: 'date' } }))
    const paths = (source: unknown): string[] | undefined => parseThingModel(source, { applyLimits: true }).issues?.map(issue => issue.path)
    expect(paths({ properties: dates(301) })).toEqual(['properties, events and services'])
    expect(paths({ properties: [{ identifier: 'S', dataType: { type: 'struct', specs: dates(51) } }] })).toEqual(['properties[0].dataType.specs'])
    expect(paths({ services: [{ identifier: 'S', inputData: dates(101) }] })).toEqual(['services[0].inputData'])
    expect(paths({ properties: [], functionBlocks: Array.from({ length: 201 }, (_, index) => ({ functionBlockId: `b${index}` })) })).toEqual(['functionBlocks'])
  })

  it('says that a range beyond the type is cut to the type', () => {
    expect(parseThingModel({ properties: [{ identifier: 'A', dataType: { type: 'int', specs: { min: '0', max: '4294967295' } } }] }).notices).toEqual([
      'properties[0].dataType.specs: the range 0…4294967295 exceeds an int; values are held to -2147483648…2147483647.',
    ])
  })

  it('lists at most a hundred issues', () => {
    expect(parseThingModel({ properties: Array.from({ length: 500 }).fill(0) }).issues).toHaveLength(100)
  })

  it('gives either a model or issues for any value and any text', () => {
    fc.assert(fc.property(fc.oneof(fc.anything(), fc.string(), fc.json()), (source) => {
      const result = parseThingModel(source)
      return (result.model === undefined) !== (result.issues === undefined)
    }))
    const shaped = fc.record({ properties: fc.array(fc.record({ identifier: fc.string(), dataType: fc.record({ type: fc.constantFrom('int', 'enum', 'array', 'struct', 'text', 'bool', 'long'), specs: fc.jsonValue() }) })) })
    fc.assert(fc.property(shaped, (source) => {
      const result = parseThingModel(source)
      return (result.model === undefined) !== (result.issues === undefined)
    }))
  })
})
