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

/** Nicknames and the times of changes came later. */
export const deviceNicknameColumns = `
ALTER TABLE device ADD COLUMN nickname TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN modified_at INTEGER;
ALTER TABLE device ADD COLUMN switched_at INTEGER;
`

export interface DeviceRow {
  deviceId: number
  productKey: string
  deviceName: string
  deviceSecret: string
  iotId: string
  nickname: string
  disabled: boolean
  simulated: boolean
  createdAt: number
  activatedAt: number | null
  lastOnlineAt: number | null
  lastOfflineAt: number | null
  /** When it was last made, renamed, reset, disabled or enabled. */
  modifiedAt: number
  /** When it was last disabled, enabled or reset. */
  switchedAt: number | null
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
    last_online_at, last_offline_at, deleted_at, nickname, modified_at, switched_at FROM device ORDER BY device_id`,
  map: row => ({
    deviceId: Number(row.device_id),
    productKey: String(row.product_key),
    deviceName: String(row.device_name),
    deviceSecret: String(row.device_secret),
    iotId: String(row.iot_id),
    nickname: String(row.nickname),
    disabled: row.disabled === 1,
    simulated: row.simulated === 1,
    createdAt: Number(row.created_at),
    activatedAt: instant(row.activated_at),
    lastOnlineAt: instant(row.last_online_at),
    lastOfflineAt: instant(row.last_offline_at),
    modifiedAt: Number(row.modified_at ?? row.created_at),
    switchedAt: instant(row.switched_at),
    deletedAt: instant(row.deleted_at),
  }),
}

/** Parameters: id, product key, name, secret, iot id, simulated, created at, nickname. */
export const insertDevice: Statement = {
  name: 'device.insert',
  sql: `INSERT INTO device (device_id, product_key, device_name, device_secret, iot_id, simulated, created_at, nickname) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
}

/** Parameters: activated at, last online at, last offline at, id. */
export const updateDeviceTimes: Statement = {
  name: 'device.updateTimes',
  sql: 'UPDATE device SET activated_at = ?, last_online_at = ?, last_offline_at = ? WHERE device_id = ?',
}

/** Parameters: 1 or 0, time, time, id. */
export const updateDeviceDisabled: Statement = { name: 'device.updateDisabled', sql: 'UPDATE device SET disabled = ?, modified_at = ?, switched_at = ? WHERE device_id = ?' }

/** Parameters: nickname, time, id. */
export const updateDeviceNickname: Statement = { name: 'device.updateNickname', sql: 'UPDATE device SET nickname = ?, modified_at = ? WHERE device_id = ?' }

/** Parameters: time, time, id. */
export const resetDevice: Statement = { name: 'device.reset', sql: 'UPDATE device SET activated_at = NULL, modified_at = ?, switched_at = ? WHERE device_id = ?' }

/** Parameters: deleted at, id. The secret goes with the device. */
export const markDeviceDeleted: Statement = {
  name: 'device.delete',
  sql: 'UPDATE device SET deleted_at = ?, device_secret = \'\' WHERE device_id = ?',
}
