import type { EnableNotice } from '../shared/alink/enable.ts'
import type { TopologyChange } from '../shared/alink/topology.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { DeviceIdentity } from '../shared/contract/device.ts'
import type { BrokerClient, BrokerHooks } from './broker/types.ts'
import type { DeviceRecord } from './platform/device/registry.ts'
import type { DeviceCalls, FeatureDevice, FeatureHandlers } from './platform/feature.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { FindSubDevice } from './platform/thing/types.ts'
import type { Relations } from './platform/topology/relations.ts'
import type { Refusal } from './platform/topology/types.ts'
import type { BoundStatement, Store } from './store/types.ts'
import type { SubDeviceSessionsContext } from './sub-device-sessions.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { buildEnableNotice } from '../shared/alink/enable.ts'
import { identityIn, replyTopic } from '../shared/alink/topic.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { limits } from '../shared/limits.ts'
import { enableOperations, sendEnableNotice } from './platform/device/feature.ts'
import { deviceState } from './platform/device/registry.ts'
import { topologyHandlers } from './platform/topology/feature.ts'
import { LoginRates } from './platform/topology/login-rates.ts'
import { topologyMethodHandlers } from './platform/topology/methods.ts'
import { tellChange } from './platform/topology/notices.ts'
import { deleteRelationsOf } from './platform/topology/rows.ts'
import { createSubDeviceSessions } from './sub-device-sessions.ts'

export interface GatewayServicesContext extends SubDeviceSessionsContext {
  store: Store
  settings: SettingsStore
  products: ProductRegistry
  relations: Relations
  calls: DeviceCalls
  trace: Pick<TraceKeeper, 'record'>
}

/** What the platform does for gateways and their sub-devices (Alink 2.3, 2.4, 3 and 7.8). */
export interface GatewayServices extends Required<Pick<BrokerHooks, 'onForeignTopic'>> {
  handlers: FeatureHandlers
  methods: Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `topology.${string}`>>
  onOffline: (client: BrokerClient, reason: Refusal) => void
  findSubDevice: FindSubDevice
  /** The gateway of a sub-device. */
  gatewayOf: (deviceId: number) => DeviceIdentity | null
  /** Tells a sub-device and its gateway what happens to it, before its session ends. */
  tell: (device: DeviceRecord, what: EnableNotice) => void
  /** Lets go of a deleted device; returns what the store has to write. */
  forget: (deviceId: number) => BoundStatement[]
}

const changeOf: Record<EnableNotice, TopologyChange> = { disable: 'disabled', enable: 'enabled', delete: 'removed' }

