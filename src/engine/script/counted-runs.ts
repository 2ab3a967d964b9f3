import type { PendingWork } from '../../shared/pending-work.ts'
import type { ScriptRunner } from './types.ts'

/** The same runner, whose runs are counted while they last. */
export function countRuns(runner: ScriptRunner, work: PendingWork): ScriptRunner {
  return { ...runner, run: call => work.track(runner.run(call)) }
}
