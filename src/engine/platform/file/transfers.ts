import type { Log } from '../../../shared/log.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import type { FileDisk } from './file-disk.ts'
import type { FileRow } from './rows.ts'
import type { StoredFiles } from './stored-files.ts'
import type { Upload, Uploads } from './uploads.ts'
import { limits } from '../../../shared/limits.ts'
import { deleteUpload, endUpload, insertFile, insertUpload } from './rows.ts'
import { fileIssue, noUpload } from './rules.ts'
import { isUnderWay } from './uploads.ts'

export interface TransferContext {
  disk: FileDisk
  files: StoredFiles
  uploads: Uploads
  store: Pick<Store, 'write'>
  now: () => number
  log: Log
  /** A new id of 16 hex digits. */
  makeId: () => string
}

/** Why something could not be done; nothing when it was. */
type Failure = ValidationIssue | undefined

/**
 * Carries uploads to the disk, one job after the other, and makes files of them. What is promised here never rejects: a disk
 * that refuses is code 500, and the upload stands where it stood, so that the device can go on when the disk is well again.
 */
export class Transfers {
  readonly #context: TransferContext

  constructor(context: TransferContext) {
    this.#context = context
  }

  /** Registers an upload; done when it would survive the end of the process. */
  async begin(upload: Upload): Promise<Failure> {
    const { uploadId, deviceId, initUid, fileName, fileSize, strategy, ficValue, extra, startedAt } = upload
    this.#context.uploads.add(upload)
    try {
      await this.#context.store.write([{ statement: insertUpload, params: [uploadId, deviceId, initUid, fileName, fileSize, strategy, ficValue, extra, startedAt] }])
      return undefined
    }
    catch (error) {
      this.#context.uploads.setState(upload, 'gone')
      return this.#trouble(error, upload)
    }
  }

  /** Appends a block that was judged good; with the last one the upload ends. Done when the bytes are on disk. */
  append(upload: Upload, data: Uint8Array, isLast: boolean): Promise<Failure> {
    const { disk, uploads } = this.#context
    const at = upload.received
    uploads.setReceived(upload, at + data.length)
    if (isLast)
      uploads.setState(upload, 'ending')
    return disk.run(data.length, async () => {
      if (!isUnderWay(upload))
        return noUpload
      // An earlier block did not get there, so this one would leave a hole.
      if (upload.written !== at)
        return this.#reopen(upload, fileIssue(78119, `a block from offset ${upload.written} on, because an earlier one could not be written`, `one at ${at}`))
      try {
        await disk.write(upload.uploadId, at, data)
      }
      catch (error) {
        uploads.setReceived(upload, upload.written)
        return this.#reopen(upload, this.#trouble(error, upload))
      }
      upload.written += data.length
      return isLast ? this.#end(upload) : undefined
    })
  }

  /** Tries the end of an upload once more. */
  endAgain(upload: Upload): Promise<Failure> {
    this.#context.uploads.setState(upload, 'ending')
    return this.#context.disk.run(0, async () => isUnderWay(upload) ? this.#end(upload) : noUpload)
  }

  /** Gives an upload up and lets its bytes go. Returns what the store has to write. */
  drop(upload: Upload): BoundStatement {
    this.#context.uploads.setState(upload, 'gone')
    this.removeContent([upload.uploadId])
    return { statement: deleteUpload, params: [upload.uploadId] }
  }

  /** Removes the contents of files that nothing names any more. */
  removeContent(ids: readonly string[]): void {
    const { disk, log } = this.#context
    void disk.run(0, () => Promise.all(ids.map(id => disk.remove(id))))
      .catch(error => log.warn('an uploaded file could not be removed; the next start tries again', { error: String(error) }))
  }

