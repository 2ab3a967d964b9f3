import type { EngineConfig } from '../../src/engine/config.ts'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { silentLog } from '../../src/shared/log.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makePackage, startOtaBench } from '../support/ota-bench.ts'
import { makeDevice } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const device = { productKey: 'a1Test', deviceName: 'dev-0001' }
const content = new TextEncoder().encode('HELLO-OTA')
const networkAddress = Object.values(networkInterfaces()).flat().find(one => one?.family === 'IPv4' && !one.internal)?.address

/** A listener for devices that, for ports 80 and 443, opens those that a test names. */
function portsAt(instead: Record<number, number>): EngineConfig['openDeviceHttp'] {
  return (host, routes, certificate, port = 0) => createDeviceHttp({ host, port: instead[port] ?? port, log: silentLog, routes, certificate })
}

async function startBench(wish: Partial<EngineConfig> = {}) {
  const running = await startOtaBench({ openDeviceHttp: portsAt({ 80: 0, 443: 0 }), ...wish })
  const certificate = await makeDevice(running.api)
  const { packageId, files: [file] } = await makePackage(running.api, content, { verify: false })
  const addressFor = (named?: typeof device) => running.api.call('otaPackage.download', { packageId, fileId: file!.fileId, ...(named && { device: named }) })
  return { ...running, certificate, addressFor }
}

/** Why ports 80 and 443 cannot be tried here; empty when they can. */
async function whyNoStandardPorts(): Promise<string> {
  for (const port of [80, 443]) {
    const server = createServer().listen(port, '127.0.0.1')
    const [error] = await Promise.race([once(server, 'listening'), once(server, 'error')]).catch((thrown: unknown) => [thrown]) as [NodeJS.ErrnoException | undefined]
    server.close()
    if (error !== undefined)
      return `port ${port}: ${error.code}`
  }
  return ''
}
const noStandardPorts = await whyNoStandardPorts()

it('gives the chosen address to files of updates and configurations, and says what is wrong with it', async () => {
  const { api, addressFor, certificate, mqtt } = await startBench()
  const first = await api.call('download.status', {})
  expect(first).toMatchObject({ listener: { host: '127.0.0.1' }, url: `http://127.0.0.1:${first.listener!.port}`, isChosen: false, problem: null, unreachable: null })
  expect(first.ports.map(({ port, state }) => [port, state])).toEqual([[80, 'off'], [443, 'off']])
  expect(first.addresses).toContainEqual({ address: '127.0.0.1', network: expect.any(String) as string })

  await api.call('settings.set', { name: 'ota.downloadHost', value: 'localhost' })
  const { client } = await connectDevice(mqtt, certificate, { _ss: '1' })
  const configUrls: string[] = []
  client.on('message', (topic, payload) => topic.endsWith('/config/get_reply') && configUrls.push((JSON.parse(payload.toString()) as { data: { url: string } }).data.url))
  await api.call('remoteConfig.setEnabled', { productKey: 'a1Test', enabled: true })
  await api.call('remoteConfig.save', { productKey: 'a1Test', text: '{"interval":30}' })
  await client.publishAsync('/sys/a1Test/dev-0001/thing/config/get', '{"id":"1","version":"1.0","params":{"configScope":"product","getType":"file"}}')
  await waitFor(() => configUrls.length === 1)
  const { url } = await addressFor(device)
  for (const [address, text] of [[url, 'HELLO-OTA'], [configUrls[0]!, '{"interval":30}']] as const) {
    expect(new URL(address).host).toBe(`localhost:${first.listener!.port}`)
    expect(await (await fetch(address)).text()).toBe(text)
  }

  await api.call('settings.set', { name: 'ota.downloadHost', value: '192.0.2.250' })
  expect(await addressFor(device)).toMatchObject({ isUnreachable: true })
  expect((await api.call('download.status', {})).problem).toBe('closed')
  await expect(api.call('settings.set', { name: 'ota.downloadHost', value: 'http://x' })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('expected a host name or an IP address') as string })
  // The C SDK takes addresses of at most 254 characters.
  await api.call('settings.set', { name: 'ota.downloadHost', value: 'x'.repeat(100) })
  const longest = await makePackage(api, content, { name: 'long', version: '3', verify: false, uploadIds: [await uploadNamed(api, `${'n'.repeat(25)}.tar.gz`)] })
  const long = await api.call('otaPackage.download', { packageId: longest.packageId, fileId: longest.files[0]!.fileId, device })
  expect(long.url.length).toBeLessThanOrEqual(254 - 16)
  await client.publishAsync('/sys/a1Test/dev-0001/thing/config/get', '{"id":"2","version":"1.0","params":{"configScope":"product","getType":"file"}}')
  await waitFor(() => configUrls.length === 2)
  expect(configUrls[1]!.length).toBeLessThanOrEqual(254)
})

