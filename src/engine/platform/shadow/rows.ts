import type { Shadow } from '../../../shared/alink/shadow.ts'
import type { Statement } from '../../store/types.ts'

/** One row a device that has a shadow: the whole document as JSON. */
export const shadowTables = `
CREATE TABLE device_shadow (
  device_id INTEGER PRIMARY KEY,
  document  TEXT NOT NULL
);
`

/** All shadows. */
export const selectShadows: Statement<{ deviceId: number, shadow: Shadow }> = {
  name: 'shadow.select',
  sql: 'SELECT device_id, document FROM device_shadow',
  map: row => ({ deviceId: Number(row.device_id), shadow: JSON.parse(String(row.document)) as Shadow }),
}

/** Parameters: device id, document as JSON. */
export const upsertShadow: Statement = {
  name: 'shadow.upsert',
  sql: 'INSERT INTO device_shadow (device_id, document) VALUES (?, ?) ON CONFLICT (device_id) DO UPDATE SET document = excluded.document',
}

/** Parameter: device id. */
export const deleteShadow: Statement = { name: 'shadow.deleteOfDevice', sql: 'DELETE FROM device_shadow WHERE device_id = ?' }
