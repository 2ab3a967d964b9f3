import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import type { BrokerDevice, ConnectAttempt, OfflineReason } from './types.ts'
import type { Wire } from './wire.ts'
import { detachAll } from './attached.ts'
import { buildDisconnect } from './frame.ts'
import { platformCode } from './platform-code.ts'
import { reasonCode } from './reason-code.ts'

/**
 * Ends a connection from our side. MQTT 5 gets a DISCONNECT with `disconnectCode` first; the older versions have no such
 * packet and only see the connection close (Alink 1.4).
 */
export function endConnection(core: BrokerCore, connection: Connection, reason: OfflineReason, disconnectCode: number): void {
  if (connection.hasEnded)
    return
  if (connection.client !== null && connection.version === 5)
    connection.send('disconnect', buildDisconnect(disconnectCode))
  connection.end()
  goOffline(core, connection, reason)
}

/** Ends a connection without a word, not even the end of what was being sent. */
export function breakConnection(core: BrokerCore, connection: Connection, reason: OfflineReason): void {
  if (connection.hasEnded)
    return
  connection.markEnded()
  goOffline(core, connection, reason)
  connection.wire.destroy()
}

/** Ends a connection that sent something malformed, and counts it. */
export function endMalformed(core: BrokerCore, connection: Connection, problem: string): void {
  core.counters.malformedPackets++
  if (connection.client === null) {
    core.counters.refusedConnects++
    reportAttempt(core, connection, { code: platformCode.malformed, message: `What came is not a CONNECT of MQTT: ${problem}.` }, {})
  }
  endConnection(core, connection, { code: platformCode.unknownMessage, message: `A malformed packet ended the connection: ${problem}.` }, reasonCode.malformedPacket)
}

/** The device sends no more, without having said so. */
export function loseConnection(core: BrokerCore, connection: Connection): void {
  if (connection.hasEnded)
    return
  const broken = connection.brokenPublish()
  if (broken !== null && connection.client !== null)
    core.hooks.onBrokenPublish?.(connection.client, broken)
  connection.markEnded()
  goOffline(core, connection, { code: platformCode.connectionLost, message: 'The connection broke off without a DISCONNECT.' })
}

/** Takes the device of an ended connection off line; nothing happens for one that never logged in. */
export function goOffline(core: BrokerCore, connection: Connection, reason: OfflineReason): void {
  const { client, session } = connection
  if (client === null || session === null)
    return
  core.online.delete(client.device.deviceId)
  connection.session = null
  // A kept session sends again what was not acknowledged; of any other it is lost, unless the device left on purpose.
  const isBroken = reason.code === platformCode.connectionLost || reason.code === platformCode.keepaliveExpired
  const lost = isBroken && !session.isKept ? [...session.inflight?.values() ?? [], ...session.waiting ?? []] : []
  core.sessions.leave(session)
  lost.forEach(message => message.onLost?.())
  core.hooks.onOffline(client, reason)
  if (connection.subDevices !== null)
    detachAll(core, connection, client.device)
}

/** Tells of an attempt to log in, with what could be read of it. */
export function reportAttempt(core: BrokerCore, { wire }: { wire: Pick<Wire, 'transport' | 'remoteAddress'> }, { code, message, signedContent }: OfflineReason & { signedContent?: string }, claim: {
  clientId?: string
  username?: string
  productKey?: string | null
  deviceName?: string | null
  device?: BrokerDevice | undefined
}): void {
  const attempt: ConnectAttempt = {
    at: core.clock.now(),
    remoteAddress: wire.remoteAddress,
    transport: wire.transport,
    clientId: claim.clientId ?? '',
    username: claim.username ?? '',
    productKey: claim.productKey ?? null,
    deviceName: claim.deviceName ?? null,
    deviceId: claim.device?.deviceId ?? 0,
    code,
    message,
    ...(signedContent !== undefined && { signedContent }),
  }
  core.hooks.onConnectAttempt(attempt)
}
