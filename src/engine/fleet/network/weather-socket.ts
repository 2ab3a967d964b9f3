import type { DialOptions } from '../dial.ts'
import type { Dial, LinkSocket } from '../link-socket.ts'
import type { DeviceWeather, Way } from './device-weather.ts'
import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'

/** What a small TCP stack keeps until it is acknowledged: so many bytes on their way do not make the socket full. */
const windowBytes = 16 * 1024
/** More than this waiting for the device: the socket is not read until it is less. */
const downBytesMax = 256 * 1024
const openingBytes = 40
/** Alarms come a little early, and instants have fractions. */
const earlyMsMax = 0.5

/** Something on its way: bytes, or what happens once all before it have arrived. */
interface Parcel { bytes: Uint8Array | undefined, run: (() => void) | undefined, at: number }

/** What a link asks of the network it belongs to. */
export interface WeatherSocketHost {
  /** Milliseconds of the run. */
  runMs: () => number
  /** Something is due for a socket at this time in this direction; infinite: nothing is. */
  plan: (socket: WeatherSocket, way: Way, at: number) => void
  /** The network has broken a link. */
  broken: () => void
}

/** A way to the broker with weather on it. What goes through arrives late, but whole and in order. */
export class WeatherSocket extends EventEmitter implements LinkSocket {
  /** Of the device that uses it. */
  readonly index: number
  readonly #host: WeatherSocketHost
  readonly #options: DialOptions
  readonly #inner: LinkSocket
  /** Undefined: nothing is in the way. */
  #weather: DeviceWeather | undefined
  #up: Parcel[] = []
  #down: Parcel[] = []
  #upBytes = 0
  #downBytes = 0
  /** Nobody listens any more: only the end of what it still sends is waited for, or not even that. */
  #isLeaving = false
  #isGone = false
  #isClosed = false
  #isPaused = false

  constructor(dial: Dial, options: DialOptions, host: WeatherSocketHost, { index, weather }: { index: number, weather: DeviceWeather | undefined }) {
    super()
    this.index = index
    this.#host = host
    this.#options = options
    this.#weather = weather
    const { onread, onOpen } = options
    this.#inner = dial({
      ...options,
      onread: { buffer: onread.buffer, callback: (length, buffer) => this.#read(length, buffer) },
      // The broker's answer to the opening takes its time as well.
      onOpen: () => this.#send('down', undefined, onOpen, openingBytes),
    })
    this.#inner.on('error', error => this.#send('down', undefined, () => this.emit('error', error)))
    this.#inner.on('close', () => {
      this.#isClosed = true
      if (this.#isGone || this.#isLeaving)
        this.emit('close')
      else
        this.#send('down', undefined, () => this.emit('close'))
    })
  }

  get writableLength(): number {
    return this.#inner.writableLength + Math.max(0, this.#upBytes - windowBytes)
  }

  write(bytes: Uint8Array): void {
    this.#send('up', bytes)
  }

  end(bytes: Uint8Array): void {
    this.#isLeaving = true
    this.#down = []
    if (this.#isClosed)
      queueMicrotask(() => this.emit('close'))
    else
      this.#send('up', undefined, () => this.#inner.end(bytes), bytes.length)
  }

  destroy(): void {
    // Whoever was to hear of the end hears of it, but not within this call.
    if (this.#isClosed && !this.#isGone)
      queueMicrotask(() => this.emit('close'))
    this.#isGone = true
    this.#up = []
    this.#down = []
    this.#inner.destroy()
  }

  /** Lets what is due in a direction arrive. */
  deliver(way: Way): void {
    const queue = way === 'up' ? this.#up : this.#down
    while (queue.length > 0 && queue[0]!.at <= this.#host.runMs() + earlyMsMax && !this.#isGone) {
      const { bytes, run } = queue.shift()!
      if (bytes === undefined)
        run!()
      else if (way === 'up')
        this.#handUp(bytes)
      else
        this.#handDown(bytes)
    }
    this.#host.plan(this, way, queue[0]?.at ?? Number.POSITIVE_INFINITY)
  }

  /** The weather has changed: what is on its way has set out now. */
  changeWeather(weather: DeviceWeather | undefined): void {
    this.#weather = weather
    const runMs = this.#host.runMs()
    weather?.startAfresh(runMs)
    for (const way of ['up', 'down'] as const) {
      let before = 0
      const queue = way === 'up' ? this.#up : this.#down
      for (const parcel of queue) {
        before = Math.max(before, weather?.pass(way, parcel.bytes?.length ?? 0, runMs).at ?? runMs)
        parcel.at = before
      }
      if (queue.length > 0)
        this.#host.plan(this, way, queue[0]!.at)
    }
  }

  /** The network breaks the link, in this turn. */
  break(): void {
    if (this.#isGone)
      return
    this.destroy()
    this.#host.broken()
    this.emit('error', Object.assign(new Error('the network broke the link'), { code: 'EWEATHERBROKE' }))
  }

  #send(way: Way, bytes: Uint8Array | undefined, run?: () => void, length = bytes?.length ?? 0): void {
    if (this.#isGone)
      return
    const weather = this.#weather
    const queue = way === 'up' ? this.#up : this.#down
    if (weather === undefined && queue.length === 0) {
      if (bytes === undefined)
        run!()
      else if (way === 'up')
        this.#inner.write(bytes)
      return
    }
    const now = this.#host.runMs()
    const { at, breaks } = weather?.pass(way, length, now) ?? { at: now, breaks: false }
    // Bytes that are sent again hold up those behind them.
    const parcel = { bytes: breaks ? undefined : bytes, run: breaks ? () => this.break() : run, at: Math.max(at, queue.at(-1)?.at ?? 0) }
    queue.push(parcel)
    if (way === 'up')
      this.#upBytes += parcel.bytes?.length ?? 0
    else
      this.#downBytes += parcel.bytes?.length ?? 0
    if (queue.length === 1)
      this.#host.plan(this, way, parcel.at)
  }

  #read(length: number, buffer: Uint8Array): boolean {
    if (this.#isLeaving)
      return true
    if (this.#isGone || (this.#weather === undefined && this.#down.length === 0))
      return this.#options.onread.callback(length, buffer)
    this.#send('down', Buffer.from(buffer.subarray(0, length)))
    this.#isPaused = this.#downBytes > downBytesMax && this.#inner.resume !== undefined
    return !this.#isPaused
  }

  #handUp(bytes: Uint8Array): void {
    this.#upBytes -= bytes.length
    this.#inner.write(bytes)
  }

  #handDown(bytes: Uint8Array): void {
    this.#downBytes -= bytes.length
    const buffer = this.#options.onread.buffer as Buffer
    buffer.set(bytes)
    this.#options.onread.callback(bytes.length, buffer)
    if (this.#isPaused && this.#downBytes <= downBytesMax) {
      this.#isPaused = false
      this.#inner.resume?.()
    }
  }
}
