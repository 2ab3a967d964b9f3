import type { Broker, BrokerHooks } from './broker/types.ts'
import type { Engine, EngineConfig, EngineWorld } from './config.ts'
import type { Migration, StoredTrace } from './store/types.ts'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../shared/errors.ts'
import { createApi } from './api.ts'
import { createBroker } from './broker/broker.ts'
import { sessionTables } from './broker/session-rows.ts'
import { createDeviceEvents } from './device-events.ts'
import { createDownlink } from './downlink.ts'
import { Announcer } from './feed.ts'
import { createFleetHost } from './fleet/fleet-host.ts'
import { fleetTables } from './fleet/fleet-rows.ts'
import { Fleets } from './fleet/fleets.ts'
import { makeDeviceSecret, makeIotId } from './identity.ts'
import { LiveDevices } from './live-devices.ts'
import { Notices } from './notices.ts'
import { DeviceRegistry } from './platform/device/registry.ts'
import { deviceTables } from './platform/device/rows.ts'
import { ProductRegistry } from './platform/product/registry.ts'
import { productTables } from './platform/product/rows.ts'
import { settingTables } from './platform/settings/rows.ts'
import { openSettings } from './platform/settings/settings.ts'
import { thingHandlers } from './platform/thing/feature.ts'
import { createLatestValues } from './platform/thing/latest.ts'
import { deleteLatest, latestTables } from './platform/thing/rows.ts'
import { createStatusWatch } from './status-watch.ts'
import { openStore } from './store/store.ts'
import { createUplink } from './uplink.ts'

/** Numbered steps of the registry database; a step that has been released is never changed, only followed. */
const migrations: Migration[] = [
  productTables,
  deviceTables,
  settingTables,
  latestTables,
  sessionTables,
  fleetTables,
]
  .map((sql, index) => ({ version: index + 1, name: /CREATE TABLE (\w+)/.exec(sql)?.[1] ?? `step ${index + 1}`, sql }))

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

