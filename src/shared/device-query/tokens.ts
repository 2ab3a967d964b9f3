import type { QueryError } from './types.ts'

/** A piece of a query's text; `at` counts from 0. Words keep their spelling. */
export interface Token {
  kind: 'word' | 'text' | 'number' | 'sign' | 'end'
  at: number
  /** As written; of a text what stands between its quotes. */
  text: string
}

const blank = /\s+/y
const wordToken = /[A-Z_][\w.:]*/iy
const numberToken = /-?\d+(?:\.\d+)?/y
const signToken = /<=|>=|!=|<>|[=<>(),*]/y

/** Cuts a query into its pieces, with one of kind `end` behind them. */
export function readTokens(source: string): { tokens: Token[] } | { error: QueryError } {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  while (at < source.length) {
    const space = take(blank)
    if (space !== undefined) {
      at += space.length
      continue
    }
    const quote = source[at]!
    if (quote === '"' || quote === '\'') {
      const end = source.indexOf(quote, at + 1)
      if (end === -1)
        return { error: { at, expected: `a closing ${quote}`, got: 'the end' } }
      tokens.push({ kind: 'text', at, text: source.slice(at + 1, end) })
      at = end + 1
      continue
    }
    const word = take(wordToken)
    const number = word === undefined ? take(numberToken) : undefined
    const text = word ?? number ?? take(signToken)
    if (text === undefined)
      return { error: { at, expected: 'a field, a value in quotes, a number or a comparison', got: JSON.stringify(String.fromCodePoint(source.codePointAt(at)!)) } }
    tokens.push({ kind: word !== undefined ? 'word' : number !== undefined ? 'number' : 'sign', at, text })
    at += text.length
  }
  tokens.push({ kind: 'end', at: source.length, text: '' })
  return { tokens }
}
