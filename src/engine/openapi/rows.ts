import type { AccessKey, ApiCall, ApiCallDetail, CallStyle } from '../../shared/contract/openapi.ts'
import type { Statement } from '../store/types.ts'
import { traceIdOf } from '../../shared/log/message-id.ts'

/** The keys that sign calls of the API, and the calls that the recorder keeps. */
export const openApiTables = `
CREATE TABLE access_key (
  access_key_id     TEXT PRIMARY KEY,
  access_key_secret TEXT NOT NULL,
  name              TEXT NOT NULL,
  created_at        INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE api_call (
  call_id        INTEGER PRIMARY KEY,
  request_id     TEXT NOT NULL,
  at             INTEGER NOT NULL,
  action         TEXT NOT NULL,
  style          TEXT NOT NULL,
  http_method    TEXT NOT NULL,
  access_key_id  TEXT NOT NULL,
  remote_address TEXT NOT NULL,
  status         INTEGER NOT NULL,
  code           TEXT NOT NULL,
  message        TEXT NOT NULL,
  elapsed_ms     INTEGER NOT NULL,
  trace_row_id   INTEGER NOT NULL,
  product_key    TEXT,
  device_name    TEXT,
  parameters     TEXT NOT NULL,
  ignored        TEXT NOT NULL,
  answer         TEXT NOT NULL
);
CREATE INDEX api_call_action ON api_call (action, call_id);
`

type KeyRow = Omit<AccessKey, 'lastUsedAt'>

/** Every access key, oldest first. */
export const selectAccessKeys: Statement<KeyRow> = {
  name: 'accessKey.select',
  sql: 'SELECT access_key_id, access_key_secret, name, created_at FROM access_key ORDER BY created_at, access_key_id',
  map: row => ({ accessKeyId: String(row.access_key_id), accessKeySecret: String(row.access_key_secret), name: String(row.name), createdAt: Number(row.created_at) }),
}

/** Parameters: id, secret, name, created at. */
export const insertAccessKey: Statement = { name: 'accessKey.insert', sql: 'INSERT INTO access_key (access_key_id, access_key_secret, name, created_at) VALUES (?, ?, ?, ?)' }

/** Parameter: id. */
export const deleteAccessKey: Statement = { name: 'accessKey.delete', sql: 'DELETE FROM access_key WHERE access_key_id = ?' }

const columns = 'call_id, request_id, at, action, style, http_method, access_key_id, remote_address, status, code, message, elapsed_ms, trace_row_id, product_key, device_name'

function toCall(row: Record<string, unknown>): ApiCall {
  const traceRowId = Number(row.trace_row_id)
  return {
    callId: Number(row.call_id),
    requestId: String(row.request_id),
    at: Number(row.at),
    action: String(row.action),
    style: String(row.style) as CallStyle,
    httpMethod: String(row.http_method),
    accessKeyId: String(row.access_key_id),
    remoteAddress: String(row.remote_address),
    status: Number(row.status),
    code: String(row.code),
    message: String(row.message),
    elapsedMs: Number(row.elapsed_ms),
    traceRowId,
    traceId: traceIdOf(traceRowId),
    device: row.product_key === null ? null : { productKey: String(row.product_key), deviceName: String(row.device_name) },
  }
}

/** Parameters: before; twice each the action, the text that is searched for, and 1 for failed calls or 0 for others, null for all; limit. */
export const selectApiCalls: Statement<ApiCall> = {
  name: 'apiCall.select',
  sql: `SELECT ${columns} FROM api_call WHERE call_id < ? AND (? IS NULL OR action = ?)
    AND (? IS NULL OR instr(lower(action || ' ' || request_id || ' ' || code || ' ' || coalesce(device_name, '') || ' ' || access_key_id), ?) > 0)
    AND (? IS NULL OR (code <> '') = ?)
    ORDER BY call_id DESC LIMIT ?`,
  map: toCall,
}

/** Parameter: call id. */
export const selectApiCall: Statement<ApiCallDetail> = {
  name: 'apiCall.get',
  sql: `SELECT ${columns}, parameters, ignored, answer FROM api_call WHERE call_id = ?`,
  map: row => ({ ...toCall(row), parameters: JSON.parse(String(row.parameters)) as Record<string, string>, ignored: JSON.parse(String(row.ignored)) as string[], answer: String(row.answer) }),
}

/** The newest call id; none before the first call. */
export const selectNewestApiCall: Statement<{ callId: number }> = {
  name: 'apiCall.newest',
  sql: 'SELECT coalesce(max(call_id), 0) AS call_id FROM api_call',
  map: row => ({ callId: Number(row.call_id) }),
}

/** Parameters: the columns in the order of the table. */
export const insertApiCall: Statement = { name: 'apiCall.insert', sql: `INSERT INTO api_call (${columns}, parameters, ignored, answer) VALUES (${Array.from({ length: 18 }).fill('?').join(', ')})` }

/** Parameter: the newest call id that is not kept any more. */
export const deleteOldApiCalls: Statement = { name: 'apiCall.deleteOld', sql: 'DELETE FROM api_call WHERE call_id <= ?' }
