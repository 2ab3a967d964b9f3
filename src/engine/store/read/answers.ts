import type { PairedRow } from '../../../shared/diagnose/pair.ts'
import type { Connection } from '../open.ts'
import type { SqlValue } from '../types.ts'
import type { PooledConnection } from './connection-pool.ts'
import type { TraceTuple } from './trace-rows.ts'
import { expectsAnswer, isAnswerTo } from '../../../shared/diagnose/pair.ts'
import { directions } from '../queue/trace-batch.ts'
import { idsPerMs } from '../row-id.ts'
import { searchableVersion } from '../schema.ts'

/** So much of a payload is looked at for its id and its wish for an answer. */
const payloadBytesRead = 4_096
/** A segment of version 1 has no index of causes: answers to messages of earlier segments are looked for at its beginning only. */
const oldBeginningMs = 600_000

const textOf = (row: string): string => `CAST(substr(${row}.payload, 1, ${payloadBytesRead}) AS TEXT)`
const topicOf = (row: string): string => `(SELECT name FROM topic WHERE topic.id = ${row}.topic_id)`
const halfOf = (row: string): string => `${row}.id, ${row}.direction, ${topicOf(row)}, ${row}.cause_id, ${textOf(row)}`

/**
 * The condition of a row that wants an answer and has none in its segment. A segment of version 1 has no index of causes; there the answer is looked
 * for among what is newer of the device.
 */
export function unansweredSql(isSearchable: boolean): string {
  const [index, among]: [string, string] = isSearchable ? ['trace_cause', ''] : ['trace_device', 'answer.device_id = trace.device_id AND ']
  return `trace.direction <> ${directions.indexOf('record')} AND expects_answer(trace.direction, ${topicOf('trace')}, ${textOf('trace')})
    AND NOT EXISTS (SELECT 1 FROM trace AS answer INDEXED BY ${index} WHERE ${among}answer.cause_id IN (trace.id, trace.cause_id) AND answer.id > trace.id
      AND is_answer(${halfOf('trace')}, ${halfOf('answer')}))`
}

function toPaired([id, direction, topic, causeId, preview]: SqlValue[]): PairedRow {
  return { id: Number(id), direction: directions[Number(direction)]!, topic: String(topic), causeId: causeId === null ? null : Number(causeId), preview: String(preview) }
}

/** Adds the functions that {@link unansweredSql} calls. */
export function addAnswerFunctions(db: Connection): void {
  db.function('expects_answer', { deterministic: true }, (direction, topic, preview) =>
    expectsAnswer({ direction: directions[Number(direction)]!, topic: String(topic), preview: String(preview) }) ? 1 : 0)
  db.function('is_answer', { deterministic: true, varargs: true }, (...halves) => {
    const columns = halves as SqlValue[]
    return isAnswerTo(toPaired(columns.slice(0, 5)), toPaired(columns.slice(5))) ? 1 : 0
  })
}

/** The rows of a segment that go on with what began in an earlier one, which its first id tells. */
export function readCrossing(connection: PooledConnection, firstId: number): PairedRow[] {
  const [index, before]: [string, number] = connection.version >= searchableVersion ? ['INDEXED BY trace_cause', Number.MAX_SAFE_INTEGER] : ['NOT INDEXED', firstId + oldBeginningMs * idsPerMs]
  const rows = connection.prepare(`SELECT ${halfOf('trace')} FROM trace ${index} WHERE cause_id IS NOT NULL AND cause_id < ? AND id < ?`, statement => statement.raw()).all(firstId, before)
  return (rows as SqlValue[][]).map(toPaired)
}

const lenientUtf8 = new TextDecoder('utf-8')

/** A row that a page has read, as a half of a conversation. */
export function pairedTuple(tuple: TraceTuple, topic: string): PairedRow {
  const [id,,, direction,,, causeId,,, payload] = tuple
  return { id, direction: directions[direction]!, topic, causeId, preview: lenientUtf8.decode(payload.subarray(0, payloadBytesRead)) }
}
