import type { DeviceCommand } from '../../../shared/contract/device-command.ts'
import type { BoundStatement, Statement } from '../../store/types.ts'
import { limits } from '../../../shared/limits.ts'

/** Commands to devices with what became of them; each new one lets the one that is too many go. */
export const deviceCommandTables = `
CREATE TABLE device_command (
  command_id  INTEGER PRIMARY KEY,
  device_id   INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  operation   TEXT NOT NULL,
  method      TEXT NOT NULL,
  params      TEXT NOT NULL,
  message_id  TEXT,
  origin      TEXT NOT NULL,
  unchecked   INTEGER NOT NULL,
  timeout_ms  INTEGER,
  state       TEXT NOT NULL,
  code        INTEGER,
  message     TEXT NOT NULL,
  data        TEXT NOT NULL,
  answered_at INTEGER,
  trace_id    INTEGER NOT NULL,
  row_id      INTEGER NOT NULL
);
CREATE INDEX device_command_device ON device_command (device_id, command_id);
CREATE TRIGGER device_command_limit AFTER INSERT ON device_command BEGIN
  DELETE FROM device_command WHERE command_id <= NEW.command_id - ${limits.deviceCommandsKeptMax};
END;
`

export interface DeviceCommandRow extends DeviceCommand { deviceId: number }

const columns = 'command_id, device_id, at, operation, method, params, message_id, origin, unchecked, timeout_ms, state, code, message, data, answered_at, trace_id, row_id'

function mapCommand(row: Record<string, unknown>): DeviceCommandRow {
  return {
    commandId: Number(row.command_id),
    deviceId: Number(row.device_id),
    at: Number(row.at),
    operation: String(row.operation),
    method: String(row.method),
    params: JSON.parse(String(row.params)) as DeviceCommand['params'],
    messageId: row.message_id === null ? null : String(row.message_id),
    origin: row.origin as DeviceCommand['origin'],
    unchecked: row.unchecked === 1,
    timeoutMs: row.timeout_ms === null ? null : Number(row.timeout_ms),
    state: row.state as DeviceCommand['state'],
    code: row.code === null ? null : Number(row.code),
    message: String(row.message),
    data: JSON.parse(String(row.data)) as DeviceCommand['data'],
    answeredAt: row.answered_at === null ? null : Number(row.answered_at),
    traceId: Number(row.trace_id),
    rowId: Number(row.row_id),
  }
}

/** Commands of a device, newest first. Parameters: device id; id below which to begin; how many. */
export const selectDeviceCommands: Statement<DeviceCommandRow> = {
  name: 'deviceCommand.select',
  sql: `SELECT ${columns} FROM device_command WHERE device_id = ? AND command_id < ? ORDER BY command_id DESC LIMIT ?`,
  map: mapCommand,
}

/** Commands that are still open, newest first. Parameter: how many. */
export const selectOpenCommands: Statement<DeviceCommandRow> = {
  name: 'deviceCommand.open',
  sql: `SELECT ${columns} FROM device_command WHERE state = 'open' ORDER BY command_id DESC LIMIT ?`,
  map: mapCommand,
}

export const selectLastCommandId: Statement<{ commandId: number }> = {
  name: 'deviceCommand.last',
  sql: 'SELECT coalesce(max(command_id), 0) AS command_id FROM device_command',
  map: row => ({ commandId: Number(row.command_id) }),
}

/** Ends the commands of an earlier run whose answers nobody takes any more: all but calls of asynchronous services. Parameter: the sentence. */
export const endForgottenCommands: Statement = {
  name: 'deviceCommand.endForgotten',
  sql: 'UPDATE device_command SET state = \'unanswered\', code = 1905, message = ? WHERE state = \'open\' AND (timeout_ms IS NOT NULL OR operation NOT IN (\'InvokeThingService\', \'InvokeThingsService\'))',
}

const upsertDeviceCommand: Statement = {
  name: 'deviceCommand.upsert',
  sql: `INSERT INTO device_command (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (command_id) DO UPDATE SET state = excluded.state, code = excluded.code, message = excluded.message, data = excluded.data, answered_at = excluded.answered_at`,
}

/** A command as a statement whose later form replaces the earlier one while both wait for the writer. */
export function keepDeviceCommand(row: DeviceCommandRow): { key: string, statement: BoundStatement } {
  return {
    key: `device-command ${row.commandId}`,
    statement: {
      statement: upsertDeviceCommand,
      params: [
        row.commandId,
        row.deviceId,
        row.at,
        row.operation,
        row.method,
        JSON.stringify(row.params),
        row.messageId,
        row.origin,
        row.unchecked ? 1 : 0,
        row.timeoutMs,
        row.state,
        row.code,
        row.message,
        JSON.stringify(row.data),
        row.answeredAt,
        row.traceId,
        row.rowId,
      ],
    },
  }
}

/** Parameter: device id. */
export const deleteDeviceCommands: Statement = { name: 'deviceCommand.deleteOfDevice', sql: 'DELETE FROM device_command WHERE device_id = ?' }
