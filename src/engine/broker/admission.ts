import type { SignMethod } from '../../shared/alink/sign.ts'
import type { TopicIdentity } from '../../shared/alink/topic.ts'
import type { IConnectPacket } from './codec.ts'
import type { BrokerDevice, BrokerHooks } from './types.ts'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { connectSignContent, hashOfSignMethod, parseClientId, parseUsername, signMethodOf } from '../../shared/alink/sign.ts'
import { limits } from '../../shared/limits.ts'
import { platformCode } from './platform-code.ts'
import { reasonCode, returnCode } from './reason-code.ts'

/** Why a CONNECT is refused: for the log the platform's code and a sentence, for the device what CONNACK says. */
export interface Refusal {
  code: number
  message: string
  /** When the signature was wrong: the exact text that has to be signed. */
  signedContent?: string
  /** CONNACK return code of MQTT 3.1 and 3.1.1. */
  returnCode: number
  /** CONNACK reason code of MQTT 5. */
  reasonCode: number
}

/** What a CONNECT claims, as far as it could be read, and whether it is let in. */
export type Admission = Admitted | Refused

export interface Admitted extends Claim { device: BrokerDevice, refusal: null }
export interface Refused extends Claim { device: BrokerDevice | undefined, refusal: Refusal }

interface Claim {
  productKey: string | null
  deviceName: string | null
  parameters: ReadonlyMap<string, string>
}

/**
 * Decides about a CONNECT by the platform's rules (Alink 1.2 to 1.4): client id with its parameters, user name
 * `{deviceName}&{productKey}`, a keep-alive the platform supervises, a known device, an HMAC of its secret as the
 * password, not disabled; with `authType=connwl` a token instead of an HMAC. What a timestamp says is never checked, and `securemode` need not match the transport. A
 * keep-alive of 0 switches supervision off, which is outside the range, so it is refused like any other such value.
 */
export function admit(packet: IConnectPacket, { findDevice, isToken }: Pick<BrokerHooks, 'findDevice' | 'isToken'>): Admission {
  const { clientId, parameters } = parseClientId(packet.clientId)
  const identity = packet.username === undefined ? undefined : parseUsername(packet.username)
  if (identity === undefined)
    return { productKey: null, deviceName: null, parameters, device: undefined, refusal: usernameRefusal(packet.username) }
  const claim = { ...identity, parameters }
  const device = findDevice(identity.productKey, identity.deviceName)
  const refusal = clientIdRefusal(clientId, parameters) ?? keepaliveRefusal(packet.keepalive ?? 0)
  if (refusal !== null || device === undefined)
    return { ...claim, device, refusal: refusal ?? deviceRefusal(identity) }
  const denial = (isTokenLogin(parameters)
    ? tokenRefusal(isToken, clientId, device, packet.password)
    : signatureRefusal(clientId, parameters, device, packet.password)) ?? disabledRefusal(device)
  return denial === null ? { ...claim, device, refusal: null } : { ...claim, device, refusal: denial }
}

function usernameRefusal(username: string | undefined): Refusal {
  const came = username === undefined ? 'none came' : `${quote(username)} came`
  return badCredentials(platformCode.malformed, `The user name has to be {deviceName}&{productKey}; ${came}.`)
}

function deviceRefusal({ productKey, deviceName }: TopicIdentity): Refusal {
  return badCredentials(platformCode.deviceUnknown, `There is no device ${productKey}/${deviceName}: compare product key and device name with the device list.`)
}

function clientIdRefusal(clientId: string, parameters: ReadonlyMap<string, string>): Refusal | null {
  if ([...clientId].length > limits.clientIdCharsMax)
    return badClientId(`The client id before the first "|" may have ${limits.clientIdCharsMax} characters; ${[...clientId].length} came.`)
  if (!parameters.has('securemode'))
    return badClientId('The client id has to be {id}|securemode=…,signmethod=…|; the parameter securemode is missing.')
  if (!isTokenLogin(parameters) && signMethodOf(parameters) === undefined)
    return badClientId(`The parameter signmethod has to be hmacmd5, hmacsha1 or hmacsha256; ${quote(parameters.get('signmethod') ?? '')} came.`)
  return null
}

