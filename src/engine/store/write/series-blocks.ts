import type { PointPairs } from '../series-block.ts'
import { join } from 'node:path'
import { limits } from '../../../shared/limits.ts'
import { seriesFile } from '../database-files.ts'
import { migrate } from '../migrate.ts'
import { inTransaction, openConnection } from '../open.ts'
import { seriesMigrations } from '../schema.ts'
import { decodePoints, encodePoints, sortPairs, summarize } from '../series-block.ts'

/** What `series.db` knows of one series besides its blocks. `id` is 0 while the series is not in the file. */
export interface SeriesState {
  id: number
  /** Samples in trace rows up to this one are in blocks. */
  rowId: number
  /** Blocks below full size, their points, and the earliest instant in them. */
  chunks: number
  chunkPoints: number
  chunksFrom: number
}

/** Where a pass over all series that deletes old blocks stands. */
export interface ExpiryCursor { afterSeriesId: number, done: boolean }

/** The file `series.db`, open for writing. Every method throws SQLite's own error when it fails. */
export interface SeriesBlocks {
  transaction: <Result>(work: () => Result) => Result
  load: (deviceId: number, property: string) => SeriesState | undefined
  /** Writes the points of a series, merging chunks as they add up; returns the state it has after the commit. Inside a transaction. */
  write: (series: { deviceId: number, property: string, state: SeriesState }, pairs: PointPairs, rowId: number) => SeriesState
  readonly checkpointId: number
  setCheckpoint: (rowId: number) => void
  /** Deletes the next few blocks that end before `cutoffAt`, in one transaction of its own. */
  expire: (cutoffAt: number, cursor: ExpiryCursor) => ExpiryCursor
  /** Bytes of pages in use; the file itself keeps what is free for later. */
  usedBytes: () => number
  close: () => void
}

/** Chunks of one series that may wait before they are merged although they do not fill a block yet. */
const chunksMax = 64
/** Series and blocks looked at by one step of deleting. */
const expireSeries = 200
const expireBlocks = 500

/** Opens `series.db`, making it when it is missing; throws AppError workspace/newer, or SQLite's error for a damaged file. */
export function openSeriesBlocks(dir: string): SeriesBlocks {
  const db = openConnection(join(dir, seriesFile), { pageBytes: 8192 })
  try {
    migrate(db, seriesMigrations)
    return createSeriesBlocks(db)
  }
  catch (error) {
    db.close()
    throw error
  }
}

