import type { Clock } from '../shared/clock.ts'
import type { AppInfo, AppStatus, Highlight } from '../shared/contract/app.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { FleetLive } from '../shared/contract/fleet.ts'
import type { CompiledModel } from '../shared/thing-model/compile.ts'
import type { BrokerClient } from './broker/types.ts'
import type { Announcer } from './feed.ts'
import type { Fleets } from './fleet/fleets.ts'
import type { LiveDevices } from './live-devices.ts'
import type { Notices } from './notices.ts'
import type { DesiredValues } from './platform/desired/desired-values.ts'
import type { DeviceRecord, DeviceRegistry } from './platform/device/registry.ts'
import type { DeviceCalls } from './platform/feature.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { LatestValues } from './platform/thing/latest.ts'
import type { Store, StoredTrace } from './store/types.ts'
import { randomInt } from 'node:crypto'
import { parseExt } from '../shared/alink/rrpc.ts'
import { explainDetail } from '../shared/contract/trace-detail.ts'
import { limits } from '../shared/limits.ts'
import { describeConnection } from './device-events.ts'
import { pump } from './feed.ts'
import { fleetMethodHandlers } from './fleet/fleet-methods.ts'
import { makeDeviceSecret, makeIotId, makeProductKey, makeProductSecret } from './identity.ts'
import { desiredMethodHandlers } from './platform/desired/methods.ts'
import { deviceMethodHandlers } from './platform/device/methods.ts'
import { deviceState } from './platform/device/registry.ts'
import { productMethodHandlers } from './platform/product/methods.ts'
import { rrpcMethodHandlers } from './platform/rrpc/methods.ts'
import { serviceMethodHandlers } from './platform/service/methods.ts'
import { settingMethodHandlers } from './platform/settings/settings.ts'
import { withoutModel } from './platform/thing/handle.ts'
import { eventMethodHandlers } from './platform/thing/methods.ts'
import { propertyMethodHandlers, sendPropertySet } from './platform/thing/property-methods.ts'
import { createTraceMatcher, toStoreFilter } from './platform/trace/filter.ts'
import { exportStream, traceMethodHandlers } from './platform/trace/methods.ts'
import { presentTrace } from './platform/trace/present.ts'
import { createTailCollector } from './platform/trace/tail.ts'

/** The parts of a running engine that the console's calls reach. */
export interface EngineParts {
  clock: Clock
  store: Store
  settings: SettingsStore
  products: ProductRegistry
  devices: DeviceRegistry
  latest: LatestValues
  live: LiveDevices
  tail: Announcer<StoredTrace>
  notices: Notices
  fleets: Fleets
  calls: DeviceCalls
  desired: DesiredValues
  clientOf: (deviceId: number) => BrokerClient | undefined
  forgetDevice: (deviceId: number) => Promise<void>
  status: { current: () => AppStatus, announcer: Announcer<AppStatus> }
  info: () => AppInfo
  /** Text of the sample product's thing model. */
  readSampleModel: () => Promise<string>
  /** Counts what a feed left out because its subscriber was slow. */
  onFeedDropped: (items: number) => void
}

