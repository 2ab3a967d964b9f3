import type { Behaviour } from '../../../shared/contract/behaviour.ts'
import type { BehaviourKind } from './behaviour-fields.ts'
import type { ListKind } from './list-text.ts'
import { parseExpression } from '../../../shared/behaviour/expression.ts'
import { behaviourSchema } from '../../../shared/contract/behaviour.ts'
import { behaviourFields, fieldDefaults } from './behaviour-fields.ts'
import { columnsOf, listExamples, parseJson, readList, writeList } from './list-text.ts'
import { readParameter, writeParameter } from './parameter-text.ts'
import { scriptExample } from './script-example.ts'

/** What is chosen rather than typed: how a list ends, the first state, the columns of a table. */
export type BehaviourChoice = 'end' | 'start' | 'time' | 'value'

/** A behaviour while it is being written. */
export interface BehaviourDraft {
  kind: BehaviourKind
  /** Numbers and distributions as they are typed; one that is empty or not there is left out. */
  numbers: Record<string, string>
  /** The constant's JSON, the values of a cycle separated by commas, an expression, a script, or lines of {@link listExamples}. */
  text: string
  choices: Partial<Record<BehaviourChoice, string>>
}

const isList = (kind: string): kind is ListKind => Object.hasOwn(listExamples, kind)
const choicesOf: Partial<Record<BehaviourKind, readonly BehaviourChoice[]>> = { steps: ['end'], trace: ['end'], markov: ['start'] }

/** A behaviour as a draft; none is `auto`. */
export function draftOf(behaviour: Behaviour | undefined): BehaviourDraft {
  if (!behaviour)
    return { kind: 'auto', numbers: {}, text: '', choices: {} }
  const members = behaviour as Partial<Record<string, unknown>>
  const numbers: BehaviourDraft['numbers'] = {}
  for (const { name } of behaviourFields[behaviour.kind]) {
    if (members[name] !== undefined)
      numbers[name] = writeParameter(members[name] as number)
  }
  const choices: BehaviourDraft['choices'] = behaviour.kind === 'trace' && behaviour.csv ? { time: behaviour.csv.time, value: behaviour.csv.value } : {}
  for (const name of choicesOf[behaviour.kind] ?? []) {
    if (typeof members[name] === 'string')
      choices[name] = members[name]
  }
  return { kind: behaviour.kind, numbers, text: textOf(behaviour), choices }
}

function textOf(behaviour: Behaviour): string {
  switch (behaviour.kind) {
    case 'constant':
      return JSON.stringify(behaviour.value)
    case 'cycle':
      return behaviour.values.map(value => JSON.stringify(value)).join(', ')
    case 'expression':
      return behaviour.expression
    case 'respond':
      return behaviour.target
    case 'script':
      return behaviour.script
    default:
      return isList(behaviour.kind) ? writeList(behaviour as Extract<Behaviour, { kind: ListKind }>) : ''
  }
}

/** Another kind for a draft, with what it had and what the suggestion knows filled in. */
export function withKind(draft: BehaviourDraft, kind: BehaviourKind, suggested: Behaviour | undefined): BehaviourDraft {
  const hint = draftOf(suggested)
  const known: Record<string, string> = { ...hint.numbers, ...Object.fromEntries(Object.entries(draft.numbers).filter(([, typed]) => typed !== '')) }
  const [min, max] = [Number(known.min ?? 0), Number(known.max ?? 100)]
  const middle = String((min + max) / 2)
  const span = Number.isNaN(max - min) || max <= min ? 100 : max - min
  const defaults: Record<string, string> = { ...fieldDefaults, step: String(span / 100), ...(middle !== 'NaN' && { mean: middle, deviation: String(span / 10) }) }
  const numbers: BehaviourDraft['numbers'] = {}
  for (const { name, optional } of behaviourFields[kind]) {
    const typed = known[name] ?? (optional ? '' : defaults[name] ?? '')
    if (typed !== '')
      numbers[name] = typed
  }
  return { kind, numbers, text: startText(draft, kind, hint), choices: {} }
}

