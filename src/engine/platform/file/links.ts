import type { DeviceHttpAnswer, DeviceHttpRoute } from '../device-http.ts'
import type { FileDisk } from './file-disk.ts'
import type { FileRow } from './rows.ts'
import type { StoredFiles } from './stored-files.ts'
import { limits } from '../../../shared/limits.ts'

export interface FileLinksContext {
  now: () => number
  /** A text that nobody guesses, of letters, digits, `-` and `_`. */
  makeToken: () => string
  disk: Pick<FileDisk, 'read'>
  files: Pick<StoredFiles, 'of'>
}

interface Link { deviceId: number, fileId: string, expiresAt: number }

const prefix = '/file/'

/**
 * Addresses from which files of devices can be downloaded without a login, for a while (the platform's `DownloadUrl`). They
 * are not kept over a restart.
 */
export class FileLinks {
  readonly #context: FileLinksContext
  readonly #byToken = new Map<string, Link>()

  constructor(context: FileLinksContext) {
    this.#context = context
  }

  /** Makes an address: its path, and until when it is good. */
  make({ deviceId, fileId, name }: Pick<FileRow, 'deviceId' | 'fileId' | 'name'>): { path: string, expiresAt: number } {
    const token = this.#context.makeToken()
    const expiresAt = this.#context.now() + limits.fileLinkMs
    this.#byToken.set(token, { deviceId, fileId, expiresAt })
    // All live equally long, so the oldest are those that end first.
    if (this.#byToken.size > limits.fileLinksMax)
      this.#byToken.delete(this.#byToken.keys().next().value!)
    return { path: `${prefix}${token}/${encodeURIComponent(name)}`, expiresAt }
  }

  /** Serves the addresses: GET and HEAD, the whole file; 404 for one that is not, or no longer, good. */
  get route(): DeviceHttpRoute {
    return { prefix, respond: (request, pathname) => this.#respond(request.method ?? 'GET', pathname) }
  }

  async #respond(method: string, pathname: string): Promise<DeviceHttpAnswer> {
    if (method !== 'GET' && method !== 'HEAD')
      return problem(405, 'A file can only be downloaded.')
    const token = pathname.slice(prefix.length).split('/', 1)[0]!
    const link = this.#byToken.get(token)
    if (link !== undefined && link.expiresAt <= this.#context.now())
      this.#byToken.delete(token)
    else if (link !== undefined)
      return await this.#read(link) ?? problem(404, 'The file was deleted, or the device has uploaded it anew.')
    return problem(404, `There is no file at this address any more: an address is good for ${limits.fileLinkMs / 60_000} minutes and ends when the platform stops.`)
  }

  async #read({ deviceId, fileId }: Link): Promise<DeviceHttpAnswer | null> {
    const file = this.#context.files.of(deviceId).find(one => one.fileId === fileId)
    const body = file && await this.#context.disk.read(fileId, 0, file.size)
    if (!body)
      return null
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Disposition': `attachment; filename="${file.name}"`, 'Cache-Control': 'no-store' }
    return { status: 200, headers, body }
  }
}

function problem(code: number, message: string): DeviceHttpAnswer {
  return { status: code, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code, message }) }
}
