import type { JsonObject, JsonValue } from '../json.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'

/** A message ready to be published. */
export interface OutgoingMessage { topic: string, payload: string }

export const propertyPostMethod = 'thing.event.property.post'

/** How far in the future a reported time may lie before it is ignored. */
const aheadMsMax = 24 * 3600_000
/** Thirteen digits: from September 2001 on. */
const timeMin = 1_000_000_000_000
const timeMax = 9_999_999_999_999

/** The topic a device reports its properties on. */
export function propertyPostTopic({ productKey, deviceName }: TopicIdentity): string {
  return `/sys/${productKey}/${deviceName}/thing/event/property/post`
}

export interface PropertyPost extends TopicIdentity {
  /** Decimal digits, unique while a reply can be outstanding. */
  id: string
  /** Identifier to value, bare or as `{value, time}` (see {@link timedValue}). */
  properties: JsonObject
  /** Ask for no reply with `sys.ack` 0. Default: a reply is wanted. */
  withoutReply?: boolean
}

/** A property report as a device sends it (Alink 5.1). */
export function buildPropertyPost({ productKey, deviceName, id, properties, withoutReply }: PropertyPost): OutgoingMessage {
  return {
    topic: propertyPostTopic({ productKey, deviceName }),
    payload: `{"id":${JSON.stringify(id)},"version":"1.0","sys":{"ack":${withoutReply ? 0 : 1}},"params":${JSON.stringify(properties)},"method":"${propertyPostMethod}"}`,
  }
}

/** A value with the instant it was measured, in epoch milliseconds. */
export function timedValue(value: JsonValue, time: number): JsonObject {
  return { value, time }
}

/**
 * Whether a reported value is the `{value, time}` wrapper: an object is one exactly if it has a `value` member,
 * otherwise it is the value of a struct (Alink 5.1). Expects parsed JSON.
 */
export function isTimedValue(raw: JsonValue | undefined): raw is JsonObject & { value: JsonValue } {
  return typeof raw === 'object' && raw !== null && (raw as JsonObject).value !== undefined && !Array.isArray(raw)
}

/**
 * Whether a reported time is used: a number of 13 digits, at most 24 hours ahead of `now` (Alink 5.9). Otherwise the
 * time of arrival counts.
 */
export function isUsableTime(time: JsonValue | undefined, now: number): time is number {
  return typeof time === 'number' && Number.isInteger(time) && time >= timeMin && time <= timeMax && time <= now + aheadMsMax
}

export interface ReportedProperty {
  identifier: string
  value: JsonValue
  /** As sent; undefined when the value was bare. */
  time: JsonValue | undefined
}

/** Takes the params of a property report apart; undefined when they are no object or have no member (code 460). */
export function parsePropertyPost(params: JsonValue | undefined): ReportedProperty[] | undefined {
  if (!isJsonObject(params))
    return undefined
  const reported = Object.entries(params).map(([identifier, raw]) => isTimedValue(raw)
    ? { identifier, value: raw.value, time: raw.time }
    : { identifier, value: raw, time: undefined })
  return reported.length === 0 ? undefined : reported
}
