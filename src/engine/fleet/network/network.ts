import type { Alarm, Clock } from '../../../shared/clock.ts'
import type { Network, NetworkCounts } from '../../../shared/contract/fleet-network.ts'
import type { DialOptions } from '../dial.ts'
import type { Dial, LinkSocket } from '../link-socket.ts'
import type { Way } from './device-weather.ts'
import type { WeatherSocketHost } from './weather-socket.ts'
import { EventEmitter } from 'node:events'
import { DueHeap } from '../due-heap.ts'
import { DeviceWeather, isChosen } from './device-weather.ts'
import { WeatherSocket } from './weather-socket.ts'

export interface FleetNetworkContext {
  clock: Clock
  dial: Dial
  seed: number
  nameOf: (index: number) => string
  network: Network | null
}

/** What can be due for a device: bytes each way, and the next drop of its link. */
const slots = { up: 0, down: 1, drop: 2 }
const slotCount = 3
/** Alarms come a little early, and instants have fractions. */
const earlyMsMax = 0.5

/**
 * The network between the devices of a fleet process and the broker: every link goes through it, and those of devices with
 * weather are late, held or broken as it says. One alarm serves all of them.
 */
export class FleetNetwork {
  readonly #context: FleetNetworkContext
  readonly #startedAt: number
  #network: Network | null
  /** By device index: networks of their own. */
  readonly #own = new Map<number, Network>()
  /** By device index, as far as it was asked for; null: it has none. */
  readonly #weathers = new Map<number, DeviceWeather | null>()
  /** By device index: the link that it uses. */
  readonly #sockets: (WeatherSocket | undefined)[] = []
  /** Links that still say goodbye while their device has a new one. */
  readonly #leaving = new Map<WeatherSocket, Alarm | undefined>()
  readonly #due = new DueHeap()
  #alarm: { at: number, alarm: Alarm } | undefined
  readonly #counts = { linksBroken: 0, dialsFailed: 0 }
  readonly #host: WeatherSocketHost = {
    runMs: () => this.#runMs(),
    plan: (socket, way, at) => this.#sockets[socket.index] === socket ? this.#plan(socket.index, way, at) : this.#planLeaving(socket, at),
    broken: () => { this.#counts.linksBroken++ },
  }

  constructor(context: FleetNetworkContext) {
    this.#context = context
    this.#network = context.network
    this.#startedAt = context.clock.now()
  }

  /** Devices with a network of their own. */
  get ownCount(): number {
    return this.#own.size
  }