async function uploadNamed(api: Awaited<ReturnType<typeof startBench>>['api'], name: string): Promise<string> {
  const { uploadId } = await api.call('otaUpload.begin', { name })
  await api.call('otaUpload.part', { uploadId, offset: 0, bytes: content })
  return uploadId
}

it.skipIf(networkAddress === undefined)('gives a device from the network the address it came in on, and warns once when it is given one that it cannot reach (needs a network)', async () => {
  const { api, addressFor, certificate, mqtt } = await startBench({ mqtt: { host: '0.0.0.0', port: 0 } })
  await connectDevice({ host: networkAddress!, port: mqtt.port }, certificate)
  const good = await addressFor(device)
  expect([new URL(good.url).hostname, good.isUnreachable]).toEqual([networkAddress, false])
  expect(await (await fetch(good.url)).text()).toBe('HELLO-OTA')
  await api.call('settings.set', { name: 'ota.downloadHost', value: '127.0.0.1' })
  expect([await addressFor(device), await addressFor(device)]).toMatchObject([{ isUnreachable: true }, { isUnreachable: true }])
  const { problem, unreachable } = await api.call('download.status', {})
  expect([problem, unreachable]).toMatchObject(['loopback', { ...device, from: networkAddress }])
  const { notices } = await api.call('app.info', {})
  expect(notices.filter(({ code }) => code === 'download-unreachable').map(({ message }) => message)).toEqual([expect.stringContaining(`Device dev-0001 connects from ${networkAddress} and cannot download from http://127.0.0.1:`)])
  await api.call('settings.set', { name: 'ota.downloadHost', value: '' })
  expect(await api.call('download.status', {})).toMatchObject({ problem: null, unreachable: null })
})

it.skipIf(noStandardPorts !== '')(`serves downloads on ports 80 and 443 from the moment it is told to, at addresses without a port${noStandardPorts && ` (not here: ${noStandardPorts})`}`, async () => {
  const { api, addressFor } = await startBench({ openDeviceHttp: portsAt({}) })
  const before = await addressFor(device)
  expect(new URL(before.url).port).not.toBe('')
  await api.call('settings.set', { name: 'ota.standardPorts', value: true })
  expect((await api.call('download.status', {})).ports.map(({ port, state }) => [port, state])).toEqual([[80, 'open'], [443, 'open']])
  const { url } = await addressFor(device)
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1\/ota\//)
  expect(await (await fetch(url)).text()).toBe('HELLO-OTA')
  expect(await (await fetch(before.url)).text()).toBe('HELLO-OTA')
  await api.call('settings.set', { name: 'ota.standardPorts', value: false })
  expect((await api.call('download.status', {})).ports.map(({ state }) => state)).toEqual(['off', 'off'])
  await expect(fetch(url)).rejects.toThrow()
})

it('keeps the port in addresses and says what to do when another program has port 80, and opens it at the next try', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port: taken } = other.address() as { port: number }
  const { api, addressFor } = await startBench({ openDeviceHttp: portsAt({ 80: taken, 443: 0 }) })
  await api.call('settings.set', { name: 'ota.standardPorts', value: true })
  const { ports, listener } = await api.call('download.status', {})
  expect(ports).toMatchObject([{ port: 80, state: 'taken', advice: expect.stringMatching(/^Another program uses port 80/) as string }, { port: 443, state: 'open', advice: '' }])
  expect(new URL((await addressFor(device)).url).port).toBe(String(listener!.port))
  const { notices } = await api.call('app.info', {})
  expect(notices.filter(({ code }) => code === 'standard-port-taken').map(({ level, message }) => [level, message])).toEqual([['warning', ports[0]!.advice]])

  other.close()
  await api.call('settings.set', { name: 'ota.standardPorts', value: false })
  await api.call('settings.set', { name: 'ota.standardPorts', value: true })
  expect((await api.call('download.status', {})).ports.map(({ state }) => state)).toEqual(['open', 'open'])
})

it('opens the standard ports again at the next start', async () => {
  const { api, dir, close } = await startBench()
  await api.call('settings.set', { name: 'ota.standardPorts', value: true })
  await close()
  const again = await startOtaBench({ workspaceDir: dir, openDeviceHttp: portsAt({ 80: 0, 443: 0 }) })
  expect((await again.api.call('download.status', {})).ports.map(({ state }) => state)).toEqual(['open', 'open'])
})
