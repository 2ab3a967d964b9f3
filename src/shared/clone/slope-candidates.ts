import type { Candidate, Surroundings } from './measure.ts'
import type { NumberSeries } from './series.ts'
import { restBits } from './measure.ts'
import { differences, tidy } from './series.ts'

const daySec = 86_400
/** A change over so much of the range, against the direction of the others, begins anew. */
const resetShare = 0.5
/** Values of a stretch in one direction, so that it is no mere noise. */
const stretchMin = 3

/** From one end to the other and again from the beginning, up or down: what changes between two values is always the same but for the jumps. */
export function rampCandidate({ times, values, low, high, resolution }: NumberSeries): Candidate | undefined {
  const changes = differences(values)
  const gaps = differences(times)
  const isUp = changes.filter(change => change > 0).length >= changes.filter(change => change < 0).length
  const sign = isUp ? 1 : -1
  const isReset = changes.map(change => sign * change < -resetShare * (high - low))
  const resets = [...isReset.keys()].filter(index => isReset[index])
  const slope = ratio(changes, gaps, index => !isReset[index])
  if (resets.length === 0 || sign * slope <= 0)
    return undefined
  const [first, last] = [times[resets[0]! + 1]!, times[resets.at(-1)! + 1]!]
  const periodSec = resets.length > 1 ? (last - first) / (resets.length - 1) : (high - low) / Math.abs(slope)
  const across = slope * periodSec
  const rests = changes.map((change, index) => change - slope * gaps[index]! + (isReset[index] ? across : 0))
  const [min, max] = isUp ? [low, high] : [high, low]
  return {
    behaviour: { kind: 'ramp', min, max, periodSec: tidy(periodSec) },
    bits: restBits(rests, resolution),
    parameters: 3,
    reason: { rule: 'ramp', values: { from: min, to: max, seconds: tidy(periodSec), times: resets.length } },
  }
}

/** A counter: it goes on climbing for a day as it did, or up to what the thing model allows, and begins anew. */
export function riseCandidate({ times, values, resolution }: NumberSeries, { highest }: Surroundings): Candidate {
  const changes = differences(values)
  const gaps = differences(times)
  const from = values[0]!
  const slope = (values.at(-1)! - from) / times.at(-1)!
  const to = Math.max(values.at(-1)!, Math.min(highest, from + slope * daySec))
  return {
    behaviour: { kind: 'ramp', min: from, max: tidy(to, 6), periodSec: tidy((to - from) / slope) },
    bits: restBits(changes.map((change, index) => change - slope * gaps[index]!), resolution),
    parameters: 2,
    reason: { rule: 'rise', values: { from, perHour: tidy(slope * 3600, 3), to: tidy(to, 6) } },
  }
}

/** A battery: falls at one pace, and where it was seen to be charged rises at another. */
export function drainCandidate({ times, values, low, high, resolution }: NumberSeries, { lowest }: Surroundings): Candidate | undefined {
  const changes = differences(values)
  const gaps = differences(times)
  const isRising = changes.map(change => change > 0)
  const falls = -3600 * ratio(changes, gaps, index => !isRising[index])
  if (!(falls > 0))
    return undefined
  if (!isRising.includes(true)) {
    const min = Number.isFinite(lowest) ? lowest : Math.min(0, low)
    return {
      behaviour: { kind: 'drain', start: values[0]!, perReport: 0, perHour: tidy(falls), min },
      bits: restBits(changes.map((change, index) => change + falls / 3600 * gaps[index]!), resolution),
      parameters: 2,
      reason: { rule: 'drain', values: { from: values[0]!, perHour: tidy(falls, 3), to: min } },
    }
  }
  const rises = 3600 * ratio(changes, gaps, index => isRising[index]!)
  const turns = changes.filter((_, index) => index > 0 && isRising[index] !== isRising[index - 1]).length
  if (turns * stretchMin > changes.length || turns === 0)
    return undefined
  return {
    behaviour: { kind: 'drain', start: high, perReport: 0, perHour: tidy(falls), min: low, chargePerHour: tidy(rises) },
    bits: restBits(changes.map((change, index) => change - (isRising[index] ? rises : -falls) / 3600 * gaps[index]!), resolution),
    parameters: 4,
    reason: { rule: 'charged', values: { from: high, perHour: tidy(falls, 3), to: low, charge: tidy(rises, 3) } },
  }
}

/** What changes in a second, over the places that count. */
function ratio(changes: readonly number[], gaps: readonly number[], counts: (index: number) => boolean): number {
  let change = 0
  let gap = 0
  for (let index = 0; index < changes.length; index++) {
    if (counts(index)) {
      change += changes[index]!
      gap += gaps[index]!
    }
  }
  return gap === 0 ? 0 : change / gap
}
