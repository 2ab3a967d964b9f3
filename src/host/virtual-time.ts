import type { Alarm, Clock } from '../shared/clock.ts'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { VirtualClock } from '../shared/clock.ts'
import { PendingWork } from '../shared/pending-work.ts'

/** How long the driver rests while no alarm is set; whoever sets one is seen then. */
const restMs = 2

export interface VirtualTimeOptions {
  /** Where time begins, epoch milliseconds. */
  startAt: number
  /** Virtual seconds in a second, at the most; null: as fast as the machine can. */
  speed: number | null
  /** Milliseconds that really pass. */
  stopwatch: () => number
}

/**
 * Time that passes only when nothing is left to do: before it moves on to the next alarm, everything that the last one set
 * off has come to rest. So a run takes the same course however fast the machine is, and a quiet hour takes a moment.
 */
export class VirtualTime implements Clock {
  readonly #clock: VirtualClock
  readonly #options: VirtualTimeOptions
  readonly #held = new PendingWork()
  #isStopped = false

  constructor(options: VirtualTimeOptions) {
    this.#options = options
    this.#clock = new VirtualClock(options.startAt)
  }

  now(): number {
    return this.#clock.now()
  }

  setAlarm(delayMs: number, run: () => void): Alarm {
    return this.#clock.setAlarm(delayMs, run)
  }

  /** Stands still until the returned function is called; what is done meanwhile must not wait for an alarm. */
  hold(): () => void {
    return this.#held.begin()
  }

  /** Lets time pass until {@link stop}; `settled` resolves when what has been set off has come to rest. */
  async run(settled: () => Promise<void>): Promise<void> {
    const { speed, stopwatch } = this.#options
    const from = this.now()
    const startedAt = stopwatch()
    while (!this.#isStopped) {
      await settled()
      if (!this.#held.isDone) {
        await turn()
        continue
      }
      const dueAt = this.#clock.nextDueAt
      const aheadMs = dueAt === undefined ? restMs : speed === null ? 0 : (dueAt - from) / speed - (stopwatch() - startedAt)
      // What happens meanwhile may set an earlier alarm, so waiting is done in short pieces.
      if (aheadMs > 0)
        await wait(Math.min(aheadMs, restMs))
      else if (!this.#isStopped)
        this.#clock.advance(Math.max(0, dueAt! - this.now()))
    }
  }

  stop(): void {
    this.#isStopped = true
  }
}
