import type { JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'

/** Keys that hold the others together; without them there would be nothing to stand in. */
const structure = ['dataType', 'specs', 'item', 'inputData', 'outputData']

/** A feature of an exported thing model with some keys only, its parameters and struct members likewise; types keep their specs. */
export function reduceFeature(feature: JsonValue, keys: readonly string[]): JsonValue {
  return reduce(feature, new Set([...keys, ...structure]))
}

function reduce(value: JsonValue, keys: ReadonlySet<string>): JsonValue {
  if (Array.isArray(value))
    return value.map(item => reduce(item, keys))
  if (!isJsonObject(value))
    return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.has(key)).map(([key, member]) => [key, key === 'specs' && !Array.isArray(member) ? reduceSpecs(member, keys) : reduce(member, keys)]))
}

/** The specs of a plain type are values, not members; only those of an array hold a type. */
function reduceSpecs(specs: JsonValue, keys: ReadonlySet<string>): JsonValue {
  return isJsonObject(specs) && isJsonObject(specs.item) ? { ...specs, item: reduce(specs.item, keys) } : specs
}
