import type { FileHandle } from 'node:fs/promises'
import type { Alarm, Clock } from '../../../shared/clock.ts'
import type { Log } from '../../../shared/log.ts'
import { Buffer } from 'node:buffer'
import { open } from 'node:fs/promises'
import { limits } from '../../../shared/limits.ts'

interface OpenFile { path: string, handle: Promise<FileHandle>, users: number, usedAt: number }

/**
 * Reads blocks of files for devices that download over MQTT: however many ask at a time, few files are open, few reads are
 * under way, and a file that nobody reads any more is closed.
 */
export class BlockFiles {
  readonly #clock: Clock
  readonly #log: Log
  readonly #open = new Map<string, OpenFile>()
  readonly #waiting: (() => void)[] = []
  #reads = 0
  #sweep: Alarm | undefined
  #isClosed = false

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  /** Files that are open. */
  get openCount(): number { return this.#open.size }

  /**
   * `length` bytes from `offset` on; the file has to have them. Null when so many wait already that this one cannot, or the
   * engine ends. Rejects when the file cannot be read.
   */
  async read(path: string, offset: number, length: number): Promise<Uint8Array | null> {
    if (this.#reads < limits.blockReadsMax)
      this.#reads += 1
    else if (this.#waiting.length >= limits.blockReadsWaitingMax)
      return null
    else
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return this.#isClosed ? null : await this.#read(path, offset, length)
    }
    finally {
      // Whoever waits longest takes the place.
      const next = this.#waiting.shift()
      if (next === undefined)
        this.#reads -= 1
      else
        next()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#sweep?.cancel()
    await Promise.all(Array.from(this.#open.values(), file => this.#close(file)))
  }

  async #read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const file = this.#take(path)
    try {
      const handle = await file.handle
      const bytes = Buffer.allocUnsafeSlow(length)
      for (let filled = 0; filled < length;) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
        if (bytesRead === 0)
          throw new RangeError(`the file ends at ${offset + filled} of ${offset + length} bytes`)
        filled += bytesRead
      }
      return bytes
    }
    catch (error) {
      // It may have been put right by the next time.
      if (this.#open.get(path) === file)
        this.#open.delete(path)
      throw error
    }
    finally {
      file.users -= 1
      file.usedAt = this.#clock.now()
      if (this.#open.get(path) !== file && file.users === 0)
        await this.#close(file)
      else
        this.#sweepLater()
    }
  }

  #take(path: string): OpenFile {
    let file = this.#open.get(path)
    if (file === undefined) {
      this.#makeRoom()
      file = { path, handle: open(path, 'r'), users: 0, usedAt: 0 }
      this.#open.set(path, file)
    }
    file.users += 1
    return file
  }

  /** Closes the file whose last reader is longest ago; when all of them are being read, there are more for a moment. */
  #makeRoom(): void {
    if (this.#open.size < limits.blockFilesOpenMax)
      return
    const [oldest] = Array.from(this.#open.values()).filter(({ users }) => users === 0).sort((a, b) => a.usedAt - b.usedAt)
    if (oldest)
      void this.#close(oldest)
  }

  #sweepLater(): void {
    this.#sweep ??= this.#clock.setAlarm(limits.blockFileIdleMs, () => {
      this.#sweep = undefined
      const before = this.#clock.now() - limits.blockFileIdleMs
      for (const file of this.#open.values()) {
        if (file.users === 0 && file.usedAt <= before)
          void this.#close(file)
      }
      if (this.#open.size > 0)
        this.#sweepLater()
    })
  }

  async #close(file: OpenFile): Promise<void> {
    if (this.#open.get(file.path) === file)
      this.#open.delete(file.path)
    try {
      await (await file.handle).close()
    }
    catch (error) {
      this.#log.debug('a file of a package could not be closed', { path: file.path, error: String(error) })
    }
  }
}
