import type { AppInfo, AppStatus, Highlight } from '../shared/contract/app.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { FleetLive } from '../shared/contract/fleet.ts'
import type { Announcer } from '../shared/feed.ts'
import type { ConnectionAttempts } from './connection-attempts.ts'
import type { ConversationParts } from './conversation-api.ts'
import type { DebugServices } from './debug-services.ts'
import type { DeviceBatchServices } from './device-batch-services.ts'
import type { DeviceServices } from './device-services.ts'
import type { DownloadServer } from './download-server.ts'
import type { FaultServices } from './fault-services.ts'
import type { Fleets } from './fleet/fleets.ts'
import type { GatewayServices } from './gateway-services.ts'
import type { GroupServices } from './group-services.ts'
import type { JourneyTimes } from './journey-times.ts'
import type { LiveDevices } from './live-devices.ts'
import type { MachineServices } from './machine-services.ts'
import type { Notices } from './notices.ts'
import type { OpenApiServices } from './openapi-services.ts'
import type { OtaBatchServices } from './ota-batch-services.ts'
import type { OtaServices } from './ota-services.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { FirmwareChecks } from './platform/firmware-check/checks.ts'
import type { ProductTags } from './platform/product-tag/product-tags.ts'
import type { DeviceTokens } from './platform/registration/device-tokens.ts'
import type { RawProducts } from './raw-products.ts'
import type { RemoteConfigServices } from './remote-config-services.ts'
import type { ReplayServices } from './replay-services.ts'
import type { RunServices } from './run-services.ts'
import type { ScenarioServices } from './scenario-services.ts'
import type { ValueScripts } from './script/types.ts'
import type { SimulationServices } from './simulation-services.ts'
import type { StoredTrace } from './store/types.ts'
import type { TopicServices } from './topic-services.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { explainDetail } from '../shared/contract/trace-detail.ts'
import { pump } from '../shared/feed.ts'
import { limits } from '../shared/limits.ts'
import { damagedModel } from '../shared/thing-model/compile.ts'
import { validateReport } from '../shared/thing-model/validate.ts'
import { cloneServices } from './clone-services.ts'
import { conversationMethodHandlers } from './conversation-api.ts'
import { describeConnection } from './device-events.ts'
import { firmwareCheckServices } from './firmware-check-services.ts'
import { fleetMethodHandlers } from './fleet/fleet-methods.ts'
import { makeDeviceName, makeDeviceSecret, makeIotId, makeProductKey, makeProductSecret } from './identity.ts'
import { certificateMethodHandlers } from './platform/certificate/methods.ts'
import { deviceMethodHandlers } from './platform/device/methods.ts'
import { deviceState } from './platform/device/registry.ts'
import { messageMethodHandlers } from './platform/message/methods.ts'
import { productTagMethodHandlers } from './platform/product-tag/methods.ts'
import { productMethodHandlers } from './platform/product/methods.ts'
import { registrationMethodHandlers } from './platform/registration/methods.ts'
import { savedViewMethodHandlers } from './platform/saved-view/methods.ts'
import { settingMethodHandlers } from './platform/settings/settings.ts'
import { createTraceMatcher, toStoreFilter } from './platform/trace/filter.ts'
import { logMethodHandlers } from './platform/trace/log-search.ts'
import { exportStream, traceMethodHandlers } from './platform/trace/methods.ts'
import { presentTrace } from './platform/trace/present.ts'
import { createTailCollector } from './platform/trace/tail.ts'
import { waitForAnswers } from './platform/trace/unanswered.ts'
import { recordRefusedImports } from './refused-imports.ts'
import { wayContext } from './way-context.ts'

