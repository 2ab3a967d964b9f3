import type { FormerProperty } from '../contract/model.ts'
import type { Property, ThingModel } from './types.ts'
import { wireName } from './method.ts'

/**
 * What values of the past may have been: properties that earlier versions had, newest version first, and that the present
 * model does not have or has with another type. Each is told as the newest of those versions had it.
 */
export function formerProperties(present: readonly ThingModel[], versions: readonly { version: string, documents: readonly ThingModel[] }[]): FormerProperty[] {
  const now = propertiesOf(present)
  const former = new Map<string, FormerProperty>()
  for (const { version, documents } of versions) {
    for (const [key, { name, dataType }] of propertiesOf(documents)) {
      if (!former.has(key) && now.get(key)?.dataType.type !== dataType.type)
        former.set(key, { key, name, dataType, version })
    }
  }
  return [...former.values()]
}

function propertiesOf(documents: readonly ThingModel[]): Map<string, Property> {
  return new Map(documents.flatMap(({ functionBlockId, properties }) => properties.map((property): [string, Property] => [wireName(property.identifier, functionBlockId), property])))
}
