import type { RunOptions } from '../engine/scenario/run-scenario.ts'
import type { JsonObject } from '../shared/json.ts'
import type { RunSample, ScenarioResult } from '../shared/scenario/figures.ts'
import type { Scenario } from '../shared/scenario/read-scenario.ts'
import type { LoadedScenario } from './load-scenario.ts'
import type { Output } from './output.ts'
import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { runScenario } from '../engine/scenario/run-scenario.ts'
import { realClock } from '../host/real-clock.ts'
import { VirtualTime } from '../host/virtual-time.ts'
import { methodTable } from '../shared/contract/contract.ts'
import { AppError } from '../shared/errors.ts'
import { checkInput } from '../shared/rpc/check-input.ts'
import { formatDuration } from '../shared/scenario/quantities.ts'
import { htmlReport } from '../shared/scenario/report-html.ts'
import { junitReport } from '../shared/scenario/report-junit.ts'
import { textReport } from '../shared/scenario/report-text.ts'
import { loadScenario } from './load-scenario.ts'
import { makeTemporaryWorkspace, serveAlone, serveInVirtualTime } from './own-engine.ts'
import { printProblems } from './scenario.ts'
import { watchStopSignals } from './stop-signal.ts'
import { connectToRunning } from './workspace-access.ts'

export interface RunWish {
  seed: number | undefined
  report: string | undefined
  junit: string | undefined
  result: string | undefined
  workspace: string | undefined
  /** Virtual time, so many seconds of it in one; undefined: that of the wall. */
  speed: number | 'max' | undefined
  keep: boolean
  json: boolean
}

const unwatchedProgressMs = 5_000

/**
 * Runs a scenario to its end and tells what came of it; returns the exit code. SIGINT and SIGTERM end the run early, with
 * the result so far.
 * @throws AppError when it could not run, or a report could not be written.
 */
export async function runScenarioFile(word: string, wish: RunWish, output: Output): Promise<number> {
  const loaded = await loadScenario(word)
  const { scenario, models } = loaded
  if (scenario === null)
    return refuse(loaded, wish.json, output)
  const result = await runIt(scenario, models, wish, output)

  await write(wish.report, () => htmlReport(result))
  await write(wish.junit, () => junitReport(result))
  await write(wish.result, () => `${JSON.stringify(result, undefined, 2)}\n`)
  if (wish.json)
    output.json(result as unknown as JsonObject)
  else
    textReport(result).forEach(output.line)
  return result.verdict === 'met' ? 0 : 1
}

function refuse(loaded: LoadedScenario, json: boolean, output: Output): number {
  if (json)
    output.json({ file: loaded.file, problems: loaded.problems.map(problem => ({ ...problem })) })
  else
    printProblems(loaded, output)
  return 2
}

async function runIt(scenario: Scenario, models: Record<string, string>, wish: RunWish, output: Output): Promise<ScenarioResult> {
  using stop = watchStopSignals()
  await using stack = new AsyncDisposableStack()
  const isTemporary = wish.workspace === undefined
  const workspaceDir = isTemporary
    ? await makeTemporaryWorkspace('run', stack, wish.keep)
    : path.resolve(wish.workspace!)
  const seed = wish.seed ?? scenario.seed ?? randomInt(0x1_0000_0000)
  output.note(`${scenario.title}: ${formatDuration(scenario.durationMs)}, seed ${seed}${wish.speed === undefined ? '' : ', in virtual time, without sockets'}.`)
  if (isTemporary && wish.keep)
    output.note(`The workspace stays in ${workspaceDir}.`)
  return await runScenario(scenario, {
    ...wish.speed === undefined ? await inRealTime(workspaceDir, stack) : await inVirtualTime(workspaceDir, stack, wish.speed),
    seed,
    models,
    signal: stop.signal,
    // The whole folder goes, or is to stay.
    keep: isTemporary || wish.keep,
    onSample: progressTo(output),
    onAction: ({ actualMs, did, problem }) => output.note(`${seconds(actualMs)}: ${did}${problem === null ? '' : ` ${problem}`}`),
  })
}

type EngineOfRun = Pick<RunOptions, 'call' | 'clock' | 'hold'>

async function inRealTime(workspaceDir: string, stack: AsyncDisposableStack): Promise<EngineOfRun> {
  const client = await connectToRunning(workspaceDir, stack) ?? await serveAlone(workspaceDir, stack)
  return { call: (name, input) => client.call(name, input), clock: realClock }
}

/** Every run begins at the same instant, because devices tell the time. */
const virtualStartAt = Date.UTC(2026, 0, 1)

async function inVirtualTime(workspaceDir: string, stack: AsyncDisposableStack, speed: number | 'max'): Promise<EngineOfRun> {
  const time = new VirtualTime({ startAt: virtualStartAt, speed: speed === 'max' ? null : speed, stopwatch: () => performance.now() })
  // Nothing passes before the run begins, however long it takes to open the engine and to make what the run needs.
  const goOn = time.hold()
  const { api: { methods } } = await serveInVirtualTime(workspaceDir, stack, time)
  const { signal } = new AbortController()
  return {
    call: async (name, input) => await methods[name](checkInput(methodTable[name]!.input, input, name) as never, { signal }) as never,
    clock: time,
    hold: async (work) => {
      const release = time.hold()
      goOn()
      try {
        return await work()
      }
      finally {
        release()
      }
    },
  }
}

/** One line a second for a person who watches, one every five seconds for a log. */
function progressTo(output: Output): (sample: RunSample) => void {
  let shownMs = Number.NEGATIVE_INFINITY
  return ({ atMs, online, published, publishedPerSec, replyP99Ms }) => {
    if (!output.watched && atMs - shownMs < unwatchedProgressMs)
      return
    shownMs = atMs
    output.note(`${seconds(atMs)}: ${online} online, ${published} published, ${Math.round(publishedPerSec)}/s, reply p99 ${formatDuration(replyP99Ms)}`)
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}

async function write(file: string | undefined, make: () => string): Promise<void> {
  if (file === undefined)
    return
  try {
    await writeFile(file, make())
  }
  catch (error) {
    throw new AppError('file/unwritable', `${file} cannot be written: ${(error as Error).message}.`, { path: file })
  }
}
