import type { SegmentInfo } from '../messages.ts'
import type { TraceSpan } from '../types.ts'
import { msOfRowId } from '../row-id.ts'

const dayMs = 24 * 3600_000

export interface Keep { keepTracesDays: number, keepTracesBytesMax: number }

export interface Drops {
  /** Segments to delete now, oldest first. */
  drop: { segment: SegmentInfo, because: 'age' | 'size' }[]
  /** One more would have to go, but its samples are not in blocks yet. */
  waitsForSeries: boolean
  /** What the pinned segments take, in bytes. */
  pinnedBytes: number
}

/**
 * Which segments to delete: oldest first, while they are older than the days kept or all together are larger than the
 * bytes kept. The newest segment stays, whatever its size, and so does everything after `checkpointId`, from which
 * points of series may still have to be read back, and whatever has rows of a `pinned` time.
 */
export function chooseDrops(segments: readonly SegmentInfo[], keep: Keep, now: number, checkpointId: number, pinned: readonly TraceSpan[] = []): Drops {
  const cutoffAt = cutoffOf(keep, now)
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  const isPinned = ({ firstId, lastId }: SegmentInfo): boolean => pinned.some(({ fromAt, toAt }) => msOfRowId(firstId) <= toAt && msOfRowId(lastId) >= fromAt)
  const pinnedBytes = segments.filter(isPinned).reduce((sum, segment) => sum + segment.bytes, 0)
  const drops: Drops = { drop: [], waitsForSeries: false, pinnedBytes }
  for (const segment of segments.slice(0, -1).filter(one => !isPinned(one))) {
    const because = msOfRowId(segment.lastId) < cutoffAt ? 'age' : bytes > keep.keepTracesBytesMax ? 'size' : undefined
    if (!because)
      break
    if (segment.lastId > checkpointId) {
      drops.waitsForSeries = true
      break
    }
    drops.drop.push({ segment, because })
    bytes -= segment.bytes
  }
  return drops
}

/** Size of one segment: at most the usual one, and so small that a tight limit on bytes can be kept by dropping segments. */
export function segmentBytesFor(keep: Keep, segmentBytesMax: number): number {
  return Math.min(segmentBytesMax, Math.max(1024 * 1024, Math.floor(keep.keepTracesBytesMax / 8)))
}

/** The first instant that is kept; 0 when everything is, also for an endless number of days. */
export function cutoffOf(keep: Keep, now: number): number {
  return Math.max(0, now - keep.keepTracesDays * dayMs)
}

/** What a person is told about a deleted segment. */
export function dropSentence({ segment, because }: Drops['drop'][number], keep: Keep): string {
  const time = (id: number) => new Date(msOfRowId(id)).toISOString()
  const reason = because === 'age'
    ? `they are older than the ${keep.keepTracesDays} days that messages are kept`
    : `all messages together took more than the ${Math.round(keep.keepTracesBytesMax / 1024 / 1024)} MiB that are kept`
  return `The ${segment.rows} oldest messages (${segment.file}, ${time(segment.firstId)} to ${time(segment.lastId)}) were deleted: ${reason}.`
}

/** What a person is told when pinned runs alone take more than all messages may. */
export function pinnedSentence(pinnedBytes: number, keep: Keep): string {
  const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024)
  return `The messages of pinned runs take ${mebibytes(pinnedBytes)} MiB, which is more than the ${mebibytes(keep.keepTracesBytesMax)} MiB that are kept: all others are deleted as soon as they can be. Take the pin off a run that is not needed, or allow more with the setting trace.keepBytesMax.`
}
