import type { Alarm, Clock } from '../../../shared/clock.ts'

/** Entries called in one go, before sockets get their turn. */
const callsAtOnce = 200

/**
 * What is due when, with one alarm for all of it: ten thousand tasks with a timeout each must not be as many timers. An entry
 * under the same key replaces the earlier one.
 */
export class Agenda {
  readonly #clock: Clock
  readonly #run: (key: string) => void
  readonly #due = new Map<string, number>()
  /** A binary heap by time; entries that were replaced stay until they come up. */
  readonly #heap: { at: number, key: string }[] = []
  #alarm: { alarm: Alarm, at: number } | undefined
  #closed = false

  constructor(clock: Clock, run: (key: string) => void) {
    this.#clock = clock
    this.#run = run
  }

  /** Calls `run` with the key at `at` (epoch milliseconds), soon when that is past; null takes the entry back. */
  set(key: string, at: number | null): void {
    if (at === null) {
      this.#due.delete(key)
      return
    }
    if (this.#due.get(key) === at)
      return
    this.#due.set(key, at)
    this.#push({ at, key })
    this.#arm()
  }

  /** The same, unless the entry is due earlier anyway: what is asked for again and again is still done. */
  setBy(key: string, at: number): void {
    if (at < (this.#due.get(key) ?? Number.POSITIVE_INFINITY))
      this.set(key, at)
  }

  close(): void {
    this.#closed = true
    this.#alarm?.alarm.cancel()
    this.#due.clear()
  }

  #arm(): void {
    const first = this.#first()
    if (first === undefined || this.#closed || (this.#alarm !== undefined && this.#alarm.at <= first.at))
      return
    this.#alarm?.alarm.cancel()
    this.#alarm = { at: first.at, alarm: this.#clock.setAlarm(Math.max(0, first.at - this.#clock.now()), () => this.#ring()) }
  }

  #ring(): void {
    this.#alarm = undefined
    const now = this.#clock.now()
    // What is set while this runs waits for the next alarm, so that sockets get their turn.
    const ready: string[] = []
    for (let first = this.#first(); first !== undefined && first.at <= now && ready.length < callsAtOnce; first = this.#first()) {
      this.#pop()
      this.#due.delete(first.key)
      ready.push(first.key)
    }
    for (const key of ready) {
      if (!this.#closed)
        this.#run(key)
    }
    this.#arm()
  }

  /** The earliest entry that still holds. */
  #first(): { at: number, key: string } | undefined {
    while (this.#heap.length > 0 && this.#due.get(this.#heap[0]!.key) !== this.#heap[0]!.at)
      this.#pop()
    return this.#heap[0]
  }

  #push(entry: { at: number, key: string }): void {
    const heap = this.#heap
    let index = heap.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (heap[parent]!.at <= entry.at)
        break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0)
      return
    let index = 0
    for (let child = 1; child < heap.length; child = 2 * index + 1) {
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at)
        child += 1
      if (heap[child]!.at >= last.at)
        break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}
