/** A value that survives JSON and both wires unchanged. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject
export interface JsonObject { [key: string]: JsonValue }

/** True for a plain JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The number that a message gives as a number or, as firmware does, as a text; NaN for anything else. A list or an object must
 * not be asked to become a number: `[{"toString":null}]` throws when it is.
 */
export function toNumber(value: JsonValue | undefined): number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : Number.NaN
}
