import type { SegmentInfo } from '../../../../../src/engine/store/messages.ts'
import { expect, it } from 'vitest'
import { chooseDrops, cutoffOf, dropSentence, segmentBytesFor } from '../../../../../src/engine/store/retention/retention.ts'

const dayMs = 24 * 3600_000
const mib = 1024 * 1024
const now = Date.UTC(2026, 10, 21, 12)

/** One segment a day, the newest of today, 100 MiB each. */
const segments = Array.from({ length: 10 }, (_, i): SegmentInfo => {
  const firstAt = now - (9 - i) * dayMs - 3600_000
  return { file: `segment-${i}`, firstId: firstAt * 4096, lastId: (firstAt + 1000) * 4096, rows: 7, bytes: 100 * mib }
})
const everything = Number.MAX_SAFE_INTEGER
const dropped = (...parameters: Parameters<typeof chooseDrops>) => chooseDrops(...parameters).drop.map(({ segment, because }) => `${segment.file} ${because}`)

it('drops the segments whose newest row is older than the days kept', () => {
  expect(dropped(segments, { keepTracesDays: 7, keepTracesBytesMax: everything }, now, everything)).toEqual(['segment-0 age', 'segment-1 age', 'segment-2 age'])
})

it('drops the oldest segments until the rest fits', () => {
  expect(dropped(segments, { keepTracesDays: 365, keepTracesBytesMax: 750 * mib }, now, everything)).toEqual(['segment-0 size', 'segment-1 size', 'segment-2 size'])
})

it('keeps the newest segment, however old and large', () => {
  expect(dropped(segments.slice(0, 1), { keepTracesDays: 1, keepTracesBytesMax: 1 }, now, everything)).toEqual([])
})

it('waits for the series before it drops rows whose samples are not in blocks', () => {
  const drops = chooseDrops(segments, { keepTracesDays: 7, keepTracesBytesMax: everything }, now, segments[0]!.lastId)
  expect(drops.drop.map(({ segment }) => segment.file)).toEqual(['segment-0'])
  expect(drops.waitsForSeries).toBe(true)
})

it('keeps everything for an endless number of days and bytes', () => {
  const keep = { keepTracesDays: Number.POSITIVE_INFINITY, keepTracesBytesMax: Number.POSITIVE_INFINITY }
  expect(dropped(segments, keep, now, everything)).toEqual([])
  expect([cutoffOf(keep, now), segmentBytesFor(keep, 256 * mib)]).toEqual([0, 256 * mib])
})

it('drops nothing and waits for nothing when all is within bounds', () => {
  expect(chooseDrops(segments, { keepTracesDays: 365, keepTracesBytesMax: everything }, now, 0)).toEqual({ drop: [], waitsForSeries: false, pinnedBytes: 0 })
})

it('makes segments small enough to keep a tight limit on bytes', () => {
  expect(segmentBytesFor({ keepTracesDays: 7, keepTracesBytesMax: 2048 * mib }, 256 * mib)).toBe(256 * mib)
  expect(segmentBytesFor({ keepTracesDays: 7, keepTracesBytesMax: 80 * mib }, 256 * mib)).toBe(10 * mib)
  expect(segmentBytesFor({ keepTracesDays: 7, keepTracesBytesMax: 1 }, 256 * mib)).toBe(mib)
})

it('tells what was deleted and why', () => {
  const keep = { keepTracesDays: 7, keepTracesBytesMax: 750 * mib }
  const sentences = [dropSentence({ segment: segments[0]!, because: 'age' }, keep), dropSentence({ segment: segments[0]!, because: 'size' }, keep)]
  expect(sentences).toMatchInlineSnapshot(`
    [
      "The 7 oldest messages (segment-0, 2026-11-12T11:00:00.000Z to 2026-11-12T11:00:01.000Z) were deleted: they are older than the 7 days that messages are kept.",
      "The 7 oldest messages (segment-0, 2026-11-12T11:00:00.000Z to 2026-11-12T11:00:01.000Z) were deleted: all messages together took more than the 750 MiB that are kept.",
    ]
  `)
})
