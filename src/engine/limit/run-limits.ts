import type { LimitReport } from '../../shared/contract/limit.ts'
import { describePastLimit, spanOf } from '../../shared/limit-words.ts'

export interface RunLimitsContext {
  between: (fromAt: number, toAt: number) => LimitReport
  /** Tells something that stays to be read. */
  tell: (message: string) => void
}

/** Says, once no fleet runs any more, how often this machine was the limit while any did; nothing when it never was. */
export class RunLimits {
  readonly #context: RunLimitsContext
  #fromAt: number | null = null

  constructor(context: RunLimitsContext) {
    this.#context = context
  }

  /** Takes which fleets run at an instant. */
  running(fleetIds: readonly string[], at: number): void {
    if (fleetIds.length > 0)
      this.#fromAt ??= at
    else if (this.#fromAt !== null)
      this.#ended(this.#fromAt, at)
  }

  #ended(fromAt: number, toAt: number): void {
    this.#fromAt = null
    const { stretches, times, totalMs } = this.#context.between(fromAt, toAt)
    const longest = stretches.map(({ part, fromAt: from, toAt: to, worst }) => ({ part, figures: worst, forMs: (to ?? toAt) - from })).sort((a, b) => b.forMs - a.forMs)[0]
    if (longest !== undefined)
      this.#context.tell(`This machine was the limit ${times === 1 ? 'once' : `${times} times`} in this run, ${spanOf('en', totalMs)} in all. The longest time, ${describePastLimit('en', longest)}.`)
  }
}