  counts(deviceCount: number): NetworkCounts {
    let devices = 0
    if (this.#network !== null || this.#own.size > 0) {
      for (let index = 0; index < deviceCount; index++)
        devices += this.#weatherOf(index) === undefined ? 0 : 1
    }
    return { devices, ...this.#counts }
  }

  /** Opens a way to the broker for a device. */
  dial(options: DialOptions, index: number): LinkSocket {
    const weather = this.#weatherOf(index)
    if (weather?.awayUntil(this.#runMs()) !== undefined)
      return this.#deadEnd()
    this.#letLeave(index)
    const socket = new WeatherSocket(this.#context.dial, options, this.#host, { index, weather })
    this.#sockets[index] = socket
    socket.once('close', () => {
      if (this.#sockets[index] === socket)
        this.#forget(index)
      this.#leaving.get(socket)?.cancel()
      this.#leaving.delete(socket)
    })
    this.#planDrop(index)
    return socket
  }

  /** Another network for all devices that have none of their own, at once. */
  update(network: Network | null): void {
    this.#network = network
    const concerned = (index: number): boolean => !this.#own.has(index)
    for (const index of [...this.#weathers.keys()].filter(concerned))
      this.#weathers.delete(index)
    for (const index of [...this.#sockets.keys()].filter(concerned))
      this.#changed(index)
  }

  /** A network for one device; null: that of the fleet again. */
  steer(index: number, network: Network | null): void {
    if (network === null)
      this.#own.delete(index)
    else
      this.#own.set(index, network)
    this.#weathers.delete(index)
    this.#changed(index)
  }

  /** Forgets the devices from `count` on; their links have been said goodbye to. */
  truncate(count: number): void {
    for (const index of [...this.#own.keys(), ...this.#weathers.keys()]) {
      if (index >= count) {
        this.#own.delete(index)
        this.#weathers.delete(index)
      }
    }
  }

  close(): void {
    this.#alarm?.alarm.cancel()
    this.#alarm = undefined
  }

  #runMs(): number {
    return this.#context.clock.now() - this.#startedAt
  }

  #weatherOf(index: number): DeviceWeather | undefined {
    const { seed, nameOf } = this.#context
    const network = this.#own.get(index) ?? this.#network
    if (network === null)
      return undefined
    const known = this.#weathers.get(index)
    if (known !== undefined)
      return known ?? undefined
    const name = nameOf(index)
    const isMeant = this.#own.has(index) || isChosen(seed, name, 'network', network.devicesPercent)
    const weather = isMeant ? new DeviceWeather(network, seed, name) : null
    this.#weathers.set(index, weather)
    return weather ?? undefined
  }

  #changed(index: number): void {
    const socket = this.#sockets[index]
    if (socket === undefined)
      return
    const weather = this.#weatherOf(index)
    socket.changeWeather(weather)
    if (weather?.awayUntil(this.#runMs()) !== undefined)
      socket.break()
    else
      this.#planDrop(index)
  }

  /** An attempt that comes to nothing, in a later turn. */
  #deadEnd(): LinkSocket {
    this.#counts.dialsFailed++
    const socket: DeadEnd = new DeadEnd(this.#context.clock.setAlarm(0, () => socket.emit('error', Object.assign(new Error('the network is away'), { code: 'EWEATHERAWAY' }))))
    return socket
  }

  /** A device has a new link while the old one still says goodbye. */
  #letLeave(index: number): void {
    const socket = this.#sockets[index]
    this.#forget(index)
    if (socket !== undefined) {
      this.#leaving.set(socket, undefined)
      socket.deliver('up')
    }
  }

  #forget(index: number): void {
    this.#sockets[index] = undefined
    for (let slot = 0; slot < slotCount; slot++)
      this.#due.remove(index * slotCount + slot)
  }

  #planLeaving(socket: WeatherSocket, at: number): void {
    this.#leaving.get(socket)?.cancel()
    if (at === Number.POSITIVE_INFINITY)
      this.#leaving.delete(socket)
    else
      this.#leaving.set(socket, this.#context.clock.setAlarm(Math.max(0, at - this.#runMs()), () => socket.deliver('up')))
  }

  #planDrop(index: number): void {
    const at = this.#weatherOf(index)?.nextDropAfter(this.#runMs() + earlyMsMax)
    if (at === undefined)
      this.#due.remove(index * slotCount + slots.drop)
    else
      this.#plan(index, 'drop', at)
  }

  #plan(index: number, what: Way | 'drop', at: number): void {
    const slot = index * slotCount + slots[what]
    if (at === Number.POSITIVE_INFINITY)
      this.#due.remove(slot)
    else
      this.#due.set(slot, at)
    this.#setAlarm()
  }

  #setAlarm(): void {
    const first = this.#due.first()
    if (first === undefined)
      return
    const at = this.#due.dueOf(first)!
    if (this.#alarm !== undefined && this.#alarm.at <= at)
      return
    this.#alarm?.alarm.cancel()
    this.#alarm = { at, alarm: this.#context.clock.setAlarm(Math.max(0, at - this.#runMs()), () => this.#run()) }
  }

  #run(): void {
    this.#alarm = undefined
    const now = this.#runMs() + earlyMsMax
    for (let slot = this.#due.first(); slot !== undefined && this.#due.dueOf(slot)! <= now; slot = this.#due.first())
      this.#runSlot(Math.floor(slot / slotCount), slot)
    this.#setAlarm()
  }

  #runSlot(index: number, slot: number): void {
    this.#due.remove(slot)
    const socket = this.#sockets[index]
    if (slot % slotCount === slots.drop) {
      // The weather does not hold at all times.
      if (this.#weatherOf(index)?.awayUntil(this.#runMs() + earlyMsMax) === undefined)
        this.#planDrop(index)
      else
        socket?.break()
    }
    else {
      socket?.deliver(slot % slotCount === slots.up ? 'up' : 'down')
    }
  }
}

/** A way to nowhere. */
class DeadEnd extends EventEmitter implements LinkSocket {
  readonly writableLength = 0
  readonly #end: Alarm

  /** `end`: when it turns out to be one. */
  constructor(end: Alarm) {
    super()
    this.#end = end
  }

  write(): void {}

  end(): void {}

  destroy(): void {
    this.#end.cancel()
  }
}
