import type { ThingModel } from '../../../../src/shared/thing-model/types.ts'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeModelIssue, parseThingModel } from '../../../../src/shared/thing-model/parse.ts'
import { readThingModelJson } from '../../../../src/shared/thing-model/read-thing-model-json.ts'
import { writeThingModelJson } from '../../../../src/shared/thing-model/thing-model-json.ts'
import { arbitraryModel } from './arbitrary-model.ts'

function fixture(name: string): ThingModel {
  return parseThingModel(readFileSync(new URL(`../../../fixtures/thing-models/${name}.tsl.json`, import.meta.url), 'utf8')).model!
}

/** What the form can say of a model. */
function core({ properties, events, services, functionBlockId }: ThingModel): object {
  return { properties, events, services, functionBlockId }
}

function complaints(source: unknown): string[] {
  return (readThingModelJson(typeof source === 'string' ? source : JSON.stringify(source)).issues ?? []).map(describeModelIssue)
}

const property = { identifier: 'Level', name: 'Level', productKey: 'a1', custom: true, required: false, rwFlag: 'READ_ONLY', dataType: 'INT', dataSpecs: { dataType: 'INT', custom: true, min: '0', max: '100', step: '1', unit: '%' } }

describe('ThingModelJson', () => {
  it.each(['pump-station', 'pump-station.motor', 'reduced'])('tells %s without losing anything', (name) => {
    const model = fixture(name)
    expect(core(readThingModelJson(writeThingModelJson(model, { productKey: 'a1PumpFix01' })).model!)).toEqual(core(model))
  })

  it('tells any model without losing anything', () => {
    fc.assert(fc.property(arbitraryModel, (model) => {
      expect(core(readThingModelJson(writeThingModelJson(model, { productKey: 'a1Any' })).model!)).toEqual(core(model))
    }))
  })

  it('writes each type in the form that the cloud\'s manual describes, keys in alphabetical order', () => {
    const written = JSON.parse(writeThingModelJson(fixture('pump-station'), { productKey: 'a1Pump', version: { version: '1.0', description: 'first' } })) as Record<string, never[]>
    expect(Object.keys(written)).toEqual(['_ppk', 'events', 'functionBlocks', 'productKey', 'properties', 'services'])
    const shown = Object.fromEntries((written.properties as unknown as { identifier: string }[]).map(({ identifier, ...rest }) => [identifier, rest]))
    expect(shown.Pressure).toEqual({ custom: true, dataSpecs: { custom: true, dataType: 'FLOAT', max: '2.5', min: '0', step: '0.01', unit: 'MPa', unitName: '兆帕' }, dataType: 'FLOAT', description: '出口管道压力', name: '出口压力', productKey: 'a1Pump', required: true, rwFlag: 'READ_ONLY' })
    expect(shown.PumpSwitch).toMatchObject({ dataType: 'BOOL', rwFlag: 'READ_WRITE', dataSpecsList: [{ dataType: 'BOOL', name: '停止', value: 0 }, { dataType: 'BOOL', name: '运行', value: 1 }] })
    expect(shown.Label).toMatchObject({ dataType: 'TEXT', dataSpecs: { length: 12 } })
    expect(shown.Position).toMatchObject({ dataType: 'STRUCT', dataSpecsList: [{ childDataType: 'DOUBLE', childName: '纬度', dataType: 'STRUCT', identifier: 'Latitude', dataSpecs: { dataType: 'DOUBLE', min: '-90' } }, {}] })
    expect(shown.Alarms).toMatchObject({ dataType: 'ARRAY', dataSpecs: { dataType: 'ARRAY', size: 4, childDataType: 'STRUCT', dataSpecsList: [{ identifier: 'Level', childDataType: 'INT' }, {}] } })
    expect(written.services).toMatchObject([{ identifier: 'Flush', serviceName: '冲洗', callType: 'SYNC', inputParams: [{ identifier: 'Seconds', direction: 'PARAM_INPUT', paraOrder: 0, dataType: 'INT' }], outputParams: [{ direction: 'PARAM_OUTPUT' }] }])
  })

  it('reads the event of the cloud\'s manual, whose outputData is written with a capital and numbered once more', () => {
    const event = { productKey: 'a1', name: 'Alert', identifier: 'alarmEvent', eventName: 'Alert event', eventType: 'ALERT_EVENT_TYPE', custom: true, outputData: [{ paraOrder: 0, direction: 'PARAM_OUTPUT', dataSpecsList: [{ dataType: 'ENUM', name: 'on', value: 0 }, { dataType: 'ENUM', name: 'off', value: 1 }], dataType: 'ENUM', identifier: 'alarmType', name: 'Alert type', index: 0, custom: true }], outputParams: [{ index: 0, identifier: 'alarmType' }] }
    expect(readThingModelJson(JSON.stringify({ events: [event] })).model!.events).toEqual([{ identifier: 'alarmEvent', name: 'Alert event', type: 'alert', required: false, outputData: [{ identifier: 'alarmType', name: 'Alert type', dataType: { type: 'enum', items: [{ value: 0, name: 'on' }, { value: 1, name: 'off' }] } }] }])
  })

  it('keeps what the extended configuration says', () => {
    expect(readThingModelJson(JSON.stringify({ properties: [{ ...property, extendConfig: '{"a":1}' }] })).model!.properties[0]!.extra).toEqual({ extendConfig: '{"a":1}' })
  })

  it('says where a fault is, in the names of this form, what was expected and what came', () => {
    const member = { identifier: 'x', childName: 'X', childDataType: 'ARRAY', dataType: 'STRUCT' }
    expect(complaints({ properties: [
      { ...property, rwFlag: 'r' },
      { ...property, dataType: 'int' },
      { ...property, dataType: 'BOOL', dataSpecsList: [{ name: 'a', value: 'x' }] },
      { ...property, dataType: 'STRUCT', dataSpecsList: [member] },
      { ...property, dataType: 'ARRAY', dataSpecs: { size: 3, childDataType: 'BOOL', dataSpecsList: [] } },
    ] })).toEqual([
      'properties[0].rwFlag: expected one of READ_ONLY, READ_WRITE, WRITE_ONLY, got text "r".',
      'properties[1].dataType: expected one of INT, FLOAT, DOUBLE, ENUM, BOOL, TEXT, DATE, STRUCT, ARRAY, got text "int".',
      'properties[2].dataSpecsList[0].value: expected a whole number, got text "x".',
      'properties[3].dataSpecsList[0].childDataType: expected one of INT, FLOAT, DOUBLE, ENUM, BOOL, TEXT, DATE, got text "ARRAY".',
      'properties[4].dataSpecs.childDataType: expected one of INT, FLOAT, DOUBLE, TEXT, STRUCT, got text "BOOL".',
    ])
    expect(complaints({ properties: [
      { ...property, dataSpecs: { min: '9', max: '1' } },
      { ...property, identifier: 'S', dataType: 'STRUCT', dataSpecsList: [{ ...member, childDataType: 'INT', dataSpecs: { min: 'x' } }] },
      { ...property, identifier: 'A', dataType: 'ARRAY', dataSpecs: { size: 0, childDataType: 'STRUCT', dataSpecsList: [] } },
    ], services: [{ identifier: 'set', serviceName: 'Set', callType: 'SYNC', inputParams: [{ identifier: 'n', name: 'n', dataType: 'TEXT', dataSpecs: { length: 0 } }] }] })).toEqual([
      'properties[0].dataSpecs.max: expected a number that is not below the minimum 9, got text "1".',
      'properties[1].dataSpecsList[0].dataSpecs.min: expected a whole number, written as text, got text "x".',
      'properties[2].dataSpecs.size: expected a whole number of at least 1, written as text, got number 0.',
      'properties[2].dataSpecs.dataSpecsList: expected a list of struct members, each with "identifier", "name" and "dataType", got an empty list.',
      'services[0].identifier: expected an identifier that is not one of the platform\'s own words (set, get, post, property, event, time, value), got text "set".',
      'services[0].inputParams[0].dataSpecs.length: expected a whole number of at least 1, written as text, got number 0.',
    ])
    expect(complaints('{"properties":[}')).toEqual([expect.stringMatching(/^line 1, column 16: expected/)])
    expect(complaints('[]')).toEqual(['The file: expected an object with "properties", "services" and "events", got an empty list.'])
  })

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, b, c) => {
      expect(() => readThingModelJson(JSON.stringify({ properties: [a, { ...property, dataType: 'STRUCT', dataSpecsList: [b] }], services: b, events: [{ outputdata: c }] }))).not.toThrow()
      expect(() => readThingModelJson(JSON.stringify(c))).not.toThrow()
    }))
  })
})
