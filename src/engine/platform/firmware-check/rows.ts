import type { Statement } from '../../store/types.ts'
import type { CheckFacts } from './types.ts'

/** Checklists of devices' firmware, one a device. */
export const firmwareCheckTables = `
CREATE TABLE firmware_check (
  device_id INTEGER PRIMARY KEY,
  facts     TEXT NOT NULL
);
`

/** The newest last. */
export const selectChecks: Statement<{ deviceId: number, facts: CheckFacts }> = {
  name: 'firmwareCheck.select',
  sql: 'SELECT device_id, facts FROM firmware_check ORDER BY json_extract(facts, \'$.begunAt\')',
  map: row => ({ deviceId: Number(row.device_id), facts: JSON.parse(String(row.facts)) as CheckFacts }),
}

/** Parameters: device id, facts as JSON. */
export const upsertCheck: Statement = {
  name: 'firmwareCheck.upsert',
  sql: 'INSERT INTO firmware_check (device_id, facts) VALUES (?, ?) ON CONFLICT (device_id) DO UPDATE SET facts = excluded.facts',
}

/** Parameter: device id. */
export const deleteCheck: Statement = { name: 'firmwareCheck.delete', sql: 'DELETE FROM firmware_check WHERE device_id = ?' }