function startText(draft: BehaviourDraft, kind: BehaviourKind, hint: BehaviourDraft): string {
  if (hint.kind === kind && hint.text !== '')
    return hint.text
  switch (kind) {
    case 'constant':
      return parseJson(draft.text) === undefined ? '0' : draft.text
    case 'cycle':
      return parseJson(`[${draft.text}]`) === undefined || draft.text === '' ? '0, 1' : draft.text
    case 'expression':
    case 'respond':
      return draft.kind === 'expression' || draft.kind === 'respond' ? draft.text : 't'
    case 'script':
      return draft.kind === 'script' ? draft.text : scriptExample
    default:
      return isList(kind) ? listExamples[kind] : draft.text
  }
}

export type DraftProblem = 'badRange' | 'badJson' | 'badNumber' | 'needNumber' | 'badLine' | 'badExpression' | 'badOther'
/** `details` are what the sentence of the problem names. */
export type DraftResult = { ok: true, behaviour: Behaviour | undefined } | { ok: false, problem: DraftProblem, details?: Record<string, string | number> }

/** The behaviour a draft stands for (undefined: leave it to the type), or what is missing. */
export function behaviourOf(draft: BehaviourDraft): DraftResult {
  const { kind } = draft
  if (kind === 'auto')
    return { ok: true, behaviour: undefined }
  const numbers: Record<string, unknown> = {}
  for (const { name, optional, positive, plain } of behaviourFields[kind]) {
    const typed = draft.numbers[name]?.trim() ?? ''
    if (typed === '' && optional)
      continue
    const value = readParameter(typed)
    if (value === undefined || (plain && typeof value !== 'number'))
      return { ok: false, problem: 'needNumber' }
    if (positive && typeof value === 'number' && value <= 0)
      return { ok: false, problem: 'badNumber' }
    numbers[name] = value
  }
  const { min, max } = numbers
  if (kind !== 'drain' && typeof min === 'number' && typeof max === 'number' && min >= max)
    return { ok: false, problem: 'badRange' }
  const written = readText(draft)
  if (!('members' in written))
    return written
  const chosen = Object.fromEntries((choicesOf[kind] ?? []).flatMap(name => draft.choices[name] ? [[name, draft.choices[name]]] : []))
  const parsed = behaviourSchema.safeParse({ kind, ...numbers, ...written.members, ...chosen })
  if (parsed.success)
    return { ok: true, behaviour: parsed.data }
  const [issue] = parsed.error.issues
  return { ok: false, problem: 'badOther', details: { field: issue?.path.join('.') ?? '', message: issue?.message ?? '' } }
}

function readText({ kind, text, choices }: BehaviourDraft): { members: object } | Extract<DraftResult, { ok: false }> {
  switch (kind) {
    case 'constant': {
      const value = parseJson(text)
      return value === undefined ? { ok: false, problem: 'badJson' } : { members: { value } }
    }
    case 'cycle': {
      const values = parseJson(`[${text}]`)
      return !Array.isArray(values) || values.length === 0 ? { ok: false, problem: 'badJson' } : { members: { values } }
    }
    case 'expression':
    case 'respond': {
      const parsed = parseExpression(text)
      return parsed.ok ? { members: { [kind === 'expression' ? 'expression' : 'target']: text } } : { ok: false, problem: 'badExpression', details: { column: parsed.column, problem: parsed.problem } }
    }
    case 'script':
      return { members: { script: text } }
    default: {
      if (!isList(kind))
        return { members: {} }
      const [time = '', value = ''] = columnsOf(text)
      const list = readList(kind, text, { time: choices.time ?? time, value: choices.value ?? value })
      return list.ok ? { members: list.members } : { ok: false, problem: 'badLine', details: { line: list.line, example: listExamples[kind].split('\n')[0]! } }
    }
  }
}
