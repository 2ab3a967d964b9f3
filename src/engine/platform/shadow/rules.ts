import type { Shadow, ShadowChange, ShadowMetadata, ShadowRefusal, ShadowRequest, ShadowSide } from '../../../shared/alink/shadow.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import { buildShadowDocument, isShadowNull, levelsOf, refuseShadow } from '../../../shared/alink/shadow.ts'
import { utf8Length } from '../../../shared/alink/utf8.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { limits } from '../../../shared/limits.ts'

/** The shadow of a device of which nothing was ever written. */
export const emptyShadow: Shadow = { state: { reported: {}, desired: {} }, metadata: { reported: {}, desired: {} }, timestamp: 0, version: 0 }

/** Something a shadow has more of than the cloud allows. */
export interface ShadowExcess { code: number, what: string, allowed: number, got: number }

/**
 * Carries out what a device asks (Alink 6): `update` merges, `delete` removes attributes. The version has to be greater
 * than the present one (409) and becomes the present one; 0 is taken while the present one is 0, and -1 starts over at 0.
 * Pure.
 */
export function stepShadow(shadow: Shadow, request: Exclude<ShadowRequest, { method: 'get' }>, atSec: number): Shadow | ShadowRefusal {
  const { method, version } = request
  const isFirst = version === 0 && shadow.version === 0
  if (version !== -1 && !isFirst && version <= shadow.version)
    return refuseShadow(409, 'version', `a number greater than the present version ${shadow.version}`, version)
  let next: Shadow = { ...shadow, version: version === -1 ? 0 : version, timestamp: atSec }
  for (const side of ['reported', 'desired'] as const)
    next = method === 'update' ? writeSide(next, side, request[side], atSec) : deleteFromSide(next, side, request[side])
  return next
}

/**
 * Writes the desired side for an application (Alink 6, the API's UpdateDeviceShadow). Version 0 means the next one,
 * whatever the present one is; `delta` merges instead of replacing. Pure.
 */
export function stepDesired(shadow: Shadow, { desired, version, delta }: { desired: JsonObject, version: number, delta: boolean }, atSec: number): Shadow | ShadowRefusal {
  if (version !== 0 && version <= shadow.version)
    return refuseShadow(409, 'version', `0, or a number greater than the present version ${shadow.version}`, version)
  const base: Shadow = { ...shadow, version: version === 0 ? shadow.version + 1 : version, timestamp: atSec }
  return writeSide(delta ? base : deleteFromSide(base, 'desired', 'clear'), 'desired', desired, atSec)
}

/** Deletes everything, a side, or some attributes for an application; the version grows by one. Pure. */
export function stepDelete(shadow: Shadow, sides: readonly ShadowSide[], attributes: readonly string[] | undefined, atSec: number): Shadow {
  const change: ShadowChange = attributes === undefined ? 'clear' : Object.fromEntries(attributes.map(attribute => [attribute, null]))
  return sides.reduce((next, side) => deleteFromSide(next, side, change), { ...shadow, version: shadow.version + 1, timestamp: atSec })
}

function withSide(shadow: Shadow, side: ShadowSide, state: JsonObject, metadata: ShadowMetadata): Shadow {
  return { ...shadow, state: { ...shadow.state, [side]: state }, metadata: { ...shadow.metadata, [side]: metadata } }
}

function writeSide(shadow: Shadow, side: ShadowSide, change: ShadowChange, atSec: number): Shadow {
  if (change === undefined)
    return shadow
  if (change === 'clear')
    return withSide(shadow, side, {}, {})
  const state = mergeObjects(shadow.state[side], change)
  const written = Object.keys(change).filter(attribute => Object.hasOwn(state, attribute)).map(attribute => [attribute, { timestamp: atSec }] as const)
  const kept = Object.entries(shadow.metadata[side]).filter(([attribute]) => Object.hasOwn(state, attribute))
  return withSide(shadow, side, state, Object.fromEntries([...kept, ...written]))
}

function deleteFromSide(shadow: Shadow, side: ShadowSide, change: ShadowChange): Shadow {
  if (change === undefined)
    return shadow
  if (change === 'clear')
    return withSide(shadow, side, {}, {})
  const isKept = ([attribute]: [string, unknown]): boolean => !Object.hasOwn(change, attribute)
  return withSide(
    shadow,
    side,
    Object.fromEntries(Object.entries(shadow.state[side]).filter(isKept)),
    Object.fromEntries(Object.entries(shadow.metadata[side]).filter(isKept)),
  )
}

/** Objects are merged member by member, everything else is replaced; null, also as text, deletes. */
function mergeObjects(present: JsonObject, change: JsonObject): JsonObject {
  const merged = new Map<string, JsonValue>(Object.entries(present))
  for (const [name, value] of Object.entries(change)) {
    const old = merged.get(name)
    if (isShadowNull(value))
      merged.delete(name)
    else
      merged.set(name, isJsonObject(value) ? mergeObjects(isJsonObject(old) ? old : {}, value) : value)
  }
  return Object.fromEntries(merged)
}

/** What a shadow has too much of for the cloud (Alink 1.6: 16 KB, 128 attributes each side, 5 levels); null for none. Pure. */
export function findExcess(shadow: Shadow): ShadowExcess | null {
  for (const side of ['reported', 'desired'] as const) {
    const attributes = Object.keys(shadow.state[side]).length
    if (attributes > limits.shadowAttributesMax)
      return { code: 408, what: `attributes in "${side}"`, allowed: limits.shadowAttributesMax, got: attributes }
    const levels = levelsOf(shadow.state[side])
    if (levels > limits.shadowLevelsMax)
      return { code: 400, what: `levels in "${side}"`, allowed: limits.shadowLevelsMax, got: levels }
  }
  return tooLarge(shadow, limits.shadowBytesMax)
}

/** Whether a shadow is larger than this platform keeps, whatever the setting. Pure. */
export function findOverflow(shadow: Shadow): ShadowExcess | null {
  return tooLarge(shadow, limits.shadowBytesKeptMax)
}

function tooLarge(shadow: Shadow, allowed: number): ShadowExcess | null {
  const bytes = utf8Length(buildShadowDocument(shadow))
  return bytes > allowed ? { code: 400, what: 'bytes in the whole shadow', allowed, got: bytes } : null
}

/** An excess as a refusal, with the sentence for a person. */
export function refuseExcess({ code, what, allowed, got }: ShadowExcess): ShadowRefusal {
  const text = code === 408 ? refuseShadow(408, '', '', '').text : 'the shadow exceeds the limit'
  return { code, text, message: `state: expected at most ${allowed} ${what}, got ${got} (${code}).` }
}
