import type { CheckUnit, RunFigures } from './figures.ts'
import { z } from 'zod'
import { closestWord } from '../closest-word.ts'
import { moduleNameSchema } from '../contract/ota-package.ts'
import { durationForm, durationWords, formatDuration, formatShare, readDuration, readShare } from './quantities.ts'
import { duration, name } from './words.ts'

const percentiles = ['p50', 'p95', 'p99'] as const
const spans = ['reply', 'puback', 'lateness'] as const
const counts = ['connected', 'published', 'acknowledged', 'replied', 'refused', 'lost', 'skipped'] as const
const comparisons = ['<=', '>=', '!=', '<', '>', '='] as const
type Comparison = (typeof comparisons)[number]

/** What an expectation looks at. */
export type Figure
  = | { kind: 'percentile', percentile: (typeof percentiles)[number], span: (typeof spans)[number] }
    | { kind: 'count', count: (typeof counts)[number] }
    /** Replies with this code alone. */
    | { kind: 'refused', code: number }
    | { kind: 'online' }
    | { kind: 'version', version: string, module: string }

/** An expectation once it is read. */
export interface Check {
  /** As it stands in the file, its scope and time in words behind it. */
  text: string
  figure: Figure
  comparison: Comparison
  value: number
  unit: CheckUnit
  /** Null: all groups together. */
  group: string | null
  /** Milliseconds from the start; null: at the end. */
  byMs: number | null
}

const examples = ['p99 reply < 200ms', 'refused = 0', 'lost = 0', 'online >= 99% of north by 60s', 'all online', 'all on 2.1.0 of north', 'published >= 1000', 'refused 6306 of north >= 1']
const checkWords = `expected an expectation such as ${examples.slice(0, 4).map(one => `"${one}"`).join(', ')}`

/** The longer form, for a module other than the default one, or where somebody likes it better. */
export const longCheckSchema = z.strictObject({
  that: z.string({ error: checkWords }).min(1, checkWords).max(200).describe('Such as p99 reply < 200ms.'),
  of: name('group').optional().describe('Of this group alone.'),
  by: duration(1, 7 * 86_400_000).optional().describe('Looked at then; without it, at the end.'),
  module: moduleNameSchema.optional().describe('Whose version is meant.'),
})
export const shortCheckSchema = z.string({ error: checkWords }).min(1, checkWords).max(200).meta({ examples })
export const checkSchema = z.union([shortCheckSchema, longCheckSchema])

/** What is wrong with the text of an expectation, and from which of its characters on. */
export class CheckError {
  readonly message: string
  readonly at: number
  constructor(message: string, at: number) {
    this.message = message
    this.at = at
  }
}

interface Token { text: string, at: number }

/** Reads `FIGURE [of GROUP] COMPARISON VALUE [of GROUP] [by TIME]`; the group is named once. */
export function readCheck(text: string, more: { group?: string | undefined, byMs?: number | undefined, module?: string | undefined } = {}): Check | CheckError {
  const tokens = [...text.matchAll(/<=|>=|!=|[<>=!]|[^\s<>=!]+/g)].map((match): Token => ({ text: match[0], at: match.index }))
  const cursor = new Cursor(tokens, text.length)
  const figure = readFigure(cursor, more.module ?? 'default')
  if (figure instanceof CheckError)
    return figure
  const early = figure.isAll ? undefined : readGroup(cursor)
  if (early instanceof CheckError)
    return early
  const compared = figure.isAll ? { comparison: '=' as const, value: 1, unit: 'share' as const } : readComparison(cursor, figure.figure)
  if (compared instanceof CheckError)
    return compared
  const tail = readTail(cursor, early)
  if (tail instanceof CheckError)
    return tail
  if (more.module !== undefined && figure.figure.kind !== 'version')
    return new CheckError('expected "on VERSION" where a module is named', 0)
  if (tail.group !== null && more.group !== undefined)
    return new CheckError('the group is named twice', tail.groupAt)
  if (tail.byMs !== null && more.byMs !== undefined)
    return new CheckError('the time is named twice', tail.byAt)
  const group = tail.group ?? more.group ?? null
  const byMs = tail.byMs ?? more.byMs ?? null
  const words = text.trim().replaceAll(/\s+/g, ' ')
  return {
    text: `${words}${more.module === undefined ? '' : ` in ${more.module}`}${more.group === undefined ? '' : ` of ${more.group}`}${more.byMs === undefined ? '' : ` by ${formatDuration(more.byMs)}`}`,
    figure: figure.figure,
    ...compared,
    group,
    byMs,
  }
}

