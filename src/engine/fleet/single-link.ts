import type { Buffer } from 'node:buffer'
import type { Alarm, Clock } from '../../shared/clock.ts'
import type { Dial, LinkSocket } from './link-socket.ts'
import type { FleetBroker, FleetDevice } from './messages.ts'
import { generate } from 'mqtt-packet'
import { limits } from '../../shared/limits.ts'
import { describeConnack, describeSocketError } from './broker-address.ts'
import { encodeConnect } from './connect-packet.ts'
import { dial } from './dial.ts'
import { Farewell } from './farewell.ts'
import { FrameReader } from './frame-reader.ts'
import { Keepalive } from './keepalive.ts'
import { bodyStart, encodePuback, encodePublish, parsePublish, pingreqFrame } from './mqtt-frames.ts'

const handshakeMsMax = 10_000

export interface SingleLinksContext {
  clock: Clock
  /** Stands in the client id as `_v=thingbench-{version}`. */
  version: string
  /** Opens the way to the broker; undefined: TCP. */
  dial?: Dial | undefined
}

/** Which session of a device simulated from the console a connection is, or which replay it belongs to. */
type SingleLinkOwner = { seat: string } | { replay: string }

export interface SingleLinkEvents {
  /** CONNACK 0. */
  onOnline: () => void
  onMessage: (topic: string, payload: Buffer, qos: 0 | 1) => void
  /** The connection is over, or never came to be, in words; not called for one that is closed by its owner. */
  onEnded: (cause: string) => void
}

/** The connection of one device that a person plays. */
export interface SingleLink {
  /** False while the socket is full or too many publishes are not acknowledged. */
  readonly hasRoom: boolean
  /** Hands a message to the socket; `onAcknowledged` is called with the PUBACK of QoS 1. */
  publish: (topic: string, payload: string | Uint8Array, qos: 0 | 1, onAcknowledged?: () => void) => void
  /** What the broker granted; undefined when the connection ends first. */
  subscribe: (filter: string, qos: 0 | 1) => Promise<number | undefined>
  /** Resolves when the broker has confirmed it, or the connection has ended. */
  unsubscribe: (filter: string) => Promise<void>
  /** DISCONNECT, then the end. */
  close: () => void
}

/** Opens connections of single devices, MQTT 3.1.1 over TCP; all their sockets read into one buffer. */
export class SingleLinks {
  readonly #context: SingleLinksContext
  readonly #reader = new FrameReader()
  readonly #farewell = new Farewell()
  readonly #open = new Set<Connection>()
  #nextIndex = 0

  constructor(context: SingleLinksContext) {
    this.#context = context
  }

