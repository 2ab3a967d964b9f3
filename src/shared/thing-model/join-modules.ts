import type { ThingModel } from './types.ts'
import { wireName } from './method.ts'

/** A default module that names the custom ones which stand beside it, as the cloud's export does (Alink 4.1). */
export function withFunctionBlocks(model: ThingModel, modules: readonly ThingModel[], productKey: string): ThingModel {
  if (modules.length === 0)
    return model
  return { ...model, functionBlocks: modules.map(({ functionBlockId = '', functionBlockName = functionBlockId }) => ({ functionBlockId, functionBlockName, productKey })) }
}

/**
 * A product's default module and its custom ones as one model whose identifiers are the names on the wire
 * (`{block}:{identifier}` in a custom module, Alink 4.3 and trap T18): for whoever speaks the model instead of checking by it.
 */
export function joinModules(model: ThingModel, modules: readonly ThingModel[]): ThingModel {
  const named = modules.map(({ functionBlockId, properties, events, services }) => {
    const rename = <Member extends { identifier: string }>(member: Member): Member => ({ ...member, identifier: wireName(member.identifier, functionBlockId) })
    return { properties: properties.map(rename), events: events.map(rename), services: services.map(rename) }
  })
  return {
    ...model,
    properties: [...model.properties, ...named.flatMap(module => module.properties)],
    events: [...model.events, ...named.flatMap(module => module.events)],
    services: [...model.services, ...named.flatMap(module => module.services)],
  }
}
