import type { FileHandle } from 'node:fs/promises'
import { constants } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Crc64 } from '../../../shared/frame/crc.ts'

/** Bytes read at a time where a whole file is gone through, so that no other work waits long. */
const stepBytes = 64 * 1024
/** What our own files are called; anything else in the folder is left alone. */
const idForm = /^[\da-f]{16}$/

/** The checksums of a file: CRC-64 in both variants, as hex digits. */
export interface Checksums { xz: string, jones: string }

/**
 * The folder in which the contents of uploaded files lie, each under its id. Jobs that change something are done one after
 * the other in the order in which they were asked for; the bytes they hold while they wait are counted.
 */
export class FileDisk {
  readonly #dir: string
  #last: Promise<unknown> = Promise.resolve()
  #waitingBytes = 0
  #hasFolder = false

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Bytes held by jobs that are not done yet. */
  get waitingBytes(): number { return this.#waitingBytes }

  /** Does a job when all earlier ones are done. */
  run<T>(bytes: number, job: () => Promise<T>): Promise<T> {
    this.#waitingBytes += bytes
    const done = this.#last.then(job).finally(() => this.#waitingBytes -= bytes)
    this.#last = done.catch(() => {})
    return done
  }

  /** Resolves when every job is done. */
  async idle(): Promise<void> {
    await this.#last
  }

  /** Ids of the files in the folder. */
  async list(): Promise<string[]> {
    const names = await readdir(this.#dir).catch(() => [])
    return names.filter(name => idForm.test(name))
  }

  /** Bytes of a file; 0 when there is none. */
  async size(id: string): Promise<number> {
    return (await stat(this.#path(id)).catch(() => null))?.size ?? 0
  }

  /** Writes bytes at a place; makes the file when there is none. */
  async write(id: string, at: number, bytes: Uint8Array): Promise<void> {
    if (!this.#hasFolder)
      await mkdir(this.#dir, { recursive: true })
    this.#hasFolder = true
    await using file = await open(this.#path(id), constants.O_WRONLY | constants.O_CREAT, 0o600)
    await writeAll(file, at, bytes)
  }

  /** Up to `length` bytes from a place on; null when there is no such file. */
  async read(id: string, at: number, length: number): Promise<Uint8Array | null> {
    try {
      await using file = await open(this.#path(id), 'r')
      const bytes = new Uint8Array(length)
      const filled = await fill(file, at, bytes)
      return bytes.subarray(0, filled)
    }
    catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return null
      throw error
    }
  }

  /** Puts files behind one another into a new one. */
  async join(id: string, parts: readonly string[]): Promise<void> {
    await this.remove(id)
    await this.write(id, 0, new Uint8Array(0))
    await using target = await open(this.#path(id), 'r+')
    let at = 0
    for (const part of parts) {
      for await (const bytes of this.#steps(part)) {
        await writeAll(target, at, bytes)
        at += bytes.length
      }
    }
  }

  async checksums(id: string): Promise<Checksums> {
    const xz = new Crc64('xz')
    const jones = new Crc64('jones')
    for await (const bytes of this.#steps(id)) {
      xz.update(bytes)
      jones.update(bytes)
    }
    return { xz: xz.hex(), jones: jones.hex() }
  }

  /** Sees to it that a file survives a loss of power. */
  async sync(id: string): Promise<void> {
    await using file = await open(this.#path(id), 'r+')
    await file.datasync()
  }

  /** Removes a file; one that is not there is passed over. */
  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true })
  }

  /** The bytes of a file in pieces, each valid until the next one. */
  async* #steps(id: string): AsyncGenerator<Uint8Array> {
    await using file = await open(this.#path(id), 'r')
    const bytes = new Uint8Array(stepBytes)
    for (let at = 0; ;) {
      const filled = await fill(file, at, bytes)
      if (filled === 0)
        return
      yield bytes.subarray(0, filled)
      at += filled
    }
  }

  #path(id: string): string {
    if (!idForm.test(id))
      throw new RangeError(`${JSON.stringify(id)} is no id of a file.`)
    return join(this.#dir, id)
  }
}

async function writeAll(file: FileHandle, at: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten
}

async function fill(file: FileHandle, at: number, bytes: Uint8Array): Promise<number> {
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, at + filled)
    if (bytesRead === 0)
      break
    filled += bytesRead
  }
  return filled
}
