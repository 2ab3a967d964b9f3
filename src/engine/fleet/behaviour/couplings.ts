import type { Behaviour } from '../../../shared/contract/behaviour.ts'
import type { Evaluate } from './formula.ts'
import type { Parameters } from './parameter.ts'
import type { Remember, Step } from './turn.ts'
import { toNumber } from './formula.ts'
import { drawNoise } from './movers.ts'
import { valueOf } from './parameter.ts'

type Of<Kind extends Behaviour['kind']> = Extract<Behaviour, { kind: Kind }>

/** Follows a target, first order. What a device remembers is without noise, so that noise does not add up. */
export function respond(behaviour: Of<'respond'>, target: Evaluate, remember: Remember, parameters: Parameters): Step {
  const constant = parameters.read('timeConstantSec', behaviour.timeConstantSec)
  const start = parameters.readOptional('start', behaviour.start)
  const noise = parameters.read('noise', behaviour.noise)
  const level = remember('level')
  const since = remember('since')
  return (state, at, turn) => {
    const wanted = toNumber(target(state, at, turn))
    let value = state[at + level]!
    if (Number.isNaN(value))
      value = start === undefined ? wanted : valueOf(start, state, at)
    else if (Number.isFinite(wanted))
      value += (wanted - value) * (1 - Math.exp((state[at + since]! - turn.elapsedSec) / valueOf(constant, state, at)))
    state[at + level] = value
    state[at + since] = turn.elapsedSec
    return value + drawNoise(noise, state, at, turn)
  }
}

/** Drains from report to report, and where it can be charged, fills up again from its lowest level. */
export function drain(behaviour: Of<'drain'>, remember: Remember, parameters: Parameters): Step {
  const start = parameters.read('start', behaviour.start)
  const perReport = parameters.read('perReport', behaviour.perReport)
  const perHour = parameters.read('perHour', behaviour.perHour)
  const min = parameters.read('min', behaviour.min)
  const charge = parameters.readOptional('chargePerHour', behaviour.chargePerHour)
  const level = remember('level')
  const since = remember('since')
  /** 1 while it is being charged. */
  const charging = remember('charging')
  return (state, at, turn) => {
    const full = valueOf(start, state, at)
    const lowest = Math.min(full, valueOf(min, state, at))
    let value = state[at + level]!
    const hours = (turn.elapsedSec - state[at + since]!) / 3600
    if (Number.isNaN(value)) {
      value = full
      state[at + charging] = 0
    }
    else if (state[at + charging] === 1 && charge !== undefined) {
      value += hours * valueOf(charge, state, at)
    }
    else {
      value -= hours * valueOf(perHour, state, at) + valueOf(perReport, state, at)
    }
    value = Math.min(full, Math.max(lowest, value))
    if (value === lowest)
      state[at + charging] = 1
    else if (value === full)
      state[at + charging] = 0
    state[at + since] = turn.elapsedSec
    return state[at + level] = value
  }
}
