import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { SignedSubDevice } from '../../../shared/alink/sub-device.ts'
import type { TopicIdentity } from '../../../shared/alink/topic.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { RequestVerdict } from '../answer-request.ts'
import type { FeatureDevice } from '../feature.ts'
import type { Refusal, TopologyContext, TopologyDevice } from './types.ts'
import { parseBatchLogin, parseBatchLogout } from '../../../shared/alink/session.ts'
import { isProblem, namesOf, parseSignedSubDevice, parseSubDevice } from '../../../shared/alink/sub-device.ts'
import { limits } from '../../../shared/limits.ts'
import { refuseForm } from './handle.ts'
import { checkAll, checkLogin, isRefusal, refuseLength } from './rules.ts'

/** `combine/login` (Alink 3.6). */
export function login(context: TopologyContext, gateway: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const claim = parseSignedSubDevice(params)
  return isProblem(claim) ? refuseForm(claim) : logAllIn(context, gateway, [claim], namesOf(claim))
}

/** `combine/batch_login`: all of them or none. */
export function batchLogin(context: TopologyContext, gateway: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const claims = parseBatchLogin(params)
  if (isProblem(claims))
    return refuseForm(claims)
  const refusal = refuseLength(claims.length, limits.subDevicesPerLoginMax, context.applyLimits())
  return refusal === null ? logAllIn(context, gateway, claims, claims.map(namesOf)) : { refusal, data: claims.map(namesOf) }
}

function logAllIn(context: TopologyContext, gateway: FeatureDevice, claims: readonly SignedSubDevice[], data: JsonValue): RequestVerdict {
  const { sessions } = context
  const checked = checkAll(claims, claim => checkLogin(context, gateway, claim))
  const failed = 'refusal' in checked ? checked : refuseLogins(context, gateway, checked.devices, claims)
  if (failed !== null) {
    const { culprit, refusal } = failed
    return { refusal, data: Array.isArray(data) ? [namesOf(culprit)] : data, afterwards: id => sessions.refused(gateway, culprit, refusal, id) }
  }
  const { devices } = checked as { devices: TopologyDevice[] }
  return {
    data,
    afterwards: id => devices.forEach((device) => {
      sessions.login(gateway, device, claimOf(device, claims), id)
    }),
  }
}

function claimOf({ productKey, deviceName }: TopologyDevice, claims: readonly SignedSubDevice[]): SignedSubDevice {
  return claims.find(claim => claim.productKey === productKey && claim.deviceName === deviceName)!
}

/** What the cloud refuses besides the rules: too many sub-devices online (428), too many logins of one (429). */
function refuseLogins({ applyLimits, sessions, rates, now }: TopologyContext, gateway: FeatureDevice, devices: readonly TopologyDevice[], claims: readonly SignedSubDevice[]): { refusal: Refusal, culprit: SignedSubDevice } | null {
  if (!applyLimits())
    return null
  const count = sessions.countOf(gateway.deviceId) + devices.filter(({ deviceId }) => !sessions.has(gateway.deviceId, deviceId)).length
  if (count > limits.subDevicesPerGatewayMax)
    return { refusal: { code: 428, message: `${gateway.deviceName} would have ${count} sub-devices online, and ${limits.subDevicesPerGatewayMax} are allowed.` }, culprit: claims[0]! }
  const hasty = devices.find(({ deviceId }) => !rates.take(deviceId, now()))
  return hasty === undefined
    ? null
    : {
        refusal: {
          code: 429,
          message: `${hasty.deviceName} has logged in ${limits.subDeviceLoginsPerMinuteMax} times within a minute, and more are not allowed.`,
          text: 'rate limit, too many subDeviceOnline msg in one minute',
        },
        culprit: claimOf(hasty, claims),
      }
}

/** `combine/logout` (Alink 3.6). */
export function logout(context: TopologyContext, gateway: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const identity = parseSubDevice(params)
  return isProblem(identity) ? refuseForm(identity) : logAllOut(context, gateway, [identity], namesOf(identity))
}

/** `combine/batch_logout`: all of them or none. */
export function batchLogout(context: TopologyContext, gateway: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const identities = parseBatchLogout(params)
  if (isProblem(identities))
    return refuseForm(identities)
  const refusal = refuseLength(identities.length, limits.subDevicesPerLoginMax, context.applyLimits())
  return refusal === null ? logAllOut(context, gateway, identities, identities.map(namesOf)) : { refusal, data: identities.map(namesOf) }
}

function logAllOut(context: TopologyContext, gateway: FeatureDevice, identities: readonly TopicIdentity[], data: JsonValue): RequestVerdict {
  const { sessions } = context
  const checked = checkAll(identities, identity => checkSession(context, gateway, identity))
  if ('refusal' in checked)
    return { refusal: checked.refusal, data: Array.isArray(data) ? [namesOf(checked.culprit)] : data }
  return {
    data,
    afterwards: id => checked.devices.forEach(({ deviceId }) => sessions.logout(deviceId, { code: 200, message: `Its gateway ${gateway.deviceName} logged it out.` }, id)),
  }
}

/** The device if it is logged in through the gateway; 520 otherwise. */
function checkSession({ findDevice, sessions }: TopologyContext, gateway: FeatureDevice, { productKey, deviceName }: TopicIdentity): TopologyDevice | Refusal {
  const device = findDevice(productKey, deviceName)
  return device !== undefined && !isRefusal(device) && sessions.has(gateway.deviceId, device.deviceId)
    ? device
    : { code: 520, message: `${productKey.slice(0, 80)}/${deviceName.slice(0, 80)} is not logged in through ${gateway.deviceName}.` }
}
