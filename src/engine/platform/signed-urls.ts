import type { IncomingMessage } from 'node:http'
import type { DeviceHttpAnswer } from './device-http.ts'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { storeError } from './store-error.ts'

/** What an address says that was not altered: whom it is for (0: nobody in particular) and until when it is valid, epoch milliseconds. */
export interface SignedClaim { deviceId: number, expiresAt: number }

/**
 * Addresses that carry a signature, a device and the time until which they are valid (platform rules OTA-96 and CFG-29). They
 * stay valid over a restart as long as the secret is the same.
 */
export class SignedUrls {
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  /** A path with its query, valid until `expiresAt` (epoch milliseconds), in whole seconds. */
  write(path: string, { deviceId, expiresAt }: SignedClaim): string {
    const expires = Math.ceil(expiresAt / 1000)
    return `${path}?Expires=${expires}&Device=${deviceId}&Signature=${this.#sign(path, expires, deviceId)}`
  }

  /** What the address of a request says; null when anything of it was altered, and then nobody knows whose it was. */
  read(request: IncomingMessage, path: string): SignedClaim | null {
    const query = new URLSearchParams((request.url ?? '').split('?')[1])
    const expires = Number(query.get('Expires') ?? Number.NaN)
    const deviceId = Number(query.get('Device') ?? Number.NaN)
    return isSame(query.get('Signature') ?? '', this.#sign(path, expires, deviceId)) ? { deviceId, expiresAt: expires * 1000 } : null
  }

  #sign(path: string, expires: number, deviceId: number): string {
    return createHmac('sha256', this.#secret).update(`${path}\n${expires}\n${deviceId}`).digest('base64url')
  }
}

/** The answer to an address that was altered. */
export function alteredUrl(request: IncomingMessage): DeviceHttpAnswer {
  return storeError(request, 403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided: the address was altered.')
}

/** The answer to an address after its time; both instants in epoch milliseconds. */
export function expiredUrl(request: IncomingMessage, { expiresAt }: SignedClaim, now: number): DeviceHttpAnswer {
  return storeError(request, 403, 'AccessDenied', 'Request has expired.', { Expires: new Date(expiresAt).toISOString(), ServerTime: new Date(now).toISOString() })
}

function isSame(given: string, expected: string): boolean {
  const bytes = Buffer.from(given)
  return bytes.length === expected.length && timingSafeEqual(bytes, Buffer.from(expected))
}
