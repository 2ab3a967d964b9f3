import { expect, it } from 'vitest'
import { actionWords } from '../../../../src/shared/scenario/actions.ts'
import { publishedScenarioSchema } from '../../../../src/shared/scenario/published-schema.ts'

it('is JSON that describes every key and every action, before defaults are filled in', () => {
  const schema = JSON.parse(publishedScenarioSchema()) as { required: string[], properties: Record<string, { items?: { anyOf: { required: string[], additionalProperties: boolean }[] } }> }
  expect(schema.required).toEqual(['scenario', 'duration', 'products', 'groups'])
  expect(Object.keys(schema.properties)).toEqual(['scenario', 'about', 'seed', 'duration', 'platform', 'products', 'groups', 'timeline', 'expect'])
  const actions = schema.properties.timeline!.items!.anyOf
  expect(actions.map(({ required }) => required[1])).toEqual(actionWords)
  expect(actions.every(({ required, additionalProperties }) => required[0] === 'at' && !additionalProperties)).toBe(true)
})
