import type { z } from 'zod'
import type { JsonObject } from '../json.ts'
import { AppError } from '../errors.ts'

/** One thing wrong with an input: which field, what was expected, what came. */
export interface InputIssue { path: string, expected: string, got: string }

/** How much of a wrong value a message repeats, in characters. */
const gotCharsMax = 80
/** Issues spelled out in the sentence; the details hold them all, up to the second number. */
const issuesInSentence = 3
const issuesMax = 50

/**
 * Checks untrusted input against its schema and returns it with defaults filled in. `subject` is what the input is for, as
 * the sentence starts: `device.create`.
 * @throws AppError input/invalid; the sentence and `details.issues` name field, expected and got.
 */
export function checkInput<Schema extends z.ZodType>(schema: Schema, input: unknown, subject: string): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success)
    return result.data
  const issues = result.error.issues.flatMap(issue => describeIssue(issue, input)).slice(0, issuesMax)
  const told = issues.slice(0, issuesInSentence).map(issue => `${issue.path || 'input'}: expected ${issue.expected}, got ${issue.got}`)
  const more = issues.length - told.length
  const sentence = `${subject}: ${told.join('; ')}${more > 0
    ? `; and ${more} more`
    : ''}.`
  throw new AppError('input/invalid', sentence, { issues: issues as unknown as JsonObject[] })
}

type Issue = z.core.$ZodIssue

function describeIssue(issue: Issue, input: unknown): InputIssue[] {
  const path = writePath(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      path: writePath([...issue.path, key]),
      expected: 'no such field',
      got: showValue(valueAt(input, [...issue.path, key])),
    }))
  }
  // A union that fails in several ways says what each way expected, unless one of its ways came further than the others.
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const deepest = issue.errors.filter(errors => errors.some(error => error.path.length > 0))
    if (deepest.length === 1) {
      return deepest[0]!.flatMap(error => describeIssue({
        ...error,
        path: [
          ...issue.path,
          ...error.path,
        ],
      }, input))
    }
    const ways = issue.errors.flatMap(errors => errors.slice(0, 1).map(expectedBy))
    return [
      {
        path,
        expected: [
          ...new Set(ways),
        ].join(' or '),
        got: showValue(valueAt(input, issue.path)),
      },
    ]
  }
  return [
    {
      path,
      expected: expectedBy(issue),
      got: showValue(valueAt(input, issue.path)),
    },
  ]
}

function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return nameOfType(issue.expected)
    case 'invalid_value':
      return issue.values.length === 1
        ? showValue(issue.values[0])
        : `one of ${issue.values.map(showValue).join(', ')}`
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false
        ? 'more than'
        : 'at least', issue.minimum)
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false
        ? 'less than'
        : 'at most', issue.maximum)
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_union':
      return 'discriminator' in issue && typeof issue.discriminator === 'string'
        ? `a known ${issue.discriminator}`
        : 'another type'
    default:
      // Schemas with a rule of their own say it in their message: "expected 4 to 32 letters …".
      return issue.message.replace(/^expected /, '')
  }
}

function bound(origin: string, comparison: string, amount: number | bigint): string {
  switch (origin) {
    case 'string':
      return `${comparison} ${count(amount, 'character')}`
    case 'array':
    case 'set':
    case 'map':
    case 'record':
      return `${comparison} ${count(amount, 'element')}`
    case 'int':
      return `an integer of ${comparison} ${amount}`
    default:
      return `a number of ${comparison} ${amount}`
  }
}

function count(amount: number | bigint, noun: string): string {
  return `${amount} ${noun}${Number(amount) === 1
    ? ''
    : 's'}`
}

function nameOfType(expected: string): string {
  switch (expected) {
    case 'int':
      return 'an integer'
    case 'array':
    case 'object':
      return `an ${expected}`
    case 'nonoptional':
      return 'a value'
    case 'record':
      return 'an object'
    default:
      return `a ${expected}`
  }
}

function writePath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((written, key) => {
    if (typeof key === 'number')
      return `${written}[${key}]`
    return written === ''
      ? String(key)
      : `${written}.${String(key)}`
  }, '')
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], input)
}

/** A value as a person reads it: JSON, cut to its start; typed arrays by name and length. */
function showValue(value: unknown): string {
  if (value === undefined)
    return 'nothing'
  if (typeof value === 'number' || typeof value === 'bigint')
    return String(value)
  if (ArrayBuffer.isView(value))
    return `${value.byteLength} bytes of data`
  if (typeof value === 'function' || typeof value === 'symbol')
    return `a ${typeof value}`
  let text: string
  try {
    text = JSON.stringify(value)
  }
  catch {
    text = 'a value that is not JSON'
  }
  return text.length > gotCharsMax
    ? `${text.slice(0, gotCharsMax)}…`
    : text
}
