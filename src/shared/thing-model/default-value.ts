import type { JsonObject, JsonValue } from '../json.ts'
import type { DataType } from './types.ts'
import { int64Max, int64Min } from './limits.ts'

/**
 * A value of a type to begin with, which passes the type's check: zero or the nearest allowed number, the first value of
 * an enum, empty text, an empty array, a struct of such values. `now` is what a date begins with, in epoch milliseconds.
 */
export function defaultValue(dataType: DataType, now = 0): JsonValue {
  switch (dataType.type) {
    case 'int':
    case 'float':
    case 'double':
      return Math.min(Math.max(0, dataType.min ?? -Infinity), dataType.max ?? Infinity)
    case 'long':
      return defaultLong(BigInt(dataType.min ?? int64Min), BigInt(dataType.max ?? int64Max))
    case 'bool':
      return 0
    case 'enum':
      return dataType.items[0]?.value ?? 0
    case 'text':
      return ''
    case 'date':
      return String(now)
    case 'struct':
      return Object.fromEntries(dataType.members.map(member => [member.identifier, defaultValue(member.dataType, now)])) as JsonObject
    case 'array':
      return []
  }
}

/** Text where a JavaScript number would lose digits. */
function defaultLong(min: bigint, max: bigint): number | string {
  const value = min > 0n ? min : max < 0n ? max : 0n
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
