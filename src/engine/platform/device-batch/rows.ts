import type { BatchFault, BatchStatus } from '../../../shared/contract/device-batch.ts'
import type { Statement } from '../../store/types.ts'

/** Batches of devices and the names in them, in the order in which they were given. */
export const deviceBatchTables = `
CREATE TABLE device_batch (
  apply_id    INTEGER PRIMARY KEY,
  product_key TEXT NOT NULL,
  status      TEXT NOT NULL,
  count       INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  reason      TEXT NOT NULL
);
CREATE TABLE device_batch_entry (
  apply_id    INTEGER NOT NULL,
  position    INTEGER NOT NULL,
  device_name TEXT NOT NULL,
  nickname    TEXT NOT NULL,
  fault       TEXT NOT NULL,
  PRIMARY KEY (apply_id, position)
) WITHOUT ROWID;
`

export interface BatchRow {
  applyId: number
  productKey: string
  status: BatchStatus
  count: number
  createdAt: number
  reason: string
}

export interface BatchEntryRow {
  deviceName: string
  nickname: string
  /** Empty for a name that is all right. */
  fault: BatchFault | ''
}

/** Every batch, oldest first. */
export const selectBatches: Statement<BatchRow> = {
  name: 'deviceBatch.select',
  sql: 'SELECT apply_id, product_key, status, count, created_at, reason FROM device_batch ORDER BY apply_id',
  map: row => ({
    applyId: Number(row.apply_id),
    productKey: String(row.product_key),
    status: String(row.status) as BatchStatus,
    count: Number(row.count),
    createdAt: Number(row.created_at),
    reason: String(row.reason),
  }),
}

/** Parameter: apply id. */
export const selectBatchEntries: Statement<BatchEntryRow> = {
  name: 'deviceBatch.selectEntries',
  sql: 'SELECT device_name, nickname, fault FROM device_batch_entry WHERE apply_id = ? ORDER BY position',
  map: row => ({ deviceName: String(row.device_name), nickname: String(row.nickname), fault: String(row.fault) as BatchFault | '' }),
}

/** Parameters: apply id, product key, status, count, created at, reason. */
export const upsertBatch: Statement = {
  name: 'deviceBatch.upsert',
  sql: `INSERT INTO device_batch (apply_id, product_key, status, count, created_at, reason) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (apply_id) DO UPDATE SET status = excluded.status, reason = excluded.reason`,
}

/** Parameters: apply id, the entries as a JSON array of [name, nickname, fault]. */
export const insertBatchEntries: Statement = {
  name: 'deviceBatch.insertEntries',
  sql: `INSERT INTO device_batch_entry (apply_id, position, device_name, nickname, fault)
    SELECT ?, key, value ->> '$[0]', value ->> '$[1]', value ->> '$[2]' FROM json_each(?)`,
}

/** Parameter: apply id. */
export const deleteBatch: Statement = { name: 'deviceBatch.delete', sql: 'DELETE FROM device_batch WHERE apply_id = ?' }

/** Parameter: apply id. */
export const deleteBatchEntries: Statement = { name: 'deviceBatch.deleteEntries', sql: 'DELETE FROM device_batch_entry WHERE apply_id = ?' }
