import type { Clock } from '../../../shared/clock.ts'
import type { Misbehaviour, MisbehaviourKind, MisdeedCounts, Misdeeds } from '../../../shared/contract/fleet-misbehaviour.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { Random } from '../behaviour/random-streams.ts'
import type { Manner, SpokenMessage } from '../conversation/speaker.ts'
import type { Devices } from '../device.ts'
import type { WrongValues } from './bad-message.ts'
import type { StrayLogins } from './stray-logins.ts'
import { defaultMisbehaviour } from '../../../shared/contract/fleet-misbehaviour.ts'
import { createRandom } from '../behaviour/random-streams.ts'
import { idAnywhere } from '../ends.ts'
import { buildBadMessage, withShiftedTimes, withTime, wrongValuesOf } from './bad-message.ts'
import { Deeds } from './deeds.ts'

/** Deeds that may be done between two looks at the sockets. */
const deedsPerTickMax = 200
/** How long a second login with a certificate stays. */
const intruderMs = 2_000
/** Answers to more bad messages than this are not waited for: the oldest counts as not answered. */
const askedMax = 20_000
/** How the topics of messages with several samples end. */
const samplesEnd = ['/batch/post', '/history/post'] as const
/** A reply of 200 whose data has members names the values that were dropped. */
const namesDropped = /"data":\{[^}]/

export interface MisconductContext {
  clock: Clock
  seed: number
  devices: Devices
  isOnline: (index: number) => boolean
  /** Milliseconds of a device's own time. */
  elapsedMs: (index: number) => number
  /** Hands a message of an online device to its link, whatever waits there. */
  publish: (index: number, message: SpokenMessage, manner: Manner) => void
  logins: StrayLogins
}

/** What the bad devices of a fleet process do, and what came of it. */
export class Misconduct {
  readonly #context: MisconductContext
  #wrong: WrongValues
  #deeds: Deeds[] = []
  #skew: Deeds | undefined
  readonly #counts: MisdeedCounts = {}
  /** By device and message id, what waits for the platform's answer. */
  readonly #asked = new Map<string, MisbehaviourKind>()
  /** By device index: reports that a device was told to date wrongly. */
  readonly #skewsLeft = new Map<number, number>()
  #told = 0

  constructor(context: MisconductContext, model: ThingModel) {
    this.#context = context
    this.#wrong = wrongValuesOf(model)
  }

  /** Changes what is done; a kind that stays as it was goes on. */
  update(list: readonly Misbehaviour[]): void {
    this.#deeds = list.map(misbehaviour => this.#deeds.find(deeds => JSON.stringify(deeds.misbehaviour) === JSON.stringify(misbehaviour)) ?? new Deeds(misbehaviour, this.#context.seed))
    this.#skew = this.#deeds.find(({ misbehaviour }) => misbehaviour.kind === 'clockSkew')
    this.added()
  }

  setModel(model: ThingModel): void {
    this.#wrong = wrongValuesOf(model)
  }

