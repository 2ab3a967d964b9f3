import type { Shadow } from '../../../shared/alink/shadow.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import { buildShadowDocument } from '../../../shared/alink/shadow.ts'
import { selectShadows, upsertShadow } from './rows.ts'
import { emptyShadow } from './rules.ts'

/** The shadows of all devices, in memory because a device that asks is answered at once. */
export class Shadows {
  readonly #byDevice = new Map<number, Shadow>()

  /** Reads what the workspace holds. */
  static async open(store: Pick<Store, 'read'>): Promise<Shadows> {
    const shadows = new Shadows()
    for (const { deviceId, shadow } of await store.read(selectShadows, []))
      shadows.#byDevice.set(deviceId, shadow)
    return shadows
  }

  /** The shadow of a device; an empty one of version 0 when nothing was ever written. */
  of(deviceId: number): Shadow {
    return this.#byDevice.get(deviceId) ?? emptyShadow
  }

  /** Takes a new state; returns what the store has to write. */
  put(deviceId: number, shadow: Shadow): { key: string, statement: BoundStatement } {
    this.#byDevice.set(deviceId, shadow)
    return { key: `shadow ${deviceId}`, statement: { statement: upsertShadow, params: [deviceId, buildShadowDocument(shadow)] } }
  }

  /** Lets go of a deleted device. */
  forget(deviceId: number): void {
    this.#byDevice.delete(deviceId)
  }
}
