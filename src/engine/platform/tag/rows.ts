import type { TagDomain } from '../../../shared/alink/tag.ts'
import type { DeviceTag } from '../../../shared/contract/tag.ts'
import type { Statement } from '../../store/types.ts'

/** Tags of devices; those of the user and those of the device's SDK may have equal keys. */
export const tagTables = `
CREATE TABLE device_tag (
  device_id INTEGER NOT NULL,
  domain    TEXT NOT NULL,
  key       TEXT NOT NULL,
  value     TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (device_id, domain, key)
) WITHOUT ROWID;
`

export interface TagRow extends DeviceTag { deviceId: number }

/** All tags of all devices. */
export const selectTags: Statement<TagRow> = {
  name: 'tag.select',
  sql: 'SELECT device_id, domain, key, value, at FROM device_tag',
  map: row => ({
    deviceId: Number(row.device_id),
    key: String(row.key),
    value: String(row.value),
    domain: String(row.domain) as TagDomain,
    at: Number(row.at),
  }),
}

/** Parameters: device id, domain, key, value, time. */
export const upsertTag: Statement = {
  name: 'tag.upsert',
  sql: `INSERT INTO device_tag (device_id, domain, key, value, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (device_id, domain, key) DO UPDATE SET value = excluded.value, at = excluded.at`,
}

/** Parameters: device id, domain, key. */
export const deleteTag: Statement = { name: 'tag.delete', sql: 'DELETE FROM device_tag WHERE device_id = ? AND domain = ? AND key = ?' }

/** Parameter: device id. */
export const deleteTags: Statement = { name: 'tag.deleteOfDevice', sql: 'DELETE FROM device_tag WHERE device_id = ?' }
