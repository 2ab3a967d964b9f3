/** Rows of one millisecond that get ids of their own before the ids run ahead of the clock. */
export const idsPerMs = 4096

/** The last millisecond whose ids are exact as numbers (in the year 2039). */
const msMax = Math.floor(Number.MAX_SAFE_INTEGER / idsPerMs)

export interface RowIds {
  /** The next id for a row that arrived at `at` (epoch milliseconds): `at` × 4096, or one more than the last id where that is not larger. */
  next: (at: number) => number
  readonly last: number
}

/**
 * Makes the ids of trace rows, strictly growing from `last` on. After the clock was set back they count up from the
 * last id until the clock has caught up, so that order of arrival and order of ids never differ.
 */
export function createRowIds(last: number): RowIds {
  return {
    next(at) {
      if (!(at >= 0 && at < msMax))
        throw new RangeError(`The arrival of a trace row is an instant in epoch milliseconds below ${msMax}; got ${at}.`)
      last = Math.max(Math.floor(at) * idsPerMs, last + 1)
      return last
    },
    get last() { return last },
  }
}

/** The instant in an id, in epoch milliseconds. */
export function msOfRowId(id: number): number {
  return Math.floor(id / idsPerMs)
}

/** The UTC day of an id as `2026-11-21`. */
export function dayOfRowId(id: number): string {
  return new Date(msOfRowId(id)).toISOString().slice(0, 10)
}

/** The smallest id of the UTC day after the one of `id`. */
export function nextDayRowId(id: number): number {
  const dayMs = 24 * 3600_000
  return (Math.floor(msOfRowId(id) / dayMs) + 1) * dayMs * idsPerMs
}
