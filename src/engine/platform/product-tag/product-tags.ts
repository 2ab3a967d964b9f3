import type { ProductTag } from '../../../shared/contract/product-tag.ts'
import type { Store } from '../../store/types.ts'
import { deleteProductTag, deleteProductTags, selectProductTags, upsertProductTag } from './rows.ts'

/** The tags of all products, in memory because products are looked for by them. */
export class ProductTags {
  readonly #store: Pick<Store, 'write'>
  readonly #byProduct = new Map<string, Map<string, string>>()

  private constructor(store: Pick<Store, 'write'>) {
    this.#store = store
  }

  static async open(store: Pick<Store, 'read' | 'write'>): Promise<ProductTags> {
    const tags = new ProductTags(store)
    for (const { productKey, key, value } of await store.read(selectProductTags, []))
      tags.#own(productKey).set(key, value)
    return tags
  }

  #own(productKey: string): Map<string, string> {
    let own = this.#byProduct.get(productKey)
    if (own === undefined)
      this.#byProduct.set(productKey, own = new Map())
    return own
  }

  /** Values by key. */
  of(productKey: string): ReadonlyMap<string, string> {
    return this.#byProduct.get(productKey) ?? new Map()
  }

  /** Keeps tags, new and changed ones; resolves after the commit. */
  async set(productKey: string, tags: readonly ProductTag[]): Promise<void> {
    const own = this.#own(productKey)
    for (const { key, value } of tags)
      own.set(key, value)
    await this.#store.write(tags.map(({ key, value }) => ({ statement: upsertProductTag, params: [productKey, key, value] })))
  }

  async delete(productKey: string, keys: readonly string[]): Promise<void> {
    const had = keys.filter(key => this.#own(productKey).delete(key))
    if (had.length > 0)
      await this.#store.write(had.map(key => ({ statement: deleteProductTag, params: [productKey, key] })))
  }

  /** Lets go of a deleted product. */
  async forget(productKey: string): Promise<void> {
    this.#byProduct.delete(productKey)
    await this.#store.write([{ statement: deleteProductTags, params: [productKey] }])
  }
}
