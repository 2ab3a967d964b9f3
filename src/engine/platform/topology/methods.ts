import type { SignedSubDevice } from '../../../shared/alink/sub-device.ts'
import type { TopicIdentity } from '../../../shared/alink/topic.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceState } from '../../../shared/contract/device.ts'
import type { SubDevice } from '../../../shared/contract/topology.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceCalls, FeatureDevice } from '../feature.ts'
import type { RelationChange } from './relations.ts'
import type { RelationRow } from './rows.ts'
import type { Directory, Refusal, TopologyDevice } from './types.ts'
import { namesOf, subDeviceSignContent } from '../../../shared/alink/sub-device.ts'
import { buildGatewayPermit, buildTopologyNotify } from '../../../shared/alink/topology.ts'
import { AppError } from '../../../shared/errors.ts'
import { sendNotice, tellChange } from './notices.ts'
import { checkAdding, checkAll, checkJoining, findNamed, refuseCount, refuseGateway } from './rules.ts'

export interface TopologyMethodContext extends Directory {
  store: Pick<Store, 'upsert' | 'flush'>
  calls: DeviceCalls
  now: () => number
  applyLimits: () => boolean
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
  /** What the list shows of a device; undefined when it is deleted. */
  stateOf: (deviceId: number) => (TopicIdentity & { iotId: string, state: DeviceState, stateSince: number | null }) | undefined
  isLoggedIn: (gatewayId: number, deviceId: number) => boolean
  /** Ends the session of a sub-device and tells its gateway. */
  endSession: (deviceId: number, reason: { code: number, message: string }) => void
}

type SignedClaim = Parameters<EngineApi['methods']['topology.addSigned']>[0]['devices'][number]
type Handlers = Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `topology.${string}`>>

/** What the console and the command line can do with gateways and their sub-devices; in the trace under the names of the cloud's API. */
export function topologyMethodHandlers(context: TopologyMethodContext): Handlers {
  const { relations, calls, requireDevice, stateOf } = context
  return {
    'topology.list': ({ productKey, deviceName, offset, limit }) => {
      const { deviceId } = requireDevice(productKey, deviceName)
      const gateway = stateOf(relations.gatewayOf(deviceId) ?? 0)
      const rows = relations.of(deviceId)
      return {
        gateway: gateway === undefined ? null : { productKey: gateway.productKey, deviceName: gateway.deviceName, state: gateway.state },
        subDevices: rows.slice(offset, offset + limit).flatMap(row => present(context, row) ?? []),
        total: rows.length,
      }
    },
    'topology.add': async ({ productKey, deviceName, devices: names }) => {
      const gateway = requireDevice(productKey, deviceName)
      return join(context, gateway, requireJoining(context, gateway, names, name => checkJoining(context, gateway, name)))
    },
    'topology.addSigned': async ({ productKey, deviceName, devices: claims }) => {
      const gateway = requireDevice(productKey, deviceName)
      return join(context, gateway, requireJoining(context, gateway, claims.map(toSigned), claim => checkAdding(context, gateway, claim)))
    },
    'topology.remove': async ({ devices: names }) => {
      const devices = requireNamed(context, names)
      const loose = devices.find(({ deviceId }) => relations.gatewayOf(deviceId) === undefined)
      if (loose !== undefined)
        throw refused({ code: 6401, message: `The device ${loose.productKey}/${loose.deviceName} is not a sub-device of any gateway.` }, loose)
      const changes = Array.from(Map.groupBy(devices, ({ deviceId }) => relations.gatewayOf(deviceId)!), ([gatewayId, own]) => ({ gatewayId, own }))
      await keep(context, relations.remove(devices.map(({ deviceId }) => deviceId)))
      for (const { gatewayId, own } of changes) {
        const gateway = context.deviceOf(gatewayId)
        if (gateway !== undefined)
          tellChange(calls, { ...gateway, deviceId: gatewayId }, 'RemoveThingTopo', 'removed', own)
        for (const { deviceId } of own)
          context.endSession(deviceId, { code: 6401, message: `The relation with its gateway ${gateway?.deviceName} was ended in the console.` })
      }
      await context.store.flush()
      return { removed: devices.length }
    },
    'topology.notify': async ({ productKey, deviceName, devices: names }) => {
      const gateway = requireDevice(productKey, deviceName)
      const devices = requireJoining(context, gateway, names, name => checkJoining(context, gateway, name))
      const { messageId, traceId } = sendNotice(calls, gateway, 'NotifyAddThingTopo', id => buildTopologyNotify(gateway, devices, id))
      await context.store.flush()
      return { messageId, traceId }
    },
    'topology.permit': async ({ productKey, deviceName, subProductKey, timeSec }) => {
      const gateway = requireDevice(productKey, deviceName)
      const refusal = refuseGateway(context, gateway)
      if (refusal !== null)
        throw refused(refusal, gateway)
      if (context.findProduct(subProductKey) === undefined)
        throw new AppError('product/not-found', `This workspace has no product ${subProductKey}.`, { productKey: subProductKey })
      const { messageId, traceId } = sendNotice(calls, gateway, 'PermitGateway', id => buildGatewayPermit(gateway, subProductKey, timeSec, id))
      await context.store.flush()
      return { messageId, traceId }
    },
  }
}

