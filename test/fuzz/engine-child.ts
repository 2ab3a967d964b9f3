/**
 * The process of the engine under test: `node --expose-gc engine-child.ts DIR`. It reports what no input may cause (an
 * exception nobody caught, a console call that failed inside the engine), and talks to the fuzz devices as an
 * application would, so that answers have something to answer.
 */
import type { Engine } from '../../src/engine/config.ts'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { Log } from '../../src/shared/log.ts'
import type { Aftermath, EngineSays, FuzzQuestion, Measure } from './fuzz-messages.ts'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { createEngine } from '../../src/engine/engine.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { createMemoryPorts } from '../../src/host/rpc/memory-port.ts'
import { serveRpc } from '../../src/host/rpc/serve-rpc.ts'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { AppError } from '../../src/shared/errors.ts'
import { silentLog } from '../../src/shared/log.ts'
import { createRpcClient } from '../../src/shared/rpc/client.ts'

const say = (message: EngineSays): void => void process.send?.(message)
const dir = process.argv[2]!
const plainProductKey = 'a1TbColdBx1'
const rawProductKey = 'rFuzz1'
const gatewayProductKey = 'gFuzz1'
const subProductKey = 'sFuzz1'
const resourcesDir = path.join(import.meta.dirname, '../../resources')

process.on('uncaughtException', error => say({ kind: 'finding', text: `an exception nobody caught: ${error.stack ?? error}` }))
process.on('unhandledRejection', reason => say({ kind: 'finding', text: `a rejection nobody handled: ${reason instanceof Error ? reason.stack : String(reason)}` }))

const log: Log = { ...silentLog, error: (message: string, fields?: object) => say({ kind: 'finding', text: `the engine logged an error: ${message} ${JSON.stringify(fields)}` }), child: () => log }

async function open(): Promise<{ engine: Engine, api: ApiClient, close: () => Promise<void> }> {
  const engine = await createEngine({
    workspaceDir: dir,
    version: '0.0.0-fuzz',
    mqtt: { host: '127.0.0.1', port: 0 },
    openApiHttp: null,
    openDeviceHttp: (host, routes, certificate) => createDeviceHttp({ host, port: 0, log: silentLog, routes, certificate }),
    resourcesDir,
    spawnFleet: () => { throw new Error('no fleets here') },
  }, { clock: realClock, log, seed: 1 })
  const [ours, theirs] = createMemoryPorts()
  const server = serveRpc(engine.api, theirs, { engineId: engine.engineId, log: silentLog })
  const api = createRpcClient(ours)
  return {
    engine,
    api,
    close: async () => {
      api.close()
      await server.closed
      await engine.close()
    },
  }
}

