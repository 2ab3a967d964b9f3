import type { PastConnection } from '../../../shared/contract/connection.ts'
import type { DeviceConnection } from '../../../shared/contract/device.ts'
import type { SqlParams, Statement } from '../../store/types.ts'
import { limits } from '../../../shared/limits.ts'

/** Connections of devices, those that last among them, and refused attempts. Each new one lets the one that is too many go. */
export const connectionTables = `
CREATE TABLE device_connection (
  connection_id    INTEGER PRIMARY KEY,
  device_id        INTEGER NOT NULL,
  kind             TEXT NOT NULL,
  began_at         INTEGER NOT NULL,
  ended_at         INTEGER,
  attempts         INTEGER NOT NULL,
  code             INTEGER,
  message          TEXT NOT NULL,
  remote_address   TEXT NOT NULL,
  transport        TEXT NOT NULL,
  client_id        TEXT NOT NULL,
  protocol_version INTEGER,
  keepalive_sec    INTEGER,
  clean            INTEGER,
  gateway          TEXT,
  began_row_id     INTEGER NOT NULL,
  ended_row_id     INTEGER NOT NULL
);
CREATE INDEX device_connection_time ON device_connection (device_id, began_at, connection_id);
CREATE INDEX device_connection_open ON device_connection (connection_id) WHERE ended_at IS NULL;
CREATE TRIGGER device_connection_limit AFTER INSERT ON device_connection BEGIN
  DELETE FROM device_connection WHERE connection_id <= NEW.connection_id - ${limits.connectionsKeptMax};
END;
`

/** A row as the engine holds it while it may still change. */
export interface ConnectionRow extends PastConnection { deviceId: number }

const columns = 'connection_id, device_id, kind, began_at, ended_at, attempts, code, message, remote_address, transport, client_id, protocol_version, keepalive_sec, clean, gateway, began_row_id, ended_row_id'

/** Parameters: see {@link connectionParams}. What happens to a connection later replaces how it ends. */
export const upsertConnection: Statement = {
  name: 'connection.upsert',
  sql: `INSERT INTO device_connection (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (connection_id) DO UPDATE SET ended_at = excluded.ended_at, attempts = excluded.attempts, code = excluded.code, message = excluded.message, ended_row_id = excluded.ended_row_id`,
}

/** The parameters of {@link upsertConnection}. */
export function connectionParams({ connectionId, deviceId, kind, beganAt, endedAt, count, code, message, remoteAddress, transport, clientId, protocolVersion, keepaliveSec, clean, gateway, beganRowId, endedRowId }: ConnectionRow): SqlParams {
  return [connectionId, deviceId, kind, beganAt, endedAt, count, code, message, remoteAddress, transport, clientId, protocolVersion, keepaliveSec, clean === null ? null : Number(clean), gateway && JSON.stringify(gateway), beganRowId, endedRowId]
}

const numberOf = (value: unknown): number | null => value === null ? null : Number(value)

/** Begun last first. Parameters: device id; kind, null for any; last and first time; time and id before which to begin; how many. */
export const selectConnections: Statement<PastConnection> = {
  name: 'connection.select',
  sql: `SELECT ${columns} FROM device_connection
    WHERE device_id = ? AND kind = coalesce(?, kind) AND began_at <= ? AND (ended_at IS NULL OR ended_at >= ?) AND (began_at, connection_id) < (?, ?)
    ORDER BY began_at DESC, connection_id DESC LIMIT ?`,
  map: row => ({
    connectionId: Number(row.connection_id),
    kind: String(row.kind) as PastConnection['kind'],
    beganAt: Number(row.began_at),
    endedAt: numberOf(row.ended_at),
    count: Number(row.attempts),
    code: numberOf(row.code),
    message: String(row.message),
    remoteAddress: String(row.remote_address),
    transport: String(row.transport) as DeviceConnection['transport'],
    clientId: String(row.client_id),
    protocolVersion: numberOf(row.protocol_version) as PastConnection['protocolVersion'],
    keepaliveSec: numberOf(row.keepalive_sec),
    clean: row.clean === null ? null : row.clean === 1,
    gateway: row.gateway === null ? null : JSON.parse(String(row.gateway)) as PastConnection['gateway'],
    beganRowId: Number(row.began_row_id),
    endedRowId: Number(row.ended_row_id),
  }),
}

/** The last id that was given. */
export const selectLastConnectionId: Statement<number> = {
  name: 'connection.selectLastId',
  sql: 'SELECT coalesce(max(connection_id), 0) AS last FROM device_connection',
  map: row => Number(row.last),
}

/** Ends what an engine left open that ended without a goodbye. Parameters: when it was heard of last, and a sentence. */
export const endOpenConnections: Statement = {
  name: 'connection.endOpen',
  sql: 'UPDATE device_connection SET ended_at = max(began_at, ?), message = ? WHERE ended_at IS NULL',
}

/** Parameter: device id. */
export const deleteConnections: Statement = { name: 'connection.deleteOfDevice', sql: 'DELETE FROM device_connection WHERE device_id = ?' }
