import type { Flushable, Flusher } from './flusher.ts'
import type { PacketKind } from './frame.ts'
import type { Session } from './session.ts'
import type { MessageRate } from './throttle.ts'
import type { Turns, Waiting } from './turns.ts'
import type { BrokerClient, BrokerStats, PacketSeam } from './types.ts'
import type { Wire, WireListener } from './wire.ts'
import { Buffer } from 'node:buffer'
import { limits } from '../../shared/limits.ts'
import { frameLength, MALFORMED, packetKind, packetType, topicOfStart } from './frame.ts'
import { PartialFrame } from './partial-frame.ts'

/** Who a connection belongs to: what it needs of the broker, and whom it tells. */
export interface ConnectionHost {
  readonly counters: Omit<BrokerStats, 'connections'>
  readonly seam: PacketSeam | undefined
  readonly flusher: Flusher
  readonly turns: Turns
  /** How often supervision has looked at the connections: seconds, near enough for supervision, and free to read. */
  looks: number
  /** A complete packet lies between `start` and `end`. */
  onFrame: (connection: Connection, bytes: Buffer, start: number, end: number) => void
  /** A PUBLISH longer than `frameBytesMax` has passed; `head` is its beginning. */
  onLongPublish: (connection: Connection, head: Buffer) => void
  /** A packet has begun that is longer than this connection may send. */
  onTooLong: (connection: Connection, totalBytes: number) => void
  onMalformed: (connection: Connection, problem: string) => void
  /** The write queue has emptied. */
  onRoom: (connection: Connection) => void
  /** The other side sends no more. */
  onGone: (connection: Connection) => void
  onClosed: (connection: Connection) => void
}

/** Why reading is paused; reading goes on when no reason is left. */
export const pauseReason = {
  /** The device does not read what it is sent. */
  backlog: 1,
  /** The store has no room for what the device sends. */
  pressure: 2,
  /** What the device has sent waits for its turn. */
  turn: 4,
} as const

/**
 * One connection, from its first byte to its last: cuts what comes in into packets, gathers what goes out. Ten thousand
 * of them wait side by side, so everything that an idle one does not need is null, and there is no timer and no parser in
 * it. The fields that every message touches come first, to lie side by side in memory.
 */
export class Connection implements WireListener, Flushable, Waiting {
  readonly #host: ConnectionHost
  readonly wire: Wire
  /** Null until CONNECT has been accepted. */
  client: BrokerClient | null = null
  hasEnded = false
  /** The host's `looks` when it last changed its state or was heard of: what every kind of supervision goes by. */
  heardAt: number
  version: 3 | 4 | 5 = 4
  /** The host's `looks` when the device was registered on this connection, on which it may do nothing else; -1 otherwise. */
  registeredAt = -1
  /** Longest packet that is read; more before CONNECT would be a gift to strangers. */
  frameBytesMax: number = limits.connectBytesMax
  #partial: PartialFrame | null = null
  /** Bytes that wait for their turn. */
  #late: Buffer[] | null = null
  #isReceiving = false
  #out: Uint8Array[] | null = null
  #outBytes = 0
  /** QoS 1 messages handed on and not yet acknowledged, by packet id. */
  unacknowledged: Set<number> | null = null
  /** The last topic it was allowed to publish on: devices repeat themselves, rules need not. */
  permittedTopic = ''
  /** Who speaks on that topic: the device itself, or one of the sub-devices that are logged in on the connection. */
  permittedClient: BrokerClient | null = null
  sendsQos1 = false
  #paused = 0
  session: Session | null = null
  /** Before MQTT 5 a PUBLISH that is too long is dropped and answered, not punished. */
  skipsLongPublish = false
  /** The platform delivers system topics unasked (`_ss=1`). */
  isAutoSubscribed = false
  /** It has been told once that a system topic went out which it never subscribed to. */
  isToldUnsubscribed = false
  topicAliases: Map<number, string> | null = null
  /** The sub-devices that are logged in on it; null for everything but a gateway. */
  subDevices: Set<BrokerClient> | null = null
  /** Counts messages while the cloud's rates hold. */
  rate: MessageRate | null = null
  /** What the client can take: unacknowledged QoS 1 messages, and bytes of one packet. */
  receiveMaximum: number = limits.inflightPerConnectionMax
  packetBytesMax = Number.POSITIVE_INFINITY

  constructor(wire: Wire, host: ConnectionHost) {
    this.wire = wire
    this.#host = host
    this.heardAt = host.looks
  }

  /** Takes in the first `length` bytes of `chunk`, which belong to the caller again afterwards. */
  receive(chunk: Buffer, length: number): void {
    this.#host.counters.bytesIn += length
    // What still comes on an ended connection is dropped, and must not wait for its turn: the goodbye is behind it.
    if (this.hasEnded)
      return
    if (this.#late !== null || (this.client !== null && this.#host.turns.isOver))
      this.#keepForLater(chunk, length)
    else
      this.#take(chunk, length)
  }

  #keepForLater(chunk: Buffer, length: number): void {
    if (this.#late === null) {
      this.#late = []
      this.pauseReading(pauseReason.turn)
    }
    this.#late.push(Buffer.from(chunk.subarray(0, length)))
    this.#host.turns.wait(this, length)
  }

