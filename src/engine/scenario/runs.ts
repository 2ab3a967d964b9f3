import type { Alarm, Clock } from '../../shared/clock.ts'
import type { PlannedAction, ScenarioProgress, ScenarioRun } from '../../shared/contract/scenario.ts'
import type { ScenarioAction } from '../../shared/scenario/actions.ts'
import type { RunSample, ScenarioResult } from '../../shared/scenario/figures.ts'
import type { Scenario } from '../../shared/scenario/read-scenario.ts'
import type { ScenarioCall } from './types.ts'
import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors.ts'
import { Announcer } from '../../shared/feed.ts'
import { limits } from '../../shared/limits.ts'
import { wordOf } from '../../shared/scenario/actions.ts'
import { devicesOfScenario } from './files.ts'
import { plannedSteps, runScenario, unseenExpectations } from './run-scenario.ts'

export interface ScenarioRunsContext {
  call: ScenarioCall
  clock: Clock
  /** Keeps what a run came to, with what was seen of its fleets; resolves with the id it is kept by. */
  keep: (result: ScenarioResult, fleetIds: readonly string[]) => Promise<string>
}

interface RunWish {
  scenario: Scenario
  /** The text of each product's thing model, by the product's name in the scenario. */
  models: Readonly<Record<string, string>>
  seed: number
  file: ScenarioRun['file']
  stopAfterMs: number | undefined
}

/** A run with what it is made of. */
interface Present {
  run: ScenarioRun
  samples: RunSample[]
  stop: AbortController
  /** Settles when what it made has been taken away; never rejects. */
  over: Promise<void>
}

/** The runs of this engine: one at a time, the latest to look at, and what the last ones came to. */
export class ScenarioRuns {
  readonly #context: ScenarioRunsContext
  readonly #changed = new Announcer<void>()
  readonly #results = new Map<string, ScenarioResult>()
  #present: Present | undefined
  #isClosed = false

  constructor(context: ScenarioRunsContext) {
    this.#context = context
  }

  /** The run under way or the latest one. */
  get run(): ScenarioRun | null {
    return this.#present === undefined ? null : this.#describe(this.#present)
  }