  /** Devices have come. */
  added(): void {
    const { devices, clock } = this.#context
    for (const deeds of this.#deeds)
      deeds.add(devices.length, index => devices.at(index).deviceName, clock.now())
  }

  truncate(count: number): void {
    this.#deeds.forEach(deeds => deeds.truncate(count))
    for (const index of this.#skewsLeft.keys()) {
      if (index >= count)
        this.#skewsLeft.delete(index)
    }
  }

  tick(now: number): void {
    let left = deedsPerTickMax
    for (const deeds of this.#deeds)
      left -= deeds.run(now, left, (index, random) => this.#perform(index, deeds.misbehaviour, random))
  }

  /** Makes a device do something bad so many times. */
  steer(index: number, kind: MisbehaviourKind, times: number): void {
    const { seed, devices } = this.#context
    if (kind === 'clockSkew') {
      this.#skewsLeft.set(index, times)
      return
    }
    const random = createRandom(seed, `told ${kind} ${this.#told++} of ${devices.at(index).deviceName}`)
    for (let time = 0; time < times; time++)
      this.#perform(index, this.#settingsOf(kind), random)
  }

  /** A report as a device with a wrong clock sends it; of others, as it is. */
  dated<M extends SpokenMessage>(index: number, message: M): M {
    const left = this.#skewsLeft.get(index) ?? 0
    if ((left === 0 && this.#skew?.has(index) !== true) || typeof message.payload !== 'string')
      return message
    if (left > 0)
      this.#skewsLeft.set(index, left - 1)
    const parsed = JSON.parse(message.payload) as JsonObject & { id: string, params: JsonObject }
    this.#ask(index, parsed.id, 'clockSkew')
    const skewMs = this.#settingsOf('clockSkew').seconds * 1000
    // The samples of a message with several have times already.
    const params = message.topic.endsWith(samplesEnd[0]) || message.topic.endsWith(samplesEnd[1]) ? withShiftedTimes(parsed.params, skewMs) : withTime(parsed.params, this.#context.clock.now() + skewMs)
    return { ...message, payload: JSON.stringify({ ...parsed, params }) }
  }

  /** The platform has answered something; `code` is NaN where it named none. */
  answered(index: number, text: string, code: number): void {
    if (this.#asked.size === 0)
      return
    const key = `${index} ${idAnywhere(text)}`
    const kind = this.#asked.get(key)
    if (kind === undefined)
      return
    this.#asked.delete(key)
    this.#countOf(kind)[code === 200 && !namesDropped.test(text) ? 'taken' : 'refused']++
  }

  counts(): MisdeedCounts {
    return structuredClone(this.#counts)
  }

  #settingsOf(kind: MisbehaviourKind): Misbehaviour {
    return this.#deeds.find(({ misbehaviour }) => misbehaviour.kind === kind)?.misbehaviour ?? defaultMisbehaviour(kind)
  }

  #countOf(kind: MisbehaviourKind): Misdeeds {
    return this.#counts[kind] ??= { sent: 0, taken: 0, refused: 0 }
  }

  #ask(index: number, id: string, kind: MisbehaviourKind): void {
    this.#countOf(kind).sent++
    this.#asked.set(`${index} ${id}`, kind)
    if (this.#asked.size > askedMax)
      this.#asked.delete(this.#asked.keys().next().value!)
  }

  #perform(index: number, { kind, seconds, messages }: Misbehaviour, random: Random): void {
    const { clock, devices, isOnline, elapsedMs, publish } = this.#context
    if (!isOnline(index) || kind === 'clockSkew')
      return
    if (kind === 'badSignature' || kind === 'duplicateIdentity')
      return this.#intrude(index, kind)
    const values = devices.peek(index, elapsedMs(index), random)
    if (kind === 'messageStorm') {
      for (let count = 0; count < messages; count++)
        this.#say(index, devices.postOf(index, values), kind)
      return
    }
    const device = devices.at(index)
    const other = devices.at((index + 1) % devices.length)
    const otherName = other.deviceName === device.deviceName ? `${device.deviceName}-other` : other.deviceName
    const id = devices.nextId(index)
    const message = buildBadMessage(kind, this.#wrong, { device, otherName, id, values, now: clock.now(), seconds, random })
    if (message === undefined)
      return
    if (message.isAnswered)
      return this.#say(index, message, kind, id)
    this.#countOf(kind).sent++
    publish(index, message, 'instant')
  }

  #say(index: number, message: SpokenMessage, kind: MisbehaviourKind, id = String((JSON.parse(message.payload as string) as { id: string }).id)): void {
    this.#ask(index, id, kind)
    this.#context.publish(index, message, 'asking')
  }

  #intrude(index: number, kind: 'badSignature' | 'duplicateIdentity'): void {
    const { devices, logins } = this.#context
    const device = devices.at(index)
    const certificate = kind === 'badSignature' ? { ...device, deviceSecret: `${device.deviceSecret}-wrong` } : device
    if (logins.login(certificate, intruderMs, isIn => this.#countOf(kind)[isIn ? 'taken' : 'refused']++))
      this.#countOf(kind).sent++
  }
}
