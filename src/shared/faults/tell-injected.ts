import type { TraceStep } from '../contract/trace.ts'
import type { LogType } from '../log/business-types.ts'
import { injectedMark } from './fault-plan.ts'

const injection: LogType = 'FaultInjection'

/**
 * The steps of a row, with one more at their end when one of them carries the mark of something done on purpose and none
 * stands for that yet: by its business type the log finds it. `kind` says which fault it was.
 */
export function tellInjected(steps: readonly TraceStep[], kind: string): TraceStep[] {
  const marked = steps.find(({ message }) => message?.startsWith(injectedMark))
  return marked === undefined || steps.some(({ bizCode }) => bizCode === injection) ? [...steps] : [...steps, { ...marked, bizCode: injection, operation: kind }]
}
