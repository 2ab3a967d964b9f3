import type { Behaviour } from '../../../shared/contract/behaviour.ts'
import type { DataType } from '../../../shared/thing-model/types.ts'
import type { Parameter, Parameters } from './parameter.ts'
import type { Step, Turn } from './turn.ts'
import { drawNormal, valueOf } from './parameter.ts'
import { compileDraw } from './random-value.ts'

type Of<Kind extends Behaviour['kind']> = Extract<Behaviour, { kind: Kind }>

/** Bounds that draws are kept ready for. */
const knownDrawsMax = 1_000

/** Independent values, evenly spread. */
export function random(behaviour: Of<'random'>, type: DataType, parameters: Parameters): Step {
  const { min, max } = behaviour
  if ((min === undefined || typeof min === 'number') && (max === undefined || typeof max === 'number')) {
    const draw = compileDraw(type, { min, max })
    return (_state, _at, turn) => draw(turn.random)
  }
  const low = parameters.readOptional('min', min)
  const high = parameters.readOptional('max', max)
  // Devices with the same bounds share what has been worked out for them.
  const known = new Map<string, ReturnType<typeof compileDraw>>()
  return (state, at, turn) => {
    const bounds = { min: low && valueOf(low, state, at), max: high && valueOf(high, state, at) }
    const name = `${bounds.min} ${bounds.max}`
    const draw = known.get(name) ?? compileDraw(type, bounds)
    if (known.size < knownDrawsMax)
      known.set(name, draw)
    return draw(turn.random)
  }
}

export function normal(behaviour: Of<'normal'>, parameters: Parameters): Step {
  const mean = parameters.read('mean', behaviour.mean)
  const deviation = parameters.read('deviation', behaviour.deviation)
  const min = parameters.readOptional('min', behaviour.min)
  const max = parameters.readOptional('max', behaviour.max)
  return (state, at, turn) => {
    const value = valueOf(mean, state, at) + valueOf(deviation, state, at) * drawNormal(turn.random)
    const notBelow = min === undefined ? value : Math.max(valueOf(min, state, at), value)
    return max === undefined ? notBelow : Math.min(valueOf(max, state, at), notBelow)
  }
}

export function walk(behaviour: Of<'walk'>, slot: number, parameters: Parameters): Step {
  const min = parameters.read('min', behaviour.min)
  const max = parameters.read('max', behaviour.max)
  const step = parameters.read('step', behaviour.step)
  const start = parameters.readOptional('start', behaviour.start)
  const mean = parameters.readOptional('mean', behaviour.mean)
  const { pull = 0 } = behaviour
  return (state, at, turn) => {
    const a = valueOf(min, state, at)
    const b = valueOf(max, state, at)
    const low = a < b ? a : b
    const high = a < b ? b : a
    const last = state[at + slot]!
    const change = turn.random.next()
    let next = Number.NaN
    if (!Number.isNaN(last)) {
      next = last + (2 * change - 1) * valueOf(step, state, at)
      if (pull > 0)
        next += pull * ((mean === undefined ? (low + high) / 2 : valueOf(mean, state, at)) - last)
    }
    else {
      next = start === undefined ? low + change * (high - low) : valueOf(start, state, at)
    }
    // A step over the edge is taken back the other way, so that the walk does not stick there.
    const turned = next > high ? 2 * high - next : next < low ? 2 * low - next : next
    return state[at + slot] = turned > high ? high : turned < low ? low : turned
  }
}

export function sine(behaviour: Of<'sine'>, slot: number, parameters: Parameters): Step {
  const min = parameters.read('min', behaviour.min)
  const max = parameters.read('max', behaviour.max)
  const period = parameters.read('periodSec', behaviour.periodSec)
  const noise = parameters.read('noise', behaviour.noise)
  return (state, at, turn) => {
    const low = valueOf(min, state, at)
    const high = valueOf(max, state, at)
    if (Number.isNaN(state[at + slot]!))
      state[at + slot] = turn.random.next()
    const turns = state[at + slot]! + turn.elapsedSec / valueOf(period, state, at)
    return (low + high) / 2 + (high - low) / 2 * Math.sin(2 * Math.PI * turns) + drawNoise(noise, state, at, turn)
  }
}

export function ramp(behaviour: Of<'ramp'>, parameters: Parameters): Step {
  const min = parameters.read('min', behaviour.min)
  const max = parameters.read('max', behaviour.max)
  const period = parameters.read('periodSec', behaviour.periodSec)
  return (state, at, { elapsedSec }) => {
    const low = valueOf(min, state, at)
    const periodSec = valueOf(period, state, at)
    return low + (valueOf(max, state, at) - low) * ((elapsedSec % periodSec) / periodSec)
  }
}

export function decay(behaviour: Of<'decay'>, parameters: Parameters): Step {
  const from = parameters.read('from', behaviour.from)
  const to = parameters.read('to', behaviour.to)
  const halfLife = parameters.read('halfLifeSec', behaviour.halfLifeSec)
  const noise = parameters.read('noise', behaviour.noise)
  return (state, at, turn) => {
    const end = valueOf(to, state, at)
    return end + (valueOf(from, state, at) - end) * 2 ** (-turn.elapsedSec / valueOf(halfLife, state, at)) + drawNoise(noise, state, at, turn)
  }
}

/** Evenly spread around 0; takes nothing from the stream where there is no noise. */
export function drawNoise(noise: Parameter, state: number[], at: number, { random }: Turn): number {
  const most = valueOf(noise, state, at)
  return most > 0 ? most * (2 * random.next() - 1) : 0
}
