import type { PlatformFault } from '../../../shared/contract/platform-fault.ts'
import type { Statement } from '../../store/types.ts'

/** Faults that are on, one of each kind for a device, a product ('' as the device) or everything ('' as the product too). */
export const platformFaultTables = `
CREATE TABLE platform_fault (
  product_key TEXT NOT NULL,
  device_name TEXT NOT NULL,
  kind        TEXT NOT NULL,
  since       INTEGER NOT NULL,
  body        TEXT NOT NULL,
  PRIMARY KEY (product_key, device_name, kind)
) WITHOUT ROWID;
`

/** All faults, in the order in which they were turned on. */
export const selectFaults: Statement<PlatformFault> = {
  name: 'platformFault.select',
  sql: 'SELECT body FROM platform_fault ORDER BY since, product_key, device_name, kind',
  map: row => JSON.parse(String(row.body)) as PlatformFault,
}

/** Parameters: product key, device name, kind, start, the fault as JSON. */
export const upsertFault: Statement = {
  name: 'platformFault.upsert',
  sql: `INSERT INTO platform_fault (product_key, device_name, kind, since, body) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (product_key, device_name, kind) DO UPDATE SET since = excluded.since, body = excluded.body`,
}

/** Parameters: product key, device name, kind. */
export const deleteFault: Statement = { name: 'platformFault.delete', sql: 'DELETE FROM platform_fault WHERE product_key = ? AND device_name = ? AND kind = ?' }
