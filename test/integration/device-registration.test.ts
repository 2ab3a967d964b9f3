import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { registrationSignContent } from '../../src/shared/alink/register.ts'
import { silentLog } from '../../src/shared/log.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { openRaw } from '../support/raw-client.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Register'
const deviceName = 'lamp-0007'

interface Setting extends TestEngine { productSecret: string, url: string }

/** An engine with its HTTP listener and a product whose devices may register. */
async function start({ dynamicRegistration = true, make = true } = {}): Promise<Setting> {
  const started = await startEngine({ openDeviceHttp: (host, routes) => createDeviceHttp({ host, port: 0, log: silentLog, routes }) })
  const { api, engine } = started
  await api.call('product.create', { name: 'Lamp', productKey })
  const { productSecret } = await api.call('product.update', { productKey, dynamicRegistration })
  if (make)
    await api.call('device.create', { productKey, deviceName })
  return { ...started, productSecret, url: engine.httpUrl! }
}

function signed(productSecret: string, { random = '5c1e77', name = deviceName } = {}) {
  const sign = createHmac('sha256', productSecret).update(registrationSignContent({ productKey, deviceName: name, random })).digest('hex').toUpperCase()
  return { productKey, deviceName: name, random, signMethod: 'hmacsha256', sign }
}

async function post(url: string, fields: Record<string, string>): Promise<{ code: number, message: string, data?: DeviceCertificate }> {
  const response = await fetch(`${url}/auth/register/device`, { method: 'POST', body: new URLSearchParams(fields) })
  expect(response.status).toBe(200)
  return await response.json() as { code: number, message: string, data?: DeviceCertificate }
}

