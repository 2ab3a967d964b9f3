import type { JsonObject, JsonValue } from '../json.ts'
import type { Parameter } from './types.ts'
import { isJsonObject } from '../json.ts'

/** The digits of the whole number at a place in a message, by keys and indexes; undefined when there is none. */
export type DigitsAt = (path: readonly string[]) => string | undefined

type Reviver = (key: string, value: JsonValue, context: { source?: string }) => JsonValue

/** Finds digits in JSON text; the text is read once, and only when somebody asks, because few messages carry such numbers. */
export function digitsIn(text: string): DigitsAt {
  let tree: JsonValue | undefined
  return (path) => {
    tree ??= readWithDigits(text)
    let value: JsonValue | undefined = tree
    for (const key of path)
      value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined
    return typeof value === 'string' && /^-?\d+$/.test(value) ? value : undefined
  }
}

/** The same value with whole numbers beyond 2^53 as the text of their digits; null for what is no JSON. */
function readWithDigits(text: string): JsonValue {
  const keep: Reviver = (_key, value, { source }) => typeof value === 'number' && !Number.isSafeInteger(value) ? source ?? value : value
  try {
    return JSON.parse(text, keep as (key: string, value: unknown) => unknown) as JsonValue
  }
  catch {
    return null
  }
}

/** Puts the digits of a 64-bit integer, which parsing has rounded, back as text; `path` leads to it from the top of the message. */
export function keepDigits(holder: JsonObject, key: string, digitsAt: DigitsAt, path: readonly string[]): void {
  const value = holder[key]
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    holder[key] = digitsAt(path) ?? value
}

/** The same for all 64-bit integers among the parameters of an event or of a service. */
export function keepDigitsOf(parameters: readonly Parameter[], values: JsonObject, digitsAt: DigitsAt, path: readonly string[]): void {
  for (const { identifier, dataType } of parameters) {
    const value = values[identifier]
    if (dataType.type === 'long')
      keepDigits(values, identifier, digitsAt, [...path, identifier])
    else if (dataType.type === 'struct' && isJsonObject(value))
      keepDigitsOf(dataType.members, value, digitsAt, [...path, identifier])
  }
}
