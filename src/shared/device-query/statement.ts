import type { Token } from './tokens.ts'
import type { QueryError } from './types.ts'
import { limits } from '../limits.ts'
import { parseDeviceQuery } from './parse.ts'
import { readTokens } from './tokens.ts'

const statementFields = ['product_key', 'iot_id', 'name', 'nickname', 'status', 'active_time', 'gmt_create', 'gmt_modified', 'group.group_id', 'tag.tag_name', 'tag.tag_value', 'ota_module.name', 'ota_module.version'] as const
const orderFields = ['gmt_create', 'gmt_modified', 'active_time'] as const

export interface StatementOrder { field: (typeof orderFields)[number], isDescending: boolean }

/** A statement over devices that has been read. */
export interface DeviceStatement {
  /** What is asked for of each device; null for their count alone. */
  fields: string[] | null
  /** The query behind WHERE. */
  where: string | null
  order: StatementOrder | null
  offset: number
  limit: number
}

export type ParsedStatement = { statement: DeviceStatement, error?: undefined } | { statement?: undefined, error: QueryError }

/**
 * Reads a statement in the cloud's form: `SELECT fields FROM device WHERE query ORDER BY field LIMIT offset, rows`. Fields are
 * names with commas between them, `*` for all, or `count(*)`; all but SELECT and FROM may be left out. Any text gives a
 * value: the statement, or the place where it stops being one.
 */
export function parseDeviceStatement(source: string): ParsedStatement {
  const read = readTokens(source)
  if ('error' in read)
    return { error: read.error }
  try {
    return { statement: new Reader(source, read.tokens).readAll() }
  }
  catch (error) {
    if (error instanceof Stop)
      return { error: error.reason }
    throw error
  }
}

class Stop extends Error {
  readonly reason: QueryError

  constructor(reason: QueryError) {
    super(reason.expected)
    this.reason = reason
  }
}

class Reader {
  readonly #source: string
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(source: string, tokens: readonly Token[]) {
    this.#source = source
    this.#tokens = tokens
  }

  readAll(): DeviceStatement {
    this.#need('select')
    const fields = this.#readFields()
    this.#need('from')
    this.#need('device')
    const where = this.#take('where') ? this.#readWhere() : null
    const order = this.#take('order') ? this.#readOrder() : null
    const { offset, limit } = this.#take('limit') ? this.#readLimit() : { offset: 0, limit: limits.deviceSelectRows }
    if (this.#peek().kind !== 'end')
      this.#fail(where === null ? '"where", "order by", "limit" or the end' : '"order by", "limit" or the end')
    return { fields, where, order, offset, limit }
  }

  #readFields(): string[] | null {
    if (this.#take('*'))
      return [...statementFields]
    if (this.#take('count')) {
      for (const sign of ['(', '*', ')'])
        this.#need(sign)
      return null
    }
    const fields = [this.#readName(statementFields, 'count(*), * or a field')]
    while (this.#take(','))
      fields.push(this.#readName(statementFields, 'a field'))
    return fields
  }

  #readWhere(): string {
    const from = this.#peek().at
    while (this.#peek().kind !== 'end' && !this.#is('order') && !this.#is('limit'))
      this.#next++
    const where = this.#source.slice(from, this.#peek().at)
    const { error } = parseDeviceQuery(where)
    if (error)
      throw new Stop({ ...error, at: error.at + from })
    return where
  }

  #readOrder(): StatementOrder {
    this.#need('by')
    const field = this.#readName(orderFields, 'a time')
    const isDescending = this.#take('desc')
    if (!isDescending)
      this.#take('asc')
    return { field, isDescending }
  }

  #readLimit(): { offset: number, limit: number } {
    const first = this.#readCount(limits.deviceSelectReachMax)
    if (this.#take(',')) {
      const limit = this.#readCount(Math.min(limits.deviceSelectRowsMax, limits.deviceSelectReachMax - first))
      return { offset: first, limit }
    }
    if (first > limits.deviceSelectRowsMax) {
      this.#next--
      this.#fail(`at most ${limits.deviceSelectRowsMax} rows`)
    }
    return { offset: 0, limit: first }
  }

  #readCount(max: number): number {
    const { kind, text } = this.#peek()
    if (kind !== 'number' || !/^\d{1,9}$/.test(text) || Number(text) > max)
      this.#fail(`a whole number of at most ${max}`)
    this.#next++
    return Number(text)
  }

  #readName<T extends string>(names: readonly T[], what: string): T {
    const { kind, text } = this.#peek()
    const found = kind === 'word' ? names.find(name => name === text.toLowerCase()) : undefined
    if (found === undefined)
      this.#fail(`${what} (${names.join(', ')})`)
    this.#next++
    return found
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  #is(text: string): boolean {
    const { kind, text: got } = this.#peek()
    return (kind === 'word' || kind === 'sign') && got.toLowerCase() === text
  }

  #take(text: string): boolean {
    const isIt = this.#is(text)
    this.#next += isIt ? 1 : 0
    return isIt
  }

  #need(text: string): void {
    if (!this.#take(text))
      this.#fail(JSON.stringify(text))
  }

  #fail(expected: string): never {
    const { at, kind, text } = this.#peek()
    throw new Stop({ at, expected, got: kind === 'end' ? 'the end' : JSON.stringify(text) })
  }
}
