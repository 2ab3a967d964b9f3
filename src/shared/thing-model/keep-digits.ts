import type { JsonObject } from '../json.ts'
import type { Parameter } from './types.ts'
import { rawNumberAt } from '../alink/envelope.ts'
import { isJsonObject } from '../json.ts'

/** Puts the digits of a 64-bit integer, which parsing has rounded, back as text; `path` leads to it from the top of `text`. */
export function keepDigits(holder: JsonObject, key: string, text: string, path: readonly string[]): void {
  const value = holder[key]
  if (typeof value !== 'number' || Number.isSafeInteger(value))
    return
  const digits = rawNumberAt(text, path)
  if (digits !== undefined && /^-?\d+$/.test(digits))
    holder[key] = digits
}

/** The same for all 64-bit integers among the parameters of an event or of a service. */
export function keepDigitsOf(parameters: readonly Parameter[], values: JsonObject, text: string, path: readonly string[]): void {
  for (const { identifier, dataType } of parameters) {
    const value = values[identifier]
    if (dataType.type === 'long')
      keepDigits(values, identifier, text, [...path, identifier])
    else if (dataType.type === 'struct' && isJsonObject(value))
      keepDigitsOf(dataType.members, value, text, [...path, identifier])
  }
}
