import type { LockHolder } from '../../src/host/lock-file.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import type { MqttDevice } from '../support/mqtt-device.ts'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { expect, it, onTestFinished } from 'vitest'
import { startProcess } from '../support/child-process.ts'
import { jsonLines, startServer, thingbench, thingbenchBin, thingbenchJson } from '../support/command-line.ts'
import { counterProductKey, writeCounterModel } from '../support/counter-model.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const timeout = 60_000

function readLock(workspace: string): LockHolder {
  return JSON.parse(readFileSync(join(workspace, 'engine.lock'), 'utf8')) as LockHolder
}

/** Imports the counter, makes one device and connects it. */
async function connectCounter(workspace: string, mqtt: { host: string, port: number }): Promise<MqttDevice> {
  await thingbenchJson(['product', 'import', writeCounterModel(tempFolder()), '--workspace', workspace])
  const [certificate] = await thingbenchJson(['device', 'create', '--product', counterProductKey, '--name', 'meter', '--workspace', workspace])
  return await connectDevice(mqtt, certificate as unknown as Parameters<typeof connectDevice>[1])
}

async function tracedUploads(workspace: string): Promise<JsonObject[]> {
  const rows = await thingbenchJson(['trace', '--last', '1000', '--workspace', workspace])
  return rows.filter(row => row.direction === 'up')
}

/** Something else that listens on a port. */
async function takePort(): Promise<number> {
  const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await once(server, 'close')
  })
  return (server.address() as { port: number }).port
}

it('says in one line where everything is, keeps the way in from others, and stops cleanly on SIGTERM', async () => {
  const workspace = join(tempFolder(), 'bench')
  const { server, ready } = await startServer(['--workspace', workspace])

  expect(ready).toEqual({
    event: 'ready',
    mqtt: { host: '127.0.0.1', port: expect.any(Number) as number },
    http: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string },
    openapi: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string },
    console: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#t=[\w-]{20,}$/) as string },
    workspace,
  })
  const lock = readLock(workspace)
  expect(lock).toMatchObject({ pid: server.pid, console: new URL('/', ready.console.url).href })
  expect(ready.console.url).not.toContain(lock.secret)
  expect(statSync(join(workspace, 'engine.lock')).mode & 0o777).toBe(0o600)

  expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(server.stdout().split('\n')).toHaveLength(2)
  expect(server.stderr()).toBe('')
  expect(existsSync(join(workspace, 'engine.lock'))).toBe(false)
}, timeout)

it('tells a person where everything is in a few lines, and stops cleanly on SIGINT', async () => {
  const server = startProcess('node', [thingbenchBin, 'serve', '--workspace', join(tempFolder(), 'bench'), '--mqtt-port', '0', '--openapi-port', '0', '--no-open'])
  onTestFinished(async () => {
    await server.kill()
  })
  await server.line(line => line.includes('Workspace'))
  expect(server.stdout()).toMatch(/Page +http:\/\/127\.0\.0\.1:\d+\/#t=/)
  expect(server.stdout()).toMatch(/Devices +mqtt:\/\/127\.0\.0\.1:\d+/)

  expect(await server.stop('SIGINT')).toEqual({ code: 0, signal: null })
}, timeout)

it('takes a signal that arrives twice, as npx and a terminal send it, for one', async () => {
  const { server } = await startServer(['--workspace', join(tempFolder(), 'bench')])
  server.child.kill('SIGINT')
  server.child.kill('SIGINT')
  server.child.kill('SIGTERM')
  expect(await server.exited).toEqual({ code: 0, signal: null })
}, timeout)

it('closes in order what it has opened when it is stopped while it starts', async () => {
  const workspace = join(tempFolder(), 'bench')
  const server = startProcess('node', [thingbenchBin, 'serve', '--workspace', workspace, '--mqtt-port', '0', '--openapi-port', '0', '--no-open', '--json'])
  onTestFinished(async () => {
    await server.kill()
  })
  await waitFor(() => existsSync(join(workspace, 'engine.lock')), { what: 'the lock' })
  expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(existsSync(join(workspace, 'engine.lock'))).toBe(false)
}, timeout)

it('loses nothing that was acknowledged when it is stopped', async () => {
  const workspace = join(tempFolder(), 'bench')
  const { server, ready } = await startServer(['--workspace', workspace])
  const device = await connectCounter(workspace, ready.mqtt)
  for (let value = 1; value <= 20; value++)
    await device.post({ Counter: value })
  expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null })

  expect(await tracedUploads(workspace)).toHaveLength(20)
}, timeout)