  takeLate(): number {
    const late = this.#late ?? []
    let bytes = 0
    this.#late = null
    for (const chunk of late) {
      this.#take(chunk, chunk.length)
      bytes += chunk.length
    }
    this.resumeReading(pauseReason.turn)
    return bytes
  }

  #take(chunk: Buffer, length: number): void {
    this.#isReceiving = true
    let position = 0
    while (position < length && !this.hasEnded) {
      const total = this.#partial === null ? frameLength(chunk, position, length) : 0
      if (total > 0 && position + total <= length && total <= this.frameBytesMax) {
        this.#takeFrame(chunk, position, position + total)
        position += total
      }
      else {
        position = this.#takePart(chunk, position, length)
      }
    }
    this.#isReceiving = false
    this.flush()
  }

  #takeFrame(bytes: Buffer, start: number, end: number): void {
    this.heardAt = this.#host.looks
    this.#host.turns.count()
    if (this.#host.seam !== undefined)
      this.#host.seam.onPacket?.(this.client, 'up', packetKind(bytes[start]!), bytes.subarray(start, end))
    this.#host.onFrame(this, bytes, start, end)
  }

  #takePart(chunk: Buffer, start: number, length: number): number {
    const partial = this.#partial ??= new PartialFrame(this.frameBytesMax)
    const position = partial.take(chunk, start, length)
    const isLong = partial.total > this.frameBytesMax
    if (partial.total === MALFORMED) {
      this.#host.onMalformed(this, 'the remaining length has more than four bytes')
    }
    else if (isLong && !(this.skipsLongPublish && partial.bytes[0]! >> 4 === packetType.publish)) {
      this.#host.onTooLong(this, partial.total)
    }
    else if (partial.isComplete) {
      this.#partial = null
      if (isLong)
        this.#host.onLongPublish(this, partial.bytes)
      else
        this.#takeFrame(partial.bytes, 0, partial.total)
    }
    return position
  }

  /** Sends a packet, at the end of this read or of this turn. */
  send(kind: PacketKind, frame: Uint8Array): void {
    if (this.hasEnded)
      return
    const seam = this.#host.seam
    if (seam === undefined) {
      this.#gather(frame)
      return
    }
    const frames = (this.client !== null ? seam.onSend?.(this.client, kind, frame) : undefined) ?? [frame]
    for (const sent of frames) {
      seam.onPacket?.(this.client, 'down', kind, sent)
      this.#gather(sent)
    }
  }

  #gather(frame: Uint8Array): void {
    if (this.#out === null) {
      this.#out = [frame]
      if (!this.#isReceiving)
        this.#host.flusher.add(this)
    }
    else {
      this.#out.push(frame)
    }
    this.#outBytes += frame.length
  }

  flush(): void {
    const out = this.#out
    if (out === null)
      return
    const bytes = out.length === 1 ? out[0]! : Buffer.concat(out, this.#outBytes)
    this.#out = null
    this.#outBytes = 0
    this.#host.counters.bytesOut += bytes.length
    this.wire.write(bytes)
    // Whoever sends without reading the answers must not make the answers pile up.
    if (this.wire.queuedBytes() > limits.socketQueueBytesMax)
      this.pauseReading(pauseReason.backlog)
  }

  /** Bytes that are on their way out and not taken by the operating system. */
  queuedBytes(): number {
    return this.#outBytes + this.wire.queuedBytes()
  }

  pauseReading(reason: number): void {
    if (this.#paused === 0)
      this.wire.pause()
    this.#paused |= reason
  }

  resumeReading(reason: number): void {
    if ((this.#paused & reason) === 0)
      return
    this.#paused &= ~reason
    if (this.#paused !== 0)
      return
    // Nothing could be heard while reading was paused, so silence starts to count now.
    this.heardAt = this.#host.looks
    this.wire.resume()
  }

  get isPaused(): boolean {
    return this.#paused !== 0
  }

  isPausedFor(reason: number): boolean {
    return (this.#paused & reason) !== 0
  }

  hasRoom(): void {
    this.resumeReading(pauseReason.backlog)
    this.#host.onRoom(this)
  }

  hasGone(): void {
    this.#host.onGone(this)
  }

  hasClosed(): void {
    this.#host.onClosed(this)
  }

  /** What has come of a PUBLISH that is not complete; null when the last packet was whole. */
  brokenPublish(): { topic: string | null, receivedBytes: number, totalBytes: number } | null {
    const partial = this.#partial
    if (partial === null || partial.bytes[0]! >> 4 !== packetType.publish)
      return null
    return { topic: topicOfStart(partial.bytes), receivedBytes: partial.bytes.length, totalBytes: partial.total }
  }

  /** Sends what is queued and closes; whatever still comes in is read and dropped, so that the goodbye gets through. */
  end(): void {
    this.flush()
    this.markEnded()
    if (this.#paused !== 0)
      this.wire.resume()
    this.wire.end()
  }

  /** From now on nothing is sent or handled; lets go of everything that only a living connection needs. */
  markEnded(): void {
    this.hasEnded = true
    this.heardAt = this.#host.looks
    this.#partial = null
    this.#out = null
    this.#outBytes = 0
    this.unacknowledged = null
    this.topicAliases = null
  }
}
