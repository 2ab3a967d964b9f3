import type { JsonObject, JsonValue } from '../json.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'
import { limits } from '../limits.ts'

/** The two sides of a shadow: what an application wants, and what the device says. */
export type ShadowSide = 'reported' | 'desired'

/** When each attribute was last written, in epoch seconds. */
export type ShadowMetadata = Record<string, { timestamp: number }>

/** A device's shadow (Alink 6). Times are epoch *seconds* (trap T27). */
export interface Shadow {
  state: Record<ShadowSide, JsonObject>
  metadata: Record<ShadowSide, ShadowMetadata>
  /** Of the last change; 0 while nothing was ever written. */
  timestamp: number
  version: number
}

/** A side as a message has it: attributes to write or delete, `clear` for the whole side, undefined when it is left alone. */
export type ShadowChange = JsonObject | 'clear' | undefined

/** What a device asks of its shadow. */
export type ShadowRequest
  = | { method: 'get' }
    | { method: 'update' | 'delete', reported: ShadowChange, desired: ShadowChange, version: number }

/** Why a message on the shadow topic is refused: the code and the short text for the device, and a sentence for a person. */
export interface ShadowRefusal { code: number, text: string, message: string }

/** The short texts of the cloud's codes (Alink 6). */
export const shadowErrors: Readonly<Record<number, string>> = {
  400: 'the content is not valid json',
  401: 'the method field is missing',
  402: 'the state field is missing',
  403: 'the version field is not a number',
  404: 'the reported field is missing',
  405: 'the reported field is empty',
  406: 'the method is not supported',
  407: 'the content is empty',
  408: 'the number of attributes exceeds the limit',
  409: 'the version sent should be larger than the current version',
  500: 'internal error',
}

/** The topic a device publishes on. */
export function shadowUpdateTopic({ productKey, deviceName }: TopicIdentity): string {
  return `/shadow/update/${productKey}/${deviceName}`
}

/** The topic all answers and controls come on. */
export function shadowGetTopic({ productKey, deviceName }: TopicIdentity): string {
  return `/shadow/get/${productKey}/${deviceName}`
}

/** A refusal with one of the cloud's codes; the sentence names the field, what was expected and what came. */
export function refuseShadow(code: number, field: string, expected: string, got: JsonValue | undefined): ShadowRefusal {
  const came = got === undefined ? 'nothing' : JSON.stringify(got).slice(0, 60)
  return { code, text: shadowErrors[code] ?? shadowErrors[500]!, message: `${field}: expected ${expected}, got ${came} (${code}).` }
}

/** True for what deletes an attribute or a side: the text "null", which the cloud's manual asks for, or JSON's null. */
export function isShadowNull(value: JsonValue | undefined): boolean {
  return value === null || value === 'null'
}

/** Levels of nesting that are looked into; what lies deeper is refused, since not every reader of JSON survives it. */
const levelsMax = limits.shadowLevelsKeptMax

/** Reads a message on the shadow topic (Alink 6). Never throws. */
export function parseShadowMessage(text: string): ShadowRequest | ShadowRefusal {
  if (text.trim() === '')
    return refuseShadow(407, 'payload', 'a JSON object', text)
  const message = readObject(text)
  if (message === undefined)
    return refuseShadow(400, 'payload', 'a JSON object', text.slice(0, 40))
  const { method, state, version } = message
  if (typeof method !== 'string')
    return refuseShadow(401, 'method', '"update", "get" or "delete"', typeof method === 'object' ? undefined : method)
  if (method === 'get')
    return { method }
  if (method !== 'update' && method !== 'delete')
    return refuseShadow(406, 'method', '"update", "get" or "delete"', method)
  if (!isJsonObject(state))
    return refuseShadow(402, 'state', 'an object with "reported" or "desired"', Array.isArray(state) ? '[…]' : state)
  if (levelsOf(state) > levelsMax)
    return refuseShadow(400, 'state', `at most ${levelsMax} levels`, '…')
  if (typeof version !== 'number' || !Number.isSafeInteger(version))
    return refuseShadow(403, 'version', 'a whole number', typeof version === 'object' ? '…' : version)
  return readState(method, state, version)
}

function readState(method: 'update' | 'delete', state: JsonObject, version: number): ShadowRequest | ShadowRefusal {
  const reported = readSide(state.reported)
  const desired = readSide(state.desired)
  if (reported === undefined && desired === undefined)
    return refuseShadow(state.reported === undefined ? 404 : 405, 'state.reported', 'an object with at least one attribute', state.reported)
  if (reported === undefined && state.reported !== undefined)
    return refuseShadow(405, 'state.reported', 'an object with at least one attribute', state.reported)
  if (method === 'update' && reported === 'clear')
    return refuseShadow(405, 'state.reported', 'an object with at least one attribute; the method "delete" clears it', state.reported)
  return { method, reported, desired, version }
}

function readSide(value: JsonValue | undefined): ShadowChange {
  if (value === undefined)
    return undefined
  if (isShadowNull(value))
    return 'clear'
  return isJsonObject(value) && Object.keys(value).length > 0 ? value : undefined
}

function readObject(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as unknown
    return isJsonObject(value) ? value : undefined
  }
  catch {
    return undefined
  }
}

/** Levels of nesting: 0 for a scalar, 1 for an object of scalars; counts no further than one beyond `levelsMax`. */
export function levelsOf(value: JsonValue, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > levelsMax)
    return depth
  let deepest = depth + 1
  for (const member of Object.values(value))
    deepest = Math.max(deepest, levelsOf(member, depth + 1))
  return deepest
}

/** The answer to a change that was made. */
export function buildShadowSuccess(version: number, atSec: number): string {
  return `{"method":"reply","payload":{"status":"success","version":${version}},"timestamp":${atSec}}`
}

/** The answer to a message that was refused; the code is a text on the wire. */
export function buildShadowError(code: number, text: string, atSec: number): string {
  return `{"method":"reply","payload":{"status":"error","content":{"errorcode":"${code}","errormessage":${JSON.stringify(text)}}},"timestamp":${atSec}}`
}

/** The whole shadow for its device: the answer to `get`, or the control that tells it of desired values. A side without attributes is left out. */
export function buildShadowState(method: 'reply' | 'control', { state, metadata, version }: Shadow, atSec: number): string {
  const sides = (['reported', 'desired'] as const).filter(side => Object.keys(state[side]).length > 0)
  const pick = (of: Record<ShadowSide, object>): string => JSON.stringify(Object.fromEntries(sides.map(side => [side, of[side]])))
  return `{"method":"${method}","payload":{"status":"success","state":${pick(state)},"metadata":${pick(metadata)}},"version":${version},"timestamp":${atSec}}`
}

/** The stored document as text, as the cloud's API returns it. */
export function buildShadowDocument({ state, metadata, timestamp, version }: Shadow): string {
  return JSON.stringify({
    state: { desired: state.desired, reported: state.reported },
    metadata: { desired: metadata.desired, reported: metadata.reported },
    timestamp,
    version,
  })
}