function present({ stateOf, isLoggedIn }: TopologyMethodContext, { deviceId, gatewayId, addedAt }: RelationRow): SubDevice | undefined {
  const device = stateOf(deviceId)
  return device && { ...device, addedAt, isLoggedIn: isLoggedIn(gatewayId, deviceId) }
}

async function keep({ store }: TopologyMethodContext, changes: readonly RelationChange[]): Promise<void> {
  for (const { key, statement } of changes)
    store.upsert(key, statement)
  await store.flush()
}

/** Puts devices under a gateway and tells it; those that are there already stay as they are. */
async function join(context: TopologyMethodContext, gateway: FeatureDevice, devices: readonly TopologyDevice[]): Promise<{ messageId: string | null }> {
  const { relations, calls, now, store } = context
  const added = devices.filter(({ deviceId }) => relations.gatewayOf(deviceId) !== gateway.deviceId)
  if (added.length === 0)
    return { messageId: null }
  await keep(context, relations.add(gateway.deviceId, added.map(({ deviceId }) => deviceId), now()))
  const messageId = tellChange(calls, gateway, 'BatchAddThingTopo', 'added', added)
  await store.flush()
  return { messageId }
}

/** A claim as thing/topo/add carries it: signed is what was given besides the signature and its method. */
function toSigned({ sign, signMethod = '', ...params }: SignedClaim): SignedSubDevice {
  return { ...params, clientId: params.clientId ?? '', sign, signMethod, signedContent: subDeviceSignContent(withoutUndefined(params)) }
}

function withoutUndefined(params: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** The devices if `check` lets all of them become sub-devices of the gateway. */
function requireJoining<T extends TopicIdentity>(context: TopologyMethodContext, gateway: FeatureDevice, entries: readonly T[], check: (entry: T) => TopologyDevice | Refusal): TopologyDevice[] {
  const notGateway = refuseGateway(context, gateway)
  if (notGateway !== null)
    throw refused(notGateway, gateway)
  const checked = checkAll(entries, check)
  if ('refusal' in checked)
    throw refused(checked.refusal, checked.culprit)
  const tooMany = refuseCount(context, gateway, checked.devices, context.applyLimits())
  if (tooMany !== null)
    throw refused(tooMany, gateway)
  return checked.devices
}

function requireNamed(context: TopologyMethodContext, names: readonly TopicIdentity[]): TopologyDevice[] {
  const checked = checkAll(names, name => findNamed(context, name))
  if ('refusal' in checked)
    throw refused(checked.refusal, checked.culprit)
  return checked.devices
}

function refused({ code, message }: Refusal, identity: TopicIdentity): AppError {
  return new AppError(code === 6100 ? 'device/not-found' : code === 5005 ? 'product/not-found' : 'topology/refused', message, { ...namesOf(identity), platformCode: code })
}
