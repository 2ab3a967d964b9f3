import type { Statement } from '../../store/types.ts'

/** Settings by name, values as JSON. */
export const settingTables = `
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
`

export const selectSettings: Statement<{ name: string, value: string }> = {
  name: 'setting.select',
  sql: 'SELECT name, value FROM setting',
  map: row => ({
    name: String(row.name),
    value: String(row.value),
  }),
}

/** Parameters: name, value as JSON. */
export const upsertSetting: Statement = {
  name: 'setting.upsert',
  sql: 'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
}
