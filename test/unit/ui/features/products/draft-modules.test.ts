import type { Property } from '../../../../../src/shared/thing-model/types.ts'
import { expect, it } from 'vitest'
import { duplicateFeature, emptyModule, featuresOf, putFeature, putModule, removeFeature, removeModule, replaceModule } from '../../../../../src/ui/features/products/model-editor/draft-modules.ts'

const property = (identifier: string): Property => ({ identifier, name: identifier, accessMode: 'rw', required: false, dataType: { type: 'date' } })
const names = (modules: readonly Parameters<typeof featuresOf>[0][], at = 0): string[] => featuresOf(modules[at]!, 'property').map(one => one.identifier)

it('adds, replaces in place, copies beside and removes, and leaves the list it came from as it was', () => {
  const start = [{ ...emptyModule, properties: [property('A'), property('B')] }]
  const renamed = putFeature(start, '', 'property', property('C'), 'A')
  expect(names(renamed)).toEqual(['C', 'B'])
  expect(names(putFeature(renamed, '', 'property', property('D'), null))).toEqual(['C', 'B', 'D'])
  const copied = duplicateFeature(renamed, '', 'property', 'C')
  expect([names(copied.modules), copied.identifier]).toEqual([['C', 'C_2', 'B'], 'C_2'])
  expect(duplicateFeature(copied.modules, '', 'property', 'C_2').identifier).toBe('C_3')
  expect(names(removeFeature(renamed, '', 'property', 'C'))).toEqual(['B'])
  expect(names(start)).toEqual(['A', 'B'])
})

it('keeps custom modules by id after the default one', () => {
  const two = putModule(putModule([emptyModule], 'b', 'Bee'), 'a', 'Ay')
  expect(two.map(module => module.functionBlockName)).toEqual([undefined, 'Ay', 'Bee'])
  expect(putModule(two, 'b', 'Bumble').map(module => module.functionBlockName)).toEqual([undefined, 'Ay', 'Bumble'])
  const filled = putFeature(two, 'a', 'property', property('A'), null)
  expect([names(filled), names(filled, 1), names(filled, 2)]).toEqual([[], ['A'], []])
  expect(removeModule(filled, 'a').map(module => module.functionBlockId)).toEqual([undefined, 'b'])
  expect(replaceModule(filled, 'a', { ...emptyModule, functionBlockId: 'c' }).map(module => module.functionBlockId)).toEqual([undefined, 'b', 'c'])
})
