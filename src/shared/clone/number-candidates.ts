import type { Candidate, Surroundings } from './measure.ts'
import type { NumberSeries } from './series.ts'
import { evenBits, noiseOf, normalBits, restBits } from './measure.ts'
import { deviationOf, differences, leastBetween, meanOf, tidy, tidyLevel } from './series.ts'
import { fitSine } from './sine.ts'
import { drainCandidate, rampCandidate, riseCandidate } from './slope-candidates.ts'

/** Undefined: it cannot have been that. */
type Attempt = (series: NumberSeries, surroundings: Surroundings) => Candidate | undefined

const daySec = 86_400
/** A day is known when nearly all of it was seen. */
const dayKnownSec = 22 * 3600
const halfLivesTried = 24
/** A curve that leaves more of what moved is none. */
const restShareMax = 0.85
/** A pull that is hardly there, or so strong that no walk is left, is none. */
const pullMin = 0.02
const pullMax = 0.9

/** Every way in which a number that both rises and falls can move, one row each; see `costOf` for how they are compared. */
const swinging: Attempt[] = [
  function random({ values, low, high, resolution }) {
    return {
      behaviour: { kind: 'random', min: low, max: high },
      bits: evenBits(high - low, resolution),
      parameters: 2,
      reason: { rule: 'random', values: { low, high, values: values.length } },
    }
  },
  function normal({ values, low, high, mean, resolution }) {
    const deviation = deviationOf(values)
    return {
      behaviour: { kind: 'normal', mean: tidyLevel(mean, resolution), deviation: tidy(deviation), min: low, max: high },
      bits: normalBits(deviation, resolution),
      parameters: 4,
      reason: { rule: 'normal', values: { mean: tidyLevel(mean, resolution), deviation: tidy(deviation, 3), low, high } },
    }
  },
  function walk({ values, low, high, resolution, gapSec }, { reportSec }) {
    const changes = differences(values)
    const step = Math.sqrt(3) * deviationOf(changes, 0) * paceOf(gapSec, reportSec)
    return {
      behaviour: { kind: 'walk', min: low, max: high, step: tidy(step, 3) },
      bits: restBits(changes, resolution),
      parameters: 3,
      reason: { rule: 'walk', values: { step: tidy(step, 3), low, high } },
    }
  },
  function pulledWalk({ values, low, high, resolution, gapSec }, { reportSec }) {
    const changes = differences(values)
    const before = values.slice(0, -1)
    const [center, change] = [meanOf(before), meanOf(changes)]
    const spread = before.reduce((sum, value) => sum + (value - center) ** 2, 0)
    const pull = -before.reduce((sum, value, index) => sum + (value - center) * (changes[index]! - change), 0) / spread
    if (!(pull > pullMin && pull < pullMax))
      return undefined
    const mean = Math.min(high, Math.max(low, center + change / pull))
    const rests = changes.map((moved, index) => moved - pull * (mean - before[index]!))
    const step = Math.sqrt(3) * deviationOf(rests, 0) * paceOf(gapSec, reportSec)
    // Over a part of the time, a part of the way back.
    const share = isSlower(gapSec, reportSec) ? 1 - (1 - pull) ** (reportSec / gapSec) : pull
    return {
      behaviour: { kind: 'walk', min: low, max: high, step: tidy(step, 3), mean: tidyLevel(mean, resolution), pull: tidy(share, 3) },
      bits: restBits(rests, resolution),
      parameters: 5,
      reason: { rule: 'pulledWalk', values: { step: tidy(step, 3), low, high, mean: tidyLevel(mean, resolution), percent: tidy(100 * share, 2) } },
    }
  },
  function sine(series) {
    const fit = fitSine(series)
    if (fit === undefined || fit.amplitude <= series.resolution || leavesTooMuch(fit.rests, series.values))
      return undefined
    const noise = tidy(noiseOf(fit.rests, series.resolution), 3)
    const [min, max] = [tidyLevel(fit.middle - fit.amplitude, series.resolution), tidyLevel(fit.middle + fit.amplitude, series.resolution)]
    return {
      behaviour: { kind: 'sine', min, max, periodSec: tidy(fit.periodSec), noise },
      bits: restBits(fit.rests, series.resolution),
      // The best of many periods always fits a little, also where there is none: that is paid for too.
      parameters: 8,
      reason: { rule: 'sine', values: { low: min, high: max, seconds: tidy(fit.periodSec), noise } },
    }
  },
  rampCandidate,
  decay,
  drainCandidate,
  function daily({ startAt, times, values, resolution }) {
    if (times.at(-1)! < dayKnownSec)
      return undefined
    const hours: number[][] = Array.from({ length: 24 }, () => [])
    times.forEach((at, index) => hours[Math.floor((startAt / 1000 + at) % daySec / 3600)]!.push(values[index]!))
    const means = hours.map(seen => seen.length === 0 ? undefined : meanOf(seen))
    const points = means.flatMap((mean, hour) => mean === undefined ? [] : [{ hour, value: tidyLevel(mean, resolution) }])
    const valueAt = (hour: number): number => {
      const next = points.findIndex(point => point.hour + 0.5 > hour)
      const [from, to] = next > 0 ? [points[next - 1]!, points[next]!] : [points.at(-1)!, points[0]!]
      const span = (to.hour - from.hour + 24) % 24 || 24
      return from.value + (hour - from.hour - 0.5 + 24) % 24 / span * (to.value - from.value)
    }
    const rests = times.map((at, index) => values[index]! - valueAt((startAt / 1000 + at) % daySec / 3600))
    if (leavesTooMuch(rests, values))
      return undefined
    const noise = tidy(noiseOf(rests, resolution), 3)
    return {
      behaviour: { kind: 'daily', points: points.map(({ hour, value }) => ({ at: `${String(hour).padStart(2, '0')}:30`, value })), noise, offsetSec: 0, utcOffsetMin: 0 },
      bits: restBits(rests, resolution),
      parameters: points.length + 1,
      reason: { rule: 'daily', values: { points: points.length, noise } },
    }
  },
]

