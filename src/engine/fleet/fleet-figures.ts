import type { ConversationCounts } from '../../shared/contract/fleet-conversation.ts'
import type { MisdeedCounts } from '../../shared/contract/fleet-misbehaviour.ts'
import type { ReportCounts } from '../../shared/contract/fleet-report.ts'
import type { Steered } from '../../shared/contract/fleet-steering.ts'
import type { UpdateCounts } from '../../shared/contract/fleet-updates.ts'
import type { FleetStats, FleetSummary, Percentiles, SocketQueue } from '../../shared/contract/fleet.ts'
import type { FleetCounters, ProcessStatus } from './messages.ts'
import { conversationCounters } from '../../shared/contract/fleet-conversation.ts'
import { lifeCounters, noLifeCounts } from '../../shared/contract/fleet-life.ts'
import { misbehaviourKinds } from '../../shared/contract/fleet-misbehaviour.ts'
import { networkCounters, noNetworkCounts } from '../../shared/contract/fleet-network.ts'
import { reportCounters } from '../../shared/contract/fleet-report.ts'
import { updateCounters } from '../../shared/contract/fleet-updates.ts'
import { Histogram } from './histogram.ts'
import { noCounters } from './no-counters.ts'

/** What the figures of now are taken over: long enough to be steady, short enough to follow a change. */
const rateMs = 2_000
const percentilesMs = 10_000

/** How a run of `simulate` came out. */
export interface FleetResult {
  /** Devices that got CONNACK 0. */
  connected: number
  /** Messages handed to a socket. */
  published: number
  /** PUBACKs. */
  acknowledged: number
  /** QoS 1 messages without a PUBACK; before the end, those still under way are among them. */
  lost: number
  /** Publish to PUBACK over the whole run, milliseconds. */
  latencyMs: Percentiles
  conversation: ConversationCounts
  updates: UpdateCounts
  /** How often each cause of trouble came up. */
  errors: Record<string, number>
}

/** The figures of several processes together, without cells. */
export function addUp(statuses: ProcessStatus[]): ProcessStatus {
  const counters = noCounters()
  const latency = new Histogram()
  const replies = new Histogram()
  const lateness = new Histogram()
  const errors: Record<string, number> = {}
  let memoryBytes = 0
  let cpuPercent = 0
  const queue: SocketQueue = { bytes: 0, mostBytes: 0, fullDevices: 0 }
  const steered: Steered = { away: 0, paced: 0, held: 0, weathered: 0 }
  const network = noNetworkCounts()
  const misdeeds: MisdeedCounts = {}
  const life = noLifeCounts()
  for (const status of statuses) {
    for (const name of Object.keys(counters) as (keyof FleetCounters)[])
      counters[name] += status.counters[name]
    for (const [cause, count] of Object.entries(status.errors))
      errors[cause] = (errors[cause] ?? 0) + count
    latency.add(status.latency)
    replies.add(status.replies)
    lateness.add(status.lateness)
    memoryBytes += status.memoryBytes
    cpuPercent += status.cpuPercent
    queue.bytes += status.queue.bytes
    queue.mostBytes = Math.max(queue.mostBytes, status.queue.mostBytes)
    queue.fullDevices += status.queue.fullDevices
    for (const name of Object.keys(steered) as (keyof Steered)[])
      steered[name] += status.steered[name]
    for (const name of networkCounters)
      network[name] += status.network[name]
    addMisdeeds(misdeeds, status.misdeeds)
    for (const name of lifeCounters)
      life[name] += status.life[name]
  }
  return { counters, latency: latency.counts, replies: replies.counts, lateness: lateness.counts, errors, steered, network, misdeeds, life, cells: null, memoryBytes, cpuPercent, queue }
}

function addMisdeeds(sum: MisdeedCounts, more: MisdeedCounts): void {
  for (const kind of misbehaviourKinds) {
    const counts = more[kind]
    const before = sum[kind] ?? { sent: 0, taken: 0, refused: 0 }
    if (counts !== undefined)
      sum[kind] = { sent: before.sent + counts.sent, taken: before.taken + counts.taken, refused: before.refused + counts.refused }
  }
}

