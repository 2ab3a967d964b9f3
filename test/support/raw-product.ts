import type { MqttClient } from 'mqtt'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { talkingModel, talkingProductKey } from './talking-product.ts'

/** Makes the talking product with a custom data format, and one device; with `script`, that text is submitted. */
export async function makeRawDevice(api: ApiClient, { script, deviceName = 'lamp-0001' }: { script?: string, deviceName?: string } = {}): Promise<DeviceCertificate> {
  const products = await api.call('product.list', {})
  if (!products.some(product => product.productKey === talkingProductKey)) {
    await api.call('product.create', { name: 'Talking', productKey: talkingProductKey, dataFormat: 'raw' })
    await api.call('product.importModel', { text: JSON.stringify(talkingModel), productKey: talkingProductKey })
  }
  if (script !== undefined)
    await api.call('script.submit', { productKey: talkingProductKey, text: script })
  const { certificates } = await api.call('device.create', { productKey: talkingProductKey, deviceName })
  return certificates[0]!
}

/** A script with two functions, given as expressions of their argument. */
export function scriptOf(read: string, write = '[0xff].concat(unescape(encodeURIComponent(JSON.stringify(arg))).split("").map(function (c) { return c.charCodeAt(0) }))'): string {
  return `function rawDataToProtocol(arg) { return ${read} }\nfunction protocolToRawData(arg) { return ${write} }`
}

export interface ReceivedBytes { topic: string, bytes: Buffer }

/** Collects what a device gets. */
export function collectBytes(client: MqttClient): ReceivedBytes[] {
  const received: ReceivedBytes[] = []
  client.on('message', (topic, bytes) => received.push({ topic, bytes }))
  return received
}
