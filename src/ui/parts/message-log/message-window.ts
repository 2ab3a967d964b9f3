import type { TraceRow, TraceTail } from '../../../shared/contract/trace.ts'

/**
 * A window on the trace, oldest row first and without a hole: a bounded stretch of rows that grows at either end by pages
 * and at its new end by the live tail. While `following`, new rows push old ones out; otherwise they only wait, so that
 * nothing moves under the reader's eye. Rows are plain data; `version` counts the changes.
 */
export class MessageWindow {
  readonly rowsMax: number
  rows: TraceRow[] = []
  version = 0
  following = true
  /** Rows that match and came since the view froze. */
  newCount = 0
  /** Where the next older page begins; null when everything kept has been shown. */
  olderId: number | null = null
  /** The last row is the newest one that the page knows. */
  atNewest = true
  /** The latest tail rows while frozen, to join the window to the present. */
  #waiting: TraceRow[] = []
  /** The waiting rows do not reach back to the window's last row any more. */
  #apart = false

  constructor(rowsMax = 3_000) {
    this.rowsMax = rowsMax
  }

  /** Starts over with the newest page. */
  reset(newestFirst: readonly TraceRow[], nextId: number | null): void {
    this.rows = newestFirst.toReversed()
    this.olderId = nextId
    this.atNewest = true
    this.following = true
    this.newCount = 0
    this.#join()
    this.version++
  }

  clear(): void {
    this.#waiting = []
    this.#apart = false
    this.reset([], null)
  }

  /**
   * Takes what the tail brings. When more came than the tail carries, the window starts anew with what it carries: it is
   * the newest and has no hole, and what lies before is read from the trace when somebody scrolls back to it.
   */
  takeTail({ rows, arrived, skipped }: TraceTail): void {
    this.version++
    if (!this.following || !this.atNewest) {
      this.newCount += arrived
      if (skipped > 0)
        this.#waiting = []
      this.#apart ||= skipped > 0
      this.#waiting.push(...rows)
      if (this.#waiting.length > this.rowsMax) {
        this.#waiting.splice(0, this.#waiting.length - this.rowsMax)
        this.#apart = true
      }
      return
    }
    if (skipped > 0 && rows[0]) {
      this.rows = [...rows]
      this.olderId = rows[0].id
      return
    }
    this.#append(rows)
    this.#trimStart()
  }

  /** Stops new rows from moving the view. */
  freeze(): void {
    this.following = false
  }

  /** Starts over with a page that ends before the present: newer rows are pages to be loaded, and the tail only counts. */
  standAt(newestFirst: readonly TraceRow[], nextId: number | null): void {
    this.rows = newestFirst.toReversed()
    this.olderId = nextId
    this.atNewest = false
    this.following = false
    this.newCount = 0
    this.version++
  }

  /**
   * Lets new rows in again where the window reaches the present; where it does not, `atNewest` turns false and the newer
   * pages have to be loaded first. Returns how many rows left at the start.
   */
  follow(): number {
    if (this.#apart)
      this.atNewest = false
    if (!this.atNewest)
      return 0
    this.following = true
    this.newCount = 0
    this.#join()
    this.version++
    return this.#trimStart()
  }

  /** Puts an older page in front; returns how many rows were added there. */
  addOlder(newestFirst: readonly TraceRow[], nextId: number | null): number {
    const firstId = this.firstId
    const added = newestFirst.filter(row => row.id < firstId).toReversed()
    this.rows = [...added, ...this.rows]
    this.olderId = nextId
    if (this.rows.length > this.rowsMax) {
      this.rows.length = this.rowsMax
      this.atNewest = false
      this.following = false
    }
    this.version++
    return added.length
  }

  /** Puts a newer page at the end; returns how many rows left at the start. */
  addNewer(oldestFirst: readonly TraceRow[], nextId: number | null): number {
    this.#append(oldestFirst)
    if (nextId === null) {
      this.atNewest = true
      this.#join()
    }
    this.version++
    return this.#trimStart()
  }

  get hasOlder(): boolean {
    return this.olderId !== null
  }

  get firstId(): number {
    return this.rows[0]?.id ?? Infinity
  }

  get lastId(): number {
    return this.rows.at(-1)?.id ?? -Infinity
  }

  /** Index of a row by its id, or null when the window does not hold it. */
  indexOf(id: number): number | null {
    let low = 0
    let high = this.rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.rows[middle]!.id < id)
        low = middle + 1
      else
        high = middle
    }
    return this.rows[low]?.id === id ? low : null
  }

  /** Index of the row nearest in time, or null when there is none. */
  nearestTo(at: number): number | null {
    let best: number | null = null
    let distance = Infinity
    this.rows.forEach((row, index) => {
      const away = Math.abs(row.at - at)
      if (away < distance) {
        distance = away
        best = index
      }
    })
    return best
  }

  /**
   * Adds rows newer than the last; what both a page and the tail brought counts once. A row that is there already comes again
   * when its verdict took time, and then takes the place of what was known of it.
   */
  #append(rows: readonly TraceRow[]): void {
    for (const row of rows) {
      const known = row.id > this.lastId ? null : this.indexOf(row.id)
      if (known !== null)
        this.rows[known] = row
      else if (row.id > this.lastId)
        this.rows.push(row)
    }
  }

  #join(): void {
    this.#append(this.#waiting)
    this.#waiting = []
    this.#apart = false
  }

  #trimStart(): number {
    const surplus = this.rows.length - this.rowsMax
    if (surplus <= 0)
      return 0
    this.rows.splice(0, surplus)
    this.olderId = this.firstId
    return surplus
  }
}
