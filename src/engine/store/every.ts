import type { Alarm, Clock } from '../../shared/clock.ts'

/** Calls `run` every `periodMs` of the clock until it is cancelled, the first time after one period. */
export function every(clock: Clock, periodMs: number, run: () => void): Alarm {
  let alarm: Alarm
  const arm = () => {
    alarm = clock.setAlarm(periodMs, () => {
      arm()
      run()
    })
  }
  arm()
  return { cancel: () => alarm.cancel() }
}
