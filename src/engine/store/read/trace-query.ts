import type { SqlParams, TraceFilter } from '../types.ts'
import { directions } from '../queue/trace-batch.ts'
import { idsPerMs } from '../row-id.ts'
import { lateMsMin } from '../schema.ts'
import { unansweredSql } from './answers.ts'

/**
 * A filter as SQL. The *driver* is the condition that an index answers; it decides which rows a scan walks over. What
 * `rest` says is looked at row by row, so a scan with a rest goes in windows of the driver's rows.
 */
export interface TraceQuery {
  /** Selects the bounds of the next window: parameters of the driver, lower and upper id (exclusive), rows. */
  windowSql: string
  windowParams: SqlParams
  /** Selects rows: parameters of driver and rest, lower and upper id (exclusive), limit. */
  rowsSql: string
  rowsParams: SqlParams
  hasRest: boolean
}

/** What a filter asks for, apart from ids and times. */
type Part = 'journeyId' | 'deviceId' | 'deviceIds' | 'code' | 'lagAboveMs' | 'topic' | 'direction' | 'directions' | 'text' | 'detail' | 'anywhere' | 'answered'

interface Condition { sql: string, params: SqlParams }

interface Driver extends Condition {
  /** `INDEXED BY …` */
  index: string
  /** The part of the filter that needs no second look. */
  answers: Part | null
}

/** Rows one after the other. */
const wholeTable: Driver = { index: 'NOT INDEXED', sql: '', params: [], answers: null }

/** What is read of a row, in the order of `TraceTuple`. */
export const traceColumns = 'id, at_shift, device_id, direction, qos, code, cause_id, device_key, detail, payload, topic_id'

const failed = 'code IS NOT NULL AND code <> 200'

/** Whether a filter asks for failures, or for one of their codes. */
export function asksForFailures({ code }: TraceFilter): boolean {
  return code === 'failed' || (code !== undefined && code !== 200)
}

/** Whether the late rows, which have an index, are all that a filter can find. */
export function asksForLate({ lagAboveMs }: TraceFilter): boolean {
  return lagAboveMs !== undefined && lagAboveMs >= lateMsMin
}

/**
 * Builds the statements for one filter and one order; ids and times of the filter are left to {@link idBounds}.
 * `isSearchable`: the segment has the indexes that came with version 2. `byRows`: no index is to be used, because
 * something else says where to look.
 */
export function buildTraceQuery(filter: TraceFilter, newestFirst: boolean, { isSearchable, byRows = false }: { isSearchable: boolean, byRows?: boolean }): TraceQuery {
  const driver = byRows ? wholeTable : isSearchable ? driverOf(filter) : oldDriverOf(filter)
  const rest = [...conditionsOf(filter, isSearchable)].filter(([part]) => part !== driver.answers).map(([, condition]) => condition)
  const driving = driver.sql === '' ? [] : [driver]
  const where = (conditions: Condition[]) => [...conditions.map(({ sql }) => sql), 'id > ?', 'id < ?'].join(' AND ')
  const order = `ORDER BY id ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`
  return {
    windowSql: `SELECT ${newestFirst ? 'min' : 'max'}(id), count(*) FROM (SELECT id FROM trace ${driver.index} WHERE ${where(driving)} ${order})`,
    windowParams: driver.params,
    rowsSql: `SELECT ${traceColumns} FROM trace ${driver.index} WHERE ${where([...driving, ...rest])} ${order}`,
    rowsParams: [...driver.params, ...rest.flatMap(({ params }) => params)],
    hasRest: rest.length > 0,
  }
}

/** The narrowest way to the rows of a filter: a journey has a few rows, failures and late rows are few as a rule, a device has its share. */
function driverOf(filter: TraceFilter): Driver {
  const { journeyId, deviceId, code } = filter
  if (journeyId !== undefined)
    return { index: 'NOT INDEXED', sql: 'id IN (SELECT ? UNION ALL SELECT id FROM trace INDEXED BY trace_cause WHERE cause_id = ?)', params: [journeyId, journeyId], answers: 'journeyId' }
  if (asksForFailures(filter)) {
    return typeof code === 'number' && deviceId === undefined
      ? { index: 'INDEXED BY trace_code', sql: `code = ? AND ${failed}`, params: [code], answers: 'code' }
      : { index: 'INDEXED BY trace_failed', sql: failed, params: [], answers: code === 'failed' ? 'code' : null }
  }
  if (asksForLate(filter))
    return { index: 'INDEXED BY trace_late', sql: `cause_id IS NOT NULL AND id - cause_id > ${lateMsMin * idsPerMs}`, params: [], answers: null }
  return deviceId === undefined ? wholeTable : deviceDriver(deviceId)
}

