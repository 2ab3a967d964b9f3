import type { IncomingMessage } from 'node:http'
import type { ConfigVersion } from '../../../shared/contract/remote-config.ts'
import type { DeviceHttpAnswer, DeviceHttpRoute } from '../device-http.ts'
import type { FileFlow } from '../file-flow.ts'
import { parseByteRange, unsatisfiableRange } from '../byte-range.ts'
import { alteredUrl, expiredUrl, SignedUrls } from '../signed-urls.ts'
import { storeError } from '../store-error.ts'

export interface ConfigDownloadsContext {
  /** Signs addresses. */
  secret: string
  /** Epoch milliseconds. */
  now: () => number
  byId: (configId: string) => ConfigVersion | undefined
  bytesOf: (configId: string) => Promise<Uint8Array | null>
  /** How a device gets a part of a file; undefined: as fast as it takes it. */
  flowOf: (deviceId: number, part: { size: number, start: number, bytes: number }) => FileFlow | undefined
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
  readonly #signed: SignedUrls

  constructor(context: ConfigDownloadsContext) {
    this.#context = context
    this.#signed = new SignedUrls(context.secret)
  }

  /** Path and query of the address of a file for a device, valid until an instant. */
  path(configId: string, deviceId: number, expiresAt: number): string {
    return this.#signed.write(prefix + configId, { deviceId, expiresAt })
  }

  /** Serves the files. */
  get route(): DeviceHttpRoute {
    return { prefix, respond: (request, pathname) => this.#respond(request, pathname) }
  }

  async #respond(request: IncomingMessage, path: string): Promise<DeviceHttpAnswer> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return storeError(request, 405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.')
    const claim = this.#signed.read(request, path)
    if (claim === null)
      return alteredUrl(request)
    const { now, byId, bytesOf, flowOf, onDownload } = this.#context
    const { deviceId, expiresAt } = claim
    const version = byId(path.slice(prefix.length))
    if (now() >= expiresAt) {
      onDownload(deviceId, version, 403, `The address was valid until ${new Date(expiresAt).toISOString()}; the device has to ask for a new one.`)
      return expiredUrl(request, claim, now())
    }
    const bytes = version && await bytesOf(version.configId)
    if (!version || !bytes)
      return storeError(request, 404, 'NoSuchKey', 'The specified key does not exist: this version of the configuration is no longer kept.')
    const etag = `"${version.sign.slice(0, 32).toUpperCase()}"`
    const range = parseByteRange(request, { size: bytes.length, etag })
    if (range === 'none')
      return unsatisfiableRange(request, bytes.length)
    const { start, bytes: count } = range ?? { start: 0, bytes: bytes.length }
    const end = start + count
    const flow = request.method === 'GET' ? flowOf(deviceId, { size: bytes.length, start, bytes: count }) : undefined
    const given = (): void => {
      if (end === bytes.length)
        onDownload(deviceId, version, 200, '')
    }
    if (request.method === 'GET' && flow === undefined)
      given()
    return {
      status: range ? 206 : 200,
      headers: {
        'Content-Type': 'application/octet-stream',
        'Accept-Ranges': 'bytes',
        'ETag': etag,
        ...range && { 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}` },
      },
      body: bytes.subarray(start, end),
      ...flow && {
        flow: {
          next: (at: number, wanted: number) => flow.next(start + at, wanted),
          ended: (at: number, complete: boolean) => {
            flow.ended(start + at, complete)
            if (complete)
              given()
          },
        },
      },
    }
  }
}
