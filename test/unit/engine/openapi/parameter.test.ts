import { describe, expect, it } from 'vitest'
import { boolean, initially, integer, jsonObject, objects, readParameters, required, text, texts, unknownNames } from '../../../../src/engine/openapi/parameter.ts'

const parameters = {
  ProductKey: required(text('', { max: 8 })),
  PageSize: initially(integer('', { min: 1, max: 50, code: 'iot.common.InvalidPageParams' }), 10),
  Asc: integer('', { oneOf: [0, 1] }),
  Id2: boolean(''),
  Items: jsonObject(''),
  Name: texts('', { max: 3 }),
  Tag: objects('', { Key: required(text('')), Value: text('') }, { max: 2 }),
  Timeout: integer('', { alias: 'TimeOut' }),
}

function read(sent: Record<string, string>): Record<string, unknown> {
  return readParameters(parameters, new Map(Object.entries(sent)))
}

describe('parameters', () => {
  it('arrive as text and are read as what they are declared', () => {
    expect(read({ 'ProductKey': 'a1', 'Asc': '0', 'Id2': 'TRUE', 'Items': '{"a":[1]}', 'Name.1': 'x', 'Name.3': 'y', 'Tag.1.Key': 'k', 'Tag.1.Value': 'v', 'TimeOut': '5' })).toEqual({
      ProductKey: 'a1',
      PageSize: 10,
      Asc: 0,
      Id2: true,
      Items: { a: [1] },
      Name: ['x', 'y'],
      Tag: [{ Key: 'k', Value: 'v' }],
      Timeout: 5,
    })
  })

  it('are in the order of their numbers, not of their digits', () => {
    expect(readParameters({ Name: texts('') }, new Map([['Name.10', 'c'], ['Name.2', 'b'], ['Name.1', 'a']])).Name).toEqual(['a', 'b', 'c'])
  })

  it.each([
    ['ProductKey', {}, 'MissingParameter', '"ProductKey"'],
    ['an empty ProductKey', { ProductKey: '' }, 'MissingParameter', '"ProductKey"'],
    ['a long ProductKey', { ProductKey: 'a12345678' }, 'InvalidParameter', 'at most 8 characters, got "a12345678"'],
    ['PageSize', { ProductKey: 'a', PageSize: '51' }, 'iot.common.InvalidPageParams', 'expected 1 to 50, got "51"'],
    ['Asc', { ProductKey: 'a', Asc: '2' }, 'InvalidParameter', 'one of 0, 1'],
    ['a fraction', { ProductKey: 'a', Asc: '0.5' }, 'InvalidParameter', 'a whole number'],
    ['a number too large to be exact', { ProductKey: 'a', Asc: '9007199254740993' }, 'InvalidParameter', 'a whole number'],
    ['Id2', { ProductKey: 'a', Id2: 'yes' }, 'InvalidParameter', 'true or false'],
    ['Items', { ProductKey: 'a', Items: '[]' }, 'InvalidParameter', 'a JSON object'],
    ['broken Items', { ProductKey: 'a', Items: '{' }, 'InvalidParameter', 'a JSON object ('],
    ['a long list', { 'ProductKey': 'a', 'Name.1': '', 'Name.2': '', 'Name.3': '', 'Name.4': '' }, 'InvalidParameter', 'at most 3 elements'],
    ['a member of a list', { 'ProductKey': 'a', 'Tag.2.Value': 'v' }, 'MissingParameter', '"Tag.2.Key"'],
  ])('that are wrong are named, with what was expected: %s', (_, sent, code, message) => {
    expect(() => read(sent as Record<string, string>)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error)
  })

  it('that nobody knows are passed over and can be told', () => {
    expect(unknownNames(parameters, new Map(Object.entries({ 'ProductKey': '', 'productKey': '', 'Tag.1.Key': '', 'Tags.1.Key': '', 'TimeOut': '', 'IotInstanceId': '' })))).toEqual(['productKey', 'Tags'])
  })
})
