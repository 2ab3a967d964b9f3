import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { DeviceVersion } from '../shared/contract/device.ts'
import type { Log } from '../shared/log.ts'
import type { Downlink } from './downlink.ts'
import type { DeviceHttpRoute } from './platform/device-http.ts'
import type { DeviceCalls, FeatureDevice, FeatureHandlers } from './platform/feature.ts'
import type { OtaUpdates } from './platform/ota/types.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { BoundStatement, Store } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import path from 'node:path'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { makeFileId, makeToken } from './identity.ts'
import { ConnectionHistory } from './platform/connection/history.ts'
import { consumerAppHandlers } from './platform/consumer-app/feature.ts'
import { deviceLogHandlers } from './platform/device-log/feature.ts'
import { LogSwitches } from './platform/device-log/log-switches.ts'
import { deviceLogMethodHandlers } from './platform/device-log/methods.ts'
import { deleteLogLines, deleteLogSwitch } from './platform/device-log/rows.ts'
import { openDeviceFiles } from './platform/file/device-files.ts'
import { jobHandlers } from './platform/job/feature.ts'
import { networkStatusHandlers } from './platform/network-status/feature.ts'
import { networkStatusMethodHandlers } from './platform/network-status/methods.ts'
import { deleteNetworkStatuses } from './platform/network-status/rows.ts'
import { ntpHandlers } from './platform/ntp/feature.ts'
import { otaHandlers } from './platform/ota/feature.ts'
import { deleteVersions, selectVersions } from './platform/ota/rows.ts'
import { deleteVersionChanges, selectVersionChanges } from './platform/ota/version-rows.ts'
import { shadowHandlers } from './platform/shadow/feature.ts'
import { shadowControl } from './platform/shadow/handle.ts'
import { shadowMethodHandlers } from './platform/shadow/methods.ts'
import { deleteShadow } from './platform/shadow/rows.ts'
import { Shadows } from './platform/shadow/shadows.ts'
import { DeviceTags } from './platform/tag/device-tags.ts'
import { tagHandlers } from './platform/tag/feature.ts'
import { tagMethodHandlers } from './platform/tag/methods.ts'
import { deleteTags } from './platform/tag/rows.ts'
import { settle } from './store/settle.ts'

export interface DeviceServicesContext {
  store: Store
  settings: SettingsStore
  calls: DeviceCalls
  downlink: Pick<Downlink, 'send'>
  trace: Pick<TraceKeeper, 'record'>
  clock: Clock
  log: Log
  /** The workspace folder. */
  workspaceDir: string
  /** Base address of the device-facing HTTP listener; null while there is none. */
  httpUrl: () => string | null
  /** A device has reported the version of a module. */
  onVersion: (deviceId: number, version: DeviceVersion) => void
  /** What messages of devices do to their updates. */
  updates: OtaUpdates
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
  /** All devices, or those of a product, of a name, or both. */
  findDevices: (productKey: string | undefined, deviceName: string | undefined) => Iterable<FeatureDevice>
  /** Also a deleted device. */
  deviceOf: (deviceId: number) => FeatureDevice & { simulated: boolean, deviceSecret: string } | undefined
}

export type DeviceServiceMethod = 'shadow.get' | 'shadow.update' | 'shadow.delete' | 'tag.list' | 'tag.set' | 'tag.delete'
  | 'deviceLog.page' | 'deviceLog.isEnabled' | 'deviceLog.setEnabled' | 'networkStatus.list'
  | 'file.list' | 'file.get' | 'file.link' | 'file.delete' | 'device.connections' | 'device.versionHistory'

/** What the platform does for devices besides their thing model: shadow, tags, clock, log, network, files, and the small calls (Alink 6 to 9). */
export interface DeviceServices {
  handlers: FeatureHandlers
  /** For the device-facing HTTP listener. */
  routes: DeviceHttpRoute[]
  methods: Pick<EngineApi['methods'], DeviceServiceMethod>
  /** When devices were connected, and when they were refused. */
  history: Pick<ConnectionHistory, 'begin' | 'end' | 'refuse'>
  /** The value of a device's tag. */
  tagOf: (deviceId: number, key: string) => string | undefined
  tagsOf: (deviceId: number) => readonly { key: string, value: string }[]
  /** A device has connected: it is told what its shadow desires of it. */
  onOnline: (device: FeatureDevice) => void
  /** The versions that a device has reported of its modules. */
  versionsOf: (deviceId: number) => Promise<DeviceVersion[]>
  /** Lets go of a deleted device; returns what the store has to write. */
  forget: (deviceId: number) => BoundStatement[]
  /** Brings to the disk what was taken from devices. */
  close: () => Promise<void>
}

