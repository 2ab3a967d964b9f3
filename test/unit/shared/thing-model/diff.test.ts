import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffThingModels } from '../../../../src/shared/thing-model/diff.ts'
import { parseThingModel } from '../../../../src/shared/thing-model/parse.ts'
import { arbitraryModel } from './arbitrary-model.ts'

function model(source: unknown): Parameters<typeof diffThingModels>[0] {
  return parseThingModel(source).model!
}

const date = { type: 'date' }

describe('diffThingModels', () => {
  it('names what was added, removed and changed, by kind', () => {
    const before = model({
      properties: [{ identifier: 'A', dataType: date }, { identifier: 'B', dataType: { type: 'int', specs: { max: '5' } } }],
      events: [{ identifier: 'E' }],
      services: [{ identifier: 'S' }],
    })
    const after = model({
      properties: [{ identifier: 'B', dataType: { type: 'int', specs: { max: '9' } } }, { identifier: 'C', dataType: date }],
      events: [{ identifier: 'E', type: 'alert' }],
      services: [{ identifier: 'S' }, { identifier: 'A' }],
    })
    expect(diffThingModels(before, after)).toEqual({
      added: [{ kind: 'property', identifier: 'C' }, { kind: 'service', identifier: 'A' }],
      removed: [{ kind: 'property', identifier: 'A' }],
      changed: [{ kind: 'property', identifier: 'B' }, { kind: 'event', identifier: 'E' }],
    })
  })

  it('finds no difference between a model and itself in another order', () => {
    fc.assert(fc.property(arbitraryModel, (any) => {
      const reversed = { ...any, properties: any.properties.toReversed(), events: any.events.toReversed() }
      expect(diffThingModels(any, reversed)).toEqual({ added: [], removed: [], changed: [] })
    }), { numRuns: 50 })
  })
})
