import type { DownProperties, IncomingPublish } from './types.ts'
import { Buffer, isUtf8 } from 'node:buffer'

/** Control packet types: the upper half of a packet's first byte (MQTT 3.1.1 and 5, section 2.2.1 and 2.1.2). */
export const packetType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const

const packetKinds = [
  'reserved',
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
] as const

/** The name of a control packet as the packet seam and the log tell it. */
export type PacketKind = (typeof packetKinds)[number]

/** The name of the packet that begins with `firstByte`. */
export function packetKind(firstByte: number): PacketKind {
  return packetKinds[firstByte >> 4] ?? 'reserved'
}

/** What {@link frameLength} says when the fixed header has not arrived completely. */
export const INCOMPLETE = 0
/** What {@link frameLength} says when the remaining length has more than four bytes. */
export const MALFORMED = -1

/**
 * Length in bytes of the whole packet that begins at `start`, fixed header included, without looking at its body.
 * {@link INCOMPLETE} when `end` comes before the header does, {@link MALFORMED} when the length cannot be one.
 */
export function frameLength(bytes: Uint8Array, start: number, end: number): number {
  let remaining = 0
  for (let index = 1, scale = 1; index <= 4; index++, scale *= 128) {
    if (start + index >= end)
      return INCOMPLETE
    const byte = bytes[start + index]!
    remaining += (byte & 0x7F) * scale
    if (byte < 0x80)
      return remaining + index + 1
  }
  return MALFORMED
}

/** Where the body of the complete packet at `start` begins: behind the first byte and the remaining length. */
export function bodyStart(bytes: Uint8Array, start: number): number {
  let index = start + 1
  while (bytes[index]! >= 0x80)
    index++
  return index + 1
}

/**
 * Text of an MQTT string between two positions, or null when it is not well-formed UTF-8 or holds U+0000, which closes
 * the connection (MQTT 1.5.3-1, 1.5.3-2).
 */
export function readText(bytes: Buffer, start: number, end: number): string | null {
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!
    if (byte === 0)
      return null
    if (byte >= 0x80) {
      const part = bytes.subarray(start, end)
      return isUtf8(part) && !part.includes(0) ? part.toString('utf8') : null
    }
  }
  return bytes.toString('latin1', start, end)
}

/** A PUBLISH as it was read; the topic may be empty in MQTT 5, where an alias can stand for it. */
export interface ReadPublish extends IncomingPublish {
  /** MQTT 5 properties came with it, which this scanner skips. */
  hasProperties: boolean
}

/**
 * Reads the PUBLISH packet between `start` and `end`; null when it is malformed: a field that ends beyond the packet, text
 * that is none, packet id 0, DUP on QoS 0, before MQTT 5 an empty topic. The payload is a view of `bytes`. QoS 2 and 3
 * must have been sorted out by the caller.
 */
export function readPublish(bytes: Buffer, start: number, end: number, version: 3 | 4 | 5): ReadPublish | null {
  const flags = bytes[start]!
  const qos = (flags >> 1 & 3) as 0 | 1
  const dup = (flags & 8) !== 0
  const topicStart = bodyStart(bytes, start) + 2
  if (topicStart > end || (dup && qos === 0))
    return null
  const topicEnd = topicStart + (bytes[topicStart - 2]! << 8 | bytes[topicStart - 1]!)
  const idEnd = topicEnd + (qos === 0 ? 0 : 2)
  if (idEnd > end || (topicEnd === topicStart && version !== 5))
    return null
  const topic = readText(bytes, topicStart, topicEnd)
  const packetId = qos === 0 ? 0 : bytes[topicEnd]! << 8 | bytes[topicEnd + 1]!
  if (topic === null || (qos === 1 && packetId === 0))
    return null
  // A property block begins with its length, written like the remaining length of a packet.
  const block = version === 5 ? frameLength(bytes, idEnd - 1, end) - 1 : 0
  if (block < 0 || idEnd + block > end)
    return null
  // A Buffer would do, but its slice() is a view where a Uint8Array's is a copy, and whoever keeps the payload has to copy it.
  const payload = new Uint8Array(bytes.buffer, bytes.byteOffset + idEnd + block, end - idEnd - block)
  return { topic, payload, qos, packetId, dup, retain: (flags & 1) !== 0, hasProperties: block > 1 }
}

/**
 * Packet id of the PUBACK between `start` and `end` when it holds nothing else, as every PUBACK before MQTT 5 and nearly
 * every one since; 0 otherwise.
 */
export function readPuback(bytes: Uint8Array, start: number, end: number): number {
  // The length must be written in one byte: four bytes can also be a longer length and one byte of content.
  const plain = end - start === 4 && bytes[start] === 0x40 && bytes[start + 1] === 2
  return plain ? bytes[start + 2]! << 8 | bytes[start + 3]! : 0
}

/** A PINGRESP, the same for every version. */
export const pingresp: Uint8Array = Buffer.from([0xD0, 0])

/**
 * Builds a PUBACK; a reason code other than 0 is only for MQTT 5. An empty property block goes with it, because Link SDK
 * C 4 expects reason and properties together.
 */
