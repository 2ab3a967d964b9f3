import type { JsonValue } from '../json.ts'
import type { Candidate } from './measure.ts'
import { differences, meanOf, quantile, tidy } from './series.ts'

/** Values that a device went through, oldest first; at least one. */
export interface StateSeries {
  /** Seconds since the first value. */
  times: number[]
  values: JsonValue[]
}

/** A value for as long as it stayed the same. */
interface Stretch { value: JsonValue, name: string, fromSec: number, holdSec: number, values: number }

/** A hold that differs by more than this share from the others of its kind, and by more than one gap, is no fixed one. */
const holdShare = 0.15
const gapsLate = 1.5
const nameCharsMax = 64
const statesNamed = 6

/** How many different values there are, and how many of them follow each other unchanged on average. */
export function stateFigures(series: StateSeries): { states: number, valuesPerStretch: number } {
  const stretches = stretchesOf(series)
  return { states: new Set(stretches.map(({ name }) => name)).size, valuesPerStretch: series.values.length / stretches.length }
}

/** Ways in which something can go from state to state: in a fixed order, each state for a fixed time, or as chance has it. */
export function stateCandidates(series: StateSeries): Candidate[] {
  const stretches = stretchesOf(series)
  const gapSec = quantile(differences(series.times), 0.5) || 1
  return [inOrder(stretches, gapSec, series.values.length), byChance(stretches, series.values.length)].filter(candidate => candidate !== undefined)
}

function stretchesOf({ times, values }: StateSeries): Stretch[] {
  const stretches: Stretch[] = []
  values.forEach((value, index) => {
    const name = nameOf(value)
    const last = stretches.at(-1)
    if (last !== undefined)
      last.holdSec = times[index]! - last.fromSec
    if (last?.name === name)
      last.values += 1
    else
      stretches.push({ value, name, fromSec: times[index]!, holdSec: 0, values: 1 })
  })
  return stretches
}

function nameOf(value: JsonValue): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).trim().slice(0, nameCharsMax) || '""'
}

/** The same states in the same order at least twice over, each always for about the same time; the first and the last stretch were not seen whole. */
function inOrder(stretches: readonly Stretch[], gapSec: number, count: number): Candidate | undefined {
  const whole = stretches.slice(1, -1)
  for (let length = 2; 2 * length <= whole.length; length++) {
    if (!stretches.every(({ name }, index) => index < length || name === stretches[index - length]!.name))
      continue
    const holds = Array.from({ length }, (_, place) => meanOf(whole.filter((_, index) => (index + 1) % length === place).map(({ holdSec }) => holdSec)))
    const late = whole.map(({ holdSec }, index) => Math.abs(holdSec - holds[(index + 1) % length]!))
    if (late.some((sec, index) => sec > Math.max(gapsLate * gapSec, holdShare * holds[(index + 1) % length]!)))
      return undefined
    const bits = late.reduce((sum, sec) => sum + Math.log2(1 + 2 * sec / gapSec), 0) / count
    const values = stretches.slice(0, length).map(({ value }) => value)
    const holdSec = meanOf(holds)
    const words = holds.map((hold, place) => `${stretches[place]!.name}: ${tidy(hold, 3)} s`).slice(0, statesNamed).join(', ')
    const rounds = Math.floor(stretches.length / length)
    if (holds.every(hold => Math.abs(hold - holdSec) <= Math.max(gapSec, holdShare * holdSec)))
      return { behaviour: { kind: 'cycle', values, holdSec: tidy(holdSec) }, bits, parameters: length + 1, reason: { rule: 'cycle', values: { states: length, seconds: tidy(holdSec, 3), rounds } } }
    return { behaviour: { kind: 'steps', values: values.map((value, place) => ({ value, holdSec: tidy(holds[place]!) })), end: 'loop' }, bits, parameters: 2 * length, reason: { rule: 'steps', values: { states: length, words, rounds } } }
  }
  return undefined
}

/** From each state to the next ones as often as it was seen, after a time that is exponentially distributed around what was seen. */
function byChance(stretches: readonly Stretch[], count: number): Candidate | undefined {
  const states = new Map<string, { value: JsonValue, sec: number, values: number, next: Record<string, number> }>()
  stretches.forEach(({ name, value, holdSec, values }, index) => {
    const state = states.get(name) ?? { value, sec: 0, values: 0, next: {} }
    states.set(name, state)
    state.sec += holdSec
    state.values += values
    const to = stretches[index + 1]?.name
    if (to !== undefined)
      state.next[to] = (state.next[to] ?? 0) + 1
  })
  if (states.size < 2 || states.size > 100)
    return undefined
  let bits = 0
  let parameters = 1
  const spanSec = stretches.reduce((sum, { holdSec }) => sum + holdSec, 0)
  const [longest] = [...states].sort(([, a], [, b]) => b.sec - a.sec)[0]!
  const list = [...states].map(([name, { value, sec, values, next }]) => {
    const leaves = Object.values(next).reduce((sum, times) => sum + times, 0)
    const ways = [values - leaves, ...Object.values(next)]
    // The last value of all has no next one.
    const total = ways.reduce((sum, times) => sum + times, 0)
    bits -= ways.reduce((sum, times) => times > 0 ? sum + times * Math.log2(times / total) : sum, 0)
    parameters += ways.length
    // A state that was only seen at the end would otherwise be the last for good.
    const after = leaves > 0 || name === longest ? next : { [longest]: 1 }
    return { name, value, holdSec: tidy(Math.max(sec, spanSec / count) / Math.max(1, leaves), 3), next: after }
  })
  const changes = stretches.length - 1
  return {
    behaviour: { kind: 'markov', states: list, start: stretches[0]!.name },
    bits: bits / count,
    parameters,
    reason: { rule: 'markov', values: { states: list.length, changes, words: list.slice(0, statesNamed).map(({ name, holdSec }) => `${name}: ${holdSec} s`).join(', ') } },
  }
}
