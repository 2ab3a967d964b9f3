import type { JsonObject, JsonValue } from '../json.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'
import { isTimedValue } from './property.ts'

/** One sample of a property, or one occurrence of an event, inside a message that carries many. */
export interface BatchItem {
  identifier: string
  value: JsonValue
  /** As sent; undefined when none was. */
  time: JsonValue | undefined
  /** Where the value stands inside `params`. */
  path: readonly string[]
}

/** What a batch says about one device. */
export interface DeviceBlock { properties: BatchItem[], events: BatchItem[] }

/** A block that names its device; undefined for the sender's own. `raw` is the block as it came. */
export interface IdentifiedBlock extends DeviceBlock { identity: TopicIdentity | undefined, raw: JsonObject }

/** Reads one kind of message; a text says what is wrong with its form, naming the field (code 460). */
export type Parsed<T> = T | string

/** `batch/post` (Alink 5.4): lists of samples by identifier; either of `properties` and `events` may be missing. */
export function parseBatchPost(params: JsonValue | undefined): Parsed<DeviceBlock> {
  if (!isJsonObject(params))
    return '"params" to be an object'
  return parseBlock(params, '', [])
}

/** `pack/post`: the gateway's own values and those of its sub-devices. The gateway's block has no identity. */
export function parsePackPost(params: JsonValue | undefined): Parsed<IdentifiedBlock[]> {
  if (!isJsonObject(params))
    return '"params" to be an object'
  const own = parseBlock(params, '', [])
  if (typeof own === 'string')
    return own
  const { subDevices = [] } = params
  if (!Array.isArray(subDevices))
    return '"subDevices" to be a list'
  const others = parseIdentified(subDevices, 'subDevices')
  return typeof others === 'string' ? others : [{ ...own, identity: undefined, raw: params }, ...others]
}

/** `history/post`: a list of blocks, each with its identity. */
export function parseHistoryPost(params: JsonValue | undefined): Parsed<IdentifiedBlock[]> {
  return Array.isArray(params) ? parseIdentified(params, '') : '"params" to be a list'
}

function parseIdentified(entries: JsonValue[], where: string): Parsed<IdentifiedBlock[]> {
  const blocks: IdentifiedBlock[] = []
  for (const [index, entry] of entries.entries()) {
    const at = `${where}[${index}]`
    const identity = isJsonObject(entry) ? entry.identity : undefined
    if (!isJsonObject(entry) || !isJsonObject(identity) || typeof identity.productKey !== 'string' || typeof identity.deviceName !== 'string')
      return `"${at}.identity" to be an object with productKey and deviceName`
    const block = parseBlock(entry, `${at}.`, where === '' ? [String(index)] : [where, String(index)])
    if (typeof block === 'string')
      return block
    blocks.push({ ...block, identity: { productKey: identity.productKey, deviceName: identity.deviceName }, raw: entry })
  }
  return blocks
}

function parseBlock({ properties, events }: JsonObject, where: string, path: readonly string[]): Parsed<DeviceBlock> {
  const parsedProperties = parseItems(properties, `${where}properties`, [...path, 'properties'])
  if (typeof parsedProperties === 'string')
    return parsedProperties
  const parsedEvents = parseItems(events, `${where}events`, [...path, 'events'])
  return typeof parsedEvents === 'string' ? parsedEvents : { properties: parsedProperties, events: parsedEvents }
}

/** Takes `{name: item}`, `{name: [item, …]}` and `[{name: item}, …]`: the three kinds of message write the same thing differently. */
function parseItems(source: JsonValue | undefined, where: string, path: readonly string[]): Parsed<BatchItem[]> {
  if (source === undefined || source === null)
    return []
  const items: BatchItem[] = []
  const objects: [JsonValue, readonly string[]][] = Array.isArray(source)
    ? source.map((object, index) => [object, [...path, String(index)]])
    : [[source, path]]
  for (const [object, objectPath] of objects) {
    if (!isJsonObject(object))
      return `"${where}" to be an object or a list of objects`
    for (const [identifier, value] of Object.entries(object)) {
      // A list whose members carry times is a list of samples; any other list is the value of an array property.
      if (Array.isArray(value) && value.length > 0 && value.every(isTimedValue))
        value.forEach((sample, index) => items.push(itemOf(identifier, sample, [...objectPath, identifier, String(index)])))
      else
        items.push(itemOf(identifier, value, [...objectPath, identifier]))
    }
  }
  return items
}

function itemOf(identifier: string, raw: JsonValue, path: readonly string[]): BatchItem {
  return isTimedValue(raw)
    ? { identifier, value: raw.value, time: raw.time, path: [...path, 'value'] }
    : { identifier, value: raw, time: undefined, path }
}
