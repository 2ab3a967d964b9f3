import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { TargetSecrets } from '../../src/shared/contract/fleet-target.ts'
import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { counterProductKey as productKey, writeCounterModel } from '../support/counter-model.ts'
import { freePort } from '../support/free-port.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { startEngine } from '../support/test-engine.ts'
import { makeTlsFiles } from '../support/tls-files.ts'
import { waitFor } from '../support/wait-for.ts'

const timeout = 60_000

async function startWithProduct(wish: Parameters<typeof startEngine>[0] = {}): ReturnType<typeof startEngine> {
  const engine = await startEngine(wish)
  await engine.api.call('product.importModel', { text: readFileSync(writeCounterModel(tempFolder()), 'utf8') })
  return engine
}

/** Everything that reaches a broker from now on. */
async function listen(url: string, options: Parameters<typeof connectAsync>[1] = {}): Promise<{ topic: string, text: string }[]> {
  const client = await connectAsync(url, { ...options, reconnectPeriod: 0 })
  onTestFinished(() => client.endAsync(true))
  const heard: { topic: string, text: string }[] = []
  client.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }))
  await client.subscribeAsync('#')
  return heard
}

async function broker(wish: Parameters<typeof startMosquitto>[0] = {}): ReturnType<typeof startMosquitto> {
  const mosquitto = await startMosquitto(wish)
  onTestFinished(() => mosquitto.close())
  return mosquitto
}

function online(api: ApiClient, fleetId: string, count: number): Promise<unknown> {
  return waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === count, { what: `${count} devices online`, timeoutMs: 20_000 })
}

async function csvOf(api: ApiClient, count: number): Promise<{ csv: string, names: string[] }> {
  const { certificates } = await api.call('device.create', { productKey, deviceName: 'field', count })
  const lines = certificates.map(({ deviceName, deviceSecret }) => `${deviceName},${deviceSecret},${productKey},online`)
  return { csv: `\uFEFFDeviceName,DeviceSecret,ProductKey,Status\r\n${lines.join('\r\n')}\r\n`, names: certificates.map(({ deviceName }) => deviceName) }
}

