import type { JsonObject } from '../../../../src/shared/json.ts'
import type { Parameter } from '../../../../src/shared/thing-model/types.ts'
import { expect, it } from 'vitest'
import { digitsIn, keepDigitsOf } from '../../../../src/shared/thing-model/keep-digits.ts'

const parameters: Parameter[] = [
  { identifier: 'big', name: 'big', dataType: { type: 'long' } },
  { identifier: 'part', name: 'part', dataType: { type: 'struct', members: [{ identifier: 'big', name: 'big', dataType: { type: 'long' } }] } },
  { identifier: 'small', name: 'small', dataType: { type: 'int' } },
]

function kept(text: string, path: string[]): JsonObject {
  let values = JSON.parse(text) as JsonObject
  for (const key of path)
    values = values[key] as JsonObject
  keepDigitsOf(parameters, values, digitsIn(text), path)
  return values
}

it('keeps digits that parsing would round, at the top and in structs', () => {
  expect(kept('{"params":{"big":9007199254740993,"part":{"big":-9007199254740993},"small":9007199254740993}}', ['params']))
    .toEqual({ big: '9007199254740993', part: { big: '-9007199254740993' }, small: 9007199254740992 })
})

it('finds them inside lists', () => {
  expect(kept('[{"x":"],[","y":[1,{}]}, 3 ,{"big":9007199254740993}]', ['2'])).toEqual({ big: '9007199254740993' })
})

it('leaves everything else alone', () => {
  expect(kept('{"big":5,"part":7}', [])).toEqual({ big: 5, part: 7 })
  expect(kept('{"big":1e300}', [])).toEqual({ big: 1e300 })
})
