import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'

/** Tags of the user, and those that a device SDK reports about itself with `"domain":"SYSTEM"` (Alink 7.1). */
export type TagDomain = 'USER' | 'SYSTEM'

/** A tag as it stands in a message. */
export interface Tag { key: string, value: string, domain: TagDomain }

/** What is wrong with a list of tags: what was expected where, and what came. */
export interface TagProblem { expected: string, got: JsonValue | undefined }

/**
 * The tags a device wants set (Alink 7.1): a list of `{attrKey, attrValue}`. A number or a switch as value counts as its
 * text; a single object counts as a list of one.
 */
export function parseTagUpdate(params: JsonValue | undefined): Tag[] | TagProblem {
  const entries = isJsonObject(params) && params.attrKey !== undefined ? [params] : params
  if (!Array.isArray(entries) || entries.length === 0)
    return { expected: '"params" to be a list such as [{"attrKey":"floor","attrValue":"3"}]', got: params }
  const tags: Tag[] = []
  for (const [index, entry] of entries.entries()) {
    if (!isJsonObject(entry))
      return { expected: `params[${index}] to be an object with "attrKey" and "attrValue"`, got: entry }
    const { attrKey: key, attrValue: value } = entry
    if (typeof key !== 'string' || key === '')
      return { expected: `params[${index}].attrKey to be a text that is not empty`, got: key }
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return { expected: `params[${index}].attrValue to be a text`, got: value }
    tags.push({ key, value: String(value), domain: domainOf(entry) })
  }
  return tags
}

/** The tags a device wants deleted: a list of `{attrKey}`, or of the bare keys. */
export function parseTagDelete(params: JsonValue | undefined): Omit<Tag, 'value'>[] | TagProblem {
  if (!Array.isArray(params) || params.length === 0)
    return { expected: '"params" to be a list such as [{"attrKey":"floor"}]', got: params }
  const keys: Omit<Tag, 'value'>[] = []
  for (const [index, entry] of params.entries()) {
    const key = isJsonObject(entry) ? entry.attrKey : entry
    if (typeof key !== 'string' || key === '')
      return { expected: `params[${index}].attrKey to be a text that is not empty`, got: key }
    keys.push({ key, domain: isJsonObject(entry) ? domainOf(entry) : 'USER' })
  }
  return keys
}

/** The keys a device asks for; null for all: `["*"]`, an empty list or object, or nothing. */
export function parseTagGet(params: JsonValue | undefined): string[] | null | TagProblem {
  if (params === undefined || params === null || isJsonObject(params))
    return null
  if (!Array.isArray(params))
    return { expected: '"params" to be a list of keys or ["*"]', got: params }
  const keys = params.map(entry => isJsonObject(entry) ? entry.attrKey : entry)
  const wrong = keys.find(key => typeof key !== 'string')
  if (wrong !== undefined || keys.includes(undefined))
    return { expected: '"params" to be a list of keys or ["*"]', got: params }
  return keys.length === 0 || keys.includes('*') ? null : keys as string[]
}

function domainOf({ domain }: JsonObject): TagDomain {
  return domain === 'SYSTEM' ? 'SYSTEM' : 'USER'
}

/** The `data` of the answer to a request for tags. */
export function tagData(tags: Iterable<Pick<Tag, 'key' | 'value'>>): JsonValue {
  return Array.from(tags, ({ key, value }) => ({ attrKey: key, attrValue: value }))
}
