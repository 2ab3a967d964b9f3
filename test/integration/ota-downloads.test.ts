import { Buffer } from 'node:buffer'
import { createHash, createVerify } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { get as getSecure } from 'node:https'
import { connect } from 'node:net'
import path from 'node:path'
import { connectAsync } from 'mqtt'
import { expect, it, onTestFinished } from 'vitest'
import { createFastClock } from '../support/fast-clock.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { imageOf, makePackage, startOtaBench, uploadFile } from '../support/ota-bench.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { credentialsOf } from '../support/test-broker.ts'
import { makeDevice } from '../support/test-engine.ts'

const image = imageOf(300_000)
const md5 = createHash('md5').update(image).digest('hex')
const sha256 = createHash('sha256').update(image).digest('hex')

async function startWithPackage(...start: Parameters<typeof startOtaBench>) {
  const bench = await startOtaBench(...start)
  const made = await makePackage(bench.api, image)
  const [file] = made.files
  const address = { packageId: made.packageId, fileId: file!.fileId }
  const { url, expiresAt } = await bench.api.call('otaPackage.download', address)
  return { ...bench, made, address, url, expiresAt }
}

/** What comes over the wire, byte by byte. */
function rawGet(url: string, lines: string[] = [], method = 'GET'): Promise<string> {
  const { hostname, port, pathname, search } = new URL(url)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.write([`${method} ${pathname}${search} HTTP/1.1`, 'Host: ota', 'Connection: close', ...lines, '', ''].join('\r\n')))
    socket.on('data', chunk => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
  })
}

it('takes a file in parts, hashes it as it comes, and serves it whole with an exact length and an address that is short enough', async () => {
  const { made, url, dir } = await startWithPackage()
  expect(made).toMatchObject({ state: 'unverified', signMethod: 'MD5', module: 'default', kind: 'full', files: [{ name: 'app.bin', size: image.length, md5, sha256 }] })
  expect(url.length).toBeLessThan(254)
  expect(readdirSync(path.join(dir, 'packages'))).toEqual([made.files[0]!.fileId])
  const [head, body] = splitHead(await rawGet(url))
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(head).toContain(`\r\nContent-Length: ${image.length}\r\n`)
  expect(head).not.toMatch(/chunked/i)
  expect(Buffer.from(body, 'latin1').equals(image)).toBe(true)
})

function splitHead(answer: string): [string, string] {
  const at = answer.indexOf('\r\n\r\n')
  return [answer.slice(0, at + 2), answer.slice(at + 4)]
}

it('serves ranges, so that a broken download goes on, and the head alone', async () => {
  const { url, api, address } = await startWithPackage()
  const range = async (wanted: string, more = {}) => {
    const answer = await fetch(url, { headers: { Range: wanted, ...more } })
    return { status: answer.status, range: answer.headers.get('content-range'), bytes: new Uint8Array(await answer.arrayBuffer()) }
  }
  expect(await range('bytes=0-')).toEqual({ status: 206, range: `bytes 0-299999/300000`, bytes: image })
  expect(await range('bytes=299990-')).toEqual({ status: 206, range: 'bytes 299990-299999/300000', bytes: image.slice(299_990) })
  expect(await range('bytes=65530-65545')).toEqual({ status: 206, range: 'bytes 65530-65545/300000', bytes: image.slice(65_530, 65_546) })
  expect(await range('bytes=-5')).toMatchObject({ status: 206, bytes: image.slice(-5) })
  expect(await range('bytes=300000-')).toMatchObject({ status: 416, range: 'bytes */300000' })
  expect(await range('bytes=5-6', { 'If-Range': '"another"' })).toMatchObject({ status: 200, bytes: image })
  const [head, body] = splitHead(await rawGet(url, ['Range: bytes=100-'], 'HEAD'))
  expect(head).toMatch(/^HTTP\/1\.1 206 /)
  expect(head).toContain('\r\nContent-Length: 299900\r\n')
  expect(body).toBe('')
  expect((await fetch(url, { method: 'POST' })).status).toBe(405)

  await api.call('otaPackage.delete', { packageId: address.packageId })
  const gone = await fetch(url)
  expect([gone.status, await gone.text()]).toEqual([404, expect.stringContaining('<Code>NoSuchKey</Code>')])
})

