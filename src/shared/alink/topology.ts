import type { JsonValue } from '../json.ts'
import type { OutgoingMessage } from './property.ts'
import type { ParamsProblem } from './sub-device.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'
import { isProblem, namesOf, parseSubDevice } from './sub-device.ts'

/** What a gateway is told of its sub-devices (Alink 3.5). */
export const topologyChanges = { added: 0, removed: 1, enabled: 2, disabled: 8 } as const
export type TopologyChange = keyof typeof topologyChanges

export const topologyMethods = { change: 'thing.topo.change', notify: 'thing.topo.add.notify', permit: 'thing.gateway.permit' } as const

/** Tells a gateway that relations were made or ended, or sub-devices enabled or disabled, by the platform; `id` is decimal digits. */
export function buildTopologyChange(gateway: TopicIdentity, change: TopologyChange, subDevices: readonly TopicIdentity[], id: string): OutgoingMessage {
  return notice(gateway, topologyMethods.change, { status: topologyChanges[change], subList: subDevices.map(namesOf) }, id)
}

/** Asks a gateway to take sub-devices up: it registers, adds and logs them in itself. */
export function buildTopologyNotify(gateway: TopicIdentity, subDevices: readonly TopicIdentity[], id: string): OutgoingMessage {
  return notice(gateway, topologyMethods.notify, subDevices.map(namesOf), id)
}

/** Opens a gateway for new sub-devices of a product, for some seconds. */
export function buildGatewayPermit(gateway: TopicIdentity, productKey: string, timeSec: number, id: string): OutgoingMessage {
  return notice(gateway, topologyMethods.permit, { productKey, time: timeSec }, id)
}

function notice({ productKey, deviceName }: TopicIdentity, method: string, params: JsonValue, id: string): OutgoingMessage {
  return {
    topic: `/sys/${productKey}/${deviceName}/${method.replaceAll('.', '/')}`,
    payload: `{"method":"${method}","id":${JSON.stringify(id)},"params":${JSON.stringify(params)},"version":"1.0"}`,
  }
}

/** A sub-device that a gateway wants registered with the secret of the sub-device's product (Alink 2.4). */
export interface ProxyClaim extends TopicIdentity { random: string, signMethod: string, sign: string }

/** The sub-devices of `thing/proxy/provisioning/product_register`. */
export function parseProxyClaims(params: JsonValue | undefined): ProxyClaim[] | ParamsProblem {
  const proxieds = isJsonObject(params) ? params.proxieds : undefined
  if (!Array.isArray(proxieds) || proxieds.length === 0)
    return { expected: 'params.proxieds to be a list that is not empty', got: proxieds ?? params }
  const claims: ProxyClaim[] = []
  for (const [index, entry] of proxieds.entries()) {
    const where = `params.proxieds[${index}]`
    const identity = parseSubDevice(entry, where)
    if (isProblem(identity))
      return identity
    const { random, sign, signMethod, signmethod } = entry as Record<string, JsonValue | undefined>
    if (typeof random !== 'string' && typeof random !== 'number')
      return { expected: `${where}.random to be a text`, got: random }
    if (typeof sign !== 'string' || sign === '')
      return { expected: `${where}.sign to be the signature in hexadecimal`, got: sign }
    claims.push({ ...identity, random: String(random), sign, signMethod: String(signMethod ?? signmethod ?? '') })
  }
  return claims
}
