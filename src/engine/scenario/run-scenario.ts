import type { Clock } from '../../shared/clock.ts'
import type { ScenarioAction } from '../../shared/scenario/actions.ts'
import type { Check } from '../../shared/scenario/checks.ts'
import type { CheckResult, RunFigures, RunSample, ScenarioResult, TimelineEntry } from '../../shared/scenario/figures.ts'
import type { Scenario } from '../../shared/scenario/read-scenario.ts'
import type { VersionWish } from './measure.ts'
import type { LaterStep } from './perform.ts'
import type { Bench, Deed, ScenarioCall } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { wordOf } from '../../shared/scenario/actions.ts'
import { evaluateCheck } from '../../shared/scenario/checks.ts'
import { measure, takeSample, versionsOf } from './measure.ts'
import { clearFaults, endOf, perform } from './perform.ts'
import { setUp } from './set-up.ts'
import { hashOfRun } from './trace-hash.ts'
import { createWait } from './wait.ts'

const sampleMsMin = 1_000

export interface RunOptions {
  call: ScenarioCall
  /** The engine's own: what the timeline is carried out by. */
  clock: Clock
  seed: number
  /** The text of each product's thing model, by the product's name in the scenario. */
  models: Readonly<Record<string, string>>
  /** Aborting ends the run early; it is judged by what there is. */
  signal: AbortSignal
  /** Leave products, devices and fleets as they are at the end. */
  keep: boolean
  /** Where the engine's time waits for the work, keeps it still meanwhile; product keys then follow from the seed. */
  hold?: <T>(work: () => Promise<T>) => Promise<T>
  /** Called with each point of the plots, about once a second. */
  onSample?: (sample: RunSample) => void
  /** Called with each action that has been carried out. */
  onAction?: (entry: TimelineEntry) => void
  /** Called when everything is made and the groups have been started, with that instant. */
  onStart?: (startedAt: number, fleetIds: string[]) => void
  /** Called with each expectation that has been looked at, and its place in the scenario. */
  onExpectation?: (result: CheckResult, index: number) => void
  /** Called when the time is over, before what is under way comes in and what was made is taken away. */
  onEnd?: () => void
}

/** An action of the timeline, or the end of one that lasts for a while. */
interface PlannedStep { atMs: number, action: ScenarioAction, occurrence: number, later: LaterStep | undefined }

/** What is going to be carried out, in the order in which it will be. */
export function plannedSteps({ timeline, durationMs }: Pick<Scenario, 'timeline' | 'durationMs'>): PlannedStep[] {
  const occurrences = new Map<string, number>()
  const steps = timeline.flatMap((action): PlannedStep[] => {
    const key = `${wordOf(action)} ${JSON.stringify((action as Record<string, unknown>)[wordOf(action)])} ${action.at}`
    const occurrence = occurrences.get(key) ?? 0
    occurrences.set(key, occurrence + 1)
    const later = endOf(action, occurrence)
    return [
      { atMs: action.at, action, occurrence, later: undefined },
      ...later === undefined || later.atMs > durationMs ? [] : [{ atMs: later.atMs, action, occurrence, later }],
    ]
  })
  return steps.sort((a, b) => a.atMs - b.atMs)
}

/** The expectations of a scenario, none of which has been looked at. */
export function unseenExpectations({ expect }: Pick<Scenario, 'expect'>): CheckResult[] {
  return expect.map(({ text, group, unit, value }) => ({ text, group, atMs: null, unit, expected: value, seen: null, isMet: false }))
}

/** Something that is to be done at a time of the run; at the same time, the lower rank first. */
interface Step { atMs: number, rank: 0 | 1 | 2, run: () => Promise<void> }

