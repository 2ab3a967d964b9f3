import type { JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'

/** What is wrong with a message about jobs: what was expected, and what came. */
export interface JobProblem { expected: string, got: JsonValue | undefined }

/** The states that a device reports of a job (Alink 7.7). */
export const reportedJobStates = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'REJECTED'] as const
export type ReportedJobState = (typeof reportedJobStates)[number]

/** The task that `thing/job/get` asks for: `$list` for all unfinished ones, `$next`, or an id (Alink 7.7). Never throws. */
export function parseJobGet(params: JsonValue | undefined): { taskId: string } | JobProblem {
  const taskId = isJsonObject(params) ? params.taskId : undefined
  return typeof taskId === 'string' && taskId !== '' ? { taskId } : { expected: '"params.taskId" to be "$list", "$next" or the id of a task', got: params }
}

/** What `thing/job/update` says of a task (Alink 7.7). Never throws. */
export function parseJobUpdate(params: JsonValue | undefined): { taskId: string, status: ReportedJobState, progress: number | null } | JobProblem {
  if (!isJsonObject(params))
    return { expected: '"params" to be an object with "taskId" and "status"', got: params }
  const { taskId, status, progress, statusDetails } = params
  if (typeof taskId !== 'string' || taskId === '')
    return { expected: '"taskId" of the task', got: taskId }
  if (!(reportedJobStates as readonly unknown[]).includes(status))
    return { expected: `"status" to be one of ${reportedJobStates.join(', ')}`, got: status }
  if (progress !== undefined && (typeof progress !== 'number' || !Number.isInteger(progress) || progress < 0 || progress > 100))
    return { expected: '"progress" to be a whole number from 0 to 100', got: progress }
  if (statusDetails !== undefined && !isJsonObject(statusDetails))
    return { expected: '"statusDetails" to be an object', got: statusDetails }
  return { taskId, status: status as ReportedJobState, progress: progress ?? null }
}
