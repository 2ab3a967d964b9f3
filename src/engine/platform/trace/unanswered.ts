import type { PairedRow } from '../../../shared/diagnose/pair.ts'
import type { StoredTrace } from '../../store/types.ts'
import type { TailCollector } from './tail.ts'
import { expectsAnswer, isAnswerTo } from '../../../shared/diagnose/pair.ts'

/** A message that nobody has answered for so long goes on as one without a reply, in milliseconds. */
export const replyWaitMs = 5_000
/** Messages that wait for their answers at a time; above that the oldest goes on early. */
const waitingMax = 20_000
/** So much of a payload is looked at for its id and its wish for an answer. */
const payloadBytesRead = 4_096
const lenientUtf8 = new TextDecoder('utf-8')

function toPaired({ payload, ...row }: StoredTrace): PairedRow {
  return { ...row, preview: lenientUtf8.decode(payload.subarray(0, payloadBytesRead)) }
}

/** Whether a row is a message that somebody should answer. */
export function wantsAnswer(row: StoredTrace): boolean {
  return row.direction !== 'record' && expectsAnswer(toPaired(row))
}

/**
 * Puts in front of a collector what a live list of messages without a reply needs: a message that wants an answer waits for it, and goes on only when none
 * came in time. All wait equally long, so they go on in order. `matches` says which rows are such messages; `now` is in epoch milliseconds.
 */
export function waitForAnswers(collector: TailCollector, matches: (row: StoredTrace) => boolean, now: () => number): TailCollector {
  const waiting = new Map<number, { row: StoredTrace, since: number }>()
  const ofCause = new Map<number, Set<number>>()
  let lastId = 0

  function drop(id: number): void {
    const cause = waiting.get(id)?.row.causeId ?? null
    waiting.delete(id)
    if (cause === null)
      return
    const ids = ofCause.get(cause)
    ids?.delete(id)
    if (ids?.size === 0)
      ofCause.delete(cause)
  }

  function hold(row: StoredTrace): void {
    // A row whose verdict took time comes again and keeps its place.
    waiting.set(row.id, { row, since: waiting.get(row.id)?.since ?? now() })
    if (row.causeId !== null)
      ofCause.set(row.causeId, (ofCause.get(row.causeId) ?? new Set<number>()).add(row.id))
  }

  function goOn(id: number): void {
    const row = waiting.get(id)!.row
    drop(id)
    collector.add(row)
  }

  /** The first of those that a row answers no longer waits. */
  function answer(row: StoredTrace, cause: number): void {
    const answering = toPaired(row)
    const answered = [cause, ...ofCause.get(cause) ?? []].find((id) => {
      const request = waiting.get(id)
      return request !== undefined && isAnswerTo(toPaired(request.row), answering)
    })
    if (answered !== undefined)
      drop(answered)
  }

  return {
    add(row) {
      if (row.causeId !== null)
        answer(row, row.causeId)
      // A row that comes again, because its verdict took time, may have been answered in between.
      const isNew = row.id > lastId
      lastId = Math.max(lastId, row.id)
      if ((!isNew && !waiting.has(row.id)) || !matches(row))
        return
      hold(row)
      if (waiting.size > waitingMax)
        goOn(waiting.keys().next().value!)
    },
    take() {
      for (const [id, { since }] of waiting) {
        if (now() - since < replyWaitMs)
          break
        goOn(id)
      }
      return collector.take()
    },
  }
}