class Cursor {
  readonly #tokens: Token[]
  readonly #length: number
  #next = 0
  constructor(tokens: Token[], length: number) {
    this.#tokens = tokens
    this.#length = length
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead]
  }

  take(): Token | undefined {
    return this.#tokens[this.#next++]
  }

  /** Where the next word is, or would be. */
  get at(): number {
    return this.peek()?.at ?? this.#length
  }

  fail(expected: string): CheckError {
    const got = this.peek()
    return new CheckError(`expected ${expected}, got ${got === undefined ? 'nothing more' : `"${got.text}"`}`, this.at)
  }
}

function readFigure(cursor: Cursor, module: string): { figure: Figure, isAll: boolean } | CheckError {
  const first = cursor.peek()?.text
  const isAll = first === 'all'
  if (isAll)
    cursor.take()
  const word = cursor.peek()?.text
  if (word === 'online') {
    cursor.take()
    return { figure: { kind: 'online' }, isAll }
  }
  if (word === 'on') {
    cursor.take()
    const version = cursor.peek()?.text
    if (version === undefined || !/^[\w.-]{1,64}$/.test(version))
      return cursor.fail('a version')
    cursor.take()
    return { figure: { kind: 'version', version, module }, isAll }
  }
  if (isAll)
    return cursor.fail('"online" or "on VERSION" after "all"')
  const percentile = percentiles.find(name => name === word)
  if (percentile !== undefined) {
    cursor.take()
    const span = spans.find(name => name === cursor.peek()?.text)
    if (span === undefined)
      return cursor.fail(`${spans.join(', ')} after "${percentile}"`)
    cursor.take()
    return { figure: { kind: 'percentile', percentile, span }, isAll: false }
  }
  const count = counts.find(name => name === word)
  if (count === undefined) {
    const known = [...percentiles, ...counts, 'online', 'on', 'all']
    const near = word === undefined ? undefined : closestWord(word, known)
    return cursor.fail(`one of ${known.join(', ')}${near === undefined ? '' : ` (did you mean "${near}"?)`}`)
  }
  cursor.take()
  const code = count === 'refused' ? cursor.peek()?.text ?? '' : ''
  if (/^\d{1,6}$/.test(code)) {
    cursor.take()
    return { figure: { kind: 'refused', code: Number(code) }, isAll: false }
  }
  return { figure: { kind: 'count', count }, isAll: false }
}

function readComparison(cursor: Cursor, figure: Figure): Pick<Check, 'comparison' | 'value' | 'unit'> | CheckError {
  const comparison = comparisons.find(one => one === cursor.peek()?.text)
  if (comparison === undefined)
    return cursor.fail('one of <, <=, =, >=, >, !=')
  cursor.take()
  const first = cursor.peek()?.text ?? ''
  const both = `${first} ${cursor.peek(1)?.text ?? ''}`
  if (figure.kind === 'percentile') {
    const isApart = durationForm.test(both)
    const ms = readDuration(isApart ? both : first)
    if (ms === undefined)
      return cursor.fail(durationWords.replace('expected ', ''))
    cursor.take()
    if (isApart)
      cursor.take()
    return { comparison, value: ms, unit: 'ms' }
  }
  const number = /^\d{1,15}$/.test(first) ? Number(first) : undefined
  if (figure.kind === 'count' || figure.kind === 'refused') {
    if (number === undefined)
      return cursor.fail('a whole number')
    cursor.take()
    return { comparison, value: number, unit: figure.kind === 'count' && figure.count === 'connected' ? 'devices' : 'messages' }
  }
  const isApart = readShare(both) !== undefined && cursor.peek(1)?.text === '%'
  const share = readShare(isApart ? both : first)
  if (share === undefined && number === undefined)
    return cursor.fail('a share such as 99%, or a whole number of devices')
  cursor.take()
  if (isApart)
    cursor.take()
  return share === undefined ? { comparison, value: number!, unit: 'devices' } : { comparison, value: share, unit: 'share' }
}

