import { Buffer } from 'node:buffer'

/** What {@link frameEnd} answers instead of a position. */
export const incomplete = -1
export const malformed = -2

/**
 * Where the MQTT control packet that starts at `start` ends, looking no further than `end`: {@link incomplete} when more
 * bytes are needed, {@link malformed} when its remaining length has more than four bytes (MQTT 3.1.1, 2.2.3).
 */
export function frameEnd(bytes: Uint8Array, start: number, end: number): number {
  let remaining = 0
  for (let at = start + 1, shift = 0; at < end; at++, shift += 7) {
    const byte = bytes[at]!
    remaining += (byte & 0x7F) << shift
    if (byte < 0x80)
      return at + 1 + remaining <= end ? at + 1 + remaining : incomplete
    if (shift === 21)
      return malformed
  }
  return incomplete
}

/** Where the body of a packet begins: behind its first byte and its remaining length. */
export function bodyStart(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (bytes[at]! >= 0x80)
    at++
  return at + 1
}

/** The parts of a PUBLISH that came in (MQTT 3.1.1, 3.3). */
export interface IncomingPublish {
  topic: string
  qos: number
  /** 0 for QoS 0. */
  packetId: number
  /** Where the payload begins. */
  payloadStart: number
}

/** Takes the head of a complete PUBLISH apart; undefined when it contradicts itself. */
export function parsePublish(bytes: Buffer, start: number, end: number): IncomingPublish | undefined {
  const qos = (bytes[start]! >> 1) & 3
  const body = bodyStart(bytes, start)
  if (body + 2 > end)
    return undefined
  const topicEnd = body + 2 + bytes.readUInt16BE(body)
  const payloadStart = topicEnd + (qos > 0 ? 2 : 0)
  if (payloadStart > end || qos === 3)
    return undefined
  return {
    topic: bytes.toString('utf8', body + 2, topicEnd),
    qos,
    packetId: qos > 0 ? bytes.readUInt16BE(topicEnd) : 0,
    payloadStart,
  }
}

/** A PUBLISH; `packetId` is used for QoS 1 only. */
export function encodePublish(topic: string, payload: string | Uint8Array, qos: 0 | 1, packetId: number): Buffer {
  const topicBytes = Buffer.byteLength(topic)
  const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  let remaining = 2 + topicBytes + (qos > 0 ? 2 : 0) + payloadBytes
  const lengthBytes = remaining < 0x80 ? 1 : remaining < 0x4000 ? 2 : remaining < 0x20_0000 ? 3 : 4
  const frame = Buffer.allocUnsafe(1 + lengthBytes + remaining)
  let at = 0
  frame[at++] = 0x30 | (qos << 1)
  for (let left = lengthBytes; left > 0; left--) {
    frame[at++] = (remaining & 0x7F) | (left > 1 ? 0x80 : 0)
    remaining >>>= 7
  }
  at = frame.writeUInt16BE(topicBytes, at)
  at += frame.write(topic, at)
  if (qos > 0)
    at = frame.writeUInt16BE(packetId, at)
  if (typeof payload === 'string')
    frame.write(payload, at)
  else
    frame.set(payload, at)
  return frame
}

/** The acknowledgement of a QoS 1 PUBLISH. */
export function encodePuback(packetId: number): Buffer {
  return Buffer.from([0x40, 2, packetId >> 8, packetId & 0xFF])
}

export const pingreqFrame = Buffer.from([0xC0, 0])
export const disconnectFrame = Buffer.from([0xE0, 0])
