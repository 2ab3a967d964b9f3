import type { DataFormat, NodeType, ValidationLevel } from '../../../shared/contract/product.ts'
import type { Statement } from '../../store/types.ts'

/** Tables of the product registry. */
export const productTables = `
CREATE TABLE product (
  product_key    TEXT PRIMARY KEY,
  product_secret TEXT NOT NULL,
  name           TEXT NOT NULL,
  node_type      TEXT NOT NULL,
  validation     TEXT NOT NULL,
  created_at     INTEGER NOT NULL,
  model          TEXT
) WITHOUT ROWID;
`

export interface ProductRow {
  productKey: string
  productSecret: string
  name: string
  nodeType: NodeType
  validation: ValidationLevel
  createdAt: number
  /** The thing model in the cloud's export form, or null while there is none. */
  modelText: string | null
  /** Devices that know only the product's secret may register. */
  dynamicRegistration: boolean
  /** Never changes. */
  dataFormat: DataFormat
}

/** The switch for dynamic registration came later. */
export const productRegistrationColumn = 'ALTER TABLE product ADD COLUMN dynamic_registration INTEGER NOT NULL DEFAULT 0;'

/** The data format came later. */
export const productFormatColumn = 'ALTER TABLE product ADD COLUMN data_format TEXT NOT NULL DEFAULT \'alink\';'

/** Every product, oldest first. */
export const selectProducts: Statement<ProductRow> = {
  name: 'product.select',
  sql: 'SELECT product_key, product_secret, name, node_type, validation, created_at, model, dynamic_registration, data_format FROM product ORDER BY created_at, product_key',
  map: row => ({
    productKey: String(row.product_key),
    productSecret: String(row.product_secret),
    name: String(row.name),
    nodeType: row.node_type as NodeType,
    validation: row.validation as ValidationLevel,
    createdAt: Number(row.created_at),
    modelText: row.model === null
      ? null
      : String(row.model),
    dynamicRegistration: row.dynamic_registration === 1,
    dataFormat: row.data_format as DataFormat,
  }),
}

/** Parameters: product key, secret, name, node type, validation, created at, model, 1 or 0 for dynamic registration, data format. */
export const upsertProduct: Statement = {
  name: 'product.upsert',
  sql: `INSERT INTO product (product_key, product_secret, name, node_type, validation, created_at, model, dynamic_registration, data_format) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (product_key) DO UPDATE SET name = excluded.name, node_type = excluded.node_type, validation = excluded.validation, model = excluded.model,
      dynamic_registration = excluded.dynamic_registration`,
}

/** Parameter: product key. */
export const deleteProduct: Statement = { name: 'product.delete', sql: 'DELETE FROM product WHERE product_key = ?' }

/** The custom modules of products, each a thing model document of its own. */
export const productModuleTables = `
CREATE TABLE product_module (
  product_key TEXT NOT NULL,
  block_id    TEXT NOT NULL,
  model       TEXT NOT NULL,
  PRIMARY KEY (product_key, block_id)
) WITHOUT ROWID;
`

export interface ProductModuleRow { productKey: string, modelText: string }

/** Every custom module, by product and id. */
export const selectProductModules: Statement<ProductModuleRow> = {
  name: 'productModule.select',
  sql: 'SELECT product_key, model FROM product_module ORDER BY product_key, block_id',
  map: row => ({ productKey: String(row.product_key), modelText: String(row.model) }),
}

/** Parameters: product key, block id, model. */
export const upsertProductModule: Statement = {
  name: 'productModule.upsert',
  sql: `INSERT INTO product_module (product_key, block_id, model) VALUES (?, ?, ?)
    ON CONFLICT (product_key, block_id) DO UPDATE SET model = excluded.model`,
}

/** Parameter: product key. */
export const deleteProductModules: Statement = { name: 'productModule.deleteOfProduct', sql: 'DELETE FROM product_module WHERE product_key = ?' }