  /** @throws AppError scenario/running while another one is under way. */
  requireRest(): void {
    if (this.#present !== undefined && isUnderWay(this.#present.run))
      throw new AppError('scenario/running', `The scenario ${this.#present.run.title} is running, and an engine runs one at a time.`, { runId: this.#present.run.runId })
    if (this.#isClosed)
      throw new AppError('scenario/running', 'The engine is being stopped.')
  }

  /** Begins a run; its own failure is told by its state. @throws AppError scenario/running. */
  start(wish: RunWish): ScenarioRun {
    this.requireRest()
    const { scenario, seed, file } = wish
    const present: Present = {
      run: {
        runId: randomUUID().slice(0, 8),
        file,
        title: scenario.title,
        seed,
        state: 'starting',
        isStopping: false,
        startedAt: null,
        plannedMs: scenario.durationMs,
        elapsedMs: 0,
        devices: devicesOfScenario(scenario),
        plan: plannedSteps(scenario).map(({ atMs, action, later }) => describePlanned(atMs, action, later !== undefined)),
        timeline: [],
        expectations: unseenExpectations(scenario),
        verdict: null,
        problem: null,
        keptAs: null,
      },
      samples: [],
      stop: new AbortController(),
      over: Promise.resolve(),
    }
    this.#present = present
    present.over = this.#carryOut(present, wish)
    return this.#describe(present)
  }

  /** Ends the run under way and waits until it is over. @throws AppError scenario/run-not-found when there is none. */
  async stop(): Promise<ScenarioRun> {
    const present = this.#present
    if (present === undefined || !isUnderWay(present.run))
      throw new AppError('scenario/run-not-found', 'No scenario is running.')
    present.run.isStopping = true
    present.stop.abort()
    this.#changed.announce()
    await present.over
    return this.#describe(present)
  }

  /** @throws AppError scenario/run-not-found. */
  resultOf(runId: string): ScenarioResult {
    const result = this.#results.get(runId)
    if (result === undefined)
      throw new AppError('scenario/run-not-found', 'No run of that id has ended, or what it came to is no longer kept.', { runId })
    return result
  }

  /** Tells what has become of the run since the call before; undefined when nothing has. */
  watch(signal: AbortSignal): () => ScenarioProgress | undefined {
    let isChanged = true
    let told = { runId: '', samples: 0 }
    this.#changed.listen(signal, () => isChanged = true)
    return () => {
      // While it runs, time itself is news.
      const present = this.#present
      if (!isChanged && present?.run.state !== 'running')
        return undefined
      isChanged = false
      if (present === undefined)
        return { run: null, samples: [] }
      const { run: { runId }, samples } = present
      const from = told.runId === runId ? told.samples : 0
      told = { runId, samples: samples.length }
      return { run: this.#describe(present), samples: samples.slice(from) }
    }
  }

  /** Ends the run under way, and takes away what it made. */
  async close(): Promise<void> {
    this.#isClosed = true
    const present = this.#present
    present?.stop.abort()
    await present?.over
  }

  #describe({ run }: Present): ScenarioRun {
    const { clock } = this.#context
    const elapsedMs = run.state === 'running' && run.startedAt !== null ? Math.min(run.plannedMs, Math.max(0, Math.round(clock.now() - run.startedAt))) : run.elapsedMs
    return { ...run, elapsedMs, timeline: [...run.timeline], expectations: [...run.expectations] }
  }

  async #carryOut(present: Present, { scenario, models, seed, stopAfterMs }: RunWish): Promise<void> {
    const { call, clock, keep } = this.#context
    const { run, samples, stop } = present
    const changed = (): void => this.#changed.announce()
    const alarms: Alarm[] = []
    let fleetIds: string[] = []
    changed()
    try {
      const result = await runScenario(scenario, {
        call,
        clock,
        seed,
        models,
        signal: stop.signal,
        keep: false,
        onStart: (startedAt, ids) => {
          fleetIds = ids
          Object.assign(run, { state: 'running', startedAt })
          if (stopAfterMs !== undefined)
            alarms.push(clock.setAlarm(stopAfterMs, () => stop.abort()))
          changed()
        },
        onSample: (sample) => {
          samples.push(sample)
          changed()
        },
        onAction: (entry) => {
          run.timeline.push(entry)
          changed()
        },
        onExpectation: (expectation, index) => {
          run.expectations[index] = { ...expectation }
          changed()
        },
        onEnd: () => {
          Object.assign(run, { elapsedMs: Math.round(clock.now() - run.startedAt!), state: 'ending' })
          changed()
        },
      })
      Object.assign(run, { state: 'over', elapsedMs: Math.round(result.ranMs), verdict: result.verdict })
      this.#results.set(run.runId, result)
      for (const oldest of [...this.#results.keys()].slice(0, -limits.scenarioResultsMax))
        this.#results.delete(oldest)
      changed()
      // A disk that refuses is told elsewhere; what the run came to is known all the same.
      run.keptAs = await keep(result, fleetIds).catch(() => null)
    }
    catch (error) {
      Object.assign(run, { state: 'failed', problem: error instanceof Error ? error.message : String(error) })
    }
    finally {
      alarms.forEach(alarm => alarm.cancel())
      changed()
    }
  }
}

function isUnderWay({ state }: ScenarioRun): boolean {
  return state !== 'over' && state !== 'failed'
}

function describePlanned(atMs: number, action: ScenarioAction, isEnd: boolean): PlannedAction {
  const word = wordOf(action)
  if (word === 'fault')
    return { atMs, word, what: (action as { fault: { kind: string } }).fault.kind, isEnd }
  const { [word]: what } = action as Record<string, unknown>
  return { atMs, word, what: word === 'clearFaults' ? '' : String(what), isEnd }
}
