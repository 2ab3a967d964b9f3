import type { DataFormat, NetType, NodeType, ValidationLevel } from '../../../shared/contract/product.ts'
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
  description: string
  /** How its devices reach the network; null where nobody said. */
  netType: NetType | null
  /** Of a product of sub-devices: what they speak with their gateway; null where nobody said. */
  protocolType: string | null
  categoryKey: string | null
  /** It was made to have a thing model. */
  usesModel: boolean
}

/** What a new product says of itself when nobody says more. */
export const blankFacts = { description: '', netType: null, protocolType: null, categoryKey: null, usesModel: true } as const satisfies Partial<ProductRow>

/** The switch for dynamic registration came later. */
export const productRegistrationColumn = 'ALTER TABLE product ADD COLUMN dynamic_registration INTEGER NOT NULL DEFAULT 0;'

/** The data format came later. */
export const productFormatColumn = 'ALTER TABLE product ADD COLUMN data_format TEXT NOT NULL DEFAULT \'alink\';'

/** What a product says of itself came later. */
export const productFactsColumns = `
ALTER TABLE product ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN net_type TEXT;
ALTER TABLE product ADD COLUMN protocol_type TEXT;
ALTER TABLE product ADD COLUMN category_key TEXT;
ALTER TABLE product ADD COLUMN uses_model INTEGER NOT NULL DEFAULT 1;
`

/** Every product, oldest first. */
export const selectProducts: Statement<ProductRow> = {
  name: 'product.select',
  sql: 'SELECT product_key, product_secret, name, node_type, validation, created_at, model, dynamic_registration, data_format, description, net_type, protocol_type, category_key, uses_model FROM product ORDER BY created_at, product_key',
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
    description: String(row.description),
    netType: row.net_type as NetType | null,
    protocolType: textOrNull(row.protocol_type),
    categoryKey: textOrNull(row.category_key),
    usesModel: row.uses_model === 1,
  }),
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : String(value)
}

/**
 * Parameters: product key, secret, name, node type, validation, created at, model, 1 or 0 for dynamic registration, data
 * format, description, net type, protocol type, category key, 1 or 0 for a thing model.
 */
export const upsertProduct: Statement = {
  name: 'product.upsert',
  sql: `INSERT INTO product (product_key, product_secret, name, node_type, validation, created_at, model, dynamic_registration, data_format,
      description, net_type, protocol_type, category_key, uses_model) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (product_key) DO UPDATE SET name = excluded.name, node_type = excluded.node_type, validation = excluded.validation, model = excluded.model,
      dynamic_registration = excluded.dynamic_registration, description = excluded.description, net_type = excluded.net_type,
      protocol_type = excluded.protocol_type, category_key = excluded.category_key, uses_model = excluded.uses_model`,
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