/** Opens the services for devices with what the workspace holds for them. */
export async function openDeviceServices({ store, settings, calls, downlink, trace, clock, log, workspaceDir, httpUrl, onVersion, updates, requireDevice, findDevices, deviceOf }: DeviceServicesContext): Promise<DeviceServices> {
  const applyLimits = (): boolean => settings.get('limits.applyCloud')
  const now = (): number => clock.now()
  const send: Downlink['send'] = (deviceId, message) => downlink.send(deviceId, message)
  const [shadows, tags, switches, history, files] = await Promise.all([
    Shadows.open(store),
    DeviceTags.open(store),
    LogSwitches.open(store, deviceId => deviceOf(deviceId)?.simulated ?? false),
    ConnectionHistory.open(store),
    openDeviceFiles({
      dir: path.join(workspaceDir, 'files'),
      clock,
      log: log.child({ part: 'files' }),
      store,
      calls,
      applyLimits,
      makeId: makeFileId,
      makeToken,
      httpUrl,
      requireDevice,
      onExpired: ({ deviceId, ...content }) => recordExpiry(trace, now(), deviceId, content),
    }),
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
      ...files.handlers,
      ...otaHandlers({ onVersion, updates }),
      ...jobHandlers,
      ...consumerAppHandlers({ secretOf: ({ deviceId }) => deviceOf(deviceId)?.deviceSecret }),
    },
    routes: [files.route],
    methods: {
      ...shadowMethodHandlers({ store, calls, send, shadows, now, applyLimits, requireDevice }),
      ...tagMethodHandlers({ store, calls, tags, now, applyLimits, requireDevice }),
      ...deviceLogMethodHandlers({ store, calls, send, switches, findDeviceIds, nameDevice: deviceOf, requireDevice }),
      ...networkStatusMethodHandlers({ store, requireDevice }),
      ...files.methods,
      ...history.methods(requireDevice),
      'device.versionHistory': async ({ productKey, deviceName, before, limit }) => {
        const { deviceId } = requireDevice(productKey, deviceName)
        await settle(store)
        const changes = await store.read(selectVersionChanges, [deviceId, before ?? Number.MAX_SAFE_INTEGER, limit])
        return { changes, next: changes.length === limit ? changes.at(-1)!.changeId : null }
      },
    },
    history,
    tagOf: (deviceId, key) => tags.valueOf(deviceId, key),
    tagsOf: deviceId => tags.of(deviceId),
    onOnline: (device) => {
      const control = shadowControl(device, shadows.of(device.deviceId), now())
      if (control !== null)
        send(device.deviceId, control)
    },
    forget: (deviceId) => {
      shadows.forget(deviceId)
      tags.forget(deviceId)
      switches.forget(deviceId)
      const statements = [deleteShadow, deleteTags, deleteLogLines, deleteLogSwitch, deleteNetworkStatuses, deleteVersions, deleteVersionChanges]
      return [...files.forget(deviceId), ...history.forget(deviceId), ...statements.map(statement => ({ statement, params: [deviceId] }))]
    },
    versionsOf: deviceId => store.read(selectVersions, [deviceId]),
    close: () => files.close(),
  }
}

function recordExpiry(trace: Pick<TraceKeeper, 'record'>, at: number, deviceId: number, { uploadId, fileName, received, fileSize, startedAt }: { uploadId: string, fileName: string, received: number, fileSize: number, startedAt: number }): void {
  const operation = 'file upload expired'
  const message = `The upload of ${fileName} was not finished within 24 hours, so its ${received} bytes were let go (78122).`
  const steps = [{ bizCode: 'DeviceFileUpload', operation, code: 78122, message }]
  trace.record({ at, deviceId, operation, content: { uploadId, fileName, received, fileSize, startedAt }, code: 78122, detail: packDetail({ issues: [], steps }) })
}
