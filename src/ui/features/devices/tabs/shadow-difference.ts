import type { JsonValue } from '../../../../shared/json.ts'
import { isJsonObject } from '../../../../shared/json.ts'
import { sameValue } from './same-value.ts'

/** Where what is desired is not what is reported, as paths of the desired tree (`/a/b`), each with `words`. Only as deep as both sides have objects. Pure. */
export function differingPaths(desired: JsonValue, reported: JsonValue | undefined, words: string, path = ''): Map<string, string> {
  if (isJsonObject(desired) && (isJsonObject(reported) || path === ''))
    return new Map(Object.entries(desired).flatMap(([name, value]) => [...differingPaths(value, isJsonObject(reported) ? reported[name] : undefined, words, `${path}/${name}`)]))
  return sameValue(desired, reported) ? new Map() : new Map([[path, words]])
}