export function buildPuback(packetId: number, reasonCode = 0): Buffer {
  const frame = Buffer.allocUnsafe(reasonCode === 0 ? 4 : 6)
  frame[0] = 0x40
  frame[1] = frame.length - 2
  frame[2] = packetId >> 8
  frame[3] = packetId & 0xFF
  if (reasonCode !== 0) {
    frame[4] = reasonCode
    frame[5] = 0
  }
  return frame
}

/** Builds the DISCONNECT that MQTT 5 lets a server send; reason and empty properties, as Link SDK C 4 expects. */
export function buildDisconnect(reasonCode: number): Buffer {
  return Buffer.from([0xE0, 2, reasonCode, 0])
}

/** Builds a CONNACK that refuses, in the form of the version the client speaks. */
export function buildRefusal(code: number, version: 3 | 4 | 5): Buffer {
  return version === 5 ? Buffer.from([0x20, 3, 0, code, 0]) : Buffer.from([0x20, 2, 0, code])
}

export interface OutgoingPublish {
  topic: string
  payload: Uint8Array
  qos: 0 | 1
  packetId: number
  dup: boolean
  /** MQTT 5: the property block without its length, empty for none; null for the older versions. */
  properties: Uint8Array | null
}

/** Bytes that a remaining length or a property length takes on the wire. */
function varintLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4
}

function writeVarint(frame: Uint8Array, position: number, value: number): number {
  let rest = value
  while (rest >= 0x80) {
    frame[position++] = rest & 0x7F | 0x80
    rest >>= 7
  }
  frame[position++] = rest
  return position
}

/** Builds a PUBLISH of QoS 0 or 1. */
export function buildPublish({ topic, payload, qos, packetId, dup, properties }: OutgoingPublish): Buffer {
  const topicBytes = Buffer.byteLength(topic)
  const propertyBytes = properties === null ? 0 : varintLength(properties.length) + properties.length
  const remaining = 2 + topicBytes + (qos === 0 ? 0 : 2) + propertyBytes + payload.length
  const frame = Buffer.allocUnsafe(1 + varintLength(remaining) + remaining)
  frame[0] = 0x30 | qos << 1 | (dup ? 8 : 0)
  let position = writeVarint(frame, 1, remaining)
  frame[position++] = topicBytes >> 8
  frame[position++] = topicBytes & 0xFF
  position += frame.write(topic, position, 'utf8')
  if (qos !== 0) {
    frame[position++] = packetId >> 8
    frame[position++] = packetId & 0xFF
  }
  if (properties !== null) {
    position = writeVarint(frame, position, properties.length)
    frame.set(properties, position)
    position += properties.length
  }
  frame.set(payload, position)
  return frame
}

/**
 * The MQTT 5 properties that a PUBLISH to a device can carry: what is left of the message's life in seconds (0x02), the
 * identifiers of the subscriptions it matches (0x0B), and `own`, those that its sender gave it.
 */
export function buildPublishProperties(expirySec: number | null, subscriptionIds: readonly number[], own: Uint8Array | null = null): Uint8Array {
  const size = (expirySec === null ? 0 : 5) + subscriptionIds.reduce((sum, id) => sum + 1 + varintLength(id), 0) + (own?.length ?? 0)
  const properties = Buffer.allocUnsafe(size)
  let position = 0
  if (expirySec !== null) {
    properties[position] = 0x02
    position = properties.writeUInt32BE(expirySec, position + 1)
  }
  for (const id of subscriptionIds) {
    properties[position] = 0x0B
    position = writeVarint(properties, position + 1, id)
  }
  if (own !== null)
    properties.set(own, position)
  return properties
}

/**
 * What the sender of a message gave it, as MQTT 5 writes it (3.3.2.3): payload format (0x01), content type (0x03), response
 * topic (0x08), correlation data (0x09) and user properties (0x26). Null for nothing. Texts and data have at most 65,535 bytes.
 */
export function encodeOwnProperties({ payloadFormat, contentType, responseTopic, correlationData, userProperties = [] }: DownProperties): Uint8Array | null {
  const parts: Uint8Array[] = []
  const add = (id: number, ...values: readonly (string | Uint8Array)[]): void => {
    parts.push(Uint8Array.of(id))
    for (const value of values) {
      const bytes = Buffer.from(value)
      parts.push(Uint8Array.of(bytes.length >> 8, bytes.length & 0xFF), bytes)
    }
  }
  if (payloadFormat !== undefined)
    parts.push(Uint8Array.of(0x01, payloadFormat))
  if (contentType !== undefined)
    add(0x03, contentType)
  if (responseTopic !== undefined)
    add(0x08, responseTopic)
  if (correlationData !== undefined)
    add(0x09, correlationData)
  for (const [key, value] of userProperties)
    add(0x26, key, value)
  // A copy of its own: a view would keep what it was joined from.
  return parts.length === 0 ? null : new Uint8Array(Buffer.concat(parts))
}

/** The topic of a PUBLISH of which only the start has come; null when the topic is not there in full. */
export function topicOfStart(bytes: Buffer): string | null {
  let at = 1
  while (at < bytes.length && (bytes[at]! & 0x80) !== 0)
    at++
  const from = at + 3
  if (from > bytes.length)
    return null
  const end = from + bytes.readUInt16BE(from - 2)
  return end <= bytes.length ? bytes.toString('utf8', from, end) : null
}
