import type { Run, RunDetails, RunEnd } from '../../shared/contract/run.ts'
import type { ScenarioResult } from '../../shared/scenario/figures.ts'
import type { BoundStatement } from '../store/types.ts'
import type { RunStory, RunWish } from './rows.ts'
import type { RunsContext, SeenStatus } from './types.ts'
import { AppError } from '../../shared/errors.ts'
import { LiveRun } from './live-run.ts'
import { closeCutRuns, countRuns, deleteRun, forgetOldRuns, noteRun, paramsOf, pinRun, selectPinnedSpans, selectRun, selectRunBefore, selectRuns, upsertRun } from './rows.ts'
import { settingDifferences } from './setting-differences.ts'

/** Of runs that are over and not pinned, so many are kept. */
const runsKeptMax = 1_000
/** A run that goes on is written after 5 s, then after as long as it has run by then, at least once a minute: what a crash leaves is never much older than that. */
const [checkpointMsMin, checkpointMsMax] = [5_000, 60_000]

interface Going { live: LiveRun, writtenAt: number }

/** The runs of a workspace: those that go on, which are watched, and those that are over, which are rows. */
export class RunKeeper {
  readonly #context: RunsContext
  /** By fleet: a fleet has one run at a time. */
  readonly #going = new Map<string, Going>()
  /** Runs are read only when everything said of them before is written. */
  #written: Promise<unknown> = Promise.resolve()
  #isClosed = false

  private constructor(context: RunsContext) {
    this.#context = context
  }

  /** Opens the runs of a workspace; one that a crash has cut short ends where it was last written. */
  static async open(context: RunsContext): Promise<RunKeeper> {
    await context.store.write([{ statement: closeCutRuns, params: [] }])
    return new RunKeeper(context)
  }

