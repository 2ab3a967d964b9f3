import type { DeviceState } from '../../../shared/contract/device.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import type { DeviceRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { insertDevice, markDeviceDeleted, resetDevice, selectDevices, updateDeviceDisabled, updateDeviceNickname, updateDeviceTimes } from './rows.ts'

/** A device as the running engine knows it. */
export interface DeviceRecord extends DeviceRow {
  online: boolean
  /** Why its last connection ended or was refused; not kept over a restart. */
  lastProblem: { at: number, code: number, message: string } | null
}

export interface NewDevice { deviceName: string, deviceSecret: string, iotId: string, simulated: boolean, nickname?: string }

/**
 * All devices in memory, because every CONNECT and every message asks for one and must not wait for a disk. Changes are
 * written through the store before the caller is answered; connection times are written with the next commit.
 */
export class DeviceRegistry {
  readonly #store: Store
  readonly #byId = new Map<number, DeviceRecord>()
  readonly #byIotId = new Map<string, DeviceRecord>()
  readonly #byProduct = new Map<string, Map<string, DeviceRecord>>()
  #nextId = 1
  onlineCount = 0
  count = 0

  private constructor(store: Store) {
    this.#store = store
  }

  /** Reads the registry of a workspace; every device starts offline. */
  static async open(store: Store): Promise<DeviceRegistry> {
    const registry = new DeviceRegistry(store)
    for (const row of await store.read(selectDevices, []))
      registry.#add({ ...row, online: false, lastProblem: null })
    return registry
  }

