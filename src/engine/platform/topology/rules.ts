import type { SignedSubDevice } from '../../../shared/alink/sub-device.ts'
import type { TopicIdentity } from '../../../shared/alink/topic.ts'
import type { ProxyClaim } from '../../../shared/alink/topology.ts'
import type { FeatureDevice } from '../feature.ts'
import type { Directory, Refusal, TopologyDevice, TopologyProduct } from './types.ts'
import { registrationSignContent } from '../../../shared/alink/register.ts'
import { limits } from '../../../shared/limits.ts'
import { findSignatureFault } from './signature.ts'

const deviceNameForm = /^[\w\-@.:]{4,32}$/

/** Tells a refusal from a device. */
export function isRefusal(verdict: TopologyDevice | Refusal): verdict is Refusal {
  return 'code' in verdict
}

/** The devices, each once, or the first refusal with whom it is about. */
export function checkAll<T extends TopicIdentity>(entries: readonly T[], check: (entry: T) => TopologyDevice | Refusal): { devices: TopologyDevice[] } | { refusal: Refusal, culprit: T } {
  const devices = new Map<number, TopologyDevice>()
  for (const entry of entries) {
    const verdict = check(entry)
    if (isRefusal(verdict))
      return { refusal: verdict, culprit: entry }
    devices.set(verdict.deviceId, verdict)
  }
  return { devices: [...devices.values()] }
}

/** Only devices of a gateway product have sub-devices. */
export function refuseGateway({ findProduct }: Directory, { productKey, deviceName }: FeatureDevice): Refusal | null {
  const nodeType = findProduct(productKey)?.nodeType
  return nodeType === 'gateway'
    ? null
    : { code: 460, message: `${deviceName} cannot have sub-devices: its product ${productKey} has the node type ${nodeType}, and gateway is needed. Change it with: thingbench product update ${productKey} --node-type gateway` }
}

/** The device of that name, whatever it is; 5005 without a product and 6100 without a device (platform codes of topology). */
export function findNamed({ findProduct, findDevice }: Directory, { productKey, deviceName }: TopicIdentity): TopologyDevice | Refusal {
  if (findProduct(productKey) === undefined)
    return { code: 5005, message: `There is no product ${productKey.slice(0, 80)}: compare the product key with the product list.` }
  return findDevice(productKey, deviceName) ?? { code: 6100, message: `There is no device ${productKey}/${deviceName.slice(0, 80)}: compare the name with the device list, or make the device first.` }
}

/** The device if it can become a sub-device of the gateway, signatures aside: 6402, 5005, 6100, 6204, 460, 6619 (Alink 3.1). */
export function checkJoining(directory: Directory, gateway: FeatureDevice, identity: TopicIdentity): TopologyDevice | Refusal {
  if (identity.productKey === gateway.productKey && identity.deviceName === gateway.deviceName)
    return { code: 6402, message: `${gateway.deviceName} cannot be its own sub-device.` }
  const device = findNamed(directory, identity)
  if (isRefusal(device))
    return device
  const { productKey, deviceName } = device
  const { nodeType } = directory.findProduct(productKey) as TopologyProduct
  if (device.disabled)
    return { code: 6204, message: `The device ${productKey}/${deviceName} is disabled; enable it to add it to a gateway.` }
  if (nodeType !== 'sub-device')
    return { code: 460, message: `${deviceName} cannot be a sub-device: its product ${productKey} has the node type ${nodeType}, and sub-device is needed. Change it with: thingbench product update ${productKey} --node-type sub-device` }
  return refuseBound(directory, gateway, device) ?? device
}

/** A sub-device has at most one gateway; adding it to the same one again is no error (Alink 3.1). */
function refuseBound({ relations, deviceOf }: Directory, gateway: FeatureDevice, { deviceId, productKey, deviceName }: TopologyDevice): Refusal | null {
  const owner = relations.gatewayOf(deviceId)
  if (owner === undefined || owner === gateway.deviceId)
    return null
  const other = deviceOf(owner)
  return { code: 6619, message: `The device ${productKey}/${deviceName} is a sub-device of the gateway ${other?.productKey}/${other?.deviceName}; remove it there first.` }
}

/** The device if the gateway may add it: `checkJoining`, and the sub-device's signature (401). */
export function checkAdding(directory: Directory, gateway: FeatureDevice, claim: SignedSubDevice): TopologyDevice | Refusal {
  const device = checkJoining(directory, gateway, claim)
  // Whose gateway it is, is nothing to tell those who cannot sign.
  const subject = isRefusal(device) && device.code === 6619 ? directory.findDevice(claim.productKey, claim.deviceName) : device
  if (subject === undefined || isRefusal(subject))
    return device
  return refuseSignature(claim, subject, 401) ?? device
}

function refuseSignature(claim: SignedSubDevice, { deviceSecret, productKey, deviceName }: TopologyDevice, code: number): Refusal | null {
  const fault = findSignatureFault(claim, deviceSecret, `the device secret of ${productKey}/${deviceName}`)
  if (fault === null)
    return null
  return fault.isMethodUnknown ? { code: 460, message: fault.message } : { code, message: fault.message, signedContent: claim.signedContent }
}

