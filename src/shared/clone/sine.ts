import type { NumberSeries } from './series.ts'
import { leastBetween } from './series.ts'

export interface SineFit {
  middle: number
  /** From the middle to the top. */
  amplitude: number
  periodSec: number
  /** What the curve leaves of each value. */
  rests: number[]
}

/** Fewer turns are no period but a piece of a curve. */
const turnsMin = 1.2
/** A period has to have so many values. */
const valuesPerTurnMin = 4
const searchedMax = 300
/** Frequencies tried for each that the span can tell apart. */
const finesse = 5

/**
 * The sine that comes closest to a series, by least squares over many periods; undefined when the span holds no more than
 * one turn of any. Long series are searched thinned for long periods, and by their end for short ones.
 */
export function fitSine({ times, values }: NumberSeries): SineFit | undefined {
  const stride = Math.ceil(times.length / searchedMax)
  const searches = [[...times.keys()].filter(index => index % stride === 0)]
  if (stride > 1)
    searches.push([...times.keys()].slice(-searchedMax))
  let best: { frequency: number, width: number, rest: number } | undefined
  for (const places of searches) {
    const at = places.map(index => times[index]!)
    const seen = places.map(index => values[index]!)
    const spanSec = at.at(-1)! - at[0]!
    const width = 1 / spanSec / finesse
    const count = Math.floor((at.length / valuesPerTurnMin - turnsMin) * finesse)
    let found: { frequency: number, rest: number } | undefined
    for (let step = 0; step <= count; step++) {
      const frequency = turnsMin / spanSec + step * width
      const { rest } = solve(at, seen, frequency)
      if (found === undefined || rest < found.rest)
        found = { frequency, rest }
    }
    if (found === undefined)
      continue
    const whole = solve(times, values, found.frequency).rest
    if (best === undefined || whole < best.rest)
      best = { frequency: found.frequency, width, rest: whole }
  }
  if (best === undefined)
    return undefined
  const frequency = leastBetween(Math.max(best.frequency - best.width, best.frequency / 2), best.frequency + best.width, tried => solve(times, values, tried).rest)
  const { middle, cosine, sine } = solve(times, values, frequency)
  const rests = times.map((at, index) => values[index]! - middle - cosine * Math.cos(2 * Math.PI * frequency * at) - sine * Math.sin(2 * Math.PI * frequency * at))
  return { middle, amplitude: Math.hypot(cosine, sine), periodSec: 1 / frequency, rests }
}

/** Middle, cosine and sine of one frequency by least squares, and the squares that are left. */
function solve(times: readonly number[], values: readonly number[], frequency: number): { middle: number, cosine: number, sine: number, rest: number } {
  let c = 0
  let s = 0
  let cc = 0
  let ss = 0
  let cs = 0
  let v = 0
  let vc = 0
  let vs = 0
  let vv = 0
  const count = times.length
  // Far from 0 the squares would drown what is left of them.
  const origin = values[0]!
  for (let index = 0; index < count; index++) {
    const angle = 2 * Math.PI * frequency * times[index]!
    const cosine = Math.cos(angle)
    const sine = Math.sin(angle)
    const value = values[index]! - origin
    c += cosine
    s += sine
    cc += cosine * cosine
    ss += sine * sine
    cs += cosine * sine
    v += value
    vc += value * cosine
    vs += value * sine
    vv += value * value
  }
  // Without the means, two equations are left.
  const a = cc - c * c / count
  const b = cs - c * s / count
  const d = ss - s * s / count
  const e = vc - v * c / count
  const f = vs - v * s / count
  const determinant = a * d - b * b
  if (Math.abs(determinant) < 1e-9 * count)
    return { middle: origin + v / count, cosine: 0, sine: 0, rest: vv - v * v / count }
  const cosine = (e * d - f * b) / determinant
  const sine = (a * f - b * e) / determinant
  return { middle: origin + (v - cosine * c - sine * s) / count, cosine, sine, rest: vv - v * v / count - cosine * e - sine * f }
}
