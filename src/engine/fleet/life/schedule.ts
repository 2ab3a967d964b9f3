import type { Life } from '../../../shared/contract/fleet-life.ts'
import { drawParameter } from '../behaviour/parameter.ts'
import { createRandom } from '../behaviour/random-streams.ts'
import { readTimeOfDay, secondOfDay } from '../behaviour/turn.ts'

interface Keeper {
  /** Of the run. */
  seed: number
  deviceName: string
  /** When the fleet was started, epoch milliseconds: turns of a duty cycle count from there. */
  startedAt: number
}

/** Whether a device has power, and until when that stays so, epoch milliseconds. */
export interface Power { isOn: boolean, until: number }

const daySec = 86_400

/** What the schedule of a fleet says of a device at the instant `now`; without a schedule, it always has power. */
export function powerAt(schedule: Life['schedule'], { seed, deviceName, startedAt }: Keeper, now: number): Power {
  if (schedule === null)
    return { isOn: true, until: Number.POSITIVE_INFINITY }
  if (schedule.kind === 'daily') {
    const { from, to, jitterSec, utcOffsetMin } = schedule
    const lateMs = jitterSec === 0 ? 0 : Math.round(1000 * jitterSec * createRandom(seed, `${deviceName} life hours`).next())
    const begin = readTimeOfDay(from)
    const span = (readTimeOfDay(to) - begin + daySec) % daySec
    return turnAt(secondOfDay(now - lateMs, utcOffsetMin) - begin, span, daySec, now)
  }
  const onSec = drawParameter(schedule.onSec, seed, `${deviceName} life on`)
  const turnSec = onSec + drawParameter(schedule.offSec, seed, `${deviceName} life off`)
  const begin = turnSec * createRandom(seed, `${deviceName} life turn`).next()
  return turnAt((now - startedAt) / 1000 + begin, onSec, turnSec, now)
}

/** On for the first `onSec` of each turn. */
function turnAt(sec: number, onSec: number, turnSec: number, now: number): Power {
  const since = ((sec % turnSec) + turnSec) % turnSec
  const isOn = since < onSec
  // The next millisecond at the earliest, whatever rounding has left.
  return { isOn, until: Math.max(now + 1, Math.ceil(now + 1000 * ((isOn ? onSec : turnSec) - since))) }
}
