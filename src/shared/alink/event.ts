import type { JsonObject, JsonValue } from '../json.ts'
import type { OutgoingMessage } from './property.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'

/** The topic a device reports an event on; `key` is the identifier, with `{block}:` in front in a custom module. */
export function eventPostTopic({ productKey, deviceName }: TopicIdentity, key: string): string {
  return `/sys/${productKey}/${deviceName}/thing/event/${key}/post`
}

export interface EventPost extends TopicIdentity {
  /** Decimal digits, unique while a reply can be outstanding. */
  id: string
  key: string
  output: JsonObject
  /** Epoch milliseconds; without it the time of arrival counts. */
  time?: number
}

/** An event report as a device sends it (Alink 5.3). */
export function buildEventPost({ productKey, deviceName, id, key, output, time }: EventPost): OutgoingMessage {
  const params = time === undefined ? { value: output } : { value: output, time }
  return {
    topic: eventPostTopic({ productKey, deviceName }, key),
    payload: `{"id":${JSON.stringify(id)},"version":"1.0","sys":{"ack":1},"params":${JSON.stringify(params)},"method":"thing.event.${key}.post"}`,
  }
}

export interface ReportedEvent {
  output: JsonObject
  /** As sent; undefined when none was. */
  time: JsonValue | undefined
  /** Where the output stands inside `params`. */
  path: readonly string[]
}

/**
 * Takes the params of an event report apart: `{value: {…}, time}` or the bare output (Alink 5.3, trap T13). They are the
 * wrapper exactly if `value` is an object and nothing stands beside it but `time`; undefined when they are no object.
 */
export function parseEventParams(params: JsonValue | undefined): ReportedEvent | undefined {
  if (!isJsonObject(params))
    return undefined
  const { value, time, ...others } = params
  return isJsonObject(value) && Object.keys(others).length === 0
    ? { output: value, time, path: ['value'] }
    : { output: params, time: undefined, path: [] }
}
