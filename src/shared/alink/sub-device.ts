import type { JsonObject, JsonValue } from '../json.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'

/** A sub-device with the proof that whoever names it knows its secret (Alink 3.1 and 3.6). */
export interface SignedSubDevice extends TopicIdentity {
  /** Verbatim, with its `|…|` if it has one (trap T11); empty when none came. */
  clientId: string
  /** As written; empty when none came. */
  signMethod: string
  /** Hexadecimal, either case. */
  sign: string
  /** The exact text that had to be signed. */
  signedContent: string
}

/** What is wrong with the parameters of a request: what was expected where, and what came. */
export interface ParamsProblem { expected: string, got: JsonValue | undefined }

/** What is never part of the signed text; `signmethod` and `signMethod` are one name in two spellings. */
const unsigned = new Set(['sign', 'signmethod', 'cleansession'])

/**
 * The text that a sub-device signs: every parameter that was sent but the signature, its method and `cleanSession`, names
 * in alphabetical order, each followed by its value as it was sent, without separators (Alink 3.1).
 */
export function subDeviceSignContent(params: JsonObject): string {
  return Object.keys(params)
    .filter(name => !unsigned.has(name.toLowerCase()))
    .sort()
    .map(name => `${name}${textOf(params[name]!)}`)
    .join('')
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Tells a list of parameters from what only looks like one. */
export function isProblem(parsed: object): parsed is ParamsProblem {
  return !Array.isArray(parsed) && 'expected' in parsed
}

/** A list of sub-devices, as most requests about topology carry it; one object counts as a list of one. */
export function parseSubDevices(params: JsonValue | undefined, where = 'params'): TopicIdentity[] | ParamsProblem {
  return parseEach(params, where, parseSubDevice)
}

/** One sub-device: its product key and its name. */
export function parseSubDevice(params: JsonValue | undefined, where = 'params'): TopicIdentity | ParamsProblem {
  if (!isJsonObject(params))
    return { expected: `${where} to be an object with "productKey" and "deviceName"`, got: params }
  const { productKey, deviceName } = params
  if (typeof productKey !== 'string' || productKey === '')
    return { expected: `${where}.productKey to be a text that is not empty`, got: productKey }
  if (typeof deviceName !== 'string' || deviceName === '')
    return { expected: `${where}.deviceName to be a text that is not empty`, got: deviceName }
  return { productKey, deviceName }
}

/** A list of sub-devices with their signatures. `signMethod` is that of the list, for those that name none (Alink 3.6). */
export function parseSignedSubDevices(params: JsonValue | undefined, where = 'params', signMethod = ''): SignedSubDevice[] | ParamsProblem {
  return parseEach(params, where, (entry, at) => parseSignedSubDevice(entry, at, signMethod))
}

/** One sub-device with its signature; the method may be spelled `signMethod` or `signmethod`. */
export function parseSignedSubDevice(params: JsonValue | undefined, where = 'params', defaultMethod = ''): SignedSubDevice | ParamsProblem {
  const identity = parseSubDevice(params, where)
  if (isProblem(identity))
    return identity
  const { clientId, sign, signMethod, signmethod } = params as JsonObject
  if (typeof sign !== 'string' || sign === '')
    return { expected: `${where}.sign to be the signature in hexadecimal`, got: sign }
  const method = signMethod ?? signmethod ?? defaultMethod
  if (typeof method !== 'string')
    return { expected: `${where}.signMethod to be a text`, got: method }
  return {
    ...identity,
    clientId: typeof clientId === 'string' ? clientId : '',
    signMethod: method,
    sign,
    signedContent: subDeviceSignContent(params as JsonObject),
  }
}

function parseEach<T extends object>(params: JsonValue | undefined, where: string, parse: (entry: JsonValue, where: string) => T | ParamsProblem): T[] | ParamsProblem {
  const entries = isJsonObject(params) && params.productKey !== undefined ? [params] : params
  if (!Array.isArray(entries) || entries.length === 0)
    return { expected: `${where} to be a list such as [{"deviceName":"…","productKey":"…"}]`, got: params }
  const parsed: T[] = []
  for (const [index, entry] of entries.entries()) {
    const one = parse(entry, `${where}[${index}]`)
    if (isProblem(one))
      return one
    parsed.push(one)
  }
  return parsed
}

/** A sub-device as the cloud writes it into replies and notices. */
export function namesOf({ productKey, deviceName }: TopicIdentity): JsonObject {
  return { deviceName, productKey }
}
