import type { Behaviour } from '../../../shared/contract/behaviour.ts'
import type { JsonValue } from '../../../shared/json.ts'
import { readParameter, writeParameter } from './parameter-text.ts'

type Of<Kind extends Behaviour['kind']> = Extract<Behaviour, { kind: Kind }>

/** Behaviours that are typed as lines of text, and what they look like. */
export const listExamples = {
  steps: '60: 21.5\n20..40: 18',
  markov: 'idle, 60 -> busy 9, error 1\nbusy, 20 -> idle 1\nerror, 300 -> idle 1',
  daily: '06:00 16\n14:00 24..27\n22:00 19',
  trace: 'time,value\n0,21.5\n60,21.7',
} as const
export type ListKind = keyof typeof listExamples

/** What lines stand for: the members of the behaviour that they make, or the number of the line that is wrong. */
export type ListResult = { ok: true, members: object } | { ok: false, line: number }

/** Undefined when the text is not JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  }
  catch {
    return undefined
  }
}

const lineReaders: Record<ListKind, (line: string) => unknown> = {
  steps(line) {
    const [, hold = '', json = ''] = /^([^:]*):(.*)$/.exec(line) ?? []
    const [holdSec, value] = [readParameter(hold), parseJson(json)]
    return holdSec === undefined || value === undefined ? undefined : { value, holdSec }
  },
  daily(line) {
    const [, at, text = ''] = /^(\d{1,2}:\d{2})\s(.*)$/.exec(line) ?? []
    const value = readParameter(text)
    return at === undefined || value === undefined ? undefined : { at: at.padStart(5, '0'), value }
  },
  markov(line) {
    const [left = '', right = ''] = line.split('->')
    const comma = left.lastIndexOf(',')
    const [name = '', json] = left.slice(0, comma).split('=')
    const holdSec = readParameter(left.slice(comma + 1))
    const value = json === undefined ? undefined : parseJson(json)
    if (comma === -1 || holdSec === undefined || (json !== undefined && value === undefined))
      return undefined
    const next = right.split(',').map(way => way.trim()).filter(way => way !== '').map((way) => {
      const [, to = way, weight = '1'] = /^(.*\S)\s+(\d+(?:\.\d+)?)$/.exec(way) ?? []
      return [to, Number(weight)]
    })
    return { name: name.trim(), ...(value !== undefined && { value }), holdSec, next: Object.fromEntries(next) }
  },
  trace(line) {
    const [, at = '', json = ''] = /^([^,]*),(.*)$/.exec(line) ?? []
    const value = parseJson(json)
    return at.trim() === '' || Number.isNaN(Number(at)) || value === undefined ? undefined : [Number(at), value]
  },
}

/** The lines that stand for what a behaviour lists. */
export function writeList(behaviour: Of<ListKind>): string {
  switch (behaviour.kind) {
    case 'steps':
      return behaviour.values.map(({ value, holdSec }) => `${writeParameter(holdSec)}: ${JSON.stringify(value)}`).join('\n')
    case 'daily':
      return behaviour.points.map(({ at, value }) => `${at} ${writeParameter(value)}`).join('\n')
    case 'markov':
      return behaviour.states.map(({ name, value, holdSec, next }) => {
        const ways = Object.entries(next).map(([to, weight]) => `${to} ${weight}`).join(', ')
        return `${name}${value === undefined ? '' : ` = ${JSON.stringify(value)}`}, ${writeParameter(holdSec)}${ways === '' ? '' : ` -> ${ways}`}`
      }).join('\n')
    case 'trace':
      return behaviour.csv?.text ?? behaviour.points?.map(([at, value]) => `${at}, ${JSON.stringify(value)}`).join('\n') ?? ''
  }
}

/** Reads what {@link writeList} writes. A trace that begins with a number has points, otherwise it is a table whose columns `columns` names. */
export function readList(kind: ListKind, text: string, columns: { time: string, value: string }): ListResult {
  if (kind === 'trace' && !beginsWithNumber(text))
    return { ok: true, members: { csv: { text, ...columns } } }
  const lines = text.split('\n').map((content, index) => ({ content: content.trim(), line: index + 1 })).filter(({ content }) => content !== '')
  const read = lines.map(({ content }) => lineReaders[kind](content))
  const wrong = read.indexOf(undefined)
  if (wrong !== -1)
    return { ok: false, line: lines[wrong]!.line }
  return { ok: true, members: { [kind === 'steps' ? 'values' : kind === 'markov' ? 'states' : 'points']: read } }
}

/** The columns of a table that is typed or loaded as a trace; none where it has points. */
export function columnsOf(text: string): string[] {
  if (beginsWithNumber(text))
    return []
  const [head = ''] = text.trim().split('\n')
  return head.split(/[,;\t]/).map(column => column.trim().replace(/^"(.*)"$/, '$1')).filter(column => column !== '')
}

function beginsWithNumber(text: string): boolean {
  return /^\s*[+-]?\.?\d/.test(text)
}
