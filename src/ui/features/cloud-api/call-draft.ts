import type { ActionParameter } from '../../../shared/contract/openapi.ts'
import type { JsonError } from '../../../shared/thing-model/json-error.ts'
import { locateJsonError } from '../../../shared/thing-model/json-error.ts'

/** The parameters of a call as they are written and sent: `Name`, of lists `Name.1`, of lists of objects `Name.1.Key`. Empty ones are not sent. */
export type Draft = Readonly<Record<string, string>>

/** Why a value does not fit, with what the sentence about it needs. */
export type Problem
  = | { rule: 'missing' | 'integer' | 'boolean' }
    | { rule: 'number' | 'length' | 'count', min: number | undefined, max: number | undefined }
    | { rule: 'oneOf', oneOf: string }
    | { rule: 'json' } & JsonError

/** Indexes of a list that have anything written at them, also when it is empty. */
function indexesOf(draft: Draft, name: string): number[] {
  const found = Object.keys(draft).flatMap(key => key.startsWith(`${name}.`) ? /^[1-9]\d{0,4}(?=\.|$)/.exec(key.slice(name.length + 1))?.[0] ?? [] : [])
  return [...new Set(found.map(Number))].sort((a, b) => a - b)
}

/** The rows of a list, in order, each with the name that its value, or the names of its members, begin with. */
export function rowsOf(draft: Draft, name: string): string[] {
  return indexesOf(draft, name).map(index => `${name}.${index}`)
}

/** The draft with one value changed; an empty one of a list keeps its row. */
export function withValue(draft: Draft, name: string, value: string): Draft {
  if (value === '' && !/\.\d+(?:\.|$)/.test(name)) {
    const { [name]: _gone, ...rest } = draft
    return rest
  }
  return { ...draft, [name]: value }
}

/** The draft with an empty row at the end of a list. */
export function withRow(draft: Draft, { name, fields }: Pick<ActionParameter, 'name' | 'fields'>): Draft {
  const row = `${name}.${(indexesOf(draft, name).at(-1) ?? 0) + 1}`
  const names = fields === undefined ? [row] : fields.map(field => `${row}.${field.name}`)
  return { ...draft, ...Object.fromEntries(names.map(one => [one, ''])) }
}

/** The draft without a row of a list; the rows are numbered from 1 without a gap. */
export function withoutRow(draft: Draft, name: string, row: string): Draft {
  const left = rowsOf(draft, name).filter(one => one !== row)
  const others = Object.entries(draft).filter(([key]) => !rowsOf(draft, name).some(one => key === one || key.startsWith(`${one}.`)))
  const moved = left.flatMap((from, at) => Object.entries(draft)
    .filter(([key]) => key === from || key.startsWith(`${from}.`))
    .map(([key, value]) => [`${name}.${at + 1}${key.slice(from.length)}`, value] as const))
  return Object.fromEntries([...others, ...moved])
}

/** What is sent: every value that is not empty. */
export function toParameters(draft: Draft): Record<string, string> {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== ''))
}

/** The names of a draft that an action does not know; they come from a call that had them. */
export function strangersOf(draft: Draft, parameters: readonly Pick<ActionParameter, 'name'>[]): string[] {
  const known = new Set(parameters.map(parameter => parameter.name))
  return Object.keys(draft).filter(name => !known.has(name.split('.', 1)[0]!))
}

/** What is wrong with a single value by the rules of its parameter; null when nothing is. */
export function problemOf({ kind, isRequired, min, max, oneOf }: ActionParameter, value: string): Problem | null {
  if (value === '')
    return isRequired ? { rule: 'missing' } : null
  if (kind === 'integer' && !/^-?\d{1,16}$/.test(value))
    return { rule: 'integer' }
  if (kind === 'boolean' && !/^(?:true|false)$/i.test(value))
    return { rule: 'boolean' }
  if (oneOf !== undefined && !oneOf.includes(value))
    return { rule: 'oneOf', oneOf: oneOf.join(', ') }
  const measure = kind === 'integer' ? Number(value) : value.length
  if (kind !== 'json' && (measure < (min ?? measure) || measure > (max ?? measure)))
    return { rule: kind === 'integer' ? 'number' : 'length', min, max }
  return kind === 'json' ? jsonProblem(value) : null
}

function jsonProblem(text: string): Problem | null {
  const error = locateJsonError(text)
  if (error !== null)
    return { rule: 'json', ...error }
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : { rule: 'json', line: 1, column: 1, expected: '"{"', got: JSON.stringify(text.trim()[0]) }
}

/** Everything that is wrong with a draft, by the name of the value; of a list without rows, by the name of the list. */
export function problemsOf(parameters: readonly ActionParameter[], draft: Draft): Map<string, Problem> {
  return new Map(parameters.flatMap((parameter): [string, Problem][] => {
    const { name, kind, fields, isRequired, min, max } = parameter
    if (kind !== 'texts' && kind !== 'objects')
      return present(name, problemOf(parameter, draft[name] ?? ''))
    const rows = rowsOf(draft, name).filter(row => Object.entries(draft).some(([key, value]) => value !== '' && (key === row || key.startsWith(`${row}.`))))
    if (rows.length === 0)
      return present(name, isRequired ? { rule: 'missing' } : null)
    return [
      ...present(name, rows.length < (min ?? 0) || rows.length > (max ?? rows.length) ? { rule: 'count', min, max } : null),
      ...rows.flatMap(row => (fields ?? []).flatMap(field => present(`${row}.${field.name}`, problemOf(field, draft[`${row}.${field.name}`] ?? '')))),
    ]
  }))
}

function present(name: string, problem: Problem | null): [string, Problem][] {
  return problem === null ? [] : [[name, problem]]
}

/** The key of the product whose devices a name is looked for among: the one beside it, `GwProductKey` for `GwDeviceName`, else that of the call. */
export function productKeyFor(draft: Draft, name: string): string | undefined {
  return draft[name.replace(/\.\d+$/, '').replace(/DeviceName$/, 'ProductKey')] ?? draft.ProductKey
}

/** What a text parameter can be offered values of, by its name. */
export type Offer = 'product' | 'device' | 'iotId'

/** What a parameter names, as far as its name tells: a product, or a device by name or by its id. */
export function offerOf(name: string): Offer | null {
  const last = name.split('.').filter(part => !/^\d+$/.test(part)).at(-1) ?? name
  if (last.endsWith('ProductKey'))
    return 'product'
  if (last.endsWith('IotId'))
    return 'iotId'
  return last.endsWith('DeviceName') ? 'device' : null
}
