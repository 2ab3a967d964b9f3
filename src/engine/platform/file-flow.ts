import type { Clock } from '../../shared/clock.ts'

/**
 * How the sending of a part of a file is watched and disturbed; places are counted in bytes from the start of the file. A file
 * without a flow is sent as fast as the device takes it.
 */
export interface FileFlow {
  /**
   * How many of the next bytes, at most `wanted`, may be sent now; resolves when that is so. 'break' ends the connection in the
   * middle of the answer.
   */
  next: (at: number, wanted: number) => Promise<number | 'break'>
  /** Sending is over; `complete` when everything asked for was handed to the connection. */
  ended: (at: number, complete: boolean) => void
}

/** How often a slow download gets its share of a second, milliseconds. */
const slowStepMs = 250

/** As many bytes as a quarter of a second allows, after that; `released` ends the wait early. */
export async function paced(clock: Clock, bytesPerSec: number, wanted: number, released: Promise<void>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const alarm = clock.setAlarm(slowStepMs, resolve)
  await Promise.race([promise, released])
  alarm.cancel()
  return Math.min(wanted, Math.max(1, Math.floor(bytesPerSec * slowStepMs / 1000)))
}

/** Where in a file a download stands still that begins at `start`: never before that, and never only at its end. */
export function stopPlace(size: number, start: number, percent: number): number {
  return Math.max(start, Math.min(size - 1, Math.ceil(size * percent / 100)))
}
