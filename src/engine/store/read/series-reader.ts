import type { BucketsRequest, BucketsResult, DamageReport } from '../messages.ts'
import type { BlockSummary } from '../series-block.ts'
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
import { readSegment } from './segment-read.ts'

type BlockHeader = BlockSummary & { id: number }

/** Trace rows of a device, or blocks of a series, between two looks at the time. */
const rowsPerStep = 2_000
const blocksPerStep = 64

/**
 * Answers for a series from its blocks and, for points that are not in a block yet, from the trace rows behind them.
 * Both fit together without asking the writer: a series says up to which row its samples are in blocks, and says so
 * in the same transaction that holds the blocks.
 */
export async function readBuckets(dir: string, pool: ConnectionPool, request: BucketsRequest, turns: Turns): Promise<BucketsResult> {
  const path = join(dir, seriesFile)
  for (;;) {
    const damaged: DamageReport[] = []
    const sums = new BucketSums(request.fromAt, request.toAt, request.buckets)
    try {
      const { blockedId, blocks } = request.withoutBlocks ? { blockedId: 0, blocks: [] } : readHeaders(pool.open(path), request)
      if (await addBlocks(path, pool, blocks, sums, turns)) {
        await addTail(dir, pool, request, blockedId, sums, damaged, turns)
        return { ...sums.take(), damaged }
      }
      // The writer has merged or deleted blocks meanwhile: start over with new headers.
      await checkTime(turns)
    }
    catch (error) {
      if (faultOf(error) !== 'damaged')
        throw error
      pool.release(path)
      return { ...sums.take(), damaged: [...damaged, { file: seriesFile, cause: causeOf(error) }] }
    }
  }
}

/** The headers of all blocks that touch the range, and the last trace row whose samples of this series are in blocks. */
function readHeaders({ db, prepare }: PooledConnection, { deviceId, property, fromAt, toAt }: BucketsRequest): { blockedId: number, blocks: BlockHeader[] } {
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

/** Adds blocks, reading the points only of those across the edge of a bucket; false when one of them is gone. */
async function addBlocks(path: string, pool: ConnectionPool, blocks: BlockHeader[], sums: BucketSums, turns: Turns): Promise<boolean> {
  let read = 0
  for (const block of blocks) {
    if (sums.addSummary(block))
      continue
    const data = pool.open(path).prepare('SELECT data FROM points WHERE id = ?', statement => statement.pluck()).get(block.id)
    if (data === undefined)
      return false
    sums.addPoints(decodePoints(data as Uint8Array, block.n, block.firstAt))
    if (++read % blocksPerStep === 0)
      await checkTime(turns)
  }
  return true
}

/** Adds the samples in trace rows of the device after `blockedId`. */
async function addTail(dir: string, pool: ConnectionPool, request: BucketsRequest, blockedId: number, sums: BucketSums, damaged: DamageReport[], turns: Turns): Promise<void> {
  for (const { file, lastId } of request.segments) {
    let afterId: number | null = blockedId
    while (afterId !== null && lastId > afterId) {
      const from: number = afterId
      afterId = readSegment(dir, pool, file, damaged, () => addSamples(pool.open(segmentPath(dir, file)), request, from, sums)) ?? null
      await checkTime(turns)
    }
  }
}

/** One step through the rows of the device in a segment; returns the last row when there may be more, otherwise null. */
function addSamples({ prepare }: PooledConnection, { deviceId, property }: BucketsRequest, afterId: number, sums: BucketSums): number | null {
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
          sums.addPoint(at, value)
      })
    }
  }
  return rows.length === rowsPerStep ? rows.at(-1)![0] : null
}

async function checkTime(turns: Turns): Promise<void> {
  if (await turns.isOver())
    throw new AppError('store/query-timeout', `The query for a plot was stopped after ${limits.readTimeoutMs} ms.`)
}
