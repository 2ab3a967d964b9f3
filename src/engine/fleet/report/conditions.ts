import type { EventCondition } from '../../../shared/contract/fleet-conversation.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { Evaluate, Scope } from '../behaviour/formula.ts'
import type { Turn } from '../behaviour/turn.ts'
import type { Devices } from '../device.ts'
import { parseExpression } from '../../../shared/behaviour/expression.ts'
import { wireName } from '../../../shared/thing-model/method.ts'
import { namedNumber } from '../behaviour/behaviour-plan.ts'
import { compileFormula, isTrue } from '../behaviour/formula.ts'
import { RandomStreams } from '../behaviour/random-streams.ts'
import { Performer } from '../conversation/performer.ts'

/** Numbers that each device remembers of each condition: since when it holds, and when it reported the event last. */
const numbersPerRule = 2

interface Rule {
  event: string
  evaluate: Evaluate
  condition: EventCondition
}

/** One look of a device at its values. */
export interface Look {
  values: JsonObject
  /** The device's own time, and when that began, epoch milliseconds. */
  elapsedMs: number
  startedAt: number
}

/**
 * Reports events because of values: what each device remembers of each condition are two numbers of eight bytes. What is
 * made up for an event comes from a stream of its own, so that conditions change nothing of what devices say otherwise.
 */
export class Conditions {
  readonly #devices: Devices
  readonly #performer: Performer
  readonly #rules: readonly Rule[]
  readonly #streams: RandomStreams
  readonly #turn: Turn
  /** By name on the wire, what an output parameter takes its value from. */
  readonly #keys: readonly [identifier: string, key: string][]
  #looked: JsonObject = {}
  #held = 0
  /** By device and condition, the device's own milliseconds; NaN: it does not hold, or was never reported. */
  #memory = new Float64Array(0)

  /** Conditions of events that the model does not have are left aside. */
  constructor(conditions: Readonly<Record<string, EventCondition>>, model: ThingModel, { seed, devices }: { seed: number, devices: Devices }) {
    this.#devices = devices
    this.#performer = new Performer(devices, model)
    this.#streams = new RandomStreams(seed ^ 0x0C0D_1E5E)
    this.#keys = model.properties.map(({ identifier }) => [identifier, wireName(identifier, model.functionBlockId)])
    this.#turn = { seed, deviceName: '', startedAt: 0, held: undefined, random: { next: () => 0 }, elapsedSec: 0, values: [] }
    this.#rules = Object.entries(conditions).flatMap(([name, condition]): Rule[] => {
      const event = [name, wireName(name, model.functionBlockId)].find(key => this.#performer.events.includes(key))
      const parsed = parseExpression(condition.when)
      return event === undefined || !parsed.ok ? [] : [{ event, condition, evaluate: compileFormula(parsed.node, this.#scopeOf(condition, model)) }]
    })
  }

  /** Without any, nobody needs to look. */
  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  /** Reports what has come true; an event that `report` could not hand on (false) is tried again at the next look. */
  look(index: number, { values, elapsedMs, startedAt }: Look, report: (event: string, output: JsonObject) => boolean): void {
    this.#makeRoom(index)
    const turn = this.#turn
    turn.deviceName = this.#devices.at(index).deviceName
    turn.startedAt = startedAt
    turn.elapsedSec = elapsedMs / 1000
    turn.held = this.#devices.heldBy(index)
    this.#looked = values
    this.#rules.forEach(({ event, condition, evaluate }, place) => {
      const at = (index * this.#rules.length + place) * numbersPerRule
      const since = this.#memory[at]!
      this.#held = Number.isNaN(since) ? 0 : 1
      turn.random = this.#streams.of(index)
      if (!isTrue(evaluate([], 0, turn))) {
        this.#memory[at] = Number.NaN
        return
      }
      const holdsSince = Number.isNaN(since) ? elapsedMs : since
      this.#memory[at] = holdsSince
      const reportedAt = this.#memory[at + 1]!
      const isReported = condition.mode === 'edge' && reportedAt >= holdsSince
      const isTooSoon = elapsedMs - reportedAt < condition.everySec * 1000
      if (isReported || isTooSoon || elapsedMs - holdsSince < condition.afterSec * 1000)
        return
      if (report(event, this.#performer.eventOutput(event, this.#streams.of(index), Math.round(startedAt + elapsedMs), this.#given())))
        this.#memory[at + 1] = elapsedMs
    })
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    this.#memory.fill(Number.NaN, count * this.#rules.length * numbersPerRule)
    this.#streams.truncate(count)
  }

  #given(): JsonObject {
    return Object.fromEntries(this.#keys.map(([identifier, key]): [string, JsonValue | undefined] => [identifier, this.#valueOf(key)]).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined))
  }

  #valueOf(key: string): JsonValue | undefined {
    return this.#looked[key] ?? this.#turn.held?.get(key)
  }

  #scopeOf({ utcOffsetMin }: EventCondition, { properties, functionBlockId }: ThingModel): Scope {
    const types = new Map(properties.map(({ identifier, dataType }) => [wireName(identifier, functionBlockId), dataType]))
    const keyOf = (name: string): string => types.has(name) ? name : wireName(name, functionBlockId)
    return {
      property: name => types.has(keyOf(name)) ? () => this.#valueOf(keyOf(name)) ?? null : undefined,
      previous: () => this.#held,
      named: (name, text) => namedNumber(types.get(keyOf(name)), text),
      utcOffsetMin,
    }
  }

  #makeRoom(index: number): void {
    while (this.#streams.length <= index)
      this.#streams.add(this.#devices.at(this.#streams.length).deviceName)
    const perDevice = this.#rules.length * numbersPerRule
    if ((index + 1) * perDevice <= this.#memory.length)
      return
    const grown = new Float64Array(Math.max(64, 2 * index) * perDevice).fill(Number.NaN)
    grown.set(this.#memory)
    this.#memory = grown
  }
}
