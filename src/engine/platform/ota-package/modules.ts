import type { OtaModule } from '../../../shared/contract/ota-package.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import { defaultModule } from '../../../shared/contract/ota-package.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { deleteModule, deleteModulesOfProduct, selectModules, upsertModule } from './rows.ts'

/** The modules of all products. Every product has the default one; names that differ only in case are the same. */
export class OtaModules {
  readonly #store: Store
  readonly #createdAt: (productKey: string) => number
  readonly #modules: Map<string, Map<string, OtaModule>>

  private constructor(store: Store, createdAt: (productKey: string) => number, modules: Map<string, Map<string, OtaModule>>) {
    this.#store = store
    this.#createdAt = createdAt
    this.#modules = modules
  }

  /** `createdAt`: when a product was made, and its default module with it. Throws AppError product/not-found. */
  static async open(store: Store, createdAt: (productKey: string) => number): Promise<OtaModules> {
    const modules = new Map<string, Map<string, OtaModule>>()
    for (const module of await store.read(selectModules, []))
      mapOf(modules, module.productKey).set(module.name.toLowerCase(), module)
    return new OtaModules(store, createdAt, modules)
  }

  /** The default one first, then in the order in which they were made. Throws AppError product/not-found. */
  of(productKey: string): OtaModule[] {
    const createdAt = this.#createdAt(productKey)
    const own = Array.from(this.#modules.get(productKey)?.values() ?? [])
    const first = own.find(({ name }) => name === defaultModule) ?? { productKey, name: defaultModule, alias: defaultModule, description: '', createdAt, modifiedAt: createdAt }
    return [first, ...own.filter(module => module !== first)]
  }

  /** Throws AppError product/not-found or ota/module-not-found. */
  get(productKey: string, name: string): OtaModule {
    const module = this.of(productKey).find(one => one.name.toLowerCase() === name.toLowerCase())
    if (module === undefined)
      throw new AppError('ota/module-not-found', `The product ${productKey} has no module named ${name}.`, { productKey, module: name })
    return module
  }

  /** Throws AppError ota/module-exists or limit/reached. */
  async create(module: OtaModule): Promise<OtaModule> {
    const all = this.of(module.productKey)
    const same = all.find(({ name }) => name.toLowerCase() === module.name.toLowerCase())
    if (same !== undefined)
      throw new AppError('ota/module-exists', `name: expected a name that no other module of the product has, got ${module.name}${same.name === module.name ? '' : `, and there is ${same.name}`}.`, { field: 'name', got: module.name })
    if (all.length >= limits.modulesPerProductMax)
      throw new AppError('limit/reached', `A product has at most ${limits.modulesPerProductMax} modules.`, { limit: limits.modulesPerProductMax })
    return this.save(module)
  }

  async save(module: OtaModule): Promise<OtaModule> {
    const { productKey, name, alias, description, createdAt, modifiedAt } = module
    await this.#store.write([{ statement: upsertModule, params: [productKey, name, alias, description, createdAt, modifiedAt] }])
    mapOf(this.#modules, productKey).set(name.toLowerCase(), module)
    return module
  }

  async delete({ productKey, name }: OtaModule): Promise<void> {
    await this.#store.write([{ statement: deleteModule, params: [productKey, name] }])
    this.#modules.get(productKey)?.delete(name.toLowerCase())
  }

  /** A product is deleted; returns what the store has to write. */
  forgetProduct(productKey: string): BoundStatement[] {
    this.#modules.delete(productKey)
    return [{ statement: deleteModulesOfProduct, params: [productKey] }]
  }
}

function mapOf(modules: Map<string, Map<string, OtaModule>>, productKey: string): Map<string, OtaModule> {
  let found = modules.get(productKey)
  if (found === undefined)
    modules.set(productKey, found = new Map())
  return found
}
