import type { HopGap, HopName, JourneyHop, MessageWay } from '../../../shared/contract/journey.ts'
import type { PairedRow } from '../../../shared/diagnose/pair.ts'
import type { EndAnswer, EndAsk } from '../../fleet/types.ts'
import type { StoredTrace } from '../../store/types.ts'
import type { RowTimes } from './types.ts'
import { unpackFacts } from '../../../shared/contract/trace-detail.ts'
import { expectsAnswer, isAnswerTo, messageId } from '../../../shared/diagnose/pair.ts'

/** What the times of a message's way are read from. */
export interface WayContext {
  /** Undefined for a message that is too long ago, or of an earlier run. */
  timesOf: (rowId: number) => RowTimes | undefined
  /** What simulated devices know of messages; null for what they do not. */
  ends: (asks: EndAsk[]) => Promise<(EndAnswer | null)[]>
  isSimulated: (deviceId: number) => boolean
  /** Epoch milliseconds, by the clock that the rows are dated with. */
  now: () => number
}

/** An answer of a device may take as long as the cloud waits for an RRPC at most. */
const answerMsMax = 8_000
/** Clocks of two processes of one machine differ by no more; what seems to come before its cause by more was measured on a clock that was set. */
const clockMsMax = 5
/** The time that a report says of itself: thirteen digits. */
const timeInPayload = /"(?:_?time|timestamp)"\s*:\s*"?(\d{13})\b/
/** Codes of a message to a device that was handed to its connection. */
const handedOver: readonly (number | null)[] = [null, 200, 1905]
const lenient = new TextDecoder('utf-8')

interface Half { row: StoredTrace, text: string, times: RowTimes | undefined, end: EndAnswer | null }

/** The way of a message and its answer, from the rows of its journey; null for a record. */
export async function readWay(context: WayContext, row: StoredTrace, journey: readonly StoredTrace[]): Promise<MessageWay | null> {
  if (row.direction === 'record')
    return null
  const { request, answer } = findPair(row, journey)
  const simulated = context.isSimulated(request.deviceId)
  const halves = [request, ...answer ? [answer] : []].map(one => ({ row: one, text: lenient.decode(one.payload), times: context.timesOf(one.id) }))
  const asks = halves.map(({ row: { topic, direction, at }, text, times }): EndAsk => ({ topic, id: messageId(text), direction: direction === 'up' ? 'up' : 'down', near: times?.begunAt ?? at }))
  const ends = simulated ? await context.ends(asks) : []
  const [asked, answered] = halves.map((half, at): Half => ({ ...half, end: ends[at] ?? null }))
  const hops = request.direction === 'up' ? hopsUp(asked!, answered, simulated) : hopsDown(asked!, answered, simulated, context.now())
  return {
    direction: request.direction === 'up' ? 'up' : 'down',
    requestId: request.id,
    answerId: answer?.id ?? null,
    simulated,
    hops,
    missing: hops.find(({ gap }) => gap === 'missing' || gap === 'unsubscribed' || gap === 'undelivered')?.name ?? null,
  }
}

function findPair(row: StoredTrace, journey: readonly StoredTrace[]): { request: StoredTrace, answer: StoredTrace | undefined } {
  const toPaired = (one: StoredTrace): PairedRow => ({ ...one, preview: lenient.decode(one.payload) })
  const own = toPaired(row)
  const request = journey.find(other => isAnswerTo(toPaired(other), own))
  if (request !== undefined)
    return { request, answer: row }
  return { request: row, answer: journey.find(other => isAnswerTo(own, toPaired(other))) }
}

function known(name: HopName, afterMs: number, source: JourneyHop['source'], rowId: number | null, more: Partial<JourneyHop> = {}): JourneyHop {
  return { name, afterMs, ...(source && { source }), rowId, ...more }
}

function unknown(name: HopName, gap: HopGap, rowId: number | null, more: Partial<JourneyHop> = {}): JourneyHop {
  return { name, afterMs: null, gap, rowId, ...more }
}

function codeOf({ code }: StoredTrace): Partial<JourneyHop> {
  return code === null ? {} : { code }
}

/** The way of a device's message, and of the platform's answer to it. */
function hopsUp(asked: Half, answered: Half | undefined, simulated: boolean): JourneyHop[] {
  const { row, text, times } = asked
  const hops = [sentHop(asked, simulated), known('received', 0, times ? 'measured' : 'kept', row.id)]
  hops.push(times?.doneAt === undefined ? unknown('checked', 'gone', row.id, codeOf(row)) : known('checked', times.doneAt - times.begunAt, 'measured', row.id, codeOf(row)))
  hops.push(times?.storedAt === undefined ? unknown('stored', times ? 'waiting' : 'gone', row.id) : known('stored', times.storedAt - times.begunAt, 'measured', row.id))
  if (answered === undefined) {
    const gap = expectsAnswer({ ...row, preview: text }) && row.code === 200 ? 'missing' : 'none'
    return [...hops, unknown('replied', gap, null), unknown('arrived', 'none', null)]
  }
  const written = writtenHop('replied', answered, offsetOf(asked, answered))
  hops.push(written)
  hops.push(written.gap === 'undelivered' || written.gap === 'unsubscribed' ? unknown('arrived', 'none', null) : arrivedHop(answered, written.afterMs, offsetOf(asked, answered), simulated))
  return hops
}

