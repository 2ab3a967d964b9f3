import type { JsonValue } from '../../../../shared/json.ts'
import { isJsonObject } from '../../../../shared/json.ts'

/** Whether two JSON values are the same, whatever the order of members. */
export function sameValue(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === other)
    return true
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => sameValue(item, other[index]))
  if (!isJsonObject(one) || !isJsonObject(other))
    return false
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every(name => sameValue(one[name], other[name]))
}