describe('a fleet of a broker of somebody else', () => {
  it('reports by templates, with client ids, names and passwords of its own, and makes no devices here', { timeout }, async () => {
    const mosquitto = await broker()
    const heard = await listen(mosquitto.url)
    const { api } = await startWithProduct()
    const { fleetId, secrets } = await api.call('fleet.create', {
      productKey,
      prefix: 'plant',
      count: 2,
      intervalSec: 0.2,
      behaviours: { Counter: { kind: 'constant', value: 7 } },
      target: {
        kind: 'broker',
        host: 'localhost',
        port: mosquitto.port,
        clientId: 'c-{index}',
        username: '{deviceName}@{productKey}',
        topic: 'plant/{deviceName}/{index}/up',
        payload: '{"n":{id},"at":{time},"s":{timeSec},"all":{params},"c":{value.Counter},"none":{value.nope}}',
        subscriptions: ['plant/{deviceName}/down'],
      },
      secrets: { password: { text: 'pass-{index}' } },
    })
    expect(secrets.password).toMatchObject({ in: 'file' })
    await api.call('fleet.start', { fleetId })
    await online(api, fleetId, 2)
    await waitFor(() => heard.length >= 4)
    const { topic, text } = heard.find(one => one.topic.includes('0002'))!
    expect(topic).toBe('plant/plant-0002/2/up')
    const said = JSON.parse(text) as { at: number, s: number }
    expect(said).toMatchObject({ n: expect.any(Number) as number, all: { Counter: 7 }, c: 7, none: null })
    expect(Math.floor(said.at / 1000)).toBe(said.s)
    expect(heard.every(one => /^plant\/plant-000[12]\/[12]\/up$/.test(one.topic))).toBe(true)
    expect((await api.call('fleet.get', { fleetId })).stats.errors).toEqual({})
    expect(await api.call('device.list', { productKey })).toMatchObject({ total: 0 })
    await expect(api.call('fleet.update', { fleetId, change: { target: { kind: 'local' } } })).rejects.toMatchObject({ code: 'fleet/running' })
    await expect(api.call('fleet.testTarget', { fleetId })).rejects.toMatchObject({ code: 'fleet/running' })
    await expect(api.call('fleet.steer', { fleetId, devices: { query: 'name LIKE "plant%"' }, steering: { do: 'report' } })).rejects.toMatchObject({ code: 'input/invalid' })
  })

  it('speaks as to the platform without a topic, and subscribes to replies and commands', { timeout }, async () => {
    const mosquitto = await broker()
    const heard = await listen(mosquitto.url)
    const commander = await connectAsync(mosquitto.url)
    onTestFinished(() => commander.endAsync(true))
    const { api } = await startWithProduct()
    const { fleetId } = await api.call('fleet.create', { productKey, count: 1, intervalSec: 3_600, target: { kind: 'broker', host: mosquitto.host, port: mosquitto.port } })
    await api.call('fleet.start', { fleetId })
    await online(api, fleetId, 1)
    const topic = `/sys/${productKey}/sim-0001/thing/service/property/set`
    // The broker may not have the subscription yet.
    await waitFor(async () => {
      await commander.publishAsync(topic, '{"id":"41","version":"1.0","params":{},"method":"thing.service.property.set"}')
      return heard.some(one => one.topic === `${topic}_reply` && one.text.includes('"41"'))
    })
  })

  it('goes over TLS with an authority, a client certificate and its key, and names the step that fails without', { timeout }, async () => {
    const files = makeTlsFiles()
    const mosquitto = await broker({ urlScheme: 'mqtts', lines: ['allow_anonymous true', `cafile ${files.path('ca.pem')}`, `certfile ${files.path('server.pem')}`, `keyfile ${files.path('server-key.pem')}`, 'require_certificate true'] })
    const { api } = await startWithProduct()
    const target = { kind: 'broker' as const, host: 'localhost', port: mosquitto.port, topic: 'a/{deviceName}', tls: { caPem: files.text('ca.pem'), certificatePem: files.text('client.pem') } }
    const secrets: TargetSecrets = { clientKey: { text: files.text('client-key.pem') } }
    await expect(api.call('fleet.create', { productKey, target })).rejects.toMatchObject({ code: 'input/invalid', message: 'secrets.clientKey: expected the key of the client certificate, got none.' })
    await expect(api.call('fleet.create', { productKey, target, secrets: { clientKey: { text: `-----BEGIN ${'PRIVATE'} KEY-----\nno\n-----END PRIVATE KEY-----` } } })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('target.tls') as string })
    const { fleetId } = await api.call('fleet.create', { productKey, count: 2, intervalSec: 0.5, target, secrets })
    expect(await api.call('fleet.testTarget', { fleetId })).toMatchObject({
      passed: true,
      steps: [{ step: 'devices' }, { step: 'dns', state: 'passed' }, { step: 'tcp' }, { step: 'tls', said: expect.stringContaining('the certificate of Test server is trusted') as string }, { step: 'connect', state: 'passed' }, { step: 'subscribe', state: 'skipped' }],
    })
    await api.call('fleet.start', { fleetId })
    await online(api, fleetId, 2)
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.acknowledged >= 2)
    await api.call('fleet.stop', { fleetId })

    const failing = async (tls: object | null, more: object = {}) => {
      const { passed, steps } = await api.call('fleet.testTarget', { productKey, target: { ...target, ...more, tls } as never })
      expect(passed).toBe(false)
      return steps.at(-1)
    }
    expect(await failing({ caPem: files.text('ca.pem') })).toMatchObject({ step: 'tls', said: 'The broker wants a client certificate.' })
    expect(await failing({})).toMatchObject({ step: 'tls', state: 'failed', said: expect.stringContaining('give its CA') as string })
    expect(await failing(null)).toMatchObject({ step: 'connect', state: 'failed' })
    expect(await failing(null, { port: await freePort() })).toMatchObject({ step: 'tcp', said: expect.stringContaining('Nothing listens at localhost') as string })
    expect(await failing(null, { host: 'nowhere.invalid' })).toMatchObject({ step: 'dns', said: expect.stringContaining('nowhere.invalid cannot be resolved') as string })
  })

  it('tells of a login that is refused, and of something that speaks no MQTT', { timeout }, async () => {
    const mosquitto = await broker({ lines: ['allow_anonymous false'] })
    const { api } = await startWithProduct()
    const refused = await api.call('fleet.testTarget', { productKey, target: { kind: 'broker', host: mosquitto.host, port: mosquitto.port, username: 'u' }, secrets: { password: { text: 'p' } } })
    expect(refused.steps.at(-1)).toMatchObject({ step: 'connect', state: 'failed', said: expect.stringContaining('code 5') as string })
    const other = createServer(socket => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await waitFor(() => other.listening)
    const { port } = other.address() as { port: number }
    expect((await api.call('fleet.testTarget', { productKey, target: { kind: 'broker', host: '127.0.0.1', port } })).steps.at(-1)).toMatchObject({ step: 'connect', state: 'failed' })
  })

  it('refuses what cannot be meant', async () => {
    const { api } = await startWithProduct()
    const place = { kind: 'broker', host: 'b', port: 1883 } as const
    const create = (target: object, more: object = {}) => api.call('fleet.create', { productKey, target: { ...place, ...target }, ...more } as never)
    await expect(create({ topic: 'a/{device}' })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(create({ clientId: 'one' })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(create({ topic: 'a/#' })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(create({}, { transport: 'in-process' })).rejects.toMatchObject({ message: expect.stringContaining('transport') as string })
    await expect(create({}, { secrets: { password: { text: 'x' } } })).rejects.toMatchObject({ message: expect.stringContaining('target.username') as string })
  })
})

describe('a fleet of the cloud', () => {
  it('logs in with the certificates of a file and gets replies and commands', { timeout }, async () => {
    const cloud = await startWithProduct()
    const { csv, names } = await csvOf(cloud.api, 3)
    const { api } = await startWithProduct()
    const target = { kind: 'cloud', host: '127.0.0.1', port: cloud.mqtt.port } as const
    await expect(api.call('fleet.create', { productKey, count: 3, target })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('secrets.devices') as string })
    await expect(api.call('fleet.create', { productKey, count: 4, target, secrets: { devices: { csv } } })).rejects.toMatchObject({ message: expect.stringContaining('count: expected at most 3') as string })
    const fleet = await api.call('fleet.create', { productKey, count: 3, intervalSec: 0.2, target, secrets: { devices: { csv } } })
    expect(fleet.secrets.devices).toMatchObject({ count: 3 })
    expect(await api.call('fleet.testTarget', { fleetId: fleet.fleetId })).toMatchObject({ passed: true, steps: expect.arrayContaining([expect.objectContaining({ step: 'subscribe', state: 'passed' })]) as unknown[] })
    await api.call('fleet.start', { fleetId: fleet.fleetId })
    await online(api, fleet.fleetId, 3)
    await waitFor(async () => (await api.call('fleet.get', { fleetId: fleet.fleetId })).stats.replied > 3)
    expect(await cloud.api.call('device.get', { productKey, deviceName: names[1]! })).toMatchObject({ state: 'ONLINE' })
    expect(await cloud.api.call('device.setProperties', { productKey, deviceName: names[1]!, properties: { Counter: 3 } })).toMatchObject({ code: expect.any(Number) as number })
    expect(await api.call('fleet.deviceNames', { fleetId: fleet.fleetId })).toEqual(names)
    expect(await api.call('fleet.choose', { fleetId: fleet.fleetId, devices: { names: [names[2]!] } })).toEqual({ ranges: [[2, 2]], devices: 1 })
    await expect(api.call('fleet.choose', { fleetId: fleet.fleetId, devices: { names: ['sim-0001'] } })).rejects.toMatchObject({ code: 'input/invalid' })
    expect(await api.call('device.list', { productKey })).toMatchObject({ total: 0 })
  })

  it('tells each wrong line of a file with its number and says no secret', async () => {
    const { api } = await startWithProduct()
    const csv = 'ProductKey,DeviceName,DeviceSecret\na1,good,s1\na1,,s2\na1,good,s3secret\n\na1,bad name,s4\na1,other,\n'
    const read = await api.call('fleet.readDevices', { csv })
    expect(read).toEqual({
      devices: 1,
      productKeys: ['a1'],
      names: ['good'],
      wrong: [
        { line: 3, expected: 'a DeviceName', got: 'nothing' },
        { line: 4, expected: 'each device once, because a second login kicks out the first', got: 'a1,good, which line 2 has too' },
        { line: 6, expected: 'a DeviceName', got: '"bad name"' },
        { line: 7, expected: 'a DeviceSecret', got: 'nothing' },
      ],
      wrongCount: 4,
    })
    await expect(api.call('fleet.create', { productKey, target: { kind: 'cloud', host: 'h', port: 1 }, secrets: { devices: { csv } } })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('line 3: expected a DeviceName') as string })
    expect(await api.call('fleet.readDevices', { csv: 'name,DeviceSecret\n' })).toMatchObject({ wrong: [{ line: 1, expected: 'a header with ProductKey, DeviceName' }] })
    expect(await api.call('fleet.readDevices', { csv: 'Device Name;Device Secret\nx;y\n', productKey: 'a1Given' })).toMatchObject({ devices: 1, productKeys: ['a1Given'] })
    expect(await api.call('fleet.readDevices', { csv: 'ProductKey,DeviceName,DeviceSecret\n' })).toMatchObject({ devices: 0, wrong: [{ line: 2 }] })
  })
})

