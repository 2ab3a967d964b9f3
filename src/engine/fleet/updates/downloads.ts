import type { Buffer } from 'node:buffer'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Clock } from '../../../shared/clock.ts'
import type { PendingWork } from '../../../shared/pending-work.ts'
import type { FleetBroker } from '../messages.ts'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** How a download came out: all of it, as much as was wanted, or why not. */
export type DownloadOutcome = 'complete' | 'reached' | { problem: string, isBroken: boolean }

export interface DownloadWish {
  url: string
  /** The first byte that is wanted; the file is asked for by a range from there. */
  from: number
  /** Where to leave off, a byte of the file; null: at its end. */
  until: number | null
  /** More than this is not taken. */
  size: number
  /** How it comes when not over HTTP: begins the transfer, and gives what stops it. */
  carrier?: (wish: DownloadWish) => () => void
  /** Its turn has come. */
  onStart: () => void
  /** The bytes are good during the call only. */
  onBytes: (bytes: Uint8Array) => void
  /** Called once, unless the download was stopped. */
  onEnd: (outcome: DownloadOutcome) => void
}

/** Brings files to devices that have no sockets: begins a transfer, at a rate that may change, and gives what stops it; null when it does not have that address. */
export type FileCarrier = (wish: DownloadWish, bytesPerSec: () => number | null) => (() => void) | null

export interface DownloadsOptions {
  clock: Clock
  /** Downloads under way at a time. */
  max: number
  bytesPerSec: number | null
  tls: FleetBroker['tls']
  /** Asked before anything is fetched over HTTP. */
  carryFile?: FileCarrier | undefined
  /** Counts those that wait for bytes. */
  work?: PendingWork | undefined
}

/** A server that sends nothing for so long is given up; over HTTP that is real milliseconds. */
export const idleMsMax = 30_000

export const noByteCame: DownloadOutcome = { problem: `no byte came for ${idleMsMax / 1000} s`, isBroken: true }
export const tooLong: DownloadOutcome = { problem: 'the file is longer than it was said to be', isBroken: false }
export const brokenOff: DownloadOutcome = { problem: 'the connection broke during the download', isBroken: true }

interface Transfer { wish: DownloadWish, request: ClientRequest | null, stop?: () => void, isOver: boolean, rests?: (() => void) | undefined }

/**
 * Files on their way to simulated devices, over HTTP or HTTPS unless something else carries them: so many at a time, the others
 * wait in turn. Bytes are handed on as they come and never kept.
 */
export class Downloads {
  readonly #options: DownloadsOptions
  readonly #waiting: Transfer[] = []
  #head = 0
  readonly #running = new Set<Transfer>()
  #isClosed = false

  constructor(options: DownloadsOptions) {
    this.#options = options
  }

  /** Changes how many downloads run at a time, and how fast each may be. */
  setPace({ max, bytesPerSec }: { max?: number | undefined, bytesPerSec?: number | null | undefined }): void {
    this.#options.max = max ?? this.#options.max
    this.#options.bytesPerSec = bytesPerSec === undefined ? this.#options.bytesPerSec : bytesPerSec
    this.#startWaiting()
  }

