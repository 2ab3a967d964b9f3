import type { Buffer } from 'node:buffer'
import type { CellState } from '../../shared/contract/fleet.ts'
import type { SpokenMessage } from './conversation/speaker.ts'
import type { LinkEvents, LinkOptions } from './link-options.ts'
import type { LinkSocket } from './link-socket.ts'
import { limits } from '../../shared/limits.ts'
import { BrokerAddress, describeConnack, describeSocketError } from './broker-address.ts'
import { Cells } from './cells.ts'
import { ConnectPacer } from './connect-pacer.ts'
import { encodeSubscribe, keepaliveSec } from './connect-packet.ts'
import { DueHeap } from './due-heap.ts'
import { Farewell } from './farewell.ts'
import { FrameReader } from './frame-reader.ts'
import { Inflight } from './inflight.ts'
import { Keepalive } from './keepalive.ts'
import { bodyStart, encodePuback, encodePublish, parsePublish, pingreqFrame } from './mqtt-frames.ts'
import { Recovery } from './recovery.ts'
import { isQuickRetry } from './retry-delay.ts'

/** No CONNACK by then: the handshake is given up. */
const handshakeMsMax = 10_000
const malformedPacket = 'the broker sent a malformed packet'

/**
 * The MQTT 3.1.1 connections of a whole fleet, by device index. A connection costs its socket and a few numbers: no
 * parser, timer or emitter of its own, and all sockets read into one buffer.
 */
export class Links {
  readonly cells = new Cells()
  readonly #options: LinkOptions
  readonly #events: LinkEvents
  readonly #pacer: ConnectPacer
  readonly #address: BrokerAddress
  readonly #recovery: Recovery
  readonly #reader = new FrameReader()
  readonly #inflight = new Inflight()
  readonly #keepalive = new Keepalive()
  readonly #farewell = new Farewell()
  /** When a device's handshake, keep-alive or next attempt is due. */
  readonly #due = new DueHeap()
  #stopped = false

