import type { Run } from '../../../shared/contract/run.ts'
import type { RunHeadline } from '../../../shared/run/findings.ts'
import type { MarkName } from '../../kit/mark-shapes.ts'
import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'
import { headlineOf } from '../../../shared/run/findings.ts'

const marks: Record<RunHeadline, MarkName> = { running: 'connecting', failed: 'failed', cut: 'offline', unmet: 'failed', failures: 'failed', machine: 'kicked', trouble: 'kicked', met: 'online', clean: 'online', idle: 'idle' }

/** The mark of a run's verdict. */
export function verdictMark(run: Run): MarkName {
  return marks[headlineOf(run)]
}

/** How long a run has lasted, milliseconds. */
export function lengthOf({ startedAt, endedAt }: Pick<Run, 'startedAt' | 'endedAt'>, now: number): number {
  return Math.max(0, (endedAt ?? now) - startedAt)
}

/** What the page does with a run, on the command line. */
export function runForms(verb: 'show' | 'pin' | 'unpin' | 'delete', { runId }: Pick<Run, 'runId'>): CopyForms {
  return { cli: ['runs', verb, runId] }
}
