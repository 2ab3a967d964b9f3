import type { DesiredValue } from '../../../shared/contract/desired.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import { selectDesired, upsertDesired } from './rows.ts'

/** A change as the store has to keep it; a later one of the same value replaces it while it waits. */
export interface DesiredChange { key: string, statement: BoundStatement }

/** The desired values of all devices, in memory because a device that asks is answered at once. */
export class DesiredValues {
  readonly #byDevice = new Map<number, Map<string, DesiredValue>>()

  /** Reads what the workspace holds. */
  static async open(store: Pick<Store, 'read'>): Promise<DesiredValues> {
    const values = new DesiredValues()
    for (const { deviceId, identifier, ...desired } of await store.read(selectDesired, []))
      values.#ofDevice(deviceId).set(identifier, desired)
    return values
  }

  #ofDevice(deviceId: number): Map<string, DesiredValue> {
    let values = this.#byDevice.get(deviceId)
    if (values === undefined)
      this.#byDevice.set(deviceId, values = new Map())
    return values
  }

  /** What is known of a property: its value and version; undefined when it was never set. */
  get(deviceId: number, identifier: string): DesiredValue | undefined {
    return this.#byDevice.get(deviceId)?.get(identifier)
  }

  /** Everything known of a device, deleted values with null. */
  of(deviceId: number): Record<string, DesiredValue> {
    return Object.fromEntries(this.#byDevice.get(deviceId) ?? [])
  }

  /** The values that the device shall take on. */
  wantedOf(deviceId: number): JsonObject {
    return Object.fromEntries(Array.from(this.#byDevice.get(deviceId) ?? []).filter(([, { value }]) => value !== null).map(([identifier, { value }]) => [identifier, value]))
  }

  /** Sets values, null to delete; each version grows by one (Alink 5.5). Returns what the store has to write. */
  set(deviceId: number, values: JsonObject, at: number): DesiredChange[] {
    return Object.entries(values).map(([identifier, value]) => {
      const version = (this.get(deviceId, identifier)?.version ?? 0) + 1
      return this.#change(deviceId, identifier, { value, version, at })
    })
  }

  /** Deletes a value on behalf of its device; its version stays. Null when there is none, or not in this version. */
  delete(deviceId: number, identifier: string, version: number | undefined, at: number): DesiredChange | null {
    const known = this.get(deviceId, identifier)
    if (known === undefined || known.value === null || (version !== undefined && version !== known.version))
      return null
    return this.#change(deviceId, identifier, { value: null, version: known.version, at })
  }

  #change(deviceId: number, identifier: string, desired: DesiredValue): DesiredChange {
    this.#ofDevice(deviceId).set(identifier, desired)
    const value = desired.value === null ? null : JSON.stringify(desired.value)
    return {
      key: `desired ${deviceId} ${identifier}`,
      statement: { statement: upsertDesired, params: [deviceId, identifier, value, desired.version, desired.at] },
    }
  }

  /** Lets go of a deleted device. */
  forget(deviceId: number): void {
    this.#byDevice.delete(deviceId)
  }
}