it('refuses an altered address with SignatureDoesNotMatch and an expired one with AccessDenied, both as XML', async () => {
  const { url, api, address } = await startWithPackage({}, createFastClock(1000))
  const altered = [url.replace(/Expires=\d+/, 'Expires=4102444800'), url.replace('Device=0', 'Device=1'), url.slice(0, -1), url.split('?')[0]!, url.replace('.bin', '.zip')]
  for (const other of altered) {
    const answer = await fetch(other)
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([403, 'application/xml', expect.stringMatching(/<Code>SignatureDoesNotMatch<\/Code>\n {2}<Message>.+<\/Message>\n {2}<RequestId>\w+<\/RequestId>\n {2}<HostId>127\.0\.0\.1:\d+<\/HostId>/)])
  }
  const short = await api.call('otaPackage.download', { ...address, validSec: 1 })
  await expect.poll(async () => (await fetch(short.url)).status).toBe(403)
  const text = await (await fetch(short.url)).text()
  expect(text).toContain('<Code>AccessDenied</Code>\n  <Message>Request has expired.</Message>')
  expect(text).toContain(`<Expires>${new Date(short.expiresAt).toISOString()}</Expires>\n  <ServerTime>20`)
  await api.call('settings.set', { name: 'ota.urlValidSec', value: 5 })
  const now = await api.call('otaPackage.download', address)
  await api.call('settings.set', { name: 'ota.urlValidSec', value: 86_400 })
  const later = await api.call('otaPackage.download', address)
  expect(later.expiresAt - now.expiresAt).toBeGreaterThan(86_000_000)
})

it('gives a device the address at which it has connected, over http or https as its connection is, valid after a restart', async () => {
  const workspaceDir = tempFolder()
  const first = await startWithPackage({ workspaceDir })
  const certificate = await makeDevice(first.api)
  const device = await connectDevice(first.mqtt, certificate)
  onTestFinished(async () => { await device.client.endAsync(true) })
  const given = await first.api.call('otaPackage.download', { ...first.address, device: { productKey: 'a1Test', deviceName: 'dev-0001' } })
  expect(given).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/ota\/[\da-f]{16}\.bin\?Expires=\d{10}&Device=1&Signature=[\w-]{43}$/) as string, isUnreachable: false })
  await device.client.endAsync(true)
  await first.close()

  const second = await startOtaBench({ workspaceDir })
  const moved = new URL(given.url)
  moved.port = new URL(second.engine.httpUrl!).port
  expect(new Uint8Array(await (await fetch(moved)).arrayBuffer())).toEqual(image)
  expect(await second.api.call('otaPackage.list', {})).toMatchObject({ total: 1, packages: [{ packageId: first.made.packageId, files: [{ md5 }] }] })
})

it('gives a device on TLS an https address under the workspace\'s own root, and http when the user says so', async () => {
  const { api, mqtt, address } = await startWithPackage()
  const certificate = await makeDevice(api)
  const { pem } = await api.call('certificate.root', {})
  const client = await connectAsync(`mqtts://127.0.0.1:${mqtt.port}`, { ...credentialsOf({ ...certificate, deviceId: 1, disabled: false }), ca: pem, protocolVersion: 4, reconnectPeriod: 0, keepalive: 60 })
  onTestFinished(async () => { await client.endAsync(true) })
  const given = () => api.call('otaPackage.download', { ...address, device: { productKey: 'a1Test', deviceName: 'dev-0001' } })
  const { url } = await given()
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:/)
  const digest = await new Promise<string>((resolve, reject) => getSecure(url, { ca: pem }, (response) => {
    const hash = createHash('md5')
    response.on('data', chunk => hash.update(chunk as Buffer)).on('end', () => resolve(hash.digest('hex')))
  }).on('error', reject))
  expect(digest).toBe(md5)
  await api.call('settings.set', { name: 'ota.httpForTls', value: true })
  expect((await given()).url).toMatch(/^http:\/\//)
})

