import type { VersionChange } from '../../../shared/contract/connection.ts'
import type { Statement } from '../../store/types.ts'
import { limits } from '../../../shared/limits.ts'

/** What versions the modules of devices have had: each report of another version than before leaves a row, whoever writes it. */
export const versionChangeTables = `
CREATE TABLE device_version_change (
  change_id   INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id   INTEGER NOT NULL,
  module      TEXT NOT NULL COLLATE NOCASE,
  version     TEXT NOT NULL,
  reported_at INTEGER NOT NULL
);
CREATE INDEX device_version_change_device ON device_version_change (device_id, change_id);
CREATE TRIGGER device_version_change_limit AFTER INSERT ON device_version_change BEGIN
  DELETE FROM device_version_change WHERE change_id <= NEW.change_id - ${limits.versionChangesKeptMax};
END;
CREATE TRIGGER device_version_first AFTER INSERT ON device_version BEGIN
  INSERT INTO device_version_change (device_id, module, version, reported_at) VALUES (NEW.device_id, NEW.module, NEW.version, NEW.reported_at);
END;
CREATE TRIGGER device_version_changed AFTER UPDATE OF version ON device_version WHEN OLD.version <> NEW.version BEGIN
  INSERT INTO device_version_change (device_id, module, version, reported_at) VALUES (NEW.device_id, NEW.module, NEW.version, NEW.reported_at);
END;
INSERT INTO device_version_change (device_id, module, version, reported_at)
  SELECT device_id, module, version, reported_at FROM device_version ORDER BY reported_at;
`

/** Newest first. Parameters: device id; id before which to begin; how many. */
export const selectVersionChanges: Statement<VersionChange> = {
  name: 'versionChange.select',
  sql: 'SELECT change_id, module, version, reported_at FROM device_version_change WHERE device_id = ? AND change_id < ? ORDER BY change_id DESC LIMIT ?',
  map: row => ({ changeId: Number(row.change_id), module: String(row.module), version: String(row.version), reportedAt: Number(row.reported_at) }),
}

/** Parameter: device id. */
export const deleteVersionChanges: Statement = { name: 'versionChange.deleteOfDevice', sql: 'DELETE FROM device_version_change WHERE device_id = ?' }
