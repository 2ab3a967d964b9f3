import type { Feature } from '../../../../../src/shared/thing-model/parse-feature.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blankFeature, blankParameter, blankType, checkForm, formOf } from '../../../../../src/ui/features/products/model-editor/feature-form.ts'
import { expectationOf } from '../../../../../src/ui/features/products/model-editor/issue-words.ts'
import { arbitraryModel } from '../../../shared/thing-model/arbitrary-model.ts'

const none: ReadonlySet<string> = new Set()

/** What editing does to a feature besides: blanks around texts go, and an empty description or unit is none. */
function tidy(value: unknown): unknown {
  if (typeof value === 'string')
    return value.trim()
  if (Array.isArray(value))
    return value.map(tidy)
  if (typeof value !== 'object' || value === null)
    return value
  return Object.fromEntries(Object.entries(value).filter(([key, member]) => !(['desc', 'unit', 'unitName'].includes(key) && typeof member === 'string' && member.trim() === '')).map(([key, member]) => [key, key === 'extra' ? member : tidy(member)]))
}

function withNames(feature: Feature): unknown {
  const named = JSON.parse(JSON.stringify(feature), (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'identifier' in value && 'name' in value && String(value.name).trim() === '')
      return { ...value, name: value.identifier }
    if (typeof value === 'object' && value !== null && 'value' in value && 'name' in value && value.name === '')
      return { ...value, name: String(value.value) }
    return value
  }) as unknown
  return tidy(named)
}

describe('checkForm', () => {
  it('gives back every feature that the panel was opened with, of any type', () => {
    fc.assert(fc.property(arbitraryModel, (model) => {
      for (const [kind, features] of [['property', model.properties], ['event', model.events], ['service', model.services]] as const) {
        for (const feature of features) {
          const { feature: edited, issues } = checkForm(kind, formOf(feature), none, false)
          expect([...issues.values()]).toEqual([])
          expect(withNames(edited!)).toEqual(withNames(feature))
        }
      }
    }), { numRuns: 60 })
  })

  it('names the field that is wrong by its place', () => {
    const form = { ...blankFeature(), identifier: 'a b', type: { ...blankType('int'), min: 'low', max: '5' } }
    expect([...checkForm('property', form, none, false).issues.keys()]).toEqual(['identifier', 'dataType.specs.min'])
    expect([...checkForm('property', { ...form, identifier: 'A', type: { ...form.type, min: '9' } }, new Set(['A']), false).issues.keys()]).toEqual(['dataType.specs.max', 'identifier'])
  })

  it('finds a value that an enum names twice, also deep inside', () => {
    const twice = { ...blankType('enum'), items: [{ value: '1', name: 'a' }, { value: '1', name: 'b' }] }
    const member = { ...blankParameter(), identifier: 'M', type: twice }
    const form = { ...blankFeature(), identifier: 'P' }
    expect([...checkForm('property', { ...form, type: twice }, none, false).issues.keys()]).toEqual(['dataType.specs.1'])
    expect([...checkForm('property', { ...form, type: { ...blankType('array'), item: { ...blankType('struct', false), members: [member] } } }, none, false).issues.keys()]).toEqual(['dataType.specs.item.specs[0].dataType.specs.1'])
    expect([...checkForm('service', { ...form, inputData: [member] }, none, false).issues.keys()]).toEqual(['inputData[0].dataType.specs.1'])
  })

  it('tells what the cloud would refuse, and refuses it while its limits are applied', () => {
    const form = { ...blankFeature(), identifier: 'P', type: { ...blankType('text'), length: '20000' } }
    expect(checkForm('property', form, none, false)).toMatchObject({ notices: ['dataType.specs.length: text "20000"; the cloud allows at most 10240 bytes.'] })
    expect([...checkForm('property', form, none, true).issues.keys()]).toEqual(['dataType.specs.length'])
  })
})

describe('expectationOf', () => {
  it('says what is expected in both languages', () => {
    const issues = [
      ...checkForm('property', { ...blankFeature(), identifier: 'time', type: { ...blankType('int'), min: 'x', max: '1.5', step: '-1' } }, none, false).issues.values(),
      ...checkForm('property', { ...blankFeature(), identifier: 'A', type: { ...blankType('struct') } }, new Set(['A']), false).issues.values(),
      ...checkForm('property', { ...blankFeature(), identifier: '温度', type: { ...blankType('array'), size: '0' } }, none, false).issues.values(),
      ...checkForm('property', { ...blankFeature(), identifier: 'A', type: { ...blankType('enum'), items: [{ value: 'a', name: '' }, { value: '2', name: '' }, { value: '2', name: '' }] } }, none, false).issues.values(),
      ...checkForm('property', { ...blankFeature(), identifier: 'A', type: { ...blankType('long'), min: 'a', max: '1' } }, none, false).issues.values(),
      ...checkForm('property', { ...blankFeature(), identifier: 'A', type: { ...blankType('array'), size: '600' } }, none, true).issues.values(),
    ]
    for (const issue of issues)
      expect(expectationOf(issue, 'zh')).toMatch(/[\u4E00-\u9FFF]/)
    expect(issues.map(issue => expectationOf(issue, 'en'))).toMatchInlineSnapshot(`
      [
        "an identifier that is not one of the platform's own words (set, get, post, property, event, time, value)",
        "a whole number",
        "a whole number",
        "a number that is not negative",
        "a list of struct members, each with "identifier", "name" and "dataType"",
        "an identifier that is used once",
        "1 to 50 letters, digits or underscores",
        "a whole number of at least 1",
        "a key that is a whole number of 32 bits",
        "every value once",
        "a whole number of at most 64 bits",
        "at most 512 elements",
      ]
    `)
  })
})
