import type { Packet } from 'mqtt-packet'
import { Buffer } from 'node:buffer'
import mqttPacket from 'mqtt-packet'
import { bodyStart } from './frame.ts'

export type { IConnectPacket, IPublishPacket, ISubscribePacket, IUnsubscribePacket } from 'mqtt-packet'

/**
 * Reads one complete packet with the full parser; for everything but the packets that `frame.ts` reads by hand. Never
 * throws: whatever the parser makes of broken bytes (an error, an exception, no packet at all) comes back as `problem`,
 * a sentence.
 */
export function decodePacket(frame: Uint8Array, version: 3 | 4 | 5): { packet: Packet } | { problem: string } {
  const parser = mqttPacket.parser({ protocolVersion: version })
  let packet: Packet | undefined
  let problem: string | undefined
  parser.on('packet', (parsed) => { packet ??= parsed })
  parser.on('error', (error: Error) => { problem ??= error.message })
  try {
    parser.parse(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength))
  }
  catch (error) {
    problem = error instanceof Error ? error.message : String(error)
  }
  if (problem !== undefined || packet === undefined)
    return { problem: problem ?? 'the packet ends too early' }
  const id = 'messageId' in packet ? packet.messageId : undefined
  if (id !== undefined && (id < 1 || id > 0xFFFF))
    return { problem: 'the packet identifier is missing or 0' }
  return { packet }
}

/** Writes a packet with the full codec; for everything but the packets that `frame.ts` builds by hand. */
export function encodePacket(packet: Packet, version: 3 | 4 | 5): Buffer {
  return mqttPacket.generate(packet, { protocolVersion: version })
}

/** What a CONNECT says about its protocol, read before the full parser, which knows only the versions it can parse. */
export interface ProtocolClaim { name: string, level: number }

/**
 * Protocol name and level of the CONNECT in `frame`, or null when there is none to be read: then this is not MQTT, and
 * the connection ends without an answer (MQTT 3.1.2-1).
 */
export function readProtocol(frame: Buffer): ProtocolClaim | null {
  const start = bodyStart(frame, 0)
  if (start + 2 > frame.length)
    return null
  const nameEnd = start + 2 + frame.readUInt16BE(start)
  if (nameEnd >= frame.length)
    return null
  const name = frame.toString('latin1', start + 2, nameEnd)
  return name === 'MQTT' || name === 'MQIsdp'
    ? { name, level: frame[nameEnd]! }
    : null
}
