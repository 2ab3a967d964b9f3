import type { RowTimes } from './platform/trace/types.ts'

/** Messages whose times are kept: 13 s at 10,000 messages a second, hours at what one bench does. */
const rowsKept = 131_072
const commitsKept = 16_384

/**
 * The exact times of the latest messages, in memory: two readings of a stopwatch and four numbers a message, and one entry a
 * commit. The rows themselves keep their arrival for good, to the millisecond.
 */
export class JourneyTimes {
  /** Milliseconds with fractions; their zero is that of the clock on the wall, so that other processes can be compared. */
  readonly now: () => number
  readonly #rows: number
  // By slot; 0 stands for nothing. Ids grow, so a slot is found by halving.
  readonly #ids: Float64Array
  readonly #begunAt: Float64Array
  readonly #doneAt: Float64Array
  readonly #acknowledgedAt: Float64Array
  #count = 0
  readonly #commitIds = new Float64Array(commitsKept)
  readonly #commitAt = new Float64Array(commitsKept)
  #commits = 0

  constructor(stopwatch: () => number, rows = rowsKept) {
    this.now = stopwatch
    this.#rows = rows
    this.#ids = new Float64Array(rows)
    this.#begunAt = new Float64Array(rows)
    this.#doneAt = new Float64Array(rows)
    this.#acknowledgedAt = new Float64Array(rows)
  }

  /** Notes a message that has just been kept; ids come in growing order, and 0, a message there was no room for, is passed over. */
  note(id: number, begunAt: number, doneAt = 0): void {
    if (id === 0)
      return
    const slot = this.#count++ % this.#rows
    this.#ids[slot] = id
    this.#begunAt[slot] = begunAt
    this.#doneAt[slot] = doneAt
    this.#acknowledgedAt[slot] = 0
  }

  /** A message that had to wait was handed to its connection now. */
  done(id: number): void {
    const slot = this.#slotOf(id)
    if (slot !== -1)
      this.#doneAt[slot] = this.now()
  }

  /** The device has acknowledged a message now. */
  acknowledged(id: number): void {
    const slot = this.#slotOf(id)
    if (slot !== -1)
      this.#acknowledgedAt[slot] = this.now()
  }

  /** Every row up to this one is safe now. */
  committed(lastId: number): void {
    const slot = this.#commits++ % commitsKept
    this.#commitIds[slot] = lastId
    this.#commitAt[slot] = this.now()
  }

  /** What is known of a message; undefined when it is too long ago, or of an earlier run. */
  of(id: number): RowTimes | undefined {
    const slot = this.#slotOf(id)
    if (slot === -1)
      return undefined
    const [begunAt, doneAt, acknowledgedAt, storedAt] = [this.#begunAt[slot]!, this.#doneAt[slot]!, this.#acknowledgedAt[slot]!, this.#storedAt(id)]
    return { begunAt, ...(doneAt !== 0 && { doneAt }), ...(storedAt !== undefined && { storedAt }), ...(acknowledgedAt !== 0 && { acknowledgedAt }) }
  }

  #slotOf(id: number): number {
    const slot = firstAtLeast(this.#ids, this.#count, this.#rows, id)
    return slot !== -1 && this.#ids[slot] === id ? slot : -1
  }

  #storedAt(id: number): number | undefined {
    const slot = firstAtLeast(this.#commitIds, this.#commits, commitsKept, id)
    // The commit before the oldest that is kept may have been the one.
    const isOldest = this.#commits > commitsKept && slot === this.#commits % commitsKept
    return slot === -1 || isOldest ? undefined : this.#commitAt[slot]
  }
}

/** The slot of the first number that is at least `wanted`, in a ring that has taken `count` growing numbers; -1 when there is none. */
function firstAtLeast(ring: Float64Array, count: number, size: number, wanted: number): number {
  const begin = Math.max(0, count - size)
  let low = begin
  let high = count
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (ring[middle % size]! < wanted)
      low = middle + 1
    else
      high = middle
  }
  return low === count ? -1 : low % size
}