it('serves hundreds of downloads of one file at a time, and lets go of those that break off', async () => {
  const { url } = await startWithPackage()
  for (let i = 0; i < 20; i++) {
    await new Promise<void>((resolve, reject) => request(url, response => response.once('data', () => {
      response.destroy()
      resolve()
    })).on('error', reject).end())
  }
  const all = await Promise.all(Array.from({ length: 400 }, async () => createHash('md5').update(new Uint8Array(await (await fetch(url)).arrayBuffer())).digest('hex')))
  expect(new Set(all)).toEqual(new Set([md5]))
}, 60_000)

it('signs files a second time with a key pair of the product while secure update is on', async () => {
  const { api, made } = await startWithPackage()
  expect(await api.call('otaSecurity.get', { productKey: 'a1Test' })).toEqual({ isOn: false, publicKey: null })
  expect((await api.call('otaPackage.get', { packageId: made.packageId })).digestSigns).toEqual({})
  const { publicKey } = await api.call('otaSecurity.set', { productKey: 'a1Test', isOn: true })
  const { digestSigns } = await api.call('otaPackage.get', { packageId: made.packageId })
  expect(createVerify('sha256').update(image).verify(publicKey!, digestSigns[made.files[0]!.fileId]!, 'base64')).toBe(true)
  await api.call('otaSecurity.set', { productKey: 'a1Test', isOn: false })
  expect(await api.call('otaSecurity.set', { productKey: 'a1Test', isOn: true })).toEqual({ isOn: true, publicKey })
})

it('refuses what breaks a rule, naming the field, what was expected and what came, and keeps the files for another try', async () => {
  const { api } = await startOtaBench()
  const uploadIds = [await uploadFile(api, 'app.bin', image), await uploadFile(api, 'web.tar.gz', image)]
  const create = (wish: object) => api.call('otaPackage.create', { productKey: 'a1Test', name: 'app', version: '2.0.0', uploadIds: [uploadIds[0]!], ...wish })
  await expect(create({ name: '-app' })).rejects.toMatchObject({ code: 'input/invalid', details: { issues: [{ path: 'name' }] } })
  await expect(create({ version: 'two words' })).rejects.toMatchObject({ code: 'input/invalid', details: { issues: [{ path: 'version' }] } })
  await expect(create({ kind: 'diff' })).rejects.toMatchObject({ code: 'input/invalid', message: 'sourceVersion: expected the version that a differential package starts from, got none.' })
  await expect(create({ kind: 'diff', sourceVersion: '2.0.0' })).rejects.toMatchObject({ details: { field: 'sourceVersion' } })
  await expect(create({ module: 'mcu' })).rejects.toMatchObject({ code: 'ota/module-not-found' })
  await expect(create({ uploadIds })).rejects.toMatchObject({ message: 'files: expected files with different signatures, got app.bin and web.tar.gz with the same content.' })
  await expect(api.call('otaUpload.begin', { name: 'app.exe' })).rejects.toMatchObject({ code: 'input/invalid', details: { issues: [{ path: 'name' }] } })
  await expect(api.call('otaUpload.begin', { name: `${'a'.repeat(29)}.bin` })).rejects.toMatchObject({ code: 'input/invalid' })
  await expect(api.call('otaUpload.part', { uploadId: uploadIds[0]!, offset: 7, bytes: image.slice(0, 3) })).rejects.toMatchObject({ details: { field: 'offset', expected: image.length } })
  await api.call('otaModule.create', { productKey: 'a1Test', name: 'mcu', alias: 'motor' })
  const made = await create({ module: 'MCU', kind: 'diff', sourceVersion: '1.0.0', verify: false, signMethod: 'SHA256' })
  expect(made).toMatchObject({ module: 'mcu', kind: 'diff', sourceVersion: '1.0.0', state: 'none' })
  await expect(create({ uploadIds: [uploadIds[1]!] })).rejects.toMatchObject({ code: 'ota/package-exists' })
  await expect(create({ name: 'app-3' })).rejects.toMatchObject({ code: 'ota/upload-not-found' })
  const changed = await api.call('otaPackage.update', { packageId: made.packageId, name: 'app(3)', description: 'Better.', udi: '{"a":1}' })
  expect(changed).toMatchObject({ name: 'app(3)', description: 'Better.', udi: '{"a":1}', version: '2.0.0' })
  await expect(api.call('otaModule.delete', { productKey: 'a1Test', name: 'mcu' })).rejects.toMatchObject({ code: 'ota/module-in-use' })
  await expect(api.call('otaModule.delete', { productKey: 'a1Test', name: 'default' })).rejects.toMatchObject({ code: 'ota/module-in-use' })
  await expect(api.call('otaModule.create', { productKey: 'a1Test', name: 'Mcu' })).rejects.toMatchObject({ code: 'ota/module-exists' })
})

