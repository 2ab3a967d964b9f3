import type { Alarm, Clock } from '../../shared/clock.ts'

/** Waits on a clock, not longer than until the signal aborts. */
export function createWait(clock: Clock, signal: AbortSignal): { until: (at: number) => Promise<void> } {
  return {
    until: at => new Promise((resolve) => {
      if (signal.aborted || clock.now() >= at)
        return resolve()
      let alarm: Alarm | undefined
      const end = (): void => {
        alarm?.cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
      alarm = clock.setAlarm(at - clock.now(), end)
      signal.addEventListener('abort', end)
    }),
  }
}