/**
 * Runs a scenario against an engine: makes what it needs, starts it, carries the timeline out, looks at the expectations,
 * and takes away what it made. The same seed gives the same devices, values and choices.
 * @throws AppError when something could not be made or started; what was made by then has been taken away.
 */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<ScenarioResult> {
  const { call, clock, seed, models, keep, hold } = options
  const bench: Bench = { call, clock, seed, startedAt: clock.now(), products: new Map(), groups: new Map(), undo: [], faults: new Map(), weather: new Map(), hasStableKeys: hold !== undefined }
  const notes: string[] = []
  try {
    await (hold ?? (work => work()))(async () => {
      await setUp(bench, scenario, models)
      for (const [name, group] of Object.entries(scenario.groups)) {
        if (group.starts !== 'later')
          await startGroup(bench, name)
      }
      bench.startedAt = clock.now()
    })
    options.onStart?.(bench.startedAt, [...bench.groups.values()].map(({ fleetId }) => fleetId))
    return await new Run(scenario, options, bench, notes).toEnd()
  }
  finally {
    await clearFaults(bench).catch(error => notes.push(`Faults could not be turned off: ${sentenceOf(error)}`))
    if (!keep)
      await takeBack(bench, notes)
  }
}

async function startGroup({ call, groups }: Bench, name: string): Promise<void> {
  const group = groups.get(name)!
  group.isStarted = true
  await call('fleet.start', { fleetId: group.fleetId })
}

/** One run from its start to its result. */
class Run {
  readonly #scenario: Scenario
  readonly #options: RunOptions
  readonly #bench: Bench
  readonly #notes: string[]
  readonly #timeline: TimelineEntry[] = []
  readonly #checks: CheckResult[]
  readonly #samples: RunSample[] = []
  readonly #problems = new Set<string>()
  #traceHash: string | null = null

  constructor(scenario: Scenario, options: RunOptions, bench: Bench, notes: string[]) {
    this.#scenario = scenario
    this.#options = options
    this.#bench = bench
    this.#notes = notes
    this.#checks = unseenExpectations(scenario)
  }

