import type { JsonValue } from '../../../shared/json.ts'
import type { Statement } from '../../store/types.ts'
import { limits } from '../../../shared/limits.ts'

/**
 * Values of properties that the series cannot hold: texts, dates, structs, arrays, and 64-bit integers beyond what a number
 * can say. Each new one lets the one that is too many go.
 */
export const propertyValueTables = `
CREATE TABLE property_value (
  value_id  INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id INTEGER NOT NULL,
  property  TEXT NOT NULL,
  value     TEXT NOT NULL,
  at        INTEGER NOT NULL
);
CREATE INDEX property_value_time ON property_value (device_id, property, at, value_id);
CREATE TRIGGER property_value_limit AFTER INSERT ON property_value BEGIN
  DELETE FROM property_value WHERE value_id <= NEW.value_id - ${limits.propertyValuesKeptMax};
END;
`

/** Parameters: device id, property key, value as JSON, time. */
export const insertPropertyValue: Statement = {
  name: 'propertyValue.insert',
  sql: 'INSERT INTO property_value (device_id, property, value, at) VALUES (?, ?, ?, ?)',
}

export interface PropertyValueRow { value: JsonValue, at: number }

function select(order: 'ASC' | 'DESC'): Statement<PropertyValueRow> {
  return {
    name: `propertyValue.select ${order}`,
    sql: `SELECT value, at FROM property_value WHERE device_id = ? AND property = ? AND at BETWEEN ? AND ? ORDER BY at ${order}, value_id ${order} LIMIT ?`,
    map: row => ({ value: JSON.parse(String(row.value)) as JsonValue, at: Number(row.at) }),
  }
}

/** Parameters: device id; property key; first and last time; how many. */
export const selectPropertyValues = { newest: select('DESC'), oldest: select('ASC') }

/** Numbers of one bucket of time; `bucket` counts from the first one. */
export interface MemberBucketRow { bucket: number, min: number, max: number, mean: number, last: number, count: number }

/** Parameters: JSON path of the member, first time, length of a bucket in milliseconds; device id; property key; first and last time. */
export const selectMemberBuckets: Statement<MemberBucketRow> = {
  name: 'propertyValue.selectMember',
  sql: `WITH point AS (
      SELECT at, value_id, json_extract(value, ?) AS number, CAST((at - ?) / ? AS INTEGER) AS bucket FROM property_value
      WHERE device_id = ? AND property = ? AND at BETWEEN ? AND ? AND json_valid(value)
    ), ranked AS (
      SELECT *, row_number() OVER (PARTITION BY bucket ORDER BY at DESC, value_id DESC) AS place FROM point WHERE typeof(number) IN ('integer', 'real')
    )
    SELECT bucket, min(number) AS min, max(number) AS max, avg(number) AS mean, max(iif(place = 1, number, NULL)) AS last, count(*) AS count
    FROM ranked GROUP BY bucket ORDER BY bucket`,
  map: row => ({ bucket: Number(row.bucket), min: Number(row.min), max: Number(row.max), mean: Number(row.mean), last: Number(row.last), count: Number(row.count) }),
}

/** Parameter: device id. */
export const deletePropertyValues: Statement = { name: 'propertyValue.deleteOfDevice', sql: 'DELETE FROM property_value WHERE device_id = ?' }
