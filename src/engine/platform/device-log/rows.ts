import type { LogLevel } from '../../../shared/alink/device-log.ts'
import type { DeviceLogLine } from '../../../shared/contract/device-log.ts'
import type { Statement } from '../../store/types.ts'
import { limits } from '../../../shared/limits.ts'

/** Lines of devices' own logs in order of arrival, each new one lets the one that is too many go; and who may report. */
export const deviceLogTables = `
CREATE TABLE device_log (
  line_id       INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id     INTEGER NOT NULL,
  reported_at   INTEGER NOT NULL,
  collected_at  INTEGER,
  level         TEXT NOT NULL,
  level_word    TEXT NOT NULL,
  module        TEXT NOT NULL,
  code          TEXT NOT NULL,
  trace_context TEXT NOT NULL,
  content       TEXT NOT NULL
);
CREATE INDEX device_log_time ON device_log (reported_at, line_id);
CREATE INDEX device_log_device ON device_log (device_id, reported_at, line_id);
CREATE TRIGGER device_log_limit AFTER INSERT ON device_log BEGIN
  DELETE FROM device_log WHERE line_id <= NEW.line_id - ${limits.deviceLogLinesKeptMax};
END;
CREATE TABLE device_log_switch (
  device_id INTEGER PRIMARY KEY,
  enabled   INTEGER NOT NULL
);
`

/** Parameters: device id, reported at, collected at, level, its word, module, code, trace context, content. */
export const insertLogLine: Statement = {
  name: 'deviceLog.insert',
  sql: `INSERT INTO device_log (device_id, reported_at, collected_at, level, level_word, module, code, trace_context, content)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
}

export interface LogLineRow extends Omit<DeviceLogLine, 'productKey' | 'deviceName'> { deviceId: number }

function mapLine(row: Record<string, unknown>): LogLineRow {
  return {
    lineId: Number(row.line_id),
    deviceId: Number(row.device_id),
    reportedAt: Number(row.reported_at),
    collectedAt: row.collected_at === null ? null : Number(row.collected_at),
    level: String(row.level) as LogLevel,
    levelWord: String(row.level_word),
    module: String(row.module),
    code: String(row.code),
    traceContext: String(row.trace_context),
    content: String(row.content),
  }
}

const conditions = `trace_context = coalesce(?, trace_context) AND module = coalesce(?, module)
    AND (? IS NULL OR instr(lower(content), ?) > 0 OR instr(lower(code), ?) > 0)
    AND level IN (SELECT value FROM json_each(?))
    AND reported_at BETWEEN ? AND ? AND (reported_at, line_id) < (?, ?)
    ORDER BY reported_at DESC, line_id DESC LIMIT ?`
const columns = 'line_id, device_id, reported_at, collected_at, level, level_word, module, code, trace_context, content'

/**
 * Newest first. Parameters: trace context and module, null for any; keyword in lower case three times, null for any; levels as a
 * JSON array; first and last time; time and id before which to begin; how many.
 */
export const selectLogLines: Statement<LogLineRow> = {
  name: 'deviceLog.select',
  sql: `SELECT ${columns} FROM device_log WHERE ${conditions}`,
  map: mapLine,
}

/** As {@link selectLogLines}, of some devices: before the other parameters, their ids as a JSON array. */
export const selectLogLinesOf: Statement<LogLineRow> = {
  name: 'deviceLog.selectOf',
  sql: `SELECT ${columns} FROM device_log WHERE device_id IN (SELECT value FROM json_each(?)) AND ${conditions}`,
  map: mapLine,
}

/** Which devices were switched on or off by somebody. */
export const selectLogSwitches: Statement<{ deviceId: number, enabled: boolean }> = {
  name: 'deviceLogSwitch.select',
  sql: 'SELECT device_id, enabled FROM device_log_switch',
  map: row => ({ deviceId: Number(row.device_id), enabled: row.enabled === 1 }),
}

/** Parameters: device id, 1 or 0. */
export const upsertLogSwitch: Statement = {
  name: 'deviceLogSwitch.upsert',
  sql: 'INSERT INTO device_log_switch (device_id, enabled) VALUES (?, ?) ON CONFLICT (device_id) DO UPDATE SET enabled = excluded.enabled',
}

/** Parameter: device id. */
export const deleteLogLines: Statement = { name: 'deviceLog.deleteOfDevice', sql: 'DELETE FROM device_log WHERE device_id = ?' }

/** Parameter: device id. */
export const deleteLogSwitch: Statement = { name: 'deviceLogSwitch.deleteOfDevice', sql: 'DELETE FROM device_log_switch WHERE device_id = ?' }
