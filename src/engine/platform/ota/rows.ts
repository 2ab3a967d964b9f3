import type { DeviceVersion } from '../../../shared/contract/device.ts'
import type { Statement } from '../../store/types.ts'
import { limits } from '../../../shared/limits.ts'

/** The version that each module of a device has reported last; names of modules differ in more than their case (Alink 8.1). */
export const versionTables = `
CREATE TABLE device_version (
  device_id   INTEGER NOT NULL,
  module      TEXT NOT NULL COLLATE NOCASE,
  version     TEXT NOT NULL,
  reported_at INTEGER NOT NULL,
  PRIMARY KEY (device_id, module)
) WITHOUT ROWID;
CREATE TRIGGER device_version_limit BEFORE INSERT ON device_version
WHEN (SELECT count(*) FROM device_version WHERE device_id = NEW.device_id) >= ${limits.versionsPerDeviceMax}
  AND NOT EXISTS (SELECT 1 FROM device_version WHERE device_id = NEW.device_id AND module = NEW.module)
BEGIN
  DELETE FROM device_version WHERE device_id = NEW.device_id
    AND module = (SELECT module FROM device_version WHERE device_id = NEW.device_id ORDER BY reported_at LIMIT 1);
END;
`

/** What a device reported of itself, its firmware first. Parameter: device id. */
export const selectVersions: Statement<DeviceVersion> = {
  name: 'version.select',
  sql: `SELECT module, version, reported_at FROM device_version WHERE device_id = ? ORDER BY module <> 'default', module`,
  map: row => ({ module: String(row.module), version: String(row.version), reportedAt: Number(row.reported_at) }),
}

/** Parameters: device id, module, version, time. */
export const upsertVersion: Statement = {
  name: 'version.upsert',
  sql: `INSERT INTO device_version (device_id, module, version, reported_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (device_id, module) DO UPDATE SET module = excluded.module, version = excluded.version, reported_at = excluded.reported_at`,
}

/** Parameter: device id. */
export const deleteVersions: Statement = { name: 'version.deleteOfDevice', sql: 'DELETE FROM device_version WHERE device_id = ?' }
