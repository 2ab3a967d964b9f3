import type { Alarm, Clock } from '../shared/clock.ts'

/** The longest delay a Node timer takes; a longer one would fire at once. */
const timerMsMax = 0x7FFF_FFFF

/** The wall clock: epoch milliseconds and Node's timers. Delays of any length are honoured; a pending alarm keeps the process alive. */
export const realClock: Clock = {
  now: () => Date.now(),
  setAlarm(delayMs, run): Alarm {
    let timer: NodeJS.Timeout
    const arm = (remainingMs: number): void => {
      timer = remainingMs > timerMsMax
        ? setTimeout(arm, timerMsMax, remainingMs - timerMsMax)
        : setTimeout(run, Math.max(0, remainingMs))
    }
    arm(delayMs)
    return {
      cancel: () => clearTimeout(timer),
    }
  },
}
