import type { DataType, ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { suggestBehaviours } from '../../../../../src/engine/fleet/behaviour/suggest.ts'
import { behaviourSchema } from '../../../../../src/shared/contract/fleet.ts'
import { parseThingModel } from '../../../../../src/shared/thing-model/parse.ts'
import { anyDataType } from './data-types.ts'

function suggest(identifier: string, dataType: DataType, name = identifier): unknown {
  const model: ThingModel = { profile: {}, properties: [{ identifier, name, accessMode: 'r', required: false, dataType }], events: [], services: [] }
  return suggestBehaviours(model)[identifier]
}

describe('suggested behaviours', () => {
  it('are valid for any type', () => {
    fc.assert(fc.property(anyDataType, fc.constantFrom('x', 'temperature', 'Count', 'voltage'), (type, identifier) => {
      expect(behaviourSchema.safeParse(suggest(identifier, type)).error).toBeUndefined()
    }), { numRuns: 2_000 })
  })

  it('let an unknown number walk inside the middle half of its range, in steps that fit it', () => {
    expect(suggest('level', { type: 'int', min: 0, max: 100, step: 1 })).toEqual({ kind: 'walk', min: 25, max: 75, step: 1 })
    expect(suggest('flow', { type: 'double', min: 0, max: 4, step: 0.01 })).toEqual({ kind: 'walk', min: 1, max: 3, step: 0.04 })
    expect(suggest('x', { type: 'double' })).toEqual({ kind: 'walk', min: 25, max: 75, step: 1 })
  })

  it('find known quantities by name and unit, in either language, where the range allows them', () => {
    expect(suggest('CurrentTemperature', { type: 'float', min: -40, max: 120, step: 0.1, unit: '°C' })).toEqual({ kind: 'walk', min: 18, max: 28, step: 0.2 })
    expect(suggest('t1', { type: 'float', min: -40, max: 120, step: 0.1, unit: '℃' }, '当前温度')).toEqual({ kind: 'walk', min: 18, max: 28, step: 0.2 })
    expect(suggest('colorTemperature', { type: 'int', min: 2700, max: 6500, step: 100, unit: 'K' })).toMatchObject({ min: 3700, max: 5600 })
    expect(suggest('freezerTemperature', { type: 'float', min: -30, max: 0, step: 0.1, unit: '°C' })).toMatchObject({ min: -22.5, max: -7.5 })
    expect(suggest('longitude', { type: 'double', min: -180, max: 180 })).toMatchObject({ min: 121.42, max: 121.52 })
  })

  it('let batteries drain and temperatures out of doors follow the day, where unit and range leave no doubt', () => {
    const percent: DataType = { type: 'int', min: 0, max: 100, step: 1, unit: '%' }
    const celsius: DataType = { type: 'float', min: -40, max: 85, step: 0.1, unit: '°C' }
    expect(suggest('battery', percent)).toMatchObject({ kind: 'drain' })
    expect(suggest('p1', percent, '电池电量')).toMatchObject({ kind: 'drain' })
    expect(suggest('batteryVoltage', { ...percent, unit: 'V' })).toMatchObject({ kind: 'walk' })
    expect(suggest('outdoorTemperature', celsius)).toMatchObject({ kind: 'daily' })
    expect(suggest('outdoorTemperature', { ...celsius, min: 0 })).toMatchObject({ kind: 'walk' })
    expect(suggest('lowBatteryLimit', percent)).toMatchObject({ kind: 'constant' })
  })

  it('let counters climb', () => {
    expect(suggest('Counter', { type: 'int', min: 0, max: 99_999, step: 1 })).toEqual({ kind: 'ramp', min: 0, max: 99_999, periodSec: 86_400 })
  })

  it('leave set points alone', () => {
    const type: DataType = { type: 'float', min: -40, max: 120, step: 0.5, unit: '°C' }
    expect(suggest('targetTemperature', type)).toEqual({ kind: 'constant', value: 23 })
    expect(suggest('lowLimit', type, 'Lowest temperature allowed')).toEqual({ kind: 'constant', value: 18 })
    expect(suggest('t2', type, '温度上限')).toEqual({ kind: 'constant', value: 28 })
  })

  it('change bool and enum once a minute, hold text, draw the rest', () => {
    expect(suggest('on', { type: 'bool', labels: { 0: 'off', 1: 'on' } })).toEqual({ kind: 'cycle', values: [0, 1], holdSec: 60 })
    expect(suggest('mode', { type: 'enum', items: [{ value: 2, name: 'a' }, { value: 4, name: 'b' }] })).toEqual({ kind: 'cycle', values: [2, 4], holdSec: 60 })
    expect(suggest('lampName', { type: 'text', length: 4 })).toEqual({ kind: 'constant', value: 'lamp' })
    expect(suggest('at', { type: 'date' })).toEqual({ kind: 'random' })
    expect(suggest('list', { type: 'array', item: { type: 'int' } })).toEqual({ kind: 'random' })
  })

  it('stand still where the range is a single value', () => {
    expect(suggest('fixed', { type: 'int', min: 3, max: 3 })).toEqual({ kind: 'constant', value: 3 })
  })

  it('exist for every property of the sample products', () => {
    const folder = new URL('../../../../../resources/products/', import.meta.url)
    for (const file of readdirSync(folder)) {
      const { model } = parseThingModel(readFileSync(new URL(file, folder), 'utf8'))
      expect(Object.keys(suggestBehaviours(model!))).toEqual(model!.properties.map(property => property.identifier))
    }
  })
})
