import type { Bench, Causes } from './bench.ts'
import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { registrationSignContent } from '../../../src/shared/alink/register.ts'
import { everyTypeProductKey as productKey } from '../every-type-product.ts'
import { connectDevice } from '../mqtt-device.ts'
import { openRaw } from '../raw-client.ts'

async function registerOverMqtt({ mqtt, deviceName }: Bench): Promise<void> {
  const client = await openRaw(mqtt.port)
  client.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60, clientId: `x|random=1,authType=register,securemode=2,signmethod=hmacsha256|`, username: `${deviceName}&${productKey}`, password: Buffer.from('00') })
  await client.next('connack')
}

async function registerDisabled({ api, mqtt, deviceName }: Bench): Promise<void> {
  const { productSecret } = await api.call('product.update', { productKey, dynamicRegistration: true })
  await api.call('device.setEnabled', { productKey, deviceName, enabled: false })
  const sign = createHmac('sha256', productSecret).update(registrationSignContent({ productKey, deviceName, random: '1' })).digest('hex')
  const client = await openRaw(mqtt.port)
  client.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60, clientId: `x|random=1,authType=register,securemode=2,signmethod=hmacsha256|`, username: `${deviceName}&${productKey}`, password: Buffer.from(sign) })
  await client.next('connack')
  await api.call('product.update', { productKey, dynamicRegistration: false })
}

/** Connections, registrations and subscriptions of single devices. */
export const deviceCauses: Causes = {
  'DEV/200': { provoke: bench => bench.connect(), names: /"securemode=3|protocolVersion":4/ },
  'DEV/1911': { provoke: async bench => (await bench.connect()).stream.destroy(), names: /without a DISCONNECT/ },
  'DEV/427': { provoke: async bench => [await bench.connect(), await bench.connect()], names: /connected again from 127\.0\.0\.1/ },
  'DEV/521': { provoke: async ({ connect, api, deviceName }) => [await connect(), await api.call('device.delete', { productKey, deviceName })], names: /deleted/ },
  'DEV/522': { provoke: async ({ connect, api, deviceName }) => [await connect(), await api.call('device.setEnabled', { productKey, deviceName, enabled: false })], names: /disabled/ },
  'DEV/6100': { provoke: async ({ mqtt, certificate }) => connectDevice(mqtt, { ...certificate, deviceName: `${certificate.deviceName}-x` }).catch(() => {}), names: /no device a1Types\/device-\d+-x/ },
  'DEV/6204': { provoke: registerDisabled, names: /device a1Types\/device-\d+ is disabled/ },
  'DEV/6287': { provoke: async ({ mqtt, certificate }) => connectDevice(mqtt, { ...certificate, deviceSecret: 'wrong' }).catch(() => {}), names: /of this text: clientIda1Types\.device-/ },
  'DEV/6288': { provoke: registerOverMqtt, names: /registration of product a1Types is off/ },
  'DEV/2043': { provoke: async bench => bench.connect({ authType: 'connwl' }).catch(() => {}), names: /deviceToken/ },
  'SUB/9200': { provoke: ({ api, deviceName }) => api.call('subscription.add', { productKey, deviceName, topics: [`/${productKey}/${deviceName}/user/get`] }).catch(() => {}), names: /device-\d+ has never connected/ },
  'SUB/403': { provoke: async ({ connect }) => (await connect()).subscribeAsync('/sys/a1Types/other/#').catch(() => {}), names: /may not subscribe to \/sys\/a1Types\/other\/#/ },
}