/** The same for a segment of version 1. */
function oldDriverOf(filter: TraceFilter): Driver {
  if (filter.deviceId !== undefined)
    return deviceDriver(filter.deviceId)
  return asksForFailures(filter)
    ? { index: 'INDEXED BY trace_failed', sql: failed, params: [], answers: filter.code === 'failed' ? 'code' : null }
    : wholeTable
}

function deviceDriver(deviceId: number): Driver {
  return { index: 'INDEXED BY trace_device', sql: 'device_id = ?', params: [deviceId], answers: 'deviceId' }
}

/** Every part of a filter as a condition on a row. */
function conditionsOf(filter: TraceFilter, isSearchable: boolean): Map<Part, Condition> {
  const conditions = new Map<Part, Condition>()
  const add = (part: Part, sql: string, ...params: SqlParams): void => void conditions.set(part, { sql, params })
  const { journeyId, deviceId, deviceIds, code, lagAboveMs, direction, directions: anyDirection, topic, detail, text, anywhere } = filter
  if (journeyId !== undefined)
    add('journeyId', '(id = ? OR cause_id = ?)', journeyId, journeyId)
  if (deviceId !== undefined)
    add('deviceId', 'device_id = ?', deviceId)
  if (deviceIds)
    add('deviceIds', 'wanted_device(device_id)')
  if (code === 'failed')
    add('code', failed)
  else if (code !== undefined)
    add('code', 'code = ?', code)
  if (lagAboveMs !== undefined)
    add('lagAboveMs', `id / ${idsPerMs} - cause_id / ${idsPerMs} > ?`, lagAboveMs)
  if (direction)
    add('direction', 'direction = ?', directions.indexOf(direction))
  if (anyDirection)
    add('directions', `direction IN (${anyDirection.map(() => '?').join(', ')})`, ...anyDirection.map(one => directions.indexOf(one)))
  if (topic)
    add('topic', `(SELECT name LIKE ? ESCAPE '\\' FROM topic WHERE topic.id = topic_id)`, like(topic))
  if (detail)
    add('detail', 'instr(detail, ?) > 0', detail)
  if (text)
    add('text', `CAST(payload AS TEXT) LIKE ? ESCAPE '\\'`, like(text))
  if (anywhere) {
    const places = ['CAST(payload AS TEXT)', 'detail', '(SELECT name FROM topic WHERE topic.id = topic_id)', 'device_key']
    const tests = anywhere.flatMap(part => places.map(place => [`${place} LIKE ? ESCAPE '\\'`, like(part)] as const))
    add('anywhere', `(${tests.map(([sql]) => sql).join(' OR ')})`, ...tests.map(([, pattern]) => pattern))
  }
  // Last, because it is what costs most.
  if (filter.answered === false)
    add('answered', unansweredSql(isSearchable))
  return conditions
}

/** A text as the pattern of LIKE that finds it anywhere, with `\` as the escape. */
export function like(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** The ids between which (both exclusive) the rows of a filter and a page lie; times are inclusive to the millisecond. */
export function idBounds({ fromAt, toAt, ids, journeyId }: TraceFilter, before?: number, after?: number): { above: number, below: number } {
  const from = fromAt === undefined ? -1 : Math.ceil(fromAt) * idsPerMs - 1
  const to = toAt === undefined ? Number.MAX_SAFE_INTEGER : (Math.floor(toAt) + 1) * idsPerMs
  return {
    // Nothing of a journey is older than the row that began it.
    above: Math.max(from, after ?? -1, (ids?.first ?? 0) - 1, (journeyId ?? 0) - 1),
    below: Math.min(to, before ?? Number.MAX_SAFE_INTEGER, ids === undefined ? Number.MAX_SAFE_INTEGER : ids.last + 1),
  }
}
