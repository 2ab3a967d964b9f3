import type { Statement } from '../../store/types.ts'

/** Tables of the device registry. Ids are never used twice, so that traces of a deleted device stay its own. */
export const deviceTables = `
CREATE TABLE device (
  device_id       INTEGER PRIMARY KEY AUTOINCREMENT,
  product_key     TEXT NOT NULL,
  device_name     TEXT NOT NULL,
  device_secret   TEXT NOT NULL,
  iot_id          TEXT NOT NULL,
  disabled        INTEGER NOT NULL DEFAULT 0,
  simulated       INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL,
  activated_at    INTEGER,
  last_online_at  INTEGER,
  last_offline_at INTEGER,
  deleted_at      INTEGER
);
CREATE UNIQUE INDEX device_identity ON device (product_key, device_name) WHERE deleted_at IS NULL;
`

export interface DeviceRow {
  deviceId: number
  productKey: string
  deviceName: string
  deviceSecret: string
  iotId: string
  disabled: boolean
  simulated: boolean
  createdAt: number
  activatedAt: number | null
  lastOnlineAt: number | null
  lastOfflineAt: number | null
  deletedAt: number | null
}

function instant(value: unknown): number | null {
  return value === null
    ? null
    : Number(value)
}

/** Every device, the deleted ones too: their names are still needed to read old traces. */
export const selectDevices: Statement<DeviceRow> = {
  name: 'device.select',
  sql: `SELECT device_id, product_key, device_name, device_secret, iot_id, disabled, simulated, created_at, activated_at,
    last_online_at, last_offline_at, deleted_at FROM device ORDER BY device_id`,
  map: row => ({
    deviceId: Number(row.device_id),
    productKey: String(row.product_key),
    deviceName: String(row.device_name),
    deviceSecret: String(row.device_secret),
    iotId: String(row.iot_id),
    disabled: row.disabled === 1,
    simulated: row.simulated === 1,
    createdAt: Number(row.created_at),
    activatedAt: instant(row.activated_at),
    lastOnlineAt: instant(row.last_online_at),
    lastOfflineAt: instant(row.last_offline_at),
    deletedAt: instant(row.deleted_at),
  }),
}

/** Parameters: id, product key, name, secret, iot id, simulated, created at. */
export const insertDevice: Statement = {
  name: 'device.insert',
  sql: `INSERT INTO device (device_id, product_key, device_name, device_secret, iot_id, simulated, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
}

/** Parameters: activated at, last online at, last offline at, id. */
export const updateDeviceTimes: Statement = {
  name: 'device.updateTimes',
  sql: 'UPDATE device SET activated_at = ?, last_online_at = ?, last_offline_at = ? WHERE device_id = ?',
}

/** Parameters: 1 or 0, id. */
export const updateDeviceDisabled: Statement = { name: 'device.updateDisabled', sql: 'UPDATE device SET disabled = ? WHERE device_id = ?' }

/** Parameters: deleted at, id. The secret goes with the device. */
export const markDeviceDeleted: Statement = {
  name: 'device.delete',
  sql: 'UPDATE device SET deleted_at = ?, device_secret = \'\' WHERE device_id = ?',
}
