import type { Alarm, Clock } from '../../shared/clock.ts'
import type { FromScriptWorker, ScriptCall, ScriptRun, ScriptWorkerSetup, ToScriptWorker } from './types.ts'
import { Worker } from 'node:worker_threads'
import { limits } from '../../shared/limits.ts'
import { scriptWorkerFiles } from './worker-entry.ts'

/** One thread that runs scripts, one call at a time. */
export interface ScriptLane {
  readonly isBusy: boolean
  /** Runs a call; the lane must not be busy. Never rejects. */
  run: (call: ScriptCall) => Promise<ScriptRun>
  forget: (scriptId: string) => void
  close: () => Promise<void>
}

interface Running { id: number, settle: (run: ScriptRun) => void, alarm: Alarm }

/**
 * The thread is started with the first call. One that does not come back, although the sandbox holds its time itself, is
 * killed and started again, and so is one that has failed.
 */
export function createScriptLane(clock: Clock, name: string, runMsMax: number): ScriptLane {
  let worker: Worker | null = null
  /** What the worker has of each script already. */
  let sent = new Map<string, string>()
  let running: Running | null = null
  let ended: Promise<unknown> = Promise.resolve()
  let nextId = 1

  function start(): Worker {
    const { code, wasmFile } = scriptWorkerFiles()
    const started = new Worker(code, { name, workerData: { wasmFile, runMsMax } satisfies ScriptWorkerSetup, resourceLimits: { stackSizeMb: limits.scriptNativeStackMbMax } })
    sent = new Map()
    started.on('message', ({ id, run }: FromScriptWorker) => id === running?.id && end(run))
    started.on('error', error => worker === started && stop(`the thread that runs scripts has failed: ${error instanceof Error ? error.message : String(error)}`))
    started.on('exit', () => worker === started && stop('the thread that runs scripts has ended'))
    return started
  }

  function end(run: ScriptRun): void {
    const { settle, alarm } = running!
    alarm.cancel()
    running = null
    settle(run)
  }

  /** Ends the thread, and the call it was at. */
  function stop(why: string, code: 26003 | 26015 = 26015): void {
    ended = Promise.all([ended, worker?.terminate()])
    worker = null
    if (running !== null)
      end({ value: null, problem: { code, message: `The script was stopped: ${why}.` }, logs: [], elapsedMs: 0 })
  }

  return {
    get isBusy() { return running !== null },
    run: ({ text, ...call }) => new Promise((settle) => {
      worker ??= start()
      const id = nextId++
      const graceMs = runMsMax + limits.scriptGraceMs
      running = { id, settle, alarm: clock.setAlarm(graceMs, () => stop(`it did not come to an end within ${graceMs / 1000} s`, 26003)) }
      const isNew = sent.get(call.scriptId) !== text
      sent.set(call.scriptId, text)
      worker.postMessage({ kind: 'run', id, call: isNew ? { ...call, text } : call } satisfies ToScriptWorker)
    }),
    forget: (scriptId) => {
      if (sent.delete(scriptId))
        worker?.postMessage({ kind: 'forget', scriptId } satisfies ToScriptWorker)
    },
    close: async () => {
      stop('Thingbench is closing')
      await ended
    },
  }
}
