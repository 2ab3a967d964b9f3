import type { Behaviour } from '../../../shared/contract/fleet.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { DataType, ThingModel } from '../../../shared/thing-model/types.ts'
import type { Random } from './random-streams.ts'
import { wireName } from '../../../shared/thing-model/method.ts'
import { compileFit } from './fit-value.ts'
import { compileDraw } from './random-value.ts'
import { suggestBehaviours } from './suggest.ts'

/**
 * The next raw value of a property. `state` holds one number per device that has to remember something, at `at`; NaN
 * there means that the device starts now. `elapsedSec` is the device's own time since it first came online.
 */
type Step = (state: number[], at: number, random: Random, elapsedSec: number) => JsonValue

interface Mover { step: Step, remembers: boolean }

/** How all properties of a model move, worked out once for a whole fleet. */
export interface BehaviourPlan {
  /** What each device has to remember between two reports, a number each; a name outlives a change of behaviours. */
  readonly slots: readonly string[]
  /**
   * The params of a device's next property post, by the property's name on the wire; empty when every property is off.
   * Depends on nothing but its arguments and changes only `state` (from `at`, a number for each of {@link slots}) and the stream.
   */
  report: (state: number[], at: number, random: Random, elapsedMs: number) => JsonObject
}

/**
 * Works out how each property of a model moves. Properties without a behaviour get the suggested one; behaviours for
 * properties that the model does not have are left aside. A custom module's properties are named `{module}:{identifier}`.
 */
export function compileBehaviours(model: ThingModel, behaviours: Record<string, Behaviour>): BehaviourPlan {
  const suggested = suggestBehaviours(model)
  const slots: string[] = []
  const movers = model.properties.flatMap((property) => {
    const key = wireName(property.identifier, model.functionBlockId)
    const behaviour = behaviours[key] ?? behaviours[property.identifier] ?? suggested[key]
    if (behaviour === undefined || behaviour.kind === 'off')
      return []
    const mover = compileBehaviour(property.dataType, behaviour)
    const slot = slots.length
    if (mover.remembers)
      slots.push(`${key} ${behaviour.kind}`)
    return [{ key, slot, step: mover.step, fit: compileFit(property.dataType) }]
  })
  return {
    slots,
    report(state, at, random, elapsedMs) {
      const params: JsonObject = {}
      for (const { key, slot, step, fit } of movers)
        params[key] = fit(step(state, at + slot, random, elapsedMs / 1000))
      return params
    },
  }
}

function compileBehaviour(type: DataType, behaviour: Exclude<Behaviour, { kind: 'off' }>): Mover {
  switch (behaviour.kind) {
    case 'constant':
      return { remembers: false, step: () => behaviour.value }
    case 'random': {
      const draw = compileDraw(type, behaviour)
      return { remembers: false, step: (_state, _at, random) => draw(random) }
    }
    case 'walk':
      return { remembers: true, step: walk(behaviour) }
    case 'sine':
      return { remembers: true, step: sine(behaviour) }
    case 'ramp':
      return { remembers: false, step: (_state, _at, _random, elapsedSec) => behaviour.min + (behaviour.max - behaviour.min) * phaseOf(elapsedSec, behaviour.periodSec) }
    case 'cycle':
      return { remembers: false, step: (_state, _at, _random, elapsedSec) => behaviour.values[Math.floor(elapsedSec / behaviour.holdSec) % behaviour.values.length]! }
  }
}

function phaseOf(elapsedSec: number, periodSec: number): number {
  return (elapsedSec % periodSec) / periodSec
}

function walk(behaviour: Extract<Behaviour, { kind: 'walk' }>): Step {
  const low = Math.min(behaviour.min, behaviour.max)
  const high = Math.max(behaviour.min, behaviour.max)
  const keepInside = (value: number): number => Math.min(high, Math.max(low, value))
  return (state, at, random) => {
    const last = state[at]!
    const change = random.next()
    const next = Number.isNaN(last)
      ? behaviour.start ?? low + change * (high - low)
      : last + (2 * change - 1) * behaviour.step
    // A step over the edge is taken back the other way, so that the walk does not stick there.
    const turned = next > high ? 2 * high - next : next < low ? 2 * low - next : next
    return state[at] = keepInside(turned)
  }
}

function sine(behaviour: Extract<Behaviour, { kind: 'sine' }>): Step {
  const middle = (behaviour.min + behaviour.max) / 2
  const swing = (behaviour.max - behaviour.min) / 2
  return (state, at, random, elapsedSec) => {
    if (Number.isNaN(state[at]!))
      state[at] = random.next()
    const turns = state[at]! + elapsedSec / behaviour.periodSec
    const noise = behaviour.noise > 0 ? behaviour.noise * (2 * random.next() - 1) : 0
    return middle + swing * Math.sin(2 * Math.PI * turns) + noise
  }
}
