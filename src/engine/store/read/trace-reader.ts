import type { PairedRow } from '../../../shared/diagnose/pair.ts'
import type { DamageReport, PageRequest, PageResult, SegmentRange } from '../messages.ts'
import type { ConnectionPool, PooledConnection } from './connection-pool.ts'
import type { SegmentPlan } from './segment-plan.ts'
import type { TraceQuery } from './trace-query.ts'
import type { TraceTuple } from './trace-rows.ts'
import type { Turns } from './turns.ts'
import { isAnswerTo } from '../../../shared/diagnose/pair.ts'
import { segmentPath } from '../database-files.ts'
import { msOfRowId } from '../row-id.ts'
import { pairedTuple, readCrossing } from './answers.ts'
import { stepThroughBlocks } from './block-step.ts'
import { planSegment } from './segment-plan.ts'
import { readSegment } from './segment-read.ts'
import { idBounds, traceColumns } from './trace-query.ts'
import { TraceRowCollector } from './trace-rows.ts'

export interface TraceReader {
  /** Scans the segments for a page, giving way to other work in between; see `TracePage` for what comes back. */
  page: (request: PageRequest, turns: Turns) => Promise<PageResult>
  get: (rowId: number, segments: SegmentRange[]) => PageResult
}

/** Rows that a scan walks over in its first step; later steps grow or shrink to take about `stepMs`. */
const firstWindowRows = 2_048
const windowRowsMax = 131_072
const stepMs = 10