describe('registration over HTTP', () => {
  it('gives a device its secret until it has logged in with it', async () => {
    const { api, url, mqtt, productSecret } = await start()
    const first = await post(url, signed(productSecret))
    expect(first).toMatchObject({ code: 200, message: 'success', data: { productKey, deviceName } })
    expect((await post(url, signed(productSecret, { random: 'again' }))).data).toEqual(first.data)
    await connectDevice(mqtt, first.data!)
    expect(await post(url, signed(productSecret))).toEqual({ code: 6289, message: 'device is already active' })
    expect(await api.call('device.get', { productKey, deviceName })).toMatchObject({ state: 'ONLINE', lastProblem: { code: 6289 } })
    await expect.poll(async () => (await api.call('trace.page', { filter: { topic: 'register' }, limit: 10 })).rows.map(row => row.code)).toEqual([6289, 200, 200])
  })

  it('refuses with the code of each cause', async () => {
    const { api, url, productSecret } = await start()
    const good = signed(productSecret)
    const { sign: _, ...unsigned } = good
    expect(await post(url, unsigned)).toEqual({ code: 460, message: 'request parameter error: sign missing' })
    expect((await post(url, { ...good, sign: '00' })).code).toBe(6600)
    expect((await post(url, { ...good, signMethod: 'crc32' })).code).toBe(6292)
    expect((await post(url, { ...good, productKey: 'a1Other' })).code).toBe(6250)
    expect((await post(url, signed(productSecret, { name: 'lamp-9999' }))).code).toBe(6100)
    await api.call('device.setEnabled', { productKey, deviceName, enabled: false })
    expect((await post(url, good)).code).toBe(6204)
    await api.call('product.update', { productKey, dynamicRegistration: false })
    expect((await post(url, good)).code).toBe(6288)
    expect((await fetch(`${url}/auth/register/device`)).status).toBe(200)
    expect((await post(url, { ...good, sign: 'x'.repeat(5_000) })).code).toBe(460)
  })

  it('answers byte for byte what Link SDKs for C can read: Content-Length to the letter, no chunks, no blanks', async () => {
    const { api, url, productSecret } = await start()
    const { deviceSecret } = await api.call('device.get', { productKey, deviceName })
    const body = new URLSearchParams(signed(productSecret)).toString()
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    onTestFinished(() => { socket.destroy() })
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => { answer += text })
    socket.write(`POST /auth/register/device HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml,application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    await once(socket, 'close')
    const expected = `{"code":200,"data":{"productKey":"${productKey}","deviceName":"${deviceName}","deviceSecret":"${deviceSecret}"},"message":"success"}`
    expect(answer).toContain(`Content-Length: ${expected.length}\r\n`)
    expect(answer.split('\r\n\r\n')[1]).toBe(expected)
    expect(answer).not.toMatch(/transfer-encoding/i)
  })

  it('works with the helper of the unmodified npm SDK', async () => {
    const { url, productSecret } = await start()
    const sdk = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as { register: (options: object, done: (answer: unknown) => void) => void }
    const answer = await new Promise(resolve => sdk.register({ productKey, productSecret, deviceName, registerURL: `${url}/auth/register/device` }, resolve))
    expect(answer).toMatchObject({ code: 200, data: { productKey, deviceName, deviceSecret: expect.stringMatching(/^[\da-f]{32}$/) } })
  })

  it('tells a device which server to use', async () => {
    const { url, mqtt, api } = await start()
    const answer = await fetch(`${url}/auth/bootstrap`, { method: 'POST', body: new URLSearchParams({ productKey, deviceName, clientId: 'x', resources: 'mqtt' }) })
    expect(await answer.json()).toMatchObject({ code: 200, data: { resources: { mqtt: { host: '127.0.0.1', port: mqtt.port } } } })
    expect(await (await fetch(`${url}/auth/bootstrap`, { method: 'POST', body: 'resources=http' })).json()).toMatchObject({ code: 460 })
    expect(await (await fetch(`${url}/auth/bootstrap/regionId/cn-shanghai`)).json()).toMatchObject({ code: 200 })
    const { rows } = await waitFor(async () => {
      const page = await api.call('trace.page', { filter: { topic: 'bootstrap' } })
      return page.rows.length === 3 && page
    })
    expect(rows.map(({ code, productKey: named, preview }) => [code, named, (JSON.parse(preview) as { path: string }).path])).toEqual([
      [200, '', '/auth/bootstrap/regionId/cn-shanghai'],
      [460, '', '/auth/bootstrap'],
      [200, productKey, '/auth/bootstrap'],
    ])
  })
})

/** Connects as Link SDK for C does, and gives the packets that come: CONNACK and, if any, the message. */
async function connectToRegister({ mqtt }: Setting, authType: string, claim: ReturnType<typeof signed>, parameters = `random=${claim.random},`) {
  const client = await openRaw(mqtt.port)
  client.send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive: 5,
    clientId: `${claim.deviceName}.${productKey}|${parameters}authType=${authType},securemode=2,signmethod=hmacsha256|`,
    username: `${claim.deviceName}&${productKey}`,
    password: Buffer.from(claim.sign),
  })
  return { client, connack: await client.next('connack') }
}

describe('registration over MQTT', () => {
  it('sends a device that was made before its secret right after CONNACK, unasked, on plain TCP and with any keep-alive', async () => {
    const setting = await start()
    const { client, connack } = await connectToRegister(setting, 'register', signed(setting.productSecret))
    expect(connack.returnCode).toBe(0)
    const message = await client.next('publish')
    const { deviceSecret } = await setting.api.call('device.get', { productKey, deviceName })
    expect([message.topic, message.payload.toString(), message.qos]).toEqual(['/ext/register', JSON.stringify({ deviceName, deviceSecret, productKey }), 0])
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '/ext/register', qos: 0 }, { topic: '/ext/other', qos: 0 }] })
    expect((await client.next('suback')).granted).toEqual([0, 0x80])
    expect(await client.settled()).toEqual([])
    client.send({ cmd: 'publish', topic: `/sys/${productKey}/${deviceName}/thing/event/property/post`, payload: '{}', qos: 0, dup: false, retain: false })
    await client.closed()
    expect(await setting.api.call('device.get', { productKey, deviceName })).toMatchObject({ state: 'UNACTIVE' })
    await expect.poll(async () => {
      const { rows } = await setting.api.call('trace.page', { filter: { productKey, deviceName }, limit: 10 })
      return rows.map(row => `${row.direction} ${row.topic} ${row.code}`)
    }).toEqual(['down /ext/register 200', 'record register 200'])
  })

  it('refuses with return code 2 what is badly formed and with 4 what is not allowed', async () => {
    const setting = await start()
    const good = signed(setting.productSecret)
    expect((await connectToRegister(setting, 'register', good, '')).connack.returnCode).toBe(2)
    expect((await connectToRegister(setting, 'register', { ...good, sign: 'AA' })).connack.returnCode).toBe(4)
    expect((await connectToRegister(setting, 'register', signed(setting.productSecret, { name: 'lamp-9999' }))).connack.returnCode).toBe(4)
    expect(await setting.api.call('device.get', { productKey, deviceName })).toMatchObject({ lastProblem: { code: 6287, message: expect.stringContaining('deviceNamelamp-0007productKeya1Registerrandom5c1e77') } })
    await setting.api.call('product.update', { productKey, dynamicRegistration: false })
    expect((await connectToRegister(setting, 'regnwl', good)).connack.returnCode).toBe(4)
  })

  it('makes a device that nobody made, and lets it in with its client id and token, and only with those', async () => {
    const setting = await start({ make: false })
    const { api, mqtt } = setting
    const { client, connack } = await connectToRegister(setting, 'regnwl', signed(setting.productSecret))
    expect(connack.returnCode).toBe(0)
    const message = await client.next('publish')
    expect(message.topic).toBe('/ext/regnwl')
    const { clientId, deviceToken } = JSON.parse(message.payload.toString()) as { clientId: string, deviceToken: string }
    client.destroy()

    const username = `${deviceName}&${productKey}`
    const parameters = '|authType=connwl,securemode=-2,_ss=1,ext=3,_v=sdk-c-4.2.0|'
    const options = { ...mqtt, protocolVersion: 4, username, reconnectPeriod: 0, keepalive: 60 } as const
    await expect(connectAsync({ ...options, clientId: `other${parameters}`, password: deviceToken })).rejects.toMatchObject({ code: 4 })
    await expect(connectAsync({ ...options, clientId: `${clientId}${parameters}`, password: 'other' })).rejects.toMatchObject({ code: 4 })
    expect(await api.call('device.get', { productKey, deviceName })).toMatchObject({ state: 'UNACTIVE', lastProblem: { code: 2043 } })
    const device = await connectAsync({ ...options, clientId: `${clientId}${parameters}`, password: deviceToken })
    expect(await api.call('device.get', { productKey, deviceName })).toMatchObject({ state: 'ONLINE' })
    await device.endAsync()
  })

  it('gives out five client ids under one name, and more when some are deleted', async () => {
    const setting = await start({ make: false })
    const { api } = setting
    for (let count = 0; count < 5; count++)
      await (await connectToRegister(setting, 'regnwl', signed(setting.productSecret))).client.next('publish')
    expect((await connectToRegister(setting, 'regnwl', signed(setting.productSecret))).connack.returnCode).toBe(2)
    const { clientIds } = await api.call('device.clientIds', { productKey, deviceName })
    expect(clientIds).toHaveLength(5)
    expect(await api.call('device.deleteClientIds', { productKey, deviceName, clientIds: [clientIds[0]!.clientId, 'none'] })).toEqual({ deleted: 1 })
    expect((await connectToRegister(setting, 'regnwl', signed(setting.productSecret))).connack.returnCode).toBe(0)
    expect(await api.call('device.deleteClientIds', { productKey, deviceName })).toEqual({ deleted: 5 })
  })
})