function sentHop({ row, text, times, end }: Half, simulated: boolean): JourneyHop {
  if (simulated) {
    const afterMs = end === null || times === undefined ? null : end.at - times.begunAt
    return afterMs === null || afterMs > clockMsMax ? unknown('sent', 'gone', null) : known('sent', Math.min(0, afterMs), 'measured', null)
  }
  const claimed = timeInPayload.exec(text)?.[1]
  return claimed === undefined ? unknown('sent', 'real', null) : known('sent', Number(claimed) - row.at, 'claimed', null)
}

/** How much later than the first row the second one was begun, exactly where that is known. */
function offsetOf(asked: Half, answered: Half): number {
  return asked.times && answered.times ? answered.times.begunAt - asked.times.begunAt : Math.max(0, answered.row.at - asked.row.at)
}

function writtenHop(name: 'replied' | 'written', { row, times }: Half, offset: number): JourneyHop {
  const isUnasked = unpackFacts(row.detail).mistakes.some(({ kind }) => kind === 'not-subscribed')
  if (!handedOver.includes(row.code))
    return unknown(name, isUnasked ? 'unsubscribed' : 'undelivered', row.id, codeOf(row))
  if (times === undefined)
    return name === 'written' ? unknown(name, 'gone', row.id, codeOf(row)) : known(name, offset, 'kept', row.id, codeOf(row))
  return times.doneAt === undefined ? unknown(name, 'waiting', row.id, codeOf(row)) : known(name, offset + times.doneAt - times.begunAt, 'measured', row.id, codeOf(row))
}

/** When the device got a message: it knows itself when it is simulated, otherwise only its PUBACK tells. */
function arrivedHop({ row, times, end }: Half, writtenMs: number | null, offset: number, simulated: boolean): JourneyHop {
  if (simulated) {
    const afterMs = end === null || times === undefined ? null : offset + end.at - times.begunAt
    const isBefore = afterMs !== null && writtenMs !== null && afterMs < writtenMs - clockMsMax
    return afterMs === null || isBefore ? unknown('arrived', 'gone', null) : known('arrived', Math.max(afterMs, writtenMs ?? afterMs), 'measured', null, end?.deed === 'noted' ? { deed: 'noted' } : {})
  }
  if (times?.acknowledgedAt !== undefined)
    return known('arrived', offset + times.acknowledgedAt - times.begunAt, 'acknowledged', null)
  if (unpackFacts(row.detail).mistakes.some(({ kind }) => kind === 'not-subscribed'))
    return unknown('arrived', 'unsubscribed', row.id)
  return unknown('arrived', row.qos === 1 ? (times ? 'waiting' : 'gone') : 'real', null)
}

/** The way of a message to a device, and of the device's answer. */
function hopsDown(asked: Half, answered: Half | undefined, simulated: boolean, now: number): JourneyHop[] {
  const { row, text, times, end } = asked
  const isAsking = expectsAnswer({ ...row, preview: text })
  const written = writtenHop('written', asked, 0)
  const hops = [known('called', 0, times ? 'measured' : 'kept', row.id), written]
  if (written.gap === 'undelivered' || written.gap === 'unsubscribed')
    return [...hops, unknown('arrived', 'none', null), ...isAsking ? (['acted', 'answered', 'received', 'judged'] as const).map(name => unknown(name, 'none', null)) : []]
  const arrived = arrivedHop(asked, written.afterMs, 0, simulated)
  // A device that has answered got the message, whatever it has subscribed to.
  hops.push(answered && arrived.gap === 'unsubscribed' ? { ...arrived, gap: 'real' } : arrived)
  if (!isAsking)
    return hops
  const gap: HopGap = answered ? (simulated ? 'gone' : 'real') : row.code === 1905 || now - row.at > answerMsMax ? 'missing' : 'waiting'
  const base = times?.begunAt
  const answeredMs = end === null || end.answeredAt === null || base === undefined ? null : end.answeredAt - base
  hops.push(actedHop(asked, answered, arrived, answeredMs, gap))
  hops.push(answeredMs === null ? unknown('answered', end?.deed === 'ignored' ? 'missing' : gap, null) : known('answered', answeredMs, 'measured', null))
  if (answered === undefined)
    return [...hops, unknown('received', 'none', null), unknown('judged', 'none', null)]
  const offset = offsetOf(asked, answered)
  hops.push(known('received', offset, asked.times && answered.times ? 'measured' : 'kept', answered.row.id))
  const done = answered.times?.doneAt
  hops.push(done === undefined ? unknown('judged', 'gone', answered.row.id, codeOf(answered.row)) : known('judged', offset + done - answered.times!.begunAt, 'measured', answered.row.id, codeOf(answered.row)))
  return hops
}

/** What the device did: it says so itself when it is simulated; of a board only its answer tells. */
function actedHop({ end }: Half, answered: Half | undefined, arrived: JourneyHop, answeredMs: number | null, gap: HopGap): JourneyHop {
  if (end !== null && end.deed !== null) {
    const afterMs = answeredMs ?? (end.deed === 'waits' ? null : arrived.afterMs)
    return afterMs === null ? unknown('acted', 'waiting', null, { deed: end.deed }) : known('acted', afterMs, 'measured', null, { deed: end.deed })
  }
  const deed = answered?.row.code === 200 ? 'applied' : 'refused'
  return unknown('acted', gap === 'missing' ? 'none' : gap, null, answered ? { deed } : {})
}
