import type { AppStatus } from '../shared/contract/app.ts'
import { limits } from '../shared/limits.ts'

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

/** How full the write queue is, in percent, and in how many seconds it is empty when it goes on as in the last second; null: never. */
export function writeQueueOf({ queuedRows, queuedBytes }: { queuedRows: number, queuedBytes: number }, storedPerSec: number): Pick<AppStatus, 'writeQueueRows' | 'writeQueueBytes' | 'writeQueuePercent' | 'writeDrainSec'> {
  return {
    writeQueueRows: queuedRows,
    writeQueueBytes: queuedBytes,
    writeQueuePercent: Math.round(100 * Math.max(queuedRows / limits.writeQueueRowsMax, queuedBytes / limits.writeQueueBytesMax)),
    writeDrainSec: queuedRows === 0 ? 0 : storedPerSec > 0 ? Math.round(10 * queuedRows / storedPerSec) / 10 : null,
  }
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