/** Whether so many sub-devices fit under a gateway (6400); null when they do. */
export function refuseCount({ relations }: Directory, gateway: FeatureDevice, devices: readonly TopologyDevice[], applyLimits: boolean): Refusal | null {
  const allowed = applyLimits ? limits.subDevicesPerGatewayMax : limits.subDevicesPerGatewayKeptMax
  const count = relations.countOf(gateway.deviceId) + devices.filter(({ deviceId }) => relations.gatewayOf(deviceId) !== gateway.deviceId).length
  return count <= allowed ? null : { code: 6400, message: `${gateway.deviceName} would have ${count} sub-devices, and ${allowed} are allowed.` }
}

/** Whether one request may name so many devices (460); null when it may. */
export function refuseLength(count: number, allowed: number, applyLimits: boolean): Refusal | null {
  return count <= allowed || !applyLimits ? null : { code: 460, message: `The request names ${count} devices, and one request may name at most ${allowed}.` }
}

/** The device if it is a sub-device of the gateway; 6401 otherwise. */
export function checkMember(directory: Directory, gateway: FeatureDevice, identity: TopicIdentity): TopologyDevice | Refusal {
  const device = findNamed(directory, identity)
  return isRefusal(device) ? device : refuseStranger(directory, gateway, device) ?? device
}

function refuseStranger({ relations, deviceOf }: Directory, gateway: FeatureDevice, { deviceId, productKey, deviceName }: TopologyDevice): Refusal | null {
  const owner = relations.gatewayOf(deviceId)
  if (owner === gateway.deviceId)
    return null
  const other = owner === undefined ? undefined : deviceOf(owner)
  const instead = other === undefined ? 'it has no gateway' : `its gateway is ${other.productKey}/${other.deviceName}`
  return { code: 6401, message: `The device ${productKey}/${deviceName} is not a sub-device of ${gateway.deviceName}; ${instead}. Add it with thing/topo/add or in the console first.` }
}

/** The device if it may log in through the gateway: 6100, 6204, 6287, 6401 in this order (Alink 3.6). */
export function checkLogin(directory: Directory, gateway: FeatureDevice, claim: SignedSubDevice): TopologyDevice | Refusal {
  const { productKey, deviceName } = claim
  const device = directory.findDevice(productKey, deviceName)
  if (device === undefined)
    return { code: 6100, message: `There is no device ${productKey.slice(0, 80)}/${deviceName.slice(0, 80)}: compare product key and device name with the device list.` }
  if (device.disabled)
    return { code: 6204, message: `The device ${productKey}/${deviceName} is disabled; enable it to let it log in.` }
  return refuseSignature(claim, device, 6287) ?? refuseStranger(directory, gateway, device) ?? device
}

/** The device if the gateway may have its secret (Alink 2.3): 6402, 5005, 460, 6288, 6100, 6204, 6619. */
export function checkRegistration(directory: Directory, gateway: FeatureDevice, identity: TopicIdentity): TopologyDevice | Refusal {
  const { productKey } = identity
  const product = directory.findProduct(productKey)
  return product && !product.dynamicRegistration
    ? refuseSwitchedOff(productKey)
    : checkJoining(directory, gateway, identity)
}

function refuseSwitchedOff(productKey: string): Refusal {
  return { code: 6288, message: `Dynamic registration of product ${productKey} is off; turn it on with: thingbench product update ${productKey} --dynamic-registration on` }
}

/** The device if the gateway proves to know the secret of its product (Alink 2.4): 5005, 6292, 6287, then as `checkRegistration`. */
export function checkProxyClaim(directory: Directory, gateway: FeatureDevice, claim: ProxyClaim): TopologyDevice | Refusal {
  const product = directory.findProduct(claim.productKey)
  if (product === undefined)
    return findNamed(directory, claim) as Refusal
  const signedContent = registrationSignContent(claim)
  const fault = findSignatureFault({ ...claim, signedContent }, product.productSecret, `the product secret of ${claim.productKey}`)
  if (fault !== null)
    return { code: fault.isMethodUnknown ? 6292 : 6287, message: fault.message, signedContent }
  return checkRegistration(directory, gateway, claim)
}

/** Whether a device that a gateway has found could be one (6250, 6280); null when it could (Alink 3.4). */
export function refuseFound({ findProduct }: Directory, { productKey, deviceName }: TopicIdentity): Refusal | null {
  if (findProduct(productKey) === undefined)
    return { code: 6250, message: `There is no product ${productKey.slice(0, 80)}: compare the product key with the product list.` }
  return deviceNameForm.test(deviceName)
    ? null
    : { code: 6280, message: `deviceName has to be 4 to 32 letters, digits, or - _ @ . :; ${JSON.stringify(deviceName.slice(0, 80))} came.` }
}
