import type { Buffer } from 'node:buffer'
import type { IConnectPacket } from './codec.ts'
import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import type { BrokerHooks, OfflineReason } from './types.ts'
import { Buffer as Bytes } from 'node:buffer'
import { parseClientId, parseUsername } from '../../shared/alink/sign.ts'
import { decodePacket, encodePacket } from './codec.ts'
import { endConnection, endMalformed, reportAttempt } from './ending.ts'
import { buildRefusal, pingresp } from './frame.ts'
import { platformCode } from './platform-code.ts'
import { reasonCode, returnCode } from './reason-code.ts'

const notLoggedIn: OfflineReason = { code: platformCode.unknownMessage, message: 'A connection for registration carries nothing else.' }

/** Whether a CONNECT asks for dynamic registration instead of a login (Alink 2.2). */
export function isRegistration(packet: IConnectPacket): boolean {
  const authType = parseClientId(packet.clientId).parameters.get('authtype')
  return authType === 'register' || authType === 'regnwl'
}

/**
 * Answers a CONNECT that asks for dynamic registration (Alink 2.2): CONNACK 2 for a parameter that is missing or wrong, 3
 * when the platform fails, 4 when it refuses; otherwise 0, and the secret or the token follows unasked. The transport and
 * the keep-alive are not looked at.
 */
export function handleRegistration(core: BrokerCore, connection: Connection, packet: IConnectPacket): void {
  const { parameters } = parseClientId(packet.clientId)
  const identity = packet.username === undefined ? undefined : parseUsername(packet.username)
  const claim = { clientId: packet.clientId, username: packet.username ?? '', ...identity, device: identity && core.hooks.findDevice(identity.productKey, identity.deviceName) }
  const problem = identity === undefined
    ? `The user name has to be {deviceName}&{productKey}; ${JSON.stringify((packet.username ?? '').slice(0, 80))} came.`
    : parameters.get('random') ? null : 'The client id of a registration has to carry the parameter random; it is missing.'
  const answer = problem !== null || identity === undefined
    ? { code: platformCode.malformed, message: problem ?? '' }
    : ask(core, {
        ...identity,
        kind: parameters.get('authtype') === 'register' ? 'register' : 'regnwl',
        random: parameters.get('random')!,
        signMethod: parameters.get('signmethod') ?? 'hmacmd5',
        sign: Bytes.from(packet.password ?? []).toString('latin1'),
      })
  if ('code' in answer) {
    core.counters.refusedConnects++
    reportAttempt(core, connection, answer, claim)
    connection.send('connack', buildRefusal(refusalOf(answer.code, connection.version), connection.version))
    return connection.end()
  }
  connection.registeredAt = core.looks
  reportAttempt(core, connection, { code: platformCode.success, message: '' }, claim)
  connection.send('connack', encodePacket({ cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: false }, connection.version))
  answer.message.then(
    ({ topic, payload }) => connection.send('publish', encodePacket({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false }, connection.version)),
    (error: unknown) => {
      core.log.error('a device could not be registered', { error: String(error) })
      connection.end()
    },
  )
}

type Request = Parameters<NonNullable<BrokerHooks['register']>>[0]

function ask(core: BrokerCore, request: Request): ReturnType<NonNullable<BrokerHooks['register']>> {
  return core.hooks.register?.(request) ?? { code: platformCode.malformed, message: `Dynamic registration over MQTT (authType=${request.kind}) is not available.` }
}

function refusalOf(code: number, version: 3 | 4 | 5): number {
  const isForm = code === platformCode.malformed || code === platformCode.signMethodUnknown
  if (version === 5)
    return isForm ? reasonCode.clientIdentifierNotValid : reasonCode.badUserNameOrPassword
  return isForm ? returnCode.identifierRejected : returnCode.badUserNameOrPassword
}

/** Handles what a device sends that has been registered on this connection: it may take its message and go. */
export function handleWhileRegistering(core: BrokerCore, connection: Connection, frame: Buffer): void {
  const decoded = decodePacket(frame, connection.version)
  if ('problem' in decoded)
    return endMalformed(core, connection, decoded.problem)
  const { packet } = decoded
  switch (packet.cmd) {
    case 'pingreq':
      return connection.send('pingresp', pingresp)
    case 'subscribe': {
      // Some clients subscribe to the topic on which the message comes anyway.
      const granted = packet.subscriptions.map(({ topic }) => topic === '/ext/register' || topic === '/ext/regnwl' ? 0 : 0x80)
      return connection.send('suback', encodePacket({ cmd: 'suback', messageId: packet.messageId!, granted }, connection.version))
    }
    case 'disconnect':
      return connection.end()
    default:
      return endConnection(core, connection, notLoggedIn, reasonCode.protocolError)
  }
}
