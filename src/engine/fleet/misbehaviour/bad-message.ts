import type { MisbehaviourKind } from '../../../shared/contract/fleet-misbehaviour.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { DataType, ThingModel } from '../../../shared/thing-model/types.ts'
import type { Random } from '../behaviour/random-streams.ts'
import type { FleetDevice } from '../messages.ts'
import { buildPropertyPost, isTimedValue, timedValue } from '../../../shared/alink/property.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { limits } from '../../../shared/limits.ts'
import { wireName } from '../../../shared/thing-model/method.ts'

/** A kind that is one message. */
type BadMessageKind = Exclude<MisbehaviourKind, 'clockSkew' | 'badSignature' | 'duplicateIdentity' | 'messageStorm'>

export interface BadMessageParts {
  device: FleetDevice
  /** The name of another device of the product. */
  otherName: string
  /** The id of the message. */
  id: string
  /** What the device would report. */
  values: JsonObject
  now: number
  /** How old the values of `staleTimestamp` are. */
  seconds: number
  random: Random
}

interface BadMessage {
  topic: string
  payload: string
  /** The platform answers messages that it can read, on topics of their sender. */
  isAnswered: boolean
}

/** Which properties of a product can be reported wrongly, worked out once for a fleet; values by name on the wire. */
export interface WrongValues { outOfRange: [string, JsonValue][], wrongType: [string, JsonValue][] }

/** What the thing model has to say against values: one for each property that can have such a value. */
export function wrongValuesOf(model: ThingModel): WrongValues {
  const wrong: WrongValues = { outOfRange: [], wrongType: [] }
  for (const { identifier, dataType } of model.properties) {
    const key = wireName(identifier, model.functionBlockId)
    const beyond = beyondRange(dataType)
    if (beyond !== undefined)
      wrong.outOfRange.push([key, beyond])
    wrong.wrongType.push([key, ofOtherType(dataType)])
  }
  return wrong
}

/** The message of a device that misbehaves; undefined when the thing model leaves nothing to do wrong in this way. */
export function buildBadMessage(kind: BadMessageKind, wrong: WrongValues, parts: BadMessageParts): BadMessage | undefined {
  const { device, otherName, id, values, now, seconds, random } = parts
  const post = (properties: JsonObject, deviceName = device.deviceName): BadMessage => ({ ...buildPropertyPost({ productKey: device.productKey, deviceName, id, properties }), isAnswered: true })
  switch (kind) {
    case 'malformedJson': {
      const good = post(values)
      return { ...good, payload: good.payload.slice(0, Math.floor(good.payload.length * (0.3 + random.next() * 0.6))), isAnswered: false }
    }
    case 'outOfRange':
    case 'wrongType': {
      const candidates = wrong[kind]
      const chosen = candidates[Math.floor(random.next() * candidates.length)]
      return chosen && post({ ...values, [chosen[0]]: chosen[1] })
    }
    case 'unknownProperty':
      return post({ [`unknown${Math.floor(random.next() * 1_000)}`]: 1 })
    case 'oversized': {
      const good = post({ ...values, padding: '' })
      const padding = 'x'.repeat(limits.payloadBytesMax + 1 - new TextEncoder().encode(good.payload).length)
      return { ...post({ ...values, padding }), isAnswered: false }
    }
    case 'wrongTopic':
      return { ...post(values, otherName), isAnswered: false }
    case 'staleTimestamp':
      return post(withTime(values, now - seconds * 1000))
  }
}

/** Values that claim to be of another time, epoch milliseconds. */
export function withTime(values: JsonObject, time: number): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, timedValue(value, Math.round(time))]))
}

/** Samples whose times are all wrong by so many milliseconds, wherever they stand in a message. */
export function withShiftedTimes(params: JsonValue, ms: number): JsonValue {
  if (Array.isArray(params))
    return params.map(entry => withShiftedTimes(entry, ms))
  if (!isJsonObject(params))
    return params
  return isTimedValue(params) && typeof params.time === 'number'
    ? { ...params, time: params.time + ms }
    : Object.fromEntries(Object.entries(params).map(([key, entry]) => [key, withShiftedTimes(entry, ms)]))
}

function beyondRange(type: DataType): JsonValue | undefined {
  switch (type.type) {
    case 'int':
    case 'float':
    case 'double':
      return type.max === undefined ? type.min === undefined ? undefined : type.min - 1_000 : type.max + 1_000
    case 'long':
      return type.max === undefined || !Number.isSafeInteger(Number(type.max)) ? undefined : Number(type.max) + 1_000
    case 'bool':
      return 7
    case 'enum':
      return type.items.length === 0 ? undefined : Math.max(...type.items.map(({ value }) => value)) + 1_000
    case 'text':
      return type.length === undefined ? undefined : 'x'.repeat(type.length + 1)
    default:
      return undefined
  }
}

function ofOtherType(type: DataType): JsonValue {
  return type.type === 'text' || type.type === 'date' ? { nested: true } : 'not a value of this type'
}
