import type { Buffer } from 'node:buffer'
import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import { decodePacket } from './codec.ts'
import { acknowledge } from './delivery.ts'
import { endConnection, endMalformed, goOffline } from './ending.ts'
import { packetKind, packetType, pingresp, readPuback } from './frame.ts'
import { handleConnect } from './login.ts'
import { platformCode } from './platform-code.ts'
import { handlePublish } from './publish.ts'
import { reasonCode } from './reason-code.ts'
import { handleWhileRegistering } from './registering.ts'
import { handleSubscribe, handleUnsubscribe } from './subscribe.ts'

/** Handles one complete packet from a device. Whatever is wrong with it ends this connection and nothing else. */
export function handleFrame(core: BrokerCore, connection: Connection, bytes: Buffer, start: number, end: number): void {
  const type = bytes[start]! >> 4
  if (connection.client === null) {
    if (connection.registeredAt >= 0)
      handleWhileRegistering(core, connection, bytes.subarray(start, end))
    else if (type === packetType.connect && bytes[start] === packetType.connect << 4)
      handleConnect(core, connection, bytes.subarray(start, end))
    else
      endMalformed(core, connection, `a ${packetKind(bytes[start]!)} came before CONNECT`)
    return
  }
  switch (type) {
    case packetType.publish:
      return handlePublish(core, connection, bytes, start, end)
    case packetType.puback: {
      const packetId = readPuback(bytes, start, end)
      return packetId !== 0 ? acknowledge(core, connection, packetId) : handleRare(core, connection, bytes.subarray(start, end))
    }
    case packetType.pingreq:
      return end - start === 2 && bytes[start] === 0xC0
        ? connection.send('pingresp', pingresp)
        : endMalformed(core, connection, 'a PINGREQ has no flags and no body')
    default:
      return handleRare(core, connection, bytes.subarray(start, end))
  }
}

function handleRare(core: BrokerCore, connection: Connection, frame: Buffer): void {
  const decoded = decodePacket(frame, connection.version)
  if ('problem' in decoded)
    return endMalformed(core, connection, decoded.problem)
  const { packet } = decoded
  switch (packet.cmd) {
    case 'puback':
      // Before MQTT 5 there is nothing that could follow the packet id.
      return connection.version === 5
        ? acknowledge(core, connection, packet.messageId!)
        : endMalformed(core, connection, 'a PUBACK holds a packet identifier and nothing else')
    case 'subscribe':
      return handleSubscribe(core, connection, packet)
    case 'unsubscribe':
      return handleUnsubscribe(core, connection, packet)
    case 'disconnect':
      return handleDisconnect(core, connection, packet.reasonCode ?? 0, packet.properties?.sessionExpiryInterval)
    default:
      return endConnection(core, connection, { code: platformCode.unknownMessage, message: `A device may not send ${packet.cmd.toUpperCase()} here.` }, reasonCode.protocolError)
  }
}

function handleDisconnect(core: BrokerCore, connection: Connection, code: number, expirySec: number | undefined): void {
  const { session } = connection
  if (expirySec !== undefined && session !== null) {
    // MQTT 5, 3.14.2.2.2: a session that was to end with its connection cannot be kept after all.
    const isValid = Number.isInteger(expirySec) && expirySec >= 0 && (expirySec === 0 || session.expiryMs > 0)
    if (!isValid)
      return endConnection(core, connection, { code: platformCode.unknownMessage, message: 'The DISCONNECT has a Session Expiry Interval that is not allowed.' }, reasonCode.protocolError)
    core.sessions.changeExpiry(session, expirySec)
  }
  connection.end()
  const message = code === 0 ? 'The device disconnected.' : `The device disconnected with reason code 0x${code.toString(16)}.`
  goOffline(core, connection, { code: platformCode.success, message })
}
