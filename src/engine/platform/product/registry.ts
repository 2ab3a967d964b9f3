import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { Store } from '../../store/types.ts'
import type { ProductRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { compileThingModel } from '../../../shared/thing-model/compile.ts'
import { exportThingModel } from '../../../shared/thing-model/export.ts'
import { parseThingModel } from '../../../shared/thing-model/parse.ts'
import { deleteProduct, selectProducts, upsertProduct } from './rows.ts'

/** A product as the running engine knows it: its model parsed and ready to check reports with. */
export interface ProductRecord extends ProductRow {
  model: ThingModel | null
  compiled: CompiledModel | null
}

/** All products in memory, because every message asks for its product's thing model. */
export class ProductRegistry {
  readonly #store: Store
  readonly #byKey = new Map<string, ProductRecord>()

  private constructor(store: Store) {
    this.#store = store
  }

  static async open(store: Store): Promise<ProductRegistry> {
    const registry = new ProductRegistry(store)
    for (const row of await store.read(selectProducts, []))
      registry.#byKey.set(row.productKey, withModel(row))
    return registry
  }

  lookup(productKey: string): ProductRecord | undefined {
    return this.#byKey.get(productKey)
  }

  /** The product, or AppError product/not-found with a sentence that names it. */
  get(productKey: string): ProductRecord {
    const product = this.#byKey.get(productKey)
    if (!product)
      throw new AppError('product/not-found', `This workspace has no product ${productKey}.`, { productKey })
    return product
  }

  /** The thing model of a product, or AppError model/invalid while it has none. */
  modelOf(productKey: string): ThingModel {
    const { model } = this.get(productKey)
    if (!model)
      throw new AppError('model/invalid', `Product ${productKey} has no thing model yet: import one first.`, { productKey })
    return model
  }

  /** Newest first. */
  all(): ProductRecord[] {
    return [
      ...this.#byKey.values(),
    ].reverse()
  }

  /** Keeps a new or changed product; resolves after the commit. */
  async save(row: ProductRow): Promise<ProductRecord> {
    const { productKey, productSecret, name, nodeType, validation, createdAt, modelText } = row
    await this.#store.write([
      {
        statement: upsertProduct,
        params: [
          productKey,
          productSecret,
          name,
          nodeType,
          validation,
          createdAt,
          modelText,
        ],
      },
    ])
    const record = withModel(row)
    this.#byKey.set(productKey, record)
    return record
  }

  async delete(productKey: string): Promise<void> {
    await this.#store.write([
      {
        statement: deleteProduct,
        params: [productKey],
      },
    ])
    this.#byKey.delete(productKey)
  }
}

function withModel(row: ProductRow): ProductRecord {
  const model = row.modelText === null
    ? null
    : parseThingModel(row.modelText).model ?? null
  return { ...row, model, compiled: model && compileThingModel(model) }
}

/** The text a model is kept as: the cloud's own export form, so that what is kept can always be given away. */
export function modelTextOf(model: ThingModel, productKey: string): string {
  return exportThingModel(model, { productKey })
}