/** The parts of a running engine that the console's calls reach. */
export interface EngineParts extends ConversationParts {
  live: LiveDevices
  tail: Announcer<StoredTrace>
  trace: Pick<TraceKeeper, 'record'>
  times: Pick<JourneyTimes, 'of'>
  notices: Notices
  fleets: Fleets
  /** Opens a sandbox to try scripts in. */
  openValueScripts: () => Promise<ValueScripts>
  disconnect: (deviceId: number, reason: { code: number, message: string }) => void
  tokens: DeviceTokens
  attempts: ConnectionAttempts
  firmwareChecks: FirmwareChecks
  /** Where devices connect; null while there is no listener. */
  deviceAddress: { host: string, port: number } | null
  certificates: Parameters<typeof certificateMethodHandlers>[0]
  http: Pick<DownloadServer, 'methods'>
  gateways: Pick<GatewayServices, 'methods' | 'gatewayOf' | 'tell'>
  forgetDevice: (deviceId: number) => Promise<void>
  services: Pick<DeviceServices, 'methods' | 'versionsOf' | 'tagOf' | 'tagsOf'>
  topicServices: TopicServices
  productTags: ProductTags
  groupServices: GroupServices
  deviceBatches: Pick<DeviceBatchServices, 'methods'>
  raw: Pick<RawProducts, 'methods' | 'forget'>
  debug: Omit<DebugServices, 'calls' | 'forget'>
  remoteConfig: Pick<RemoteConfigServices, 'methods' | 'streams' | 'forgetProduct'>
  openApi: Pick<OpenApiServices, 'methods' | 'streams'>
  ota: Pick<OtaServices, 'methods' | 'forgetProduct'>
  batches: Pick<OtaBatchServices, 'methods' | 'streams' | 'forgetProduct'>
  faults: Pick<FaultServices, 'methods' | 'streams' | 'forgetProduct'>
  simulation: Pick<SimulationServices, 'methods' | 'streams'>
  scenarios: ScenarioServices
  runs: Pick<RunServices, 'methods'>
  replays: Pick<ReplayServices, 'methods' | 'streams'>
  machine: Pick<MachineServices, 'status' | 'methods'>
  info: () => AppInfo
  /** A seed for a fleet that is made without one: follows from the engine's own. */
  makeSeed: () => number
  /** Text of the sample product's thing model. */
  readSampleModel: () => Promise<string>
  /** Counts what a feed left out because its subscriber was slow. */
  onFeedDropped: (items: number) => void
}

