import type { Buffer } from 'node:buffer'
import type { Admitted, Refusal } from './admission.ts'
import type { IConnectPacket, ProtocolClaim } from './codec.ts'
import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import { limits } from '../../shared/limits.ts'
import { admit } from './admission.ts'
import { kickAttached } from './attached.ts'
import { ConnectedClient } from './client.ts'
import { decodePacket, encodePacket, readProtocol } from './codec.ts'
import { sendWaiting } from './delivery.ts'
import { endConnection, endMalformed, reportAttempt } from './ending.ts'
import { buildRefusal } from './frame.ts'
import { platformCode } from './platform-code.ts'
import { exceeds } from './quota.ts'
import { reasonCode, returnCode } from './reason-code.ts'
import { handleRegistration, isRegistration } from './registering.ts'
import { sessionExpiryMs } from './sessions.ts'

/** Before MQTT 5, more than this of a packet is not kept: header, topic and packet id at their longest, and a payload that shows that it is too long. */
const keptPublishBytes = 5 + 2 + 0xFFFF + 2 + limits.payloadBytesMax + 1

/** Handles the first packet of a connection, a CONNECT. */
export function handleConnect(core: BrokerCore, connection: Connection, frame: Buffer): void {
  const claim = readProtocol(frame)
  if (claim === null)
    return endMalformed(core, connection, 'the CONNECT packet names no protocol of MQTT')
  const version = versionOf(claim)
  if (version === null) {
    // A client newer than we are reads the answer of the newest version we know, every other one that of MQTT 3.1.1.
    connection.version = claim.level > 5 && claim.level < 0x80 ? 5 : 4
    return refuse(core, connection, unsupported(claim), {})
  }
  connection.version = version
  const decoded = decodePacket(frame, version)
  if ('problem' in decoded)
    return endMalformed(core, connection, decoded.problem)
  const packet = decoded.packet as IConnectPacket
  if (isRegistration(packet))
    return handleRegistration(core, connection, packet)
  const admission = admit(packet, core.hooks)
  const refusal = admission.refusal ?? propertyRefusal(packet) ?? rateRefusal(core, admission as Admitted) ?? arbitraryRefusal(core, admission as Admitted)
  if (refusal !== null)
    refuse(core, connection, refusal, { ...admission, clientId: packet.clientId, username: packet.username ?? '' })
  else
    letIn(core, connection, packet, admission as Admitted)
}

function versionOf({ name, level }: ProtocolClaim): 3 | 4 | 5 | null {
  if (name === 'MQIsdp') {
    return level === 3 ? 3 : null
  }
  return level === 4 || level === 5 ? level : null
}

function unsupported({ name, level }: ProtocolClaim): Refusal {
  return {
    code: platformCode.malformed,
    message: `The protocol ${name} in level ${level} is not available; MQTT 3.1, 3.1.1 and 5 are.`,
    returnCode: returnCode.unacceptableProtocolVersion,
    reasonCode: reasonCode.unsupportedProtocolVersion,
  }
}

/** MQTT 5 properties that end a connection before it begins (3.1.2.11). */
function propertyRefusal({ properties = {} }: IConnectPacket): Refusal | null {
  const { sessionExpiryInterval = 0, receiveMaximum = 1, maximumPacketSize = 1 } = properties
  if (properties.authenticationMethod !== undefined) {
    return {
      code: platformCode.malformed,
      message: 'Extended authentication is not available; log in with user name and password.',
      returnCode: returnCode.notAuthorized,
      reasonCode: reasonCode.badAuthenticationMethod,
    }
  }
  // The codec gives a list for a property that came twice, and -1 for one that was cut off.
  const isValid = isAtLeast(sessionExpiryInterval, 0) && isAtLeast(receiveMaximum, 1) && isAtLeast(maximumPacketSize, 1)
  if (isValid)
    return null
  return {
    code: platformCode.malformed,
    message: 'Session Expiry Interval, Receive Maximum and Maximum Packet Size may come once each, the last two not as 0.',
    returnCode: returnCode.identifierRejected,
    reasonCode: reasonCode.protocolError,
  }
}

/** The rates of logins, while some hold (Alink 1.6). */
function rateRefusal(core: BrokerCore, { device }: Admitted): Refusal | null {
  const refusal = exceeds(core, device, 'connects', (now, rates) => core.connectRate.take(now, device.deviceId, rates))
  return refusal && { ...refusal, returnCode: returnCode.serverUnavailable, reasonCode: reasonCode.quotaExceeded }
}

