import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { namesIn, parseExpression } from '../../../../src/shared/behaviour/expression.ts'

describe('an expression', () => {
  it.each([
    ['1 +', 4, 'expected expression'],
    ['foo(1) + 2', 1, 'a call of "foo"'],
    ['1 + a.b(1)', 5, 'a call of something'],
    ['"foo(" + bar(2)', 10, 'a call of "bar"'],
    ['a["b"]', 2, 'a member that is not written as a.b'],
    ['a.constructor.constructor', 15, 'a member of something that is not a property'],
    ['"a".length', 5, 'a member of something that is not a property'],
    ['a | 2', 3, 'the operator |'],
    ['a, b', 2, 'a second expression'],
    ['a b', 3, 'a second expression'],
    ['', 1, 'nothing that has a value'],
    ['this', 1, 'this'],
    ['[1]', 1, 'a list'],
    ['a = 3', 3, 'unexpected "="'],
    ['pow(2)', 1, 'pow with 1 arguments instead of 2'],
    ['2 * max', 5, 'the function max without its arguments'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 51, 'more than 50'],
  ])('that does not belong here is refused at its column: %s', (text, column, problem) => {
    expect(parseExpression(text)).toEqual({ ok: false, column, problem: expect.stringContaining(problem) })
  })

  it('tells what it looks at, with columns, apart from the words of the language', () => {
    const parsed = parseExpression('on ? pump.Flow + t : max(previous, on, hour, "x + y")')
    expect(parsed.ok && namesIn(parsed.node).map(({ name, column }) => [name, column])).toEqual([['on', 1], ['pump', 6], ['on', 36]])
  })

  it('of any text is read or refused, and never throws', () => {
    const piece = fc.constantFrom('a', 'b.c', '1', '2.5', '+', '-', '*', '(', ')', '?', ':', '&&', '"t"', ',', ' ', '[', ']', '.', 'min', 'true', '!', '??', 'this', '\\', '\'', ';', '{', '`', '温')
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(piece, { maxLength: 30 }).map(pieces => pieces.join(''))), (text) => {
      const parsed = parseExpression(text)
      expect(parsed.ok || parsed.column >= 1).toBe(true)
    }), { numRuns: 2_000 })
  })
})