  #add(record: DeviceRecord): void {
    this.#byId.set(record.deviceId, record)
    this.#nextId = Math.max(this.#nextId, record.deviceId + 1)
    if (record.deletedAt !== null)
      return
    let names = this.#byProduct.get(record.productKey)
    if (!names)
      this.#byProduct.set(record.productKey, names = new Map())
    names.set(record.deviceName, record)
    this.#byIotId.set(record.iotId, record)
    this.count += 1
  }

  lookup(productKey: string, deviceName: string): DeviceRecord | undefined {
    return this.#byProduct.get(productKey)?.get(deviceName)
  }

  /** The device, or AppError device/not-found with a sentence that names it. */
  get(productKey: string, deviceName: string): DeviceRecord {
    const device = this.lookup(productKey, deviceName)
    if (!device)
      throw new AppError('device/not-found', `Product ${productKey} has no device named ${deviceName}.`, { productKey, deviceName, platformCode: 6100 })
    return device
  }

  byIotId(iotId: string): DeviceRecord | undefined {
    return this.#byIotId.get(iotId)
  }

  /** Also finds deleted devices, whose messages are still in the trace. */
  byId(deviceId: number): DeviceRecord | undefined {
    return this.#byId.get(deviceId)
  }

  ofProduct(productKey: string): Iterable<DeviceRecord> {
    return this.#byProduct.get(productKey)?.values() ?? []
  }

  * onlineOf(productKey: string): Iterable<DeviceRecord> {
    for (const device of this.ofProduct(productKey)) {
      if (device.online)
        yield device
    }
  }

  /** All devices, or those of a product, of a name, or both. */
  * find(productKey: string | undefined, deviceName: string | undefined): Iterable<DeviceRecord> {
    for (const device of productKey === undefined ? this.all() : this.ofProduct(productKey)) {
      if (deviceName === undefined || device.deviceName === deviceName)
        yield device
    }
  }

  countOf(productKey: string): number {
    return this.#byProduct.get(productKey)?.size ?? 0
  }

  * all(): Iterable<DeviceRecord> {
    for (const names of this.#byProduct.values())
      yield* names.values()
  }

  /** Makes devices in one transaction; AppError device/exists when one of the names is taken, and then none is made. */
  async create(productKey: string, devices: NewDevice[], at: number): Promise<DeviceRecord[]> {
    const taken = devices.filter(device => this.lookup(productKey, device.deviceName)).map(device => device.deviceName)
    if (taken.length > 0) {
      const named = taken.slice(0, 3).join(', ') + (taken.length > 3
        ? ` and ${taken.length - 3} more`
        : '')
      throw new AppError('device/exists', `Product ${productKey} already has ${named}; no device was made.`, {
        productKey,
        deviceNames: taken.slice(0, 100),
      })
    }
    const records = devices.map((device): DeviceRecord => ({
      ...device,
      nickname: device.nickname ?? '',
      deviceId: this.#nextId++,
      productKey,
      disabled: false,
      createdAt: at,
      activatedAt: null,
      lastOnlineAt: null,
      lastOfflineAt: null,
      modifiedAt: at,
      switchedAt: null,
      deletedAt: null,
      online: false,
      lastProblem: null,
    }))
    await this.#store.write(records.map((record): BoundStatement => ({
      statement: insertDevice,
      params: [
        record.deviceId,
        productKey,
        record.deviceName,
        record.deviceSecret,
        record.iotId,
        record.simulated ? 1 : 0,
        at,
        record.nickname,
      ],
    })))
    records.forEach(record => this.#add(record))
    return records
  }

  async delete(device: DeviceRecord, at: number): Promise<void> {
    await this.#store.write([
      {
        statement: markDeviceDeleted,
        params: [at, device.deviceId],
      },
    ])
    this.#byProduct.get(device.productKey)?.delete(device.deviceName)
    this.#byIotId.delete(device.iotId)
    this.count -= 1
    device.deletedAt = at
    device.deviceSecret = ''
  }

  /** Keeps whether a device is let in; resolves after the commit. */
  async setDisabled(device: DeviceRecord, disabled: boolean, at: number): Promise<void> {
    await this.#store.write([{ statement: updateDeviceDisabled, params: [disabled ? 1 : 0, at, at, device.deviceId] }])
    Object.assign(device, { disabled, modifiedAt: at, switchedAt: at })
  }

  /** Keeps nicknames in one transaction; resolves after the commit. */
  async setNicknames(changes: readonly { device: DeviceRecord, nickname: string }[], at: number): Promise<void> {
    await this.#store.write(changes.map(({ device, nickname }): BoundStatement => ({ statement: updateDeviceNickname, params: [nickname, at, device.deviceId] })))
    for (const { device, nickname } of changes)
      Object.assign(device, { nickname, modifiedAt: at })
  }

  /** Forgets that the device has ever connected; resolves after the commit. */
  async reset(device: DeviceRecord, at: number): Promise<void> {
    await this.#store.write([{ statement: resetDevice, params: [at, at, device.deviceId] }])
    Object.assign(device, { activatedAt: null, modifiedAt: at, switchedAt: at })
    // What a login has left with the writer would bring it back.
    this.#saveTimes(device)
  }

  /** Notes a login; the first one activates the device (platform rule: UNACTIVE until the first successful login). */
  markOnline(device: DeviceRecord, at: number): void {
    if (!device.online)
      this.onlineCount += 1
    device.online = true
    device.activatedAt ??= at
    device.lastOnlineAt = at
    device.lastProblem = null
    this.#saveTimes(device)
  }

  markOffline(device: DeviceRecord, at: number): void {
    if (device.online)
      this.onlineCount -= 1
    device.online = false
    device.lastOfflineAt = at
    this.#saveTimes(device)
  }

  #saveTimes(device: DeviceRecord): void {
    this.#store.upsert(`device.times/${device.deviceId}`, {
      statement: updateDeviceTimes,
      params: [
        device.activatedAt,
        device.lastOnlineAt,
        device.lastOfflineAt,
        device.deviceId,
      ],
    })
  }
}

/** Platform rule: DISABLE wins, then ONLINE; UNACTIVE until the first login. */
export function deviceState(device: Pick<DeviceRecord, 'disabled' | 'online' | 'activatedAt'>): DeviceState {
  if (device.disabled)
    return 'DISABLE'
  if (device.online)
    return 'ONLINE'
  return device.activatedAt === null
    ? 'UNACTIVE'
    : 'OFFLINE'
}

/** Since when a device has been in its state, epoch milliseconds. */
export function stateSince(device: DeviceRecord): number {
  const { createdAt, lastOnlineAt, lastOfflineAt, switchedAt } = device
  switch (deviceState(device)) {
    case 'DISABLE':
      return switchedAt ?? createdAt
    case 'ONLINE':
      return lastOnlineAt ?? createdAt
    case 'UNACTIVE':
      return switchedAt ?? createdAt
    case 'OFFLINE':
      return Math.max(lastOfflineAt ?? lastOnlineAt ?? createdAt, switchedAt ?? 0)
  }
}
