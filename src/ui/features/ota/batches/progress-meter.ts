import type { Batch, TaskCounts } from '../../../../shared/contract/batch.ts'
import { minutesToPush } from '../../../../shared/ota/push-rate.ts'

/** The span over which the speed of a batch is measured. */
const windowMs = 60_000
/** Less than this says nothing. */
const leastMs = 3_000

interface Sample { at: number, told: number, ended: number }

/** How many tasks have ended. */
export function endedOf({ SUCCEEDED, FAILED, CANCELED }: TaskCounts): number {
  return SUCCEEDED + FAILED + CANCELED
}

/** How many tasks a batch has. */
export function totalOf(counts: TaskCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** Measures how fast a batch goes, from what was seen of it in the last minute. */
export class ProgressMeter {
  #samples: Sample[] = []

  /** What the batch was like at `at`, epoch milliseconds. */
  add(at: number, { counts, notified }: Pick<Batch, 'counts' | 'notified'>): void {
    const ended = endedOf(counts)
    const last = this.#samples.at(-1)
    // Tasks that begin anew are no progress backwards: measure from there.
    if (last && (ended < last.ended || notified < last.told))
      this.#samples = []
    this.#samples.push({ at, told: notified, ended })
    while (this.#samples.length > 2 && this.#samples[1]!.at < at - windowMs)
      this.#samples.shift()
  }

  clear(): void {
    this.#samples = []
  }

  /** Devices a minute that were told and that ended; null until it was watched long enough. */
  speed(now: number): { told: number, ended: number } | null {
    const last = this.#samples.at(-1)
    const first = this.#samples.findLast(({ at }) => at <= now - windowMs) ?? this.#samples[0]
    if (!first || !last || now - first.at < leastMs)
      return null
    const minutes = Math.min(now - first.at, windowMs) / 60_000
    return { told: (last.told - first.told) / minutes, ended: (last.ended - first.ended) / minutes }
  }
}

/** Minutes until the devices that can go on have ended, at the speed of the last minute and the push rate; null when it cannot be told. */
export function minutesLeft({ state, pausedAt, rate, counts, notified, waitingForTurn }: Batch, endedPerMinute: number | null): number | null {
  const going = counts.NOTIFIED + counts.IN_PROGRESS + waitingForTurn
  if (state !== 'IN_PROGRESS' || pausedAt !== null || going === 0)
    return null
  const measured = endedPerMinute === null || endedPerMinute <= 0 ? null : going / endedPerMinute
  const pushing = minutesToPush(rate, rate.kind === 'growing' && rate.counts === 'succeeded' ? counts.SUCCEEDED : notified, waitingForTurn)
  if (pushing > 0)
    return Math.max(pushing, measured ?? 0)
  return measured
}
