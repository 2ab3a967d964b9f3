import type { LatestValue } from '../../../shared/contract/device.ts'
import type { Statement } from '../../store/types.ts'

/** One row a device: its latest values as a JSON object, identifier to `{value, time}`. */
export const latestTables = `
CREATE TABLE device_latest (
  device_id  INTEGER PRIMARY KEY,
  properties TEXT NOT NULL
);
`

/** Parameters: device id, all its latest values as JSON. */
export const replaceLatest: Statement = {
  name: 'latest.replace',
  sql: `INSERT INTO device_latest (device_id, properties) VALUES (?, ?)
    ON CONFLICT (device_id) DO UPDATE SET properties = excluded.properties`,
}

/**
 * Parameters: device id, some of its values as JSON. Keeps the properties that are not among them, and of each property the
 * value with the later time: what {@link replaceLatest} does for a device whose row has not been read yet, at four times
 * the cost.
 */
export const mergeLatest: Statement = {
  name: 'latest.merge',
  sql: `INSERT INTO device_latest (device_id, properties) VALUES (?, ?)
    ON CONFLICT (device_id) DO UPDATE SET properties = (
      SELECT json_group_object(key, json(value)) FROM (
        SELECT coalesce(fresh.key, old.key) AS key,
          CASE WHEN fresh.key IS NULL OR old.value ->> 'time' > fresh.value ->> 'time' THEN old.value ELSE fresh.value END AS value
        FROM json_each(iif(json_valid(device_latest.properties), device_latest.properties, '{}')) AS old
        FULL JOIN json_each(excluded.properties) AS fresh ON fresh.key = old.key
      )
    )`,
}

export interface LatestRow { deviceId: number, properties: Record<string, LatestValue> }

/** Parameters: device ids as a JSON array. A row that cannot be read counts as empty. */
export const readLatest: Statement<LatestRow> = {
  name: 'latest.read',
  sql: 'SELECT device_id, properties FROM device_latest WHERE device_id IN (SELECT value FROM json_each(?))',
  map: row => ({ deviceId: Number(row.device_id), properties: readProperties(String(row.properties)) }),
}

/** Parameters: device id. */
export const deleteLatest: Statement = { name: 'latest.delete', sql: 'DELETE FROM device_latest WHERE device_id = ?' }

function readProperties(text: string): Record<string, LatestValue> {
  try {
    return JSON.parse(text) as Record<string, LatestValue>
  }
  catch {
    return {}
  }
}
