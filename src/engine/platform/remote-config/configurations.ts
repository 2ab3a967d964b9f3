import type { ConfigVersion } from '../../../shared/contract/remote-config.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import type { ConfigRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { deleteConfigsOfProduct, deleteConfigVersion, insertConfigVersion, selectConfigs, selectConfigText, selectConfigVersions, upsertConfig } from './rows.ts'

/**
 * The remote configurations of all products: switches, last pushes and what versions there are, in memory because devices are
 * answered at once; texts are read when they are asked for, and those that devices download are kept a while.
 */
export class Configurations {
  readonly #store: Pick<Store, 'read' | 'write'>
  readonly #byProduct = new Map<string, ConfigRow>()
  /** Of each product, oldest first. */
  readonly #versions = new Map<string, ConfigVersion[]>()
  readonly #texts = new Map<string, Promise<Uint8Array | null>>()

  private constructor(store: Pick<Store, 'read' | 'write'>) {
    this.#store = store
  }

  /** Reads what the workspace holds. */
  static async open(store: Pick<Store, 'read' | 'write'>): Promise<Configurations> {
    const configurations = new Configurations(store)
    for (const row of await store.read(selectConfigs, []))
      configurations.#byProduct.set(row.productKey, row)
    for (const { productKey, ...version } of await store.read(selectConfigVersions, []))
      configurations.#versions.set(productKey, [...configurations.versionsOf(productKey), version])
    return configurations
  }

  /** Switch and last push of a product. */
  of(productKey: string): ConfigRow {
    return this.#byProduct.get(productKey)
      ?? { productKey, isEnabled: false, pushedVersion: null, pushedSign: null, pushedAt: null, sentCount: 0, onlineCount: 0, deviceCount: 0 }
  }

  /** What is kept, oldest first. */
  versionsOf(productKey: string): readonly ConfigVersion[] {
    return this.#versions.get(productKey) ?? []
  }

  /** What devices get; undefined before the first save. */
  newestOf(productKey: string): ConfigVersion | undefined {
    return this.versionsOf(productKey).at(-1)
  }

  /** A version, the newest without a number. Throws AppError remote-config/empty or remote-config/version-not-found. */
  get(productKey: string, version?: number): ConfigVersion {
    const newest = this.newestOf(productKey)
    if (newest === undefined)
      throw new AppError('remote-config/empty', `No remote configuration of product ${productKey} has been saved yet.`, { productKey, platformCode: 6710 })
    const found = version === undefined ? newest : this.versionsOf(productKey).find(one => one.version === version)
    if (found === undefined)
      throw new AppError('remote-config/version-not-found', `Product ${productKey} has no version ${version} of its remote configuration, or no longer keeps it.`, { productKey, version: version ?? 0 })
    return found
  }

  /** The version of an id. */
  byId(configId: string): ConfigVersion | undefined {
    for (const versions of this.#versions.values()) {
      const found = versions.find(one => one.configId === configId)
      if (found)
        return found
    }
    return undefined
  }

  /** The bytes of a version; null when it is no longer kept. */
  bytesOf(configId: string): Promise<Uint8Array | null> {
    const known = this.#texts.get(configId)
    if (known)
      return known
    const reading = this.#store.read(selectConfigText, [configId]).then(([row]) => row === undefined ? null : Buffer.from(row.text))
    // What could not be read is tried again.
    reading.catch(() => this.#texts.delete(configId))
    this.#texts.set(configId, reading)
    if (this.#texts.size > limits.configTextsMax)
      this.#texts.delete(this.#texts.keys().next().value!)
    return reading
  }

  /** Keeps switch and last push of a product; resolves after the commit. */
  async set(row: ConfigRow): Promise<void> {
    const { productKey, isEnabled, pushedVersion, pushedSign, pushedAt, sentCount, onlineCount, deviceCount } = row
    this.#byProduct.set(productKey, row)
    await this.#store.write([{ statement: upsertConfig, params: [productKey, isEnabled ? 1 : 0, pushedVersion, pushedSign, pushedAt, sentCount, onlineCount, deviceCount] }])
  }

  /** Adds a version, and lets those go that are beyond `earlierMax` earlier ones; resolves after the commit. */
  async add(productKey: string, version: ConfigVersion, text: string, earlierMax: number): Promise<void> {
    const { configId, size, sign, savedAt } = version
    const all = [...this.versionsOf(productKey), version]
    const gone = all.slice(0, Math.max(0, all.length - 1 - earlierMax))
    await this.#store.write([
      { statement: insertConfigVersion, params: [productKey, version.version, configId, text, size, sign, savedAt] },
      ...gone.map((one): BoundStatement => ({ statement: deleteConfigVersion, params: [one.configId] })),
    ])
    for (const one of gone)
      this.#texts.delete(one.configId)
    this.#versions.set(productKey, all.slice(gone.length))
  }

  /** Lets go of a deleted product; resolves after the commit. */
  async forgetProduct(productKey: string): Promise<void> {
    for (const { configId } of this.versionsOf(productKey))
      this.#texts.delete(configId)
    this.#versions.delete(productKey)
    this.#byProduct.delete(productKey)
    await this.#store.write(deleteConfigsOfProduct.map(statement => ({ statement, params: [productKey] })))
  }
}
