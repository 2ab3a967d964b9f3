import type { UpdateConduct, UpdateEnding } from '../../../shared/contract/fleet-updates.ts'
import { createRandom } from '../behaviour/random-streams.ts'

/** A failure as a device reports it (Alink 8.5). */
export interface Failure { step: -1 | -2 | -3 | -4, desc: string }

/** What differs, on the way from the notice to the new version, from an update that goes well. */
export interface Course {
  /** Nothing is done at all. */
  ignores?: true
  /** Before the download. */
  before?: Failure
  /** At the percent of the download that was chosen. */
  midway?: Failure | 'stall' | 'drop' | 'vanish'
  /** After the download, and while the file is written. */
  check?: Failure
  flash?: Failure | 'powerCut'
  /** What runs after the restart. */
  boots?: 'old' | 'other'
  twice?: true
}

/** How each ending unfolds. */
export const courses: Readonly<Record<UpdateEnding, Course>> = {
  succeeds: {},
  neverStarts: { ignores: true },
  stalls: { midway: 'stall' },
  resumes: { midway: 'drop' },
  badDigest: { check: { step: -3, desc: 'the digest of the file is not the one that was told' } },
  noRoom: { before: { step: -1, desc: 'not enough room for the file' } },
  updateFails: { midway: { step: -1, desc: 'update failed' } },
  downloadFails: { midway: { step: -2, desc: 'download failed' } },
  checkFails: { check: { step: -3, desc: 'the file is not for this device' } },
  flashFails: { flash: { step: -4, desc: 'the file could not be written' } },
  oldVersion: { boots: 'old' },
  wrongVersion: { boots: 'other' },
  reportsTwice: { twice: true },
  silent: { midway: 'vanish' },
  powerCut: { flash: 'powerCut' },
}

/**
 * Which ending the update of a device takes: drawn by the shares of the endings from the seed, the name of the device and what
 * it is to get, so that it is the same in every run and for every repetition.
 */
export function drawEnding(endings: UpdateConduct['endings'], seed: number, deviceName: string, { module, version }: { module: string, version: string }): UpdateEnding {
  const all = endings.reduce((sum, { share }) => sum + share, 0)
  let left = createRandom(seed, `${deviceName} updates ${module} to ${version}`).next() * all
  for (const { ending, share } of endings) {
    left -= share
    if (left < 0)
      return ending
  }
  return endings.at(-1)?.ending ?? 'succeeds'
}

/** A version that is neither of these two. */
export function otherVersion(from: string, to: string): string {
  return ['0.0.0-other', '0.0.1-other', '0.0.2-other'].find(version => version !== from && version !== to)!
}

/** Percent of a download at which progress is reported; the last report comes once the file is written. */
const reportedPercents = [75, 50, 25, 1]

/** The progress that is due to be reported at `percent` of the download when `reported` was the last; undefined: none. */
export function progressDue(percent: number, reported: number): number | undefined {
  return reportedPercents.find(at => percent >= at && at > reported)
}
