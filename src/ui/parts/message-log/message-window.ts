import type { TraceRow, TraceTail } from '../../../shared/contract/trace.ts'

/** Rows that the tail left out because too many came at once; the trace has them. */
export interface LogGap { gap: number, id: number, at: number }
export type LogEntry = TraceRow | LogGap

/** True for the place of rows that were left out. */
export function isGap(entry: LogEntry): entry is LogGap {
  return 'gap' in entry
}

/**
 * A window on the trace, oldest row first: a bounded stretch of rows that grows at either end by pages and at its new end
 * by the live tail. While `following`, new rows push old ones out; otherwise they only wait, so that nothing moves under
 * the reader's eye. Rows are plain data; `version` counts the changes.
 */
export class MessageWindow {
  readonly rowsMax: number
  entries: LogEntry[] = []
  version = 0
  following = true
  /** Rows that match and came since the view froze. */
  newCount = 0
  /** Where the next older page begins; null when everything kept has been shown. */
  olderId: number | null = null
  /** Older rows were pushed out or not loaded yet. */
  hasOlder = false
  /** The last row is the newest one that the page knows. */
  atNewest = true
  /** The latest tail rows while frozen, to join the window to the present without a hole. */
  #waiting: LogEntry[] = []
  /** More came while frozen than waits here, so the window does not reach the present any more. */
  #hole = false

  constructor(rowsMax = 3_000) {
    this.rowsMax = rowsMax
  }

  /** Starts over with the newest page. */
  reset(newestFirst: readonly TraceRow[], nextId: number | null): void {
    this.entries = newestFirst.toReversed()
    this.olderId = nextId
    this.hasOlder = nextId !== null
    this.atNewest = true
    this.following = true
    this.newCount = 0
    this.#mergeWaiting()
    this.version++
  }

  clear(): void {
    this.#waiting = []
    this.#hole = false
    this.reset([], null)
  }

  /** Takes what the tail brings; returns how many rows left at the start. */
  takeTail({ rows, arrived, skipped }: TraceTail): number {
    if (!this.following || !this.atNewest) {
      this.newCount += arrived
      this.#waiting.push(...withGap(rows, skipped))
      if (this.#waiting.length > this.rowsMax) {
        this.#waiting.splice(0, this.#waiting.length - this.rowsMax)
        this.#hole = true
      }
      this.version++
      return 0
    }
    const lastId = this.lastId
    this.entries.push(...withGap(rows.filter(row => row.id > lastId), skipped))
    this.version++
    return this.#trimStart()
  }

  /** Stops new rows from moving the view. */
  freeze(): void {
    this.following = false
  }

  /**
   * Lets new rows in again; only where the window ends at the present, else `atNewest` is false and the newer pages have
   * to be loaded first. Returns how many rows left at the start.
   */
  follow(): number {
    if (this.#hole)
      this.atNewest = false
    if (!this.atNewest)
      return 0
    this.following = true
    this.newCount = 0
    this.#mergeWaiting()
    this.version++
    return this.#trimStart()
  }

  /** Puts an older page in front; returns how many rows were added there. */
  addOlder(newestFirst: readonly TraceRow[], nextId: number | null): number {
    const firstId = this.firstId
    const added = newestFirst.filter(row => row.id < firstId).toReversed()
    this.entries = [...added, ...this.entries]
    this.olderId = nextId
    this.hasOlder = nextId !== null
    if (this.entries.length > this.rowsMax) {
      this.entries.length = this.rowsMax
      this.atNewest = false
      this.following = false
    }
    this.version++
    return added.length
  }

  /** Puts a newer page at the end; returns how many rows left at the start. */
  addNewer(oldestFirst: readonly TraceRow[], nextId: number | null): number {
    const lastId = this.lastId
    for (const row of oldestFirst) {
      if (row.id > lastId)
        this.entries.push(row)
    }
    if (nextId === null) {
      this.atNewest = true
      this.#mergeWaiting()
    }
    this.version++
    return this.#trimStart()
  }

  get firstId(): number {
    return this.entries[0]?.id ?? Infinity
  }

  get lastId(): number {
    return this.entries.at(-1)?.id ?? -Infinity
  }

  /** Index of a row by its id, or null when the window does not hold it. */
  indexOf(id: number): number | null {
    let low = 0
    let high = this.entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.entries[middle]!.id < id)
        low = middle + 1
      else
        high = middle
    }
    return this.entries[low]?.id === id ? low : null
  }

  /** Index of the row nearest in time, or null when there is none. */
  nearestTo(at: number): number | null {
    let best: number | null = null
    let distance = Infinity
    this.entries.forEach((entry, index) => {
      const away = Math.abs(entry.at - at)
      if (away < distance) {
        distance = away
        best = index
      }
    })
    return best
  }

  #mergeWaiting(): void {
    const lastId = this.lastId
    for (const row of this.#waiting) {
      if (row.id > lastId)
        this.entries.push(row)
    }
    this.#waiting = []
    this.#hole = false
  }

  #trimStart(): number {
    const surplus = this.entries.length - this.rowsMax
    if (surplus <= 0)
      return 0
    this.entries.splice(0, surplus)
    this.hasOlder = true
    this.olderId = this.firstId
    return surplus
  }
}

function withGap(rows: readonly TraceRow[], skipped: number): LogEntry[] {
  const first = rows[0]
  return skipped > 0 && first ? [{ gap: skipped, id: first.id - 0.5, at: first.at }, ...rows] : [...rows]
}
