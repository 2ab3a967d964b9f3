import type { Mistake } from './mistake.ts'

const dayMs = 24 * 3600_000
/** No device of the platform has measured anything before 2010: what lies before is a clock that was never set. */
const firstYearMs = Date.UTC(2010, 0, 1)
/** A clock that starts at 1970 or 2000 has run this long at most before somebody notices. */
const runMsMax = 400 * dayMs
const clockStarts = [0, Date.UTC(2000, 0, 1), Date.UTC(1980, 0, 1)]

/** A value that was read as a time and could not be used: in which unit it makes sense, or that its clock was never set. */
export function recogniseTime(path: string, value: number, now: number): Mistake | null {
  if (!Number.isFinite(value) || value < 0)
    return null
  const got = String(value)
  const isSensible = (ms: number): boolean => ms >= firstYearMs && ms <= now + dayMs
  if (isSensible(value))
    return null
  const units = [['time-seconds', 1_000], ['time-micros', 1 / 1_000], ['time-nanos', 1 / 1_000_000]] as const
  for (const [kind, factor] of units) {
    if (isSensible(value * factor))
      return { kind, path, expected: String(Math.round(value * factor)), got }
  }
  const isUnset = [1, 1_000].some(factor => clockStarts.some(start => value * factor >= start && value * factor < start + runMsMax))
  if (isUnset)
    return { kind: 'time-unset', path, expected: String(Math.round(now)), got }
  return value > now + dayMs && value < now * 2 ? { kind: 'time-ahead', path, expected: String(Math.round(now)), got } : null
}
