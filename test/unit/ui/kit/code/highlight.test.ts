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

it('knows keys, comments and quoted values in YAML, and leaves plain values plain', () => {
  expect(tokenKindOf('Key', 'yaml')).toBe('name')
  expect(tokenKindOf('Comment', 'yaml')).toBe('comment')
  expect(tokenKindOf('QuotedLiteral', 'yaml')).toBe('string')
  expect(tokenKindOf('Literal', 'yaml')).toBeUndefined()
})
