import type { Behaviour } from '../../../shared/contract/behaviour.ts'

export const behaviourKinds = ['auto', 'constant', 'random', 'normal', 'walk', 'sine', 'ramp', 'decay', 'daily', 'cycle', 'steps', 'markov', 'trace', 'expression', 'respond', 'script', 'drain', 'off'] as const satisfies readonly ('auto' | Behaviour['kind'])[]
export type BehaviourKind = (typeof behaviourKinds)[number]

/** Only numbers can move like this. */
export const numberKinds: readonly BehaviourKind[] = ['normal', 'walk', 'sine', 'ramp', 'decay', 'daily', 'respond', 'drain']

/** `label` is a word of `behaviour`; `plain`: the same number for all devices; `positive`: above 0. */
export interface BehaviourField { name: string, label: string, optional?: boolean, positive?: boolean, plain?: boolean, unit?: string }

const optional = (name: string, label = name): BehaviourField => ({ name, label, optional: true })
const seconds = (name: string, label: string): BehaviourField => ({ name, label, positive: true, unit: 's' })
const range: BehaviourField[] = [{ name: 'min', label: 'min' }, { name: 'max', label: 'max' }]
const noise = optional('noise')
const utcOffset: BehaviourField = { name: 'utcOffsetMin', label: 'utcOffset', optional: true, plain: true, unit: 'min' }

/** The numbers each kind of behaviour is set by. */
export const behaviourFields: Record<BehaviourKind, BehaviourField[]> = {
  auto: [],
  constant: [],
  random: [optional('min'), optional('max')],
  normal: [{ name: 'mean', label: 'mean' }, { name: 'deviation', label: 'deviation' }, optional('min'), optional('max')],
  walk: [...range, { name: 'step', label: 'step', positive: true }, optional('start'), optional('mean', 'backTo'), { name: 'pull', label: 'pull', optional: true, plain: true }],
  sine: [...range, seconds('periodSec', 'period'), noise],
  ramp: [...range, seconds('periodSec', 'period')],
  decay: [{ name: 'from', label: 'min' }, { name: 'to', label: 'max' }, seconds('halfLifeSec', 'halfLife'), noise],
  daily: [noise, { ...optional('offsetSec', 'later'), unit: 's' }, utcOffset],
  cycle: [seconds('holdSec', 'hold')],
  steps: [],
  markov: [],
  trace: [{ ...optional('speed'), positive: true, unit: '×' }, { ...optional('offsetSec', 'from'), unit: 's' }],
  expression: [utcOffset],
  respond: [seconds('timeConstantSec', 'timeConstant'), optional('start'), noise, utcOffset],
  script: [],
  drain: [optional('start'), optional('perReport'), { ...optional('perHour'), unit: '/h' }, optional('min', 'lowest'), { ...optional('chargePerHour', 'charge'), positive: true, unit: '/h' }],
  off: [],
}

/** What a number is before somebody has typed one. */
export const fieldDefaults: Readonly<Record<string, string>> = { min: '0', max: '100', periodSec: '60', holdSec: '10', mean: '50', deviation: '5', from: '100', to: '0', halfLifeSec: '600', timeConstantSec: '300' }