async function prepare(api: ApiClient): Promise<{ devices: DeviceCertificate[], healthy: DeviceCertificate[] }> {
  await api.call('settings.set', { name: 'trace.keepBytesMax', value: 256 * 1024 * 1024 })
  const text = readFileSync(path.join(resourcesDir, 'products/cold-chain-box.tsl.json'), 'utf8')
  await api.call('product.importModel', { text })
  // The same model again where a script parses what devices send, and where they speak for others.
  await api.call('product.create', { name: 'Bytes', productKey: rawProductKey, dataFormat: 'raw' })
  await api.call('product.create', { name: 'Gateways', productKey: gatewayProductKey, nodeType: 'gateway' })
  await api.call('product.create', { name: 'Meters', productKey: subProductKey, nodeType: 'sub-device' })
  for (const other of [rawProductKey, gatewayProductKey, subProductKey])
    await api.call('product.importModel', { text, productKey: other })
  await api.call('script.submit', { productKey: rawProductKey, text: (await api.call('script.sample', { productKey: rawProductKey })).text })
  const names = (word: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${word}-${String(at).padStart(4, '0')}`)
  const make = async (names: string[], productKey = plainProductKey): Promise<DeviceCertificate[]> => {
    const made: DeviceCertificate[] = []
    for (const deviceName of names)
      made.push(...(await api.call('device.create', { productKey, deviceName })).certificates)
    return made
  }
  const devices = [...await make(names('fuzz', 40)), ...await make(names('bytes', 16), rawProductKey), ...await make(names('gate', 8), gatewayProductKey)]
  const healthy = await make(names('healthy', 4))
  const [off] = await make(['fuzz-off'])
  await api.call('device.setEnabled', { productKey: plainProductKey, deviceName: off!.deviceName, enabled: false })
  for (const [at, { deviceName, productKey }] of (await make(names('meter', 8), subProductKey)).entries())
    await api.call('topology.add', { productKey: gatewayProductKey, deviceName: `gate-000${at}`, devices: [{ productKey, deviceName }] })
  for (const { deviceName, productKey } of devices.slice(0, 48))
    await api.call('deviceLog.setEnabled', { productKey, deviceName, enabled: true })
  return { devices, healthy }
}

const expected = new Set(['device/unreachable', 'device/no-reply', 'script/failed', 'model/refused', 'shadow/version-conflict', 'desired/version-conflict', 'limit/reached', 'call/cancelled', 'connection/lost', 'store/query-timeout'])

/** Calls as an application and looks as a page would, over and over; every refusal that is not about the device is a finding. */
async function useConsole(api: ApiClient, devices: DeviceCertificate[], signal: AbortSignal): Promise<void> {
  const attempt = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    try {
      await run()
    }
    catch (error) {
      const code = error instanceof AppError ? error.code : 'no AppError'
      if (!signal.aborted && !expected.has(code))
        say({ kind: 'finding', text: `${what} failed: ${code} ${error instanceof Error ? error.message : String(error)}` })
    }
  }
  for (let round = 0; !signal.aborted; round++) {
    const { productKey, deviceName } = devices[round % devices.length]!
    const identity = { productKey, deviceName }
    const waits = { ...identity, timeoutMs: 200 }
    void attempt('device.setProperties', () => api.call('device.setProperties', { ...waits, properties: { lowLimit: round % 9 } }))
    void attempt('device.invokeService', () => api.call('device.invokeService', { ...waits, service: round % 2 === 0 ? 'lockLid' : 'readLog', input: round % 2 === 0 ? { locked: 1 } : { fromAt: '1735689600000', count: 3 } }))
    void attempt('device.rrpc', () => api.call('device.rrpc', { ...waits, payloadBase64: 'eyJxIjoxfQ==' }))
    await attempt('shadow.update', () => api.call('shadow.update', { ...identity, desired: { color: String(round) } }))
    await attempt('device.setDesired', () => api.call('device.setDesired', { ...identity, properties: { highLimit: round % 9 } }))
    await attempt('reading', async () => {
      const [, , , , , , page] = await Promise.all([
        api.call('device.get', identity),
        api.call('tag.list', identity),
        api.call('event.list', { ...identity, limit: 20 }),
        api.call('networkStatus.list', { productKey, deviceName }),
        api.call('deviceLog.page', { productKey, limit: 20 }),
        api.call('shadow.get', identity),
        api.call('trace.page', { limit: 30 }),
      ])
      for (const { id } of page.rows.filter((_, at) => at % 5 === 0))
        await api.call('trace.get', { id })
    })
    await delay(25)
  }
}

function countHandles(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo())
    counts[name] = (counts[name] ?? 0) + 1
  return counts
}

const loop = monitorEventLoopDelay({ resolution: 5 })
loop.enable()
/** What the main thread itself used between two looks, whoever else wants the processor meanwhile. */
let cpuLongestMs = 0
let cpuBefore = process.threadCpuUsage()
setInterval(() => {
  const used = process.threadCpuUsage(cpuBefore)
  cpuBefore = process.threadCpuUsage()
  cpuLongestMs = Math.max(cpuLongestMs, (used.user + used.system) / 1000)
}, 5).unref()

const opened = await open()
const { api, engine } = opened
const made = await prepare(api)
const totals = { up: 0, down: 0, refused: 0, droppedRows: 0, queued: 0, devicesOnline: 0 }
const stopping = new AbortController()
const { signal } = stopping
const watching = [
  // Rates come once a second; the totals are their sum.
  api.subscribe('app.status', {}, (status) => {
    totals.up += status.upPerSec
    totals.down += status.downPerSec
    totals.refused = status.refusedTotal
    totals.droppedRows = status.droppedRows
    totals.queued = status.writeQueueRows
    totals.devicesOnline = status.devicesOnline
  }, { signal }),
  api.subscribe('trace.tail', {}, () => {}, { signal }),
  ...made.devices.filter((_, at) => at % 16 === 0).map(({ productKey, deviceName }) => api.subscribe('device.watch', { productKey, deviceName }, () => {}, { signal })),
].map(stream => stream.catch((error) => {
  if (!signal.aborted)
    say({ kind: 'finding', text: `a stream broke: ${error}` })
}))
loop.reset()
cpuLongestMs = 0
const using = useConsole(api, made.devices, signal)

async function measure(): Promise<Measure> {
  const loopLongestMs = Math.round(loop.max / 1e6)
  const loopCpuLongestMs = Math.round(cpuLongestMs)
  // Wait for the writer and for what is on its way out, then let the collector take what nobody holds.
  for (let turn = 0; turn < 600 && (totals.queued > 0 || totals.devicesOnline > made.healthy.length); turn++)
    await delay(100)
  globalThis.gc?.()
  await delay(200)
  globalThis.gc?.()
  const { heapUsed, rss, external } = process.memoryUsage()
  // The collector's own pauses were asked for here.
  loop.reset()
  cpuLongestMs = 0
  return { heapBytes: heapUsed, rssBytes: rss, externalBytes: external, handles: countHandles(), loopLongestMs, loopCpuLongestMs, messagesUp: totals.up, messagesDown: totals.down, refused: totals.refused, droppedRows: totals.droppedRows }
}

/** Stops the engine, starts another on the same workspace, and says what it finds there. */
async function aftermath(): Promise<Aftermath> {
  const listed = async (api: ApiClient) => Promise.all(made.healthy.map(async ({ deviceName }) => {
    const { state, properties } = await api.call('device.get', { productKey: plainProductKey, deviceName })
    return { deviceName, state, value: properties.battery?.value }
  }))
  const before = await listed(api)
  stopping.abort()
  await Promise.all([...watching, using])
  await opened.close()
  const again = await open()
  const after = await listed(again.api)
  const { notices } = await again.api.call('app.info', {})
  const { rows } = await again.api.call('trace.page', { limit: 1_000 })
  await again.close()
  const registry = new Database(path.join(dir, 'thingbench.db'), { readonly: true })
  const count = (table: string): number => (registry.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count
  const result = { sessions: count('mqtt_session'), queuedMessages: count('mqtt_queued') }
  registry.close()
  return { healthy: before.map((device, at) => ({ ...device, value: after[at]!.value })), ...result, rowsKept: rows.length, notices: notices.map(notice => notice.code) }
}

process.on('message', (question: FuzzQuestion) => {
  if (question === 'close') {
    process.disconnect()
    return
  }
  const answering = question === 'measure'
    ? measure().then(value => say({ kind: 'measure', measure: value }))
    : aftermath().then(value => say({ kind: 'aftermath', aftermath: value }))
  answering.catch(error => say({ kind: 'finding', text: `the engine could not be ${question === 'measure' ? 'measured' : 'closed and opened again'}: ${error instanceof Error ? error.stack : error}` }))
})
process.once('disconnect', () => process.exit())
say({ kind: 'ready', target: { mqttPort: engine.mqtt!.port, httpPort: Number(new URL(engine.httpUrl!).port), ...made } })
