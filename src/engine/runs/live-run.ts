import type { Fleet, FleetSummary } from '../../shared/contract/fleet.ts'
import type { Run, RunEnd, RunSettings } from '../../shared/contract/run.ts'
import type { RunFigures, ScenarioResult } from '../../shared/scenario/figures.ts'
import type { RunStory } from './rows.ts'
import type { SeenStatus } from './types.ts'
import { fleetSettingsSchema } from '../../shared/contract/fleet.ts'
import { MachineWatch } from './machine-watch.ts'
import { SampleLine } from './sample-line.ts'

export interface LiveRunOptions { runId: string, fleet: Fleet, at: number, keptRows: number, watchesMachine: boolean }

const verdictOf: Record<RunEnd, ScenarioResult['verdict']> = { stopped: 'met', messages: 'met', time: 'met', ended: 'met', failures: 'failed', failed: 'failed', engine: 'stopped' }

/** A run of a fleet that goes on. */
export class LiveRun {
  readonly runId: string
  readonly startedAt: number
  readonly #fleet: Fleet
  readonly #machine: MachineWatch | null
  readonly #line = new SampleLine()
  readonly #refusedByCode = new Map<number, number>()
  /** It may grow and shrink meanwhile. */
  #devices: number
  #online = 0
  #onlineMax = 0
  /** A condition that is met and has ended it, before the fleet has come to rest. */
  endsBy: RunEnd | null = null
  isPinned = false
  note = ''

  constructor({ runId, fleet, at, keptRows, watchesMachine }: LiveRunOptions) {
    this.runId = runId
    this.startedAt = at
    this.#fleet = fleet
    this.#devices = fleet.count
    this.#machine = watchesMachine ? new MachineWatch(at, keptRows) : null
  }

  get fleetId(): string { return this.#fleet.fleetId }

  /** Whether a device belongs to the fleet; a sub-device does by its gateway's name. */
  has(productKey: string, deviceName: string): boolean {
    const { productKey: own, prefix, conversation: { subDevices } } = this.#fleet
    return deviceName.startsWith(`${prefix}-`) && (productKey === own || productKey === subDevices?.productKey)
  }

  countRefused(code: number): void {
    this.#refusedByCode.set(code, (this.#refusedByCode.get(code) ?? 0) + 1)
  }

  /** Takes a look at the fleet; while it stops, its devices leave one after the other, which is no news. */
  look({ state, stats, count }: Fleet): void {
    if (state !== 'running')
      return
    this.#devices = Math.max(this.#devices, count)
    this.#online = stats.connected
    this.#onlineMax = Math.max(this.#onlineMax, stats.connected)
  }

  /** Takes a look at everything, once a second. */
  see(status: SeenStatus, fleet: Fleet, keptRows: number): void {
    this.look(fleet)
    if (fleet.state === 'running')
      this.#line.see(status.at - this.startedAt, fleet.stats)
    this.#machine?.see(status, keptRows)
  }

  /** Which of its conditions is met, if any. */
  conditionMet({ stopAfter }: Pick<Fleet, 'stopAfter'>, summary: FleetSummary, now: number): RunEnd | null {
    if (stopAfter?.messages !== undefined && summary.published >= stopAfter.messages)
      return 'messages'
    if (stopAfter?.sec !== undefined && now - this.startedAt >= stopAfter.sec * 1000)
      return 'time'
    return stopAfter?.failures !== undefined && failuresIn(summary) >= stopAfter.failures ? 'failures' : null
  }

  /** The run as it is, or as it was at its end. */
  present(summary: FleetSummary, now: number, over: { end: RunEnd, problem: string | null, traceHash: string | null, keptRows: number } | null): { run: Run, story: RunStory } {
    const { fleetId, name, seed, stopAfter } = this.#fleet
    const figures = figuresOf(summary, this.#devices, over === null ? summary.connected : this.#online)
    if (over !== null) {
      this.#machine?.count(over.keptRows)
      this.#line.see(now - this.startedAt, { ...summary, connected: this.#online }, true)
    }
    const verdict = over === null ? null : verdictOf[over.end]
    const ranMs = Math.max(0, now - this.startedAt)
    const run: Run = {
      runId: this.runId,
      kind: 'fleet',
      name,
      fleetIds: [fleetId],
      seed,
      startedAt: this.startedAt,
      endedAt: over === null ? null : now,
      end: over?.end ?? null,
      problem: over?.problem ?? null,
      verdict,
      isPinned: this.isPinned,
      note: this.note,
      figures,
      onlineMax: Math.max(this.#onlineMax, figures.online),
      refusedByCode: Object.fromEntries(this.#refusedByCode),
      machine: this.#machine?.machine ?? null,
    }
    const plannedMs = stopAfter?.sec === undefined ? ranMs : stopAfter.sec * 1000
    const result: ScenarioResult = { title: name, about: '', seed, startedAt: this.startedAt, plannedMs, ranMs, verdict: verdict ?? 'met', whole: figures, groups: {}, timeline: [], expectations: [], samples: this.#line.samples, traceHash: over?.traceHash ?? null, notes: [] }
    return { run, story: { result, settings: settingsOf(this.#fleet) } }
  }
}

function failuresIn({ repliedRefused, errors }: FleetSummary): number {
  return repliedRefused + Object.values(errors).reduce((sum, count) => sum + count, 0)
}

function figuresOf(summary: FleetSummary, devices: number, online: number): RunFigures {
  const { everConnected, published, acknowledged, lost, replied, repliedRefused, skipped, replyMs, latencyMs, latenessMs, errors } = summary
  return { devices, online, connected: everConnected, published, acknowledged, lost, replied, refused: repliedRefused, skipped, replyMs, pubackMs: latencyMs, latenessMs, causes: errors, versions: {} }
}

/** What a fleet is set up with; secrets are no part of it. */
function settingsOf(fleet: Fleet): RunSettings {
  const names = ['productKey', 'prefix', ...Object.keys(fleetSettingsSchema.shape)] as (keyof RunSettings)[]
  return Object.fromEntries(names.map(name => [name, fleet[name]])) as unknown as RunSettings
}
