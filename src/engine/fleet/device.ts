import type { Buffer } from 'node:buffer'
import type { OutgoingMessage } from '../../shared/alink/property.ts'
import type { BehaviourPlan } from './behaviour/behaviour-plan.ts'
import type { FleetDevice } from './messages.ts'
import { buildPropertyPost } from '../../shared/alink/property.ts'
import { RandomStreams } from './behaviour/random-streams.ts'

/** What a message of the platform means to a device; more kinds come with services, shadows and updates. */
export type Incoming
  /** The answer to a property post; `code` is NaN when there is none in it. */
  = | { kind: 'reply', code: number }
    | { kind: 'unknown' }

/**
 * The simulated devices of a fleet, by index: who they are, what each says next, and what they make of what they are
 * told. Knows no socket and no clock; with the same seed a device of the same name says the same things in the same order.
 */
export class Devices {
  readonly #streams: RandomStreams
  #plan: BehaviourPlan
  readonly #devices: FleetDevice[] = []
  readonly #productKeys = new Map<string, string>()
  /** By device index: the id of its last message. */
  readonly #messageIds: number[] = []
  /** By device index and slot of the plan; NaN: nothing to remember yet. */
  #state: number[] = []

  constructor(seed: number, plan: BehaviourPlan) {
    this.#streams = new RandomStreams(seed)
    this.#plan = plan
  }

  get length(): number {
    return this.#devices.length
  }

  at(index: number): FleetDevice {
    return this.#devices[index]!
  }

  add(devices: FleetDevice[]): void {
    for (const { productKey, deviceName, deviceSecret } of devices) {
      // Thousands of equal keys came as thousands of texts; one is enough.
      const sharedKey = this.#productKeys.get(productKey) ?? productKey
      this.#productKeys.set(sharedKey, sharedKey)
      this.#devices.push({ productKey: sharedKey, deviceName, deviceSecret })
      this.#messageIds.push(0)
      this.#streams.add(deviceName)
      for (let slot = 0; slot < this.#plan.slots.length; slot++)
        this.#state.push(Number.NaN)
    }
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    if (count >= this.#devices.length)
      return
    this.#devices.length = count
    this.#messageIds.length = count
    this.#state.length = count * this.#plan.slots.length
    this.#streams.truncate(count)
  }

  /** Changes how the properties move; what a device remembers of a property that keeps its kind of behaviour stays. */
  setPlan(plan: BehaviourPlan): void {
    const oldSlots = this.#plan.slots
    const keptFrom = plan.slots.map(name => oldSlots.indexOf(name))
    const state: number[] = []
    for (let index = 0; index < this.#devices.length; index++) {
      for (const from of keptFrom)
        state.push(from === -1 ? Number.NaN : this.#state[index * oldSlots.length + from]!)
    }
    this.#state = state
    this.#plan = plan
  }

  /** Where in its first interval a device reports first, as a share of it; drawn once, before anything else. */
  drawOffset(index: number): number {
    return this.#streams.of(index).next()
  }

  /**
   * The next property post of a device, `elapsedMs` of its own time after it first came online; undefined when every
   * property is off. Message ids count from 1.
   */
  report(index: number, elapsedMs: number): OutgoingMessage | undefined {
    const properties = this.#plan.report(this.#state, index * this.#plan.slots.length, this.#streams.of(index), elapsedMs)
    if (Object.keys(properties).length === 0)
      return undefined
    const { productKey, deviceName } = this.#devices[index]!
    this.#messageIds[index]!++
    return buildPropertyPost({ productKey, deviceName, id: String(this.#messageIds[index]), properties })
  }
}

/**
 * Reads a message of the platform without parsing more than it must: at thousands a second only the code of a reply
 * matters, and it comes first (Alink 0.4, trap T1).
 */
export function readIncoming(topic: string, payload: Buffer): Incoming {
  if (!topic.endsWith('/post_reply'))
    return { kind: 'unknown' }
  const code = /"code"\s*:\s*"?(\d+)/.exec(payload.toString('latin1'))?.[1]
  return { kind: 'reply', code: Number(code ?? Number.NaN) }
}
