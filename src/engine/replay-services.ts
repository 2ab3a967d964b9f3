import type { Clock } from '../shared/clock.ts'
import type { DeviceIdentity } from '../shared/contract/device.ts'
import type { Announcer } from '../shared/feed.ts'
import type { Log } from '../shared/log.ts'
import type { Broker, BrokerClient } from './broker/types.ts'
import type { EngineConfig } from './config.ts'
import type { InProcessNetwork } from './in-process-network.ts'
import type { DeviceRecord, DeviceRegistry } from './platform/device/registry.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { ReplayOccupant, RowSource } from './replay/types.ts'
import type { Store, StoredTrace } from './store/types.ts'
import { randomUUID } from 'node:crypto'
import { limits } from '../shared/limits.ts'
import { loopbackOf } from './fleet/broker-address.ts'
import { SingleLinks } from './fleet/single-link.ts'
import { makeDeviceSecret, makeIotId } from './identity.ts'
import { toStoreFilter } from './platform/trace/filter.ts'
import { identityOf } from './platform/trace/present.ts'
import { Replays } from './replay/replays.ts'
import { simulatorOf } from './simulated-by.ts'

export interface ReplayServicesContext {
  config: Pick<EngineConfig, 'version' | 'hasVirtualTime'>
  clock: Clock
  log: Log
  store: Store
  products: Pick<ProductRegistry, 'get' | 'lookup'>
  devices: DeviceRegistry
  /** Announces every row that is kept. */
  tail: Announcer<StoredTrace>
  network: InProcessNetwork
  /** Undefined while nothing listens for devices. */
  broker: () => Pick<Broker, 'address' | 'clientOf'> | undefined
}

/** Recordings that are played again by devices with connections of their own. */
export interface ReplayServices extends Pick<Replays, 'methods' | 'streams'> {
  close: () => Promise<void>
}

/** Joins the replays with what they play from and to. In virtual time their devices do without sockets, whose time is that of the wall. */
export function openReplayServices({ config, clock, log, store, products, devices, tail, network, broker }: ReplayServicesContext): ReplayServices {
  const links = new SingleLinks({ clock, version: config.version, dial: config.hasVirtualTime ? options => network.dial(options) : undefined })
  const findDeviceIds = (productKey: string | undefined, deviceName: string | undefined): number[] => Array.from(devices.find(productKey, deviceName), device => device.deviceId)
  const nameDevice = (deviceId: number): DeviceIdentity | undefined => devices.byId(deviceId)
  const requireDevice = ({ productKey, deviceName }: DeviceIdentity): DeviceRecord => {
    products.get(productKey)
    return devices.get(productKey, deviceName)
  }
  const replays = new Replays({
    clock,
    log,
    makeId: randomUUID,
    openKept: ({ filter, devices: chosen }): RowSource => {
      // Without an end a replay would go on to play itself.
      const { deviceId, deviceIds, ...rest } = toStoreFilter({ ...filter, toAt: Math.min(filter.toAt ?? Infinity, clock.now()) }, findDeviceIds)
      const asked = deviceId === undefined ? deviceIds : [deviceId]
      const named = chosen?.map(device => requireDevice(device).deviceId)
      const ids = named === undefined ? asked : asked === undefined ? named : named.filter(id => asked.includes(id))
      const storeFilter = ids === undefined ? rest : ids.length === 1 ? { ...rest, deviceId: ids[0]! } : { ...rest, deviceIds: ids }
      return {
        read: async (after, signal, timeLimitMs = limits.readTimeoutMs) => {
          const page = await store.traces.page(storeFilter, { after, limit: limits.tracePageRowsMax, timeLimitMs }, signal)
          const rows = page.rows.map(({ id, at, direction, topic, qos, payload, ...row }) => ({ place: id, at, direction, topic, qos: qos === 1 ? 1 as const : 0 as const, payload, ...identityOf(row, nameDevice) }))
          return { rows, next: page.nextId, share: page.scannedShare }
        },
      }
    },
    isSubDevice: productKey => products.lookup(productKey)?.nodeType === 'sub-device',
    requireDevice,
    ensureDevices: async (productKey, names) => {
      products.get(productKey)
      const missing = names.filter(name => !devices.lookup(productKey, name))
      if (missing.length > 0)
        await devices.create(productKey, missing.map(deviceName => ({ deviceName, deviceSecret: makeDeviceSecret(), iotId: makeIotId(), simulated: true })), clock.now())
      return names.map(name => devices.get(productKey, name))
    },
    occupantOf: (deviceId) => {
      const client = broker()?.clientOf(deviceId)
      return client === undefined ? null : describe(client)
    },
    isListening: () => broker() !== undefined,
    connect: ({ deviceId, productKey, deviceName }, replay, events) => {
      const address = broker()?.address
      const device = devices.byId(deviceId)
      return address === undefined || device?.deletedAt !== null
        ? undefined
        : links.connect({ host: loopbackOf(address.host), port: address.port, tls: null }, { productKey, deviceName, deviceSecret: device.deviceSecret }, { replay }, { ...events, onMessage: () => {} })
    },
    listen: (signal, listener) => tail.listen(signal, listener),
  })
  return {
    methods: replays.methods,
    streams: replays.streams,
    close: async () => {
      replays.close()
      await links.close()
    },
  }
}

function describe(client: BrokerClient): ReplayOccupant {
  const { gateway, remoteAddress, parameters } = client
  return { by: gateway ? 'gateway' : simulatorOf(client) ?? 'real', remoteAddress, replayId: parameters.get('_replay') ?? null }
}
