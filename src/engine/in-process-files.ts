import type { Clock } from '../shared/clock.ts'
import type { Log } from '../shared/log.ts'
import type { PendingWork } from '../shared/pending-work.ts'
import type { DownloadOutcome, DownloadWish, FileCarrier } from './fleet/updates/downloads.ts'
import type { DeviceHttpAnswer } from './platform/device-http.ts'
import type { FileFlow } from './platform/file-flow.ts'
import type { BlockFiles } from './platform/ota-package/block-files.ts'
import { Buffer } from 'node:buffer'
import { brokenOff, describeStatus, idleMsMax, noByteCame, tooLong } from './fleet/updates/downloads.ts'

export interface InProcessFilesWorld {
  clock: Clock
  log: Log
  /** Counts what is read meanwhile, so that virtual time waits for it. */
  work: PendingWork
  files: Pick<BlockFiles, 'read'>
  /** What the platform answers a device that asks for the file at an address from a byte on; undefined when it has no such address. */
  answer: (url: string, from: number) => Promise<DeviceHttpAnswer> | undefined
}

/** From the request to the answer. */
const latencyMs = 20
/** What a device takes whose fleet has no rate of its own: as in a network at home. */
const bytesPerSecDefault = 10_000_000
/** A file comes in pieces of a quarter of a second, but of no more bytes than this. */
const pieceMs = 250
const pieceBytesMax = 64 * 1024

/** The part of a file that is handed over; its flow counts places from `start` on. */
interface Content { start: number, bytes: number, flow: FileFlow | undefined, read: (at: number, count: number) => Promise<Uint8Array | null> }

/**
 * Files for simulated devices in the engine's own process: what the platform would send over HTTP is handed over in memory, at
 * a pace that the clock keeps and not the machine. While the clock goes on to the instant at which a piece arrives, it is read;
 * so in virtual time pieces arrive at the same instants and in the same order in every run.
 */
export function createFileCarrier(world: InProcessFilesWorld): FileCarrier {
  return (wish, bytesPerSec) => {
    const answered = world.answer(wish.url, wish.from)
    if (answered === undefined)
      return null
    const passage = new Passage(world, wish, bytesPerSec)
    void passage.run(world.work.track(answered))
    return () => passage.stop()
  }
}

class Passage {
  readonly #world: InProcessFilesWorld
  readonly #wish: DownloadWish
  readonly #bytesPerSec: () => number | null
  #isStopped = false
  /** Ends the wait that is on. */
  #wake = (): void => {}

  constructor(world: InProcessFilesWorld, wish: DownloadWish, bytesPerSec: () => number | null) {
    this.#world = world
    this.#wish = wish
    this.#bytesPerSec = bytesPerSec
  }

  stop(): void {
    this.#isStopped = true
    this.#wake()
  }

  /** Hands over what is answered, until it is stopped or over. */
  async run(answered: Promise<DeviceHttpAnswer>): Promise<void> {
    let outcome: DownloadOutcome = describeStatus(500)
    try {
      const [answer] = await Promise.all([answered, this.#pass(latencyMs)])
      outcome = brokenOff
      outcome = answer.status === 200 || answer.status === 206 ? await this.#handOver(this.#contentOf(answer)) : describeStatus(answer.status)
    }
    catch (error) {
      this.#world.log.error('a file could not be handed to a simulated device', { url: this.#wish.url, error: String(error) })
    }
    if (!this.#isStopped)
      this.#wish.onEnd(outcome)
  }

  #contentOf(answer: DeviceHttpAnswer): Content {
    if ('file' in answer) {
      const { path, start, bytes, flow } = answer.file
      return { start, bytes, flow, read: (at, count) => this.#world.files.read(path, at, count) }
    }
    const body = Buffer.from(answer.body)
    return { start: 0, bytes: body.length, flow: answer.flow, read: (at, count) => Promise.resolve(body.subarray(at, at + count)) }
  }

  async #handOver({ start, bytes, flow, read }: Content): Promise<DownloadOutcome> {
    const { clock, work } = this.#world
    const { from, until, size, onBytes } = this.#wish
    const end = until === null ? bytes : Math.min(bytes, until - from)
    let given = 0
    let dueAt = clock.now()
    try {
      while (given < end && !this.#isStopped) {
        const rate = this.#bytesPerSec() ?? bytesPerSecDefault
        const piece = Math.max(1, Math.min(end - given, Math.floor(rate * pieceMs / 1000), pieceBytesMax))
        const room = flow === undefined ? piece : await this.#within(flow.next(start + given, piece))
        if (typeof room === 'string')
          return room === 'break' ? brokenOff : noByteCame
        dueAt = Math.max(dueAt, clock.now()) + room * 1000 / rate
        // In no time it would not be sure to have been read.
        const [part] = await Promise.all([work.track(read(start + given, room)), this.#pass(Math.max(1, dueAt - clock.now()))])
        if (this.#isStopped || part === null)
          break
        given += part.length
        if (from + given > size)
          return tooLong
        onBytes(part)
      }
      if (given < end)
        return brokenOff
      return until !== null && from + given >= until ? 'reached' : 'complete'
    }
    finally {
      flow?.ended(start + given, given === bytes)
    }
  }

  /** What a flow lets through; 'idle' when it does not within the time after which a device gives up. */
  async #within(next: Promise<number | 'break'>): Promise<number | 'break' | 'idle'> {
    const idle = this.#pass(idleMsMax).then((): 'idle' => 'idle')
    const room = await Promise.race([next, idle])
    this.#wake()
    return room
  }

  /** Resolves after so many milliseconds of the clock, or when the passage is stopped. */
  #pass(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const alarm = this.#world.clock.setAlarm(delayMs, resolve)
    this.#wake = () => {
      alarm.cancel()
      resolve()
    }
    return promise
  }
}
