import type { Behaviour } from '../contract/behaviour.ts'
import type { JsonValue } from '../json.ts'
import type { DataType } from '../thing-model/types.ts'
import type { Candidate } from './measure.ts'
import type { Reason } from './words.ts'
import { costOf } from './measure.ts'
import { numberCandidates } from './number-candidates.ts'
import { differences, numberSeries, quantile, resolutionOf, tidy } from './series.ts'
import { stateCandidates, stateFigures } from './state-candidates.ts'

/** What was reported of a property. */
export interface Recorded {
  type: DataType
  /** Oldest first, epoch milliseconds. */
  points: readonly { at: number, value: JsonValue }[]
}

/** How a property can be played. */
export interface LearnedMovement {
  behaviour: Behaviour
  reason: Reason
  /** Every way that was compared, the best first; empty where there was nothing to compare. */
  compared: { kind: Behaviour['kind'], bitsPerValue: number }[]
  /** The values at the times they had; undefined for none. */
  asRecorded: Behaviour | undefined
  /** What it was most often, or in the middle. */
  constant: Behaviour
  /** The smallest distance between two numbers; 0 for what is no number, or always the same. */
  resolution: number
}

/** Values that say something about how they follow each other. */
export const valuesToLearnMin = 8
const numberStatesMax = 12
const textStatesMax = 20
const valuesPerStretchMin = 3
/** What a recorded movement may take in a fleet's settings. */
const recordedCharsMax = 256 * 1024

/**
 * Finds the way of moving that explains best what was recorded of a property. `reportSec` is what will lie between two reports
 * of the fleet. Undefined when nothing was recorded.
 */
export function learnMovement({ type, points }: Recorded, reportSec: number): LearnedMovement | undefined {
  const known = onePerInstant(points)
  if (known.length === 0)
    return undefined
  const values = known.map(({ value }) => value)
  const [usual, times] = mostOften(values)
  const asRecorded = recordedBehaviour(known)
  const resolution = typeOfNumbers(type) ? resolutionOf(values.filter(value => typeof value === 'number')) : 0
  const constant: Behaviour = { kind: 'constant', value: typeOfNumbers(type) ? middleOf(values) ?? usual : usual }
  const as = (behaviour: Behaviour | undefined, rule: Reason['rule'], words: Record<string, number | string> = {}): LearnedMovement =>
    ({ behaviour: behaviour ?? constant, reason: { rule: behaviour === undefined ? 'tooLong' : rule, values: { values: values.length, value: shorten(usual), ...words } }, compared: [], asRecorded, constant, resolution })
  if (times === values.length)
    return as({ kind: 'constant', value: usual }, times === 1 ? 'once' : 'constant')
  if (values.length < valuesToLearnMin)
    return as(asRecorded, 'tooFew', { least: valuesToLearnMin })
  const candidates = candidatesOf(type, known, reportSec)
  if (candidates.length === 0)
    return as(asRecorded, type.type === 'text' ? 'text' : type.type === 'date' ? 'date' : 'compound')
  const sorted = candidates.toSorted((a, b) => costOf(a, values.length) - costOf(b, values.length))
  const best = sorted[0]!
  return {
    behaviour: best.behaviour,
    reason: best.reason,
    compared: sorted.map(candidate => ({ kind: candidate.behaviour.kind, bitsPerValue: tidy(costOf(candidate, values.length), 3) })),
    asRecorded,
    constant,
    resolution,
  }
}

function candidatesOf(type: DataType, points: Recorded['points'], reportSec: number): Candidate[] {
  const startAt = points[0]!.at
  const states = { times: points.map(({ at }) => (at - startAt) / 1000), values: points.map(({ value }) => value) }
  switch (type.type) {
    case 'int':
    case 'float':
    case 'double':
    case 'long': {
      const numbers = points.flatMap(({ at, value }) => Number.isFinite(Number(value)) ? [{ at, value: Number(value) }] : [])
      if (numbers.length < valuesToLearnMin)
        return []
      const { states: count, valuesPerStretch } = stateFigures(states)
      const isSetLike = count <= numberStatesMax && valuesPerStretch >= valuesPerStretchMin
      return [
        ...numberCandidates(numberSeries(numbers), { reportSec, lowest: Number(type.min ?? Number.NEGATIVE_INFINITY), highest: Number(type.max ?? Number.POSITIVE_INFINITY) }),
        ...isSetLike ? stateCandidates(states) : [],
      ]
    }
    case 'bool':
    case 'enum':
      return stateCandidates(states)
    case 'text':
      return stateFigures(states).states <= textStatesMax ? stateCandidates(states) : []
    case 'date':
    case 'struct':
    case 'array':
      return []
  }
}

function typeOfNumbers({ type }: DataType): boolean {
  return type === 'int' || type === 'float' || type === 'double'
}

/** Of several values with the same time, the last. */
function onePerInstant(points: Recorded['points']): Recorded['points'] {
  return points.filter(({ at }, index) => points[index + 1]?.at !== at)
}

function mostOften(values: readonly JsonValue[]): [value: JsonValue, times: number] {
  const counts = new Map<string, { value: JsonValue, times: number }>()
  for (const value of values) {
    const key = JSON.stringify(value)
    const seen = counts.get(key) ?? { value, times: 0 }
    seen.times += 1
    counts.set(key, seen)
  }
  const { value, times } = [...counts.values()].reduce((most, one) => one.times > most.times ? one : most)
  return [value, times]
}

function middleOf(values: readonly JsonValue[]): number | undefined {
  const numbers = values.filter(value => typeof value === 'number')
  return numbers.length === 0 ? undefined : quantile(numbers, 0.5)
}

function recordedBehaviour(points: Recorded['points']): Behaviour | undefined {
  const startAt = points[0]!.at
  const kept = points.map(({ at, value }): [number, JsonValue] => [(at - startAt) / 1000, value])
  return JSON.stringify(kept).length > recordedCharsMax ? undefined : { kind: 'trace', points: kept, speed: 1, end: 'loop', offsetSec: 0 }
}

function shorten(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

/** How a device spaces its reports: the median gap, and where the middle eight of ten gaps lie; undefined for fewer than two instants. */
export function spacingOf(instants: readonly number[]): { medianSec: number, fromSec: number, toSec: number, isIrregular: boolean } | undefined {
  const gaps = differences(instants).map(ms => ms / 1000).filter(gap => gap > 0)
  if (gaps.length === 0)
    return undefined
  const [medianSec, fromSec, toSec] = [quantile(gaps, 0.5), quantile(gaps, 0.1), quantile(gaps, 0.9)]
  return { medianSec, fromSec, toSec, isIrregular: toSec - fromSec > 0.5 * medianSec }
}
