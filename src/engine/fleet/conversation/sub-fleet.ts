import type { Buffer } from 'node:buffer'
import type { Topic } from '../../../shared/alink/topic.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Conversation as Settings } from '../../../shared/contract/fleet-conversation.ts'
import type { FleetSubDevices } from '../messages.ts'
import type { UpdatesWorld } from '../updates/updates.ts'
import type { Conducts } from '../updates/upkeep.ts'
import type { ConversationWorld } from './conversation.ts'
import type { Send, SpokenMessage, Tally } from './speaker.ts'
import { compileBehaviours } from '../behaviour/behaviour-plan.ts'
import { Devices } from '../device.ts'
import { DueHeap } from '../due-heap.ts'
import { Upkeep } from '../updates/upkeep.ts'
import { addresseeOf } from './command.ts'
import { Conversation } from './conversation.ts'
import { Gateways } from './gateways.ts'

export interface SubFleetWorld {
  clock: Clock
  seed: number
  gateways: Devices
  isGatewayOnline: (gateway: number) => boolean
  /** Sends over the connection of a gateway. */
  send: Send
  tally: Tally
  later: (dueAt: number, run: () => void) => boolean
  onProblem: (cause: string) => void
  intervalMs: () => number
  runScript: ConversationWorld['runScript']
  tallyUpdates: UpdatesWorld['tallyUpdates']
  downloads: UpdatesWorld['downloads']
}

/** Property posts between two looks at the sockets. */
const reportsPerTickMax = 500

/**
 * The sub-devices of a fleet: they report, speak and answer like devices of their own product, over the connections of
 * their gateways and with QoS 0 (Alink 3.7). What concerns a device's own radio, clock and log stays with the gateway.
 */
export class SubFleet {
  readonly #world: SubFleetWorld
  readonly #devices: Devices
  readonly #gateways: Gateways
  readonly #conversation: Conversation
  /** Updates and remote configuration, of their own product. */
  readonly upkeep: Upkeep
  readonly #model: FleetSubDevices['model']
  readonly #due = new DueHeap()
  /** By index: when it first came online; 0: never. */
  readonly #onlineSince: number[]

  constructor({ model, perGateway, devices }: FleetSubDevices, settings: Settings, conducts: Conducts, world: SubFleetWorld) {
    this.#world = world
    this.#model = model
    this.#devices = new Devices(world.seed, compileBehaviours(model, {}))
    this.#devices.add(devices)
    this.#onlineSince = devices.map(() => 0)
    this.#gateways = new Gateways({
      ...world,
      subDevices: this.#devices,
      perGateway,
      onOnline: index => this.#online(index),
      onOffline: (index) => {
        this.#due.remove(index)
        world.tally('subDevicesOnline', -1)
      },
    })
    const isOnline = (index: number): boolean => this.#gateways.isOnline(index)
    const send: Send = (index, message, manner) => this.#send(index, message, manner === 'report')
    this.upkeep = new Upkeep(conducts, { ...world, devices: this.#devices, isOnline, send, interrupt: (index, _, backInMs) => this.#gateways.interrupt(index, backInMs) })
    this.#conversation = new Conversation(asSubDevice(settings), model, {
      ...world,
      devices: this.#devices,
      isOnline,
      elapsedMs: index => world.clock.now() - this.#onlineSince[index]!,
      send,
    })
  }

  gatewayOnline(gateway: number): void {
    this.#gateways.gatewayOnline(gateway)
  }

  gatewayOffline(gateway: number): void {
    this.#gateways.gatewayOffline(gateway)
  }

  update(settings: Settings): void {
    this.#conversation.update(asSubDevice(settings), this.#model)
  }

  setConducts(conducts: Conducts): void {
    this.upkeep.update(conducts)
  }

  /** Spreads the next reports over the new interval. */
  intervalChanged(scale: number): void {
    const now = this.#world.clock.now()
    this.#due.reschedule((_, dueAt) => now + Math.max(0, dueAt - now) * scale)
  }

  /** Takes a message that came to a gateway; false when it is for the gateway itself. */
  received(gateway: number, topic: Topic, topicText: string, payload: Buffer): boolean {
    if (this.#gateways.received(gateway, topic, topicText, payload))
      return true
    const addressee = addresseeOf(topic)
    const index = addressee && this.#gateways.find(gateway, addressee)
    if (index === undefined)
      return false
    if (!this.upkeep.received(index, topic, payload))
      this.#conversation.received(index, topic, topicText, payload)
    return true
  }

  tick(now: number): void {
    this.#conversation.tick(now)
    this.upkeep.tick(now)
    for (let count = 0; count < reportsPerTickMax; count++) {
      const index = this.#due.first()
      const dueAt = index === undefined ? Number.POSITIVE_INFINITY : this.#due.dueOf(index)!
      if (dueAt > now)
        return
      const message = this.#devices.report(index!, dueAt - this.#onlineSince[index!]!)
      if (message)
        this.#send(index!, message, true)
      const intervalMs = this.#world.intervalMs()
      // What is late goes on in the present, on its own beat.
      this.#due.set(index!, dueAt + intervalMs * Math.max(1, Math.ceil((now - dueAt) / intervalMs)))
    }
  }

  /** Logs all sub-devices out. */
  close(): void {
    this.#gateways.close()
    this.upkeep.truncate(0)
  }

  #online(index: number): void {
    const { clock, tally, intervalMs } = this.#world
    const now = Math.floor(clock.now())
    tally('subDevicesOnline', 1)
    this.#onlineSince[index] ||= now
    this.#devices.begin(index, this.#onlineSince[index])
    this.#due.set(index, now + Math.floor(this.#devices.drawOffset(index) * intervalMs()))
    this.upkeep.online(index)
    this.#conversation.online(index)
  }

  #send(index: number, message: SpokenMessage, isAsking: boolean): boolean {
    return this.#gateways.isOnline(index) && this.#world.send(this.#gateways.gatewayOf(index), message, isAsking ? 'asking' : 'instant')
  }
}

function asSubDevice(settings: Settings): Settings {
  return { ...settings, ntp: false, subscriptions: [], logs: { ...settings.logs, perHour: 0 }, networkStatus: { ...settings.networkStatus, everySec: 0 } }
}