function createSeriesBlocks(db: ReturnType<typeof openConnection>): SeriesBlocks {
  const blockPoints = limits.seriesBlockPoints
  const selectSeries = db.prepare<[number, string], SeriesState>(`SELECT id, row_id AS rowId, chunks,
    chunk_points AS chunkPoints, chunks_from AS chunksFrom FROM series WHERE device_id = ? AND property = ?`)
  const insertSeries = db.prepare('INSERT INTO series (device_id, property, row_id, chunks, chunk_points, chunks_from) VALUES (?, ?, 0, 0, 0, 0)')
  const updateSeries = db.prepare('UPDATE series SET row_id = ?, chunks = ?, chunk_points = ?, chunks_from = ? WHERE id = ?')
  const insertPoints = db.prepare('INSERT INTO points (data) VALUES (?)')
  const insertBlock = db.prepare('INSERT INTO block (series_id, first_at, id, last_at, n, min, max, sum, last) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const selectChunks = db.prepare<[number, number], { id: number, firstAt: number, n: number, data: Uint8Array }>(`
    SELECT block.id, first_at AS firstAt, n, data FROM block JOIN points ON points.id = block.id
    WHERE series_id = ? AND first_at >= ? AND n < ${blockPoints} ORDER BY first_at, block.id`)
  const deleteBlock = db.prepare('DELETE FROM block WHERE series_id = ? AND first_at = ? AND id = ?')
  const deletePoints = db.prepare('DELETE FROM points WHERE id = ?')
  const selectCheckpoint = db.prepare<[], number>('SELECT checkpoint_id FROM progress').pluck()
  const updateCheckpoint = db.prepare('UPDATE progress SET checkpoint_id = ?')
  const selectSeriesWindow = db.prepare<[number, number], number | null>('SELECT max(id) FROM (SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ?)').pluck()
  const selectExpired = db.prepare<[number, number, number, number], [number, number, number]>(
    'SELECT series_id, first_at, id FROM block WHERE series_id > ? AND series_id <= ? AND last_at < ? LIMIT ?',
  ).raw()

  function putBlock(seriesId: number, pairs: PointPairs, from: number, to: number): void {
    const { firstAt, lastAt, n, min, max, sum, last } = summarize(pairs, from, to)
    const id = insertPoints.run(encodePoints(pairs, from, to)).lastInsertRowid
    insertBlock.run(seriesId, firstAt, id, lastAt, n, min, max, sum, last)
  }

  /** Takes all chunks of a series out of the file and returns their points. */
  function takeChunks(seriesId: number, fromAt: number): PointPairs {
    const pairs: PointPairs = []
    for (const { id, firstAt, n, data } of selectChunks.all(seriesId, fromAt)) {
      const points = decodePoints(data, n, firstAt)
      for (let i = 0; i < n; i++)
        pairs.push(firstAt + points.offsets[i]!, points.values[i]!)
      deleteBlock.run(seriesId, firstAt, id)
      deletePoints.run(id)
    }
    return pairs
  }

  return {
    transaction: work => inTransaction(db, work),
    load: (deviceId, property) => selectSeries.get(deviceId, property),
    write({ deviceId, property, state }, pairs, rowId) {
      const id = state.id || Number(insertSeries.run(deviceId, property).lastInsertRowid)
      const merge = state.chunks > 0 && (state.chunks >= chunksMax || state.chunkPoints + pairs.length / 2 >= blockPoints)
      const sorted = sortPairs(merge ? takeChunks(id, state.chunksFrom).concat(pairs) : pairs)
      const points = sorted.length / 2
      const full = points - points % blockPoints
      for (let from = 0; from < full; from += blockPoints)
        putBlock(id, sorted, from, from + blockPoints)
      if (points > full)
        putBlock(id, sorted, full, points)

      const before = merge ? { chunks: 0, chunkPoints: 0, chunksFrom: Infinity } : state
      const next: SeriesState = {
        id,
        rowId,
        chunks: before.chunks + (points > full ? 1 : 0),
        chunkPoints: before.chunkPoints + points - full,
        chunksFrom: points === full
          ? before.chunks === 0 ? 0 : before.chunksFrom
          : before.chunks === 0 ? sorted[full * 2]! : Math.min(before.chunksFrom, sorted[full * 2]!),
      }
      updateSeries.run(next.rowId, next.chunks, next.chunkPoints, next.chunksFrom, id)
      return next
    },
    get checkpointId() { return selectCheckpoint.get() ?? 0 },
    setCheckpoint: (rowId) => { updateCheckpoint.run(rowId) },
    expire(cutoffAt, { afterSeriesId }) {
      const lastSeriesId = selectSeriesWindow.get(afterSeriesId, expireSeries)
      if (lastSeriesId === null || lastSeriesId === undefined)
        return { afterSeriesId, done: true }
      const expired = selectExpired.all(afterSeriesId, lastSeriesId, cutoffAt, expireBlocks)
      if (expired.length > 0) {
        inTransaction(db, () => {
          for (const [seriesId, firstAt, id] of expired) {
            deleteBlock.run(seriesId, firstAt, id)
            deletePoints.run(id)
          }
        })
      }
      return { afterSeriesId: expired.length < expireBlocks ? lastSeriesId : afterSeriesId, done: false }
    },
    usedBytes() {
      const pages = (db.pragma('page_count', { simple: true }) as number) - (db.pragma('freelist_count', { simple: true }) as number)
      return pages * (db.pragma('page_size', { simple: true }) as number)
    },
    close: () => { db.close() },
  }
}
