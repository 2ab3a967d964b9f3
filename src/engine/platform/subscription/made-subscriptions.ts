import type { BoundStatement, Store } from '../../store/types.ts'
import { deleteSubscription, deleteSubscriptions, selectSubscriptions, upsertSubscription } from './rows.ts'

/** A change as the store has to keep it; a later one of the same subscription replaces it while it waits. */
export interface SubscriptionChange { key: string, statement: BoundStatement }

/**
 * What the platform has subscribed devices to, in memory because every message to a device asks. It belongs to the device,
 * not to one of its sessions, so it lasts until somebody ends it.
 */
export class MadeSubscriptions {
  readonly #byDevice = new Map<number, Map<string, number>>()
  readonly #matches: (filter: string, topic: string) => boolean

  private constructor(matches: (filter: string, topic: string) => boolean) {
    this.#matches = matches
  }

  /** Reads what the workspace holds. `matches` says whether a topic belongs to a filter. */
  static async open(store: Pick<Store, 'read'>, matches: (filter: string, topic: string) => boolean): Promise<MadeSubscriptions> {
    const made = new MadeSubscriptions(matches)
    for (const { deviceId, filter, madeAt } of await store.read(selectSubscriptions, []))
      made.add(deviceId, filter, madeAt)
    return made
  }

  /** The filters of a device with the time they were subscribed to, epoch milliseconds, in the order in which they were first made. */
  of(deviceId: number): ReadonlyMap<string, number> {
    return this.#byDevice.get(deviceId) ?? new Map<string, number>()
  }

  /** Whether a device is subscribed to a topic. */
  has(deviceId: number, topic: string): boolean {
    for (const filter of this.#byDevice.get(deviceId)?.keys() ?? []) {
      if (this.#matches(filter, topic))
        return true
    }
    return false
  }

  /** Returns what the store has to write. */
  add(deviceId: number, filter: string, madeAt: number): SubscriptionChange {
    let own = this.#byDevice.get(deviceId)
    if (own === undefined)
      this.#byDevice.set(deviceId, own = new Map())
    own.set(filter, madeAt)
    return changeOf(deviceId, filter, { statement: upsertSubscription, params: [deviceId, filter, madeAt] })
  }

  /** Returns what the store has to write; null when there was no such subscription. */
  remove(deviceId: number, filter: string): SubscriptionChange | null {
    const own = this.#byDevice.get(deviceId)
    if (own?.delete(filter) !== true)
      return null
    if (own.size === 0)
      this.#byDevice.delete(deviceId)
    return changeOf(deviceId, filter, { statement: deleteSubscription, params: [deviceId, filter] })
  }

  /** Lets go of a deleted device; returns what the store has to write. */
  forget(deviceId: number): BoundStatement[] {
    this.#byDevice.delete(deviceId)
    return [{ statement: deleteSubscriptions, params: [deviceId] }]
  }
}

function changeOf(deviceId: number, filter: string, statement: BoundStatement): SubscriptionChange {
  return { key: `subscription ${deviceId} ${filter}`, statement }
}
