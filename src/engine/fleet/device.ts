import type { OutgoingMessage } from '../../shared/alink/property.ts'
import type { JsonObject, JsonValue } from '../../shared/json.ts'
import type { BehaviourPlan } from './behaviour/behaviour-plan.ts'
import type { TimeSlots } from './behaviour/own-time.ts'
import type { Random } from './behaviour/random-streams.ts'
import type { Reporter } from './behaviour/turn.ts'
import type { FleetDevice } from './messages.ts'
import { buildPropertyPost } from '../../shared/alink/property.ts'
import { timeSlots } from './behaviour/own-time.ts'
import { RandomStreams } from './behaviour/random-streams.ts'

/** Makes a report of a device by its index in the process, with the id of the message. */
export type WriteReport = (device: FleetDevice, index: number, id: string, properties: JsonObject) => OutgoingMessage

/**
 * The simulated devices of a fleet, by index: who they are, what each says next, and what they make of what they are
 * told. Knows no socket and no clock; with the same seed a device of the same name says the same things in the same order.
 */
export class Devices {
  readonly #streams: RandomStreams
  #plan: BehaviourPlan
  readonly #write: WriteReport | undefined
  readonly #devices: FleetDevice[] = []
  readonly #productKeys = new Map<string, string>()
  /** By device index: the id of its last message. */
  readonly #messageIds: number[] = []
  /** By device index and slot of the plan; NaN: nothing to remember yet. */
  #state: number[] = []
  /** By device index: values set from outside, which it keeps to; only for the few devices it concerns. */
  readonly #held = new Map<number, Map<string, JsonValue>>()
  /** By device index: when its own time began, epoch milliseconds; 0 before. */
  readonly #startedAt: number[] = []
  /** By device index: how much of its time counts no more because it has begun anew since, milliseconds; only for the few devices it concerns. */
  readonly #begunAnewAt = new Map<number, number>()
  /** By device index: what it remembers as text; empty where no plan asks for it. */
  readonly #notes = new Map<number, Map<string, string>>()
  #times: TimeSlots
  /** Sees what a device is about to report; true: it does not. */
  watch: ((index: number, properties: JsonObject) => boolean) | undefined
  /** The device that reports at the moment. */
  readonly #reporter: Reporter

  /** `write` makes a report where devices do not speak to the platform. */
  constructor(seed: number, plan: BehaviourPlan, write?: WriteReport) {
    this.#reporter = { seed, deviceName: '', startedAt: 0, held: undefined }
    this.#streams = new RandomStreams(seed)
    this.#plan = plan
    this.#times = timeSlots(plan.slots)
    this.#write = write
  }

  get length(): number {
    return this.#devices.length
  }

  at(index: number): FleetDevice {
    return this.#devices[index]!
  }

  /** Keeps the secret that the platform has given to a device. */
  setSecret(index: number, deviceSecret: string): void {
    this.#devices[index] = { ...this.#devices[index]!, deviceSecret }
  }