/** Reads trace rows of the workspace in `dir`. `wantDevices` sets the devices that `wanted_device()` lets pass from then on. */
export function createTraceReader(dir: string, pool: ConnectionPool, wantDevices: (ids: ReadonlySet<number>) => void): TraceReader {
  /** What finished segments go on with from earlier ones; it is little, and does not change any more. */
  const crossings = new Map<string, PairedRow[]>()

  /** The rows of later segments that may answer what stands in one. */
  function answersAfter({ lastId }: SegmentRange, segments: readonly SegmentRange[], damaged: DamageReport[]): PairedRow[] {
    return segments.filter(({ firstId }) => firstId > lastId).flatMap(({ file, firstId }) => {
      const known = crossings.get(file)
      if (known !== undefined)
        return known
      const found = readSegment(dir, pool, file, damaged, () => readCrossing(pool.open(segmentPath(dir, file)), firstId)) ?? []
      if (file !== segments.at(-1)?.file)
        crossings.set(file, found)
      return found
    })
  }

  async function page(request: PageRequest, turns: Turns): Promise<PageResult> {
    const newestFirst = request.after === undefined
    const plans = new Map<string, SegmentPlan>()
    const devices = new Set(request.filter.deviceIds)
    const { above, below } = idBounds(request.filter, request.before, request.after)
    const collector = new TraceRowCollector(request.limit)
    const damaged: DamageReport[] = []
    let windowRows = firstWindowRows
    let scannedId: number | null = null

    /** Reads the rows of a filter between two ids (exclusive); true when no more are wanted. */
    function readRows(connection: PooledConnection, { rowsSql, rowsParams }: TraceQuery, from: number, to: number, later: readonly PairedRow[]): boolean {
      const select = connection.prepare(rowsSql, statement => statement.raw())
      // A single row is cheaper to get than to iterate over.
      // Of rows that a later segment answers there may be any number.
      const found = to - from === 2 ? select.all(...rowsParams, from, to, 1) : select.iterate(...rowsParams, from, to, later.length > 0 ? -1 : collector.room)
      for (const row of found) {
        const tuple = row as TraceTuple
        const topic = connection.topicOf(tuple[10])
        if (later.length > 0 && isAnsweredBy(tuple, topic, later))
          continue
        collector.add(tuple, topic)
        if (collector.full)
          return true
      }
      return false
    }

    /** One step in one segment between two ids (exclusive): returns how far it came, null at the end of the segment. */
    function step(segment: SegmentRange, low: number, high: number, later: readonly PairedRow[]): number | null {
      const connection = pool.open(segmentPath(dir, segment.file))
      wantDevices(devices)
      let plan = plans.get(segment.file)
      if (!plan)
        plans.set(segment.file, plan = planSegment(connection, request.filter, newestFirst))
      const { query, wanted } = plan
      if (query === null)
        return null
      if (wanted) {
        const { reached } = stepThroughBlocks(connection, wanted, low, high, newestFirst, (from, to) => readRows(connection, query, from, to, later))
        return collector.full ? collector.lastId! : reached
      }
      let [from, to, last]: [number, number, number | null] = [low, high, null]
      if (query.hasRest) {
        const [edge, rows] = connection.prepare(query.windowSql, statement => statement.raw())
          .get(...query.windowParams, low, high, windowRows) as [number | null, number]
        if (rows === windowRows) {
          last = edge!
          if (newestFirst)
            from = last - 1
          else
            to = last + 1
        }
      }
      return readRows(connection, query, from, to, later) ? collector.lastId! : last
    }

    const order = inReadingOrder(request.segments, above, below, newestFirst)
    for (const segment of order) {
      let low = Math.max(above, segment.firstId - 1)
      let high = Math.min(below, segment.lastId + 1)
      const later = request.filter.answered === false ? answersAfter(segment, request.segments, damaged) : []
      for (;;) {
        const startedAt = turns.now()
        const reached = readSegment(dir, pool, segment.file, damaged, () => step(segment, low, high, later))
        const tookMs = turns.now() - startedAt
        if (tookMs < stepMs / 2 && windowRows < windowRowsMax)
          windowRows *= 2
        else if (tookMs > stepMs * 2 && windowRows > firstWindowRows)
          windowRows /= 2
        if (reached === null || reached === undefined)
          break
        scannedId = reached
        if (newestFirst)
          high = reached
        else
          low = reached
        if (collector.full || await turns.isOver())
          return { rows: collector.take(), nextId: reached, scannedAt: msOfRowId(reached), damaged }
      }
      if (newestFirst || segment !== order.at(-1))
        scannedId = newestFirst ? Math.max(above + 1, segment.firstId) : segment.lastId
      if (segment !== order.at(-1) && await turns.isOver())
        return { rows: collector.take(), nextId: scannedId, scannedAt: msOfRowId(scannedId!), damaged }
    }
    // Oldest first there is no telling how far an open segment goes; the last row found says enough.
    scannedId = newestFirst ? scannedId : collector.lastId ?? scannedId
    return { rows: collector.take(), nextId: null, scannedAt: scannedId === null ? null : msOfRowId(scannedId), damaged }
  }

  return {
    page,
    get(rowId, segments) {
      const damaged: DamageReport[] = []
      const collector = new TraceRowCollector(1)
      for (const { file, firstId, lastId } of segments) {
        if (rowId < firstId || rowId > lastId)
          continue
        readSegment(dir, pool, file, damaged, () => {
          const connection = pool.open(segmentPath(dir, file))
          const tuple = connection.prepare(`SELECT ${traceColumns} FROM trace WHERE id = ?`, statement => statement.raw()).get(rowId) as TraceTuple | undefined
          if (tuple)
            collector.add(tuple, connection.topicOf(tuple[10]))
        })
      }
      return { rows: collector.take(), nextId: null, scannedAt: null, damaged }
    },
  }
}

function isAnsweredBy(tuple: TraceTuple, topic: string, answers: readonly PairedRow[]): boolean {
  const request = pairedTuple(tuple, topic)
  return answers.some(answer => isAnswerTo(request, answer))
}

/** The segments that hold ids between two bounds (exclusive), in the order a page goes through them. */
function inReadingOrder(segments: SegmentRange[], above: number, below: number, newestFirst: boolean): SegmentRange[] {
  const touched = segments.filter(({ firstId, lastId }) => lastId > above && firstId < below)
  return newestFirst ? touched.reverse() : touched
}
