import type { Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { Alarm, Clock } from '../../../shared/clock.ts'
import type { OtaPackageFile, UploadedFile } from '../../../shared/contract/ota-package.ts'
import type { Log } from '../../../shared/log.ts'
import type { PackageDisk } from './package-disk.ts'
import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

interface Upload {
  fileId: string
  name: string
  received: number
  touchedAt: number
  /** How long nobody may ask for it. Milliseconds. */
  keptMs: number
  hashes: { md5: Hash, sha256: Hash }
  handle: FileHandle | null
  /** The file is whole. */
  file: OtaPackageFile | null
  /** Work on it is done one after the other. */
  last: Promise<unknown>
  /** A package is being made of it, so that no other may. */
  claimed: boolean
}

export interface UploadsContext {
  disk: PackageDisk
  clock: Clock
  log: Log
  makeId: () => string
  /** The most bytes of one file. */
  bytesMax: () => number
}

/** How often files that nobody made into a package are looked for. */
const clearingMs = 10 * 60_000

/**
 * Files on their way into a package. They are written and hashed as they come in and known only while the engine runs: what
 * an earlier run has left is removed at start, so there is never a half package.
 */
export class PackageUploads {
  readonly #context: UploadsContext
  readonly #uploads = new Map<string, Upload>()
  #alarm: Alarm

  constructor(context: UploadsContext) {
    this.#context = context
    this.#alarm = context.clock.setAlarm(clearingMs, () => this.#clear())
  }

  /** Makes room for a file, which is let go when nobody has asked for it for `keptMs`. Throws AppError limit/reached. */
  async begin(name: string, keptMs: number = limits.packageUploadKeptMs): Promise<string> {
    const { disk, clock, makeId } = this.#context
    if (this.#uploads.size >= limits.packageUploadsMax)
      throw new AppError('limit/reached', `${limits.packageUploadsMax} files have come in of which no package was made yet; there is no room for more.`, { limit: limits.packageUploadsMax })
    const fileId = makeId()
    const upload: Upload = { fileId, name, received: 0, touchedAt: clock.now(), keptMs, hashes: { md5: createHash('md5'), sha256: createHash('sha256') }, handle: null, file: null, last: Promise.resolve(), claimed: false }
    this.#uploads.set(fileId, upload)
    await this.#inTurn(upload, async () => {
      upload.handle = await disk.begin(fileId)
    })
    return fileId
  }

  /** Writes the bytes that follow the first `offset` ones and returns how many there are now. Throws AppError. */
  async part(uploadId: string, offset: number, bytes: Uint8Array): Promise<number> {
    const upload = this.#get(uploadId)
    return this.#inTurn(upload, async () => {
      if (upload.handle === null || offset !== upload.received)
        throw new AppError('input/invalid', `offset: expected ${upload.received}${upload.handle === null ? ' and no more bytes, because the file is whole' : ''}, got ${offset}.`, { field: 'offset', expected: upload.received, got: offset })
      const bytesMax = this.#context.bytesMax()
      if (upload.received + bytes.length > bytesMax)
        throw new AppError('limit/reached', `A package has at most ${bytesMax} bytes; ${upload.name} is larger.`, { limit: bytesMax })
      for (let done = 0; done < bytes.length;)
        done += (await upload.handle.write(bytes, done, bytes.length - done, upload.received + done)).bytesWritten
      upload.hashes.md5.update(bytes)
      upload.hashes.sha256.update(bytes)
      upload.received += bytes.length
      return upload.received
    })
  }

  /** The file is whole: brings it to the disk for good. Ending it twice is harmless. Throws AppError. */
  async end(uploadId: string): Promise<UploadedFile> {
    const upload = this.#get(uploadId)
    return this.#inTurn(upload, async () => {
      if (upload.file === null) {
        if (upload.received === 0)
          throw new AppError('input/invalid', `${upload.name}: expected a file with at least one byte, got an empty one.`, { field: 'size', got: 0 })
        await upload.handle?.datasync()
        await upload.handle?.close()
        upload.handle = null
        await this.#context.disk.finish(upload.fileId)
        const { fileId, name, received: size, hashes } = upload
        upload.file = { fileId, name, size, md5: hashes.md5.digest('hex'), sha256: hashes.sha256.digest('hex') }
      }
      return { uploadId, ...upload.file }
    })
  }

  /** Takes in a whole stream of bytes; nothing stays of one that breaks off. Throws AppError, or what the stream throws. */
  async take(name: string, source: AsyncIterable<Uint8Array>, keptMs?: number): Promise<UploadedFile> {
    const uploadId = await this.begin(name, keptMs)
    try {
      let offset = 0
      for await (const bytes of source)
        offset = await this.part(uploadId, offset, bytes)
      return await this.end(uploadId)
    }
    catch (error) {
      await this.drop(uploadId)
      throw error
    }
  }

  /** Sets whole files aside for a package that is being made; `release` gives them back when nothing came of it. Throws AppError. */
  async claim(uploadIds: readonly string[]): Promise<{ files: OtaPackageFile[], keep: () => void, release: () => void }> {
    const files: OtaPackageFile[] = []
    for (const uploadId of uploadIds) {
      const { uploadId: _, ...file } = await this.end(uploadId)
      files.push(file)
    }
    const uploads = uploadIds.map(uploadId => this.#get(uploadId))
    for (const upload of uploads)
      upload.claimed = true
    return {
      files,
      keep: () => uploads.forEach(({ fileId }) => this.#uploads.delete(fileId)),
      release: () => uploads.forEach(upload => upload.claimed = false),
    }
  }

  /** Lets go of a file; one that is not there is passed over. */
  async drop(uploadId: string): Promise<void> {
    const upload = this.#uploads.get(uploadId)
    if (upload === undefined || upload.claimed)
      return
    this.#uploads.delete(uploadId)
    await this.#inTurn(upload, async () => {
      await upload.handle?.close()
      upload.handle = null
      await this.#context.disk.remove(upload.fileId)
    })
  }

  async close(): Promise<void> {
    this.#alarm.cancel()
    await Promise.all(Array.from(this.#uploads.keys(), uploadId => this.drop(uploadId).catch(() => {})))
  }

  #get(uploadId: string): Upload {
    const upload = this.#uploads.get(uploadId)
    if (upload === undefined || upload.claimed)
      throw new AppError('ota/upload-not-found', `No file has come in as ${uploadId}, or it is no longer kept.`, { uploadId })
    upload.touchedAt = this.#context.clock.now()
    return upload
  }

  #inTurn<T>(upload: Upload, work: () => Promise<T>): Promise<T> {
    const done = upload.last.then(work)
    upload.last = done.catch(() => {})
    return done
  }

  #clear(): void {
    const { clock, log } = this.#context
    for (const { fileId, touchedAt, keptMs } of this.#uploads.values()) {
      if (clock.now() - touchedAt >= keptMs)
        this.drop(fileId).catch(error => log.warn('a file that belongs to no package could not be removed', { error: String(error) }))
    }
    this.#alarm = clock.setAlarm(clearingMs, () => this.#clear())
  }
}
