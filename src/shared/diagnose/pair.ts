import type { TraceRowDirection } from '../contract/trace.ts'

/** What is needed of a row to find its other half. */
export interface PairedRow {
  id: number
  direction: TraceRowDirection
  topic: string
  causeId: number | null
  /** The start of the payload as text, or all of it. */
  preview: string
}

const replySuffix = '_reply'
const noAnswerWanted = /"ack"\s*:\s*"?0/
const idIn = /"id"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+))/

/** Where the answer to a message comes; null for an answer, and for what nobody answers. */
export function answerTopicOf({ direction, topic }: Pick<PairedRow, 'direction' | 'topic'>): string | null {
  if (direction === 'record' || topic.endsWith(replySuffix))
    return null
  if (topic.startsWith('/ext/rrpc/'))
    return direction === 'down' ? topic : null
  if (topic.includes('/rrpc/request/'))
    return topic.replace('/rrpc/request/', '/rrpc/response/')
  if (topic.startsWith('/ext/ntp/'))
    return topic.endsWith('/request') ? topic.replace(/request$/, 'response') : null
  if (topic.startsWith('/shadow/update/'))
    return topic.replace('/shadow/update/', '/shadow/get/')
  const isAsked = (topic.startsWith('/sys/') && /^\/sys\/[^/]+\/[^/]+\/_?thing\//.test(topic)) || topic.startsWith('/ext/session/')
  return isAsked ? topic + replySuffix : null
}

/** Whether a message is answered, as far as its sender wishes. */
export function expectsAnswer(row: Pick<PairedRow, 'direction' | 'topic' | 'preview'>): boolean {
  return answerTopicOf(row) !== null && !noAnswerWanted.test(row.preview)
}

/** Whether one row is the answer to another: on its topic, the other way, within its journey, and with no other id. */
export function isAnswerTo(request: PairedRow, answer: PairedRow): boolean {
  if (request.direction === answer.direction || answer.direction === 'record' || answer.id <= request.id || answer.topic !== answerTopicOf(request))
    return false
  if (answer.causeId === null || (answer.causeId !== request.id && answer.causeId !== request.causeId))
    return false
  const [asked, answered] = [messageId(request.preview), messageId(answer.preview)]
  return asked === '' || answered === '' || asked === answered
}

/** The Alink id in a payload, as text; empty where there is none, or it lies behind what was cut off. */
export function messageId(payload: string): string {
  const found = idIn.exec(payload)
  return found?.[1] ?? found?.[2] ?? ''
}