  /** Connects a device; `owner` tells this session of it from all others. */
  connect(broker: FleetBroker, device: FleetDevice, owner: SingleLinkOwner, events: SingleLinkEvents): SingleLink {
    const link = new Connection({
      ...this.#context,
      broker,
      hello: encodeConnect(device, { tls: broker.tls !== null, version: this.#context.version, ...owner }),
      index: this.#nextIndex++,
      reader: this.#reader,
      farewell: this.#farewell,
      onGone: () => this.#open.delete(link),
    }, events)
    this.#open.add(link)
    return link
  }

  /** Says goodbye on every connection; resolves when all are closed. */
  async close(): Promise<void> {
    for (const link of [...this.#open])
      link.close()
    await this.#farewell.done(this.#context.clock)
  }
}

interface ConnectionContext extends SingleLinksContext {
  broker: FleetBroker
  /** The CONNECT packet. */
  hello: Buffer
  /** By which the shared reader knows the connection. */
  index: number
  reader: FrameReader
  farewell: Farewell
  onGone: () => void
}

class Connection implements SingleLink {
  readonly #context: ConnectionContext
  readonly #events: SingleLinkEvents
  readonly #keepalive = new Keepalive()
  /** By packet id, what waits for PUBACK, SUBACK or UNSUBACK. */
  readonly #waiting = new Map<number, (code: number | undefined) => void>()
  #publishing = 0
  #packetId = 0
  #socket: LinkSocket | undefined
  #isOnline = false
  #alarm: Alarm

  constructor(context: ConnectionContext, events: SingleLinkEvents) {
    this.#context = context
    this.#events = events
    const { broker, clock, reader, index, hello } = context
    const socket: LinkSocket = (context.dial ?? dial)({
      broker,
      address: broker.host,
      source: undefined,
      onread: {
        buffer: reader.buffer,
        callback: (length) => {
          const isMqtt = this.#socket !== socket || reader.read(index, length, (bytes, start, end) => {
            this.#receive(bytes, start, end)
            return this.#socket === socket
          })
          if (!isMqtt)
            this.#end('the broker sent a malformed packet')
          return true
        },
      },
      onOpen: () => socket.write(hello),
    })
    this.#socket = socket
    socket.on('error', (error: NodeJS.ErrnoException) => this.#end(describeSocketError(error, broker)))
    socket.on('close', () => this.#end(this.#isOnline ? 'the broker closed the connection' : 'the broker closed the connection before it answered CONNECT'))
    this.#alarm = clock.setAlarm(handshakeMsMax, () => this.#end(`no answer to CONNECT within ${handshakeMsMax / 1000} s`))
  }

  get hasRoom(): boolean {
    return this.#socket !== undefined && this.#socket.writableLength <= limits.socketQueueBytesMax && this.#publishing < limits.inflightPerConnectionMax
  }

  publish(topic: string, payload: string | Uint8Array, qos: 0 | 1, onAcknowledged?: () => void): void {
    let packetId = 0
    if (qos === 1) {
      this.#publishing++
      packetId = this.#await((code) => {
        this.#publishing--
        if (code !== undefined)
          onAcknowledged?.()
      })
    }
    this.#send(encodePublish(topic, payload, qos, packetId))
  }

  subscribe(filter: string, qos: 0 | 1): Promise<number | undefined> {
    return new Promise((resolve) => {
      this.#send(generate({ cmd: 'subscribe', messageId: this.#await(resolve), subscriptions: [{ topic: filter, qos }] }))
    })
  }

  unsubscribe(filter: string): Promise<void> {
    return new Promise((resolve) => {
      this.#send(generate({ cmd: 'unsubscribe', messageId: this.#await(() => resolve()), unsubscriptions: [filter] }))
    })
  }

  close(): void {
    const socket = this.#socket
    if (socket === undefined)
      return
    this.#socket = undefined
    if (this.#isOnline)
      this.#context.farewell.bid(socket)
    else
      socket.destroy()
    this.#letGo()
  }

  #send(bytes: Uint8Array): void {
    this.#keepalive.sent(0, this.#context.clock.now())
    this.#socket?.write(bytes)
  }

  /** A free packet id whose answer is handed to `done`. */
  #await(done: (code: number | undefined) => void): number {
    do
      this.#packetId = this.#packetId % 0xFFFF + 1
    while (this.#waiting.has(this.#packetId))
    if (this.#socket === undefined)
      done(undefined)
    else
      this.#waiting.set(this.#packetId, done)
    return this.#packetId
  }

  #end(cause: string): void {
    const socket = this.#socket
    if (socket === undefined)
      return
    this.#socket = undefined
    socket.destroy()
    this.#letGo()
    this.#events.onEnded(cause)
  }

  #letGo(): void {
    this.#alarm.cancel()
    this.#context.reader.forget(this.#context.index)
    this.#context.onGone()
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const done of waiting)
      done(undefined)
  }

  #receive(bytes: Buffer, start: number, end: number): void {
    const kind = bytes[start]! >> 4
    const body = bodyStart(bytes, start)
    if (!this.#isOnline) {
      if (kind !== 2 || end - body !== 2)
        return this.#end('the broker answered CONNECT with something else')
      return this.#connected(bytes[body + 1]!)
    }
    if (kind === 3)
      return this.#published(bytes, start, end)
    // PUBACK, SUBACK and UNSUBACK begin with the packet id.
    if ((kind === 4 || kind === 9 || kind === 11) && end - body >= 2)
      return this.#answered(bytes.readUInt16BE(body), kind === 9 ? bytes[end - 1]! : 0)
    if (kind === 13)
      return this.#keepalive.answered(0)
    this.#end(`the broker sent a packet that does not belong here (type ${kind})`)
  }

  #connected(code: number): void {
    if (code !== 0)
      return this.#end(describeConnack(code))
    const { clock } = this.#context
    this.#isOnline = true
    this.#alarm.cancel()
    this.#lookAt(this.#keepalive.start(0, clock.now()))
    this.#events.onOnline()
  }

  #answered(packetId: number, code: number): void {
    const done = this.#waiting.get(packetId)
    this.#waiting.delete(packetId)
    done?.(code)
  }

  #published(bytes: Buffer, start: number, end: number): void {
    const publish = parsePublish(bytes, start, end)
    if (publish === undefined || publish.qos === 2)
      return this.#end('the broker sent a malformed packet')
    this.#events.onMessage(publish.topic, bytes.subarray(publish.payloadStart, end), publish.qos === 1 ? 1 : 0)
    if (publish.qos === 1)
      this.#socket?.write(encodePuback(publish.packetId))
  }

  #lookAt(at: number): void {
    const { clock } = this.#context
    this.#alarm = clock.setAlarm(Math.max(0, at - clock.now()), () => {
      const { verdict, lookAgainAt } = this.#keepalive.look(0, clock.now())
      if (verdict === 'dead')
        return this.#end('no answer to PINGREQ')
      if (verdict === 'ping')
        this.#socket?.write(pingreqFrame)
      this.#lookAt(lookAgainAt)
    })
  }
}
