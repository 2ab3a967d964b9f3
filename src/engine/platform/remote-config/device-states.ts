import type { BoundStatement, Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { ConfigDeviceRow } from './rows.ts'
import { deleteConfigDevice, selectConfigDevices, upsertConfigDevice } from './rows.ts'

/** How far each device has come with the configurations of its product, in memory because a whole fleet moves at a time. */
export class ConfigDeviceStates {
  readonly #byProduct = new Map<string, Map<number, ConfigDeviceRow>>()
  readonly #onChange: (productKey: string) => void

  private constructor(onChange: (productKey: string) => void) {
    this.#onChange = onChange
  }

  /** Reads what the workspace holds; `onChange` learns whose devices have moved on. */
  static async open(store: Pick<Store, 'read'>, onChange: (productKey: string) => void): Promise<ConfigDeviceStates> {
    const states = new ConfigDeviceStates(onChange)
    for (const row of await store.read(selectConfigDevices, []))
      states.#ofProduct(row.productKey).set(row.deviceId, row)
    return states
  }

  #ofProduct(productKey: string): Map<number, ConfigDeviceRow> {
    let rows = this.#byProduct.get(productKey)
    if (rows === undefined)
      this.#byProduct.set(productKey, rows = new Map())
    return rows
  }

  /** Those of a product that have had to do with a configuration. */
  all(productKey: string): ConfigDeviceRow[] {
    return Array.from(this.#byProduct.get(productKey)?.values() ?? [])
  }

  find({ productKey, deviceId }: FeatureDevice): ConfigDeviceRow | undefined {
    return this.#byProduct.get(productKey)?.get(deviceId)
  }

  /** A device has moved on; returns what the store has to write, under a key that a later change replaces. */
  change(device: FeatureDevice, change: Partial<ConfigDeviceRow>): { key: string, statement: BoundStatement } {
    const { productKey, deviceId } = device
    const row: ConfigDeviceRow = {
      deviceId,
      productKey,
      pushedVersion: null,
      pushedAt: null,
      pushId: null,
      pushTraceId: null,
      answerCode: null,
      answeredAt: null,
      askedAt: null,
      fetchedVersion: null,
      fetchedAt: null,
      ...this.find(device),
      ...change,
    }
    this.#ofProduct(productKey).set(deviceId, row)
    this.#onChange(productKey)
    const params = [deviceId, productKey, row.pushedVersion, row.pushedAt, row.pushId, row.pushTraceId, row.answerCode, row.answeredAt, row.askedAt, row.fetchedVersion, row.fetchedAt]
    return { key: `config ${deviceId}`, statement: { statement: upsertConfigDevice, params } }
  }

  /** Lets go of a deleted device; returns what the store has to write. */
  forget(device: FeatureDevice | undefined, deviceId: number): BoundStatement[] {
    if (device && this.#byProduct.get(device.productKey)?.delete(deviceId))
      this.#onChange(device.productKey)
    return [{ statement: deleteConfigDevice, params: [deviceId] }]
  }

  forgetProduct(productKey: string): void {
    this.#byProduct.delete(productKey)
  }
}
