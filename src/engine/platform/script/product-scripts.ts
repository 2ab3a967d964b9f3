import type { ProductScript } from '../../../shared/contract/script.ts'
import type { Store } from '../../store/types.ts'
import type { ProductScriptRow } from './rows.ts'
import { deleteProductScript, selectProductScripts, upsertProductScript } from './rows.ts'

/** The parsing scripts of all products, in memory because every message of their devices needs one. */
export class ProductScripts {
  readonly #store: Pick<Store, 'write'>
  readonly #byProduct = new Map<string, ProductScriptRow>()

  private constructor(store: Pick<Store, 'write'>) {
    this.#store = store
  }

  /** Reads what the workspace holds. */
  static async open(store: Pick<Store, 'read' | 'write'>): Promise<ProductScripts> {
    const scripts = new ProductScripts(store)
    for (const row of await store.read(selectProductScripts, []))
      scripts.#byProduct.set(row.productKey, row)
    return scripts
  }

  /** What the console is shown of a product's script. */
  of(productKey: string): ProductScript {
    const row = this.#byProduct.get(productKey)
    return {
      draft: row === undefined || row.draft === null ? null : { text: row.draft, at: row.draftAt },
      submitted: row === undefined || row.submitted === null ? null : { text: row.submitted, at: row.submittedAt, version: row.version },
    }
  }

  /** Keeps a draft; resolves after the commit. */
  saveDraft(productKey: string, text: string, at: number): Promise<void> {
    return this.#keep({ ...this.#rowOf(productKey), draft: text, draftAt: at })
  }

  /** Makes a text the one that runs, in place of any draft; resolves after the commit. */
  submit(productKey: string, text: string, at: number): Promise<void> {
    const row = this.#rowOf(productKey)
    return this.#keep({ ...row, draft: null, submitted: text, submittedAt: at, version: row.version + 1 })
  }

  #rowOf(productKey: string): ProductScriptRow {
    return this.#byProduct.get(productKey) ?? { productKey, draft: null, draftAt: 0, submitted: null, submittedAt: 0, version: 0 }
  }

  async #keep(row: ProductScriptRow): Promise<void> {
    const { productKey, draft, draftAt, submitted, submittedAt, version } = row
    await this.#store.write([{ statement: upsertProductScript, params: [productKey, draft, draftAt, submitted, submittedAt, version] }])
    this.#byProduct.set(productKey, row)
  }

  /** Lets go of a deleted product's script. */
  async delete(productKey: string): Promise<void> {
    if (this.#byProduct.delete(productKey))
      await this.#store.write([{ statement: deleteProductScript, params: [productKey] }])
  }
}