  async #end(upload: Upload): Promise<Failure> {
    try {
      const issue = await this.#check(upload)
      if (issue === undefined)
        return await this.#keep(upload)
      await this.#fail(upload)
      return issue
    }
    catch (error) {
      return this.#reopen(upload, this.#trouble(error, upload))
    }
  }

  /** Compares the whole with what was announced, and with what has become of the name meanwhile. */
  async #check({ uploadId, deviceId, fileName, fileSize, ficValue, strategy, written }: Upload): Promise<Failure> {
    if (fileSize >= 0 && written !== fileSize)
      return fileIssue(78125, `${fileSize} bytes in all, as "fileSize" announced`, `${written}`)
    if (ficValue !== null) {
      const { xz, jones } = await this.#context.disk.checksums(uploadId)
      if (ficValue !== xz && ficValue !== jones)
        return fileIssue(78125, `"ficValue" ${xz} (CRC-64/XZ) or ${jones} (CRC-64/Jones)`, ficValue)
    }
    const known = this.#context.files.named(deviceId, fileName)
    if (known && strategy === 'reject')
      return fileIssue(78123, 'a name that the device has no file of, because of its strategy "reject"', fileName)
    if (known && strategy === 'append' && known.size + written > limits.uploadFileBytesMax)
      return fileIssue(78117, `a file of at most ${limits.uploadFileBytesMax} bytes`, `${known.size + written}`)
    return undefined
  }

  /** Makes the file: its content first, then, in one commit, that it is there and the upload is over. */
  async #keep(upload: Upload): Promise<Failure> {
    const { disk, files, uploads, store, now } = this.#context
    const { uploadId, deviceId, fileName, extra, written } = upload
    const known = files.named(deviceId, fileName)
    const isJoined = known !== undefined && upload.strategy === 'append'
    const fileId = isJoined ? this.#context.makeId() : uploadId
    if (isJoined)
      await disk.join(fileId, [known.fileId, uploadId])
    const { xz } = await disk.checksums(fileId)
    await disk.sync(fileId)
    if (!isUnderWay(upload))
      return noUpload
    const file: FileRow = { fileId, deviceId, name: fileName, size: written + (isJoined ? known.size : 0), crc64: xz, uploadedAt: now(), extra }
    await store.write([
      { statement: insertFile, params: [fileId, deviceId, fileName, file.size, xz, file.uploadedAt, extra] },
      { statement: endUpload, params: [written, uploadId] },
      ...this.#forgetOldest(deviceId),
    ])
    if (!isUnderWay(upload)) {
      await disk.remove(fileId)
      return noUpload
    }
    uploads.setState(upload, 'ended')
    const before = files.put(file)
    if (before)
      await disk.remove(before.fileId)
    if (isJoined)
      await disk.remove(uploadId)
    return undefined
  }

  /** Of uploads that are over only the newest are remembered. */
  #forgetOldest(deviceId: number): BoundStatement[] {
    const { uploads } = this.#context
    const ended = uploads.of(deviceId).filter(({ state }) => state === 'ended')
    return ended.slice(0, Math.max(0, ended.length + 1 - limits.uploadsEndedPerDeviceMax)).map((upload) => {
      uploads.setState(upload, 'gone')
      return { statement: deleteUpload, params: [upload.uploadId] }
    })
  }

  async #fail(upload: Upload): Promise<void> {
    const { disk, uploads, store } = this.#context
    uploads.setState(upload, 'gone')
    try {
      await store.write([{ statement: deleteUpload, params: [upload.uploadId] }])
      await disk.remove(upload.uploadId)
    }
    catch (error) {
      this.#trouble(error, upload)
    }
  }

  #reopen(upload: Upload, issue: ValidationIssue): ValidationIssue {
    if (upload.state === 'ending')
      this.#context.uploads.setState(upload, 'open')
    return issue
  }

  #trouble(error: unknown, { uploadId, fileName }: Upload): ValidationIssue {
    this.#context.log.error('an upload could not be written', { uploadId, fileName, error: String(error) })
    return fileIssue(500, 'the workspace folder to take the file', error instanceof Error ? error.message : String(error))
  }
}
