import type { Clock } from '../../shared/clock.ts'

/** The page's only source of time and of delayed calls. */
export const wallClock: Clock = {
  now: () => Date.now(),
  setAlarm: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return { cancel: () => clearTimeout(timer) }
  },
}