  async toEnd(): Promise<ScenarioResult> {
    const { durationMs, expect, title, about } = this.#scenario
    const { signal, seed } = this.#options
    const wait = createWait(this.#bench.clock, signal)
    for (const step of this.#plan()) {
      await wait.until(this.#bench.startedAt + step.atMs)
      if (signal.aborted)
        break
      await step.run()
    }
    await wait.until(this.#bench.startedAt + durationMs)
    const isStopped = signal.aborted
    this.#options.onEnd?.()
    const ranMs = this.#elapsed()
    await this.#sample()

    const atEnd = expect.filter(({ byMs }) => byMs === null)
    const { whole, groups } = await this.#finish(versionsOf(atEnd))
    if (!isStopped) {
      expect.forEach((check, index) => {
        if (check.byMs === null)
          this.#judge(index, check, check.group === null ? whole : groups[check.group]!, ranMs)
      })
    }
    this.#problems.forEach(problem => this.#notes.push(problem))
    const isFailed = this.#checks.some(({ isMet }) => !isMet) || this.#timeline.some(({ problem }) => problem !== null) || this.#problems.size > 0
    return {
      title,
      about,
      seed,
      startedAt: this.#bench.startedAt,
      plannedMs: durationMs,
      ranMs,
      verdict: isStopped ? 'stopped' : isFailed ? 'failed' : 'met',
      whole,
      groups,
      timeline: this.#timeline,
      expectations: this.#checks,
      samples: this.#samples,
      traceHash: this.#traceHash,
      notes: this.#notes,
    }
  }

  /** Everything but the end, in order. */
  #plan(): Step[] {
    const { expect, durationMs } = this.#scenario
    const steps: Step[] = plannedSteps(this.#scenario).map(({ atMs, action, occurrence, later }) => {
      if (later !== undefined)
        return { atMs, rank: 0, run: () => this.#carryOut(action, atMs, () => later.run(this.#bench)) }
      // What waits for a device needs time to pass.
      const hold = waitsForDevices(action) ? undefined : this.#options.hold
      const act = (): Promise<Deed> => perform(this.#bench, action, occurrence)
      return { atMs, rank: 0, run: () => this.#carryOut(action, atMs, hold === undefined ? act : () => hold(act)) }
    })
    expect.forEach((check, index) => {
      if (check.byMs !== null)
        steps.push({ atMs: check.byMs, rank: 1, run: async () => this.#judge(index, check, await measure(this.#bench, check.group, versionsOf([check])), this.#elapsed()) })
    })
    const sampleMs = Math.max(sampleMsMin, Math.ceil(durationMs / limits.scenarioSamplesMax))
    for (let atMs = sampleMs; atMs < durationMs; atMs += sampleMs)
      steps.push({ atMs, rank: 2, run: () => this.#sample() })
    return steps.sort((a, b) => a.atMs - b.atMs || a.rank - b.rank)
  }

  async #carryOut(action: ScenarioAction, plannedMs: number, run: () => Promise<Deed>): Promise<void> {
    const actualMs = this.#elapsed()
    const entry: TimelineEntry = { plannedMs, actualMs, word: wordOf(action), did: '', devices: null, problem: null }
    try {
      Object.assign(entry, await run())
    }
    catch (error) {
      entry.problem = sentenceOf(error)
      entry.did = `Could not ${entry.word}.`
    }
    this.#timeline.push(entry)
    this.#options.onAction?.(entry)
  }

  #judge(index: number, check: Check, figures: RunFigures, atMs: number): void {
    const result = Object.assign(this.#checks[index]!, { atMs, ...evaluateCheck(check, figures) })
    this.#options.onExpectation?.(result, index)
  }

  async #sample(): Promise<void> {
    const { sample, problems } = await takeSample(this.#bench, this.#elapsed(), this.#samples.at(-1))
    problems.forEach(problem => this.#problems.add(problem))
    this.#samples.push(sample)
    this.#options.onSample?.(sample)
  }

  /** Who is online and what they run is looked at while they are; then they report no more, and what is under way comes in. */
  async #finish(wishes: readonly VersionWish[]): Promise<{ whole: RunFigures, groups: Record<string, RunFigures> }> {
    const scopes = [null, ...this.#bench.groups.keys()]
    const before = new Map<string | null, RunFigures>()
    for (const scope of scopes)
      before.set(scope, await measure(this.#bench, scope, wishes))
    await Promise.all([...this.#bench.groups.values()].map(({ fleetId }) => this.#bench.call('fleet.stop', { fleetId, drain: true }).catch(error => this.#problems.add(sentenceOf(error)))))
    const { traceHash, hasDownloads } = await hashOfRun(this.#bench)
    this.#traceHash = traceHash
    if (traceHash !== null && hasDownloads)
      this.#notes.push('Devices downloaded files over HTTP, at the pace of this machine: the trace of such a run is not the same to the millisecond when it is repeated.')
    const figures = async (scope: string | null): Promise<RunFigures> => {
      const { online, versions } = before.get(scope)!
      return { ...await measure(this.#bench, scope, []), online, versions }
    }
    const groups: Record<string, RunFigures> = {}
    for (const name of this.#bench.groups.keys())
      groups[name] = await figures(name)
    return { whole: await figures(null), groups }
  }

  #elapsed(): number {
    return this.#bench.clock.now() - this.#bench.startedAt
  }
}

/** Whether an action is over only when devices have answered. */
function waitsForDevices(action: ScenarioAction): boolean {
  return ['setProperties', 'invoke'].includes(wordOf(action))
}

/** Takes away what the run made, the last thing first; what stays is named. */
async function takeBack({ undo }: Bench, notes: string[]): Promise<void> {
  for (const { about, run } of undo.toReversed())
    await run().catch(error => notes.push(`Left behind: ${about}. ${sentenceOf(error)}`))
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
