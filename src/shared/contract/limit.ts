import { z } from 'zod'
import { method, type } from './define.ts'

/** Parts of the bench that can be the limit of a run, the one that hides the others first. */
export const limitParts = ['writer', 'machine', 'broker', 'fleet', 'page'] as const
export type LimitPart = (typeof limitParts)[number]

/** Why a part is the limit, in figures; null for those that say nothing about it. */
export interface LimitFigures {
  /** How late reports leave, or messages are handled, or pictures come: the 99th percentile in milliseconds. */
  lateMs: number | null
  /** Processor time of the part in percent of one core; how busy its thread is for the engine's loop. */
  cpuPercent: number | null
  /** All processors of the machine, in percent of all. */
  machinePercent: number | null
  /** The fleet, by its name, and which of its processes (from 1). */
  fleet: string | null
  process: number | null
  /** Rows that wait to be written, and how long that takes at the present pace; null: they do not get fewer. */
  rows: number | null
  drainSec: number | null
  /** Why nothing can be written, a sentence. */
  failing: string | null
}

/** What is the limit at the moment. */
export interface LimitNow {
  part: LimitPart
  /** Since when, epoch milliseconds. */
  fromAt: number
  figures: LimitFigures
}

/** A stretch of time in which a part was the limit. */
export interface LimitStretch {
  part: LimitPart
  fromAt: number
  /** Null while it lasts. */
  toAt: number | null
  /** The figures of its worst second. */
  worst: LimitFigures
}

/** One second of what the limits are judged by. */
export interface LimitSample {
  at: number
  /** The worst fleet's; null while none runs. */
  tickLateMs: number | null
  loopLateMs: number
  writePercent: number
  machinePercent: number | null
}

export interface LimitReport {
  /** Oldest first; those that reach into the time asked for. */
  stretches: LimitStretch[]
  /** How often and how long, milliseconds, within the time asked for. */
  times: number
  totalMs: number
  /** The last ten minutes, a second each, oldest first. */
  samples: LimitSample[]
}

export const limitMethods = {
  'app.limits': method({
    about: 'When this machine, and not the platform, was the limit: which part, from when to when, and how bad; with the figures of the last ten minutes.',
    input: z.strictObject({
      /** Epoch milliseconds; without them, since the engine started and until now. */
      fromAt: z.number().optional(),
      toAt: z.number().optional(),
    }),
    output: type<LimitReport>(),
  }),
}
