import type { Clock } from '../../../shared/clock.ts'
import type { Log } from '../../../shared/log.ts'
import type { ToWriter } from '../messages.ts'
import type { StoreNotice, TraceSpan } from '../types.ts'
import type { Drops, Keep } from './retention.ts'
import type { SegmentCatalog } from './segment-catalog.ts'
import { removeDatabase, segmentPath } from '../database-files.ts'
import { every } from '../every.ts'
import { chooseDrops, cutoffOf, dropSentence, pinnedSentence, segmentBytesFor } from './retention.ts'

export interface RetentionKeeperOptions {
  dir: string
  clock: Clock
  log: Log
  keep: Keep
  segmentBytesMax: number
  catalog: SegmentCatalog
  checkpointId: () => number
  /** Makes the reader close these segments. */
  release: (files: string[]) => Promise<void>
  post: (message: ToWriter) => void
  onNotice: (notice: StoreNotice) => void
}

/** Deletes what is too old or too much: at open, when a segment is finished, every hour, and when the settings change. */
export interface RetentionKeeper {
  /** Looks at the segments now. */
  run: () => void
  /** The checkpoint of the series has moved, which may have been what a deletion waited for. */
  seriesFlushed: () => void
  set: (keep: Keep) => void
  /** Nothing of these times is deleted any more. */
  pin: (spans: readonly TraceSpan[]) => void
  /** Resolves when a deletion that is under way has ended. */
  close: () => Promise<void>
}

const hourMs = 3600_000

/** Starts with a look at the segments. A file that cannot be deleted is logged and tried again with the next look. */
export function createRetentionKeeper(options: RetentionKeeperOptions): RetentionKeeper {
  const { dir, clock, log, catalog, checkpointId, release, post, onNotice } = options
  let { keep } = options
  let running: Promise<void> | null = null
  let again = false
  let closed = false
  let waitsForSeries = false
  let pinned: readonly TraceSpan[] = []
  /** Said once, until it is true no more. */
  let pinnedTooMuch = false

  async function drop(dropped: Drops['drop'][number]): Promise<void> {
    const { file } = dropped.segment
    await release([file])
    post({ kind: 'forgetSegment', file })
    await removeDatabase(segmentPath(dir, file))
    catalog.remove(file)
    onNotice({ code: 'segments-dropped', message: dropSentence(dropped, keep), at: clock.now() })
  }

  async function look(): Promise<void> {
    const drops = chooseDrops(catalog.all, keep, clock.now(), checkpointId(), pinned)
    for (const dropped of drops.drop)
      await drop(dropped)
    const isTooMuch = drops.pinnedBytes > keep.keepTracesBytesMax
    if (isTooMuch && !pinnedTooMuch)
      onNotice({ code: 'pinned-over-budget', message: pinnedSentence(drops.pinnedBytes, keep), at: clock.now() })
    pinnedTooMuch = isTooMuch
    if (drops.waitsForSeries && !waitsForSeries)
      post({ kind: 'flushSeries' })
    waitsForSeries = drops.waitsForSeries
  }

  /** Looks at the segments; a wish that comes meanwhile is fulfilled right after. */
  function run(): void {
    if (running) {
      again = true
      return
    }
    running = look()
      .catch((error: unknown) => log.warn('A finished trace segment could not be deleted.', { error: String(error) }))
      .then(() => {
        running = null
        if (again && !closed) {
          again = false
          run()
        }
      })
  }

  function expireSeries(): void {
    const now = clock.now()
    post({ kind: 'retainSeries', cutoffAt: cutoffOf(keep, now), now, bytesMax: keep.keepTracesBytesMax })
  }

  const hourly = every(clock, hourMs, () => {
    run()
    expireSeries()
  })
  run()
  expireSeries()

  return {
    run,
    seriesFlushed() {
      if (waitsForSeries)
        run()
    },
    set(wanted) {
      keep = wanted
      post({ kind: 'limitSegment', segmentBytesMax: segmentBytesFor(keep, options.segmentBytesMax) })
      run()
      expireSeries()
    },
    pin(spans) {
      pinned = spans
      run()
    },
    async close() {
      closed = true
      hourly.cancel()
      await running
    },
  }
}
