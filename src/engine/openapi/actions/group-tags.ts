import type { JsonValue } from '../../../shared/json.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { invalid } from '../parameter.ts'

/** Reads tags of a group: `[{"tagKey":"floor","tagValue":"3"}]`. Throws ApiFailure iot.group.InvalidTagString. */
export function readTags(written: string): Record<string, string> {
  const wrong = invalid('TagString', { code: 'iot.group.InvalidTagString' }, 'a JSON array of objects with the texts tagKey and tagValue', written)
  let list: JsonValue
  try {
    list = JSON.parse(written) as JsonValue
  }
  catch {
    throw wrong
  }
  if (!Array.isArray(list))
    throw wrong
  return Object.fromEntries(list.map((tag) => {
    if (!isJsonObject(tag) || typeof tag.tagKey !== 'string' || typeof tag.tagValue !== 'string')
      throw wrong
    return [tag.tagKey, tag.tagValue]
  }))
}
