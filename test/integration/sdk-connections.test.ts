import type { IClientOptions, MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { SignOptions } from '../support/device-login.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { createHmac } from 'node:crypto'
import { request } from 'node:https'
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { registrationSignContent } from '../../src/shared/alink/register.ts'
import { silentLog } from '../../src/shared/log.ts'
import { connectPacket, credentialsOf } from '../support/device-login.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectNpmDevice } from '../support/npm-sdk.ts'
import { openRaw } from '../support/raw-client.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

interface Bench extends TestEngine { certificate: DeviceCertificate, ca: string, httpPort: number }

async function start(): Promise<Bench> {
  const started = await startEngine({ openDeviceHttp: (host, routes, certificate) => createDeviceHttp({ host, port: 0, log: silentLog, routes, certificate }) })
  const certificate = await makeTalkingDevice(started.api)
  const { pem } = await started.api.call('certificate.root', {})
  return { ...started, certificate, ca: pem, httpPort: Number(new URL(started.engine.httpUrl!).port) }
}

const identity = { productKey, deviceName: 'lamp-0001' }
const root = `/sys/${productKey}/lamp-0001/thing`

async function dial({ mqtt, ca, certificate }: Bench, scheme: string, protocolVersion: 3 | 4 | 5, sign: SignOptions = {}, more: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(`${scheme}://127.0.0.1:${mqtt.port}`, { ...credentialsOf(certificate, sign), ca, protocolVersion, ...(protocolVersion === 3 && { protocolId: 'MQIsdp' }), reconnectPeriod: 0, keepalive: 60, ...more })
  client.on('error', () => {})
  onTestFinished(() => client.endAsync(true))
  return client
}

/** Reports a value and gives the reply, which nobody subscribed to. */
async function converse(client: MqttClient, value: number): Promise<unknown> {
  const reply = new Promise(resolve => client.once('message', (topic, payload) => resolve([topic, JSON.parse(payload.toString())])))
  await client.publishAsync(`${root}/event/property/post`, `{"id":"${value}","version":"1.0","params":{"Brightness":${value}}}`, { qos: 1 })
  return reply
}

describe('a device signs in and converses', () => {
  it.each([
    ['mqtt', 'tcp'],
    ['mqtts', 'tls'],
    ['ws', 'websocket'],
    ['wss', 'websocket'],
  ])('over %s in MQTT 3.1, 3.1.1 and 5', async (scheme, transport) => {
    const bench = await start()
    for (const version of [3, 4, 5] as const) {
      const client = await dial(bench, scheme, version)
      expect(await converse(client, version)).toEqual([`${root}/event/property/post_reply`, { code: 200, data: {}, id: String(version), message: 'success', method: 'thing.event.property.post', version: '1.0' }])
      const { connection, properties } = await bench.api.call('device.get', identity)
      expect([connection?.protocolVersion, connection?.transport, properties.Brightness?.value]).toEqual([version, transport, version])
      await client.endAsync()
    }
  })

  it('with every signing method, with and without a timestamp, whatever its securemode says of the transport', async () => {
    const bench = await start()
    for (const method of ['hmacmd5', 'hmacsha1', 'hmacsha256'] as const) {
      for (const [timestamp, securemode] of [[undefined, '2'], ['2524608000000', '3'], ['1234', '-1'], ['789', '8']] as const) {
        const client = await dial(bench, 'mqtt', 4, { method, ...(timestamp !== undefined && { timestamp }), more: { securemode } })
        expect(await converse(client, 7)).toMatchObject([expect.any(String), { code: 200 }])
        await client.endAsync()
      }
    }
  })
})

describe('the Node SDK', () => {
  it('of version 1.0.1 signs in with line feeds and blanks in its client id', async () => {
    const { api, mqtt, certificate } = await start()
    const clientId = `${productKey}&lamp-0001_aliyun-iot-device-sdk-js`
    const timestamp = 1_735_689_600_000
    const password = createHmac('sha1', certificate.deviceSecret).update(`clientId${clientId}deviceNamelamp-0001productKey${productKey}timestamp${timestamp}`).digest('hex')
    const client = await openRaw(mqtt.port)
    client.send({ ...connectPacket(certificate), clean: false, clientId: `${clientId}|securemode=3,\n        signmethod=hmacsha1,\n        timestamp=${timestamp}|`, password: Buffer.from(password) })
    expect((await client.next('connack')).returnCode).toBe(0)
    expect(await api.call('device.get', identity)).toMatchObject({ state: 'ONLINE' })
  })

  it('asks for a session that outlives its connection, and has it when it comes back', async () => {
    const { api, mqtt, certificate } = await start()
    const device = await connectNpmDevice(mqtt, certificate)
    device.end(true)
    await waitFor(async () => (await api.call('device.get', identity)).state === 'OFFLINE')
    const again = await openRaw(mqtt.port)
    again.send({ ...connectPacket(certificate), clean: false })
    expect(await again.next('connack')).toMatchObject({ returnCode: 0, sessionPresent: true })
  })
})

describe('a login is refused', () => {
  it('with return code 5 while the device is disabled, 4 when it is deleted or the secret is wrong, and the page knows why', async () => {
    const bench = await start()
    const { api, certificate } = bench
    await expect(dial(bench, 'mqtt', 4, {}, { password: 'x'.repeat(64) })).rejects.toMatchObject({ code: 4 })
    expect(await api.call('device.get', identity)).toMatchObject({ state: 'UNACTIVE', lastProblem: { code: 6287 } })
    await api.call('device.setEnabled', { ...identity, enabled: false })
    await expect(dial(bench, 'mqtt', 4)).rejects.toMatchObject({ code: 5 })
    await expect(dial(bench, 'mqtt', 5)).rejects.toMatchObject({ code: 0x87 })
    await api.call('device.setEnabled', { ...identity, enabled: true })
    await (await dial(bench, 'mqtt', 4)).endAsync()
    await api.call('device.delete', identity)
    await expect(dial({ ...bench, certificate }, 'mqtt', 4)).rejects.toMatchObject({ code: 4 })
  })

  it('with return code 2 for a keep-alive outside 30 to 1200 s', async () => {
    const bench = await start()
    for (const keepalive of [10, 29, 1201])
      await expect(dial(bench, 'mqtt', 4, {}, { keepalive })).rejects.toMatchObject({ code: 2 })
    for (const keepalive of [30, 1200])
      await (await dial(bench, 'mqtt', 4, {}, { keepalive })).endAsync()
  })

  it('to nobody who logs in a second time: the first connection goes instead, and the trace says 427', async () => {
    const bench = await start()
    const first = await dial(bench, 'mqtt', 4)
    const gone = new Promise(resolve => first.once('close', () => resolve('closed')))
    const second = await dial(bench, 'mqtt', 4)
    expect(await gone).toBe('closed')
    expect(await converse(second, 9)).toMatchObject([expect.any(String), { code: 200 }])
    expect((await bench.api.call('trace.page', { filter: { ...identity, code: 427 } })).rows).toMatchObject([{ topic: 'offline', code: 427 }])
    expect(await bench.api.call('device.get', identity)).toMatchObject({ state: 'ONLINE' })
  })
})

describe('a device that knows the product secret only', () => {
  const signed = (productSecret: string) => createHmac('sha256', productSecret).update(registrationSignContent({ ...identity, random: 'r1' })).digest('hex').toUpperCase()

  it('registers over HTTPS and logs in with what it was given', async () => {
    const { api, mqtt, ca, httpPort } = await start()
    const { productSecret } = await api.call('product.update', { productKey, dynamicRegistration: true })
    const body = new URLSearchParams({ ...identity, random: 'r1', signMethod: 'HmacSHA256', sign: signed(productSecret) }).toString()
    const answer = await new Promise<string>((resolve, reject) => {
      request({ host: '127.0.0.1', port: httpPort, path: '/auth/register/device', method: 'POST', ca, agent: false, headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length } }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => { text += part }).on('end', () => resolve(text))
      }).on('error', reject).end(body)
    })
    const { data } = JSON.parse(answer) as { data: DeviceCertificate }
    await connectDevice(mqtt, data)
    expect(await api.call('device.get', identity)).toMatchObject({ state: 'ONLINE' })
  })

  it('registers over MQTT on a TLS connection and logs in with what it was given', async () => {
    const { api, mqtt, ca } = await start()
    const { productSecret } = await api.call('product.update', { productKey, dynamicRegistration: true })
    const client = await connectAsync(`mqtts://127.0.0.1:${mqtt.port}`, { ca, protocolVersion: 4, reconnectPeriod: 0, clientId: `lamp-0001.${productKey}|random=r1,authType=register,securemode=2,signmethod=hmacsha256|`, username: `lamp-0001&${productKey}`, password: signed(productSecret), keepalive: 1200 })
    const [topic, payload] = await new Promise<[string, Buffer]>(resolve => client.once('message', (topic, payload) => resolve([topic, payload])))
    await client.endAsync(true)
    expect(topic).toBe('/ext/register')
    await connectDevice(mqtt, JSON.parse(payload.toString()) as DeviceCertificate)
    expect(await api.call('device.get', identity)).toMatchObject({ state: 'ONLINE' })
  })
})
