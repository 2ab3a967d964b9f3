import type { OutgoingMessage } from '../../../shared/alink/property.ts'
import type { TopicIdentity } from '../../../shared/alink/topic.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { FleetDevice } from '../messages.ts'
import { createHmac } from 'node:crypto'
import { buildRequest } from '../../../shared/alink/request.ts'
import { buildTopic } from '../../../shared/alink/topic.ts'

/** Never looked at, but part of the signature (Alink, trap T10). */
const timestamp = '2524608000000'

/** Most sub-devices of one request (Alink 1.6); for new relations no number is told. */
export const batchMax = { register: 30, add: 50, login: 50 } as const

export type GatewayRequest = keyof typeof batchMax

/** What a gateway asks for some of its sub-devices (Alink 2.3, 3.1 and 3.6). A single login has a topic of its own. */
export function buildGatewayRequest(kind: GatewayRequest, { productKey, deviceName }: TopicIdentity, subDevices: readonly FleetDevice[], id: string): OutgoingMessage {
  const gateway = { productKey, deviceName }
  switch (kind) {
    case 'register':
      return buildRequest(buildTopic({ kind: 'sub.register', ...gateway, reply: false }), id, subDevices.map(namesOf))
    case 'add':
      return buildRequest(buildTopic({ kind: 'topo.add', ...gateway, reply: false }), id, subDevices.map(device => sign(device, 'signmethod')))
    case 'login': {
      const signed = subDevices.map(device => ({ ...sign(device, 'signMethod'), cleanSession: 'true' }))
      return signed.length === 1
        ? sessionRequest(buildTopic({ kind: 'session.login', ...gateway, reply: false }), id, signed[0]!)
        : sessionRequest(buildTopic({ kind: 'session.batchLogin', ...gateway, reply: false }), id, { deviceList: signed })
    }
  }
}

/** Takes sub-devices off again, at most 50 (Alink 3.6). */
export function buildLogout({ productKey, deviceName }: TopicIdentity, subDevices: readonly TopicIdentity[], id: string): OutgoingMessage {
  return sessionRequest(buildTopic({ kind: 'session.batchLogout', productKey, deviceName, reply: false }), id, subDevices.map(namesOf))
}

function sessionRequest(topic: string, id: string, params: JsonValue): OutgoingMessage {
  return { topic, payload: `{"id":"${id}","params":${JSON.stringify(params)}}` }
}

function namesOf({ productKey, deviceName }: TopicIdentity): JsonObject {
  return { deviceName, productKey }
}

/** The proof that the gateway knows the sub-device's secret: HMAC-SHA256 over the names and values in alphabetical order (Alink 3.1). */
function sign({ productKey, deviceName, deviceSecret }: FleetDevice, methodName: 'signmethod' | 'signMethod'): JsonObject {
  const clientId = `${productKey}&${deviceName}`
  const content = `clientId${clientId}deviceName${deviceName}productKey${productKey}timestamp${timestamp}`
  return { clientId, deviceName, productKey, sign: createHmac('sha256', deviceSecret).update(content).digest('hex'), [methodName]: 'hmacSha256', timestamp }
}
