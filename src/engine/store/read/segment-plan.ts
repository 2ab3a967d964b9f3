import type { TraceFilter } from '../types.ts'
import type { WantedRows } from './block-step.ts'
import type { PooledConnection } from './connection-pool.ts'
import type { TraceQuery } from './trace-query.ts'
import { searchableVersion } from '../schema.ts'
import { toWanted } from './block-step.ts'
import { asksForFailures, asksForLate, buildTraceQuery, like } from './trace-query.ts'

/** How one segment is searched for a filter. */
export interface SegmentPlan {
  /** Null: the segment can hold nothing that is wanted. */
  query: TraceQuery | null
  /** What to look for in the blocks, where they lead to the rows faster than an index. */
  wanted: WantedRows | null
}

/** A device with fewer rows than this in a segment is walked through by its own index. */
const rowsOfDeviceMax = 4_096

/** Decides by what the segment has and how much of it a filter would walk over. */
export function planSegment(connection: PooledConnection, filter: TraceFilter, newestFirst: boolean): SegmentPlan {
  const isSearchable = connection.version >= searchableVersion
  if (!isSearchable || !blocksHelp(connection, filter))
    return { query: buildTraceQuery(filter, newestFirst, { isSearchable }), wanted: null }
  const topics = filter.topic ? findTopics(connection, filter.topic) : null
  if (topics?.length === 0)
    return { query: null, wanted: null }
  const devices = filter.deviceIds ?? (filter.deviceId === undefined ? null : [filter.deviceId])
  return {
    query: buildTraceQuery(filter, newestFirst, { isSearchable, byRows: true }),
    wanted: { topics: topics && toWanted(topics), devices: devices && toWanted(devices) },
  }
}

/** Blocks tell topics and devices apart; whatever is rarer by nature has an index of its own. */
function blocksHelp(connection: PooledConnection, filter: TraceFilter): boolean {
  const { journeyId, topic, deviceId, deviceIds } = filter
  if (journeyId !== undefined || asksForFailures(filter) || asksForLate(filter))
    return false
  return deviceId === undefined ? Boolean(topic) || deviceIds !== undefined : Boolean(topic) && isBusy(connection, deviceId)
}

function isBusy({ prepare }: PooledConnection, deviceId: number): boolean {
  const rows = prepare(`SELECT count(*) FROM (SELECT 1 FROM trace INDEXED BY trace_device WHERE device_id = ? LIMIT ${rowsOfDeviceMax})`, statement => statement.pluck()).get(deviceId)
  return rows === rowsOfDeviceMax
}

function findTopics({ prepare }: PooledConnection, part: string): number[] {
  return prepare(`SELECT id FROM topic WHERE name LIKE ? ESCAPE '\\'`, statement => statement.pluck()).all(like(part)) as number[]
}
