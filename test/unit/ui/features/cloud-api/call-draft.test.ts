import type { ActionParameter } from '../../../../../src/shared/contract/openapi.ts'
import { describe, expect, it } from 'vitest'
import { offerOf, problemsOf, productKeyFor, rowsOf, strangersOf, toParameters, withoutRow, withRow, withValue } from '../../../../../src/ui/features/cloud-api/call-draft.ts'

const parameter = (name: string, rest: Partial<ActionParameter> = {}): ActionParameter => ({ name, kind: 'text', about: '', isRequired: false, ...rest })
const tags = parameter('Tag', { kind: 'objects', fields: [parameter('TagKey', { isRequired: true }), parameter('TagValue')] })

describe('the draft of a call', () => {
  it('gains rows, and closes the gap where one is taken out', () => {
    let draft = withValue({}, 'ProductKey', 'a1')
    for (const name of ['first', 'second', 'third']) {
      draft = withRow(draft, tags)
      draft = withValue(draft, `${rowsOf(draft, 'Tag').at(-1)}.TagKey`, name)
    }
    expect(toParameters(withoutRow(draft, 'Tag', 'Tag.2'))).toEqual({ 'ProductKey': 'a1', 'Tag.1.TagKey': 'first', 'Tag.2.TagKey': 'third' })
  })

  it('keeps the order of ten rows and more', () => {
    const draft = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`DeviceName.${12 - at}`, `d${12 - at}`]))
    expect(rowsOf(draft, 'DeviceName').map(row => draft[row])).toEqual(Array.from({ length: 12 }, (_, at) => `d${at + 1}`))
  })

  it('keeps the row of an emptied value, and sends nothing that is empty', () => {
    const draft = withValue(withValue(withRow({}, parameter('DeviceName', { kind: 'texts' })), 'Desc', 'x'), 'Desc', '')
    expect(draft).toEqual({ 'DeviceName.1': '' })
    expect(toParameters(draft)).toEqual({})
  })

  it('does not take a parameter for the row of another one whose name it begins with', () => {
    expect(rowsOf({ 'Tags.1': 'a', 'Tag.x': 'b', 'Tag.01': 'c' }, 'Tag')).toEqual([])
  })

  it('names what the action does not know', () => {
    expect(strangersOf({ 'ProductKey': 'a', 'Tag.1.TagKey': 'b', 'Foo': 'c', 'Bar.1': 'd' }, [parameter('ProductKey'), tags])).toEqual(['Foo', 'Bar.1'])
  })
})

describe('a draft', () => {
  it('is told what is missing and what does not fit', () => {
    const parameters = [
      parameter('ProductKey', { isRequired: true }),
      parameter('PageSize', { kind: 'integer', min: 1, max: 200 }),
      parameter('Asc', { kind: 'integer', oneOf: ['0', '1'] }),
      parameter('Simple', { kind: 'boolean' }),
      parameter('Nickname', { max: 3 }),
      parameter('Items', { kind: 'json' }),
      tags,
    ]
    const problems = problemsOf(parameters, { 'PageSize': '201', 'Asc': '2', 'Simple': 'yes', 'Nickname': 'long', 'Items': '{\n"a": }', 'Tag.1.TagValue': 'x', 'Tag.2.TagValue': '' })
    expect([...problems].map(([name, { rule }]) => `${name} ${rule}`)).toEqual(['ProductKey missing', 'PageSize number', 'Asc oneOf', 'Simple boolean', 'Nickname length', 'Items json', 'Tag.1.TagKey missing'])
    expect(problems.get('Items')).toMatchObject({ line: 2, column: 6 })
  })

  it('is fine when everything fits', () => {
    const parameters = [parameter('A', { kind: 'integer' }), parameter('B', { kind: 'boolean' }), parameter('C', { kind: 'json' }), tags]
    expect(problemsOf(parameters, { 'A': '-3', 'B': 'TRUE', 'C': '{}', 'Tag.1.TagKey': 'x' })).toEqual(new Map())
  })

  it.each([['1.5', 'integer'], ['1e3', 'integer'], ['99999999999999999', 'integer']])('is told that %s is no whole number', (value, rule) => {
    expect(problemsOf([parameter('A', { kind: 'integer' })], { A: value }).get('A')).toEqual({ rule })
  })

  it.each(['[]', '"text"', '1', 'null'])('is told that %s is JSON but no object', (value) => {
    expect(problemsOf([parameter('A', { kind: 'json' })], { A: value }).get('A')?.rule).toBe('json')
  })

  it('is told that a list it needs is empty or too long', () => {
    const names = parameter('DeviceName', { kind: 'texts', isRequired: true, max: 1 })
    expect(problemsOf([names], { 'DeviceName.1': '' }).get('DeviceName')).toEqual({ rule: 'missing' })
    expect(problemsOf([names], { 'DeviceName.1': 'a', 'DeviceName.2': 'b' }).get('DeviceName')).toEqual({ rule: 'count', min: undefined, max: 1 })
  })
})

it('knows by its name what a parameter can be offered', () => {
  expect(['ProductKey', 'GwProductKey', 'DeviceName', 'DeviceName.3', 'TopoAddItem.1.DeviceName', 'IotId.1', 'ProductKeys', 'ProductName'].map(offerOf))
    .toEqual(['product', 'product', 'device', 'device', 'device', 'iotId', null, null])
})

it('looks for a device among those of the product that stands beside it', () => {
  const draft = { 'ProductKey': 'plain', 'GwProductKey': 'gateway', 'TopoAddItem.1.ProductKey': 'below' }
  expect(['DeviceName.2', 'GwDeviceName', 'TopoAddItem.1.DeviceName', 'TopoAddItem.2.DeviceName'].map(name => productKeyFor(draft, name))).toEqual(['plain', 'gateway', 'below', 'plain'])
})
