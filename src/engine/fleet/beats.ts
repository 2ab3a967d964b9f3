/**
 * When each device of a fleet reports next, by index, in its own time: that begins when it first comes online and goes on
 * whatever happens to its link. Instants are epoch milliseconds.
 */
export class Beats {
  readonly #durationMs: number | null
  /** When a device first came online; 0: never. */
  readonly #since: number[] = []
  /** Its own time at its next report, milliseconds. */
  readonly #next: number[] = []

  /** `durationMs`: how long a device reports, of its own time; null: without end. */
  constructor(durationMs: number | null) {
    this.#durationMs = durationMs
  }

  /** Adds devices behind the others, whose time has not begun. */
  add(count: number): void {
    for (let added = 0; added < count; added++) {
      this.#since.push(0)
      this.#next.push(0)
    }
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    this.#since.length = Math.min(this.#since.length, count)
    this.#next.length = this.#since.length
  }

  /** Lets the time of a device begin, and its first report be due after so many milliseconds. */
  begin(index: number, now: number, firstMs: number): void {
    this.#since[index] = now
    this.#next[index] = firstMs
  }

  /** When a device's own time began; 0: it has not. */
  sinceOf(index: number): number {
    return this.#since[index]!
  }

  /** A device's own time at its next report, milliseconds. */
  nextOf(index: number): number {
    return this.#next[index]!
  }

  /** Puts the next report of a device off by so many milliseconds. */
  advance(index: number, ms: number): void {
    this.#next[index]! += ms
  }

  /** Has a device report next at an instant, which it gives back. */
  planAt(index: number, dueAt: number): number {
    this.#next[index] = dueAt - this.#since[index]!
    return dueAt
  }

  /** When a device reports next; undefined when it has reported for its whole duration. */
  dueOf(index: number): number | undefined {
    const elapsedMs = this.#next[index]!
    return this.#durationMs !== null && elapsedMs >= this.#durationMs ? undefined : this.#since[index]! + elapsedMs
  }
}
