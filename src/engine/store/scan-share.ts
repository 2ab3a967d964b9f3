import type { SegmentInfo } from './messages.ts'

/**
 * How much of the kept rows between two ids (exclusive) a scan has seen that came to `reachedId`: 0 to 1, taking the rows of
 * a segment for evenly spread over its ids. 1 where there are none.
 */
export function scannedShare(segments: readonly SegmentInfo[], { above, below }: { above: number, below: number }, reachedId: number, newestFirst: boolean): number {
  const all = rowsBetween(segments, above, below)
  const seen = newestFirst ? rowsBetween(segments, reachedId - 1, below) : rowsBetween(segments, above, reachedId + 1)
  return all <= 0 ? 1 : Math.min(1, Math.max(0, seen / all))
}

function rowsBetween(segments: readonly SegmentInfo[], above: number, below: number): number {
  return segments.reduce((sum, { firstId, lastId, rows }) => {
    const ids = Math.min(lastId, below - 1) - Math.max(firstId, above + 1) + 1
    return ids <= 0 ? sum : sum + rows * ids / (lastId - firstId + 1)
  }, 0)
}
