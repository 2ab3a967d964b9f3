import type { Check } from './checks.ts'
import type { Parameter, Property, ThingEvent, ThingModel, ThingService } from './types.ts'
import { buildCheck, checksByName } from './checks.ts'
import { wireName } from './method.ts'
import { nearestName } from './nearest-name.ts'

export interface CompiledProperty {
  /** The key on the wire: the identifier, with `{block}:` in front in a custom module. */
  key: string
  property: Property
  check: Check
  /** Its values can be drawn as a curve: numbers, bool, enum and long at the top level. */
  isNumeric: boolean
}

export interface CompiledParameters { parameters: readonly Parameter[], checks: ReadonlyMap<string, Check> }
export interface CompiledEvent { event: ThingEvent, output: CompiledParameters }
export interface CompiledService { service: ThingService, input: CompiledParameters, output: CompiledParameters }

/** A product's thing model made ready for checking messages; immutable, make a new one when the model changes. */
export interface CompiledModel {
  /** The default module. */
  model: ThingModel
  modules: readonly ThingModel[]
  /** By key on the wire. */
  properties: ReadonlyMap<string, CompiledProperty>
  events: ReadonlyMap<string, CompiledEvent>
  services: ReadonlyMap<string, CompiledService>
  /** Ids of the custom modules that exist. */
  moduleIds: ReadonlySet<string>
  /** The key that was probably meant by an unknown one; empty when none is near. */
  suggest: (unknownKey: string) => string
  /** The platform's code for a model that cannot be read (6317, 6318 …): then nothing can be checked by it. */
  fault?: number
  /** Where 64-bit integers stand, as `[key]` or `[key, member]`: their digits have to be saved before checking. */
  longs: readonly (readonly string[])[]
}

/** Prepares a model, with the documents of its custom modules if it has any, for checking. */
export function compileThingModel(model: ThingModel, modules: readonly ThingModel[] = []): CompiledModel {
  const properties = new Map<string, CompiledProperty>()
  const events = new Map<string, CompiledEvent>()
  const services = new Map<string, CompiledService>()
  const moduleIds = new Set(model.functionBlocks?.map(block => block.functionBlockId))
  for (const document of [model, ...modules]) {
    if (document.functionBlockId !== undefined)
      moduleIds.add(document.functionBlockId)
    const keyOf = (part: { identifier: string }): string => wireName(part.identifier, document.functionBlockId)
    for (const property of document.properties)
      properties.set(keyOf(property), compileProperty(keyOf(property), property))
    for (const event of document.events) {
      events.set(keyOf(event), { event, output: compileParameters(event.outputData) })
    }
    for (const service of document.services) {
      services.set(keyOf(service), { service, input: compileParameters(service.inputData), output: compileParameters(service.outputData) })
    }
  }
  const suggest = createSuggestions([...properties.keys()])
  const longs = [...properties.values()].flatMap(longsOf)
  return { model, modules, properties, events, services, moduleIds, suggest, longs }
}

/** What messages are checked by while a model, or one of its modules, is damaged: every name it might have defined is answered with the fault. */
export function damagedModel(fault: number): CompiledModel {
  return { ...compileThingModel({ profile: {}, properties: [], events: [], services: [] }), fault }
}

/** Answers kept of one model: a misconfigured fleet asks for the same few names thousands of times a second. */
const suggestionsMax = 1_000

function createSuggestions(keys: readonly string[]): (unknownKey: string) => string {
  const known = new Map<string, string>()
  return (unknownKey) => {
    let suggestion = known.get(unknownKey)
    if (suggestion === undefined) {
      if (known.size >= suggestionsMax)
        known.clear()
      suggestion = nearestName(unknownKey, keys) ?? ''
      known.set(unknownKey, suggestion)
    }
    return suggestion
  }
}

const unplottable = new Set(['text', 'date', 'struct', 'array'])

function compileProperty(key: string, property: Property): CompiledProperty {
  return { key, property, check: buildCheck(property.dataType), isNumeric: !unplottable.has(property.dataType.type) }
}

function compileParameters(parameters: readonly Parameter[]): CompiledParameters {
  return { parameters, checks: checksByName(parameters) }
}

function longsOf({ key, property: { dataType } }: CompiledProperty): string[][] {
  if (dataType.type === 'long') {
    return [[key]]
  }
  return dataType.type === 'struct'
    ? dataType.members.filter(member => member.dataType.type === 'long').map(member => [key, member.identifier])
    : []
}
