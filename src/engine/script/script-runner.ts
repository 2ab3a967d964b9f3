import type { Clock } from '../../shared/clock.ts'
import type { ScriptLane } from './script-lane.ts'
import type { ScriptCall, ScriptRun, ScriptRunner } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { createScriptLane } from './script-lane.ts'

interface Waiting { call: ScriptCall, bytes: number, settle: (run: ScriptRun) => void }

/** A script with calls that wait. */
interface Script {
  waiting: Waiting[]
  isRunning: boolean
  /** Runs that still have to end in time before the script may go among the quick ones again; 0 for those that are there. */
  probation: number
}

/**
 * Runs scripts on two threads: one for all, and one for those that have lately run into the time limit, so that an endless
 * script holds up only its own kind. Scripts take turns, and the calls of one are in order. What waits is bounded, a script
 * and altogether; a call beyond that ends at once with code 26010. Threads start with the first call.
 * `runMsMax`: how long one run may take.
 */
export function createScriptRunner({ clock, runMsMax = limits.scriptRunMsMax }: { clock: Clock, runMsMax?: number }): ScriptRunner {
  const scripts = new Map<string, Script>()
  const quick = createScriptLane(clock, 'scripts', runMsMax)
  const slow = createScriptLane(clock, 'slow-scripts', runMsMax)
  let waiting = 0
  let waitingBytes = 0
  let refused = 0
  let isClosed = false

  const laneOf = (script: Script): ScriptLane => script.probation > 0 ? slow : quick

  function scriptOf(scriptId: string): Script {
    let script = scripts.get(scriptId)
    if (script === undefined)
      scripts.set(scriptId, script = { waiting: [], isRunning: false, probation: 0 })
    return script
  }

  /** Why no more calls of a script can wait; null when they can. */
  function whyFull(script: Script, bytes: number): string | null {
    const max = script.probation > 0 ? limits.scriptSlowRunsWaitingMax : limits.scriptRunsWaitingMax
    if (script.waiting.length >= max)
      return `${max} runs of it wait already${script.probation > 0 ? ', because it is slow' : ''}`
    return waitingBytes + bytes > limits.scriptBytesWaitingMax ? `${waitingBytes} bytes wait for scripts already` : null
  }

  /** Gives each free thread the call whose script has waited longest for its turn. */
  function runNext(): void {
    for (const [scriptId, script] of scripts) {
      if (quick.isBusy && slow.isBusy)
        return
      const lane = laneOf(script)
      const next = lane.isBusy || script.isRunning ? undefined : script.waiting.shift()
      if (next !== undefined)
        start(scriptId, script, lane, next)
    }
  }

  function start(scriptId: string, script: Script, lane: ScriptLane, { call, bytes, settle }: Waiting): void {
    waiting -= 1
    waitingBytes -= bytes
    // Behind the others, for its next turn.
    scripts.delete(scriptId)
    scripts.set(scriptId, script)
    script.isRunning = true
    void lane.run(call).then((run) => {
      script.isRunning = false
      script.probation = run.problem?.code === 26003 ? limits.scriptProbationRuns : Math.max(0, script.probation - 1)
      settle(run)
      if (!isClosed)
        runNext()
    })
  }

  function fail(code: 26010 | 26015, message: string): ScriptRun {
    return { value: null, problem: { code, message }, logs: [], elapsedMs: 0 }
  }

  return {
    run: (call) => {
      if (isClosed)
        return Promise.resolve(fail(26015, 'The script was not run: Thingbench is closing.'))
      const script = scriptOf(call.scriptId)
      const bytes = call.args.reduce((sum, arg) => sum + arg.length, 0)
      const why = whyFull(script, bytes)
      if (why !== null) {
        refused += 1
        return Promise.resolve(fail(26010, `The script was not run: ${why}.`))
      }
      waiting += 1
      waitingBytes += bytes
      return new Promise((settle) => {
        script.waiting.push({ call, bytes, settle })
        runNext()
      })
    },
    forget: (scriptId) => {
      if (scripts.get(scriptId)?.waiting.length === 0)
        scripts.delete(scriptId)
      quick.forget(scriptId)
      slow.forget(scriptId)
    },
    stats: () => ({ waiting, refused }),
    close: async () => {
      isClosed = true
      for (const script of scripts.values()) {
        for (const { settle } of script.waiting.splice(0))
          settle(fail(26015, 'The script was not run: Thingbench is closing.'))
      }
      await Promise.all([quick.close(), slow.close()])
    },
  }
}
