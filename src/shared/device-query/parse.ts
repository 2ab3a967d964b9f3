import type { FieldKind } from './fields.ts'
import type { Token } from './tokens.ts'
import type { Comparison, DeviceQuery, QueryError, QueryField, QueryValue } from './types.ts'
import { deviceStates } from '../contract/device.ts'
import { limits } from '../limits.ts'
import { nearestName } from '../thing-model/nearest-name.ts'
import { kindOfField, queryFields, readInstant, readStatus, toField } from './fields.ts'
import { readTokens } from './tokens.ts'

export type ParsedQuery = { query: DeviceQuery, error?: undefined } | { query?: undefined, error: QueryError }

/**
 * Reads a query over devices: comparisons joined with `and`, `or`, `not` and brackets, such as
 * `product_key = "a1Thermostat" and (status = "OFFLINE" or tag.floor in ("3", "4"))`. Any text gives a value: the query,
 * or the place where it stops being one.
 */
export function parseDeviceQuery(source: string): ParsedQuery {
  if (source.length > limits.deviceQueryCharsMax)
    return { error: { at: limits.deviceQueryCharsMax, expected: `at most ${limits.deviceQueryCharsMax} characters`, got: `${source.length}` } }
  const read = readTokens(source)
  if ('error' in read)
    return { error: read.error }
  try {
    return { query: new Parser(read.tokens).readAll() }
  }
  catch (error) {
    if (error instanceof Stop)
      return { error: error.reason }
    throw error
  }
}

/** Says in a sentence where a query is wrong. */
export function describeQueryError({ at, expected, got }: QueryError): string {
  return `Character ${at + 1} of the query: expected ${expected}, got ${got}.`
}

class Stop extends Error {
  readonly reason: QueryError

  constructor(reason: QueryError) {
    super(reason.expected)
    this.reason = reason
  }
}

const comparisons: Record<string, Comparison> = { '=': '=', '!=': '!=', '<>': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' }

const expectedAfter: Record<FieldKind, string> = {
  text: '=, !=, "like", "in" or "is null"',
  status: '=, != or "in"',
  flag: '= or !=',
  instant: '=, !=, <, <=, >, >= or "is null"',
  any: '=, !=, <, <=, >, >=, "like", "in" or "is null"',
}

class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  readAll(): DeviceQuery {
    const query = this.#readJoined('or')
    if (this.#peek().kind !== 'end')
      this.#fail('"and", "or" or the end')
    return query
  }

  #readJoined(word: 'and' | 'or'): DeviceQuery {
    const readPart = (): DeviceQuery => word === 'or' ? this.#readJoined('and') : this.#readNegated()
    const first = readPart()
    const parts = [first]
    while (this.#takeWord(word))
      parts.push(readPart())
    return parts.length === 1 ? first : { kind: word, parts }
  }

  #readNegated(): DeviceQuery {
    if (++this.#depth > limits.deviceQueryDepthMax)
      this.#fail(`at most ${limits.deviceQueryDepthMax} brackets and "not" within each other`)
    const query = this.#takeWord('not')
      ? { kind: 'not', part: this.#readNegated() } satisfies DeviceQuery
      : this.#takeSign('(') ? this.#readRest() : this.#readComparison()
    this.#depth--
    return query
  }

  /** What stands between brackets, the first of which is taken. */
  #readRest(): DeviceQuery {
    const query = this.#readJoined('or')
    if (!this.#takeSign(')'))
      this.#fail('"and", "or" or ")"')
    return query
  }

  #readComparison(): DeviceQuery {
    const field = this.#readField()
    if (this.#takeWord('is')) {
      const isNegated = this.#takeWord('not')
      if (!this.#takeWord('null'))
        this.#fail('null')
      const known: DeviceQuery = { kind: 'known', field }
      return isNegated ? known : { kind: 'not', part: known }
    }
    const isNegated = this.#takeWord('not')
    const query = this.#readSetComparison(field)
    if (query !== undefined)
      return isNegated ? { kind: 'not', part: { kind: 'or', parts: [query, { kind: 'not', part: { kind: 'known', field } }] } } : query
    if (isNegated)
      this.#fail('"like" or "in"')
    const comparison = this.#peek().kind === 'sign' ? comparisons[this.#peek().text] : undefined
    const orders = kindOfField(field) === 'instant' || kindOfField(field) === 'any'
    if (comparison === undefined || !(orders || comparison === '=' || comparison === '!='))
      this.#fail(expectedAfter[kindOfField(field)])
    this.#next++
    return { kind: 'compare', field, comparison, value: this.#readValue(field) }
  }

  #readSetComparison(field: QueryField): DeviceQuery | undefined {
    const kind = kindOfField(field)
    if ((kind === 'text' || kind === 'any') && this.#takeWord('like')) {
      const { kind: tokenKind, text } = this.#peek()
      if (tokenKind !== 'text')
        this.#fail('a pattern in quotes, in which % stands for any text and _ for one character')
      this.#next++
      return { kind: 'like', field, pattern: text }
    }
    if (kind === 'instant' || !this.#takeWord('in'))
      return undefined
    if (!this.#takeSign('('))
      this.#fail('"(" and values with commas between them')
    const values = [this.#readValue(field)]
    while (this.#takeSign(','))
      values.push(this.#readValue(field))
    if (!this.#takeSign(')'))
      this.#fail('"," or ")"')
    return { kind: 'in', field, values }
  }

  #readField(): QueryField {
    const { kind, text } = this.#peek()
    const field = kind === 'word' ? toField(text) : undefined
    if (field === undefined) {
      const close = kind === 'word' ? nearestName(text, Object.keys(queryFields)) : undefined
      this.#fail(close === undefined ? `a field (${Object.keys(queryFields).join(', ')}), "not" or "("` : `the field ${close}`)
    }
    this.#next++
    return field
  }

  #readValue(field: QueryField): QueryValue {
    const { kind, text } = this.#peek()
    const read = (): { value: QueryValue | undefined, expected: string } => {
      switch (kindOfField(field)) {
        case 'status':
          return { value: kind === 'text' || kind === 'word' ? readStatus(text) : undefined, expected: `one of ${deviceStates.map(state => `"${state}"`).join(', ')}` }
        case 'flag':
          return { value: kind === 'word' ? readFlag(text) : undefined, expected: 'true or false' }
        case 'instant':
          return { value: kind === 'text' ? readInstant(text) : undefined, expected: 'an instant in quotes, such as "2026-01-31 08:00" (UTC) or "7d ago"' }
        case 'any':
          return { value: kind === 'number' ? Number(text) : kind === 'word' ? readFlag(text) : kind === 'text' ? text : undefined, expected: 'a number, true, false or a text in quotes' }
        case 'text':
          return { value: kind === 'text' ? text : undefined, expected: 'a text in quotes' }
      }
    }
    const { value, expected } = read()
    if (value === undefined)
      this.#fail(expected)
    this.#next++
    return value
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  #takeWord(word: string): boolean {
    const { kind, text } = this.#peek()
    const isIt = kind === 'word' && text.toLowerCase() === word
    this.#next += isIt ? 1 : 0
    return isIt
  }

  #takeSign(sign: string): boolean {
    const { kind, text } = this.#peek()
    const isIt = kind === 'sign' && text === sign
    this.#next += isIt ? 1 : 0
    return isIt
  }

  #fail(expected: string): never {
    const { at, kind, text } = this.#peek()
    throw new Stop({ at, expected, got: kind === 'end' ? 'the end' : JSON.stringify(text) })
  }
}

function readFlag(text: string): boolean | undefined {
  const word = text.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}