/** Those of a number that only rises, and of one that only falls. */
const rising: Attempt[] = [riseCandidate, decay]
const falling: Attempt[] = [drainCandidate, decay]

/** All ways in which a number can have moved that is not always the same. */
export function numberCandidates(series: NumberSeries, surroundings: Surroundings): Candidate[] {
  const changes = differences(series.values)
  const attempts = changes.every(change => change >= 0) ? rising : changes.every(change => change <= 0) ? falling : swinging
  return attempts.flatMap(attempt => attempt(series, surroundings) ?? [])
}

function decay({ times, values, resolution }: NumberSeries): Candidate | undefined {
  const spanSec = times.at(-1)!
  const shortest = 2 * spanSec / times.length
  const halfLife = (place: number): number => shortest * (2 * spanSec / shortest) ** (place / halfLivesTried)
  const squares = (place: number): number => decayWith(halfLife(place), times, values).rests.reduce((sum, rest) => sum + rest * rest, 0)
  const tried = Array.from({ length: halfLivesTried + 1 }, (_, place) => squares(place))
  const place = tried.indexOf(Math.min(...tried))
  const halfLifeSec = halfLife(leastBetween(place - 1, place + 1, squares))
  const fit = decayWith(halfLifeSec, times, values)
  // A curve whose end is far beyond what was seen is a straight line.
  if (Math.abs(fit.away) <= 3 * resolution || halfLifeSec > spanSec || leavesTooMuch(fit.rests, values))
    return undefined
  const [from, to, seconds] = [tidyLevel(fit.to + fit.away, resolution), tidyLevel(fit.to, resolution), tidy(halfLifeSec, 3)]
  return {
    behaviour: { kind: 'decay', from, to, halfLifeSec: seconds, noise: tidy(noiseOf(fit.rests, resolution), 3) },
    bits: restBits(fit.rests, resolution),
    parameters: 4,
    reason: { rule: 'decay', values: { from, to, seconds } },
  }
}

/** Start and end of a decay by least squares, its half-life given. */
function decayWith(halfLifeSec: number, times: readonly number[], values: readonly number[]): { to: number, away: number, rests: number[] } {
  const shares = times.map(at => 2 ** (-at / halfLifeSec))
  const [share, value] = [meanOf(shares), meanOf(values)]
  const away = shares.reduce((sum, one, index) => sum + (one - share) * (values[index]! - value), 0) / shares.reduce((sum, one) => sum + (one - share) ** 2, 0)
  const to = value - away * share
  return { to, away, rests: values.map((seen, index) => seen - to - away * shares[index]!) }
}

function leavesTooMuch(rests: readonly number[], values: readonly number[]): boolean {
  return deviationOf(rests, 0) > restShareMax * deviationOf(values)
}

function isSlower(gapSec: number, reportSec: number): boolean {
  return gapSec > 1.2 * reportSec
}

/** What a step is to be multiplied by, so that many small ones lead as far as a few large ones did. */
function paceOf(gapSec: number, reportSec: number): number {
  return isSlower(gapSec, reportSec) ? Math.sqrt(reportSec / gapSec) : 1
}
