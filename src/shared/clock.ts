/** A pending call that can be taken back. */
export interface Alarm { cancel: () => void }

/**
 * The only source of time and of delayed calls for everything behind `createEngine`.
 * Instants are epoch milliseconds; delays are milliseconds of this clock, which a
 * virtual clock may run faster than the wall.
 */
export interface Clock {
  now: () => number
  /** Calls `run` once, `delayMs` from now (0 means: as soon as possible, never synchronously). */
  setAlarm: (delayMs: number, run: () => void) => Alarm
}

interface PendingAlarm { dueAt: number, run: (() => void) | undefined }

/** A clock that stands still until it is told to move; alarms fire in order of their due time, equal ones in the order they were set. */
export class VirtualClock implements Clock {
  #now: number
  /** In the order in which they fire; what has been taken back keeps its place without doing anything. */
  readonly #pending: PendingAlarm[] = []

  constructor(startAt = 1_735_689_600_000) {
    this.#now = startAt
  }

  now(): number {
    return this.#now
  }

  /** When the next alarm fires; undefined while none is set. */
  get nextDueAt(): number | undefined {
    while (this.#pending.length > 0 && this.#pending[0]!.run === undefined)
      this.#pending.shift()
    return this.#pending[0]?.dueAt
  }

  setAlarm(delayMs: number, run: () => void): Alarm {
    const alarm: PendingAlarm = { dueAt: this.#now + Math.max(0, delayMs), run }
    this.#pending.splice(this.#placeAfter(alarm.dueAt), 0, alarm)
    return {
      cancel: () => { alarm.run = undefined },
    }
  }

  /** Moves time forward by `durationMs`, firing every alarm that falls due on the way. */
  advance(durationMs: number): void {
    const until = this.#now + durationMs
    for (let dueAt = this.nextDueAt; dueAt !== undefined && dueAt <= until; dueAt = this.nextDueAt) {
      const { run } = this.#pending.shift()!
      this.#now = Math.max(this.#now, dueAt)
      run?.()
    }
    this.#now = until
  }

  /** Where an alarm goes that is due at `dueAt`: behind all that are due by then. */
  #placeAfter(dueAt: number): number {
    let low = 0
    let high = this.#pending.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#pending[middle]!.dueAt <= dueAt)
        low = middle + 1
      else
        high = middle
    }
    return low
  }
}