describe('the secrets of a fleet', () => {
  const target = { kind: 'broker', host: 'b.example', port: 1883, username: 'u' } as const

  it('are kept in a file that its owner alone can read, and never come out again', async () => {
    const { api, dir, close } = await startWithProduct()
    const { fleetId, ...made } = await api.call('fleet.create', { productKey, count: 1, target, secrets: { password: { text: 'very-secret' } } })
    const file = join(dir, 'secrets.json')
    expect(made.secrets).toEqual({ password: { in: 'file', file }, clientKey: null, devices: null, keeper: { in: 'file', file } })
    expect(await api.call('fleet.secretKeeper', {})).toEqual({ in: 'file', file })
    expect(JSON.stringify([made, await api.call('fleet.list', {})])).not.toContain('very-secret')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    writeFileSync(`${file}.new`, '', { mode: 0o644 })
    await api.call('fleet.update', { fleetId, change: { secrets: { clientKey: { text: 'k' } } } })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await close()
    const again = await startEngine({ workspaceDir: dir })
    expect(await again.api.call('fleet.get', { fleetId })).toMatchObject({ target, secrets: { password: { in: 'file' } } })
    await again.api.call('fleet.delete', { fleetId })
    expect(readFileSync(file, 'utf8')).toBe('{}')
  })

  it('stay in the environment when only the name of a variable is given', { timeout }, async () => {
    const environment: Record<string, string> = {}
    const { api, dir } = await startWithProduct({ environment: name => environment[name] })
    const { fleetId, secrets } = await api.call('fleet.create', { productKey, count: 1, target: { ...target, host: '127.0.0.1', port: (await broker()).port }, secrets: { password: { environment: 'BROKER_PASSWORD' } } })
    expect(secrets.password).toEqual({ in: 'environment', name: 'BROKER_PASSWORD' })
    await expect(api.call('fleet.start', { fleetId })).rejects.toMatchObject({ code: 'fleet/secret-lost', message: expect.stringContaining('BROKER_PASSWORD') as string })
    environment.BROKER_PASSWORD = 'from-outside'
    expect(await api.call('fleet.testTarget', { fleetId })).toMatchObject({ passed: true })
    expect(readFileSync(join(dir, 'secrets.json'), 'utf8')).not.toContain('from-outside')
    await api.call('fleet.update', { fleetId, change: { target: { kind: 'local' } } })
    expect((await api.call('fleet.get', { fleetId })).secrets.password).toBeNull()
  })

  it('are sealed by the vault of the host, without which they cannot be read', async () => {
    const key = randomBytes(32)
    const vault = {
      isThere: () => Promise.resolve(true),
      async seal(text: string) {
        const iv = randomBytes(12)
        const cipher = createCipheriv('aes-256-gcm', key, iv)
        return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
      },
      async unseal(sealed: string) {
        const bytes = Buffer.from(sealed, 'base64')
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(-16))
        return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString()
      },
    }
    const { api, dir, close } = await startWithProduct({ vault })
    const { fleetId, secrets } = await api.call('fleet.create', { productKey, count: 1, target: { ...target, host: '127.0.0.1', port: (await broker()).port }, secrets: { password: { text: 'very-secret' } } })
    expect(secrets.password).toEqual({ in: 'system' })
    expect(readFileSync(join(dir, 'secrets.json'), 'utf8')).not.toContain('very-secret')
    expect(await api.call('fleet.testTarget', { fleetId })).toMatchObject({ passed: true })
    await close()
    const plain = await startEngine({ workspaceDir: dir })
    expect(await plain.api.call('fleet.testTarget', { fleetId })).toMatchObject({ passed: false, steps: [{ step: 'devices', said: expect.stringContaining('set it again') as string }] })
    await plain.close()
    writeFileSync(join(dir, 'secrets.json'), 'nonsense')
    await expect(startEngine({ workspaceDir: dir })).rejects.toMatchObject({ code: 'fleet/secret-lost' })
  })
})