  // By device index.
  readonly #sockets: (LinkSocket | undefined)[] = []
  readonly #isWaiting: boolean[] = []

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options
    this.#events = events
    this.#pacer = new ConnectPacer(options.connectPerSec, options.handshakesMax)
    this.#address = new BrokerAddress(options.broker, options.spreadSources, () => this.#openWaiting(options.clock.now()), events.onProblem)
    this.#recovery = new Recovery(options.seed)
  }

  /** QoS 1 publishes whose PUBACK can still come. */
  get inflight(): number {
    return this.#inflight.size
  }

  /** Those of one device. */
  inflightOf(index: number): number {
    return this.#inflight.countOf(index)
  }

  /** Devices that have not had their turn to connect yet, or are at it; none while the broker's name cannot be resolved. */
  get toConnect(): number {
    return this.#address.isKnown ? this.cells.countOf('idle') + this.cells.countOf('connecting') : 0
  }

  /** Changes how fast connections are opened and from where. */
  setPace(pace: { connectPerSec?: number | undefined, handshakesMax?: number | undefined, spreadSources?: boolean | undefined }): void {
    this.#pacer.connectPerSec = pace.connectPerSec ?? this.#pacer.connectPerSec
    this.#pacer.handshakesMax = pace.handshakesMax ?? this.#pacer.handshakesMax
    this.#address.spreadSources = pace.spreadSources ?? this.#address.spreadSources
  }

  /** Adds devices behind the others; they connect in turn but for those that are `downAs` something. */
  add(count: number, downAs: (index: number) => CellState | undefined = () => undefined): void {
    for (let added = 0; added < count; added++) {
      const index = this.cells.add()
      this.#sockets[index] = undefined
      this.#isWaiting[index] = false
      this.#recovery.start(index)
      const down = downAs(index)
      if (down === undefined)
        this.#enqueue(index)
      else
        this.cells.set(index, down)
    }
  }

  /** Disconnects and forgets the devices from `count` on. */
  truncate(count: number): void {
    while (this.cells.length > count) {
      const index = this.cells.length - 1
      this.#sayGoodbye(index)
      this.cells.pop()
      this.#sockets.length = index
      this.#isWaiting.length = index
    }
  }

  /** False while an online device's socket is full or too many of its publishes are not acknowledged. */
  hasRoom(index: number): boolean {
    return this.#sockets[index]!.writableLength <= limits.fleetDeviceQueueBytesMax
      && this.#inflight.countOf(index) < limits.fleetDeviceInflightMax
  }

  /** Whether a QoS 1 publish of a device waits for its PUBACK. */
  isWaiting(index: number): boolean {
    return this.#inflight.has(index)
  }

  /** Bytes of a device that its socket has not sent yet. */
  waitingBytes = (index: number): number => this.#sockets[index]?.writableLength ?? 0

  /** Hands a message of an online device to its socket. */
  publish(index: number, { topic, payload }: SpokenMessage, qos: 0 | 1, now: number): void {
    const packetId = qos === 1 ? this.#inflight.add(index, this.#options.stopwatch()) : 0
    this.#keepalive.sent(index, now)
    this.#sockets[index]!.write(encodePublish(topic, payload, qos, packetId))
  }

  /** Another client logged in as this device: once its link has ended, it stays away. */
  kicked(index: number): void {
    // A device that comes back kicks its own dead connection; so while it has a link, only an end that follows tells.
    if (this.cells.is(index, 'online') || this.cells.is(index, 'connecting')) {
      this.#recovery.kicked(index, this.#options.clock.now())
    }
    else if (this.cells.is(index, 'offline')) {
      this.#due.remove(index)
      this.#isWaiting[index] = false
      this.cells.set(index, 'swapped')
    }
  }

  /**
   * Ends the link of a device, with DISCONNECT or without a word, and opens it again after so many milliseconds; null: it
   * stays away, and its cell shows `state`. A device that was kicked stays away in any case.
   */
  interrupt(index: number, how: 'inGoodOrder' | 'cut', backInMs: number | null, state: CellState = 'offline'): void {
    if (index >= this.cells.length || this.cells.is(index, 'swapped'))
      return
    if (how === 'inGoodOrder')
      this.#sayGoodbye(index)
    else
      this.#release(index)
    this.#isWaiting[index] = false
    this.cells.set(index, state)
    const now = this.#options.clock.now()
    if (backInMs !== null && !this.#stopped)
      this.#due.set(index, now + backInMs)
    this.#openWaiting(now)
  }

  /** Lets a device that is away connect again at once; one that was kicked comes back as well. */
  connect(index: number): void {
    if (index >= this.cells.length || this.cells.is(index, 'online') || this.cells.is(index, 'connecting'))
      return
    this.#due.remove(index)
    this.#enqueue(index)
    this.#openWaiting(this.#options.clock.now())
  }

  /** Ends the absence of a kicked device. */
  wake(index: number): void {
    if (this.cells.is(index, 'swapped'))
      this.#enqueue(index)
  }

  /** Does whatever has fallen due: first and repeated connections, keep-alive, handshakes that take too long. */
  tick(now: number): void {
    for (let index = this.#due.first(); index !== undefined && this.#due.dueOf(index)! <= now; index = this.#due.first())
      this.#runDue(index, now)
    this.#openWaiting(now)
  }

  /** Opens no connection any more, neither for new devices nor again. */
  stopConnecting(): void {
    this.#stopped = true
  }

  /** Says goodbye on every link; resolves when all are closed. */
  async close(): Promise<void> {
    this.#stopped = true
    this.#address.close()
    for (let index = 0; index < this.cells.length; index++)
      this.#sayGoodbye(index)
    await this.#farewell.done(this.#options.clock)
  }

  // --- Opening ---

  #enqueue(index: number): void {
    if (this.#stopped || this.#isWaiting[index])
      return
    this.#isWaiting[index] = true
    this.#pacer.enqueue(index)
  }

  #openWaiting(now: number): void {
    if (this.#stopped)
      return
    const address = this.#address.get(now)
    if (address === undefined)
      return
    for (let index = this.#pacer.take(now); index !== undefined; index = this.#pacer.take(now)) {
      if (this.#isWaiting[index])
        this.#open(index, address, now)
      else // It was taken away or kicked while it waited.
        this.#pacer.handshakeEnded()
    }
  }

  #open(index: number, address: string, now: number): void {
    const { broker } = this.#options
    this.#isWaiting[index] = false
    this.cells.set(index, 'connecting')
    this.#due.set(index, now + handshakeMsMax)
    const source = this.#address.sourceOf(index)
    const socket: LinkSocket = this.#options.dial({
      broker,
      address,
      source,
      onread: { buffer: this.#reader.buffer, callback: length => this.#receive(index, socket, length) },
      onOpen: () => {
        if (this.#sockets[index] === socket)
          socket.write(this.#options.connectOf(index))
      },
    }, index)
    this.#sockets[index] = socket
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#sockets[index] !== socket)
        return
      if (error.code === 'EADDRNOTAVAIL' && source !== undefined)
        this.#address.spreadSources = false
      this.#lose(index, describeSocketError(error, broker))
    })
    socket.on('close', () => {
      if (this.#sockets[index] === socket)
        this.#lose(index, this.cells.is(index, 'connecting') ? 'the broker closed the connection before it answered CONNECT' : 'the broker closed the connection')
    })
  }

  // --- Ending ---

  /** The link is gone, or has to go; the device tries again later. */
  #lose(index: number, cause: string, state: CellState = this.cells.is(index, 'connecting') ? 'failed' : 'offline'): void {
    const now = this.#options.clock.now()
    if (this.cells.is(index, 'connecting'))
      this.#address.failed(now)
    this.#release(index)
    const next = this.#recovery.lost(index, now, state === 'refused')
    this.cells.set(index, next === 'kicked' ? 'swapped' : state)
    if (next !== 'kicked' && !this.#stopped)
      this.#due.set(index, now + next)
    this.#events.onProblem(next === 'kicked' ? 'swapped: another client logged in as the device' : cause)
    this.#openWaiting(now)
  }

  /** Lets go of a device's socket and of everything that waits for it. */
  #release(index: number): void {
    if (this.cells.is(index, 'connecting'))
      this.#pacer.handshakeEnded()
    if (this.cells.is(index, 'online'))
      this.#events.onOffline(index)
    this.#sockets[index]?.destroy()
    this.#sockets[index] = undefined
    this.#reader.forget(index)
    this.#inflight.forget(index)
    this.#due.remove(index)
  }

  /** Disconnects a device in good order. */
  #sayGoodbye(index: number): void {
    const socket = this.#sockets[index]
    if (socket !== undefined && this.cells.is(index, 'online')) {
      this.#sockets[index] = undefined
      this.#farewell.bid(socket)
    }
    this.#release(index)
    this.#isWaiting[index] = false
    this.cells.set(index, 'idle')
  }

  // --- Receiving ---

  /** Takes what has been read into the shared buffer; true: read on. */
  #receive(index: number, socket: LinkSocket, length: number): boolean {
    const isMqtt = this.#sockets[index] !== socket || this.#reader.read(index, length, (bytes, start, end) => {
      this.#handleFrame(index, bytes, start, end)
      return this.#sockets[index] === socket
    })
    if (!isMqtt)
      this.#lose(index, malformedPacket)
    return true
  }

  #handleFrame(index: number, bytes: Buffer, start: number, end: number): void {
    const kind = bytes[start]! >> 4
    const body = bodyStart(bytes, start)
    const online = this.cells.is(index, 'online')
    if (online && kind === 4 && end - body === 2)
      this.#handlePuback(index, bytes.readUInt16BE(body))
    else if (online && kind === 3)
      this.#handlePublish(index, bytes, start, end)
    else if (online && kind === 13)
      this.#keepalive.answered(index)
    else if (online && kind === 9)
      this.#handleSuback(bytes[end - 1]!)
    else if (!online && kind === 2 && end - body === 2)
      this.#handleConnack(index, bytes[body + 1]!)
    else
      this.#lose(index, online ? `the broker sent a packet that does not belong here (type ${kind})` : 'the broker answered CONNECT with something else')
  }

  #handleConnack(index: number, code: number): void {
    if (code !== 0)
      return this.#lose(index, describeConnack(code), isQuickRetry(code) ? 'failed' : 'refused')
    const now = this.#options.clock.now()
    this.#pacer.handshakeEnded()
    this.cells.set(index, 'online')
    this.#recovery.online(index, now)
    this.#due.set(index, this.#keepalive.start(index, now))
    const subscriptions = this.#options.subscriptionsOf(index)
    if (subscriptions.length > 0)
      this.#sockets[index]!.write(encodeSubscribe(subscriptions))
    this.#events.onOnline(index)
    this.#openWaiting(now)
  }

  #handleSuback(lastCode: number): void {
    if (lastCode >= 0x80)
      this.#events.onProblem('the broker refused a subscription')
  }

  #handlePuback(index: number, packetId: number): void {
    const publishedAt = this.#inflight.take(index, packetId)
    if (publishedAt === undefined)
      this.#events.onProblem('the broker acknowledged a message that was not waiting')
    else
      this.#events.onAcknowledged(index, this.#options.stopwatch() - publishedAt)
  }

  #handlePublish(index: number, bytes: Buffer, start: number, end: number): void {
    const publish = parsePublish(bytes, start, end)
    if (publish === undefined)
      return this.#lose(index, malformedPacket)
    if (publish.qos === 2)
      return this.#lose(index, 'the broker sent a QoS 2 message, which was not asked for')
    this.#events.onMessage(index, publish.topic, bytes.subarray(publish.payloadStart, end))
    if (publish.qos === 1)
      this.#sockets[index]?.write(encodePuback(publish.packetId))
  }

  // --- What falls due ---

  #runDue(index: number, now: number): void {
    if (this.cells.is(index, 'connecting')) {
      this.#lose(index, `no answer to CONNECT within ${handshakeMsMax / 1000} s`)
    }
    else if (this.cells.is(index, 'online')) {
      this.#checkAlive(index, now)
    }
    else {
      this.#due.remove(index)
      this.#enqueue(index)
    }
  }

  #checkAlive(index: number, now: number): void {
    const { verdict, lookAgainAt } = this.#keepalive.look(index, now)
    if (verdict === 'dead')
      return this.#lose(index, `no answer to PINGREQ within ${keepaliveSec} s`)
    if (verdict === 'ping')
      this.#sockets[index]!.write(pingreqFrame)
    this.#due.set(index, lookAgainAt)
  }
}
