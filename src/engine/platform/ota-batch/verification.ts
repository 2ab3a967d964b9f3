import type { LiveBatch, Verification } from './types.ts'

/** Percent of the tasks of a batch that have succeeded. */
function share({ counts }: Pick<LiveBatch, 'counts'>): number {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return all === 0 ? 0 : Math.floor(counts.SUCCEEDED * 100 / all)
}

/**
 * What the verifications of a package, oldest first, come to: verified once one of them has brought its version to all of its
 * devices, and for good (OTA-29); verifying while one is under way; otherwise what the last one came to, which may be repeated
 * . `failed` is unverified with a last result, as the API tells it.
 */
export function verificationOf(batches: readonly Pick<LiveBatch, 'state' | 'counts'>[]): Verification {
  if (batches.some(batch => batch.state === 'COMPLETED' && share(batch) === 100))
    return { state: 'verified', percent: 100 }
  const last = batches.findLast(({ state }) => state === 'IN_PROGRESS') ?? batches.at(-1)
  if (last === undefined)
    return { state: 'unverified', percent: 0 }
  const state = last.state === 'IN_PROGRESS' ? 'verifying' : last.state === 'COMPLETED' ? 'failed' : 'unverified'
  return { state, percent: share(last) }
}