it('loses nothing that was acknowledged when it is killed, and starts again at once', async () => {
  const workspace = join(tempFolder(), 'bench')
  const { server, ready } = await startServer(['--workspace', workspace])
  const device = await connectCounter(workspace, ready.mqtt)
  for (let value = 1; value <= 20; value++)
    await device.post({ Counter: value })
  await server.kill()
  expect(readLock(workspace).pid).toBe(server.pid)

  const second = await startServer(['--workspace', workspace])
  expect(readLock(workspace).pid).toBe(second.server.pid)
  expect(second.server.stderr()).toBe('')
  expect(await tracedUploads(workspace)).toHaveLength(20)
  expect(await thingbenchJson(['device', 'show', counterProductKey, 'meter', '--workspace', workspace])).toMatchObject([{ state: 'OFFLINE', properties: { Counter: { value: 20 } } }])
}, timeout)

it('is refused on a workspace that another engine has open, with its process and address', async () => {
  const workspace = join(tempFolder(), 'bench')
  const { server, ready } = await startServer(['--workspace', workspace])
  const address = new URL('/', ready.console.url).href
  const second = await thingbench(['serve', '--workspace', workspace, '--mqtt-port', '0', '--openapi-port', '0', '--no-open', '--json'])

  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(new RegExp(`^[^\\n]*process ${server.pid} at ${address}[^\\n]*\\n$`))
  expect(jsonLines(second.stdout)).toEqual([
    { error: { code: 'workspace/locked', message: second.stderr.trimEnd(), details: expect.objectContaining({ pid: server.pid, address }) as object } },
  ])
  expect(readLock(workspace).pid).toBe(server.pid)
}, timeout)

it('takes a free port for devices when the wanted one is in use, and says so', async () => {
  const taken = await takePort()
  const { server, ready } = await startServer(['--workspace', join(tempFolder(), 'bench'), '--mqtt-port', String(taken)])
  expect(ready.mqtt.port).not.toBe(taken)
  await waitFor(() => server.stderr().includes(`Port ${taken} `) && server.stderr().includes(String(ready.mqtt.port)), { what: `a message naming ${taken} and ${ready.mqtt.port}` })
}, timeout)

it.each(['--http-port', '--console-port'])('ends with one sentence when %s is in use, and leaves the workspace free', async (option) => {
  const taken = await takePort()
  const workspace = join(tempFolder(), 'bench')
  const { code, stdout, stderr } = await thingbench(['serve', '--workspace', workspace, '--mqtt-port', '0', '--openapi-port', '0', option, String(taken), '--no-open', '--json'])
  expect(code).toBe(1)
  expect(stderr).toMatch(new RegExp(`^[^\\n]*127\\.0\\.0\\.1:${taken}[^\\n]*\\n$`))
  expect(jsonLines(stdout)).toMatchObject([{ error: { code: 'listen/failed' } }])
  expect(existsSync(join(workspace, 'engine.lock'))).toBe(false)
}, timeout)

// Linux and Windows have the whole of 127/8, macOS only its first address.
it.skipIf(process.platform === 'darwin')('listens where devices on the network can reach it when told to', async () => {
  const { ready } = await startServer(['--workspace', join(tempFolder(), 'bench'), '--device-host', '127.0.0.2'])
  expect(ready.mqtt.host).toBe('127.0.0.2')
  expect(ready.http.url).toContain('http://127.0.0.2:')
  expect(ready.console.url).toContain('http://127.0.0.1:')
}, timeout)

