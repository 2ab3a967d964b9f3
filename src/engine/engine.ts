import type { EngineApi } from '../shared/contract/contract.ts'
import type { CompiledModel } from '../shared/thing-model/compile.ts'
import type { Broker, BrokerClient } from './broker/types.ts'
import type { Engine, EngineConfig, EngineWorld, OpenApiListener } from './config.ts'
import type { DeviceEvents } from './device-events.ts'
import type { OtaBatchServices } from './ota-batch-services.ts'
import type { DeviceRecord } from './platform/device/registry.ts'
import type { StoredTrace, TraceEntry } from './store/types.ts'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { Announcer } from '../shared/feed.ts'
import { silentLog } from '../shared/log.ts'
import { PendingWork } from '../shared/pending-work.ts'
import { createApi } from './api.ts'
import { describeApp } from './app-info.ts'
import { brokerHooks } from './broker-hooks.ts'
import { comeToRest } from './come-to-rest.ts'
import { ConnectionAttempts } from './connection-attempts.ts'
import { noteDamagedModels } from './damaged-models.ts'
import { openDebugServices } from './debug-services.ts'
import { openDeviceBatchServices } from './device-batch-services.ts'
import { createDeviceEvents } from './device-events.ts'
import { createDeviceRegistration } from './device-registration.ts'
import { openDeviceServices } from './device-services.ts'
import { createDownlink } from './downlink.ts'
import { DownloadServer } from './download-server.ts'
import { openFaultServices } from './fault-services.ts'
import { createForgetDevice } from './forget-device.ts'
import { createGatewayServices } from './gateway-services.ts'
import { openGroupServices } from './group-services.ts'
import { InProcessNetwork } from './in-process-network.ts'
import { JourneyTimes } from './journey-times.ts'
import { LiveDevices } from './live-devices.ts'
import { openMachineServices } from './machine-services.ts'
import { MemoryBudget } from './memory-budget.ts'
import { networkAddresses } from './network-address.ts'
import { Notices } from './notices.ts'
import { openDevicePort } from './open-device-port.ts'
import { openFleets } from './open-fleets.ts'
import { openOpenApiPort } from './open-openapi-port.ts'
import { openWorkspace } from './open-workspace.ts'
import { openOpenApiServices } from './openapi-services.ts'
import { openOtaBatchServices, updatesOf } from './ota-batch-services.ts'
import { openOtaServices } from './ota-services.ts'
import { createPendingCalls } from './pending-calls.ts'
import { createAuthority } from './platform/certificate/authority.ts'
import { rootRoute } from './platform/certificate/methods.ts'
import { DesiredValues } from './platform/desired/desired-values.ts'
import { desiredHandlers } from './platform/desired/handle.ts'
import { deviceHandlers } from './platform/device/feature.ts'
import { DeviceRegistry } from './platform/device/registry.ts'
import { FirmwareChecks } from './platform/firmware-check/checks.ts'
import { ProductTags } from './platform/product-tag/product-tags.ts'
import { ProductRegistry } from './platform/product/registry.ts'
import { DeviceTokens } from './platform/registration/device-tokens.ts'
import { resumeServiceCalls } from './platform/service/methods.ts'
import { thingHandlers } from './platform/thing/feature.ts'
import { createLatestValues } from './platform/thing/latest.ts'
import { Relations } from './platform/topology/relations.ts'
import { pushDesired } from './push-desired.ts'
import { openRawProducts } from './raw-products.ts'
import { openRemoteConfigServices } from './remote-config-services.ts'
import { openReplayServices } from './replay-services.ts'
import { openRunServices } from './run-services.ts'
import { openScenarioServices } from './scenario-services.ts'
import { openValueScripts } from './script/open-value-scripts.ts'
import { openSimulationServices } from './simulation-services.ts'
import { openTopicServices } from './topic-services.ts'
import { createTraceKeeper } from './trace-keeper.ts'
import { createUplink } from './uplink.ts'
import { whyUnreachable } from './why-unreachable.ts'

/**
 * Starts an engine: store, registries, broker, fleets, in that order; `close` stops them in reverse. This is the one
 * place where the parts are joined. Throws AppError `store/unwritable`, `workspace/newer` or `listen/failed`; whatever was
 * started by then is stopped again.
 */
