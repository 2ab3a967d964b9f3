import type { Statement } from '../../store/types.ts'

/** Groups of devices, who was put into which, and their tags. A group with a query is a dynamic one. */
export const groupTables = `
CREATE TABLE device_group (
  group_id    TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  parent_id   TEXT,
  description TEXT NOT NULL,
  query       TEXT,
  tags        TEXT NOT NULL,
  created_at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE device_group_member (
  group_id  TEXT NOT NULL,
  device_id INTEGER NOT NULL,
  PRIMARY KEY (group_id, device_id)
) WITHOUT ROWID;
CREATE INDEX device_group_member_device ON device_group_member (device_id);
`

export interface GroupRow {
  groupId: string
  name: string
  parentId: string | null
  description: string
  query: string | null
  tags: Record<string, string>
  createdAt: number
}

/** All groups, oldest first. */
export const selectGroups: Statement<GroupRow> = {
  name: 'group.select',
  sql: 'SELECT group_id, name, parent_id, description, query, tags, created_at FROM device_group ORDER BY created_at, group_id',
  map: row => ({
    groupId: String(row.group_id),
    name: String(row.name),
    parentId: row.parent_id === null ? null : String(row.parent_id),
    description: String(row.description),
    query: row.query === null ? null : String(row.query),
    tags: JSON.parse(String(row.tags)) as Record<string, string>,
    createdAt: Number(row.created_at),
  }),
}

/** Who is in which static group. */
export const selectMembers: Statement<{ groupId: string, deviceId: number }> = {
  name: 'group.selectMembers',
  sql: 'SELECT group_id, device_id FROM device_group_member',
  map: row => ({ groupId: String(row.group_id), deviceId: Number(row.device_id) }),
}

/** Parameters: id, name, parent's id, description, query, tags as JSON, created at. */
export const upsertGroup: Statement = {
  name: 'group.upsert',
  sql: `INSERT INTO device_group (group_id, name, parent_id, description, query, tags, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (group_id) DO UPDATE SET name = excluded.name, description = excluded.description, query = excluded.query, tags = excluded.tags`,
}

/** Parameter: group id. */
export const deleteGroup: Statement = { name: 'group.delete', sql: 'DELETE FROM device_group WHERE group_id = ?' }

/** Parameter: group id. */
export const deleteMembers: Statement = { name: 'group.deleteMembers', sql: 'DELETE FROM device_group_member WHERE group_id = ?' }

/** Parameters: group id, device ids as a JSON array. */
export const insertMembers: Statement = {
  name: 'group.insertMembers',
  sql: 'INSERT OR IGNORE INTO device_group_member (group_id, device_id) SELECT ?, value FROM json_each(?)',
}

/** Parameters: group id, device ids as a JSON array. */
export const removeMembers: Statement = {
  name: 'group.removeMembers',
  sql: 'DELETE FROM device_group_member WHERE group_id = ? AND device_id IN (SELECT value FROM json_each(?))',
}

/** Parameter: device id. */
export const deleteMemberships: Statement = { name: 'group.deleteOfDevice', sql: 'DELETE FROM device_group_member WHERE device_id = ?' }
