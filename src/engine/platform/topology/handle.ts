import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { ParamsProblem } from '../../../shared/alink/sub-device.ts'
import type { TopicIdentity } from '../../../shared/alink/topic.ts'
import type { RequestVerdict } from '../answer-request.ts'
import type { FeatureDevice } from '../feature.ts'
import type { Refusal, TopologyContext, TopologyDevice } from './types.ts'
import { isProblem, namesOf, parseSignedSubDevices, parseSubDevices } from '../../../shared/alink/sub-device.ts'
import { parseProxyClaims } from '../../../shared/alink/topology.ts'
import { limits } from '../../../shared/limits.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { checkAdding, checkAll, checkMember, checkProxyClaim, checkRegistration, findNamed, isRefusal, refuseCount, refuseFound, refuseGateway, refuseLength } from './rules.ts'

/** A request that has a wrong form (460). */
export function refuseForm({ expected, got }: ParamsProblem): RequestVerdict {
  return { issue: { code: 460, path: '', rule: 'bad-form', expected, got: toSnippet(got) } }
}

/** `thing/topo/add`: one that cannot be added refuses all (Alink 3.1). */
export function addRelations(context: TopologyContext, gateway: FeatureDevice, { params }: AlinkRequest, at: number): RequestVerdict {
  const claims = parseSignedSubDevices(params)
  if (isProblem(claims))
    return refuseForm(claims)
  const refused = refuseGateway(context, gateway)
  if (refused !== null)
    return { refusal: refused }
  const checked = checkAll(claims, claim => checkAdding(context, gateway, claim))
  if ('refusal' in checked)
    return { refusal: checked.refusal }
  const { devices } = checked
  const tooMany = refuseCount(context, gateway, devices, context.applyLimits())
  if (tooMany !== null)
    return { refusal: tooMany }
  return { data: devices.map(namesOf), statements: context.relations.add(gateway.deviceId, devices.map(idOf), at) }
}

/** `thing/topo/delete`: ends the relations, and with them the sessions of the sub-devices (Alink 3.2). */
export function deleteRelations(context: TopologyContext, gateway: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const identities = parseSubDevices(params)
  if (isProblem(identities))
    return refuseForm(identities)
  const checked = checkAll(identities, identity => checkMember(context, gateway, identity))
  return 'refusal' in checked ? { refusal: checked.refusal } : { data: checked.devices.map(namesOf), ...leave(context, gateway, checked.devices) }
}

function leave({ relations, sessions }: TopologyContext, gateway: FeatureDevice, devices: readonly TopologyDevice[]): Pick<RequestVerdict, 'statements' | 'afterwards'> {
  return {
    statements: relations.remove(devices.map(idOf)),
    afterwards: id => devices.forEach(({ deviceId }) => sessions.logout(deviceId, { code: 6401, message: `Its gateway ${gateway.deviceName} ended the relation.` }, id)),
  }
}

/** `thing/topo/get`: whoever asks, a device without sub-devices has none (Alink 3.3). */
export function getRelations({ relations, deviceOf }: TopologyContext, { deviceId }: FeatureDevice): RequestVerdict {
  return { data: relations.of(deviceId).flatMap(row => deviceOf(row.deviceId) ?? []).map(namesOf) }
}

/** `thing/list/found`: taken note of, which is all that the cloud does before somebody decides (Alink 3.4). */
export function noteFound(context: TopologyContext, { params }: AlinkRequest): RequestVerdict {
  const identities = parseSubDevices(params)
  if (isProblem(identities))
    return refuseForm(identities)
  const refusal = identities.map(identity => refuseFound(context, identity)).find(refused => refused !== null)
  return refusal === undefined ? {} : { refusal }
}

/** `thing/sub/register`: gives a gateway the secrets of its sub-devices; one that has to be refused refuses all (Alink 2.3). */
export function registerSubDevices(context: TopologyContext, gateway: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const identities = parseSubDevices(params)
  if (isProblem(identities))
    return refuseForm(identities)
  const refused = refuseGateway(context, gateway) ?? refuseLength(identities.length, limits.subDevicesPerRegisterMax, context.applyLimits())
  if (refused !== null)
    return { refusal: refused }
  const checked = checkAll(identities, identity => checkRegistration(context, gateway, identity))
  return 'refusal' in checked
    ? { refusal: checked.refusal }
    : { data: checked.devices.map(({ deviceName, deviceSecret, iotId, productKey }) => ({ deviceName, deviceSecret, iotId, productKey })) }
}

/** `thing/sub/unregister`: the sub-devices leave the gateway; they stay in the registry, where only a person deletes (Alink 2.3). */
export function unregisterSubDevices(context: TopologyContext, gateway: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const identities = parseSubDevices(params)
  if (isProblem(identities))
    return refuseForm(identities)
  const isFree = (identity: TopicIdentity): TopologyDevice | Refusal => {
    const device = findNamed(context, identity)
    return isRefusal(device) || context.relations.gatewayOf(device.deviceId) === undefined ? device : checkMember(context, gateway, identity)
  }
  const checked = checkAll(identities, isFree)
  if ('refusal' in checked)
    return { refusal: checked.refusal }
  return leave(context, gateway, checked.devices.filter(({ deviceId }) => context.relations.gatewayOf(deviceId) !== undefined))
}

/** `thing/proxy/provisioning/product_register`: each on its own, and the reply is 200 whatever came of them (Alink 2.4). */
export function registerByProduct(context: TopologyContext, gateway: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const claims = parseProxyClaims(params)
  if (isProblem(claims))
    return refuseForm(claims)
  const refused = refuseGateway(context, gateway) ?? refuseLength(claims.length, limits.subDevicesPerRegisterMax, context.applyLimits())
  if (refused !== null)
    return { refusal: refused }
  const verdicts = claims.map(claim => ({ claim, verdict: checkProxyClaim(context, gateway, claim) }))
  const failures = verdicts.flatMap(({ claim, verdict }) => isRefusal(verdict) ? [{ claim, refusal: verdict }] : [])
  return {
    data: {
      failures: failures.map(({ claim: { productKey, deviceName }, refusal: { code } }) => ({ productKey, deviceName, errorDetail: { code } })),
      successes: verdicts.flatMap(({ verdict }) => isRefusal(verdict) ? [] : [{ productKey: verdict.productKey, deviceName: verdict.deviceName, deviceSecret: verdict.deviceSecret }]),
    },
    afterwards: id => failures.forEach(({ claim, refusal }) => context.onRegistrationRefused(claim, refusal, id)),
  }
}

function idOf({ deviceId }: TopologyDevice): number {
  return deviceId
}
