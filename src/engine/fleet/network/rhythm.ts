import type { Network } from '../../../shared/contract/fleet-network.ts'

type Windows = Network['windows']

/** Until when weather that holds at `runMs` goes on, milliseconds of the run; undefined: it does not hold then. */
export function holdsUntil(windows: Windows, runMs: number): number | undefined {
  if (windows.length === 0)
    return Number.POSITIVE_INFINITY
  let until: number | undefined
  for (const { fromSec, toSec, everySec } of windows) {
    const turnMs = everySec === null ? 0 : Math.floor(runMs / (everySec * 1000)) * everySec * 1000
    const at = runMs - turnMs
    if (at >= fromSec * 1000 && at < toSec * 1000)
      until = Math.max(until ?? 0, turnMs + toSec * 1000)
  }
  return until
}

/** Something that begins again and again and lasts for a while; milliseconds of the run. */
export interface Rhythm {
  everyMs: number
  forMs: number
  /** When it begins first. */
  firstMs: number
}

/** When what goes on at `runMs` ends; undefined: nothing does. What begins outside the windows does not begin, and it ends with the window. */
export function endOf({ everyMs, forMs, firstMs }: Rhythm, windows: Windows, runMs: number): number | undefined {
  const turn = Math.floor((runMs - firstMs) / everyMs)
  // Without a pause between two turns it goes on as long as the weather does.
  if (forMs >= everyMs)
    return holdsUntil(windows, runMs)
  if (turn < 0)
    return undefined
  const beganAt = firstMs + turn * everyMs
  const windowEnd = holdsUntil(windows, beganAt)
  const end = Math.min(beganAt + forMs, windowEnd ?? 0)
  return runMs < end ? end : undefined
}

/** The first instant after `runMs` at which it begins, whether the weather holds then or not. */
export function nextAfter({ everyMs, firstMs }: Rhythm, runMs: number): number {
  return runMs < firstMs ? firstMs : firstMs + (Math.floor((runMs - firstMs) / everyMs) + 1) * everyMs
}
