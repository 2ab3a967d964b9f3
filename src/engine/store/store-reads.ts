import type { BucketsRequest, BucketsResult, DamageReport, PageResult, PointsRequest, PointsResult, RegistryRows } from './messages.ts'
import type { ReaderClient } from './reader-client.ts'
import type { SegmentCatalog } from './retention/segment-catalog.ts'
import type { SqlValue, Statement, Store } from './types.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { seriesFile } from './database-files.ts'
import { idBounds } from './read/trace-query.ts'
import { toStoredTraces } from './read/trace-rows.ts'
import { scannedShare } from './scan-share.ts'

type SeriesWish = Omit<BucketsRequest, 'withoutBlocks' | 'segments'> | Omit<PointsRequest, 'withoutBlocks' | 'segments'>

/** The reading half of a store. `onDamage` gets every damaged file that a read came upon. */
export function createStoreReads(reader: ReaderClient, catalog: SegmentCatalog, onDamage: (report: DamageReport) => void): Pick<Store, 'read' | 'traces' | 'series'> {
  const segments = () => catalog.ranges()

  function reportDamage(reports: DamageReport[]): void {
    reports.forEach(onDamage)
  }

  /** Answers from the trace alone when the series are damaged: it holds every sample too and only takes longer to read. */
  async function readSeries<Result extends BucketsResult | PointsResult>(wish: SeriesWish, signal?: AbortSignal): Promise<Result> {
    const ask = (withoutBlocks: boolean) => reader.request<Result>({ ...wish, withoutBlocks, segments: segments() }, signal)
    const result = await ask(false)
    reportDamage(result.damaged)
    if (!result.damaged.some(({ file }) => file === seriesFile))
      return result
    const again = await ask(true)
    reportDamage(again.damaged)
    return again
  }

  return {
    async read<Row>({ name, sql, map }: Statement<Row>, params: SqlValue[]) {
      const { columns, rows } = await reader.request<RegistryRows>({ kind: 'read', name, sql, params })
      return rows.map((values) => {
        const row: Record<string, SqlValue> = {}
        columns.forEach((column, place) => { row[column] = values[place]! })
        return map ? map(row) : row as Row
      })
    },
    traces: {
      async page(filter, { before, after, limit, timeLimitMs = limits.readTimeoutMs }, signal) {
        if (!(limit >= 1))
          throw new AppError('input/invalid', `A page of the trace has at least one row; got limit ${limit}.`, { limit })
        if (before !== undefined && after !== undefined)
          throw new AppError('input/invalid', 'A page of the trace goes back from `before` or on from `after`, not both.')
        if (filter.deviceIds?.length === 0)
          return { rows: [], nextId: null, scannedAt: null, scannedShare: 1 }
        const page = await reader.request<PageResult>({
          kind: 'page',
          filter,
          before,
          after,
          limit: Math.min(Math.floor(limit), limits.tracePageRowsMax),
          timeLimitMs: Math.min(timeLimitMs, limits.readTimeoutMs),
          segments: segments(),
        }, signal)
        reportDamage(page.damaged)
        return {
          rows: toStoredTraces(page.rows),
          nextId: page.nextId,
          scannedAt: page.scannedAt,
          scannedShare: page.nextId === null ? 1 : scannedShare(catalog.all, idBounds(filter), page.nextId, after === undefined),
        }
      },
      async get(id) {
        const { rows, damaged } = await reader.request<PageResult>({ kind: 'get', rowId: id, segments: segments() })
        reportDamage(damaged)
        return toStoredTraces(rows)[0]
      },
    },
    series: {
      async buckets(deviceId, property, { fromAt, toAt, buckets }) {
        if (!(toAt > fromAt))
          throw new AppError('input/invalid', `The range of a plot ends after it begins; got ${fromAt} to ${toAt}.`, { fromAt, toAt })
        if (!(Number.isInteger(buckets) && buckets >= 1 && buckets <= limits.seriesBucketsMax))
          throw new AppError('input/invalid', `A plot has 1 to ${limits.seriesBucketsMax} buckets; got ${buckets}.`, { buckets })
        const { damaged: _, ...answer } = await readSeries<BucketsResult>({ kind: 'buckets', deviceId, property, fromAt, toAt, buckets })
        return answer
      },
      async points(deviceId, property, range, signal) {
        const { damaged: _, ...answer } = await readSeries<PointsResult>({ kind: 'points', deviceId, property, ...range }, signal)
        return answer
      },
    },
  }
}
