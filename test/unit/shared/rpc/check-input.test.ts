import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { methods } from '../../../../src/shared/contract/contract.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { checkInput } from '../../../../src/shared/rpc/check-input.ts'

/** The sentence with which an input is refused; fails when it is not. */
function refusal(schema: z.ZodType, input: unknown): string {
  try {
    checkInput(schema, input, 'x')
  }
  catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect((error as AppError).code).toBe('input/invalid')
    return (error as AppError).message.replace(/^x: /, '')
  }
  throw new Error('The input was accepted.')
}

describe('checking an input', () => {
  it('returns it with its defaults', () => {
    expect(checkInput(methods['device.list'].input, { search: 'a' }, 'device.list')).toEqual({ search: 'a', subGroups: true, order: 'name', secrets: false, offset: 0, limit: 200 })
  })

  it.each([
    ['a missing field', z.object({ name: z.string() }), {}, 'name: expected a string, got nothing.'],
    ['no input at all', z.object({ name: z.string() }), undefined, 'input: expected an object, got nothing.'],
    ['a wrong type', z.object({ on: z.boolean() }), { on: 'yes' }, 'on: expected a boolean, got "yes".'],
    ['a fraction', z.object({ n: z.int() }), { n: 1.5 }, 'n: expected an integer, got 1.5.'],
    ['not a number', z.object({ n: z.number() }), { n: Number.NaN }, 'n: expected a number, got NaN.'],
    ['too small', z.object({ n: z.int().min(1) }), { n: 0 }, 'n: expected a number of at least 1, got 0.'],
    ['too large', z.object({ n: z.number().max(0.5) }), { n: 1 }, 'n: expected a number of at most 0.5, got 1.'],
    ['not positive', z.object({ n: z.number().positive() }), { n: 0 }, 'n: expected a number of more than 0, got 0.'],
    ['a text too short', z.object({ t: z.string().min(1) }), { t: '' }, 't: expected at least 1 character, got "".'],
    ['a text too long', z.object({ t: z.string().max(2) }), { t: 'abc' }, 't: expected at most 2 characters, got "abc".'],
    ['too many elements', z.object({ l: z.array(z.number()).max(1) }), { l: [1, 2] }, 'l: expected at most 1 element, got [1,2].'],
    ['a wrong element', z.object({ l: z.array(z.number()) }), { l: [1, 'b'] }, 'l[1]: expected a number, got "b".'],
    ['a word that is not offered', z.object({ k: z.enum(['weak', 'strict']) }), { k: 'none' }, 'k: expected one of "weak", "strict", got "none".'],
    ['another constant', z.object({ k: z.literal('failed') }), { k: 7 }, 'k: expected "failed", got 7.'],
    ['a field nobody knows', z.strictObject({ a: z.number() }), { a: 1, b: 2 }, 'b: expected no such field, got 2.'],
    ['a rule with words of its own', z.object({ id: z.string().regex(/^a/, 'expected something that begins with a') }), { id: 'b' }, 'id: expected something that begins with a, got "b".'],
    ['one of several types', z.object({ code: z.union([z.int(), z.literal('failed')]) }), { code: true }, 'code: expected a number or "failed", got true.'],
    ['a deep field', z.object({ a: z.object({ b: z.array(z.object({ c: z.string() })) }) }), { a: { b: [{ c: 1 }] } }, 'a.b[0].c: expected a string, got 1.'],
    ['bytes', z.object({ a: z.string() }), { a: new Uint8Array(3) }, 'a: expected a string, got 3 bytes of data.'],
    ['an unknown kind', z.discriminatedUnion('kind', [z.object({ kind: z.literal('sine') }), z.object({ kind: z.literal('off') })]), { kind: 'cosine' }, 'kind: expected a known kind, got "cosine".'],
  ] as [string, z.ZodType, unknown, string][])('names field, expected and got for %s', (_what, schema, input, sentence) => {
    expect(refusal(schema, input)).toBe(sentence)
  })

  it('explains the way of a union that came furthest', () => {
    const schema = z.union([z.string(), z.object({ a: z.number() })])
    expect(refusal(schema, { a: 'x' })).toBe('a: expected a number, got "x".')
  })

  it('spells out three problems and counts the others, which the details hold', () => {
    const schema = z.object(Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map(name => [name, z.string()])))
    try {
      checkInput(schema, {}, 'thing.do')
      expect.unreachable()
    }
    catch (error) {
      const { message, details } = error as AppError
      expect(message).toBe('thing.do: a: expected a string, got nothing; b: expected a string, got nothing; c: expected a string, got nothing; and 2 more.')
      expect(details.issues).toHaveLength(5)
    }
  })

  it('repeats no more than the start of a long value', () => {
    const sentence = refusal(z.object({ n: z.number() }), { n: 'x'.repeat(10_000) })
    expect(sentence.length).toBeLessThan(150)
    expect(sentence).toMatch(/…\.$/)
  })

  it('explains what cannot be written as JSON', () => {
    const loop: Record<string, unknown> = {}
    loop.self = loop
    expect(refusal(z.string(), loop)).toBe('input: expected a string, got a value that is not JSON.')
    expect(refusal(z.string(), () => {})).toBe('input: expected a string, got a function.')
  })
})
