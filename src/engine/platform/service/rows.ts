import type { ServiceCall } from '../../../shared/contract/device-call.ts'
import type { BoundStatement, Statement } from '../../store/types.ts'
import { limits } from '../../../shared/limits.ts'

/** Service calls with their answers, in the order of calling; each new one lets the one that is too many go. */
export const serviceCallTables = `
CREATE TABLE service_call (
  call_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,
  device_id  INTEGER NOT NULL,
  service    TEXT NOT NULL,
  call_type  TEXT NOT NULL,
  input      TEXT NOT NULL,
  output     TEXT NOT NULL,
  code       INTEGER,
  message    TEXT NOT NULL,
  at         INTEGER NOT NULL,
  replied_at INTEGER,
  trace_id   INTEGER NOT NULL
);
CREATE INDEX service_call_time ON service_call (device_id, at, call_id);
CREATE TRIGGER service_call_limit AFTER INSERT ON service_call BEGIN
  DELETE FROM service_call WHERE call_id <= NEW.call_id - ${limits.serviceCallsKeptMax};
END;
`

export interface ServiceCallRow extends Omit<ServiceCall, 'name'> { deviceId: number }

const columns = 'call_id, message_id, device_id, service, call_type, input, output, code, message, at, replied_at, trace_id'

function mapCall(row: Record<string, unknown>): ServiceCallRow {
  return {
    callId: Number(row.call_id),
    messageId: String(row.message_id),
    deviceId: Number(row.device_id),
    service: String(row.service),
    callType: row.call_type as ServiceCall['callType'],
    input: JSON.parse(String(row.input)) as ServiceCall['input'],
    output: JSON.parse(String(row.output)) as ServiceCall['output'],
    code: row.code === null ? null : Number(row.code),
    message: String(row.message),
    at: Number(row.at),
    repliedAt: row.replied_at === null ? null : Number(row.replied_at),
    traceId: Number(row.trace_id),
  }
}

function select(order: 'ASC' | 'DESC'): Statement<ServiceCallRow> {
  return {
    name: `serviceCall.select ${order}`,
    sql: `SELECT ${columns} FROM service_call
      WHERE device_id = ? AND service = coalesce(?, service) AND at BETWEEN ? AND ? AND (at, call_id) ${order === 'ASC' ? '>' : '<'} (?, ?)
      ORDER BY at ${order}, call_id ${order} LIMIT ?`,
    map: mapCall,
  }
}

/** Parameters: device id; service, null for any; first and last time; time and id beyond which to begin; how many. */
export const selectServiceCalls = { newest: select('DESC'), oldest: select('ASC') }

/** Asynchronous calls that no device has answered yet, newest first. Parameter: how many. */
export const selectUnansweredCalls: Statement<ServiceCallRow> = {
  name: 'serviceCall.unanswered',
  sql: `SELECT ${columns} FROM service_call WHERE code IS NULL AND call_type = 'async' ORDER BY call_id DESC LIMIT ?`,
  map: mapCall,
}

/** Ends the synchronous calls of an earlier run that nobody waits for any more. Parameter: the sentence. */
export const endForgottenCalls: Statement = {
  name: 'serviceCall.endForgotten',
  sql: 'UPDATE service_call SET code = 1905, message = ? WHERE code IS NULL AND call_type = \'sync\'',
}

/** Parameters: message id, device id, service, call type, input and output as JSON, code, message, time, time of the answer, row of the trace. */
export const upsertServiceCall: Statement = {
  name: 'serviceCall.upsert',
  sql: `INSERT INTO service_call (message_id, device_id, service, call_type, input, output, code, message, at, replied_at, trace_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (message_id) DO UPDATE SET output = excluded.output, code = excluded.code, message = excluded.message, replied_at = excluded.replied_at`,
}

/** A call as a statement whose later form replaces the earlier one while both wait for the writer. */
export function keepServiceCall(call: Omit<ServiceCallRow, 'callId'>): { key: string, statement: BoundStatement } {
  const { messageId, deviceId, service, callType, input, output, code, message, at, repliedAt, traceId } = call
  return {
    key: `service-call ${messageId}`,
    statement: { statement: upsertServiceCall, params: [messageId, deviceId, service, callType, JSON.stringify(input), JSON.stringify(output), code, message, at, repliedAt, traceId] },
  }
}

/** Parameter: device id. */
export const deleteServiceCalls: Statement = { name: 'serviceCall.deleteOfDevice', sql: 'DELETE FROM service_call WHERE device_id = ?' }
