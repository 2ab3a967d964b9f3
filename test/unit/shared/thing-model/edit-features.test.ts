import type { FeatureLists } from '../../../../src/shared/thing-model/edit-features.ts'
import type { Property, ThingEvent, ThingModel } from '../../../../src/shared/thing-model/types.ts'
import { describe, expect, it } from 'vitest'
import { addFeatures, removeFeatures, replaceFeatures } from '../../../../src/shared/thing-model/edit-features.ts'
import { describeModelIssue } from '../../../../src/shared/thing-model/parse.ts'

function property(identifier: string, name = identifier): Property {
  return { identifier, name, accessMode: 'r', required: false, dataType: { type: 'date' } }
}

function event(identifier: string): ThingEvent {
  return { identifier, name: identifier, type: 'info', required: false, outputData: [] }
}

const model: ThingModel = { profile: {}, properties: [property('A'), property('B')], events: [event('E')], services: [] }

function lists(wish: Partial<FeatureLists>): FeatureLists {
  return { properties: [], events: [], services: [], ...wish }
}

function names(edited: ReturnType<typeof addFeatures>): string[] {
  if (edited.issues !== undefined)
    return edited.issues.map(describeModelIssue)
  const { properties, events, services } = edited.model
  return [...properties, ...events, ...services].map(({ identifier, name }) => `${identifier}:${name}`)
}

describe('a change to the features of a module', () => {
  it('adds behind the others; kinds do not disturb each other', () => {
    expect(names(addFeatures(model, lists({ properties: [property('E')], events: [event('A')] })))).toEqual(['A:A', 'B:B', 'E:E', 'E:E', 'A:A'])
    expect(names(addFeatures(model, lists({ properties: [property('C'), property('A')] })))).toEqual(['properties[1].identifier: expected an identifier that no property of the module has, got text "A".'])
  })

  it('replaces in place, by the same identifier or by the one that is named', () => {
    expect(names(replaceFeatures(model, lists({ properties: [property('A', 'new')] })))).toEqual(['A:new', 'B:B', 'E:E'])
    expect(names(replaceFeatures(model, lists({ properties: [property('C')] }), 'A'))).toEqual(['C:C', 'B:B', 'E:E'])
    expect(names(replaceFeatures(model, lists({ properties: [property('B')] }), 'A'))).toEqual(['properties[0].identifier: expected an identifier that no other property of the module has, got text "B".'])
    expect(names(replaceFeatures(model, lists({ events: [event('E')] }), 'A'))).toEqual(['events[0].identifier: expected the identifier of an event that the module has, got text "A".'])
    expect(model.properties.map(({ name }) => name)).toEqual(['A', 'B'])
  })

  it('takes out what is named, and nothing when a name is wrong', () => {
    expect(names(removeFeatures(model, { properties: ['A'], events: ['E'], services: [] }))).toEqual(['B:B'])
    expect(names(removeFeatures(model, { properties: ['A', 'X'], events: [], services: [] }))).toEqual(['properties: expected the identifier of a property that the module has, got text "X".'])
  })
})
