import type { JsonValue } from '../../../shared/json.ts'
import type { Statement } from '../../store/types.ts'

/** Desired values. A deleted one keeps its row without a value, because its version goes on. */
export const desiredTables = `
CREATE TABLE desired_value (
  device_id  INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  value      TEXT,
  version    INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (device_id, identifier)
) WITHOUT ROWID;
`

export interface DesiredRow { deviceId: number, identifier: string, value: JsonValue, version: number, at: number }

/** All desired values of all devices. */
export const selectDesired: Statement<DesiredRow> = {
  name: 'desired.select',
  sql: 'SELECT device_id, identifier, value, version, at FROM desired_value',
  map: row => ({
    deviceId: Number(row.device_id),
    identifier: String(row.identifier),
    value: row.value === null ? null : JSON.parse(String(row.value)) as JsonValue,
    version: Number(row.version),
    at: Number(row.at),
  }),
}

/** Parameters: device id, identifier, value as JSON or null, version, time. */
export const upsertDesired: Statement = {
  name: 'desired.upsert',
  sql: `INSERT INTO desired_value (device_id, identifier, value, version, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (device_id, identifier) DO UPDATE SET value = excluded.value, version = excluded.version, at = excluded.at`,
}

/** Parameter: device id. */
export const deleteDesired: Statement = { name: 'desired.deleteOfDevice', sql: 'DELETE FROM desired_value WHERE device_id = ?' }
