import type { IncomingMessage } from 'node:http'
import type { ConfigVersion } from '../../../shared/contract/remote-config.ts'
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

interface Answer { status: number, headers: Record<string, string>, body: Uint8Array | string }

/** What the device-facing HTTP listener asks for a path that begins with `prefix`. */
export interface ConfigRoute { prefix: string, respond: (request: IncomingMessage, pathname: string) => Promise<Answer> | Answer }

export interface ConfigDownloadsContext {
  /** Signs addresses. */
  secret: string
  /** Epoch milliseconds. */
  now: () => number
  byId: (configId: string) => ConfigVersion | undefined
  bytesOf: (configId: string) => Promise<Uint8Array | null>
  /** A device was given the end of a file, or was refused (code 403, with the reason). */
  onDownload: (deviceId: number, version: ConfigVersion | undefined, code: number, message: string) => void
}

const prefix = '/config/'

/**
 * Addresses of configurations that carry a signature and the time until which they are valid, and what a request for one is
 * answered with (platform rules CFG-16, CFG-29, OTA-96). They stay valid over a restart, and are shorter than the 254
 * characters that the C SDK can take.
 */
export class ConfigDownloads {
  readonly #context: ConfigDownloadsContext

  constructor(context: ConfigDownloadsContext) {
    this.#context = context
  }

  /** Path and query of the address of a file for a device, valid until an instant. */
  path(configId: string, deviceId: number, expiresAt: number): string {
    const path = prefix + configId
    const expires = Math.ceil(expiresAt / 1000)
    return `${path}?Expires=${expires}&Device=${deviceId}&Signature=${this.#sign(path, expires, deviceId)}`
  }

  /** Serves the files. */
  get route(): ConfigRoute {
    return { prefix, respond: (request, pathname) => this.#respond(request, pathname) }
  }

  async #respond(request: IncomingMessage, path: string): Promise<Answer> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return storeError(request, 405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.')
    const query = new URLSearchParams((request.url ?? '').split('?')[1])
    const expires = Number(query.get('Expires') ?? Number.NaN)
    const deviceId = Number(query.get('Device') ?? Number.NaN)
    // Whose address it was is not known when anything of it was altered.
    if (!isSame(query.get('Signature') ?? '', this.#sign(path, expires, deviceId)))
      return storeError(request, 403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided: the address was altered.')
    const { now, byId, bytesOf, onDownload } = this.#context
    const version = byId(path.slice(prefix.length))
    if (now() >= expires * 1000) {
      onDownload(deviceId, version, 403, `The address was valid until ${new Date(expires * 1000).toISOString()}; the device has to ask for a new one.`)
      return storeError(request, 403, 'AccessDenied', 'Request has expired.', { Expires: new Date(expires * 1000).toISOString(), ServerTime: new Date(now()).toISOString() })
    }
    const bytes = version && await bytesOf(version.configId)
    if (!version || !bytes)
      return storeError(request, 404, 'NoSuchKey', 'The specified key does not exist: this version of the configuration is no longer kept.')
    const range = parseRange(request.headers.range, bytes.length)
    const { start, end } = range ?? { start: 0, end: bytes.length }
    if (request.method === 'GET' && end === bytes.length)
      onDownload(deviceId, version, 200, '')
    return {
      status: range ? 206 : 200,
      headers: {
        'Content-Type': 'application/octet-stream',
        'Accept-Ranges': 'bytes',
        'ETag': `"${version.sign.slice(0, 32).toUpperCase()}"`,
        ...range && { 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}` },
      },
      body: bytes.subarray(start, end),
    }
  }

  #sign(path: string, expires: number, deviceId: number): string {
    return createHmac('sha256', this.#context.secret).update(`${path}\n${expires}\n${deviceId}`).digest('base64url')
  }
}

/** The part of a file that `bytes=from-to` names; null for the whole of it, also where nothing can be made of the header (RFC 9110, 14.2). */
function parseRange(header: string | undefined, size: number): { start: number, end: number } | null {
  const [, from, to = ''] = /^bytes=(\d{1,9})-(\d{0,9})$/.exec(header ?? '') ?? []
  if (from === undefined)
    return null
  const start = Number(from)
  const end = to === '' ? size : Math.min(Number(to) + 1, size)
  return start < end ? { start, end } : null
}

function isSame(given: string, expected: string): boolean {
  const bytes = Buffer.from(given)
  return bytes.length === expected.length && timingSafeEqual(bytes, Buffer.from(expected))
}

/** An error in the form of the cloud's file store: XML with code, message, request id and host. */
function storeError(request: IncomingMessage, status: number, code: string, message: string, more: Record<string, string> = {}): Answer {
  const members = { Code: code, Message: message, RequestId: randomBytes(12).toString('hex').toUpperCase(), HostId: request.headers.host ?? '', ...more }
  const lines = Object.entries(members).map(([name, value]) => `  <${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>\n`)
  return { status, headers: { 'Content-Type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n${lines.join('')}</Error>\n` }
}