/** Joins topology with the sessions of sub-devices. */
export function createGatewayServices(context: GatewayServicesContext): GatewayServices {
  const { store, settings, products, devices, relations, calls, clock, downlink } = context
  const sessions = createSubDeviceSessions(context)
  const rates = new LoginRates()
  const openNotices = new Set<string>()
  const now = (): number => clock.now()
  const applyLimits = (): boolean => settings.get('limits.applyCloud')
  const directory = {
    relations,
    findProduct: (productKey: string) => products.lookup(productKey),
    findDevice: (productKey: string, deviceName: string) => devices.lookup(productKey, deviceName),
    deviceOf: (deviceId: number) => devices.byId(deviceId),
  }

  /** The answer to a notice is let through although the sub-device has no session when it comes. */
  function expectAnswer(gatewayId: number, topic: string): void {
    openNotices.add(`${gatewayId} ${replyTopic(topic)}`)
    if (openNotices.size > limits.subDeviceNoticesOpenMax)
      openNotices.delete(openNotices.values().next().value!)
  }

  function tell(device: DeviceRecord, what: EnableNotice): void {
    calls.note(device, enableOperations[what], {})
    const gateway = devices.byId(relations.gatewayOf(device.deviceId) ?? 0)
    if (products.lookup(device.productKey)?.nodeType === 'sub-device') {
      // Whoever has no session is told through its gateway all the same: being enabled ends having none.
      const via = device.online || !gateway?.online ? device : gateway
      if (gateway)
        expectAnswer(gateway.deviceId, buildEnableNotice(device, what, '').topic)
      sendEnableNotice(downlink, device, what, calls.nextId(), via)
    }
    if (gateway)
      tellChange(calls, gateway, enableOperations[what], changeOf[what], [device])
  }

  function onForeignTopic(publisher: FeatureDevice, topic: string): Refusal | null | undefined {
    const named = identityIn(topic)
    if (named === null || (named.productKey === publisher.productKey && named.deviceName === publisher.deviceName))
      return undefined
    if (openNotices.delete(`${publisher.deviceId} ${topic}`))
      return null
    const device = devices.lookup(named.productKey, named.deviceName)
    const isOwn = device !== undefined && relations.gatewayOf(device.deviceId) === publisher.deviceId
    const couldBe = products.lookup(publisher.productKey)?.nodeType === 'gateway' && products.lookup(named.productKey)?.nodeType === 'sub-device'
    if (device === undefined || (!isOwn && !couldBe))
      return undefined
    const other = sessions.gatewayOf(device.deviceId)
    const state = other ? `logged in through the gateway ${other.deviceName}` : device.online ? 'connected by itself' : 'not logged in'
    const refusal = { code: 520, message: `${publisher.deviceName} may not publish on ${topic}: ${device.deviceName} is ${state}. The gateway has to log it in first (combine/login).` }
    if (isOwn && !device.online)
      device.lastProblem = { at: now(), ...refusal }
    return refusal
  }

  /** The reply of the gateway's request says 200 all the same, so each refusal is a record of its own (Alink 2.4). */
  function onRegistrationRefused({ productKey, deviceName }: DeviceIdentity, { code, message }: Refusal, causeId: number): void {
    const device = devices.lookup(productKey, deviceName)
    context.trace.record({
      at: now(),
      deviceId: device?.deviceId ?? 0,
      deviceKey: device ? null : `${productKey.slice(0, 64)}/${deviceName.slice(0, 64)}`,
      operation: 'register',
      content: { productKey, deviceName },
      code,
      detail: packDetail({ issues: [], steps: [{ bizCode: 'ThingTopo', operation: 'thing.proxy.provisioning.product_register', code, message }] }),
      causeId: causeId || null,
    })
  }

  return {
    handlers: topologyHandlers({ ...directory, sessions, rates, now, applyLimits, onRegistrationRefused }),
    methods: topologyMethodHandlers({
      ...directory,
      store,
      calls,
      now,
      applyLimits,
      requireDevice: (productKey, deviceName) => devices.get(productKey, deviceName),
      stateOf: (deviceId) => {
        const device = devices.byId(deviceId)
        if (device === undefined || device.deletedAt !== null)
          return undefined
        const { productKey, deviceName, iotId, online, lastOnlineAt, lastOfflineAt } = device
        return { productKey, deviceName, iotId, state: deviceState(device), stateSince: online ? lastOnlineAt : lastOfflineAt ?? lastOnlineAt }
      },
      isLoggedIn: sessions.has,
      endSession: sessions.end,
    }),
    onForeignTopic,
    onOffline: sessions.onOffline,
    findSubDevice: (gateway, productKey, deviceName) => {
      const device = devices.lookup(productKey, deviceName)
      if (device === undefined)
        return 6100
      return relations.gatewayOf(device.deviceId) === gateway.deviceId ? device : 6401
    },
    gatewayOf: (deviceId) => {
      const gateway = devices.byId(relations.gatewayOf(deviceId) ?? 0)
      return gateway ? { productKey: gateway.productKey, deviceName: gateway.deviceName } : null
    },
    tell,
    forget: (deviceId) => {
      relations.forget(deviceId)
      rates.forget(deviceId)
      return [{ statement: deleteRelationsOf, params: [deviceId] }]
    },
  }
}
