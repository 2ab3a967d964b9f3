import type { ListPosition } from '../../shared/contract/event.ts'
import { limits } from '../../shared/limits.ts'

export type TimeOrder = 'newest' | 'oldest'
/** Both ends are inclusive, in epoch milliseconds. */
export interface TimeRange { fromAt: number, toAt: number }

/** Rows of a range in order of time, and the instant at which the next page begins; null after the last one. */
export interface InstantPage<Row> { rows: Row[], nextAt: number | null }

/**
 * A page that ends between two milliseconds, so that an instant alone tells where to go on, without a row lost or told
 * twice: it has fewer rows than `limit` when the next ones share an instant with its last ones, and more when a single
 * instant has more.
 */
export async function readInstants<Row extends { at: number }>({ order, limit, ...range }: TimeRange & { order: TimeOrder, limit: number }, read: (range: TimeRange, limit: number) => Promise<Row[]>): Promise<InstantPage<Row>> {
  const rows = await read(range, limit + 1)
  const beyond = rows[limit]
  if (beyond === undefined)
    return { rows, nextAt: null }
  const { at } = beyond
  const end = rows.findIndex(row => row.at === at)
  if (end > 0)
    return { rows: rows.slice(0, end), nextAt: at }
  const ofInstant = await read({ fromAt: at, toAt: at }, limits.instantRowsMax)
  const [next] = await read(order === 'newest' ? { ...range, toAt: at - 1 } : { ...range, fromAt: at + 1 }, 1)
  return { rows: ofInstant, nextAt: next?.at ?? null }
}

/** How a list in order of time is asked for. */
export interface TimeListWish {
  fromAt?: number | undefined
  toAt?: number | undefined
  order: TimeOrder
  before?: ListPosition | undefined
  after?: ListPosition | undefined
  wholeInstants: boolean
  limit: number
}

/** Everything is on this side of it. */
const beyondAll: Record<TimeOrder, ListPosition> = { newest: { at: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }, oldest: { at: -1, id: -1 } }

/** A page of rows with ids, by exact positions or by whole instants; `read` gives those of a range beyond a position. */
export async function readTimeList<Row extends { at: number }>({ order, before, after, wholeInstants, limit, ...wish }: TimeListWish, idOf: (row: Row) => number, read: (range: TimeRange, from: ListPosition, limit: number) => Promise<Row[]>): Promise<{ rows: Row[], next: ListPosition | null }> {
  const range = { fromAt: Math.ceil(wish.fromAt ?? 0), toAt: Math.floor(wish.toAt ?? Number.MAX_SAFE_INTEGER) }
  const from = (order === 'newest' ? before : after) ?? beyondAll[order]
  if (wholeInstants) {
    const { rows, nextAt } = await readInstants({ ...range, order, limit }, (part, count) => read(part, from, count))
    return { rows, next: nextAt === null ? null : { ...beyondAll[order], at: nextAt } }
  }
  const rows = await read(range, from, limit)
  const last = rows.length === limit ? rows.at(-1) : undefined
  return { rows, next: last === undefined ? null : { at: last.at, id: idOf(last) } }
}
