import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { Store } from '../../store/types.ts'
import type { ProductRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { compileThingModel } from '../../../shared/thing-model/compile.ts'
import { exportThingModel } from '../../../shared/thing-model/export.ts'
import { parseThingModel } from '../../../shared/thing-model/parse.ts'
import { deleteProduct, deleteProductModule, deleteProductModules, selectProductModules, selectProducts, upsertProduct, upsertProductModule } from './rows.ts'

/** A product as the running engine knows it: its model parsed and ready to check reports with. */
export interface ProductRecord extends ProductRow {
  model: ThingModel | null
  /** The documents of its custom modules, by id. */
  modules: readonly ThingModel[]
  /** Default and custom modules together; null while there is neither. */
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
    const modules = Map.groupBy(await store.read(selectProductModules, []), module => module.productKey)
    for (const row of await store.read(selectProducts, []))
      registry.#byKey.set(row.productKey, withModel(row, (modules.get(row.productKey) ?? []).flatMap(module => parseThingModel(module.modelText).model ?? [])))
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
    const { productKey, productSecret, name, nodeType, validation, createdAt, modelText, dynamicRegistration, dataFormat } = row
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
          dynamicRegistration ? 1 : 0,
          dataFormat,
        ],
      },
    ])
    const record = withModel(row, this.#byKey.get(productKey)?.modules ?? [])
    this.#byKey.set(productKey, record)
    return record
  }

  /** Adds a custom module, or replaces the one with its id; resolves after the commit. */
  async saveModule(productKey: string, module: ThingModel & { functionBlockId: string }): Promise<ProductRecord> {
    const { functionBlockId } = module
    await this.#store.write([{ statement: upsertProductModule, params: [productKey, functionBlockId, modelTextOf(module, productKey)] }])
    return this.#withModules(productKey, [...this.#modulesExcept(productKey, functionBlockId), module])
  }

  /** Takes a custom module away; AppError model/invalid when there is none of that id. */
  async removeModule(productKey: string, functionBlockId: string): Promise<ProductRecord> {
    this.moduleOf(productKey, functionBlockId)
    await this.#store.write([{ statement: deleteProductModule, params: [productKey, functionBlockId] }])
    return this.#withModules(productKey, this.#modulesExcept(productKey, functionBlockId))
  }

  /** The document of a custom module, or AppError model/invalid with platform code 5490 when the product has none of that id. */
  moduleOf(productKey: string, functionBlockId: string): ThingModel {
    const module = this.get(productKey).modules.find(candidate => candidate.functionBlockId === functionBlockId)
    if (!module)
      throw new AppError('model/invalid', `Product ${productKey} has no module ${functionBlockId}.`, { productKey, functionBlockId, platformCode: 5490 })
    return module
  }

  #modulesExcept(productKey: string, functionBlockId: string): ThingModel[] {
    return this.get(productKey).modules.filter(module => module.functionBlockId !== functionBlockId)
  }

  #withModules(productKey: string, modules: ThingModel[]): ProductRecord {
    modules.sort((a, b) => (a.functionBlockId ?? '') < (b.functionBlockId ?? '') ? -1 : 1)
    const record = withModel(this.get(productKey), modules)
    this.#byKey.set(productKey, record)
    return record
  }

  async delete(productKey: string): Promise<void> {
    await this.#store.write([
      {
        statement: deleteProduct,
        params: [productKey],
      },
      {
        statement: deleteProductModules,
        params: [productKey],
      },
    ])
    this.#byKey.delete(productKey)
  }
}

/** What a product without a default module is checked by besides its custom ones. */
const noModel: ThingModel = { profile: {}, properties: [], events: [], services: [] }

function withModel(row: ProductRow, modules: readonly ThingModel[]): ProductRecord {
  const model = row.modelText === null
    ? null
    : parseThingModel(row.modelText).model ?? null
  const compiled = model === null && modules.length === 0 ? null : compileThingModel(model ?? noModel, modules)
  return { ...row, model, modules, compiled }
}

/** The text a model is kept as: the cloud's own export form, so that what is kept can always be given away. */
export function modelTextOf(model: ThingModel, productKey: string): string {
  return exportThingModel(model, { productKey })
}
