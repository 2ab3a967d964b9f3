import type { Statement } from '../../store/types.ts'

/** The client ids with their tokens that were given to devices which registered themselves without having been made before. */
export const deviceTokenTables = `
CREATE TABLE device_token (
  client_id  TEXT PRIMARY KEY,
  device_id  INTEGER NOT NULL,
  token      TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
`

export interface DeviceTokenRow { clientId: string, deviceId: number, token: string, createdAt: number }

/** Every token, oldest first. */
export const selectDeviceTokens: Statement<DeviceTokenRow> = {
  name: 'deviceToken.select',
  sql: 'SELECT client_id, device_id, token, created_at FROM device_token ORDER BY created_at, client_id',
  map: row => ({ clientId: String(row.client_id), deviceId: Number(row.device_id), token: String(row.token), createdAt: Number(row.created_at) }),
}

/** Parameters: client id, device id, token, created at. */
export const insertDeviceToken: Statement = {
  name: 'deviceToken.insert',
  sql: 'INSERT INTO device_token (client_id, device_id, token, created_at) VALUES (?, ?, ?, ?)',
}

/** Parameter: client id. */
export const deleteDeviceToken: Statement = { name: 'deviceToken.delete', sql: 'DELETE FROM device_token WHERE client_id = ?' }

/** Parameter: device id. */
export const deleteDeviceTokens: Statement = { name: 'deviceToken.deleteOfDevice', sql: 'DELETE FROM device_token WHERE device_id = ?' }
