import type { TraceRow } from '../../../shared/contract/trace.ts'
import { answerTopicOf, expectsAnswer, isAnswerTo } from '../../../shared/diagnose/pair.ts'

/** A message and its answer, which share one line. */
export interface FoldedRow { row: TraceRow, answer: TraceRow | null }

/** How long an unanswered message may wait before it is marked: first as late, then as overdue. */
export const lateMs = 1_000
export const overdueMs = 5_000

/** Messages on one topic that may wait for their answers at a time. */
const openPerTopicMax = 32
/** Rows are plain data that stay as they are, so what their topics mean is worked out once. */
const answerTopics = new WeakMap<TraceRow, string | null>()

function answerTopic(row: TraceRow): string | null {
  let topic = answerTopics.get(row)
  if (topic === undefined) {
    topic = answerTopicOf(row)
    answerTopics.set(row, topic)
  }
  return topic
}

/** Puts answers on the lines of the messages they answer, as far as both are there; everything else keeps a line of its own. */
export function foldRows(rows: readonly TraceRow[]): FoldedRow[] {
  const folded: FoldedRow[] = []
  const open = new Map<string, FoldedRow[]>()
  for (const row of rows) {
    const waiting = row.direction === 'record' ? undefined : open.get(row.topic)
    const at = waiting?.findIndex(({ row: request }) => isAnswerTo(request, row)) ?? -1
    if (waiting !== undefined && at !== -1) {
      waiting[at]!.answer = row
      waiting.splice(at, 1)
      continue
    }
    const line: FoldedRow = { row, answer: null }
    folded.push(line)
    const topic = answerTopic(row)
    if (topic === null)
      continue
    const others = open.get(topic)
    if (others === undefined)
      open.set(topic, [line])
    else if (others.push(line) > openPerTopicMax)
      others.shift()
  }
  return folded
}

/** Whether a message waits for an answer in vain at an instant: null while it does not, or not for long. */
export function waitOf({ row, answer }: FoldedRow, now: number): 'late' | 'overdue' | null {
  const isDelivered = row.code === null || row.code === 200
  if (answer !== null || (!isDelivered && row.code !== 1905) || !expectsAnswer(row))
    return null
  if (row.code === 1905)
    return 'overdue'
  const waitedMs = now - row.at
  return waitedMs < lateMs ? null : waitedMs < overdueMs ? 'late' : 'overdue'
}
