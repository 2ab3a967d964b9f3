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

interface PendingAlarm { dueAt: number, order: number, run: () => void }

/** A clock that stands still until it is told to move; alarms fire in order of their due time. */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  #pending: PendingAlarm[] = []

  constructor(startAt = 1_735_689_600_000) {
    this.#now = startAt
  }

  now(): number {
    return this.#now
  }

  setAlarm(delayMs: number, run: () => void): Alarm {
    const alarm: PendingAlarm = { dueAt: this.#now + Math.max(0, delayMs), order: this.#order++, run }
    this.#pending.push(alarm)
    return {
      cancel: () => { this.#pending = this.#pending.filter(other => other !== alarm) },
    }
  }

  /** Moves time forward by `durationMs`, firing every alarm that falls due on the way. */
  advance(durationMs: number): void {
    const until = this.#now + durationMs
    for (;;) {
      const next = this.#pending
        .filter(alarm => alarm.dueAt <= until)
        .sort((a, b) => a.dueAt - b.dueAt || a.order - b.order)[0]
      if (!next)
        break
      this.#pending = this.#pending.filter(alarm => alarm !== next)
      this.#now = Math.max(this.#now, next.dueAt)
      next.run()
    }
    this.#now = until
  }
}