/** `of GROUP`, where it stands next. */
function readGroup(cursor: Cursor): { name: string, at: number } | undefined | CheckError {
  if (cursor.peek()?.text !== 'of')
    return undefined
  cursor.take()
  const { at } = cursor
  const group = cursor.peek()
  if (group === undefined)
    return cursor.fail('the name of a group')
  cursor.take()
  return { name: group.text, at }
}

function readTail(cursor: Cursor, early: { name: string, at: number } | undefined): { group: string | null, groupAt: number, byMs: number | null, byAt: number } | CheckError {
  const tail: { group: string | null, groupAt: number, byMs: number | null, byAt: number } = { group: null, groupAt: 0, byMs: null, byAt: 0 }
  const late = readGroup(cursor)
  if (late instanceof CheckError)
    return late
  if (early !== undefined && late !== undefined)
    return new CheckError('the group is named twice', late.at)
  const group = early ?? late
  if (group !== undefined)
    Object.assign(tail, { group: group.name, groupAt: group.at })
  if (cursor.peek()?.text === 'by') {
    cursor.take()
    tail.byAt = cursor.at
    const both = `${cursor.peek()?.text ?? ''} ${cursor.peek(1)?.text ?? ''}`
    const isApart = durationForm.test(both)
    const ms = readDuration(isApart ? both : cursor.peek()?.text ?? '')
    if (ms === undefined)
      return cursor.fail(durationWords.replace('expected ', ''))
    cursor.take()
    if (isApart)
      cursor.take()
    tail.byMs = ms
  }
  return cursor.peek() === undefined ? tail : cursor.fail('"of GROUP", "by TIME" or the end')
}

/** What an expectation has found: the value, null where nothing was measured, and whether it is as expected. */
export interface CheckOutcome { seen: number | null, isMet: boolean }

/** Looks at the figures of an expectation's own scope. */
export function evaluateCheck(check: Check, figures: RunFigures): CheckOutcome {
  const seen = valueOf(check, figures)
  return { seen, isMet: seen !== null && compares(seen, check.comparison, check.value) }
}

function valueOf({ figure, unit }: Check, figures: RunFigures): number | null {
  const ofDevices = (devices: number): number | null => unit === 'devices' ? devices : figures.devices === 0 ? null : devices / figures.devices
  switch (figure.kind) {
    case 'percentile': {
      const isMeasured = { reply: figures.replied, puback: figures.acknowledged, lateness: figures.published }[figure.span] > 0
      return isMeasured ? { reply: figures.replyMs, puback: figures.pubackMs, lateness: figures.latenessMs }[figure.span][figure.percentile] : null
    }
    case 'count':
      return figures[figure.count]
    case 'refused':
      return Object.entries(figures.causes).reduce((sum, [cause, count]) => cause.endsWith(`: code ${figure.code}`) ? sum + count : sum, 0)
    case 'online':
      return ofDevices(figures.online)
    case 'version':
      return ofDevices(figures.versions[`${figure.module} ${figure.version}`] ?? 0)
  }
}

function compares(seen: number, comparison: Comparison, value: number): boolean {
  switch (comparison) {
    case '<': return seen < value
    case '<=': return seen <= value
    case '=': return seen === value
    case '!=': return seen !== value
    case '>=': return seen >= value
    case '>': return seen > value
  }
}

/** A value of an expectation with its unit: `12.5ms`, `99.2%`, `3`; `nothing measured`. */
export function formatSeen({ unit }: Pick<Check, 'unit'>, seen: number | null): string {
  if (seen === null)
    return 'nothing measured'
  if (unit === 'ms')
    return formatDuration(seen)
  return unit === 'share' ? formatShare(seen) : String(seen)
}
