import type { Statement } from '../../store/types.ts'

/** The parsing scripts of products with a custom data format: what devices run, and what is still being written. */
export const productScriptTables = `
CREATE TABLE product_script (
  product_key  TEXT PRIMARY KEY,
  draft        TEXT,
  draft_at     INTEGER NOT NULL,
  submitted    TEXT,
  submitted_at INTEGER NOT NULL,
  version      INTEGER NOT NULL
) WITHOUT ROWID;
`

export interface ProductScriptRow {
  productKey: string
  draft: string | null
  draftAt: number
  submitted: string | null
  submittedAt: number
  version: number
}

/** Every script. */
export const selectProductScripts: Statement<ProductScriptRow> = {
  name: 'productScript.select',
  sql: 'SELECT product_key, draft, draft_at, submitted, submitted_at, version FROM product_script',
  map: row => ({
    productKey: String(row.product_key),
    draft: row.draft === null ? null : String(row.draft),
    draftAt: Number(row.draft_at),
    submitted: row.submitted === null ? null : String(row.submitted),
    submittedAt: Number(row.submitted_at),
    version: Number(row.version),
  }),
}

/** Parameters: product key, draft, its time, submitted text, its time, version. */
export const upsertProductScript: Statement = {
  name: 'productScript.upsert',
  sql: `INSERT INTO product_script (product_key, draft, draft_at, submitted, submitted_at, version) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (product_key) DO UPDATE SET draft = excluded.draft, draft_at = excluded.draft_at, submitted = excluded.submitted,
      submitted_at = excluded.submitted_at, version = excluded.version`,
}

/** Parameter: product key. */
export const deleteProductScript: Statement = { name: 'productScript.delete', sql: 'DELETE FROM product_script WHERE product_key = ?' }
