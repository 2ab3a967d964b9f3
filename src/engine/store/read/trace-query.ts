import type { SqlParams, TraceFilter } from '../types.ts'
import { directions } from '../queue/trace-batch.ts'
import { idsPerMs } from '../row-id.ts'

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

interface Condition { sql: string, params: SqlParams }

/** What is read of a row, in the order of `TraceTuple`. */
export const traceColumns = 'id, at_shift, device_id, direction, qos, code, cause_id, device_key, detail, payload, topic_id'

/** Builds the statements for one filter and one order; ids and times of the filter are left to {@link idBounds}. */
export function buildTraceQuery(filter: TraceFilter, newestFirst: boolean): TraceQuery {
  const { deviceId, deviceIds, code } = filter
  const rest: Condition[] = []
  let index = 'NOT INDEXED'
  let driver: Condition[] = []

  const failed: Condition = { sql: 'code IS NOT NULL AND code <> 200', params: [] }
  const exactCode: Condition[] = typeof code === 'number' ? [{ sql: 'code = ?', params: [code] }] : []
  const byFailure = code === 'failed' || (typeof code === 'number' && code !== 200)
  if (deviceId !== undefined) {
    index = 'INDEXED BY trace_device'
    driver = [{ sql: 'device_id = ?', params: [deviceId] }]
    rest.push(...(code === 'failed' ? [failed] : exactCode))
  }
  else if (byFailure) {
    index = 'INDEXED BY trace_failed'
    driver = [failed]
    rest.push(...exactCode)
  }
  else {
    rest.push(...exactCode)
  }

  if (deviceIds)
    rest.push({ sql: 'wanted_device(device_id)', params: [] })
  if (filter.direction)
    rest.push({ sql: 'direction = ?', params: [directions.indexOf(filter.direction)] })
  if (filter.topic)
    rest.push({ sql: '(SELECT instr(name, ?) > 0 FROM topic WHERE topic.id = topic_id)', params: [filter.topic] })
  if (filter.text)
    rest.push({ sql: `CAST(payload AS TEXT) LIKE ? ESCAPE '\\'`, params: [like(filter.text)] })
  rest.push(...logConditions(filter))

  const where = (conditions: Condition[]) => [...conditions.map(({ sql }) => sql), 'id > ?', 'id < ?'].join(' AND ')
  const order = `ORDER BY id ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`
  return {
    windowSql: `SELECT ${newestFirst ? 'min' : 'max'}(id), count(*) FROM (SELECT id FROM trace ${index} WHERE ${where(driver)} ${order})`,
    windowParams: driver.flatMap(({ params }) => params),
    rowsSql: `SELECT ${traceColumns} FROM trace ${index} WHERE ${where([...driver, ...rest])} ${order}`,
    rowsParams: [...driver, ...rest].flatMap(({ params }) => params),
    hasRest: rest.length > 0,
  }
}

function like(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** What only a search through the platform's log asks for. */
function logConditions({ directions: wanted, detail, anywhere, journeyId }: TraceFilter): Condition[] {
  const conditions: Condition[] = []
  if (wanted)
    conditions.push({ sql: `direction IN (${wanted.map(() => '?').join(', ')})`, params: wanted.map(direction => directions.indexOf(direction)) })
  if (journeyId !== undefined)
    conditions.push({ sql: '(id = ? OR cause_id = ?)', params: [journeyId, journeyId] })
  if (detail)
    conditions.push({ sql: 'instr(detail, ?) > 0', params: [detail] })
  if (anywhere) {
    const places = ['CAST(payload AS TEXT)', 'detail', '(SELECT name FROM topic WHERE topic.id = topic_id)', 'device_key']
    const tests = anywhere.flatMap(text => places.map((place): Condition => ({ sql: `coalesce(${place}, '') LIKE ? ESCAPE '\\'`, params: [like(text)] })))
    conditions.push({ sql: `(${tests.map(({ sql }) => sql).join(' OR ')})`, params: tests.flatMap(({ params }) => params) })
  }
  return conditions
}

/** The ids between which (both exclusive) the rows of a filter and a page lie; times are inclusive to the millisecond. */
export function idBounds(filter: TraceFilter, before: number | undefined, after: number | undefined): { above: number, below: number } {
  const from = filter.fromAt === undefined ? -1 : Math.ceil(filter.fromAt) * idsPerMs - 1
  const to = filter.toAt === undefined ? Number.MAX_SAFE_INTEGER : (Math.floor(filter.toAt) + 1) * idsPerMs
  return {
    above: Math.max(from, after ?? -1),
    below: Math.min(to, before ?? Number.MAX_SAFE_INTEGER),
  }
}
