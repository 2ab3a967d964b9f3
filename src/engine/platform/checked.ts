import type { TraceStep } from '../../shared/contract/trace.ts'
import type { ValidationIssue } from '../../shared/thing-model/issue.ts'
import type { DownlinkMessage } from './feature.ts'

const passedOver = 'What breaks the thing model was passed over, because the caller asked for that.'

/** What the trace says of a command before it is sent: that it was checked, or what is wrong with it although it is sent. */
export function checked(method: string, issues: readonly ValidationIssue[] = []): Required<Pick<DownlinkMessage, 'steps' | 'notices'>> {
  const check: TraceStep = { bizCode: 'ThingModel', operation: 'check', code: 200, ...(issues.length > 0 && { message: passedOver }) }
  return { notices: issues, steps: [check, { bizCode: 'ThingService', operation: method, code: 200 }] }
}
