import { z } from 'zod'

/** How the update of a simulated device can go, in its own eyes. */
export const updateEndings = [
  /** Downloads, checks, restarts and reports the new version. */
  'succeeds',
  /** Takes no notice of the update. */
  'neverStarts',
  /** Downloads to `percent`, and then nothing more comes; it stays online. */
  'stalls',
  /** Its link drops at `percent`; it comes back, goes on where it was with a range, and succeeds. */
  'resumes',
  /** Finds another digest than it was told, reports -3. */
  'badDigest',
  /** Has not enough room for the file, reports -1. */
  'noRoom',
  /** Reports -1 at `percent`. */
  'updateFails',
  /** Reports -2 at `percent`. */
  'downloadFails',
  /** Reports -3 after the download. */
  'checkFails',
  /** Reports -4 after the download. */
  'flashFails',
  /** Reports 100, restarts and reports the version it had. */
  'oldVersion',
  /** Reports 100, restarts and reports a version that is neither the old nor the new one. */
  'wrongVersion',
  /** Succeeds, and reports progress 100 and the new version once more. */
  'reportsTwice',
  /** Goes offline at `percent` and does not come back while the fleet runs. */
  'silent',
  /** Loses power while it writes: its link breaks without a word, it starts again with the old version. */
  'powerCut',
] as const
export type UpdateEnding = (typeof updateEndings)[number]

/** What the devices of a fleet do about updates. Which ending a device takes is drawn from its name and the seed of the fleet. */
export const updateConductSchema = z.strictObject({
  /** They answer to updates at all: report the version they have and take notices. */
  takes: z.boolean().default(true),
  /** What they run before the first update. */
  version: z.string().regex(/^[\w.-]{1,64}$/).default('1.0.0'),
  /** Endings and how often each comes, in relation to the others. None: all succeed. */
  endings: z.array(z.strictObject({ ending: z.enum(updateEndings), share: z.number().positive() })).max(updateEndings.length).default([]),
  /** Where stalls, drops and failures happen, percent of the download. */
  percent: z.int().min(1).max(99).default(40),
  /** Downloads under way at a time in the whole fleet; others wait, as devices that share a line do. */
  downloadsMax: z.int().min(1).max(5_000).default(200),
  /** Bytes a second of each download; null: as fast as it comes. */
  bytesPerSec: z.number().positive().nullable().default(null),
  /** How long writing the file and restarting take, milliseconds each. */
  flashMs: z.int().min(0).max(600_000).default(500),
  restartMs: z.int().min(0).max(600_000).default(1_000),
})
export type UpdateConduct = z.output<typeof updateConductSchema>

/** Where a simulated device is in its update. */
export type UpdateStage = 'idle' | 'told' | 'waiting' | 'downloading' | 'checking' | 'flashing' | 'restarting' | 'ended'

/** What a simulated device did, in its own words. */
export interface UpdateAccount {
  deviceName: string
  module: string
  ending: UpdateEnding
  stage: UpdateStage
  fromVersion: string
  /** The version it was told to get; null before any notice. */
  toVersion: string | null
  percent: number
  /** Bytes of the file it has; and how many there are, null before a notice. */
  bytes: number
  size: number | null
  /** What it did, oldest first; `what` is `told`, `download`, `resume`, `progress 35`, `report -3`, `restart`, `version 2.0.0`, `offline` … */
  steps: { at: number, what: string }[]
}
