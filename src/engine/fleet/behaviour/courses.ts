import type { TracePoint } from '../../../shared/behaviour/trace-csv.ts'
import type { Behaviour } from '../../../shared/contract/behaviour.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { Parameter, Parameters } from './parameter.ts'
import type { Step } from './turn.ts'
import { readTraceCsv } from '../../../shared/behaviour/trace-csv.ts'
import { drawNoise } from './movers.ts'
import { compilePick, valueOf } from './parameter.ts'
import { readTimeOfDay, secondOfDay } from './turn.ts'

type Of<Kind extends Behaviour['kind']> = Extract<Behaviour, { kind: Kind }>

const daySec = 86_400
/** States a device may pass through between two reports; after that it stays where it is until the next. */
const transitionsMax = 1_000

/** The values in turn, each for `holdSec`. */
export function cycle(behaviour: Of<'cycle'>, parameters: Parameters): Step {
  const hold = parameters.read('holdSec', behaviour.holdSec)
  const { values } = behaviour
  return (state, at, { elapsedSec }) => values[Math.floor(elapsedSec / valueOf(hold, state, at)) % values.length]!
}

/** The values in turn, each for a time of its own; after the last from the beginning, or the last one for good. */
export function steps(behaviour: Of<'steps'>, parameters: Parameters): Step {
  const parts = behaviour.values.map(({ value, holdSec }, index) => ({ value, hold: parameters.read(`values[${index}].holdSec`, holdSec) }))
  const loops = behaviour.end === 'loop'
  const last = parts.at(-1)!.value
  return (state, at, { elapsedSec }) => {
    let left = elapsedSec
    if (loops) {
      let round = 0
      for (const { hold } of parts)
        round += valueOf(hold, state, at)
      left %= round
    }
    for (const { value, hold } of parts) {
      left -= valueOf(hold, state, at)
      if (left < 0)
        return value
    }
    return last
  }
}

/** `place` and `until` are where a device remembers its state, and until when that lasts. */
export function markov(behaviour: Of<'markov'>, place: number, until: number, parameters: Parameters): Step {
  const names = behaviour.states.map(({ name }) => name)
  const states = behaviour.states.map(({ name, value, holdSec, next }, index) => {
    const ways = Object.entries(next).filter(([, weight]) => weight > 0)
    const pick = compilePick(ways.map(([, weight]) => weight))
    return { value: value ?? name, hold: parameters.read(`states[${index}].holdSec`, holdSec), to: ways.map(([to]) => names.indexOf(to)), pick }
  })
  const first = Math.max(0, behaviour.start === undefined ? 0 : names.indexOf(behaviour.start))
  return (state, at, { random, elapsedSec }) => {
    const drawHold = ({ hold }: { hold: Parameter }): number => -Math.log(1 - random.next()) * valueOf(hold, state, at)
    let now = state[at + place]!
    if (Number.isNaN(now)) {
      now = first
      state[at + until] = elapsedSec + drawHold(states[now]!)
    }
    for (let count = 0; elapsedSec >= state[at + until]! && states[now]!.to.length > 0; count++) {
      if (count === transitionsMax) {
        state[at + until] = elapsedSec
        break
      }
      now = states[now]!.to[states[now]!.pick(random)]!
      state[at + until]! += drawHold(states[now]!)
    }
    state[at + place] = now
    return states[now]!.value
  }
}

/** Straight lines between points of the day, in the local time of the machine or so many minutes east of UTC, with even noise. */
export function daily(behaviour: Of<'daily'>, parameters: Parameters): Step {
  const points = behaviour.points
    .map(({ at, value }, index) => ({ at: readTimeOfDay(at), value: parameters.read(`points[${index}].value`, value) }))
    .sort((a, b) => a.at - b.at)
  const noise = parameters.read('noise', behaviour.noise)
  const offset = parameters.read('offsetSec', behaviour.offsetSec)
  const { utcOffsetMin } = behaviour
  return (state, at, turn) => {
    const now = secondOfDay(turn.startedAt + 1000 * (turn.elapsedSec - valueOf(offset, state, at)), utcOffsetMin)
    let next = 0
    while (next < points.length && points[next]!.at <= now)
      next++
    const before = points[(next + points.length - 1) % points.length]!
    const after = points[next % points.length]!
    const span = (after.at - before.at + daySec) % daySec || daySec
    const share = ((now - before.at + daySec) % daySec) / span
    const from = valueOf(before.value, state, at)
    return from + share * (valueOf(after.value, state, at) - from) + drawNoise(noise, state, at, turn)
  }
}

/** What was recorded: each value until the next, `speed` times as fast. A table that does not read, which the contract lets nobody send, is one null. */
export function trace(behaviour: Of<'trace'>, parameters: Parameters): Step {
  const points = pointsOf(behaviour)
  const times = points.map(([at]) => at - points[0]![0])
  const speed = parameters.read('speed', behaviour.speed)
  const offset = parameters.read('offsetSec', behaviour.offsetSec)
  const lastAt = times.at(-1)!
  // The last value has to last as well: as long as the others on average.
  const round = points.length === 1 ? 1 : lastAt + lastAt / (points.length - 1)
  const loops = behaviour.end === 'loop'
  return (state, at, { elapsedSec }) => {
    const recordedSec = elapsedSec * valueOf(speed, state, at) + valueOf(offset, state, at)
    return points[findLast(times, loops ? recordedSec % round : recordedSec)]![1]
  }
}

function pointsOf({ points, csv }: Of<'trace'>): (TracePoint | [number, JsonValue])[] {
  const read = csv === undefined ? undefined : readTraceCsv(csv)
  return points ?? (read?.ok ? read.points : [[0, null]])
}

/** The place of the last time that is not after `at`; 0 when all are. Times grow. */
function findLast(times: readonly number[], at: number): number {
  let low = 0
  let high = times.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (times[middle]! <= at)
      low = middle
    else
      high = middle - 1
  }
  return low
}
