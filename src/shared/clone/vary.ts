import type { Behaviour, BehaviourParameter } from '../contract/behaviour.ts'

/** What the thing model allows. */
interface Allowed { lowest: number, highest: number }

/**
 * A learned behaviour as a distribution of behaviours: each device draws its own numbers, evenly up to `percent` around what was
 * learned. Levels move by that share of the range that was seen, paces and times by that share of themselves. What was recorded
 * stays as it was, and each device begins at another place of it.
 */
export function varyBehaviour(behaviour: Behaviour, percent: number, { lowest, highest }: Allowed): Behaviour {
  if (percent === 0)
    return behaviour
  const share = percent / 100
  const draw = (value: number, away: number, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY): BehaviourParameter => {
    const [min, max] = [Math.max(low, value - away), Math.min(high, value + away)]
    return away > 0 && max > min ? { draw: 'uniform', min: rounded(min), max: rounded(max) } : value
  }
  /** Of something positive: a step, a noise, a time. */
  const pace = (value: BehaviourParameter): BehaviourParameter => typeof value === 'number' && value > 0 ? draw(value, share * value) : value
  const level = (range: number) => (value: BehaviourParameter): BehaviourParameter => typeof value === 'number' ? draw(value, share * range, lowest, highest) : value
  switch (behaviour.kind) {
    case 'random': {
      const of = level(rangeOf(behaviour.min, behaviour.max))
      return { ...behaviour, ...behaviour.min !== undefined && { min: of(behaviour.min) }, ...behaviour.max !== undefined && { max: of(behaviour.max) } }
    }
    case 'normal': {
      const of = level(rangeOf(behaviour.min, behaviour.max))
      return { ...behaviour, mean: of(behaviour.mean), deviation: pace(behaviour.deviation), ...behaviour.min !== undefined && { min: of(behaviour.min) }, ...behaviour.max !== undefined && { max: of(behaviour.max) } }
    }
    case 'walk': {
      const of = level(rangeOf(behaviour.min, behaviour.max))
      return { ...behaviour, min: of(behaviour.min), max: of(behaviour.max), step: pace(behaviour.step), ...behaviour.mean !== undefined && { mean: of(behaviour.mean) } }
    }
    case 'sine': {
      const of = level(rangeOf(behaviour.min, behaviour.max))
      return { ...behaviour, min: of(behaviour.min), max: of(behaviour.max), periodSec: pace(behaviour.periodSec), noise: pace(behaviour.noise) }
    }
    case 'ramp': {
      const of = level(rangeOf(behaviour.min, behaviour.max))
      return { ...behaviour, min: of(behaviour.min), max: of(behaviour.max), periodSec: pace(behaviour.periodSec) }
    }
    case 'decay': {
      const of = level(rangeOf(behaviour.from, behaviour.to))
      return { ...behaviour, from: of(behaviour.from), to: of(behaviour.to), halfLifeSec: pace(behaviour.halfLifeSec), noise: pace(behaviour.noise) }
    }
    case 'drain': {
      const of = level(rangeOf(behaviour.min, behaviour.start))
      return { ...behaviour, start: of(behaviour.start), perHour: pace(behaviour.perHour), ...behaviour.chargePerHour !== undefined && { chargePerHour: pace(behaviour.chargePerHour) } }
    }
    case 'cycle':
      return { ...behaviour, holdSec: pace(behaviour.holdSec) }
    case 'steps':
      return { ...behaviour, values: behaviour.values.map(one => ({ ...one, holdSec: pace(one.holdSec) })) }
    case 'markov':
      return { ...behaviour, states: behaviour.states.map(state => ({ ...state, holdSec: pace(state.holdSec) })) }
    case 'daily':
      return { ...behaviour, noise: pace(behaviour.noise), offsetSec: draw(0, share * 4 * 3600) }
    case 'trace':
      return { ...behaviour, offsetSec: draw(0, behaviour.points?.at(-1)?.[0] ?? 0, 0) }
    case 'constant':
    case 'expression':
    case 'respond':
    case 'script':
    case 'off':
      return behaviour
  }
}

function rangeOf(one: BehaviourParameter | undefined, other: BehaviourParameter | undefined): number {
  return typeof one === 'number' && typeof other === 'number' ? Math.abs(one - other) : 0
}

function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
