import type { IncomingMessage } from 'node:http'
import type { OtaPackageFile } from '../../../shared/contract/ota-package.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceHttpAnswer, DeviceHttpRoute } from '../device-http.ts'
import type { DownloadWatch } from './types.ts'
import { randomBytes } from 'node:crypto'
import { parseByteRange, unsatisfiableRange } from '../byte-range.ts'
import { alteredUrl, expiredUrl, SignedUrls } from '../signed-urls.ts'
import { storeError } from '../store-error.ts'
import { insertUrlKey, selectUrlKey } from './rows.ts'

export interface DownloadsContext {
  /** Epoch milliseconds. */
  now: () => number
  /** A file of a package; undefined when no package has it any more. */
  fileOf: (fileId: string) => OtaPackageFile | undefined
  pathOf: (fileId: string) => string
}

const prefix = '/ota/'

/**
 * Addresses of files that carry a signature and the time until which they are valid, and what a request for one is answered
 * with (platform rules OTA-93, OTA-96, OTA-147). They stay valid over a restart. Of the name of a file only the ending is in its
 * address, so that with the longest host that can be chosen it has fewer than the 254 characters that the C SDK can take.
 */
export class Downloads {
  readonly #signed: SignedUrls
  readonly #context: DownloadsContext
  /** Sees what devices download, and may disturb it; null: nobody does. */
  watch: DownloadWatch | null = null

  private constructor(secret: string, context: DownloadsContext) {
    this.#signed = new SignedUrls(secret)
    this.#context = context
  }

  static async open(store: Store, context: DownloadsContext): Promise<Downloads> {
    const [row] = await store.read(selectUrlKey, [])
    const secret = row?.secret ?? randomBytes(32).toString('hex')
    if (row === undefined)
      await store.write([{ statement: insertUrlKey, params: [secret] }])
    return new Downloads(secret, context)
  }

  /** Path and query of the address of a file for a device (0: for nobody in particular), valid until an instant, in whole seconds. */
  path({ fileId, name }: Pick<OtaPackageFile, 'fileId' | 'name'>, deviceId: number, expiresAt: number): string {
    const path = `${prefix}${fileId}${/(?:\.tar)?\.\w+$/.exec(name)?.[0] ?? ''}`
    return this.#signed.write(path, { deviceId, expiresAt })
  }

  /** Serves the files. */
  get route(): DeviceHttpRoute {
    return { prefix, respond: (request, path) => this.#respond(request, path) }
  }

  #respond(request: IncomingMessage, path: string): DeviceHttpAnswer {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return storeError(request, 405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', { Method: String(request.method) })
    const claim = this.#signed.read(request, path)
    if (claim === null)
      return alteredUrl(request)
    const now = this.#context.now()
    if (now >= claim.expiresAt) {
      this.watch?.onExpired(claim.deviceId)
      return expiredUrl(request, claim, now)
    }
    const file = this.#context.fileOf(path.slice(prefix.length).split('.', 1)[0]!)
    if (file === undefined)
      return storeError(request, 404, 'NoSuchKey', 'The specified key does not exist: the update package was deleted.')
    return this.#serve(request, file, claim.deviceId)
  }

  #serve(request: IncomingMessage, { fileId, name, size, md5 }: OtaPackageFile, deviceId: number): DeviceHttpAnswer {
    const etag = `"${md5.toUpperCase()}"`
    const range = parseByteRange(request, { size, etag })
    if (range === 'none')
      return unsatisfiableRange(request, size)
    const { start, bytes } = range ?? { start: 0, bytes: size }
    const flow = request.method === 'GET' ? this.watch?.onDownload(deviceId, { fileId, size, start, bytes }) : undefined
    return {
      status: range ? 206 : 200,
      headers: {
        'Content-Type': 'application/octet-stream',
        'Accept-Ranges': 'bytes',
        'ETag': etag,
        'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
        ...range ? { 'Content-Range': `bytes ${start}-${start + bytes - 1}/${size}` } : {},
      },
      file: { path: this.#context.pathOf(fileId), start, bytes, ...flow && { flow } },
    }
  }
}
