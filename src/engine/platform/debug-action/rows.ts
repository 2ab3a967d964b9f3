import type { DebugAction } from '../../../shared/contract/debug-action.ts'
import type { Statement } from '../../store/types.ts'

/** Commands that were kept under a name, in the order of their keys. */
export const debugActionTables = `
CREATE TABLE debug_action (
  action_id   INTEGER PRIMARY KEY,
  product_key TEXT NOT NULL,
  position    INTEGER NOT NULL,
  name        TEXT NOT NULL,
  content     TEXT NOT NULL
);
`

/** All actions of all products, in their order. */
export const selectDebugActions: Statement<DebugAction> = {
  name: 'debugAction.select',
  sql: 'SELECT action_id, product_key, name, content FROM debug_action ORDER BY product_key, position',
  map: row => ({
    actionId: Number(row.action_id),
    productKey: String(row.product_key),
    name: String(row.name),
    content: JSON.parse(String(row.content)) as DebugAction['content'],
  }),
}

/** Parameters: action id, product key, place, name, content as JSON. */
export const upsertDebugAction: Statement = {
  name: 'debugAction.upsert',
  sql: `INSERT INTO debug_action (action_id, product_key, position, name, content) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (action_id) DO UPDATE SET position = excluded.position, name = excluded.name, content = excluded.content`,
}

/** Parameter: action id. */
export const deleteDebugAction: Statement = { name: 'debugAction.delete', sql: 'DELETE FROM debug_action WHERE action_id = ?' }

/** Parameter: product key. */
export const deleteDebugActions: Statement = { name: 'debugAction.deleteOfProduct', sql: 'DELETE FROM debug_action WHERE product_key = ?' }