  get isWatching(): boolean { return this.#going.size > 0 }

  /** A fleet has started. */
  begin(fleetId: string): void {
    const { clock, store, status, makeId, fleet, hasVirtualTime } = this.#context
    if (this.#isClosed)
      return
    const live = new LiveRun({ runId: makeId(), fleet: fleet(fleetId), at: clock.now(), keptRows: store.stats().committedRows, watchesMachine: !hasVirtualTime })
    const going: Going = { live, writtenAt: clock.now() }
    this.#going.set(fleetId, going)
    live.see(status(), fleet(fleetId), store.stats().committedRows)
    this.#checkpoint(going)
  }

  /** A fleet has stopped, or failed with a problem; its figures are those of the whole run. */
  end(fleetId: string, problem: string | null): void {
    const going = this.#going.get(fleetId)
    if (going === undefined)
      return
    this.#going.delete(fleetId)
    this.#close(going.live, problem === null ? going.live.endsBy ?? 'stopped' : 'failed', problem)
  }

  /** Looks at every run, once a second. */
  see(status: SeenStatus): void {
    const { clock, fleet, store } = this.#context
    for (const going of this.#going.values()) {
      going.live.see(status, fleet(going.live.fleetId), store.stats().committedRows)
      this.look(going.live.fleetId)
      const ranMs = clock.now() - going.live.startedAt
      if (clock.now() - going.writtenAt >= Math.min(checkpointMsMax, Math.max(checkpointMsMin, ranMs / 2)))
        this.#checkpoint(going)
    }
  }

  /** Looks at the figures of a fleet, which come four times a second; one whose conditions are met is stopped. */
  look(fleetId: string): void {
    const { clock, log, fleet, summary, stop } = this.#context
    const live = this.#going.get(fleetId)?.live
    if (live === undefined || live.endsBy !== null)
      return
    const now = fleet(fleetId)
    live.look(now)
    if (now.stopAfter === null || now.state !== 'running')
      return
    live.endsBy = live.conditionMet(now, summary(fleetId), clock.now())
    if (live.endsBy !== null)
      stop(fleetId).catch((error: unknown) => log.warn('a fleet could not be stopped at the end of its run', { fleetId, error: String(error) }))
  }

  /** A message of a device was refused with a code. */
  countRefused(productKey: string, deviceName: string, code: number): void {
    for (const { live } of this.#going.values()) {
      if (live.has(productKey, deviceName))
        live.countRefused(code)
    }
  }

  /**
   * Keeps what came of a scenario as a run and returns the id of it. The runs of its fleets become a part of it: what was
   * seen of the machine meanwhile is the scenario's.
   */
  async keepScenario(result: ScenarioResult, fleetIds: readonly string[]): Promise<string> {
    await this.#written
    const parts = (await Promise.all(fleetIds.map(fleetId => this.#runsOf(fleetId)))).flat()
    const refusedByCode: Record<string, number> = {}
    for (const [code, count] of parts.flatMap(part => Object.entries(part.refusedByCode)))
      refusedByCode[code] = (refusedByCode[code] ?? 0) + count
    const machines = parts.flatMap(({ machine }) => machine ?? [])
    const run: Run = {
      runId: this.#context.makeId(),
      kind: 'scenario',
      name: result.title,
      fleetIds: [...fleetIds],
      seed: result.seed,
      startedAt: result.startedAt,
      endedAt: result.startedAt + result.ranMs,
      end: result.verdict === 'stopped' ? 'stopped' : 'ended',
      problem: null,
      verdict: result.verdict,
      isPinned: false,
      note: '',
      figures: result.whole,
      onlineMax: Math.max(result.whole.online, ...result.samples.map(({ online }) => online)),
      refusedByCode,
      // The fleets ran side by side on one machine: what one of them saw of it is true of all.
      machine: machines.toSorted((a, b) => b.messagesKept - a.messagesKept)[0] ?? null,
    }
    await this.#write([
      ...parts.filter(({ isPinned }) => !isPinned).map(({ runId }): BoundStatement => ({ statement: deleteRun, params: [runId] })),
      upsertRun(run, { result, settings: null }, run.endedAt!),
    ])
    return run.runId
  }

  /** A page of the runs, the newest first. */
  async list({ offset, limit, ...wish }: RunWish & { offset: number, limit: number }): Promise<{ runs: Run[], total: number }> {
    await this.#written
    const wanted = paramsOf(wish)
    const [runs, [counted]] = await Promise.all([this.#context.store.read(selectRuns, [...wanted, limit, offset]), this.#context.store.read(countRuns, wanted)])
    return { runs: runs.map(run => this.#presentGoing(run.runId)?.run ?? run), total: counted?.total ?? 0 }
  }

  /** Rejects with AppError run/not-found. */
  async get(runId: string): Promise<RunDetails> {
    await this.#written
    const kept = await this.#require(runId)
    const going = this.#presentGoing(runId)
    const { result, settings, ...run } = going ? { ...going.run, ...going.story } : kept
    const [before] = run.kind === 'fleet' ? await this.#context.store.read(selectRunBefore, [JSON.stringify(run.fleetIds), run.startedAt, runId]) : []
    return {
      ...run,
      result,
      settings,
      previous: before === undefined ? null : { runId: before.runId, startedAt: before.startedAt },
      differences: settings !== null && before?.settings ? settingDifferences(before.settings, settings) : [],
    }
  }

  /** Keeps the messages of a run's time, or lets go of them. Rejects with AppError run/not-found. */
  async pin(runId: string, isPinned: boolean): Promise<Run> {
    await this.#change(runId, { statement: pinRun, params: [Number(isPinned), runId] }, live => live.isPinned = isPinned)
    await this.#pinTraces()
    return this.#head(runId)
  }

  /** Rejects with AppError run/not-found. */
  async note(runId: string, note: string): Promise<Run> {
    await this.#change(runId, { statement: noteRun, params: [note, runId] }, live => live.note = note)
    return this.#head(runId)
  }

  /** Rejects with AppError run/not-found, run/running for one that goes on, and run/pinned. */
  async delete(runId: string): Promise<void> {
    await this.#written
    const { endedAt, isPinned } = await this.#require(runId)
    if (endedAt === null)
      throw new AppError('run/running', 'The run goes on; it can be deleted once it is over.', { runId })
    if (isPinned)
      throw new AppError('run/pinned', 'The run is pinned, so that nobody deletes it by accident; take the pin away first.', { runId })
    await this.#write([{ statement: deleteRun, params: [runId] }])
  }

  /** Ends every run that goes on, because the engine ends; resolves when they are written. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { live } of this.#going.values())
      this.#close(live, 'engine', null)
    this.#going.clear()
    await this.#written
  }

  #close(live: LiveRun, end: RunEnd, problem: string | null): void {
    const { clock, store, fleet, summary } = this.#context
    const { run, story } = live.present(summary(live.fleetId), clock.now(), { end, problem, traceHash: fleet(live.fleetId).traceHash, keptRows: store.stats().committedRows })
    void this.#write([upsertRun(run, story, clock.now()), { statement: forgetOldRuns, params: [runsKeptMax] }])
      .then(() => live.isPinned ? this.#pinTraces() : undefined, () => {})
  }

  #checkpoint(going: Going): void {
    const { clock, summary } = this.#context
    going.writtenAt = clock.now()
    const { run, story } = going.live.present(summary(going.live.fleetId), clock.now(), null)
    void this.#write([upsertRun(run, story, clock.now())]).catch(() => {})
  }

  /** Writes in the order of the calls; a failure is logged, and told to whoever waits for it. */
  #write(statements: BoundStatement[]): Promise<void> {
    const done = this.#context.store.write(statements)
    const noted = done.catch((error: unknown) => this.#context.log.warn('a run could not be written', { error: String(error) }))
    this.#written = Promise.all([this.#written, noted])
    return done
  }

  async #change(runId: string, statement: BoundStatement, apply: (live: LiveRun) => unknown): Promise<void> {
    await this.#written
    await this.#require(runId)
    const going = [...this.#going.values()].find(({ live }) => live.runId === runId)
    if (going)
      apply(going.live)
    await this.#write([statement])
  }

  async #pinTraces(): Promise<void> {
    const { store } = this.#context
    store.pinTraces(await store.read(selectPinnedSpans, []))
  }

  async #head(runId: string): Promise<Run> {
    const { result: _, settings: __, ...run } = await this.#require(runId)
    return this.#presentGoing(runId)?.run ?? run
  }

  async #require(runId: string): Promise<Run & RunStory> {
    const [run] = await this.#context.store.read(selectRun, [runId])
    if (run === undefined)
      throw new AppError('run/not-found', `There is no run ${runId} in this workspace.`, { runId })
    return run
  }

  #runsOf(fleetId: string): Promise<Run[]> {
    return this.#context.store.read(selectRuns, [...paramsOf({ kind: 'fleet', fleetId }), runsKeptMax, 0])
  }

  #presentGoing(runId: string): { run: Run, story: RunStory } | undefined {
    const live = [...this.#going.values()].find(going => going.live.runId === runId)?.live
    return live?.present(this.#context.summary(live.fleetId), this.#context.clock.now(), null)
  }
}
