import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportThingModel } from '../../../../src/shared/thing-model/export.ts'
import { parseDocuments } from '../../../../src/shared/thing-model/parse-documents.ts'
import { parseFeature } from '../../../../src/shared/thing-model/parse-feature.ts'
import { describeModelIssue } from '../../../../src/shared/thing-model/parse.ts'
import { arbitraryModel } from './arbitrary-model.ts'

const date = { type: 'date' }
const main = JSON.stringify({ properties: [] })
const pump = { functionBlockId: 'pump', functionBlockName: 'Pump', properties: [{ identifier: 'Flow', dataType: date }] }
const sentences = (texts: readonly string[], applyLimits = false): string[] | undefined => parseDocuments(texts, { applyLimits }).issues?.map(describeModelIssue)

describe('parseDocuments', () => {
  it('reads the default module and the custom ones, the default one first', () => {
    const { documents } = parseDocuments([JSON.stringify({ ...pump, functionBlockId: 'b' }), JSON.stringify({ ...pump, functionBlockId: 'a' }), main])
    expect(documents?.map(document => document.functionBlockId)).toEqual([undefined, 'a', 'b'])
  })

  it('names the module beside the place of what is wrong', () => {
    const broken = JSON.stringify({ ...pump, properties: [{ identifier: 'Flow', dataType: { type: 'decimal' } }] })
    expect(sentences([main, broken, '{'])).toEqual([
      'module pump, properties[0].dataType.type: expected int, float, double, long, bool, enum, text, date, struct or array, got text "decimal".',
      'module no. 3, line 1, column 2: expected a key in double quotes or "}", got the end of the file.',
    ])
  })

  it('refuses two default modules, two modules with one id, and nothing at all', () => {
    expect(sentences([main, main])).toEqual(['functionBlockId: expected one default module, got a second document without "functionBlockId".'])
    expect(sentences([main, JSON.stringify(pump), JSON.stringify(pump)])).toEqual(['functionBlockId: expected a module id that is used once, got text "pump".'])
    expect(sentences([])).toEqual(['The file: expected at least one document, got none.'])
  })

  it('counts modules and parameters of the whole product against the cloud\'s limits', () => {
    const modules = Array.from({ length: 201 }, (_, index) => JSON.stringify({ ...pump, functionBlockId: `m${index}` }))
    expect(sentences(modules, true)).toEqual(['functionBlockId: expected at most 200 modules, got 201 modules.'])
    const outputs = (id: string): string => JSON.stringify({ ...pump, functionBlockId: id, events: [1, 2].map(each => ({ identifier: `E${each}`, outputData: Array.from({ length: 100 }, (_, index) => ({ identifier: `p${index}`, dataType: date })) })) })
    expect(sentences([outputs('a'), outputs('b')], true)).toEqual(['events and services: expected at most 300 parameters of a product together, got 400 parameters.'])
    expect(parseDocuments([outputs('a'), outputs('b')]).notices).toHaveLength(1)
  })

  it('refuses documents that are too large together', () => {
    expect(sentences(Array.from({ length: 9 }, () => ' '.repeat(500 * 1024)))).toEqual(['The file: expected documents of at most 4096 KB together, got 4500 KB.'])
  })

  it('gives models or issues for any texts', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.json(), fc.string(), arbitraryModel.map(model => exportThingModel(model))), { maxLength: 3 }), (texts) => {
      const parsed = parseDocuments(texts)
      return (parsed.documents === undefined) !== (parsed.issues === undefined)
    }), { numRuns: 60 })
  })
})

describe('parseFeature', () => {
  const property = { identifier: 'P', name: 'P', accessMode: 'rw', dataType: { type: 'int', specs: { min: '0', max: '9' } } }

  it('reads a property, an event and a service by themselves', () => {
    expect(parseFeature('property', property, new Set()).feature).toMatchObject({ identifier: 'P', dataType: { type: 'int', min: 0, max: 9 } })
    expect(parseFeature('event', { identifier: 'E', type: 'alert' }, new Set()).feature).toMatchObject({ identifier: 'E', type: 'alert' })
    expect(parseFeature('service', { identifier: 'S', callType: 'sync' }, new Set()).feature).toMatchObject({ identifier: 'S', callType: 'sync' })
  })

  it('names the field that is wrong, as it is called inside the feature', () => {
    expect(parseFeature('property', { ...property, dataType: { type: 'int', specs: { min: '9', max: '0' } } }, new Set()).issues).toMatchObject([{ path: 'dataType.specs.max', code: 6317 }])
    expect(parseFeature('service', { identifier: 'S', inputData: [{ identifier: 'a b', dataType: { type: 'date' } }] }, new Set()).issues).toMatchObject([{ path: 'inputData[0].identifier' }])
  })

  it('refuses an identifier that its kind has already, and one that the platform keeps for itself', () => {
    expect(parseFeature('property', property, new Set(['P'])).issues).toMatchObject([{ path: 'identifier', expected: 'an identifier that is used once' }])
    expect(parseFeature('event', { identifier: 'post' }, new Set()).issues).toMatchObject([{ path: 'identifier' }])
    expect(parseFeature('service', { identifier: 'get' }, new Set()).issues).toMatchObject([{ path: 'identifier' }])
    expect(parseFeature('property', { ...property, identifier: 'time' }, new Set()).issues).toMatchObject([{ path: 'identifier' }])
  })
})
