import type { JobProblem } from '../../../shared/alink/job.ts'
import type { RequestVerdict } from '../answer-request.ts'
import type { FeatureHandlers } from '../feature.ts'
import { parseJobGet, parseJobUpdate } from '../../../shared/alink/job.ts'
import { shortenName, toSnippet } from '../../../shared/thing-model/issue.ts'
import { answerRequest } from '../answer-request.ts'
import { noteAnswer } from '../note-answer.ts'

const style = { members: 'none' } as const

/**
 * Devices ask for their jobs and report on them (Alink 7.7). Nobody gives any out, so there is none to be found: a device that
 * asks gets its own `taskId` back and nothing else, and one that reports on a task is told that it has none (460).
 */
export const jobHandlers: FeatureHandlers = {
  'job.get': message => answerRequest(message, ({ params }) => {
    const wanted = parseJobGet(params)
    return 'expected' in wanted ? refuse(wanted) : { data: { taskId: wanted.taskId } }
  }, style),
  'job.update': message => answerRequest(message, ({ params }) => {
    const report = parseJobUpdate(params)
    if ('expected' in report)
      return refuse(report)
    return { issue: { code: 460, path: '', rule: 'no-task', expected: '', got: shortenName(report.taskId) }, data: { taskId: report.taskId } }
  }, style),
  'job.notify': noteAnswer,
}

function refuse({ expected, got }: JobProblem): RequestVerdict {
  return { issue: { code: 460, path: '', rule: 'bad-form', expected, got: toSnippet(got) } }
}
