import type { Statement } from '../../store/types.ts'

/** Tags of products. */
export const productTagTables = `
CREATE TABLE product_tag (
  product_key TEXT NOT NULL,
  key         TEXT NOT NULL,
  value       TEXT NOT NULL,
  PRIMARY KEY (product_key, key)
) WITHOUT ROWID;
`

export interface ProductTagRow { productKey: string, key: string, value: string }

/** All tags of all products, by key. */
export const selectProductTags: Statement<ProductTagRow> = {
  name: 'productTag.select',
  sql: 'SELECT product_key, key, value FROM product_tag ORDER BY product_key, key',
  map: row => ({ productKey: String(row.product_key), key: String(row.key), value: String(row.value) }),
}

/** Parameters: product key, key, value. */
export const upsertProductTag: Statement = {
  name: 'productTag.upsert',
  sql: 'INSERT INTO product_tag (product_key, key, value) VALUES (?, ?, ?) ON CONFLICT (product_key, key) DO UPDATE SET value = excluded.value',
}

/** Parameters: product key, key. */
export const deleteProductTag: Statement = { name: 'productTag.delete', sql: 'DELETE FROM product_tag WHERE product_key = ? AND key = ?' }

/** Parameter: product key. */
export const deleteProductTags: Statement = { name: 'productTag.deleteOfProduct', sql: 'DELETE FROM product_tag WHERE product_key = ?' }