/** Joins every feature's calls and streams into the contract that hosts serve. */
export function createApi(parts: EngineParts): EngineApi {
  const { clock, store, products, devices, live, tail, fleets, notices, status } = parts
  const now = (): number => clock.now()
  const nameDevice = (deviceId: number): { productKey: string, deviceName: string } | undefined => devices.byId(deviceId)
  const findDeviceIds = (productKey: string | undefined, deviceName: string | undefined): number[] => {
    const among = productKey === undefined
      ? devices.all()
      : devices.ofProduct(productKey)
    return Array.from(among).filter(device => deviceName === undefined || device.deviceName === deviceName).map(device => device.deviceId)
  }
  const trace = { store, findDeviceIds, nameDevice }
  const connectionOf = (deviceId: number): ReturnType<typeof describeConnection> | null => {
    const client = parts.clientOf(deviceId)
    return client
      ? describeConnection(client)
      : null
  }

  const methods: EngineApi['methods'] = {
    'app.info': () => parts.info(),
    'app.highlights': async (_, { signal }) => {
      const page = await store.traces.page({ code: 'failed' }, { limit: 5 }, signal)
      return page.rows.map((row): Highlight => {
        const { at, productKey, deviceName, code } = presentTrace(row, nameDevice)
        return {
          at,
          traceId: row.id,
          productKey,
          deviceName,
          code: code ?? 0,
          message: explainDetail(row.code, row.detail) ?? '',
        }
      })
    },
    'app.addSample': async ({ count }, context) => {
      const { productKey } = await methods['product.importModel']({ text: await parts.readSampleModel(), name: 'Thermostat', update: false }, context)
      const { fleetId } = await methods['fleet.create']({
        productKey,
        name: 'Thermostats',
        count,
        intervalSec: 5,
        qos: 1,
        connectPerSec: 2_000,
        behaviours: {},
      }, context)
      await fleets.start(fleetId)
      return { productKey, fleetId }
    },
    ...productMethodHandlers({
      registry: products,
      now,
      applyLimits: () => parts.settings.get('limits.applyCloud'),
      countDevices: productKey => countDevices(devices, productKey),
      makeProductKey,
      makeProductSecret,
      onModelReplaced: productKey => fleets.modelReplaced(productKey),
    }),
    ...deviceMethodHandlers({
      registry: devices,
      store,
      now,
      requireProduct: (productKey) => { products.get(productKey) },
      latestOf: deviceId => parts.latest.of(deviceId),
      connectionOf,
      makeSecret: makeDeviceSecret,
      makeIotId,
      forget: parts.forgetDevice,
    }),
    ...afterCommit(store, callMethodHandlers(parts)),
    ...traceMethodHandlers(trace),
    ...fleetMethodHandlers({
      fleets,
      modelOf: productKey => products.modelOf(productKey),
      productName: productKey => products.get(productKey).name,
      makeSeed: () => randomInt(0x1_0000_0000),
    }),
    ...settingMethodHandlers(parts.settings),
  }

  const streams: EngineApi['streams'] = {
    'app.status': async (_, subscriber) => {
      let newest: AppStatus | undefined = status.current()
      status.announcer.listen(subscriber.signal, next => newest = next)
      const take = (): AppStatus | undefined => {
        const item = newest
        newest = undefined
        return item
      }
      await pump(clock, subscriber, { take }, 250)
    },
    'app.notices': notices.stream,
    'device.watch': async ({ productKey, deviceName }, subscriber) => {
      const device = devices.get(productKey, deviceName)
      const present = {
        state: deviceState(device),
        connection: connectionOf(device.deviceId),
        properties: await parts.latest.of(device.deviceId),
      }
      await live.watch(device.deviceId, present, subscriber)
    },
    'trace.tail': async ({ filter }, subscriber) => {
      const collector = createTailCollector(createTraceMatcher(toStoreFilter(filter, findDeviceIds)), nameDevice, parts.onFeedDropped)
      tail.listen(subscriber.signal, collector.add)
      await pump(clock, subscriber, collector, 1000 / limits.feedBatchesPerSec)
    },
    'trace.export': exportStream(trace),
    'fleet.watch': async ({ fleetId }, subscriber) => {
      let changed = true
      let shown: Uint8Array | null = null
      fleets.watch(fleetId, subscriber.signal, () => changed = true)
      const take = (): FleetLive | undefined => {
        if (!changed)
          return undefined
        changed = false
        const item = fleets.live(fleetId, shown)
        shown = item.cells ?? shown
        return item
      }
      await pump(clock, subscriber, { take }, 250)
    },
  }
  return { methods, streams }
}

/** Makes a call answer when what it has done can be read in the trace; while the disk refuses, that is not waited for. */
function afterCommit<Handlers extends Partial<EngineApi['methods']>>(store: Store, handlers: Handlers): Handlers {
  return Object.fromEntries(Object.entries(handlers as Record<string, (...args: unknown[]) => unknown>).map(([name, handler]) => [name, async (...args: unknown[]) => {
    try {
      return await handler(...args)
    }
    finally {
      if (store.stats().failing === null)
        await store.flush()
    }
  }])) as unknown as Handlers
}

type CallMethod = 'device.setProperties' | 'device.getProperties' | 'device.invokeService' | 'serviceCall.list' | 'device.rrpc' | 'device.desired' | 'device.setDesired' | 'event.list'

/** The calls that reach devices, and what they leave behind. */
function callMethodHandlers({ clock, store, settings, products, devices, latest, calls, desired, clientOf }: EngineParts): Pick<EngineApi['methods'], CallMethod> {
  const now = (): number => clock.now()
  const requireDevice = (productKey: string, deviceName: string): DeviceRecord => {
    products.get(productKey)
    return devices.get(productKey, deviceName)
  }
  const modelOf = (productKey: string): CompiledModel | null => products.lookup(productKey)?.compiled ?? null
  return {
    ...propertyMethodHandlers({ calls, now, modelOf, latestOf: deviceId => latest.of(deviceId), requireDevice }),
    ...serviceMethodHandlers({ clock, store, calls, modelOf, requireDevice, extOf: deviceId => parseExt(clientOf(deviceId)?.parameters.get('ext')) }),
    ...rrpcMethodHandlers({ calls, requireDevice }),
    ...desiredMethodHandlers({
      store,
      calls,
      values: desired,
      now,
      applyLimits: () => settings.get('limits.applyCloud'),
      modelOf: productKey => modelOf(productKey) ?? withoutModel,
      requireDevice,
      push: (device, values, operation) => sendPropertySet(calls, device, modelOf(device.productKey) ?? withoutModel, values, { operation, timeoutMs: null }).messageId,
    }),
    ...eventMethodHandlers({ store, requireDevice }),
  }
}

function countDevices(devices: DeviceRegistry, productKey: string): { deviceCount: number, onlineCount: number } {
  let onlineCount = 0
  for (const device of devices.ofProduct(productKey))
    onlineCount += device.online ? 1 : 0
  return {
    deviceCount: devices.countOf(productKey),
    onlineCount,
  }
}