  /** Enters a download; the returned function stops it. */
  start(wish: DownloadWish): () => void {
    const transfer: Transfer = { wish, request: null, isOver: this.#isClosed }
    this.#waiting.push(transfer)
    this.#startWaiting()
    return () => this.#end(transfer)
  }

  /** Stops all downloads without a word. */
  close(): void {
    this.#isClosed = true
    this.#waiting.length = 0
    this.#head = 0
    for (const transfer of this.#running)
      this.#end(transfer)
  }

  #startWaiting(): void {
    while (!this.#isClosed && this.#running.size < this.#options.max && this.#head < this.#waiting.length) {
      const transfer = this.#waiting[this.#head++]!
      if (this.#head > 1_000) {
        this.#waiting.splice(0, this.#head)
        this.#head = 0
      }
      if (transfer.isOver)
        continue
      this.#running.add(transfer)
      transfer.wish.onStart()
      if (!transfer.isOver)
        this.#begin(transfer)
    }
  }

  #begin(transfer: Transfer): void {
    const { wish } = transfer
    const carried = { ...wish, onEnd: (outcome: DownloadOutcome) => this.#end(transfer, outcome) }
    const stop = wish.carrier ? wish.carrier(carried) : this.#options.carryFile?.(carried, () => this.#options.bytesPerSec)
    if (stop)
      transfer.stop = stop
    else
      this.#request(transfer)
  }

  #request(transfer: Transfer): void {
    const { url, from } = transfer.wish
    const address = URL.canParse(url) ? new URL(url) : undefined
    if (address?.protocol !== 'http:' && address?.protocol !== 'https:')
      return this.#end(transfer, { problem: 'the address of the file is no address', isBroken: false })
    const options = { agent: false as const, headers: from > 0 ? { Range: `bytes=${from}-` } : {} }
    const { tls } = this.#options
    const request = address.protocol === 'http:'
      ? requestHttp(address, options)
      // The platform here serves files with a certificate of its own making. A device is protected by the digest, which came
      // over its MQTT connection; only who had that connection's certificate checked gets the same here.
      : requestHttps(address, { ...options, rejectUnauthorized: tls?.verify ?? false, ...(tls?.caPem != null && { ca: tls.caPem }) })
    transfer.request = request
    transfer.rests = this.#options.work?.begin()
    let hasBegun = false
    request.setTimeout(idleMsMax, () => this.#end(transfer, noByteCame))
    request.on('error', (error: NodeJS.ErrnoException) => this.#end(transfer, describeError(error, hasBegun)))
    request.on('response', (response) => {
      hasBegun = true
      this.#receive(transfer, response)
    })
    request.end()
  }

  #receive(transfer: Transfer, response: IncomingMessage): void {
    const { from, until, size, onBytes } = transfer.wish
    const status = response.statusCode ?? 0
    if (status !== 200 && status !== 206)
      return this.#end(transfer, describeStatus(status))
    // A server that does not know ranges sends the whole file once more.
    let at = status === 206 ? from : 0
    const begunAt = this.#options.clock.now()
    let received = 0
    response.on('data', (chunk: Buffer) => {
      if (transfer.isOver)
        return
      const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, from - at)))
      const start = at + chunk.length - fresh.length
      at += chunk.length
      received += chunk.length
      if (at > size)
        return this.#end(transfer, tooLong)
      const wanted = until === null ? fresh : fresh.subarray(0, Math.max(0, until - start))
      if (wanted.length > 0)
        onBytes(wanted)
      if (until !== null && at >= until)
        this.#end(transfer, 'reached')
      else
        this.#brake(transfer, response, begunAt, received)
    })
    response.on('end', () => this.#end(transfer, response.complete ? 'complete' : brokenOff))
    response.on('close', () => this.#end(transfer, brokenOff))
    response.on('error', () => this.#end(transfer, brokenOff))
  }

  /** Lets no more come than the rate allows. */
  #brake(transfer: Transfer, response: IncomingMessage, begunAt: number, received: number): void {
    const { bytesPerSec, clock, work } = this.#options
    const waitMs = bytesPerSec === null ? 0 : begunAt + received * 1000 / bytesPerSec - clock.now()
    if (waitMs <= 0)
      return
    response.pause()
    transfer.request?.setTimeout(idleMsMax + waitMs)
    transfer.rests?.()
    clock.setAlarm(waitMs, () => {
      transfer.rests = transfer.isOver ? undefined : work?.begin()
      response.resume()
    })
  }

  /** Without an outcome: it was stopped. */
  #end(transfer: Transfer, outcome?: DownloadOutcome): void {
    if (transfer.isOver)
      return
    transfer.isOver = true
    transfer.request?.destroy()
    transfer.rests?.()
    transfer.stop?.()
    this.#running.delete(transfer)
    if (outcome !== undefined && !this.#isClosed)
      transfer.wish.onEnd(outcome)
    this.#startWaiting()
  }
}

function describeError({ code }: NodeJS.ErrnoException, hasBegun: boolean): DownloadOutcome {
  if (hasBegun)
    return brokenOff
  const why = code === 'ECONNREFUSED' ? 'nothing listens there' : code ?? 'no reason was given'
  return { problem: `no connection to the server of the file: ${why}`, isBroken: false }
}

const statusWords: Readonly<Record<number, string>> = {
  403: 'the server refused the file: 403, the address has expired or was changed',
  404: 'the server does not have the file: 404',
  416: 'the server does not have that part of the file: 416',
}

/** Why a server sent something other than the file. */
export function describeStatus(status: number): DownloadOutcome {
  return { problem: statusWords[status] ?? `the server did not send the file: ${status}`, isBroken: false }
}