function keepaliveRefusal(keepaliveSec: number): Refusal | null {
  const { keepaliveSecMin, keepaliveSecMax } = limits
  if (keepaliveSec >= keepaliveSecMin && keepaliveSec <= keepaliveSecMax)
    return null
  return {
    code: platformCode.malformed,
    message: `The keep-alive has to be ${keepaliveSecMin} to ${keepaliveSecMax} seconds; ${keepaliveSec} came.`,
    returnCode: returnCode.identifierRejected,
    reasonCode: reasonCode.protocolError,
  }
}

function signatureRefusal(clientId: string, parameters: ReadonlyMap<string, string>, device: BrokerDevice, password: Uint8Array | undefined): Refusal | null {
  const method = signMethodOf(parameters)!
  const content = connectSignContent({
    clientId,
    productKey: device.productKey,
    deviceName: device.deviceName,
    timestamp: parameters.get('timestamp'),
  })
  const expected = connectPassword(method, device.deviceSecret, content)
  const got = Buffer.from(password ?? []).toString('latin1').toLowerCase()
  if (isEqual(expected, got))
    return null
  const came = got === '' ? 'no password came' : `${start(got)} (${got.length} characters) came`
  const refusal = badCredentials(platformCode.signatureWrong, `The signature is wrong: expected ${start(expected)} (${expected.length} characters), ${came}. It has to be the ${method} in hexadecimal, under the device secret, of this text: ${content}`)
  return { ...refusal, signedContent: content }
}

/** A device that was registered without having been made before logs in with its token (Alink 1.2). */
function isTokenLogin(parameters: ReadonlyMap<string, string>): boolean {
  return parameters.get('authtype') === 'connwl'
}

function tokenRefusal(isToken: BrokerHooks['isToken'], clientId: string, device: BrokerDevice, password: Uint8Array | undefined): Refusal | null {
  const token = Buffer.from(password ?? []).toString('latin1')
  if (isToken?.(device, clientId, token))
    return null
  const came = token === '' ? 'none came' : `${start(token)} (${token.length} characters) came`
  return badCredentials(platformCode.tokenRefused, `The password has to be the deviceToken that was given to the device together with the client id ${quote(clientId)}; ${came}. Register again with authType=regnwl.`)
}

/** The password that a device has to send: the HMAC of `content` under its secret, in lower-case hexadecimal. */
export function connectPassword(method: SignMethod, deviceSecret: string, content: string): string {
  return createHmac(hashOfSignMethod[method], deviceSecret).update(content).digest('hex')
}

function isEqual(expected: string, got: string): boolean {
  return expected.length === got.length && timingSafeEqual(Buffer.from(expected, 'latin1'), Buffer.from(got, 'latin1'))
}

/** Enough of a digest to compare by eye, too little to log in with. */
function start(digest: string): string {
  return `${digest.slice(0, 8)}…`
}

function disabledRefusal(device: BrokerDevice): Refusal | null {
  return device.disabled
    ? {
        code: platformCode.deviceDisabled,
        message: `The device ${device.productKey}/${device.deviceName} is disabled; enable it to let it connect.`,
        returnCode: returnCode.notAuthorized,
        reasonCode: reasonCode.notAuthorized,
      }
    : null
}

function badClientId(message: string): Refusal {
  return {
    code: platformCode.malformed,
    message,
    returnCode: returnCode.identifierRejected,
    reasonCode: reasonCode.clientIdentifierNotValid,
  }
}

function badCredentials(code: number, message: string): Refusal {
  return { code, message, returnCode: returnCode.badUserNameOrPassword, reasonCode: reasonCode.badUserNameOrPassword }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80
    ? `${text.slice(0, 80)}…`
    : text)
}
