import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { ConfigCounts, ConfigVersion } from '../shared/contract/remote-config.ts'
import type { Downlink } from './downlink.ts'
import type { DownloadServer } from './download-server.ts'
import type { DownloadFaults } from './fault-services.ts'
import type { DeviceHttpRoute } from './platform/device-http.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { DeviceCalls, FeatureDevice, FeatureHandlers } from './platform/feature.ts'
import type { ConfigMethod, ConfigMethodContext } from './platform/remote-config/methods.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { BoundStatement, Store } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { wrongDigest } from '../shared/faults/wrong-digest.ts'
import { Announcer, pump } from '../shared/feed.ts'
import { makeConfigId, makeToken } from './identity.ts'
import { deviceState } from './platform/device/registry.ts'
import { Configurations } from './platform/remote-config/configurations.ts'
import { ConfigDeviceStates } from './platform/remote-config/device-states.ts'
import { ConfigDownloads } from './platform/remote-config/downloads.ts'
import { remoteConfigHandlers } from './platform/remote-config/feature.ts'
import { countConfigDevices, remoteConfigMethodHandlers } from './platform/remote-config/methods.ts'
import { insertConfigKey, selectConfigKey } from './platform/remote-config/rows.ts'
import { settle } from './store/settle.ts'

export interface RemoteConfigServicesContext {
  store: Store
  settings: SettingsStore
  clock: Clock
  devices: DeviceRegistry
  calls: Pick<DeviceCalls, 'nextId'>
  downlink: Pick<Downlink, 'send'>
  trace: Pick<TraceKeeper, 'record' | 'amend' | 'cause'>
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  /** The device-facing HTTP listener as a device can reach it; null while there is none. */
  placeFor: DownloadServer['placeFor']
  /** What is wrong with downloads on purpose. */
  downloadFaults: DownloadFaults
}

/** Remote configurations of products, and the server from which devices download them (Alink 9, platform chapter 9). */
export interface RemoteConfigServices {
  handlers: FeatureHandlers
  /** For the device-facing HTTP listener. */
  routes: DeviceHttpRoute[]
  methods: Pick<EngineApi['methods'], ConfigMethod>
  streams: Pick<EngineApi['streams'], 'remoteConfig.watch'>
  /** Lets go of a deleted device; returns what the store has to write. */
  forget: (deviceId: number) => BoundStatement[]
  /** Lets go of a deleted product; resolves after the commit. */
  forgetProduct: (productKey: string) => Promise<void>
}

/** Opens the remote configurations with what the workspace holds of them. */
export async function openRemoteConfigServices({ store, settings, clock, devices, calls, downlink, trace, requireProduct, placeFor, downloadFaults }: RemoteConfigServicesContext): Promise<RemoteConfigServices> {
  const changed = new Announcer<string>()
  const onChange = (productKey: string): void => changed.announce(productKey)
  const now = (): number => clock.now()
  const [configurations, states, secret] = await Promise.all([Configurations.open(store), ConfigDeviceStates.open(store, onChange), openKey(store)])
  const downloads = new ConfigDownloads({
    secret,
    now,
    byId: configId => configurations.byId(configId),
    bytesOf: configId => configurations.bytesOf(configId),
    flowOf: downloadFaults.flowOf,
    onDownload: (deviceId, version, code, why) => {
      const device = devices.byId(deviceId)
      if (device === undefined)
        return
      recordDownload(trace, now(), device, version, code, why)
      if (code !== 200 || version === undefined)
        return
      const { key, statement } = states.change(device, { fetchedVersion: version.version, fetchedAt: now() })
      store.upsert(key, statement)
    },
  })
  const describe: ConfigMethodContext['describe'] = (device, { configId, size, sign }) => {
    const { deviceId } = device
    const place = placeFor(deviceId)
    if (place === null)
      return null
    const { hasWrongDigest = false, validMs = settings.get('remoteConfig.urlValidSec') * 1000 } = downloadFaults.noticeFault(device)
    const path = downloads.path(configId, deviceId, now() + validMs)
    return { configId, configSize: size, getType: 'file', sign: hasWrongDigest ? wrongDigest(sign) : sign, signMethod: 'Sha256', url: place.url + path }
  }
  const countDevices = (productKey: string): { deviceCount: number, onlineCount: number } =>
    ({ deviceCount: devices.countOf(productKey), onlineCount: Array.from(devices.onlineOf(productKey)).length })
  return {
    handlers: remoteConfigHandlers({ configurations, states, describe }),
    routes: [downloads.route],
    methods: remoteConfigMethodHandlers({
      store,
      configurations,
      states,
      now,
      applyLimits: () => settings.get('limits.applyCloud'),
      nextId: () => calls.nextId(),
      describe,
      canServe: () => placeFor(null) !== null,
      send: (deviceId, message, causeId) => {
        let isSent = false
        const rowId = downlink.send(deviceId, message, { id: trace.cause() ?? causeId, waits: false }, result => isSent = result === 'sent' || result === 'queued')
        return { rowId, isSent }
      },
      record: (productKey, operation, content, code, detail) => trace.record({ at: now(), deviceId: 0, deviceKey: `${productKey}/`, operation, content, code, detail }),
      amend: (id, change) => trace.amend(id, change),
      pause: () => settle(store),
      findDevices: productKey => devices.find(productKey, undefined),
      requireDevice: (productKey, deviceName) => devices.get(productKey, deviceName),
      makeConfigId,
      requireProduct,
      countDevices,
      present: (deviceId) => {
        const device = devices.byId(deviceId)
        return device && { deviceName: device.deviceName, state: deviceState(device) }
      },
      onChange,
    }),
    streams: {
      'remoteConfig.watch': async ({ productKey }, subscriber) => {
        requireProduct(productKey)
        let isNew = true
        changed.listen(subscriber.signal, key => isNew ||= key === productKey)
        const take = (): ConfigCounts | undefined => {
          if (!isNew)
            return undefined
          isNew = false
          return countConfigDevices({ configurations, states, countDevices }, productKey)
        }
        await pump(clock, subscriber, { take }, 500)
      },
    },
    forget: deviceId => states.forget(devices.byId(deviceId), deviceId),
    forgetProduct: async (productKey) => {
      states.forgetProduct(productKey)
      await configurations.forgetProduct(productKey)
    },
  }
}

async function openKey(store: Pick<Store, 'read' | 'write'>): Promise<string> {
  const [row] = await store.read(selectConfigKey, [])
  if (row)
    return row.secret
  const secret = makeToken()
  await store.write([{ statement: insertConfigKey, params: [secret] }])
  return secret
}

function recordDownload(trace: Pick<TraceKeeper, 'record'>, at: number, { deviceId }: FeatureDevice, version: ConfigVersion | undefined, code: number, why: string): void {
  const operation = 'configuration download'
  const message = code === 200 ? `The device has downloaded version ${version?.version} of the configuration.` : why
  trace.record({
    at,
    deviceId,
    operation,
    content: version === undefined ? {} : { version: version.version, configId: version.configId, configSize: version.size },
    code,
    detail: packDetail({ issues: [], steps: [{ bizCode: 'RemoteConfig', operation, code, message }] }),
  })
}
