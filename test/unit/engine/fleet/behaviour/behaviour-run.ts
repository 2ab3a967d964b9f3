import type { Reporter } from '../../../../../src/engine/fleet/behaviour/turn.ts'
import type { Behaviour } from '../../../../../src/shared/contract/behaviour.ts'
import type { JsonObject } from '../../../../../src/shared/json.ts'
import type { DataType, ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import { compileBehaviours } from '../../../../../src/engine/fleet/behaviour/behaviour-plan.ts'
import { createRandom } from '../../../../../src/engine/fleet/behaviour/random-streams.ts'

export const double: DataType = { type: 'double', min: -1000, max: 1000, step: 0.001 }
export const bool: DataType = { type: 'bool', labels: { 0: 'off', 1: 'on' } }

export function modelOf(types: Record<string, DataType>): ThingModel {
  return {
    profile: {},
    properties: Object.entries(types).map(([identifier, dataType]) => ({ identifier, name: identifier, accessMode: 'r', required: false, dataType })),
    events: [],
    services: [],
  }
}

/** A device of its own that reports on demand; `seed` and `deviceName` say which. */
export function startDevice(types: Record<string, DataType>, behaviours: Record<string, Behaviour>, change: Partial<Reporter> = {}): { report: (elapsedSec: number) => JsonObject } {
  const plan = compileBehaviours(modelOf(types), behaviours)
  const reporter: Reporter = { seed: 1, deviceName: 'sim-0001', startedAt: 0, held: undefined, ...change }
  const random = createRandom(reporter.seed, reporter.deviceName)
  const state = plan.slots.map(() => Number.NaN)
  return { report: elapsedSec => plan.report(state, 0, random, elapsedSec * 1000, reporter) }
}

/** What a device reports for its one property `x`, a value every `everySec`. */
export function valuesOf(type: DataType, behaviour: Behaviour, count: number, everySec = 1, change: Partial<Reporter> = {}): unknown[] {
  const { report } = startDevice({ x: type }, { x: behaviour }, change)
  return Array.from({ length: count }, (_, index) => report(index * everySec).x)
}
