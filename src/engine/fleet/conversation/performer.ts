import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { Random } from '../behaviour/random-streams.ts'
import type { Devices } from '../device.ts'
import type { Wish } from './command.ts'
import type { DrawOutput } from './draw-output.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { compileThingModel } from '../../../shared/thing-model/compile.ts'
import { wireName } from '../../../shared/thing-model/method.ts'
import { validatePropertySet, validateServiceInput } from '../../../shared/thing-model/validate.ts'
import { compileOutput } from './draw-output.ts'

/** What a device makes of a wish: its code, what it answers with, and the properties that have changed by it. */
export interface Performed { code: number, data: JsonObject, changed?: JsonObject }

/** A device's own words for parameters it cannot use (Alink 5.2). */
const wrongParameters = 460

/** The thing model of a product's devices as their firmware has it: what can be set, read and called, and what events say. */
export class Performer {
  readonly #devices: Devices
  readonly #model: CompiledModel
  /** Worked out when first needed: most fleets are never called. */
  readonly #outputs = new Map<string, DrawOutput>()
  /** Wire names of what can be set and read. */
  readonly writable: readonly string[]
  readonly events: readonly string[]

  constructor(devices: Devices, model: ThingModel) {
    this.#devices = devices
    this.#model = compileThingModel(model)
    this.writable = model.properties.filter(property => property.accessMode === 'rw').map(property => wireName(property.identifier, model.functionBlockId))
    this.events = [...this.#model.events.keys()]
  }

  perform(index: number, wish: Exclude<Wish, { kind: 'raw' }>, random: Random, now: number, elapsedMs: number): Performed {
    switch (wish.kind) {
      case 'set':
        return this.#set(index, wish.params)
      case 'get':
        return this.#get(index, wish.params, random, elapsedMs)
      case 'service':
        return this.#call(wish.key, wish.params ?? {}, random, now)
    }
  }

  /** Which of the values the device can take over, because they can be written and fit. */
  fitting(values: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(values).filter(([key, value]) => validatePropertySet(this.#model, { [key]: value }).length === 0))
  }

  /** Sets those of the values that fit, also what only the device itself can change; what is to be reported of them. */
  takeOver(index: number, values: JsonObject): JsonObject {
    const fitting = Object.fromEntries(Object.entries(values).filter(([key, value]) => this.#model.properties.get(key)?.check(value, true, [])))
    if (Object.keys(fitting).length > 0)
      this.#devices.hold(index, fitting)
    return this.readable(fitting)
  }

  /** Makes up the output of an event; what is `given` under the name of a parameter is taken over. */
  eventOutput(key: string, random: Random, now: number, given: JsonObject = {}): JsonObject {
    return this.#outputOf(`event ${key}`, () => compileOutput(this.#model.events.get(key)?.output.parameters ?? []))(random, now, given)
  }

  /** Properties that are read out; those that can only be written are not reported. */
  readable(values: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(values).filter(([key]) => this.#model.properties.get(key)?.property.accessMode !== 'w'))
  }

  #set(index: number, params: JsonValue | undefined): Performed {
    if (!isJsonObject(params) || Object.keys(params).length === 0 || validatePropertySet(this.#model, params).length > 0)
      return { code: wrongParameters, data: {} }
    this.#devices.hold(index, params)
    return { code: 200, data: {}, changed: this.readable(params) }
  }

  #get(index: number, params: JsonValue | undefined, random: Random, elapsedMs: number): Performed {
    if (!Array.isArray(params) || !params.every(name => typeof name === 'string'))
      return { code: wrongParameters, data: {} }
    const values = this.readable(this.#devices.peek(index, elapsedMs, random))
    return { code: 200, data: Object.fromEntries(params.filter(name => Object.hasOwn(values, name)).map(name => [name, values[name]!])) }
  }

  #call(key: string, params: JsonValue, random: Random, now: number): Performed {
    const service = this.#model.services.get(key)
    if (service === undefined || !isJsonObject(params) || validateServiceInput(this.#model, key, params).length > 0)
      return { code: wrongParameters, data: {} }
    const draw = this.#outputOf(`service ${key}`, () => compileOutput(service.output.parameters))
    return { code: 200, data: draw(random, now, params) }
  }

  #outputOf(name: string, compile: () => DrawOutput): DrawOutput {
    const known = this.#outputs.get(name)
    if (known)
      return known
    const output = compile()
    this.#outputs.set(name, output)
    return output
  }
}
