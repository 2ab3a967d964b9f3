import type { Parameter } from '../../../../src/shared/thing-model/types.ts'
import { expect, it } from 'vitest'
import { writeObject, writeValue, writeValues } from '../../../../src/shared/thing-model/write-value.ts'

it.each([
  ['a whole float', { type: 'float' }, 3, '3.0'],
  ['a float', { type: 'float' }, 3.5, '3.5'],
  ['a negative whole double', { type: 'double' }, -3, '-3.0'],
  ['a huge double', { type: 'double' }, 1e30, '1e+30'],
  ['an int', { type: 'int' }, 3, '3'],
  ['a long beyond a number', { type: 'long' }, '9007199254740993', '9007199254740993'],
  ['a long with zeros', { type: 'long' }, '007', '7'],
  ['a date', { type: 'date' }, '1735689600000', '"1735689600000"'],
  ['an array', { type: 'array', item: { type: 'float' } }, [1, 2.5], '[1.0,2.5]'],
] as const)('writes %s', (_what, dataType, value, text) => {
  expect(writeValue(dataType as never, value as never)).toBe(text)
  expect(() => JSON.parse(text) as unknown).not.toThrow()
})

it('writes the members of a struct by their own types, and what has no type as it is', () => {
  const members: Parameter[] = [{ identifier: 'x', name: 'x', dataType: { type: 'double' } }, { identifier: 'n', name: 'n', dataType: { type: 'int' } }]
  expect(writeValue({ type: 'struct', members }, { x: 1, n: 1 })).toBe('{"x":1.0,"n":1}')
  expect(writeValues(members, { n: 2, x: 2, other: [1] })).toBe('{"n":2,"x":2.0,"other":[1]}')
  expect(writeObject({ 'a"b': 1 }, () => undefined)).toBe('{"a\\"b":1}')
})
