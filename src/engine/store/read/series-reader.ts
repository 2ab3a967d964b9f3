import type { BucketsRequest, BucketsResult, DamageReport, PointsRequest, PointsResult } from '../messages.ts'
import type { BlockPoints, BlockSummary } from '../series-block.ts'
import type { ConnectionPool, PooledConnection } from './connection-pool.ts'
import type { Turns } from './turns.ts'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { segmentPath, seriesFile } from '../database-files.ts'
import { inSnapshot } from '../open.ts'
import { msOfRowId } from '../row-id.ts'
import { decodeSamples } from '../sample-codec.ts'
import { decodePoints } from '../series-block.ts'
import { causeOf, faultOf } from '../storage-fault.ts'
import { BucketSums } from './bucket-sums.ts'
import { PointWindow } from './point-window.ts'
import { readSegment } from './segment-read.ts'

type BlockHeader = BlockSummary & { id: number }

/** Trace rows of a device, or blocks of a series, between two looks at the time. */
const rowsPerStep = 2_000
const blocksPerStep = 64

type SeriesRequest = Pick<BucketsRequest, 'deviceId' | 'property' | 'fromAt' | 'toAt' | 'withoutBlocks' | 'segments'>

/** What points are gathered in. */
interface PointSink {
  /** Whether the header of a block is enough; otherwise its points follow. */
  addSummary: (block: BlockSummary) => boolean
  addPoint: (at: number, value: number) => void
  addPoints: (points: BlockPoints) => void
}

/** Answers for a plot: the points of a series in equal buckets of time. */
export async function readBuckets(dir: string, pool: ConnectionPool, request: BucketsRequest, turns: Turns): Promise<BucketsResult> {
  const { sink, damaged } = await readSeries(dir, pool, request, () => new BucketSums(request.fromAt, request.toAt, request.buckets), false, turns)
  return { ...sink.take(), damaged }
}

/** The first points of a series in a range of time, newest or oldest first; the blocks that cannot hold any of them are left unread. */
export async function readPoints(dir: string, pool: ConnectionPool, request: PointsRequest, turns: Turns): Promise<PointsResult> {
  const { sink, damaged } = await readSeries(dir, pool, request, () => new PointWindow(request), request.newestFirst, turns)
  return { ...sink.take(), damaged }
}

/**
 * Reads a series from its blocks and, for points that are not in a block yet, from the trace rows behind them.
 * Both fit together without asking the writer: a series says up to which row its samples are in blocks, and says so
 * in the same transaction that holds the blocks.
 */
async function readSeries<Sink extends PointSink>(dir: string, pool: ConnectionPool, request: SeriesRequest, makeSink: () => Sink, newestFirst: boolean, turns: Turns): Promise<{ sink: Sink, damaged: DamageReport[] }> {
  const path = join(dir, seriesFile)
  for (;;) {
    const damaged: DamageReport[] = []
    const sink = makeSink()
    try {
      const { blockedId, blocks } = request.withoutBlocks ? { blockedId: 0, blocks: [] } : readHeaders(pool.open(path), request)
      if (await addBlocks(path, pool, newestFirst ? blocks.reverse() : blocks, sink, turns)) {
        await addTail(dir, pool, request, blockedId, sink, damaged, turns)
        return { sink, damaged }
      }
      // The writer has merged or deleted blocks meanwhile: start over with new headers.
      await checkTime(turns)
    }
    catch (error) {
      if (faultOf(error) !== 'damaged')
        throw error
      pool.release(path)
      return { sink, damaged: [...damaged, { file: seriesFile, cause: causeOf(error) }] }
    }
  }
}

/** The headers of all blocks that touch the range, and the last trace row whose samples of this series are in blocks. */
function readHeaders({ db, prepare }: PooledConnection, { deviceId, property, fromAt, toAt }: SeriesRequest): { blockedId: number, blocks: BlockHeader[] } {
  return inSnapshot(db, () => {
    const checkpointId = prepare('SELECT checkpoint_id FROM progress', statement => statement.pluck()).get() as number
    const series = prepare('SELECT id, row_id AS rowId FROM series WHERE device_id = ? AND property = ?')
      .get(deviceId, property) as { id: number, rowId: number } | undefined
    if (!series)
      return { blockedId: checkpointId, blocks: [] }
    const blocks = prepare(`SELECT id, first_at AS firstAt, last_at AS lastAt, n, min, max, sum, last
      FROM block WHERE series_id = ? AND first_at <= ? AND last_at >= ? ORDER BY first_at, id`).all(series.id, toAt, fromAt) as BlockHeader[]
    return { blockedId: Math.max(checkpointId, series.rowId), blocks }
  })
}

/** Adds blocks, reading the points only of those whose header is not enough; false when one of them is gone. */
async function addBlocks(path: string, pool: ConnectionPool, blocks: BlockHeader[], sink: PointSink, turns: Turns): Promise<boolean> {
  let read = 0
  for (const block of blocks) {
    if (sink.addSummary(block))
      continue
    const data = pool.open(path).prepare('SELECT data FROM points WHERE id = ?', statement => statement.pluck()).get(block.id)
    if (data === undefined)
      return false
    sink.addPoints(decodePoints(data as Uint8Array, block.n, block.firstAt))
    if (++read % blocksPerStep === 0)
      await checkTime(turns)
  }
  return true
}

/** Adds the samples in trace rows of the device after `blockedId`. */
async function addTail(dir: string, pool: ConnectionPool, request: SeriesRequest, blockedId: number, sink: PointSink, damaged: DamageReport[], turns: Turns): Promise<void> {
  for (const { file, lastId } of request.segments) {
    let afterId: number | null = blockedId
    while (afterId !== null && lastId > afterId) {
      const from: number = afterId
      afterId = readSegment(dir, pool, file, damaged, () => addSamples(pool.open(segmentPath(dir, file)), request, from, sink)) ?? null
      await checkTime(turns)
    }
  }
}

/** One step through the rows of the device in a segment; returns the last row when there may be more, otherwise null. */
function addSamples({ prepare }: PooledConnection, { deviceId, property }: SeriesRequest, afterId: number, sink: PointSink): number | null {
  const wanted = prepare('SELECT id FROM property WHERE name = ?', statement => statement.pluck()).get(property)
  if (wanted === undefined)
    return null
  const rows = prepare(
    'SELECT id, at_shift, samples FROM trace INDEXED BY trace_device WHERE device_id = ? AND id > ? ORDER BY id LIMIT ?',
    statement => statement.raw(),
  ).all(deviceId, afterId, rowsPerStep) as [number, number, Uint8Array | null][]
  for (const [id, shift, samples] of rows) {
    if (samples) {
      decodeSamples(samples, msOfRowId(id) + shift, (propertyId, at, value) => {
        if (propertyId === wanted)
          sink.addPoint(at, value)
      })
    }
  }
  return rows.length === rowsPerStep ? rows.at(-1)![0] : null
}

async function checkTime(turns: Turns): Promise<void> {
  if (await turns.isOver())
    throw new AppError('store/query-timeout', `The query for the values of a property was stopped after ${limits.readTimeoutMs} ms.`)
}
