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

const updateConductShape = {
  /** They take notices of updates and carry them out. */
  takes: z.boolean(),
  /** What they run when the fleet starts and report after connecting; empty: they report none before their first update. */
  version: z.string().regex(/^[\w.-]{0,64}$/, 'expected up to 64 letters, digits, or . _ -'),
  /** Seconds between two questions for an update, the first after connecting; 0: they wait to be told. */
  asksEverySec: z.number().min(0).max(86_400).refine(sec => sec === 0 || sec >= 1, 'expected 0, or at least one second'),
  /** Endings and how often each comes, in relation to the others. None: all succeed. */
  endings: z.array(z.strictObject({ ending: z.enum(updateEndings), share: z.number().positive().max(1_000_000) })).max(updateEndings.length),
  /** Where stalls, drops and failures happen, percent of the download. */
  percent: z.int().min(1).max(99),
  /** Downloads under way at a time in the whole fleet; others wait, as devices that share a line do. */
  downloadsMax: z.int().min(1).max(5_000),
  /** Bytes a second of each download; null: as fast as it comes. */
  bytesPerSec: z.number().min(1).nullable(),
  /** How long writing the file and restarting take, milliseconds each. */
  flashMs: z.int().min(0).max(600_000),
  restartMs: z.int().min(0).max(600_000),
}
/**
 * What the devices of a fleet do about updates. Which ending a device takes is drawn from its name, the seed of the fleet and
 * the version that it is to get, so that it is the same in every run.
 */
export const updateConductSchema = z.strictObject(updateConductShape)
export type UpdateConduct = z.output<typeof updateConductSchema>
export const updateConductChangeSchema = updateConductSchema.partial()

/** What a fleet does that nobody has told anything: every update succeeds. */
export const defaultUpdates: UpdateConduct = {
  takes: true,
  version: '1.0.0',
  asksEverySec: 0,
  endings: [],
  percent: 40,
  downloadsMax: 200,
  bytesPerSec: null,
  flashMs: 500,
  restartMs: 1_000,
}

/** Devices that report no version and take no notice of updates, for measurements and for brokers without a platform. */
export const quietUpdates: UpdateConduct = { ...defaultUpdates, takes: false, version: '' }

/** What the devices of a fleet do about the remote configuration of their product. */
export const configConductSchema = z.strictObject({
  /** They ask for it after connecting. */
  asks: z.boolean(),
  /** They download and apply what they get, or take no notice of it. */
  takes: z.boolean(),
  /** Of a hundred devices, so many refuse it; which ones is drawn from their names, the seed and the configuration. */
  refusesPercent: z.number().min(0).max(100),
  /** What these answer to a push; firmware has 100000 to 110000 to itself. */
  refusalCode: z.int().min(1).max(999_999).refine(code => code !== 200, 'expected a code other than 200'),
})
export type ConfigConduct = z.output<typeof configConductSchema>
export const configConductChangeSchema = configConductSchema.partial()

/** What a fleet does that nobody has told anything: it applies what it is sent, and does not ask. */
export const defaultConfigConduct: ConfigConduct = { asks: false, takes: true, refusesPercent: 0, refusalCode: 100_001 }

/** Devices that know nothing of remote configuration. */
export const quietConfigConduct: ConfigConduct = { ...defaultConfigConduct, takes: false }

/** Where a simulated device can be in its update. */
export type UpdateStage = 'idle' | 'told' | 'waiting' | 'downloading' | 'checking' | 'flashing' | 'restarting' | 'ended'

/** How many devices are at each stage now but `idle`; and, since the start, what has come of it. */
export const updateCounters = [
  'told',
  'waiting',
  'downloading',
  'checking',
  'flashing',
  'restarting',
  'ended',
  /** Updates after which the device reported the version it was told to get, and updates after which it did not. */
  'updated',
  'notUpdated',
  /** Bytes of update files. */
  'updateBytes',
  'configsApplied',
  'configsRefused',
] as const
export type UpdateCounts = Record<(typeof updateCounters)[number], number>

/** All counts at zero. */
export function noUpdates(): UpdateCounts {
  return Object.fromEntries(updateCounters.map(name => [name, 0])) as UpdateCounts
}

/** What a simulated device did, in its own words. */
export interface UpdateAccount {
  deviceName: string
  module: string
  ending: UpdateEnding
  stage: UpdateStage
  /** Empty: it has not reported any. */
  fromVersion: string
  /** The version it was told to get; null before any notice. */
  toVersion: string | null
  percent: number
  /** Bytes of the file it has; and how many there are, null before a notice. */
  bytes: number
  size: number | null
  /**
   * What it did, oldest first; `what` is `told`, `told again`, `asked`, `download`, `resume 4096` (from this byte on),
   * `progress 35`, `report -3`, `flash`, `restart`, `power cut`, `offline`, `online`, `version 2.0.0`, or `failed: …` with
   * the trouble it had, in words.
   */
  steps: { at: number, what: string }[]
}