/** What MQTT 5 says for each CONNACK return code of MQTT 3.1.1. */
const reasonOfReturnCode: Readonly<Record<number, number>> = {
  [returnCode.unacceptableProtocolVersion]: reasonCode.unsupportedProtocolVersion,
  [returnCode.identifierRejected]: reasonCode.clientIdentifierNotValid,
  [returnCode.serverUnavailable]: reasonCode.serverUnavailable,
  [returnCode.badUserNameOrPassword]: reasonCode.badUserNameOrPassword,
  [returnCode.notAuthorized]: reasonCode.notAuthorized,
}

/** A login that is right may be refused on purpose. */
function arbitraryRefusal({ hooks }: BrokerCore, { device }: Admitted): Refusal | null {
  const refusal = hooks.refuseLogin?.(device) ?? null
  return refusal && { ...refusal, reasonCode: reasonOfReturnCode[refusal.returnCode] ?? reasonCode.unspecified }
}

function isAtLeast(value: number, min: number): boolean {
  return Number.isInteger(value) && value >= min
}

function refuse(core: BrokerCore, connection: Connection, refusal: Refusal, claim: Parameters<typeof reportAttempt>[3]): void {
  core.counters.refusedConnects++
  reportAttempt(core, connection, refusal, claim)
  connection.send('connack', buildRefusal(connection.version === 5 ? refusal.reasonCode : refusal.returnCode, connection.version))
  connection.end()
}

function letIn(core: BrokerCore, connection: Connection, packet: IConnectPacket, admission: Admitted): void {
  const { device, parameters } = admission
  const previous = core.online.get(device.deviceId)
  if (previous !== undefined) {
    const message = `The device connected again from ${connection.wire.remoteAddress}, which ended this connection.`
    endConnection(core, previous, { code: platformCode.kicked, message }, reasonCode.sessionTakenOver)
  }
  kickAttached(core, device.deviceId, `The device connected by itself from ${connection.wire.remoteAddress}, which ended its session through`)
  const isVersion5 = connection.version === 5
  const { clean = true, properties = {} } = packet
  const askedExpirySec = isVersion5 ? properties.sessionExpiryInterval ?? 0 : clean ? 0 : Number.POSITIVE_INFINITY
  const expiryMs = sessionExpiryMs(askedExpirySec)
  const { session, isPresent } = core.sessions.open(device.deviceId, { clean, expiryMs })

  connection.session = session
  connection.client = new ConnectedClient(core, connection, packet, device)
  connection.isAutoSubscribed = parameters.get('_ss') === '1'
  connection.skipsLongPublish = !isVersion5
  connection.frameBytesMax = isVersion5 ? limits.payloadBytesMax : keptPublishBytes
  connection.receiveMaximum = properties.receiveMaximum ?? limits.inflightPerConnectionMax
  connection.packetBytesMax = properties.maximumPacketSize ?? Number.POSITIVE_INFINITY
  core.online.set(device.deviceId, connection)

  reportAttempt(core, connection, { code: platformCode.success, message: '' }, { ...admission, clientId: packet.clientId, username: packet.username ?? '' })
  connection.send('connack', isVersion5
    ? buildAcceptance5(isPresent && !needsZeroFlags(parameters), askedExpirySec, expiryMs)
    // MQTT 3.1 knows no session-present flag.
    : encodePacket({ cmd: 'connack', returnCode: 0, sessionPresent: isPresent && connection.version === 4 }, connection.version))
  sendWaiting(core, connection)
  core.hooks.onOnline(connection.client)
}

/** With MQTT 5, Link SDK C 4 takes CONNACK flags other than 0 for a format error (Alink, trap T21). */
function needsZeroFlags(parameters: ReadonlyMap<string, string>): boolean {
  return (parameters.get('_v') ?? '').startsWith('sdk-c-4')
}

function buildAcceptance5(sessionPresent: boolean, askedExpirySec: number, expiryMs: number): Buffer {
  const expirySec = expiryMs / 1000
  return encodePacket({
    cmd: 'connack',
    reasonCode: 0,
    sessionPresent,
    properties: {
      // Only a server that keeps less than what was asked for says so (3.2.2.3.2).
      ...(askedExpirySec !== expirySec && { sessionExpiryInterval: expirySec }),
      receiveMaximum: limits.inflightPerConnectionMax,
      maximumQoS: 1,
      retainAvailable: false,
      maximumPacketSize: limits.payloadBytesMax,
      topicAliasMaximum: limits.topicAliasesMax,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: true,
      sharedSubscriptionAvailable: false,
    },
  }, 5)
}
