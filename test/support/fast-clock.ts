import type { Clock } from '../../src/shared/clock.ts'

/** A clock that runs so many times faster than the wall, for tests with real sockets and long waits. */
export function createFastClock(speed: number): Clock {
  const startedAt = performance.now()
  return {
    now: () => 1_735_689_600_000 + (performance.now() - startedAt) * speed,
    setAlarm(delayMs, run) {
      const timer = setTimeout(run, delayMs / speed)
      return { cancel: () => clearTimeout(timer) }
    },
  }
}
