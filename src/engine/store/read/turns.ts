import { performance } from 'node:perf_hooks'
import { AppError } from '../../../shared/errors.ts'

/** How long a read may hold the thread before others get their turn, in milliseconds. */
const turnMs = 10

/**
 * Lets long reads share one thread: between two steps a read asks whether its time is over, and gives way to whatever
 * else is waiting. Throws AppError call/cancelled once the caller has lost interest.
 */
export interface Turns {
  /** A reading of the monotonic clock, in milliseconds. */
  now: () => number
  isOver: () => Promise<boolean>
}

/** For one read that may take `timeLimitMs`; `isCancelled` is asked after every pause. */
export function createTurns(timeLimitMs: number, isCancelled: () => boolean): Turns {
  const startedAt = performance.now()
  let turnStartedAt = startedAt
  return {
    now: () => performance.now(),
    async isOver() {
      if (performance.now() - turnStartedAt >= turnMs) {
        await new Promise(resolve => setImmediate(resolve))
        turnStartedAt = performance.now()
      }
      if (isCancelled())
        throw new AppError('call/cancelled', 'The caller withdrew the query.')
      return performance.now() - startedAt >= timeLimitMs
    },
  }
}
