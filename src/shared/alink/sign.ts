import type { TopicIdentity } from './topic.ts'

export const signMethods = ['hmacmd5', 'hmacsha1', 'hmacsha256'] as const
export type SignMethod = (typeof signMethods)[number]

/** The hash of each method, as `node:crypto` and Web Crypto users know it. */
export const hashOfSignMethod: Record<SignMethod, 'md5' | 'sha1' | 'sha256'> = { hmacmd5: 'md5', hmacsha1: 'sha1', hmacsha256: 'sha256' }

/** The client id string of CONNECT, `{clientId}|{key}={value},…|`, taken apart (Alink 1.2). */
export interface ConnectClientId {
  /** What stands before the first bar, verbatim: it is part of the signature. Empty with an assigned client id. */
  clientId: string
  /** Keys in lower case, values trimmed; what the platform does not know is here too. */
  parameters: Map<string, string>
}

/**
 * Takes the client id string of CONNECT apart as the cloud does: cut at the first bar, the last bar may be missing,
 * white space and line breaks around names and values are dropped, keys in any case, the last of equal keys counts.
 * Any text gives a value.
 */
export function parseClientId(text: string): ConnectClientId {
  const bar = text.indexOf('|')
  if (bar === -1) {
    return { clientId: text, parameters: new Map() }
  }
  const trimmed = text.trimEnd()
  const list = trimmed.slice(bar + 1, trimmed.length - 1 > bar && trimmed.endsWith('|') ? -1 : undefined)
  const parameters = new Map<string, string>()
  for (const entry of list.split(',')) {
    const equals = entry.indexOf('=')
    if (equals > 0)
      parameters.set(entry.slice(0, equals).trim().toLowerCase(), entry.slice(equals + 1).trim())
  }
  return { clientId: text.slice(0, bar), parameters }
}

export interface ConnectParameters {
  /** `2` TLS, `3` plain TCP; it does not have to match the transport. */
  securemode: number
  signmethod: SignMethod
  /** Takes part in the signature when given; its freshness is never checked. */
  timestamp?: string | number
  /** More parameters, in this order (`_ss`, `ext`, `_v`, `lan` …). */
  more?: Record<string, string | number>
}

/** The client id string of CONNECT as devices write it. */
export function buildClientId(clientId: string, { securemode, signmethod, timestamp, more = {} }: ConnectParameters): string {
  const parameters = { ...(timestamp !== undefined && { timestamp }), securemode, signmethod, ...more }
  return `${clientId}|${Object.entries(parameters).map(([key, value]) => `${key}=${value}`).join(',')}|`
}

/**
 * The signing method of a connection: any case, `sha256` for old documents, HMAC-MD5 when the parameter is missing;
 * undefined when the platform does not know it.
 */
export function signMethodOf(parameters: ReadonlyMap<string, string>): SignMethod | undefined {
  const name = (parameters.get('signmethod') ?? 'hmacmd5').toLowerCase()
  const method = name.startsWith('hmac') ? name : `hmac${name}`
  return signMethods.find(known => known === method)
}

/** The user name of CONNECT, `{deviceName}&{productKey}`. */
export function buildUsername({ productKey, deviceName }: TopicIdentity): string {
  return `${deviceName}&${productKey}`
}

/** Takes the user name of CONNECT apart; undefined unless it is two texts around one `&`. */
export function parseUsername(username: string): TopicIdentity | undefined {
  const parts = username.split('&')
  return parts.length === 2 && parts[0] !== '' && parts[1] !== ''
    ? { deviceName: parts[0]!, productKey: parts[1]! }
    : undefined
}

export interface SignedConnect extends TopicIdentity {
  clientId: string
  /** Verbatim from the client id string; leave it out when the string carries none. */
  timestamp?: string | number | undefined
}

/**
 * What a device signs to connect: the names and values of its identity without separators, in alphabetical order of
 * the names (Alink 1.2). The password is the HMAC of this text under the device secret, in hexadecimal of either case.
 */
export function connectSignContent({ clientId, deviceName, productKey, timestamp }: SignedConnect): string {
  const content = `clientId${clientId}deviceName${deviceName}productKey${productKey}`
  return timestamp === undefined ? content : `${content}timestamp${timestamp}`
}

/** Compares two signatures in hexadecimal; devices write upper or lower case. */
export function isSameSignature(expected: string, got: string): boolean {
  return expected.toLowerCase() === got.toLowerCase()
}
