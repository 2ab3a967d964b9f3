import type { AppStatus } from '../shared/contract/app.ts'
import type { Percentiles } from '../shared/contract/fleet.ts'

/** Running totals since the engine started; rates are made from two looks at them. */
export interface Totals { at: number, up: number, down: number, refused: number, stored: number }

/** Per second between two looks, never negative; 0 while no time has passed. */
export function rates(before: Totals, now: Totals): Pick<AppStatus, 'upPerSec' | 'downPerSec' | 'refusedPerSec' | 'storedPerSec'> {
  const seconds = (now.at - before.at) / 1000
  const per = (key: 'up' | 'down' | 'refused' | 'stored'): number => seconds > 0
    ? Math.max(0, Math.round((now[key] - before[key]) / seconds))
    : 0
  return {
    upPerSec: per('up'),
    downPerSec: per('down'),
    refusedPerSec: per('refused'),
    storedPerSec: per('stored'),
  }
}

/** Lateness beyond which a person would notice, milliseconds, and a backlog that the writer does not clear within a second. */
const lateMs = 50
const backlogRows = 20_000

/**
 * Names the part that is the limit at the moment, in the order in which one hides the others: a store that cannot keep
 * up makes the broker wait, and a broker that is late makes the fleet look slow.
 */
export function findBottleneck(status: Pick<AppStatus, 'storeFailing' | 'writeQueueRows'> & { loopLagMs: Percentiles, tickLatenessMs: Percentiles | null }): AppStatus['bottleneck'] {
  if (status.storeFailing !== null || status.writeQueueRows > backlogRows)
    return 'writer'
  if (status.loopLagMs.p99 > lateMs)
    return 'broker'
  return status.tickLatenessMs !== null && status.tickLatenessMs.p99 > lateMs
    ? 'fleet'
    : 'none'
}

/** How long a growth is looked at: files grow in steps. */
const growthMs = 60_000

/** How fast something grows, over the last minute; what is taken away meanwhile does not count. */
export class Growth {
  /** Oldest first: all that has been added since the first look. */
  readonly #looks: { at: number, added: number }[] = []
  #size: number | undefined
  #added = 0

  /** Takes a size; returns what is added a second, 0 until there is a second look. */
  see(at: number, size: number): number {
    this.#added += Math.max(0, size - (this.#size ?? size))
    this.#size = size
    this.#looks.push({ at, added: this.#added })
    while (this.#looks.length > 2 && this.#looks[1]!.at <= at - growthMs)
      this.#looks.shift()
    const [first] = this.#looks
    return at > first!.at ? (this.#added - first!.added) * 1000 / (at - first!.at) : 0
  }
}
