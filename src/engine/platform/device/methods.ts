import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Device, DeviceConnection, DeviceIdentity, DeviceSummary, DeviceVersion, LatestValue } from '../../../shared/contract/device.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceRecord, DeviceRegistry } from './registry.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { deviceState } from './registry.ts'

export interface DeviceContext {
  registry: DeviceRegistry
  store: Store
  now: () => number
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  /** The devices of a group by its id or name. Throws AppError group/not-found. */
  devicesOfGroup: (group: string, subGroups: boolean) => Promise<ReadonlySet<number>>
  latestOf: (deviceId: number) => Promise<Record<string, LatestValue>>
  versionsOf: (deviceId: number) => Promise<DeviceVersion[]>
  /** The live connection, null while the device is away. */
  connectionOf: (deviceId: number) => DeviceConnection | null
  /** The gateway of a sub-device. */
  gatewayOf: (deviceId: number) => DeviceIdentity | null
  makeSecret: () => string
  makeIotId: () => string
  /** Tells a device what is about to happen to it, before its session ends; directly connected devices are told nothing. */
  tell: (device: DeviceRecord, what: 'disable' | 'enable' | 'delete') => void
  /** Closes the connection, if there is one, with a code of the platform's log. */
  disconnect: (deviceId: number, reason: { code: number, message: string }) => void
  /** The state changed without a login or a logout. */
  onState: (device: DeviceRecord) => void
  /** Closes the connection and forgets the session of a device that is being deleted. */
  forget: (deviceId: number) => Promise<void>
}

type Handlers = Pick<EngineApi['methods'], 'device.list' | 'device.create' | 'device.get' | 'device.delete' | 'device.setEnabled' | 'device.history'>

/** What the console and the command line can ask about devices. */
export function deviceMethodHandlers(context: DeviceContext): Handlers {
  const { registry, store } = context
  return {
    'device.list': async ({ productKey, search, state, group, subGroups, offset, limit }) => {
      if (productKey !== undefined)
        context.requireProduct(productKey)
      const members = group === undefined ? null : await context.devicesOfGroup(group, subGroups)
      const part = search?.toLowerCase()
      const found: DeviceRecord[] = []
      for (const device of productKey === undefined
        ? registry.all()
        : registry.ofProduct(productKey)) {
        if ((part === undefined || device.deviceName.toLowerCase().includes(part)) && (state === undefined || deviceState(device) === state) && (members === null || members.has(device.deviceId)))
          found.push(device)
      }
      found.sort((a, b) => compareText(a.productKey, b.productKey) || compareNames(a.deviceName, b.deviceName))
      return {
        devices: found.slice(offset, offset + limit).map(summarise),
        total: found.length,
      }
    },
    'device.create': async ({ productKey, deviceName, count }) => {
      context.requireProduct(productKey)
      const names = count === undefined
        ? [deviceName]
        : Array.from({ length: count }, (_, index) => `${deviceName}-${index + 1}`)
      const last = names.at(-1) ?? deviceName
      if (last.length > 32)
        throw new AppError('input/invalid', `deviceName: expected at most 32 characters, but ${last} has ${last.length}.`, { field: 'deviceName', got: last })
      if (registry.countOf(productKey) + names.length > limits.devicesPerProductMax)
        throw new AppError('limit/reached', `A product holds at most ${limits.devicesPerProductMax} devices; ${productKey} has ${registry.countOf(productKey)}.`, { productKey })
      const made = await registry.create(productKey, names.map(name => ({
        deviceName: name,
        deviceSecret: context.makeSecret(),
        iotId: context.makeIotId(),
        simulated: false,
      })), context.now())
      return {
        certificates: made.map(device => ({ productKey, deviceName: device.deviceName, deviceSecret: device.deviceSecret })),
      }
    },
    'device.get': async ({ productKey, deviceName }) => {
      const device = registry.get(productKey, deviceName)
      const shown: Device = {
        ...summarise(device),
        deviceSecret: device.deviceSecret,
        connection: context.connectionOf(device.deviceId),
        gateway: context.gatewayOf(device.deviceId),
        properties: await context.latestOf(device.deviceId),
        versions: await context.versionsOf(device.deviceId),
        lastProblem: device.lastProblem,
      }
      return shown
    },
    'device.delete': async ({ productKey, deviceName }) => {
      const device = registry.get(productKey, deviceName)
      context.tell(device, 'delete')
      await registry.delete(device, context.now())
      await context.forget(device.deviceId)
      return null
    },
    'device.setEnabled': async ({ productKey, deviceName, enabled }) => {
      const device = registry.get(productKey, deviceName)
      if (device.disabled === enabled) {
        if (!enabled)
          context.tell(device, 'disable')
        await registry.setDisabled(device, !enabled)
        if (enabled)
          context.tell(device, 'enable')
        else
          context.disconnect(device.deviceId, { code: 522, message: 'The device was disabled.' })
        context.onState(device)
      }
      return summarise(device)
    },
    'device.history': async ({ productKey, deviceName, property, fromAt, toAt, buckets }) => {
      const device = registry.get(productKey, deviceName)
      if (!(toAt > fromAt))
        throw new AppError('input/invalid', `toAt: expected an instant after fromAt (${fromAt}), got ${toAt}.`, { field: 'toAt', got: toAt })
      const series = await store.series.buckets(device.deviceId, property, { fromAt, toAt, buckets })
      return { ...series, bucketMs: (toAt - fromAt) / buckets }
    },
  }
}

function compareText(a: string, b: string): number {
  return a < b
    ? -1
    : a > b
      ? 1
      : 0
}

const byName = new Intl.Collator('en', { numeric: true })
// Collation alone would call names equal that differ only in a way it ignores.
function compareNames(a: string, b: string): number {
  return byName.compare(a, b) || compareText(a, b)
}

/** Shapes a device for lists. */
export function summarise(device: DeviceRecord): DeviceSummary {
  const { productKey, deviceName, iotId, simulated, createdAt, activatedAt, lastOnlineAt, lastOfflineAt } = device
  return {
    productKey,
    deviceName,
    iotId,
    state: deviceState(device),
    simulated,
    createdAt,
    activatedAt,
    lastOnlineAt,
    lastOfflineAt,
  }
}
