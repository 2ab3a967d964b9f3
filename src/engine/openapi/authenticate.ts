import type { Credentials, ParsedRequest } from './request.ts'
import { createHash } from 'node:crypto'
import { limits } from '../../shared/limits.ts'
import { GatewayFailure } from './failure.ts'
import { expectedSignature, isSameSignature } from './signature.ts'

export interface AuthenticateContext {
  /** The secret of an access key; undefined when there is no such key. */
  secretOf: (accessKeyId: string) => string | undefined
  /** Epoch milliseconds. */
  now: () => number
}

/** The version of the cloud's API whose actions are served. */
export const apiVersion = '2018-01-20'

/** Headers without which a signature in headers would protect nothing. */
const protectedHeaders = ['host', 'x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256']

/**
 * Believes or refuses callers by their signature alone, as the cloud's API gateway does: the key is known, the signature
 * fits, it is not older than 15 minutes, and its nonce was not used in that time. A nonce counts as used only when its
 * signature was good, so that nobody can use up another one's.
 */
export function createAuthenticator({ secretOf, now }: AuthenticateContext): (request: ParsedRequest, credentials: Credentials) => void {
  const used = new Map<string, number>()
  return (request, credentials) => {
    const { accessKeyId, nonce, style, version } = credentials
    const secret = secretOf(accessKeyId)
    if (secret === undefined)
      throw new GatewayFailure(404, 'InvalidAccessKeyId.NotFound', `Specified access key is not found: this workspace has no key ${JSON.stringify(accessKeyId.slice(0, 64))}.`)
    checkAge(credentials, now())
    if (style === 'ACS3')
      checkCovered(request, credentials)
    const { signature, signed } = expectedSignature(request, credentials, secret)
    if (!isSameSignature(signature, credentials.signature, style))
      throw new GatewayFailure(400, 'SignatureDoesNotMatch', `Specified signature is not matched with our calculation. server string to sign is:${signed}`)
    if (version !== apiVersion)
      throw new GatewayFailure(400, 'InvalidVersion', `Specified parameter Version is not valid: expected ${apiVersion}, got ${JSON.stringify(version.slice(0, 40))}.`)
    const key = `${accessKeyId}\n${nonce.length > 128 ? createHash('sha256').update(nonce).digest('hex') : nonce}`
    forget(used, now())
    if (used.has(key))
      throw new GatewayFailure(400, 'SignatureNonceUsed', `Specified signature nonce was used already: ${JSON.stringify(nonce.slice(0, 64))}. Each call needs one of its own.`)
    if (used.size >= limits.apiNoncesMax)
      throw new GatewayFailure(503, 'Throttling', `More than ${limits.apiNoncesMax} calls came in ${limits.apiClockSkewMs / 60_000} minutes; try again later.`)
    used.set(key, now())
  }
}

function checkAge({ signedAt }: Credentials, now: number): void {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(signedAt) ? Date.parse(signedAt) : Number.NaN
  if (Number.isNaN(at))
    throw new GatewayFailure(400, 'InvalidTimeStamp.Format', `Specified time stamp or date value is not well formatted: expected UTC as 2025-01-01T00:00:00Z, got ${JSON.stringify(signedAt.slice(0, 40))}.`)
  if (Math.abs(now - at) > limits.apiClockSkewMs)
    throw new GatewayFailure(400, 'InvalidTimeStamp.Expired', `Specified time stamp or date value is expired: signed at ${signedAt}, and here it is ${new Date(now).toISOString()}; at most ${limits.apiClockSkewMs / 60_000} minutes may lie between.`)
}

function checkCovered({ headers, body }: ParsedRequest, { signedHeaders }: Credentials): void {
  const uncovered = [...headers.keys()].find(name => (name.startsWith('x-acs-') || protectedHeaders.includes(name)) && !signedHeaders.includes(name))
  if (uncovered !== undefined)
    throw new GatewayFailure(400, 'SignatureDoesNotMatch', `The signature does not cover the header ${uncovered}: it has to be named in SignedHeaders.`)
  const hash = createHash('sha256').update(body).digest('hex')
  const told = headers.get('x-acs-content-sha256')
  if (told !== undefined && told.toLowerCase() !== hash)
    throw new GatewayFailure(400, 'SignatureDoesNotMatch', `The body is not the one that was signed: x-acs-content-sha256 says ${told.slice(0, 64)}, and the body has ${hash}.`)
}

/** Nonces stand in the order of their use. */
function forget(used: Map<string, number>, now: number): void {
  for (const [key, at] of used) {
    // Twice, because a call may be signed ahead of our clock.
    if (at + 2 * limits.apiClockSkewMs > now)
      return
    used.delete(key)
  }
}