/** The result of a run from the last figures of its processes. */
export function resultOf(statuses: ProcessStatus[]): FleetResult {
  const { counters, latency, errors } = addUp(statuses)
  return {
    connected: counters.everOnline,
    published: counters.published,
    acknowledged: counters.acknowledged,
    lost: counters.publishedQos1 - counters.acknowledged,
    latencyMs: new Histogram(latency).percentiles(),
    conversation: conversationOf(counters),
    updates: updatesOf(counters),
    errors,
  }
}

/** The figures of fleets together, each over its whole run. */
export function summaryOf(statuses: ProcessStatus[]): FleetSummary {
  const { counters, latency, replies, lateness, errors } = addUp(statuses)
  return {
    connected: counters.online,
    everConnected: counters.everOnline,
    published: counters.published,
    acknowledged: counters.acknowledged,
    lost: counters.publishedQos1 - counters.acknowledged,
    replied: counters.replied,
    repliedRefused: counters.repliedRefused,
    skipped: counters.skipped,
    latencyMs: new Histogram(latency).percentiles(),
    replyMs: new Histogram(replies).percentiles(),
    latenessMs: new Histogram(lateness).percentiles(),
    errors,
  }
}

function conversationOf(counters: FleetCounters): ConversationCounts {
  return Object.fromEntries(conversationCounters.map(name => [name, counters[name]])) as ConversationCounts
}

function updatesOf(counters: FleetCounters): UpdateCounts {
  return Object.fromEntries(updateCounters.map(name => [name, counters[name]])) as UpdateCounts
}

function reportsOf(counters: FleetCounters): ReportCounts {
  return Object.fromEntries(reportCounters.map(name => [name, counters[name]])) as ReportCounts
}

interface Snapshot { at: number, published: number, latency: Uint32Array, replies: Uint32Array, lateness: Uint32Array }

/**
 * Turns the growing figures of processes into those of now: rate over the last 2 s, percentiles over the last 10 s, or
 * over the whole run while nothing was measured in them.
 */
export class FleetFigures {
  /** Oldest first, at most as many as there are statuses in {@link percentilesMs}. */
  readonly #snapshots: Snapshot[] = []

  /** Takes the latest statuses of all processes, those that have ended among them, and the processor shares of those that run, at the instant `at`. */
  toStats(statuses: ProcessStatus[], cpuPercents: number[], at: number): FleetStats {
    const { counters, latency, replies, lateness, errors, steered, network, misdeeds, life, memoryBytes, queue } = addUp(statuses)
    while (this.#snapshots.length > 1 && this.#snapshots[1]!.at <= at - percentilesMs)
      this.#snapshots.shift()
    const rateFrom = this.#snapshots.findLast(snapshot => snapshot.at <= at - rateMs) ?? this.#snapshots[0]
    const oldest = this.#snapshots[0]
    this.#snapshots.push({
      at,
      published: counters.published,
      latency,
      replies,
      lateness,
    })
    return {
      connected: counters.online,
      connecting: counters.connecting,
      published: counters.published,
      acknowledged: counters.acknowledged,
      replied: counters.replied,
      repliedRefused: counters.repliedRefused,
      skipped: counters.skipped,
      publishedPerSec: rateFrom === undefined || at <= rateFrom.at
        ? 0
        : (counters.published - rateFrom.published) * 1000 / (at - rateFrom.at),
      conversation: conversationOf(counters),
      updates: updatesOf(counters),
      latencyMs: recentPercentiles(latency, oldest?.latency),
      replyMs: recentPercentiles(replies, oldest?.replies),
      latenessMs: recentPercentiles(lateness, oldest?.lateness),
      errors,
      memoryBytes,
      processes: cpuPercents.length,
      cpuPercents,
      queue,
      steered,
      network,
      misdeeds,
      report: reportsOf(counters),
      life,
    }
  }
}

function recentPercentiles(counts: Uint32Array<ArrayBuffer>, earlier: Uint32Array | undefined): Percentiles {
  const whole = new Histogram(counts)
  const recent = earlier === undefined
    ? whole
    : whole.since(earlier)
  return (recent.isEmpty ? whole : recent).percentiles()
}
