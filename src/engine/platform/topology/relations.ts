import type { BoundStatement, Store } from '../../store/types.ts'
import type { RelationRow } from './rows.ts'
import { deleteRelation, selectRelations, upsertRelation } from './rows.ts'

/** A change as the store has to keep it; a later one of the same sub-device replaces it while it waits. */
export interface RelationChange { key: string, statement: BoundStatement }

/** Which sub-devices belong to which gateway, in memory because every login and many messages ask. */
export class Relations {
  readonly #byDevice = new Map<number, RelationRow>()
  readonly #byGateway = new Map<number, Map<number, RelationRow>>()

  /** Reads what the workspace holds. */
  static async open(store: Pick<Store, 'read'>): Promise<Relations> {
    const relations = new Relations()
    for (const row of await store.read(selectRelations, []))
      relations.#add(row)
    return relations
  }

  #add(row: RelationRow): void {
    this.#byDevice.set(row.deviceId, row)
    let own = this.#byGateway.get(row.gatewayId)
    if (own === undefined)
      this.#byGateway.set(row.gatewayId, own = new Map())
    own.set(row.deviceId, row)
  }

  #remove(deviceId: number): void {
    const row = this.#byDevice.get(deviceId)
    if (row === undefined)
      return
    this.#byDevice.delete(deviceId)
    const own = this.#byGateway.get(row.gatewayId)
    own?.delete(deviceId)
    if (own?.size === 0)
      this.#byGateway.delete(row.gatewayId)
  }

  /** The gateway of a sub-device; undefined when it has none. */
  gatewayOf(deviceId: number): number | undefined {
    return this.#byDevice.get(deviceId)?.gatewayId
  }

  /** The sub-devices of a gateway in the order in which they were added. */
  of(gatewayId: number): RelationRow[] {
    return [...this.#byGateway.get(gatewayId)?.values() ?? []]
  }

  countOf(gatewayId: number): number {
    return this.#byGateway.get(gatewayId)?.size ?? 0
  }

  /** Puts sub-devices under a gateway; those that are there keep their time. Returns what the store has to write. */
  add(gatewayId: number, deviceIds: readonly number[], addedAt: number): RelationChange[] {
    return deviceIds.filter(deviceId => this.gatewayOf(deviceId) !== gatewayId).map((deviceId) => {
      this.#remove(deviceId)
      this.#add({ deviceId, gatewayId, addedAt })
      return changeOf(deviceId, { statement: upsertRelation, params: [deviceId, gatewayId, addedAt] })
    })
  }

  /** Takes sub-devices away from their gateways. Returns what the store has to write. */
  remove(deviceIds: readonly number[]): RelationChange[] {
    return deviceIds.map((deviceId) => {
      this.#remove(deviceId)
      return changeOf(deviceId, { statement: deleteRelation, params: [deviceId] })
    })
  }

  /** Lets go of a deleted device, as a sub-device and as a gateway. */
  forget(deviceId: number): void {
    this.#remove(deviceId)
    for (const row of this.of(deviceId))
      this.#remove(row.deviceId)
  }
}

function changeOf(deviceId: number, statement: BoundStatement): RelationChange {
  return { key: `topology ${deviceId}`, statement }
}
