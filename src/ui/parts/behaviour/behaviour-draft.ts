import type { Behaviour } from '../../../shared/contract/fleet.ts'
import { behaviourSchema } from '../../../shared/contract/fleet.ts'

export const behaviourKinds = ['auto', 'constant', 'random', 'walk', 'sine', 'ramp', 'cycle', 'off'] as const
export type BehaviourKind = (typeof behaviourKinds)[number]

export interface BehaviourField { name: 'min' | 'max' | 'step' | 'start' | 'periodSec' | 'noise' | 'holdSec', label: string, optional?: boolean, positive?: boolean, unit?: string }

/** The numbers each kind of behaviour is set by. */
export const behaviourFields: Record<BehaviourKind, BehaviourField[]> = {
  auto: [],
  constant: [],
  random: [{ name: 'min', label: 'min', optional: true }, { name: 'max', label: 'max', optional: true }],
  walk: [{ name: 'min', label: 'min' }, { name: 'max', label: 'max' }, { name: 'step', label: 'step', positive: true }, { name: 'start', label: 'start', optional: true }],
  sine: [{ name: 'min', label: 'min' }, { name: 'max', label: 'max' }, { name: 'periodSec', label: 'period', positive: true, unit: 's' }, { name: 'noise', label: 'noise', optional: true }],
  ramp: [{ name: 'min', label: 'min' }, { name: 'max', label: 'max' }, { name: 'periodSec', label: 'period', positive: true, unit: 's' }],
  cycle: [{ name: 'holdSec', label: 'hold', positive: true, unit: 's' }],
  off: [],
}

/** A behaviour while it is being written: numbers may be missing, values are text. */
export interface BehaviourDraft {
  kind: BehaviourKind
  numbers: Partial<Record<BehaviourField['name'], number | null>>
  /** The constant's JSON, or the values of a cycle separated by commas. */
  text: string
}

/** A behaviour as a draft; none is `auto`. */
export function draftOf(behaviour: Behaviour | undefined): BehaviourDraft {
  if (!behaviour)
    return { kind: 'auto', numbers: {}, text: '' }
  const numbers: BehaviourDraft['numbers'] = {}
  for (const { name } of behaviourFields[behaviour.kind]) {
    const value = (behaviour as Partial<Record<string, unknown>>)[name]
    numbers[name] = typeof value === 'number' ? value : null
  }
  const text = behaviour.kind === 'constant' ? JSON.stringify(behaviour.value) : behaviour.kind === 'cycle' ? behaviour.values.map(value => JSON.stringify(value)).join(', ') : ''
  return { kind: behaviour.kind, numbers, text }
}

/** Another kind for a draft, with what it had and what the suggestion knows filled in. */
export function withKind(draft: BehaviourDraft, kind: BehaviourKind, suggested: Behaviour | undefined): BehaviourDraft {
  const known = { ...draftOf(suggested).numbers, ...Object.fromEntries(Object.entries(draft.numbers).filter(([, value]) => value !== null)) }
  const span = typeof known.min === 'number' && typeof known.max === 'number' ? known.max - known.min : null
  const defaults: BehaviourDraft['numbers'] = { min: 0, max: 100, step: span === null ? 1 : span / 100, periodSec: 60, holdSec: 10, noise: 0 }
  const numbers: BehaviourDraft['numbers'] = {}
  for (const { name, optional } of behaviourFields[kind])
    numbers[name] = known[name] ?? (optional ? null : defaults[name] ?? null)
  const text = kind === 'constant' ? draft.text || '0' : kind === 'cycle' ? (suggested?.kind === 'cycle' ? draftOf(suggested).text : draft.text || '0, 1') : draft.text
  return { kind, numbers, text }
}

export type DraftProblem = 'badRange' | 'badJson' | 'badNumber' | 'needNumber'
export type DraftResult = { ok: true, behaviour: Behaviour | undefined } | { ok: false, problem: DraftProblem }

/** The behaviour a draft stands for (undefined: leave it to the type), or what is missing. */
export function behaviourOf(draft: BehaviourDraft): DraftResult {
  if (draft.kind === 'auto')
    return { ok: true, behaviour: undefined }
  const numbers: Record<string, number> = {}
  for (const { name, optional, positive } of behaviourFields[draft.kind]) {
    const value = draft.numbers[name]
    if (value === null || value === undefined) {
      if (optional)
        continue
      return { ok: false, problem: 'needNumber' }
    }
    if (positive && value <= 0)
      return { ok: false, problem: 'badNumber' }
    numbers[name] = value
  }
  if (numbers.min !== undefined && numbers.max !== undefined && numbers.min >= numbers.max)
    return { ok: false, problem: 'badRange' }
  const values = draft.kind === 'constant' ? parseValues(draft.text) : draft.kind === 'cycle' ? parseValues(`[${draft.text}]`) : null
  if (values === undefined)
    return { ok: false, problem: 'badJson' }
  const parsed = behaviourSchema.safeParse({ kind: draft.kind, ...numbers, ...(draft.kind === 'constant' ? { value: values } : {}), ...(draft.kind === 'cycle' ? { values } : {}) })
  return parsed.success ? { ok: true, behaviour: parsed.data } : { ok: false, problem: 'badJson' }
}

function parseValues(text: string): unknown {
  try {
    return JSON.parse(text)
  }
  catch {
    return undefined
  }
}
