import type { Clock } from '../../../shared/clock.ts'
import type { EventCondition } from '../../../shared/contract/fleet-conversation.ts'
import type { ReportCounts, ReportPolicy } from '../../../shared/contract/fleet-report.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { Manner, SpokenMessage } from '../conversation/speaker.ts'
import type { Devices } from '../device.ts'
import type { Links } from '../link.ts'
import type { Trouble } from '../trouble.ts'
import { buildEventPost } from '../../../shared/alink/event.ts'
import { propertyPostTopic } from '../../../shared/alink/property.ts'
import { RandomStreams } from '../behaviour/random-streams.ts'
import { Conditions } from './conditions.ts'
import { reportLimits } from './report-limits.ts'
import { SaidValues } from './said-values.ts'
import { batchMessage, historyMessage } from './sample-messages.ts'
import { sampleOf, Samples } from './samples.ts'

/** Messages with kept samples that may go out between two looks at the sockets. */
const partsPerTickMax = 50

export interface ReportRules {
  report: ReportPolicy
  /** By event identifier. */
  conditions: Readonly<Record<string, EventCondition>>
  model: ThingModel
}

export interface ReportsContext {
  seed: number
  clock: Pick<Clock, 'now'>
  devices: Devices
  isOnline: (index: number) => boolean
  /** It has no power, starts, or its battery is empty. */
  isDown: (index: number) => boolean
  links: Pick<Links, 'hasRoom' | 'isWaiting'>
  /** When a device's own time began, epoch milliseconds. */
  startedAt: (index: number) => number
  publish: (index: number, message: SpokenMessage, manner: Manner, now: number) => void
  trouble: Pick<Trouble, 'dated'>
  tally: (name: keyof ReportCounts | 'skipped' | 'events', by: number) => void
}

/**
 * What the devices of a fleet do at each step of their interval: report everything, or what has changed, together with
 * earlier samples or later, and events whose conditions hold. A policy that asks for nothing of this costs nothing; what
 * devices hold back takes 64 MB of a process at most, and what a message was handed to its link with counts as said.
 */
export class Reports {
  readonly #context: ReportsContext
  #rules: ReportRules
  #said: SaidValues | undefined
  #conditions: Conditions
  /** One stream a device for its distances between reports; filled when the first one is drawn. */
  readonly #jitters: RandomStreams
  /** Samples that wait for others to be posted together, and those of devices that were away. */
  readonly #batches: Samples
  readonly #kept: Samples
  /** Devices that are back with samples to post. */
  readonly #returned = new Set<number>()
  /** Devices whose report is due and waits for the one before it. */
  readonly #heldBack = new Set<number>()

  constructor(rules: ReportRules, context: ReportsContext) {
    this.#context = context
    this.#rules = rules
    this.#said = saidValuesFor(rules)
    this.#conditions = new Conditions(rules.conditions, rules.model, context)
    this.#jitters = new RandomStreams(context.seed ^ 0x7177_E12D)
    const room = { bytesLeft: reportLimits.keptBytesMax }
    this.#batches = new Samples(room)
    this.#kept = new Samples(room)
  }

