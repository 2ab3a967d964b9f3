import type { Alarm, Clock } from '../../shared/clock.ts'
import { DueHeap } from './due-heap.ts'
import { Histogram } from './histogram.ts'

/** The fleet looks at its devices this often. */
const tickMs = 50
/** What one slice may spend before sockets get their turn. */
const sliceDevicesMax = 500
const sliceMsMax = 5
/** How many devices run between two looks at the stopwatch. */
const devicesPerLook = 16

export interface TickOptions {
  clock: Clock
  /** Milliseconds that really pass, for the budget of a slice. */
  stopwatch: () => number
  /** Runs a due device and says when it is due again; undefined: not any more. */
  runDevice: (index: number, dueAt: number, now: number) => number | undefined
  /** Once a tick, before the devices. */
  onTick: (now: number) => void
}

/**
 * One alarm for a whole fleet. Whatever is due runs in slices of at most 5 ms or 500 devices; between two slices the
 * sockets get their turn, and what that costs in lateness is recorded.
 */
export interface Tick {
  /** Device and instant of its next report. */
  readonly due: DueHeap
  /** How long after the tick that should have run it each device ran: 0 while the machine keeps up. */
  readonly lateness: Histogram
  close: () => void
}

/** Starts ticking at once. */
export function createTick(options: TickOptions): Tick {
  const { clock, stopwatch } = options
  const due = new DueHeap()
  const lateness = new Histogram()
  const startedAt = clock.now()
  let tickAt = startedAt
  let alarm: Alarm = clock.setAlarm(tickMs, tick)
  let closed = false

  function tick(): void {
    const now = clock.now()
    tickAt = startedAt + Math.floor((now - startedAt) / tickMs) * tickMs
    options.onTick(now)
    runSlice()
  }

  function runSlice(): void {
    const now = clock.now()
    const leftOver = runDue(now)
    if (closed)
      return
    alarm = leftOver
      ? clock.setAlarm(0, now - tickAt < tickMs ? runSlice : tick)
      : clock.setAlarm(Math.max(0, tickAt + tickMs - clock.now()), tick)
  }

  /** True when the budget was spent before the due devices were. */
  function runDue(now: number): boolean {
    const sliceStartedAt = stopwatch()
    for (let count = 0; ; count++) {
      const index = due.first()
      if (index === undefined || closed)
        return false
      const dueAt = due.dueOf(index)!
      if (dueAt > now)
        return false
      if (count === sliceDevicesMax || (count > 0 && count % devicesPerLook === 0 && stopwatch() - sliceStartedAt >= sliceMsMax))
        return true
      lateness.record(now - startedAt - Math.ceil((dueAt - startedAt) / tickMs) * tickMs)
      const nextDueAt = options.runDevice(index, dueAt, now)
      if (nextDueAt === undefined)
        due.remove(index)
      else
        due.set(index, nextDueAt)
    }
  }

  return {
    due,
    lateness,
    close() {
      closed = true
      alarm.cancel()
    },
  }
}
