import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'

/** A desired value with its version, which grows by one with every successful set (Alink 5.5). */
export interface DesiredEntry { value: JsonValue, version: number }

/** The identifiers that a device asks for; undefined when `params` is no list of texts (code 460). */
export function parseDesiredGet(params: JsonValue | undefined): string[] | undefined {
  return Array.isArray(params) && params.every(name => typeof name === 'string') ? params : undefined
}

export interface DesiredDeletion {
  identifier: string
  /** Delete only this version; undefined: whatever there is. */
  version: number | undefined
}

/**
 * What a device wants deleted: an object `{"Brightness":{"version":3},"Switch":{}}`, or the same inside a list, as one
 * example of the cloud's manual has it. Undefined when it is neither, or a version is no whole number (code 460).
 */
export function parseDesiredDelete(params: JsonValue | undefined): DesiredDeletion[] | undefined {
  const objects = Array.isArray(params) ? params : [params]
  const deletions: DesiredDeletion[] = []
  for (const object of objects) {
    if (!isJsonObject(object))
      return undefined
    for (const [identifier, wish] of Object.entries(object)) {
      const version = versionOf(wish)
      if (version === null)
        return undefined
      deletions.push({ identifier, version })
    }
  }
  return deletions
}

function versionOf(wish: JsonValue): number | undefined | null {
  if (wish === null)
    return undefined
  if (!isJsonObject(wish))
    return null
  const { version } = wish
  if (version === undefined || version === null)
    return undefined
  const number = typeof version === 'string' && /^\d+$/.test(version) ? Number(version) : version
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null
}

/** The `data` of the answer to a request for desired values: only those that exist. */
export function desiredData(entries: Iterable<[string, DesiredEntry]>): JsonObject {
  return Object.fromEntries(Array.from(entries, ([identifier, { value, version }]) => [identifier, { value, version }]))
}
