import type { EngineApi } from '../shared/contract/contract.ts'
import type { Downlink } from './downlink.ts'
import type { DeviceCalls, FeatureDevice, FeatureHandlers } from './platform/feature.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { BoundStatement, Store } from './store/types.ts'
import { deviceLogHandlers } from './platform/device-log/feature.ts'
import { LogSwitches } from './platform/device-log/log-switches.ts'
import { deviceLogMethodHandlers } from './platform/device-log/methods.ts'
import { deleteLogLines, deleteLogSwitch } from './platform/device-log/rows.ts'
import { networkStatusHandlers } from './platform/network-status/feature.ts'
import { networkStatusMethodHandlers } from './platform/network-status/methods.ts'
import { deleteNetworkStatuses } from './platform/network-status/rows.ts'
import { ntpHandlers } from './platform/ntp/feature.ts'
import { shadowHandlers } from './platform/shadow/feature.ts'
import { shadowControl } from './platform/shadow/handle.ts'
import { shadowMethodHandlers } from './platform/shadow/methods.ts'
import { deleteShadow } from './platform/shadow/rows.ts'
import { Shadows } from './platform/shadow/shadows.ts'
import { DeviceTags } from './platform/tag/device-tags.ts'
import { tagHandlers } from './platform/tag/feature.ts'
import { tagMethodHandlers } from './platform/tag/methods.ts'
import { deleteTags } from './platform/tag/rows.ts'

export interface DeviceServicesContext {
  store: Store
  settings: SettingsStore
  calls: DeviceCalls
  downlink: Pick<Downlink, 'send'>
  /** Epoch milliseconds. */
  now: () => number
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
  /** All devices, or those of a product, of a name, or both. */
  findDevices: (productKey: string | undefined, deviceName: string | undefined) => Iterable<FeatureDevice>
  /** Also a deleted device. */
  deviceOf: (deviceId: number) => FeatureDevice & { simulated: boolean } | undefined
}

export type DeviceServiceMethod = 'shadow.get' | 'shadow.update' | 'shadow.delete' | 'tag.list' | 'tag.set' | 'tag.delete'
  | 'deviceLog.page' | 'deviceLog.isEnabled' | 'deviceLog.setEnabled' | 'networkStatus.list'

/** What the platform does for devices besides their thing model: shadow, tags, clock, log, network (Alink 6 and 7.1 to 7.4). */
export interface DeviceServices {
  handlers: FeatureHandlers
  methods: Pick<EngineApi['methods'], DeviceServiceMethod>
  /** The value of a device's tag. */
  tagOf: (deviceId: number, key: string) => string | undefined
  /** A device has connected: it is told what its shadow desires of it. */
  onOnline: (device: FeatureDevice) => void
  /** Lets go of a deleted device; returns what the store has to write. */
  forget: (deviceId: number) => BoundStatement[]
}

/** Opens the services for devices with what the workspace holds for them. */
export async function openDeviceServices({ store, settings, calls, downlink, now, requireDevice, findDevices, deviceOf }: DeviceServicesContext): Promise<DeviceServices> {
  const applyLimits = (): boolean => settings.get('limits.applyCloud')
  const send: Downlink['send'] = (deviceId, message) => downlink.send(deviceId, message)
  const [shadows, tags, switches] = await Promise.all([
    Shadows.open(store),
    DeviceTags.open(store),
    LogSwitches.open(store, deviceId => deviceOf(deviceId)?.simulated ?? false),
  ])
  const findDeviceIds = (productKey: string | undefined, deviceName: string | undefined): number[] =>
    Array.from(findDevices(productKey, deviceName), device => device.deviceId)
  return {
    handlers: {
      ...shadowHandlers({ shadows, applyLimits }),
      ...tagHandlers({ tags, applyLimits }),
      ...ntpHandlers({ now }),
      ...deviceLogHandlers({ switches, applyLimits }),
      ...networkStatusHandlers(),
    },
    methods: {
      ...shadowMethodHandlers({ store, calls, send, shadows, now, applyLimits, requireDevice }),
      ...tagMethodHandlers({ store, calls, tags, now, applyLimits, requireDevice }),
      ...deviceLogMethodHandlers({ store, calls, send, switches, findDeviceIds, nameDevice: deviceOf, requireDevice }),
      ...networkStatusMethodHandlers({ store, requireDevice }),
    },
    tagOf: (deviceId, key) => tags.valueOf(deviceId, key),
    onOnline: (device) => {
      const control = shadowControl(device, shadows.of(device.deviceId), now())
      if (control !== null)
        send(device.deviceId, control)
    },
    forget: (deviceId) => {
      shadows.forget(deviceId)
      tags.forget(deviceId)
      switches.forget(deviceId)
      return [deleteShadow, deleteTags, deleteLogLines, deleteLogSwitch, deleteNetworkStatuses].map(statement => ({ statement, params: [deviceId] }))
    },
  }
}
