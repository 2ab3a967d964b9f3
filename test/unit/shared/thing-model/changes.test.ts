import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffModels } from '../../../../src/shared/thing-model/changes.ts'
import { parseThingModel } from '../../../../src/shared/thing-model/parse.ts'
import { arbitraryModel } from './arbitrary-model.ts'

function model(source: unknown): Parameters<typeof diffModels>[0][number] {
  return parseThingModel(source).model!
}

const date = { type: 'date' }
const int = (specs: Record<string, string>): unknown => ({ type: 'int', specs })

/** The details of what becomes of one property, as `path: from → to`, with `!` before what breaks. */
function changeOf(before: unknown, after: unknown): string[] {
  const [change] = diffModels([model({ properties: [{ identifier: 'P', accessMode: 'rw', dataType: before }] })], [model({ properties: [{ identifier: 'P', accessMode: 'rw', dataType: after }] })])
  return change?.details.map(({ path, from, to, isBreaking }) => `${isBreaking ? '!' : ''}${path}: ${from} → ${to}`) ?? []
}

describe('diffModels', () => {
  it('names what was added, removed and changed, by kind and module', () => {
    const before = model({
      properties: [{ identifier: 'A', dataType: date }, { identifier: 'B', dataType: int({ max: '5' }) }],
      events: [{ identifier: 'E' }],
      services: [{ identifier: 'S' }],
    })
    const after = model({
      properties: [{ identifier: 'B', dataType: int({ max: '9' }) }, { identifier: 'C', name: 'Sea', dataType: date }],
      events: [{ identifier: 'E', type: 'alert' }],
      services: [{ identifier: 'S' }, { identifier: 'A' }],
    })
    const pump = model({ functionBlockId: 'pump', functionBlockName: 'Pump', properties: [{ identifier: 'Flow', dataType: date }] })
    expect(diffModels([before], [after, pump]).map(({ change, kind, key, name, isBreaking }) => [change, kind, key, name, isBreaking])).toEqual([
      ['changed', 'property', 'B', 'B', false],
      ['added', 'property', 'C', 'Sea', false],
      ['changed', 'event', 'E', 'E', false],
      ['added', 'service', 'A', 'A', false],
      ['added', 'module', 'pump', 'Pump', false],
      ['added', 'property', 'pump:Flow', 'Flow', false],
      ['removed', 'property', 'A', 'A', true],
    ])
    expect(diffModels([after, pump], [after]).map(({ change, key }) => `${change} ${key}`)).toEqual(['removed pump', 'removed pump:Flow'])
  })

  it.each<[string, unknown, unknown, string[]]>([
    ['a wider range breaks nothing', int({ min: '0', max: '5' }), int({ min: '-1', max: '9' }), ['dataType.min: 0 → -1', 'dataType.max: 5 → 9']],
    ['a narrower one does', int({ min: '0', max: '5' }), int({ min: '1', max: '4' }), ['!dataType.min: 0 → 1', '!dataType.max: 5 → 4']],
    ['so does a bound that was not there', int({}), int({ max: '4' }), ['!dataType.max: null → 4']],
    ['a unit is only shown', int({ unit: '%' }), int({ unit: 'V' }), ['dataType.unit: % → V']],
    ['another type breaks, and its specs go without saying', int({ min: '0' }), { type: 'text', specs: { length: '8' } }, ['!dataType.type: int → text']],
    ['a shorter text breaks', { type: 'text', specs: { length: '8' } }, { type: 'text', specs: { length: '7' } }, ['!dataType.length: 8 → 7']],
    ['an enum may gain and rename values, not lose them', { type: 'enum', specs: { 0: 'a', 1: 'b' } }, { type: 'enum', specs: { 0: 'c', 2: 'd' } }, ['dataType.items.0: a → c', '!dataType.items.1: b → null', 'dataType.items.2: null → d']],
    ['a struct may gain members, not lose them', { type: 'struct', specs: [{ identifier: 'max', dataType: date }] }, { type: 'struct', specs: [{ identifier: 'min', dataType: int({ max: '4' }) }] }, ['!dataType.members[max]: date → null', 'dataType.members[min]: null → int']],
    ['a member may not change its type', { type: 'struct', specs: [{ identifier: 'x', dataType: date }] }, { type: 'struct', specs: [{ identifier: 'x', name: 'X', dataType: int({ max: '4' }) }] }, ['dataType.members[x].name: x → X', '!dataType.members[x].dataType.type: date → int']],
    ['an array may not shrink nor hold something else', { type: 'array', specs: { size: '4', item: { type: 'int' } } }, { type: 'array', specs: { size: '3', item: { type: 'text' } } }, ['!dataType.size: 4 → 3', '!dataType.item.type: int → text']],
  ])('%s', (_, before, after, expected) => {
    expect(changeOf(before, after)).toEqual(expected)
  })

  it('counts a new input, a changed call type and a property that can no longer be set as breaking', () => {
    const before = model({ properties: [{ identifier: 'P', accessMode: 'rw', dataType: date }], services: [{ identifier: 'S', callType: 'sync' }] })
    const after = model({ properties: [{ identifier: 'P', accessMode: 'r', dataType: date }], services: [{ identifier: 'S', callType: 'async', inputData: [{ identifier: 'I', dataType: date }], outputData: [{ identifier: 'O', dataType: date }] }] })
    expect(diffModels([before], [after]).flatMap(change => change.details)).toEqual([
      { path: 'accessMode', from: 'rw', to: 'r', isBreaking: true },
      { path: 'callType', from: 'sync', to: 'async', isBreaking: true },
      { path: 'inputData[I]', from: null, to: 'date', isBreaking: true },
      { path: 'outputData[O]', from: null, to: 'date', isBreaking: false },
    ])
  })

  it('finds no difference between a model and itself in another order', () => {
    fc.assert(fc.property(arbitraryModel, (any) => {
      const reversed = { ...any, properties: any.properties.toReversed(), events: any.events.toReversed() }
      expect(diffModels([any], [reversed])).toEqual([])
    }), { numRuns: 50 })
  })
})
