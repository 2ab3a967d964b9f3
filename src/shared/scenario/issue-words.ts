import type { z } from 'zod'
import type { Path } from './place.ts'
import { closestWord } from '../closest-word.ts'
import { knownKeysAt } from './known-keys.ts'

/** What is wrong at a path, in words; `onKey`: the key itself is meant. */
export interface Finding { path: Path, message: string, onKey: boolean }

type Issue = z.core.$ZodIssue

/** Every issue of a value as findings: what was expected, and what came. */
export function findingsOf(schema: z.ZodType, issues: readonly Issue[], raw: unknown): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeysAt(schema, issue.path, raw)
      return issue.keys.map(key => ({ path: [...issue.path, key], message: unknownKey(key, known), onKey: true }))
    }
    if (issue.code === 'invalid_key')
      return [{ path: issue.path, message: `${issue.issues[0]?.message ?? 'expected another key'}, got ${shown(issue.path.at(-1))}`, onKey: true }]
    const meant = meantAlternative(issue)
    if (meant !== undefined)
      return findingsOf(schema, meant, raw)
    const value = valueAt(raw, issue.path)
    if (value === undefined && issue.path.length > 0)
      return [{ path: issue.path, message: `${JSON.stringify(String(issue.path.at(-1)))} is missing: ${expectedBy(issue)}`, onKey: false }]
    return [{ path: issue.path, message: `${expectedBy(issue)}, got ${shown(value)}${nearest(issue, value)}`, onKey: false }]
  })
}

/** Where a value is of the kind of one alternative alone, such as keys where a name would do too, what that one has to say. */
function meantAlternative(issue: Issue): Issue[] | undefined {
  if (issue.code !== 'invalid_union')
    return undefined
  const meant = issue.errors.filter(inner => inner.length > 0 && !inner.some(({ code, path }) => path.length === 0 && code !== 'unrecognized_keys'))
  return meant.length === 1 ? meant[0]!.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] })) : undefined
}

/** The sentence about a key that means nothing. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = closestWord(key, known)
  const hint = near === undefined
    ? known.length === 0 ? '' : `; there are ${known.join(', ')}`
    : `; did you mean ${JSON.stringify(near)}?`
  return `unknown key ${JSON.stringify(key)}${hint}`
}

/** What came, short enough for a line. */
export function shown(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}

const typeWords: Record<string, string> = { string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', object: 'keys with values', record: 'keys with values', array: 'a list', null: 'null' }

function expectedBy(issue: Issue): string {
  // Our own schemas say what they expect; the library's own sentences begin otherwise.
  if (issue.message.startsWith('expected '))
    return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeWords[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${issue.values.map(value => shown(value)).join(' or ')}`
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive === false ? 'more than' : 'at least')
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive === false ? 'less than' : 'at most')
    case 'invalid_format':
      return `expected a text of the form ${issue.pattern ?? issue.format}`
    case 'invalid_union': {
      const { options } = issue as { options?: unknown[] }
      if (options !== undefined)
        return `expected ${options.map(shown).join(' or ')}`
      const alternatives = [...new Set(issue.errors.flatMap(([first]) => first === undefined || first.path.length > 0 ? [] : [expectedBy(first).replace(/^expected /, '')]))]
      return alternatives.length === 0 ? 'expected another value' : `expected ${alternatives.join(' or ')}`
    }
    default:
      return `expected another value (${issue.message})`
  }
}

function bound(origin: string, limit: number | bigint, word: string): string {
  const what = origin === 'string' ? ' characters' : origin === 'array' || origin === 'set' ? ' items' : origin === 'record' || origin === 'object' ? ' keys' : ''
  return `expected ${word} ${limit}${what}`
}

/** A word that is nearly one of those that were expected. */
function nearest(issue: Issue, value: unknown): string {
  const words = issue.code === 'invalid_value'
    ? issue.values
    : issue.code === 'invalid_union'
      ? (issue as { options?: unknown[] }).options ?? issue.errors.flatMap(([first]) => first?.code === 'invalid_value' && first.path.length === 0 ? first.values : [])
      : []
  const near = typeof value === 'string' ? closestWord(value, words.filter(word => typeof word === 'string')) : undefined
  return near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`
}
