import { expect, it } from 'vitest'
import { tokenKindOf } from '../../../../../src/ui/kit/code/highlight.ts'

it('knows keywords by their own names in JavaScript and by no name in JSON', () => {
  expect(tokenKindOf('return', 'javascript')).toBe('keyword')
  expect(tokenKindOf('null', 'javascript')).toBe('number')
  expect(tokenKindOf('LineComment', 'javascript')).toBe('comment')
  expect(tokenKindOf('Script', 'javascript')).toBeUndefined()
  expect(tokenKindOf('constructor', 'json')).toBeUndefined()
  expect(tokenKindOf('PropertyName', 'json')).toBe('name')
})
