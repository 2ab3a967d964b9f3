import type { ConnectionStatus } from '../../src/ui/client/engine-connection.ts'
import { registerHooks } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { realClock } from '../../src/host/real-clock.ts'
import { createEngineConnection } from '../../src/ui/client/engine-connection.ts'
import { createMessagePort } from '../../src/ui/client/message-port.ts'
import { createElectronFake } from './electron-fake.ts'
import { UtilityProcess } from './utility-process.ts'

/**
 * Boots the built main file on a fake Electron whose utility processes really run, and plays the page: connects, fills the
 * workspace with ten devices, kills the engine, waits for it to come back, and quits. Run in a process of its own:
 * `node boot-shell.ts OUT_DIR WORKSPACE LOGS`; prints what it saw as one line of JSON.
 */
const [outDir = '', workspace = '', logs = ''] = process.argv.slice(2)
const fake = createElectronFake({ paths: { logs }, fork: modulePath => new UtilityProcess(modulePath) })

Object.assign(globalThis, { fakeElectron: fake.electron })
registerHooks({
  resolve: (specifier, context, next) => specifier === 'electron' ? { url: 'fake:electron', shortCircuit: true } : next(specifier, context),
  load: (url, context, next) => url === 'fake:electron'
    ? { format: 'module', shortCircuit: true, source: Object.keys(fake.electron).map(name => `export const ${name} = globalThis.fakeElectron.${name}`).join('\n') }
    : next(url, context),
})
process.argv.push('--workspace', workspace, '--mqtt-port', '0')
await import(pathToFileURL(path.join(outDir, 'main', 'main.js')).href)
fake.becomeReady()
await fake.onFork()

let isDone = false
void fake.onQuit().then(() => {
  if (isDone)
    return
  process.stderr.write(`The shell quit early, after asking: ${JSON.stringify(fake.dialogs)}\n`)
  process.exit(1)
})

const page = fake.windows[0]!.webContents
const pageUrl = 'app://thingbench/'
const connection = createEngineConnection({
  host: 'electron',
  open: () => new Promise((resolve) => {
    page.once('fake-port', () => resolve(createMessagePort(page.ports.at(-1) as unknown as MessagePort)))
    fake.pageSends('engine:connect', { page, url: pageUrl })
  }),
}, realClock)

/** Resolves when the connection is as it is waited for. */
function until(isSo: (status: ConnectionStatus) => boolean): Promise<ConnectionStatus> {
  return new Promise((resolve) => {
    const stop = connection.status.subscribe(check)
    function check(status: ConnectionStatus): void {
      if (!isSo(status))
        return
      stop?.()
      resolve(status)
    }
    check(connection.status.value)
  })
}

/** Resolves when that many devices are online. */
async function devicesOnline(count: number): Promise<void> {
  const enough = new AbortController()
  await connection.api.subscribe('app.status', {}, (status) => {
    if (status.devicesOnline === count)
      enough.abort()
  }, { signal: enough.signal })
}

const first = await until(({ state }) => state === 'online')
const info = await connection.api.call('app.info', {})
const { productKey } = await connection.api.call('app.addSample', { count: 10 })
await devicesOnline(10)
const forked = fake.processes.length

const [engine] = fake.processes as UtilityProcess[]
engine!.kill()
await until(({ state }) => state === 'lost')
const second = await until(({ state }) => state === 'online')
const products = await connection.api.call('product.list', {})
await devicesOnline(10)

isDone = true
fake.electron.app.quit()
await fake.onQuit()
connection.close()
process.stdout.write(`${JSON.stringify({
  windowUrl: fake.windows[0]!.url,
  preload: fake.windows[0]!.options.webPreferences?.preload,
  info: { workspace: info.workspace, sqliteVersion: info.sqliteVersion, version: info.version },
  forked,
  restarts: second.restarts,
  sameEngine: first.engineId === second.engineId,
  products: products.map(product => product.productKey === productKey),
  processesAlive: (fake.processes as UtilityProcess[]).filter(({ pid }) => isAlive(pid)).length,
  dialogs: fake.dialogs,
})}\n`)

function isAlive(pid: number | undefined): boolean {
  try {
    process.kill(pid ?? 0, 0)
    return pid !== undefined
  }
  catch {
    return false
  }
}