export async function createEngine(config: EngineConfig, world: EngineWorld): Promise<Engine> {
  const stack = new AsyncDisposableStack()
  try {
    return await start(config, world, stack)
  }
  catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function start(config: EngineConfig, { clock, log, seed }: EngineWorld, stack: AsyncDisposableStack): Promise<Engine> {
  const engineId = randomUUID()
  const startedAt = clock.now()
  const notices = new Notices(clock, log)
  const tail = new Announcer<StoredTrace>()
  const refusals = new Announcer<TraceEntry>()
  let broker: Broker | undefined
  let batches: OtaBatchServices | undefined
  let feedDropped = 0
  let nextSeed = seed
  const countFeedDropped = (items: number): void => { feedDropped += items }

  const times = new JourneyTimes(config.hasVirtualTime ? () => clock.now() : () => performance.timeOrigin + performance.now())
  const { store, settings } = await openWorkspace({ config, clock, log, notices, stack, onPressure: full => broker?.setPressure(full), onCommitted: lastId => times.committed(lastId) })
  const memory = new MemoryBudget(settings, notices)
  const products = await ProductRegistry.open(store)
  const productTags = await ProductTags.open(store)
  const devices = await DeviceRegistry.open(store)
  const relations = await Relations.open(store)
  const gatewayOf = (deviceId: number): DeviceRecord | undefined => devices.byId(relations.gatewayOf(deviceId) ?? 0)
  const requireProduct = (productKey: string): void => void products.get(productKey)
  const requireDevice = (productKey: string, deviceName: string): DeviceRecord => devices.get(productKey, deviceName)
  noteDamagedModels(products, notices)
  const latest = createLatestValues(store)
  const live = new LiveDevices(clock, countFeedDropped)
  const startedEmpty = products.all().length === 0 && devices.count === 0

  const deviceHost = config.mqtt?.host ?? (settings.get('device.openToNetwork') ? '0.0.0.0' : '127.0.0.1')
  const http = new DownloadServer({ config, settings, notices, host: deviceHost, clientOf: deviceId => broker?.clientOf(deviceId), deviceOf: deviceId => devices.byId(deviceId) })
  const work = new PendingWork()
  const network = new InProcessNetwork(wire => broker?.accept(wire))
  const fleets = await openFleets({ config, clock, log, store, products, devices, stack, broker: () => broker ?? null, network, http, work, memory })

  const trace = createTraceKeeper(store, tail, refusals)
  const firmwareChecks = await FirmwareChecks.open(store, tail)
  const faults = await openFaultServices({ clock, store, devices, trace, broker: () => broker, makeSeed: () => nextSeed++ >>> 0, requireProduct, exercises: () => batches!.exercises })
  stack.defer(() => faults.close())
  const downlink = faults.faultyDownlink(createDownlink({
    clock,
    trace,
    deliver: (deviceId, message) => broker?.deliver(deviceId, message) ?? 'offline',
    isUnasked: (deviceId, topic) => broker?.isUnasked(deviceId, topic) ?? false,
    times,
    isSubDevice: deviceId => Boolean(broker?.clientOf(deviceId)?.gateway),
    whyOffline: deviceId => whyUnreachable(devices.byId(deviceId), gatewayOf(deviceId)),
    whyThrottled: faults.whyThrottled,
  }))
  const pending = createPendingCalls({
    clock,
    log: log.child({ part: 'calls' }),
    trace,
    downlink,
    unreachable: ({ deviceId }) => whyUnreachable(devices.byId(deviceId), gatewayOf(deviceId)),
    speaksFor: (deviceId, subDeviceId) => relations.gatewayOf(subDeviceId) === deviceId,
  })
  stack.defer(() => pending.close())
  const raw = await openRawProducts({ clock, store, trace, products, calls: pending, downlink, work })
  stack.defer(() => raw.close())
  const debug = await openDebugServices({ clock, store, calls: raw.calls, trace, methods, requireProduct, requireDevice })
  const { calls } = debug
  const modelOf = (productKey: string): CompiledModel | null => products.lookup(productKey)?.compiled ?? null
  await resumeServiceCalls({ store, calls, modelOf }, deviceId => devices.byId(deviceId))
  const desired = await DesiredValues.open(store)
  const services = await openDeviceServices({
    store,
    settings,
    calls,
    downlink,
    trace,
    clock,
    log,
    workspaceDir: config.workspaceDir,
    httpUrl: () => http.url,
    onVersion: (deviceId, version) => live.reportedVersion(deviceId, version),
    updates: updatesOf(() => batches),
    requireDevice,
    findDevices: (productKey, deviceName) => devices.find(productKey, deviceName),
    deviceOf: deviceId => devices.byId(deviceId),
  })
  stack.defer(() => services.close())
  const attempts = new ConnectionAttempts()
  const gateways = createGatewayServices({ clock, store, settings, products, devices, relations, calls, downlink, trace, attempts, broker: () => broker, events, onOnline })
  const groupServices = await openGroupServices({ store, settings, devices, now: () => clock.now(), tagOf: services.tagOf, tagsOf: services.tagsOf })
  const deviceBatches = await openDeviceBatchServices({ store, log: log.child({ part: 'device batches' }), products, devices, now: () => clock.now() })
  stack.defer(() => deviceBatches.close())
  const topicServices = await openTopicServices({
    store,
    settings,
    calls,
    downlink,
    trace,
    now: () => clock.now(),
    requireProduct,
    requireDevice,
    onlineDevices: productKey => devices.onlineOf(productKey),
    broker: () => broker,
    onTopicsChanged: () => broker?.topicsChanged(),
  })
  const remoteConfig = await openRemoteConfigServices({ store, settings, clock, devices, calls, downlink, trace, requireProduct, placeFor: deviceId => http.placeFor(deviceId), downloadFaults: faults.downloads })
  const uplink = createUplink({
    clock,
    log: log.child({ part: 'uplink' }),
    store,
    latest,
    live,
    trace,
    downlink,
    faults: faults.uplink,
    times,
    handlers: {
      ...thingHandlers({
        modelOf: (productKey) => {
          const product = products.lookup(productKey)
          return { model: product?.compiled ?? null, level: product?.validation ?? 'weak' }
        },
        applyLimits: () => settings.get('limits.applyCloud'),
        findSubDevice: gateways.findSubDevice,
      }),
      ...desiredHandlers({ values: desired, applyLimits: () => settings.get('limits.applyCloud') }),
      ...deviceHandlers,
      ...services.handlers,
      ...remoteConfig.handlers,
      ...gateways.handlers,
      ...raw.handlers,
    },
  })
  raw.join(uplink)
  const simulation = await openSimulationServices({ clock, log: log.child({ part: 'simulation' }), store, settings, version: config.version, products, devices, fleets, trace, broker: () => broker, methods: () => methods() })
  const replays = openReplayServices({ config, clock, log: log.child({ part: 'replay' }), store, products, devices, tail, network, broker: () => broker })
  const deviceEvents = createDeviceEvents({ clock, devices, live, trace, history: services.history, onRefused: uplink.countRefused, onKicked: (productKey, deviceName) => fleets.kicked(productKey, deviceName), seats: simulation })
  // Declared as functions because sub-devices' sessions, which uplink needs, begin and end as connections do, which come after it.
  function events(): DeviceEvents {
    return deviceEvents
  }
  function onOnline(client: BrokerClient, causeId?: number): void {
    deviceEvents.onOnline(client, causeId)
    if (settings.get('desired.pushOnConnect'))
      pushDesired({ log, desired, calls, modelOf }, client.device)
    services.onOnline(client.device)
    const device = devices.byId(client.device.deviceId)
    if (device)
      batches?.onOnline(device)
  }
  const authority = createAuthority({ dir: path.join(config.workspaceDir, 'certificate'), now: () => clock.now(), names: () => ['localhost', hostname(), '127.0.0.1', '::1', ...networkAddresses()] })
  const tokens = await DeviceTokens.open(store)
  const registration = createDeviceRegistration({ clock, products, devices, tokens, trace, onRefused: uplink.countRefused, mqttPort: () => broker?.address.port ?? null })
  const ota = await openOtaServices({
    store,
    settings,
    clock,
    log: log.child({ part: 'ota' }),
    work,
    workspaceDir: config.workspaceDir,
    requireProduct: productKey => products.get(productKey),
    requireDevice,
    server: http,
    isRolledOut: packageId => batches?.isInUse(packageId) ?? false,
  })
  stack.defer(() => ota.close())
  batches = await openOtaBatchServices({
    clock,
    log: log.child({ part: 'batches' }),
    store,
    downlink,
    ota,
    downloadFaults: faults.downloads,
    applyLimits: () => settings.get('limits.applyCloud'),
    devicesOf: productKey => devices.ofProduct(productKey),
    allDevices: () => devices.all(),
    deviceOf: deviceId => devices.byId(deviceId),
    lookup: (productKey, deviceName) => devices.lookup(productKey, deviceName),
    requireDevice,
    devicesOfGroup: group => groupServices.deviceIdsOf(group, true),
    isInGroup: groupServices.isIn,
    groupsChanged: groupServices.changed,
    versionsOf: services.versionsOf,
    methods: () => methods(),
    trace,
    disconnect: (deviceId, reason) => broker?.disconnect(deviceId, reason),
  })
  const openBatches = batches
  stack.defer(() => openBatches.close())
  await http.open([...registration.routes, ...services.routes, ...remoteConfig.routes, rootRoute(authority), ...ota.routes], authority.server)
  stack.defer(() => http.close())
  if (config.mqtt) {
    const listening = await openDevicePort({
      host: deviceHost,
      port: config.mqtt.port,
      clock,
      log: log.child({ part: 'broker' }),
      store,
      hooks: brokerHooks({ devices, registration, topics: topicServices, gateways, events: deviceEvents, attempts, faults: faults.hooks, batches: () => batches, onPublish: uplink.onPublish, onOnline: client => onOnline(client) }),
      certificate: authority.server,
      strictSubscriptions: settings.get('platform.strictSubscriptions'),
      applyLimits: () => settings.get('limits.applyCloud'),
    }, notices)
    broker = listening
    stack.defer(() => listening.close())
  }
  stack.defer(() => fleets.close())
  stack.defer(() => simulation.close())
  stack.defer(() => replays.close())

  const openThrowAway = (workspaceDir: string): Promise<Engine> => createEngine({ ...config, workspaceDir, mqtt: { host: '127.0.0.1', port: 0 }, openDeviceHttp: null, openApiHttp: null }, { clock, log: silentLog, seed })
  const machine = openMachineServices({ config, clock, log, store, settings, devices, fleets, notices, memory, broker: () => broker, totals: () => ({ ...uplink.totals(), down: downlink.count() }), feedDropped: () => feedDropped, faultsOn: () => faults.count() + openBatches.exercises.running, openThrowAway })
  stack.defer(() => machine.close())
  const { status } = machine
  const runs = await openRunServices({ clock, log, store, fleets, devices, status, refusals, hasVirtualTime: config.hasVirtualTime ?? false, stack })

  const address = broker?.address ?? null
  let openApiHttp: OpenApiListener | undefined
  const openApi = await openOpenApiServices({
    clock,
    log: log.child({ part: 'openapi' }),
    store,
    trace,
    methods,
    findDevice: named => 'iotId' in named ? devices.byIotId(named.iotId) : devices.lookup(named.productKey, named.deviceName),
    url: () => openApiHttp?.url ?? null,
  })
  const scenarios = openScenarioServices({ config, clock, methods, makeSeed: () => nextSeed++ >>> 0, keep: runs.keepScenarioResult, stack })
  const api = createApi({
    clock,
    store,
    settings,
    products,
    devices,
    latest,
    live,
    tail,
    trace,
    times,
    notices,
    fleets,
    openValueScripts: () => work.track(openValueScripts(() => performance.now())),
    machine,
    calls,
    desired,
    services,
    topicServices,
    productTags,
    groupServices,
    deviceBatches,
    raw,
    debug,
    remoteConfig,
    openApi,
    ota,
    batches,
    faults,
    simulation,
    replays,
    runs,
    scenarios,
    clientOf: deviceId => broker?.clientOf(deviceId),
    disconnect: (deviceId, reason) => broker?.disconnect(deviceId, reason),
    tokens,
    attempts,
    firmwareChecks,
    deviceAddress: address,
    certificates: { authority, httpUrl: () => http.url },
    http,
    gateways,
    forgetDevice: createForgetDevice({
      store,
      broker: () => broker,
      inRows: [{ forget: deviceId => faults.forgetDevice(devices.byId(deviceId)) }, debug, services, gateways, groupServices, remoteConfig, topicServices, simulation],
      inMemory: [latest, desired, tokens, attempts, openBatches, firmwareChecks],
    }),
    // Fleets split their seed by device name, so neighbouring seeds have nothing in common.
    makeSeed: () => nextSeed++ >>> 0,
    readSampleModel: () => readFile(path.join(config.resourcesDir, 'products', 'thermostat.tsl.json'), 'utf8'),
    onFeedDropped: countFeedDropped,
    info: () => describeApp({ config, engineId, store, address, httpUrl: http.url, startedAt, notices }),
  })
  // A function, because the API is a part of what it calls.
  function methods(): EngineApi['methods'] {
    return api.methods
  }
  openApiHttp = await openOpenApiPort(config, { openToNetwork: settings.get('openapi.openToNetwork'), answer: openApi.answer, certificate: authority.server, notices, stack })
  if (broker && config.resumeFleets !== false) {
    simulation.resume()
    await fleets.resume()
  }
  return {
    engineId,
    api,
    mqtt: address,
    httpUrl: http.url,
    openApiUrl: openApiHttp?.url ?? null,
    startedEmpty,
    comeToRest: () => comeToRest([() => network.isIdle, () => work.isDone, store.isIdle]),
    close: () => stack.disposeAsync(),
  }
}
