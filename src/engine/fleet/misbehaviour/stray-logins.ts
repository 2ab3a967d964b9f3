import type { Alarm, Clock } from '../../../shared/clock.ts'
import type { Dial, LinkSocket } from '../link-socket.ts'
import type { FleetBroker, FleetDevice } from '../messages.ts'
import { Buffer } from 'node:buffer'
import { encodeConnect } from '../connect-packet.ts'
import { disconnectFrame } from '../mqtt-frames.ts'

/** More connections beside those of the devices are not opened at a time. */
const openMax = 100
const answerMsMax = 10_000
const readBytes = 1_024

export interface StrayLoginsContext {
  clock: Clock
  dial: Dial
  broker: FleetBroker
  version: string
}

/** Connections that log in as a device beside its own, with a certificate of whatever worth. */
export class StrayLogins {
  readonly #context: StrayLoginsContext
  readonly #open = new Map<LinkSocket, Alarm>()

  constructor(context: StrayLoginsContext) {
    this.#context = context
  }

  /**
   * Logs in, tells whether the broker let it, and leaves after `stayMs`; nothing is told when no answer comes. False when too
   * many are open already.
   */
  login(device: FleetDevice, stayMs: number, onAnswer: (isIn: boolean) => void): boolean {
    const { clock, dial, broker, version } = this.#context
    if (this.#open.size >= openMax)
      return false
    let hasAnswer = false
    const socket: LinkSocket = dial({
      broker,
      address: broker.host,
      source: undefined,
      onread: {
        buffer: Buffer.alloc(readBytes),
        callback: (length, bytes) => {
          if (!hasAnswer && length >= 4 && bytes[0]! >> 4 === 2) {
            hasAnswer = true
            onAnswer(bytes[3] === 0)
            if (bytes[3] === 0)
              this.#leaveIn(socket, stayMs)
            else
              this.#drop(socket)
          }
          return true
        },
      },
      onOpen: () => socket.write(encodeConnect(device, { tls: broker.tls !== null, version, isStranger: true })),
    })
    this.#open.set(socket, clock.setAlarm(answerMsMax, () => this.#drop(socket)))
    socket.on('error', () => this.#drop(socket))
    socket.on('close', () => this.#drop(socket))
    return true
  }

  close(): void {
    for (const socket of this.#open.keys())
      this.#drop(socket)
  }

  #leaveIn(socket: LinkSocket, stayMs: number): void {
    this.#open.get(socket)?.cancel()
    this.#open.set(socket, this.#context.clock.setAlarm(stayMs, () => {
      socket.end(disconnectFrame)
      this.#open.set(socket, this.#context.clock.setAlarm(answerMsMax, () => this.#drop(socket)))
    }))
  }

  #drop(socket: LinkSocket): void {
    const alarm = this.#open.get(socket)
    if (alarm === undefined)
      return
    alarm.cancel()
    this.#open.delete(socket)
    socket.destroy()
  }
}
