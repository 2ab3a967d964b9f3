import type { UpdateConduct, UpdateEnding } from '../../../../shared/contract/fleet-updates.ts'
import { updateEndings } from '../../../../shared/contract/fleet-updates.ts'

export type Shares = Record<UpdateEnding, number>

const none = Object.fromEntries(updateEndings.map(ending => [ending, 0])) as Shares

/** Ready-made shares of endings: what a good fleet has in a week, a day on a bad line, a bad image, and each ending once. */
export const endingPresets = {
  week: { ...none, succeeds: 90, resumes: 4, neverStarts: 2, downloadFails: 2, silent: 1, oldVersion: 1 },
  badLine: { ...none, succeeds: 40, resumes: 30, stalls: 10, downloadFails: 12, silent: 8 },
  badImage: { ...none, succeeds: 10, badDigest: 20, checkFails: 15, flashFails: 15, oldVersion: 20, wrongVersion: 15, powerCut: 5 },
  everything: Object.fromEntries(updateEndings.map(ending => [ending, 1])) as Shares,
} satisfies Record<string, Shares>
export type EndingPreset = keyof typeof endingPresets

/** The shares as a fleet takes them: none of those at zero. */
export function toEndings(shares: Shares): UpdateConduct['endings'] {
  return updateEndings.flatMap(ending => shares[ending] > 0 ? [{ ending, share: shares[ending] }] : [])
}

/** Percent of the devices that take each ending. */
export function toPercents(shares: Shares): Shares {
  const all = updateEndings.reduce((sum, ending) => sum + shares[ending], 0)
  return Object.fromEntries(updateEndings.map(ending => [ending, all === 0 ? 0 : shares[ending] * 100 / all])) as Shares
}
