import type { VersionOrigin } from '../../../shared/contract/model.ts'
import type { Statement } from '../../store/types.ts'

/**
 * Published versions of thing models in the order of their publishing, and one draft a product; `documents` is a JSON array
 * of texts, the default module first. A workspace that has models from before begins with them as version 1.0.
 */
export const modelTables = `
CREATE TABLE model_version (
  version_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  product_key   TEXT NOT NULL,
  version       TEXT NOT NULL,
  description   TEXT NOT NULL,
  published_at  INTEGER NOT NULL,
  origin        TEXT NOT NULL,
  documents     TEXT NOT NULL,
  UNIQUE (product_key, version)
);
CREATE TABLE model_draft (
  product_key TEXT PRIMARY KEY,
  documents   TEXT NOT NULL,
  based_on    TEXT,
  saved_at    INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO model_version (product_key, version, description, published_at, origin, documents)
SELECT product_key, '1.0', '', created_at, 'kept', (
  SELECT json_group_array(document) FROM (
    SELECT 0 AS part, '' AS block_id, product.model AS document WHERE product.model IS NOT NULL
    UNION ALL SELECT 1, block_id, model FROM product_module WHERE product_module.product_key = product.product_key
    ORDER BY 1, 2
  )
) FROM product
WHERE model IS NOT NULL OR EXISTS (SELECT 1 FROM product_module WHERE product_module.product_key = product.product_key)
ORDER BY created_at;
`

export interface VersionRow {
  version: string
  description: string
  publishedAt: number
  origin: VersionOrigin
  documents: string[]
}

/** Newest first. Parameter: product key. */
export const selectVersions: Statement<VersionRow> = {
  name: 'modelVersion.select',
  sql: 'SELECT version, description, published_at, origin, documents FROM model_version WHERE product_key = ? ORDER BY version_id DESC',
  map: row => ({
    version: String(row.version),
    description: String(row.description),
    publishedAt: Number(row.published_at),
    origin: row.origin as VersionOrigin,
    documents: readDocuments(row.documents),
  }),
}

/** Newest first, the names alone. Parameter: product key. */
export const selectVersionNames: Statement<string> = {
  name: 'modelVersion.selectNames',
  sql: 'SELECT version FROM model_version WHERE product_key = ? ORDER BY version_id DESC',
  map: row => String(row.version),
}

/** Parameters: product key, version, description, time of publishing, origin, documents as JSON. */
export const insertVersion: Statement = {
  name: 'modelVersion.insert',
  sql: 'INSERT INTO model_version (product_key, version, description, published_at, origin, documents) VALUES (?, ?, ?, ?, ?, ?)',
}

/** Parameters: product key, version. */
export const deleteVersion: Statement = { name: 'modelVersion.delete', sql: 'DELETE FROM model_version WHERE product_key = ? AND version = ?' }

/** Parameter: product key. */
export const deleteVersions: Statement = { name: 'modelVersion.deleteOfProduct', sql: 'DELETE FROM model_version WHERE product_key = ?' }

export interface DraftRow { documents: string[], basedOn: string | null, savedAt: number }

/** Parameter: product key. */
export const selectDraft: Statement<DraftRow> = {
  name: 'modelDraft.select',
  sql: 'SELECT documents, based_on, saved_at FROM model_draft WHERE product_key = ?',
  map: row => ({
    documents: readDocuments(row.documents),
    basedOn: row.based_on === null ? null : String(row.based_on),
    savedAt: Number(row.saved_at),
  }),
}

/** Parameters: product key, documents as JSON, version it was begun from, time. */
export const upsertDraft: Statement = {
  name: 'modelDraft.upsert',
  sql: `INSERT INTO model_draft (product_key, documents, based_on, saved_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (product_key) DO UPDATE SET documents = excluded.documents, based_on = excluded.based_on, saved_at = excluded.saved_at`,
}

/** Parameter: product key. */
export const deleteDraft: Statement = { name: 'modelDraft.delete', sql: 'DELETE FROM model_draft WHERE product_key = ?' }

/** A row that cannot be read is one document that is no model: it is shown with its faults instead of being lost. */
function readDocuments(value: unknown): string[] {
  const text = String(value)
  try {
    const documents = JSON.parse(text) as unknown
    if (Array.isArray(documents))
      return documents.map(String)
  }
  catch {}
  return [text]
}