  /** Changes how is reported. Where another policy or another model comes, devices begin as if they had said nothing yet. */
  update(change: Partial<ReportRules>): void {
    const before = this.#rules
    this.#rules = { ...before, ...change }
    if (isOther(before, this.#rules, 'report'))
      this.#said = saidValuesFor(this.#rules)
    if (isOther(before, this.#rules, 'conditions'))
      this.#conditions = new Conditions(this.#rules.conditions, this.#rules.model, this.#context)
  }

  /** Forgets the devices from `count` on, with what they have kept. */
  truncate(count: number): void {
    this.#said?.truncate(count)
    this.#conditions.truncate(count)
    this.#jitters.truncate(count)
    this.#batches.truncate(count)
    this.#context.tally('samplesDropped', this.#kept.truncate(count))
    this.#returned.forEach(index => index >= count && this.#returned.delete(index))
    this.#heldBack.forEach(index => index >= count && this.#heldBack.delete(index))
  }

  /** Milliseconds until a device reports next, drawn around so many. */
  distanceOf(index: number, ms: number): number {
    const { jitterPercent } = this.#rules.report
    if (jitterPercent === 0)
      return ms
    while (this.#jitters.length <= index)
      this.#jitters.add(this.#context.devices.at(this.#jitters.length).deviceName)
    return Math.max(1, Math.round(ms * (1 + (2 * this.#jitters.of(index).next() - 1) * jitterPercent / 100)))
  }

  /** Whether the report that is due has to wait until the one before it is acknowledged. */
  holdsBack(index: number): boolean {
    const { isOnline, links } = this.#context
    const isHeldBack = this.#rules.report.oneAtATime && isOnline(index) && links.isWaiting(index)
    if (isHeldBack)
      this.#heldBack.add(index)
    return isHeldBack
  }

  /** A message of a device is acknowledged, whose next report is due at an instant: whether it has waited for that. */
  goesOn(index: number, dueAt: number | undefined): boolean {
    return this.#rules.report.oneAtATime && (dueAt === undefined ? this.#heldBack.delete(index) : dueAt <= this.#context.clock.now())
  }

  /** The link of a device is gone, and with it what it waited for: whether it has to be woken. */
  offline(index: number): boolean {
    return this.#heldBack.delete(index)
  }

  /** A device's interval is over, at `elapsedMs` of its own time. */
  step(index: number, elapsedMs: number, now: number): void {
    const { devices, isOnline, isDown, links, tally, startedAt } = this.#context
    const { report } = this.#rules
    const isUp = isOnline(index)
    if (!isUp && (report.offline === 'skip' || isDown(index)))
      return
    if (isUp && !links.hasRoom(index))
      return tally('skipped', 1)
    const values = devices.sample(index, elapsedMs)
    // With these values its battery is empty.
    if (isDown(index))
      return
    const time = Math.round(startedAt(index) + elapsedMs)
    this.#report(index, { values, elapsedMs, time, now, isUp })
    if (!this.#conditions.isEmpty)
      this.#conditions.look(index, { values, elapsedMs, startedAt: startedAt(index) }, (event, output) => this.#reportEvent(index, event, output, time, now))
  }

  /** A device has been handed a message of its own to send: what it says of properties counts as said. */
  spoke(index: number, { topic, payload }: SpokenMessage): void {
    if (this.#said !== undefined && typeof payload === 'string' && topic === propertyPostTopic(this.#context.devices.at(index)))
      this.#said.note(index, (JSON.parse(payload) as { params: JsonObject }).params)
  }

  online(index: number): void {
    if (this.#kept.countOf(index) > 0)
      this.#returned.add(index)
  }

  /** Lets devices that are back post what they have kept, a message at a time. */
  tick(now: number): void {
    let parts = 0
    for (const index of this.#returned) {
      if (parts === partsPerTickMax)
        return
      if (this.#context.isOnline(index) && this.#context.links.hasRoom(index)) {
        this.#postKept(index, now)
        parts++
      }
      if (!this.#context.isOnline(index) || this.#kept.countOf(index) === 0)
        this.#returned.delete(index)
    }
  }

  /** Posts what online devices hold back, before they say nothing more; what their links have no room for is left. */
  finish(now: number): void {
    const { isOnline, links } = this.#context
    for (const index of this.#batches.indexes) {
      if (isOnline(index) && links.hasRoom(index))
        this.#postBatch(index, now)
    }
    for (const index of this.#returned) {
      while (isOnline(index) && links.hasRoom(index) && this.#kept.countOf(index) > 0)
        this.#postKept(index, now)
    }
  }

  #report(index: number, { values, elapsedMs, time, now, isUp }: { values: JsonObject, elapsedMs: number, time: number, now: number, isUp: boolean }): void {
    const { devices, publish, trouble, tally } = this.#context
    const { silentSecMax, batch } = this.#rules.report
    const chosen = this.#said === undefined ? values : this.#said.takeChanged(index, values, elapsedMs, silentSecMax === null ? Number.POSITIVE_INFINITY : silentSecMax * 1000)
    if (Object.keys(chosen).length === 0) {
      if (Object.keys(values).length > 0)
        tally('unchanged', 1)
      return
    }
    if (!isUp)
      return this.#keep(index, chosen, time)
    if (batch === 1 && (this.#batches.isEmpty || this.#batches.countOf(index) === 0))
      return publish(index, trouble.dated(index, devices.postOf(index, chosen)), 'report', now)
    this.#batches.add(index, sampleOf(chosen, time))
    if (this.#batches.countOf(index) >= batch || this.#batches.isCrowded || this.#batches.bytesOf(index) >= reportLimits.messageBytes)
      this.#postBatch(index, now)
  }

  /** False when nobody would hear of it. */
  #reportEvent(index: number, event: string, output: JsonObject, time: number, now: number): boolean {
    const { devices, isOnline, links, publish, tally } = this.#context
    if (!isOnline(index)) {
      this.#keep(index, { [event]: output }, time, true)
      return true
    }
    if (!links.hasRoom(index))
      return false
    publish(index, buildEventPost({ ...devices.at(index), id: devices.nextId(index), key: event, output, time }), 'report', now)
    tally('events', 1)
    return true
  }

  #keep(index: number, values: JsonObject, time: number, isEvent = false): void {
    this.#kept.add(index, sampleOf(values, time, isEvent))
    this.#context.tally('samplesKept', 1)
    this.#context.tally('samplesDropped', this.#kept.dropOldest(index, this.#rules.report.keepMax))
  }

  #postBatch(index: number, now: number): void {
    const { devices, publish, trouble, tally } = this.#context
    const samples = this.#batches.take(index, reportLimits.messageBytes, reportLimits.samplesPerMessageMax)
    const build = this.#rules.report.batchAs === 'batch' ? batchMessage : historyMessage
    publish(index, trouble.dated(index, build(devices.at(index), devices.nextId(index), samples)), 'report', now)
    tally('batches', 1)
  }

  #postKept(index: number, now: number): void {
    const { devices, publish, trouble, tally } = this.#context
    const samples = this.#kept.take(index, reportLimits.messageBytes, reportLimits.samplesPerMessageMax)
    publish(index, trouble.dated(index, historyMessage(devices.at(index), devices.nextId(index), samples)), 'report', now)
    tally('batches', 1)
    tally('samplesPosted', samples.length)
    tally('events', samples.filter(({ isEvent }) => isEvent).length)
  }
}

function saidValuesFor({ report, model }: ReportRules): SaidValues | undefined {
  return report.when === 'change' ? new SaidValues(model, report.deadBands) : undefined
}

function isOther(before: ReportRules, after: ReportRules, part: 'report' | 'conditions'): boolean {
  return after.model !== before.model || JSON.stringify(after[part]) !== JSON.stringify(before[part])
}