it('fetches a file from an address, and lets go of one that is no longer wanted', async () => {
  const { api, url, dir, made } = await startWithPackage()
  const fetched = await api.call('otaUpload.fetch', { url, name: 'copy.bin' })
  expect(fetched).toMatchObject({ name: 'copy.bin', size: image.length, md5, sha256 })
  expect(await api.call('otaUpload.end', { uploadId: fetched.uploadId })).toEqual(fetched)
  await api.call('otaUpload.drop', { uploadId: fetched.uploadId })
  expect(readdirSync(path.join(dir, 'packages'))).toEqual([made.files[0]!.fileId])
  await expect(api.call('otaUpload.fetch', { url: url.replace('Device=0', 'Device=7'), name: 'copy.bin' })).rejects.toMatchObject({ code: 'ota/fetch-failed', message: expect.stringContaining('answers with status 403') as string })
  await expect(api.call('otaUpload.fetch', { url: (await api.call('otaUpload.form', { suffix: 'bin' })).url })).rejects.toMatchObject({ code: 'ota/upload-not-found' })
  await expect(api.call('otaPackage.get', { packageId: 'nothing' })).rejects.toMatchObject({ code: 'ota/package-not-found' })
  const named = { productKey: 'a1Test', name: 'default' }
  await api.call('otaModule.update', { ...named, alias: 'firmware', description: 'All of it' })
  expect(await api.call('otaModule.list', { productKey: 'a1Test' })).toMatchObject({ modules: [{ ...named, alias: 'firmware', description: 'All of it' }] })
})

it('removes the files of a product that is deleted, and lists the versions that its devices have reported', async () => {
  const { api, mqtt, dir, made } = await startWithPackage()
  const certificate = await makeDevice(api)
  const device = await connectDevice(mqtt, certificate)
  await device.client.publishAsync('/ota/device/inform/a1Test/dev-0001', '{"id":"1","params":{"version":"1.0.0"}}', { qos: 1 })
  await expect.poll(() => api.call('otaModule.versions', { productKey: 'a1Test' })).toEqual({ versions: [{ version: '1.0.0', deviceCount: 1 }] })
  await device.client.endAsync(true)
  await api.call('device.delete', { productKey: 'a1Test', deviceName: 'dev-0001' })
  await api.call('product.delete', { productKey: 'a1Test' })
  expect(await api.call('otaPackage.list', {})).toEqual({ packages: [], total: 0 })
  expect(existsSync(path.join(dir, 'packages', made.files[0]!.fileId))).toBe(false)
})
