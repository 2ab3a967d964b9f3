import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Device, DeviceConnection, DeviceIdentity, LatestValue } from '../../../shared/contract/device.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceListContext } from './list.ts'
import type { DeviceRecord } from './registry.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { deviceListHandlers } from './list.ts'
import { deviceSelectHandlers } from './select.ts'
import { summarise } from './summary.ts'

export interface DeviceContext extends DeviceListContext {
  store: Store
  now: () => number
  latestOf: (deviceId: number) => Promise<Record<string, LatestValue>>
  /** The live connection, null while the device is away. */
  connectionOf: (deviceId: number) => DeviceConnection | null
  /** The gateway of a sub-device. */
  gatewayOf: (deviceId: number) => DeviceIdentity | null
  makeSecret: () => string
  makeIotId: () => string
  makeDeviceName: () => string
  /** Tells a device what is about to happen to it, before its session ends; directly connected devices are told nothing. */
  tell: (device: DeviceRecord, what: 'disable' | 'enable' | 'delete') => void
  /** Closes the connection, if there is one, with a code of the platform's log. */
  disconnect: (deviceId: number, reason: { code: number, message: string }) => void
  /** The state changed without a login or a logout. */
  onState: (device: DeviceRecord) => void
  /** Takes back the client ids that the device was given when it registered itself. */
  forgetClientIds: (deviceId: number) => Promise<unknown>
  /** Closes the connection and forgets the session of a device that is being deleted. */
  forget: (deviceId: number) => Promise<void>
}

type Handlers = Pick<EngineApi['methods'], 'device.list' | 'device.find' | 'device.counts' | 'device.select' | 'device.create' | 'device.rename' | 'device.reset' | 'device.get' | 'device.delete' | 'device.setEnabled' | 'device.history'>

/** What the console and the command line can ask about devices. */
export function deviceMethodHandlers(context: DeviceContext): Handlers {
  const { registry, store } = context
  return {
    ...deviceListHandlers(context),
    ...deviceSelectHandlers(context),
    'device.create': async ({ productKey, deviceName = context.makeDeviceName(), count, nickname = '' }) => {
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
        nickname,
      })), context.now())
      return {
        certificates: made.map(device => ({ productKey, deviceName: device.deviceName, deviceSecret: device.deviceSecret })),
      }
    },
    'device.rename': async ({ devices }) => {
      const changes = devices.map(({ productKey, deviceName, nickname }) => ({ device: registry.get(productKey, deviceName), nickname }))
      await registry.setNicknames(changes, context.now())
      return { devices: changes.map(({ device }) => summarise(device)) }
    },
    'device.reset': async ({ productKey, deviceName }) => {
      const device = registry.get(productKey, deviceName)
      context.disconnect(device.deviceId, { code: 522, message: 'The device was reset: it may register itself once more.' })
      await context.forgetClientIds(device.deviceId)
      await registry.reset(device, context.now())
      context.onState(device)
      return summarise(device)
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
        await registry.setDisabled(device, !enabled, context.now())
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