async function start(config: EngineConfig, { clock, log }: EngineWorld, stack: AsyncDisposableStack): Promise<Engine> {
  const engineId = randomUUID()
  const startedAt = clock.now()
  const notices = new Notices(clock, log)
  const tail = new Announcer<StoredTrace>()
  let broker: Broker | undefined
  let feedDropped = 0
  const countFeedDropped = (items: number): void => { feedDropped += items }

  const store = await openStore({
    dir: config.workspaceDir,
    clock,
    log: log.child({ part: 'store' }),
    migrations,
    // Nothing is dropped before the settings say how long traces are kept.
    keepTracesDays: Number.POSITIVE_INFINITY,
    keepTracesBytesMax: Number.POSITIVE_INFINITY,
    onNotice: ({ code, message }) => notices.add(code === 'write-failing'
      ? 'error'
      : code === 'write-resumed' || code === 'segments-dropped'
        ? 'info'
        : 'warning', code, message),
    onPressure: full => broker?.setPressure(full),
    ...(config.discardTraces === undefined
      ? {}
      : { discard: config.discardTraces }),
  })
  stack.defer(() => store.close())

  const settings = await openSettings(store, log)
  const keepTraces = (): void => store.setRetention({
    keepTracesDays: settings.get('trace.keepDays'),
    keepTracesBytesMax: settings.get('trace.keepBytesMax'),
  })
  keepTraces()
  settings.onChange('trace.keepDays', keepTraces)
  settings.onChange('trace.keepBytesMax', keepTraces)

  const products = await ProductRegistry.open(store)
  const devices = await DeviceRegistry.open(store)
  const latest = createLatestValues(store)
  const live = new LiveDevices(clock, countFeedDropped)
  const startedEmpty = products.all().length === 0 && devices.count === 0

  const fleetHost = createFleetHost({ spawn: config.spawnFleet, clock, log: log.child({ part: 'fleet' }), version: config.version })
  stack.defer(() => fleetHost.close())
  const fleets = await Fleets.open({
    store,
    clock,
    log: log.child({ part: 'fleet' }),
    host: fleetHost,
    modelOf: productKey => products.modelOf(productKey),
    ensureDevices: async (productKey, names) => {
      const missing = names.filter(name => !devices.lookup(productKey, name))
      if (missing.length > 0) {
        const made = missing.map(deviceName => ({
          deviceName,
          deviceSecret: makeDeviceSecret(),
          iotId: makeIotId(),
          simulated: true,
        }))
        await devices.create(productKey, made, clock.now())
      }
      return names.map((name) => {
        const { deviceName, deviceSecret } = devices.get(productKey, name)
        return { productKey, deviceName, deviceSecret }
      })
    },
    broker: () => broker?.address ?? null,
    makeId: randomUUID,
  })

  const downlink = createDownlink({
    clock,
    store,
    tail,
    deliver: (deviceId, message) => broker?.deliver(deviceId, message) ?? 'offline',
  })
  const uplink = createUplink({
    clock,
    store,
    latest,
    live,
    tail,
    downlink,
    handlers: {
      ...thingHandlers({
        modelOf: (productKey) => {
          const product = products.lookup(productKey)
          return { model: product?.compiled ?? null, level: product?.validation ?? 'weak' }
        },
        applyLimits: () => settings.get('limits.applyCloud'),
      }),
    },
  })
  const hooks: BrokerHooks = {
    findDevice: (productKey, deviceName) => devices.lookup(productKey, deviceName),
    onPublish: uplink.onPublish,
    ...createDeviceEvents({
      clock,
      store,
      devices,
      live,
      tail,
      onRefused: uplink.countRefused,
      onKicked: (productKey, deviceName) => fleets.kicked(productKey, deviceName),
    }),
  }
  if (config.mqtt) {
    const options = {
      clock,
      log: log.child({ part: 'broker' }),
      store,
      hooks,
      strictSubscriptions: settings.get('platform.strictSubscriptions'),
    }
    broker = await listen(config.mqtt, port => createBroker({ ...options, host: config.mqtt?.host ?? '127.0.0.1', port }), notices)
    const listening = broker
    stack.defer(() => listening.close())
  }
  stack.defer(() => fleets.close())

  const status = createStatusWatch({
    clock,
    store,
    devices,
    fleets,
    totals: () => ({ ...uplink.totals(), down: downlink.count() }),
    brokerStats: () => broker?.stats(),
    feedDropped: () => feedDropped,
    keptBytesMax: () => settings.get('trace.keepBytesMax'),
  })
  stack.defer(() => status.close())

  const address = broker?.address ?? null
  const api = createApi({
    clock,
    store,
    settings,
    products,
    devices,
    latest,
    live,
    tail,
    notices,
    fleets,
    status,
    clientOf: deviceId => broker?.clientOf(deviceId),
    forgetDevice: async (deviceId) => {
      broker?.disconnect(deviceId, { code: 521, message: 'The device was deleted.' })
      await broker?.forget(deviceId)
      latest.forget(deviceId)
      await store.write([{ statement: deleteLatest, params: [deviceId] }])
    },
    readSampleModel: () => readFile(path.join(config.resourcesDir, 'products', 'thermostat.tsl.json'), 'utf8'),
    onFeedDropped: countFeedDropped,
    info: () => ({
      version: config.version,
      engineId,
      workspace: path.resolve(config.workspaceDir),
      nodeVersion: process.versions.node,
      sqliteVersion: store.sqliteVersion,
      mqtt: { host: address?.host ?? '', port: address?.port ?? 0, wantedPort: config.mqtt?.port ?? 0 },
      http: { url: config.httpUrl ?? '' },
      startedAt,
      notices: notices.all(),
    }),
  })
  if (broker && config.resumeFleets !== false)
    await fleets.resume()
  return {
    engineId,
    api,
    mqtt: address,
    startedEmpty,
    close: () => stack.disposeAsync(),
  }
}

/** Opens the device port; one that is taken is replaced by a free one, and the user is told which program to look for and what to flash. */
async function listen(wanted: { host: string, port: number }, open: (port: number) => Promise<Broker>, notices: Notices): Promise<Broker> {
  try {
    return await open(wanted.port)
  }
  catch (error) {
    const taken = error instanceof AppError && error.details.reason === 'EADDRINUSE'
    if (!taken || wanted.port === 0)
      throw error
    const broker = await open(0)
    notices.add('warning', 'port-taken', `Port ${wanted.port} is taken by another program, so devices connect to port ${broker.address.port} until the next start.`)
    return broker
  }
}
