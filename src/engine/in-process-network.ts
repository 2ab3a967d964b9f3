import type { ListenableWire, WireListener } from './broker/wire.ts'
import type { DialOptions } from './fleet/dial.ts'
import type { LinkSocket } from './fleet/link-socket.ts'
import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'

/** Chunks that are delivered before everybody else has a turn. */
const chunksPerTurn = 2_000

/** Whoever takes in devices that come without a socket. */
export type AcceptWire = (wire: ListenableWire) => void

/**
 * Links between simulated devices and the device port of the same process: the same bytes as over TCP, packet for packet, but
 * handed over in memory, in the order in which they were sent, in the turn of the event loop after it. No file handle, no
 * port, no delay and no loss: what it measures is the platform and not the network.
 */
export class InProcessNetwork {
  readonly #accept: AcceptWire
  #queue: (() => void)[] = []
  #turn: NodeJS.Immediate | undefined

  constructor(accept: AcceptWire) {
    this.#accept = accept
  }

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.#queue.length === 0
  }

  /** Opens a link to the device port. */
  dial({ onread, onOpen }: Pick<DialOptions, 'onread' | 'onOpen'>): LinkSocket {
    const link = new InProcessLink(run => this.#post(run), onread)
    this.#post(() => link.open(this.#accept, onOpen))
    return link.socket
  }

  #post(run: () => void): void {
    this.#queue.push(run)
    this.#turn ??= setImmediate(() => this.#deliver())
  }

  #deliver(): void {
    const due = this.#queue.splice(0, chunksPerTurn)
    for (const run of due)
      run()
    this.#turn = this.#queue.length > 0 ? setImmediate(() => this.#deliver()) : undefined
  }
}

/** One link; each side is told in a later turn what the other one did. */
class InProcessLink {
  readonly socket: DeviceEnd
  readonly #post: (run: () => void) => void
  readonly #onread: DialOptions['onread']
  readonly #wire: PlatformEnd
  isClosed = false
  /** What the platform does not read at present, and how much that is. */
  #held: Uint8Array[] = []
  #toPlatformBytes = 0
  #toDeviceBytes = 0
  #isPaused = false

  constructor(post: (run: () => void) => void, onread: DialOptions['onread']) {
    this.#post = post
    this.#onread = onread
    this.socket = new DeviceEnd(this)
    this.#wire = new PlatformEnd(this)
  }

  get toPlatformBytes(): number {
    return this.#toPlatformBytes
  }

  get toDeviceBytes(): number {
    return this.#toDeviceBytes
  }

  open(accept: AcceptWire, onOpen: () => void): void {
    if (this.isClosed)
      return
    accept(this.#wire)
    onOpen()
  }

  toPlatform(bytes: Uint8Array): void {
    this.#toPlatformBytes += bytes.length
    this.#post(() => this.#isPaused || this.#held.length > 0 ? void this.#held.push(bytes) : this.#handToPlatform(bytes))
  }

  toDevice(bytes: Uint8Array): void {
    this.#toDeviceBytes += bytes.length
    this.#post(() => this.#handToDevice(bytes))
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    if (!isPaused && this.#held.length > 0)
      this.#post(() => this.#handHeld())
  }

  /** The device sends no more: the platform reads what has come, and then knows. */
  finish(): void {
    this.#post(() => {
      if (this.isClosed)
        return
      this.#wire.listener?.hasGone()
      this.close()
    })
  }

  close(): void {
    if (this.isClosed)
      return
    this.isClosed = true
    this.#held = []
    this.#post(() => {
      this.#wire.listener?.hasClosed()
      this.socket.emit('close')
    })
  }

  /** Once what is on its way to the device has arrived. */
  closeAfterDelivery(): void {
    this.#post(() => this.close())
  }

  #handHeld(): void {
    while (!this.#isPaused && !this.isClosed) {
      const bytes = this.#held.shift()
      if (bytes === undefined)
        return
      this.#handToPlatform(bytes)
    }
  }

  #handToPlatform(bytes: Uint8Array): void {
    this.#toPlatformBytes -= bytes.length
    if (!this.isClosed)
      this.#wire.listener?.receive(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), bytes.length)
  }

  #handToDevice(bytes: Uint8Array): void {
    this.#toDeviceBytes -= bytes.length
    const buffer = this.#onread.buffer as Buffer
    for (let from = 0; from < bytes.length && !this.isClosed; from += buffer.length) {
      const part = bytes.subarray(from, from + buffer.length)
      buffer.set(part)
      this.#onread.callback(part.length, buffer)
    }
    if (this.#toDeviceBytes === 0 && !this.isClosed)
      this.#wire.listener?.hasRoom()
  }
}

/** What a device's link takes for its socket. */
class DeviceEnd extends EventEmitter implements LinkSocket {
  readonly #link: InProcessLink

  constructor(link: InProcessLink) {
    super()
    this.#link = link
  }

  get writableLength(): number {
    return this.#link.toPlatformBytes
  }

  write(bytes: Uint8Array): void {
    if (!this.#link.isClosed)
      this.#link.toPlatform(bytes)
  }

  end(bytes: Uint8Array): void {
    this.write(bytes)
    this.#link.finish()
  }

  destroy(): void {
    this.#link.close()
  }
}

/** What the device port takes for a wire. */
class PlatformEnd implements ListenableWire {
  readonly transport = 'in-process'
  readonly remoteAddress = 'in-process'
  readonly localAddress = '127.0.0.1'
  readonly #link: InProcessLink
  listener: WireListener | undefined

  constructor(link: InProcessLink) {
    this.#link = link
  }

  listenWith(listener: WireListener): void {
    this.listener = listener
  }

  write(bytes: Uint8Array): void {
    if (!this.#link.isClosed)
      this.#link.toDevice(bytes)
  }

  queuedBytes(): number {
    return this.#link.toDeviceBytes
  }

  pause(): void {
    this.#link.setPaused(true)
  }

  resume(): void {
    this.#link.setPaused(false)
  }

  end(): void {
    this.#link.closeAfterDelivery()
  }

  destroy(): void {
    this.#link.close()
  }
}
