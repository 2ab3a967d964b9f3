import type { TopicIdentity } from './topic.ts'

/** The name of a device and its product with the product secret's signature, as dynamic registration sends them (Alink 2.1, 2.2). */
export interface RegistrationClaim extends TopicIdentity {
  random: string
  signMethod: string
  /** Hexadecimal, either case. */
  sign: string
}

/**
 * What a device signs with its product's secret to be registered, over HTTP and over MQTT alike (Alink 2.1 and 2.2).
 */
export function registrationSignContent({ productKey, deviceName, random }: Pick<RegistrationClaim, 'productKey' | 'deviceName' | 'random'>): string {
  return `deviceName${deviceName}productKey${productKey}random${random}`
}

const claimFields = ['productKey', 'deviceName', 'random', 'signMethod', 'sign'] as const

/**
 * Reads the form of a registration over HTTP: names in any case, blanks around values dropped, fields that nobody knows
 * left alone. HMAC-MD5 when no method is named. `missing` names the fields that are not there or empty.
 */
export function parseRegistrationForm(body: string): { claim: RegistrationClaim, missing: string[] } {
  const values = formValues(body)
  const claim = Object.fromEntries(claimFields.map(field => [field, values.get(field.toLowerCase()) ?? ''])) as unknown as RegistrationClaim
  claim.signMethod ||= 'hmacmd5'
  return { claim, missing: claimFields.filter(field => claim[field] === '') }
}

/** The fields of an `application/x-www-form-urlencoded` body, names in lower case. */
export function formValues(body: string): Map<string, string> {
  return new Map(body.trim().split('&').map((field) => {
    const equals = field.indexOf('=')
    return equals === -1
      ? [decode(field).toLowerCase(), '']
      : [decode(field.slice(0, equals)).toLowerCase(), decode(field.slice(equals + 1))]
  }))
}

/** Percent signs that begin no character stand for themselves: boards write forms by hand. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced).trim()
  }
  catch {
    return spaced.trim()
  }
}

/**
 * The answer to a registration over HTTP. Link SDK for C 3 takes at most 256 bytes and searches them for `"code":`, so
 * it is compact and `code` comes first (Alink 2.1).
 */
export function buildRegistrationReply({ productKey, deviceName }: TopicIdentity, deviceSecret: string): string {
  return JSON.stringify({ code: 200, data: { productKey, deviceName, deviceSecret }, message: 'success' })
}

/** The short words of each refusal; the whole sentence is in the trace, because 256 bytes are all that a device reads. */
const refusalWords: Record<number, string> = {
  460: 'request parameter error',
  500: 'system error',
  6100: 'device not found',
  6204: 'device disabled',
  6250: 'product not found',
  6288: 'dynamic registration not allowed',
  6289: 'device is already active',
  6292: 'sign method not supported',
  6600: 'sign check failed',
}

/** The answer to a registration over HTTP that is refused: the same frame without data. */
export function buildRegistrationRefusal(code: number): string {
  return JSON.stringify({ code, message: refusalWords[code] ?? 'refused' })
}

/** What a pre-registered device is sent right after CONNACK (Alink 2.2). */
export function buildRegisterMessage({ productKey, deviceName }: TopicIdentity, deviceSecret: string): { topic: string, payload: string } {
  return { topic: '/ext/register', payload: JSON.stringify({ deviceName, deviceSecret, productKey }) }
}

/** What a device that was not registered before is sent right after CONNACK: its client id and token belong together (Alink 2.2). */
export function buildRegnwlMessage({ productKey, deviceName }: TopicIdentity, { clientId, deviceToken }: { clientId: string, deviceToken: string }): { topic: string, payload: string } {
  return { topic: '/ext/regnwl', payload: JSON.stringify({ clientId, deviceName, deviceToken, productKey }) }
}

/** The address that a device is told to connect to, in the form in which Link SDK for C 4 finds it (Alink 7.9). */
export function buildBootstrapReply(host: string, port: number): string {
  return JSON.stringify({ code: 200, data: { resources: { mqtt: { host, ip: host, port } } }, message: 'success' })
}
