import type { ApiClient, MethodInput, MethodOutput } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject, JsonValue } from '../../src/shared/json.ts'
import type { MqttDevice } from './mqtt-device.ts'
import { createHmac } from 'node:crypto'
import { hashOfSignMethod, signMethodOf } from '../../src/shared/alink/sign.ts'
import { namesOf, subDeviceSignContent } from '../../src/shared/alink/sub-device.ts'
import { connectDevice } from './mqtt-device.ts'
import { talkingModel } from './talking-product.ts'
import { waitFor } from './wait-for.ts'

export const gatewayProductKey = 'a1Gate'
export const subProductKey = 'a1Sub'

/** Makes a gateway product with `gateways` devices `gate-1` … and a sub-device product with a thing model and `subs` devices `node-1` … */
export async function makeGateways(api: ApiClient, { gateways = 1, subs = 2 } = {}): Promise<{ gateways: DeviceCertificate[], subs: DeviceCertificate[] }> {
  await api.call('product.create', { name: 'Gateway', productKey: gatewayProductKey, nodeType: 'gateway' })
  await api.call('product.importModel', { text: JSON.stringify({ ...talkingModel, profile: { productKey: subProductKey } }), nodeType: 'sub-device' })
  const make = async (productKey: string, deviceName: string, count: number): Promise<DeviceCertificate[]> =>
    (await api.call('device.create', { productKey, deviceName, count })).certificates
  return { gateways: await make(gatewayProductKey, 'gate', gateways), subs: await make(subProductKey, 'node', subs) }
}

/** The parameters with which a gateway proves that it knows a sub-device's secret, signed as they are. */
export function signed(sub: DeviceCertificate, { signMethod = 'hmacSha1', ...more }: JsonObject = {}): JsonObject {
  const { productKey, deviceName, deviceSecret } = sub
  const params: JsonObject = { productKey, deviceName, clientId: `${productKey}&${deviceName}`, timestamp: '1735689600000', ...more }
  const method = signMethodOf(new Map([['signmethod', String(signMethod)]]))!
  return { ...params, signMethod, sign: createHmac(hashOfSignMethod[method], deviceSecret).update(subDeviceSignContent(params)).digest('hex') }
}

export interface Received { topic: string, text: string, qos: number }

/** A gateway on MQTT.js with everything that it was sent. */
export interface TestGateway extends MqttDevice {
  certificate: DeviceCertificate
  received: Received[]
  /** Sends a request below `/sys/{gateway}/` or, when `path` begins with `combine/`, `/ext/session/{gateway}/`; gives the reply as text. */
  ask: (path: string, params: JsonValue, more?: JsonObject) => Promise<string>
  /** Adds sub-devices and logs them in. */
  bringUp: (...subs: DeviceCertificate[]) => Promise<void>
  /** The texts of all messages on a topic. */
  on: (topic: string) => string[]
}

/** Inside a test: connects a gateway; it is gone when the test is over. */
export async function connectGateway(address: { host: string, port: number }, certificate: DeviceCertificate, parameters: Record<string, string> = { _ss: '1' }): Promise<TestGateway> {
  const device = await connectDevice(address, certificate, parameters)
  const { client } = device
  const received: Received[] = []
  client.on('message', (topic, payload, { qos }) => received.push({ topic, text: payload.toString(), qos }))
  const { productKey, deviceName } = certificate
  let lastId = 0
  const on = (topic: string): string[] => received.filter(message => message.topic === topic).map(({ text }) => text)
  const ask: TestGateway['ask'] = async (path, params, more = {}) => {
    const topic = `${path.startsWith('combine/') ? '/ext/session' : '/sys'}/${productKey}/${deviceName}/${path}`
    const before = on(`${topic}_reply`).length
    await client.publishAsync(topic, JSON.stringify({ id: String(++lastId), version: '1.0', params, ...more }))
    return waitFor(() => on(`${topic}_reply`)[before], { what: `the reply to ${topic}` })
  }
  return {
    ...device,
    certificate,
    received,
    on,
    ask,
    async bringUp(...subs) {
      await ask('thing/topo/add', subs.map(sub => signed(sub)))
      await ask('combine/batch_login', { deviceList: subs.map(sub => signed(sub)) })
    },
  }
}

/** The code of a reply. */
export function codeOf(reply: string): number {
  return (JSON.parse(reply) as { code: number }).code
}

/** Certificates as bare names, as most requests name sub-devices. */
export function names(...subs: DeviceCertificate[]): JsonObject[] {
  return subs.map(namesOf)
}

/** The rows of the trace that a filter finds, oldest first, once there are so many: what came with QoS 0 is kept after its answer. */
export async function rowsOf(api: ApiClient, filter: MethodInput<'trace.page'>['filter'], count: number): Promise<MethodOutput<'trace.page'>['rows']> {
  const rows = await waitFor(async () => {
    const page = await api.call('trace.page', { filter, limit: 200 })
    return page.rows.length >= count && page.rows
  }, { what: `${count} rows of ${JSON.stringify(filter)}` })
  return rows.toReversed()
}
