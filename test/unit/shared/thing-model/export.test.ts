import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportThingModel } from '../../../../src/shared/thing-model/export.ts'
import { parseThingModel } from '../../../../src/shared/thing-model/parse.ts'
import { arbitraryModel } from './arbitrary-model.ts'

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/thing-models/${name}.tsl.json`, import.meta.url), 'utf8')
}

describe('exportThingModel', () => {
  it.each(['pump-station', 'pump-station.motor'])('writes %s back with the same members in the same order', (name) => {
    const text = fixture(name)
    const exported = exportThingModel(parseThingModel(text).model!)
    expect(JSON.stringify(JSON.parse(exported))).toBe(JSON.stringify(JSON.parse(text)))
  })

  it('regenerates the members a reduced file leaves out', () => {
    const document = JSON.parse(exportThingModel(parseThingModel(fixture('reduced')).model!, { productKey: 'a1NewKey001' }))
    expect(document.schema).toBe('https://iotx-tsl.oss-ap-southeast-1.aliyuncs.com/schema.json')
    expect(document.profile).toEqual({ productKey: 'a1NewKey001' })
    expect(document.services.map((service: { identifier: string, method: string }) => [service.identifier, service.method])).toEqual([
      ['set', 'thing.service.property.set'],
      ['get', 'thing.service.property.get'],
      ['Drain', 'thing.service.Drain'],
    ])
    expect(document.services[1].inputData).toEqual(['Level', 'Valve', 'Note'])
    expect(document.events.map((event: { identifier: string, method: string }) => [event.identifier, event.method])).toEqual([
      ['post', 'thing.event.property.post'],
      ['Overflow', 'thing.event.Overflow.post'],
    ])
    expect(document.properties[0].dataType).toEqual({ specs: { unit: 'cm', min: '0', max: '400' }, type: 'int' })
  })

  it('puts the module in front of event and service methods of a custom module', () => {
    const document = JSON.parse(exportThingModel(parseThingModel(fixture('pump-station.motor')).model!))
    expect(document.events[1].method).toBe('thing.event.motor:Stall.post')
    expect(document.services[2].method).toBe('thing.service.motor:Brake')
  })

  it('leaves only writable properties in the input of set', () => {
    const document = JSON.parse(exportThingModel(parseThingModel(fixture('pump-station')).model!))
    expect(document.services[0].inputData.map((input: { identifier: string }) => input.identifier)).toEqual(['PumpSwitch', 'RunMode', 'Label', 'Alarms'])
  })

  it('derives no members for a model without properties', () => {
    const document = JSON.parse(exportThingModel({ profile: {}, properties: [], events: [], services: [] }))
    expect([document.services, document.events]).toEqual([[], []])
  })

  it('is undone by parsing, for any model', () => {
    fc.assert(fc.property(arbitraryModel, (model) => {
      expect(parseThingModel(exportThingModel(model)).model).toEqual(model)
    }), { numRuns: 300 })
  })
})