/** Joins every feature's calls and streams into the contract that hosts serve. */
export function createApi(parts: EngineParts): EngineApi {
  // Some calls are made of others, so those of all are given to them when they are carried out.
  const joined = { methods: {} as EngineApi['methods'] }
  const { clock, store, products, devices, live, tail, fleets, notices, machine: { status } } = parts
  const now = (): number => clock.now()
  const nameDevice = (deviceId: number): { productKey: string, deviceName: string } | undefined => devices.byId(deviceId)
  const findDeviceIds = (productKey: string | undefined, deviceName: string | undefined): number[] =>
    Array.from(devices.find(productKey, deviceName), device => device.deviceId)
  const trace = { store, findDeviceIds, nameDevice }
  const connectionOf = (deviceId: number): ReturnType<typeof describeConnection> | null => {
    const client = parts.clientOf(deviceId)
    return client
      ? describeConnection(client)
      : null
  }

  const firmware = firmwareCheckServices(parts, () => joined.methods)
  const methods: EngineApi['methods'] = {
    ...firmware.methods,
    ...parts.machine.methods,
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
      const { productKey } = await methods['product.importModel']({ text: await parts.readSampleModel(), name: 'Thermostat', update: false, asDraft: false, more: [] }, context)
      const { fleetId } = await methods['fleet.create']({
        productKey,
        name: 'Thermostats',
        count,
        intervalSec: 5,
        qos: 1,
        connectPerSec: 2_000,
        transport: 'tcp',
        behaviours: {},
        conversation: {},
        updates: {},
        config: {},
        network: null,
        misbehaviour: [],
        report: {},
        life: {},
        stopAfter: null,
        target: { kind: 'local' },
        secrets: {},
      }, context)
      await fleets.start(fleetId)
      return { productKey, fleetId }
    },
    ...productMethodHandlers({
      store,
      registry: products,
      now,
      applyLimits: () => parts.settings.get('limits.applyCloud'),
      countDevices: productKey => countDevices(devices, productKey),
      makeProductKey,
      makeProductSecret,
      onModelReplaced: productKey => fleets.modelReplaced(productKey),
      forget: async (productKey) => {
        await store.write([...parts.topicServices.topics.forgetProduct(productKey), ...parts.faults.forgetProduct(productKey)])
        await parts.raw.forget(productKey)
        await parts.debug.forgetProduct(productKey)
        await parts.batches.forgetProduct(productKey)
        await parts.ota.forgetProduct(productKey)
        await parts.remoteConfig.forgetProduct(productKey)
        await parts.productTags.forget(productKey)
      },
    }),
    ...productTagMethodHandlers({
      tags: parts.productTags,
      requireProduct: (productKey) => { products.get(productKey) },
      productKeys: () => products.all().map(product => product.productKey),
    }),
    ...deviceMethodHandlers({
      registry: devices,
      store,
      now,
      requireProduct: (productKey) => { products.get(productKey) },
      devicesOfGroup: parts.groupServices.deviceIdsOf,
      devicesOfQuery: parts.groupServices.select,
      groupsOf: parts.groupServices.groupsOf,
      tagOf: parts.services.tagOf,
      tagsOf: parts.services.tagsOf,
      latestOf: deviceId => parts.latest.of(deviceId),
      versionsOf: parts.services.versionsOf,
      connectionOf,
      makeSecret: makeDeviceSecret,
      makeIotId,
      makeDeviceName,
      tell: parts.gateways.tell,
      gatewayOf: parts.gateways.gatewayOf,
      disconnect: parts.disconnect,
      onState: device => live.changedState(device.deviceId, deviceState(device), connectionOf(device.deviceId)),
      forgetClientIds: deviceId => parts.tokens.delete(deviceId),
      forget: parts.forgetDevice,
    }),
    ...conversationMethodHandlers(parts),
    ...parts.services.methods,
    ...parts.gateways.methods,
    ...parts.topicServices.methods,
    'device.publish': parts.debug.recordPublish(parts.topicServices.methods['device.publish']),
    ...parts.debug.methods,
    ...parts.groupServices.methods((input, context) => methods['device.list'](input, context)),
    ...parts.deviceBatches.methods,
    ...parts.raw.methods,
    ...parts.remoteConfig.methods,
    ...certificateMethodHandlers(parts.certificates),
    ...parts.http.methods,
    'device.attempts': ({ productKey, deviceName }) => ({ attempts: parts.attempts.of(devices.get(productKey, deviceName).deviceId) }),
    'connection.attempts': () => ({ attempts: parts.attempts.unknown() }),
    ...registrationMethodHandlers({ tokens: parts.tokens, requireDevice: (productKey, deviceName) => devices.get(productKey, deviceName) }),
    ...traceMethodHandlers({ ...trace, now, way: wayContext(parts) }),
    ...messageMethodHandlers(trace),
    ...logMethodHandlers({ store, findDeviceIds, nameDevice, now, applyLimits: () => parts.settings.get('limits.applyCloud') }),
    ...savedViewMethodHandlers({ store, now }),
    ...fleetMethodHandlers({
      fleets,
      modelOf: productKey => products.wholeModelOf(productKey),
      productName: productKey => products.get(productKey).name,
      makeSeed: parts.makeSeed,
      issuesOf: (productKey, values) => validateReport(products.get(productKey).compiled ?? damagedModel(6306), values, now()).issues,
      namesFoundBy: async (productKey, query) => {
        const found = await parts.groupServices.select(query)
        return [...devices.ofProduct(productKey)].filter(({ deviceId }) => found.has(deviceId)).map(({ deviceName }) => deviceName)
      },
      openValueScripts: parts.openValueScripts,
    }),
    ...cloneServices({ clock, modelOf: productKey => products.wholeModelOf(productKey), makeSeed: parts.makeSeed, methods: () => joined.methods }).methods,
    ...settingMethodHandlers(parts.settings),
    ...parts.openApi.methods,
    ...parts.ota.methods,
    ...parts.batches.methods,
    ...parts.faults.methods,
    ...parts.simulation.methods,
    ...parts.replays.methods,
    ...parts.runs.methods,
    ...parts.scenarios.methods,
  }
  joined.methods = methods
  methods['product.importModel'] = recordRefusedImports(methods['product.importModel'], { clock, trace: parts.trace })

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
      const matches = createTraceMatcher(toStoreFilter(filter, findDeviceIds))
      const collector = createTailCollector(matches, nameDevice, parts.onFeedDropped)
      const source = filter.answered === false ? waitForAnswers(collector, matches, () => clock.now()) : collector
      tail.listen(subscriber.signal, source.add)
      await pump(clock, subscriber, source, 1000 / limits.feedBatchesPerSec)
    },
    'trace.export': exportStream(trace),
    ...parts.openApi.streams,
    ...parts.debug.streams,
    ...parts.batches.streams,
    ...parts.faults.streams,
    ...parts.simulation.streams,
    ...parts.replays.streams,
    ...parts.scenarios.streams,
    ...parts.remoteConfig.streams,
    ...firmware.streams,
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

function countDevices(devices: DeviceRegistry, productKey: string): { deviceCount: number, onlineCount: number } {
  let onlineCount = 0
  for (const device of devices.ofProduct(productKey))
    onlineCount += device.online ? 1 : 0
  return {
    deviceCount: devices.countOf(productKey),
    onlineCount,
  }
}
