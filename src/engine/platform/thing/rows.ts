import type { LatestValue } from '../../../shared/contract/device.ts'
import type { DeviceEvent } from '../../../shared/contract/event.ts'
import type { Statement } from '../../store/types.ts'
import { limits } from '../../../shared/limits.ts'

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

/** Parameter: JSON path of a property's value. The latest values of one property, of all devices that have one. */
export const readLatestOfProperty: Statement<{ deviceId: number, value: string | number }> = {
  name: 'latest.readOfProperty',
  sql: `SELECT device_id, value FROM (
      SELECT device_id, json_extract(iif(json_valid(properties), properties, '{}'), ?) AS value FROM device_latest
    ) WHERE value IS NOT NULL`,
  map: row => ({ deviceId: Number(row.device_id), value: typeof row.value === 'string' ? row.value : Number(row.value) }),
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

/** Events that devices reported, in order of arrival; each new one lets the one that is too many go. */
export const eventTables = `
CREATE TABLE device_event (
  event_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id   INTEGER NOT NULL,
  event       TEXT NOT NULL,
  type        TEXT NOT NULL,
  output      TEXT NOT NULL,
  at          INTEGER NOT NULL,
  received_at INTEGER NOT NULL
);
CREATE INDEX device_event_time ON device_event (device_id, at, event_id);
CREATE TRIGGER device_event_limit AFTER INSERT ON device_event BEGIN
  DELETE FROM device_event WHERE event_id <= NEW.event_id - ${limits.eventsKeptMax};
END;
`

/** Parameters: device id, event key, type, output as JSON, time, time of arrival. */
export const insertEvent: Statement = {
  name: 'event.insert',
  sql: 'INSERT INTO device_event (device_id, event, type, output, at, received_at) VALUES (?, ?, ?, ?, ?, ?)',
}

export type EventRow = Omit<DeviceEvent, 'name'>

function select(order: 'ASC' | 'DESC'): Statement<EventRow> {
  return {
    name: `event.select ${order}`,
    sql: `SELECT event_id, event, type, output, at, received_at FROM device_event
      WHERE device_id = ? AND event = coalesce(?, event) AND type = coalesce(?, type) AND at BETWEEN ? AND ? AND (at, event_id) ${order === 'ASC' ? '>' : '<'} (?, ?)
      ORDER BY at ${order}, event_id ${order} LIMIT ?`,
    map: row => ({
      eventId: Number(row.event_id),
      event: String(row.event),
      type: String(row.type) as DeviceEvent['type'],
      output: JSON.parse(String(row.output)) as DeviceEvent['output'],
      at: Number(row.at),
      receivedAt: Number(row.received_at),
    }),
  }
}

/**
 * Parameters: device id; event and type, each null for any; first and last time; time and id beyond which to begin; how
 * many.
 */
export const selectEvents = { newest: select('DESC'), oldest: select('ASC') }

/** Parameter: device id. */
export const deleteEvents: Statement = { name: 'event.deleteOfDevice', sql: 'DELETE FROM device_event WHERE device_id = ?' }
