import type { JsonValue } from '../../../shared/json.ts'
import type { Random } from './random-streams.ts'

/** Who reports, beside what it remembers. */
export interface Reporter {
  /** Of the run. */
  seed: number
  deviceName: string
  /** When the device's own time began, epoch milliseconds. */
  startedAt: number
  /** Values set from outside, by the property's name on the wire: they count as the values that other properties see. */
  held: ReadonlyMap<string, JsonValue> | undefined
  /** What it remembers as text, by name; absent: nothing. */
  notes?: Map<string, string> | undefined
}

/** One report while it is being worked out; the same object serves one report after the other. */
export interface Turn extends Reporter {
  random: Random
  /** The device's own time since it first came online. */
  elapsedSec: number
  /** What is known already, by the property's place in the plan. */
  values: (JsonValue | undefined)[]
}

/**
 * The next raw value of a property. `state` holds the numbers that a device remembers, from `at` on; NaN there means that
 * the device starts now. Undefined: nothing to report this time.
 */
export type Step = (state: number[], at: number, turn: Turn) => JsonValue | undefined

/** Gives a number its place in what a device remembers, counted from its first; a name outlives a change of behaviours. */
export type Remember = (name: string) => number

/** Milliseconds that a machine's local time stays the same distance from UTC, whatever its rules are. */
const zoneStepMs = 900_000
const dayMs = 86_400_000
let zoneKnownFor = Number.NaN
let zoneMs = 0

/** The time of day in seconds, 0 to 86,400, so many minutes east of UTC; without them in the local time of this machine. */
export function secondOfDay(at: number, utcOffsetMin: number | undefined): number {
  const zone = utcOffsetMin === undefined ? localZoneMs(at) : utcOffsetMin * 60_000
  return (((at + zone) % dayMs) + dayMs) % dayMs / 1000
}

/** `07:30` in seconds after midnight. */
export function readTimeOfDay(text: string): number {
  const [hours, minutes] = text.split(':').map(Number)
  return hours! * 3600 + minutes! * 60
}

function localZoneMs(at: number): number {
  const step = Math.floor(at / zoneStepMs)
  if (step !== zoneKnownFor) {
    zoneKnownFor = step
    zoneMs = -new Date(at).getTimezoneOffset() * 60_000
  }
  return zoneMs
}
