import type { Store } from '../../store/types.ts'
import type { DeviceTokenRow } from './rows.ts'
import { randomBytes } from 'node:crypto'
import { deleteDeviceToken, insertDeviceToken, selectDeviceTokens } from './rows.ts'

/** The client ids and tokens of devices, in memory because a CONNECT asks for them; changes resolve after the commit. */
export class DeviceTokens {
  readonly #store: Store
  readonly #byDevice = new Map<number, DeviceTokenRow[]>()

  private constructor(store: Store) {
    this.#store = store
  }

  /** Reads the tokens of a workspace. */
  static async open(store: Store): Promise<DeviceTokens> {
    const tokens = new DeviceTokens(store)
    for (const row of await store.read(selectDeviceTokens, []))
      tokens.#add(row)
    return tokens
  }

  #add(row: DeviceTokenRow): void {
    const rows = this.#byDevice.get(row.deviceId)
    if (rows)
      rows.push(row)
    else
      this.#byDevice.set(row.deviceId, [row])
  }

  /** Oldest first. */
  of(deviceId: number): readonly DeviceTokenRow[] {
    return this.#byDevice.get(deviceId) ?? []
  }

  /** Makes a client id with its token for a device. */
  async issue(deviceId: number, at: number): Promise<DeviceTokenRow> {
    const row = { clientId: randomBytes(16).toString('hex'), deviceId, token: randomBytes(24).toString('base64url'), createdAt: at }
    // Before the commit, so that two requests at once cannot exceed the limit together.
    this.#add(row)
    await this.#store.write([{ statement: insertDeviceToken, params: [row.clientId, deviceId, row.token, at] }])
    return row
  }

  /** Takes back some client ids of a device, or all of them; those that are not its own are left alone. Returns how many there were. */
  async delete(deviceId: number, clientIds?: readonly string[]): Promise<number> {
    const gone = this.of(deviceId).filter(row => clientIds === undefined || clientIds.includes(row.clientId))
    if (gone.length > 0)
      await this.#store.write(gone.map(row => ({ statement: deleteDeviceToken, params: [row.clientId] })))
    this.#byDevice.set(deviceId, this.of(deviceId).filter(row => !gone.includes(row)))
    return gone.length
  }

  /** The device is gone; its rows are deleted with it. */
  forget(deviceId: number): void {
    this.#byDevice.delete(deviceId)
  }
}