  add(devices: FleetDevice[]): void {
    for (const { productKey, deviceName, deviceSecret } of devices) {
      // Thousands of equal keys came as thousands of texts; one is enough.
      const sharedKey = this.#productKeys.get(productKey) ?? productKey
      this.#productKeys.set(sharedKey, sharedKey)
      this.#devices.push({ productKey: sharedKey, deviceName, deviceSecret })
      this.#messageIds.push(0)
      this.#startedAt.push(0)
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
    this.#startedAt.length = count
    this.#state.length = count * this.#plan.slots.length
    this.#streams.truncate(count)
    for (const some of [this.#held, this.#begunAnewAt, this.#notes]) {
      for (const index of some.keys()) {
        if (index >= count)
          some.delete(index)
      }
    }
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
    for (const notes of this.#notes.values()) {
      for (const name of notes.keys()) {
        if (!plan.notes.includes(name))
          notes.delete(name)
      }
    }
    this.#plan = plan
    this.#times = timeSlots(plan.slots)
  }

  /** Says when a device's own time began, epoch milliseconds: from there it knows the time of day. */
  begin(index: number, startedAt: number): void {
    this.#startedAt[index] = startedAt
  }

  hasBegun(index: number): boolean {
    return this.#startedAt[index] !== 0
  }

  /** A device's own time begins anew, `elapsedMs` after it first came online. What moves by itself goes on from where it is. */
  beginAnew(index: number, elapsedMs: number): void {
    if (!this.hasBegun(index))
      return
    this.#shift(index, [...this.#times.world, ...this.#times.awake], (this.#begunAnewAt.get(index) ?? 0) - elapsedMs)
    this.#begunAnewAt.set(index, elapsedMs)
  }

  /** A device was off for so many milliseconds, in which nothing that only runs down while it is on has done so. */
  sleptFor(index: number, ms: number): void {
    this.#shift(index, this.#times.awake, ms)
  }

  /**
   * Gives a battery this charge, `elapsedMs` after its device first came online, and lets its property move from there. A
   * property that is no battery keeps to the value.
   */
  setCharge(index: number, property: string, charge: number, elapsedMs: number): void {
    const { slots } = this.#plan
    const slotOf = (name: string): number => slots.indexOf(`${property} drain ${name}`)
    if (slotOf('level') === -1)
      return this.hold(index, { [property]: charge })
    this.releaseOf(index, [property])
    const at = index * slots.length
    this.#state[at + slotOf('level')] = charge
    this.#state[at + slotOf('charging')] = 0
    this.#state[at + slotOf('since')] = this.#ownMs(index, elapsedMs) / 1000
  }

  /** Where in its first interval a device reports first, as a share of it; drawn once, before anything else. */
  drawOffset(index: number): number {
    return this.#streams.of(index).next()
  }

  /**
   * The next property post of a device, `elapsedMs` of its own time after it first came online; undefined when every
   * property is off, or when {@link watch} is against it. Message ids count from 1.
   */
  report(index: number, elapsedMs: number): OutgoingMessage | undefined {
    const properties = this.sample(index, elapsedMs)
    return Object.keys(properties).length === 0
      ? undefined
      : this.postOf(index, properties)
  }

  /** The next values of a device without a message, `elapsedMs` of its own time after it first came online; none when every property is off, or when {@link watch} is against it. */
  sample(index: number, elapsedMs: number): JsonObject {
    const properties = this.#plan.report(this.#state, index * this.#plan.slots.length, this.#streams.of(index), this.#ownMs(index, elapsedMs), this.#reporterOf(index))
    return this.watch?.(index, properties) === true ? {} : properties
  }

  /** A property post of a device with these values. */
  postOf(index: number, properties: JsonObject): OutgoingMessage {
    const device = this.#devices[index]!
    const id = this.nextId(index)
    return this.#write?.(device, index, id, properties) ?? buildPropertyPost({ productKey: device.productKey, deviceName: device.deviceName, id, properties })
  }

  /** The id of a device's next message. */
  nextId(index: number): string {
    return String(++this.#messageIds[index]!)
  }

  /**
   * Sets properties from outside. A device keeps to what it was told: the value stands in every report until another one
   * is set or the behaviour of the property is changed.
   */
  hold(index: number, values: JsonObject): void {
    const held = this.#held.get(index) ?? new Map<string, JsonValue>()
    for (const [key, value] of Object.entries(values))
      held.set(key, value)
    this.#held.set(index, held)
  }

  /** Lets these properties of all devices move again. */
  release(keys: readonly string[]): void {
    for (const held of this.#held.values())
      keys.forEach(key => held.delete(key))
  }

  /** Lets properties of one device move again; without names, all that are held. */
  releaseOf(index: number, keys?: readonly string[]): void {
    const held = this.#held.get(index)
    keys?.forEach(key => held?.delete(key))
    if (keys === undefined || held?.size === 0)
      this.#held.delete(index)
  }

  /** Values that a device keeps to, by name on the wire. */
  heldBy(index: number): ReadonlyMap<string, JsonValue> | undefined {
    return this.#held.get(index)
  }

  /** How many devices keep to values that were set from outside. */
  get heldCount(): number {
    return this.#held.size
  }

  /** What a device would report now; nothing moves on by it. */
  peek(index: number, elapsedMs: number, random: Random): JsonObject {
    const { length } = this.#plan.slots
    const reporter = this.#reporterOf(index)
    const properties = this.#plan.report(this.#state.slice(index * length, (index + 1) * length), 0, random, this.#ownMs(index, elapsedMs), { ...reporter, notes: new Map(reporter.notes) })
    for (const [key, value] of this.#held.get(index) ?? [])
      properties[key] = value
    return properties
  }

  /** A beat of before may still run when the time has just begun anew. */
  #ownMs(index: number, elapsedMs: number): number {
    return this.#begunAnewAt.size === 0 ? elapsedMs : Math.max(0, elapsedMs - (this.#begunAnewAt.get(index) ?? 0))
  }

  #shift(index: number, slots: readonly number[], ms: number): void {
    const at = index * this.#plan.slots.length
    for (const slot of slots)
      this.#state[at + slot]! += ms / 1000
  }

  #notesOf(index: number): Map<string, string> {
    const known = this.#notes.get(index)
    if (known !== undefined)
      return known
    const notes = new Map<string, string>()
    this.#notes.set(index, notes)
    return notes
  }

  #reporterOf(index: number): Reporter {
    const reporter = this.#reporter
    reporter.deviceName = this.#devices[index]!.deviceName
    reporter.startedAt = this.#startedAt[index]! + (this.#begunAnewAt.get(index) ?? 0)
    reporter.held = this.#held.size === 0 ? undefined : this.#held.get(index)
    reporter.notes = this.#plan.notes.length === 0 ? undefined : this.#notesOf(index)
    return reporter
  }
}
