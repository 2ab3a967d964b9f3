import type { TestEngine } from '../support/test-engine.ts'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import path from 'node:path'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { connectAsync } from 'mqtt'
import { expect, it, onTestFinished } from 'vitest'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { silentLog } from '../../src/shared/log.ts'
import { thingbench, thingbenchJson } from '../support/command-line.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { credentialsOf } from '../support/test-broker.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'

interface Setting extends TestEngine { ca: string, credentials: ReturnType<typeof credentialsOf>, httpUrl: string }

async function start(): Promise<Setting> {
  const started = await startEngine({ openDeviceHttp: (host, routes, certificate) => createDeviceHttp({ host, port: 0, log: silentLog, routes, certificate }) })
  const certificate = await makeDevice(started.api)
  const { pem } = await started.api.call('certificate.root', {})
  return { ...started, ca: pem, credentials: credentialsOf({ ...certificate, deviceId: 1, disabled: false }), httpUrl: started.engine.httpUrl! }
}

/** Logs in over a scheme with the root trusted, exchanges a message and says how the engine saw it. */
async function logIn({ api, mqtt, ca, credentials }: Setting, scheme: 'mqtts' | 'wss', host: string) {
  const client = await connectAsync(`${scheme}://${host}:${mqtt.port}`, { ...credentials, ca, protocolVersion: 4, reconnectPeriod: 0, keepalive: 60 })
  onTestFinished(async () => { await client.endAsync(true) })
  const replied = new Promise(resolve => client.once('message', (_topic, payload) => resolve(JSON.parse(payload.toString()))))
  await client.publishAsync('/sys/a1Test/dev-0001/thing/event/property/post', `{"id":"1","version":"1.0","params":{"Counter":7,"Label":"${'x'.repeat(8)}"}}`, { qos: 1 })
  expect(await replied).toMatchObject({ code: 200, id: '1' })
  const { connection } = await api.call('device.get', { productKey: 'a1Test', deviceName: 'dev-0001' })
  return connection?.transport
}

it('a device that trusts the root logs in with TLS on the one port, by address and by name', async () => {
  const setting = await start()
  expect(await logIn(setting, 'mqtts', '127.0.0.1')).toBe('tls')
  expect(await logIn(setting, 'mqtts', 'localhost')).toBe('tls')
})

it('a page logs in over WebSocket with TLS', async () => {
  expect(await logIn(await start(), 'wss', '127.0.0.1')).toBe('websocket')
})

it('a device that does not trust the root is refused, and the trace says what to do', async () => {
  const { api, mqtt, credentials } = await start()
  await expect(connectAsync(`mqtts://127.0.0.1:${mqtt.port}`, { ...credentials, reconnectPeriod: 0 })).rejects.toThrow()
  await expect.poll(async () => {
    const { rows } = await api.call('trace.page', { filter: { code: 'failed' }, limit: 5 })
    return rows.length === 0 ? '' : (await api.call('trace.get', { id: rows[0]!.id })).explanation
  }).toContain('root certificate of this workspace')
})

it.each(['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-RSA-AES128-GCM-SHA256'])('an old board agrees on TLS 1.2 with %s', async (ciphers) => {
  const { mqtt, ca } = await start()
  const socket = connectTls({ ...mqtt, ca, ciphers, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
  onTestFinished(() => { socket.destroy() })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve as () => void).once('error', reject))
  expect([socket.authorized, socket.getCipher().name]).toEqual([true, ciphers])
})

it('mosquitto\'s client logs in and publishes with TLS', async () => {
  const { api, mqtt, ca, credentials, dir } = await start()
  const file = path.join(dir, 'trusted.pem')
  writeFileSync(file, ca)
  await promisify(execFile)('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(mqtt.port), '--cafile', file, '-V', 'mqttv311', '-i', credentials.clientId, '-u', credentials.username, '-P', credentials.password, '-q', '1', '-t', '/sys/a1Test/dev-0001/thing/event/property/post', '-m', '{"id":"1","version":"1.0","params":{"Counter":9}}'])
  await expect.poll(async () => (await api.call('device.get', { productKey: 'a1Test', deviceName: 'dev-0001' })).properties.Counter?.value).toBe(9)
})

it('the HTTP listener speaks HTTPS on the same port, and gives away the root over either', async () => {
  const { httpUrl, ca } = await start()
  const plain = await fetch(`${httpUrl}/ca.pem`)
  expect([await plain.text(), plain.headers.get('content-length')]).toEqual([ca, String(ca.length)])
  const secure = await new Promise<string>((resolve, reject) => {
    request(`${httpUrl.replace('http:', 'https:')}/ca.pem`, { ca, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => { text += part }).on('end', () => resolve(text))
    }).on('error', reject).end()
  })
  expect(secure).toBe(ca)
})

it('the root is the same after a restart, and described for firmware', async () => {
  const first = await start()
  const root = await first.api.call('certificate.root', {})
  await first.close()
  const second = await startEngine({ workspaceDir: first.dir })
  expect(await second.api.call('certificate.root', {})).toMatchObject({ pem: root.pem, fingerprint: root.fingerprint, downloadUrl: null })
  expect(root).toMatchObject({ cString: expect.stringContaining('static const char thingbench_ca_cert[] =\n    "-----BEGIN CERTIFICATE-----\\r\\n"'), downloadUrl: `${first.httpUrl}/ca.pem` })
})

it('prints the root certificate for files and for firmware, the same each time', async () => {
  const workspace = path.join(tempFolder(), 'bench')
  mkdirSync(workspace)
  const pem = await thingbench(['certificate', '--workspace', workspace])
  expect(new X509Certificate(pem.stdout).ca).toBe(true)
  const { stdout } = await thingbench(['certificate', '--c', '--workspace', workspace])
  const lines = [...stdout.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => JSON.parse(`"${text}"`) as string)
  const unixLines = (text: string) => text.trimEnd().replaceAll('\r\n', '\n')
  expect(unixLines(lines.join(''))).toBe(unixLines(pem.stdout))
  expect((await thingbenchJson(['certificate', '--workspace', workspace]))[0]).toMatchObject({ pem: expect.stringContaining('BEGIN CERTIFICATE') as string, downloadUrl: null })
})