it('names an address that programs on this machine can use when it listens on all of them', async () => {
  const { ready } = await startServer(['--workspace', join(tempFolder(), 'bench'), '--device-host', '0.0.0.0'])
  expect(ready.mqtt.host).toBe('127.0.0.1')
  expect(ready.http.url).toContain('http://127.0.0.1:')
}, timeout)

it('has one of several that start at the same time, and the others name it', async () => {
  const workspace = join(tempFolder(), 'bench')
  const servers = Array.from({ length: 3 }, () => startProcess('node', [thingbenchBin, 'serve', '--workspace', workspace, '--mqtt-port', '0', '--openapi-port', '0', '--no-open', '--json']))
  onTestFinished(async () => {
    await Promise.all(servers.map(server => server.kill()))
  })
  const told = await Promise.all(servers.map(async server => JSON.parse(await server.line(() => true)) as JsonObject))
  const winner = told.findIndex(line => line.event === 'ready')
  expect(winner).not.toBe(-1)
  const losers = servers.filter((_, index) => index !== winner)
  for (const loser of losers) {
    expect(await loser.exited).toEqual({ code: 1, signal: null })
    expect(loser.stderr()).toContain(`process ${servers[winner]!.pid} at http://127.0.0.1:`)
  }
}, timeout)

it('leaves a workspace that was named empty', async () => {
  const workspace = join(tempFolder(), 'bench')
  await startServer(['--workspace', workspace])
  expect(await thingbenchJson(['product', 'list', '--workspace', workspace])).toEqual([])
}, timeout)

it('fills the user\'s own workspace with the sample once, and resumes the fleet at the next start', async () => {
  const env = { XDG_DATA_HOME: tempFolder(), HOME: tempFolder(), APPDATA: undefined }
  const first = await startServer([], { env })
  expect(first.ready.workspace.startsWith(env.XDG_DATA_HOME) || first.ready.workspace.startsWith(env.HOME)).toBe(true)
  const online = async (): Promise<number> => {
    const [product] = await thingbenchJson(['product', 'list'], { env })
    expect(product).toMatchObject({ deviceCount: 1_000 })
    return product!.onlineCount as number
  }
  await waitFor(async () => await online() === 1_000, { timeoutMs: 30_000, what: 'the sample fleet to be online' })
  expect(await first.server.stop()).toEqual({ code: 0, signal: null })

  await startServer([], { env })
  await waitFor(async () => await online() === 1_000, { timeoutMs: 30_000, what: 'the sample fleet to be online again' })
  expect(await thingbenchJson(['product', 'list'], { env })).toHaveLength(1)
}, 2 * timeout)

it('fills a workspace that was named when asked to, and only once', async () => {
  const workspace = join(tempFolder(), 'bench')
  for (const turn of ['first', 'second']) {
    const { server } = await startServer(['--workspace', workspace, '--sample'])
    expect(await thingbenchJson(['product', 'list', '--workspace', workspace]), turn).toHaveLength(1)
    await server.stop()
  }
}, timeout)

it('ends with one sentence when the workspace cannot be written', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'file'), '')
  const workspace = join(folder, 'file', 'bench')
  const { code, stdout, stderr } = await thingbench(['serve', '--workspace', workspace, '--no-open', '--json'])
  expect(code).toBe(1)
  expect(stderr).toBe(`The workspace folder ${workspace} cannot be written: a part of its path is a file, not a folder.\n`)
  expect(jsonLines(stdout)).toMatchObject([{ error: { code: 'store/unwritable', message: stderr.trimEnd() } }])
}, timeout)

it('leaves nothing but its own files behind', async () => {
  const workspace = join(tempFolder(), 'bench')
  const { server } = await startServer(['--workspace', workspace])
  await server.stop()
  expect(readdirSync(workspace).filter(name => name.startsWith('engine'))).toEqual(['engine.log'])
}, timeout)
