import type { Statement } from '../../store/types.ts'

/** Which sub-device belongs to which gateway; a sub-device has at most one (Alink 3.1). */
export const topologyTables = `
CREATE TABLE topology (
  device_id  INTEGER PRIMARY KEY,
  gateway_id INTEGER NOT NULL,
  added_at   INTEGER NOT NULL
);
CREATE INDEX topology_gateway ON topology (gateway_id);
`

export interface RelationRow { deviceId: number, gatewayId: number, addedAt: number }

/** Every relation, in the order in which they were made. */
export const selectRelations: Statement<RelationRow> = {
  name: 'topology.select',
  sql: 'SELECT device_id, gateway_id, added_at FROM topology ORDER BY added_at, device_id',
  map: row => ({ deviceId: Number(row.device_id), gatewayId: Number(row.gateway_id), addedAt: Number(row.added_at) }),
}

/** Parameters: id of the sub-device, id of its gateway, when it was added. */
export const upsertRelation: Statement = {
  name: 'topology.upsert',
  sql: `INSERT INTO topology (device_id, gateway_id, added_at) VALUES (?, ?, ?)
    ON CONFLICT (device_id) DO UPDATE SET gateway_id = excluded.gateway_id, added_at = excluded.added_at`,
}

/** Parameter: id of the sub-device. */
export const deleteRelation: Statement = { name: 'topology.delete', sql: 'DELETE FROM topology WHERE device_id = ?' }

/** Parameter: id of a device, whether it is a sub-device or a gateway. */
export const deleteRelationsOf: Statement = { name: 'topology.deleteOfDevice', sql: 'DELETE FROM topology WHERE ? IN (device_id, gateway_id)' }
