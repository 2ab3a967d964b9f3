import type { IClientOptions, MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import { createHmac } from 'node:crypto'
import { connect, connectAsync } from 'mqtt'
import { onTestFinished } from 'vitest'
import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { buildClientId, buildUsername, connectSignContent } from '../../src/shared/alink/sign.ts'

/** A device on MQTT.js, signed in as the platform asks. */
export interface MqttDevice {
  client: MqttClient
  /** Reports properties with QoS 1; resolves with the PUBACK. */
  post: (properties: JsonObject) => Promise<void>
}

/** Inside a test: connects a device, with `parameters` added to its client id; `listen` sees it before anything can have come; it is gone when the test is over. */
export async function connectDevice(address: { host: string, port: number }, certificate: DeviceCertificate, parameters: Record<string, string> = {}, listen?: (client: MqttClient) => void): Promise<MqttDevice> {
  const { productKey, deviceName, deviceSecret } = certificate
  const clientId = `${productKey}.${deviceName}`
  const options: IClientOptions = {
    ...address,
    protocolVersion: 4,
    clientId: buildClientId(clientId, { securemode: 3, signmethod: 'hmacsha256', more: parameters }),
    username: buildUsername(certificate),
    password: createHmac('sha256', deviceSecret).update(connectSignContent({ clientId, deviceName, productKey })).digest('hex'),
    reconnectPeriod: 0,
  }
  const client = listen ? connect(options) : await connectAsync(options)
  if (listen) {
    listen(client)
    await new Promise(resolve => client.once('connect', resolve))
  }
  // A server that is killed in a test resets the connection; that is no finding.
  client.on('error', () => {})
  onTestFinished(async () => {
    await client.endAsync(true)
  })
  let id = 0
  return {
    client,
    async post(properties) {
      const { topic, payload } = buildPropertyPost({ productKey, deviceName, id: String(++id), properties })
      await client.publishAsync(topic, payload, { qos: 1 })
    },
  }
}
