import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ModelIssue } from '../../../shared/thing-model/findings.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import type { ProductRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { compileThingModel, damagedModel } from '../../../shared/thing-model/compile.ts'
import { exportThingModel } from '../../../shared/thing-model/export.ts'
import { joinModules } from '../../../shared/thing-model/join-modules.ts'
import { parseDocuments } from '../../../shared/thing-model/parse-documents.ts'
import { deleteProduct, deleteProductModules, selectProductModules, selectProducts, upsertProduct, upsertProductModule } from './rows.ts'

/** A product as the running engine knows it: its model parsed and ready to check reports with. */
export interface ProductRecord extends ProductRow {
  /** The default module; null while there is none, and when it is damaged. */
  model: ThingModel | null
  /** The documents of its custom modules, by id. */
  modules: readonly ThingModel[]
  /** Default and custom modules together; null while there is neither. */
  compiled: CompiledModel | null
  /** Every document as it is stored, the default module first. */
  texts: readonly string[]
  /** What is wrong with the stored documents: somebody else than this program changed them. */
  damage: readonly ModelIssue[]
}

/** What a product without a default module is checked by besides its custom ones. */
const noModel: ThingModel = { profile: {}, properties: [], events: [], services: [] }

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
      registry.#byKey.set(row.productKey, readRecord(row, (modules.get(row.productKey) ?? []).map(module => module.modelText)))
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

  /** The same with its custom modules, in the names of the wire; see `joinModules`. */
  wholeModelOf(productKey: string): ThingModel {
    const { modules } = this.get(productKey)
    return modules.length === 0 ? this.modelOf(productKey) : joinModules(this.get(productKey).model ?? noModel, modules)
  }

  /** Newest first. */
  all(): ProductRecord[] {
    return [
      ...this.#byKey.values(),
    ].reverse()
  }

  /** Keeps a new or changed product, leaving its custom modules as they are; resolves after the commit. */
  async save(row: ProductRow): Promise<ProductRecord> {
    await this.#store.write([keepRow(row)])
    const { texts = [], modelText = null } = this.#byKey.get(row.productKey) ?? {}
    const record = readRecord(row, texts.slice(modelText === null ? 0 : 1))
    this.#byKey.set(row.productKey, record)
    return record
  }

  /**
   * Keeps a new or changed product with these modules, the default one first if there is one, instead of those it has, in
   * one commit with `more`.
   */
  async saveModel(row: Omit<ProductRow, 'modelText'>, documents: readonly ThingModel[], more: BoundStatement[]): Promise<ProductRecord> {
    const { productKey } = row
    const main = documents.find(document => document.functionBlockId === undefined)
    const modules = documents.filter(document => document.functionBlockId !== undefined)
    const whole = { ...row, modelText: main === undefined ? null : modelTextOf(main, productKey) }
    await this.#store.write([
      keepRow(whole),
      { statement: deleteProductModules, params: [productKey] },
      ...modules.map(module => ({ statement: upsertProductModule, params: [productKey, module.functionBlockId!, modelTextOf(module, productKey)] })),
      ...more,
    ])
    const record = readRecord(whole, modules.map(module => modelTextOf(module, productKey)))
    this.#byKey.set(productKey, record)
    return record
  }

  /** The document of a custom module, or AppError model/invalid with platform code 5490 when the product has none of that id. */
  moduleOf(productKey: string, functionBlockId: string): ThingModel {
    const module = this.get(productKey).modules.find(candidate => candidate.functionBlockId === functionBlockId)
    if (!module)
      throw new AppError('model/invalid', `Product ${productKey} has no module ${functionBlockId}.`, { productKey, functionBlockId, platformCode: 5490 })
    return module
  }

  /** Lets go of a product, with `more` in the same commit. */
  async delete(productKey: string, more: BoundStatement[]): Promise<void> {
    await this.#store.write([...[deleteProduct, deleteProductModules].map(statement => ({ statement, params: [productKey] })), ...more])
    this.#byKey.delete(productKey)
  }
}

function keepRow({ productKey, productSecret, name, nodeType, validation, createdAt, modelText, dynamicRegistration, dataFormat, description, netType, protocolType, categoryKey, usesModel }: ProductRow): BoundStatement {
  return {
    statement: upsertProduct,
    params: [productKey, productSecret, name, nodeType, validation, createdAt, modelText, dynamicRegistration ? 1 : 0, dataFormat, description, netType, protocolType, categoryKey, usesModel ? 1 : 0],
  }
}

function readRecord(row: ProductRow, moduleTexts: readonly string[]): ProductRecord {
  const texts = row.modelText === null ? moduleTexts : [row.modelText, ...moduleTexts]
  if (texts.length === 0)
    return { ...row, model: null, modules: [], compiled: null, texts, damage: [] }
  const parsed = parseDocuments(texts)
  if (parsed.issues !== undefined)
    return { ...row, model: null, modules: [], compiled: damagedModel(parsed.issues[0]!.code), texts, damage: parsed.issues }
  const model = parsed.documents.find(document => document.functionBlockId === undefined) ?? null
  const modules = parsed.documents.filter(document => document.functionBlockId !== undefined)
  return { ...row, model, modules, compiled: compileThingModel(model ?? noModel, modules), texts, damage: [] }
}

/** The text a model is kept as: the cloud's own export form, so that what is kept can always be given away. */
export function modelTextOf(model: ThingModel, productKey: string): string {
  return exportThingModel(model, { productKey })
}
