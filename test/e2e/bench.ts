import type { Page } from '@playwright/test'
import type { MqttClient } from 'mqtt'
import type { ChildProcess } from 'node:child_process'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { test as base, expect } from '@playwright/test'
import { connectAsync } from 'mqtt'
import { findRunningEngine } from '../../src/host/lock-file.ts'
import { connectConsole } from '../../src/host/web/connect-console.ts'
import { buildClientId, buildUsername, connectSignContent } from '../../src/shared/alink/sign.ts'
import { Frame } from './pages/frame.ts'

const projectDir = path.dirname(path.dirname(import.meta.dirname))
export const sampleModel: string = path.join(projectDir, 'resources/products/thermostat.tsl.json')

interface ReadyLine { event: 'ready', mqtt: { host: string, port: number }, console: { url: string }, workspace: string }

/** The real product: `thingbench serve` as a child, on a workspace and ports of its own. */
export interface Bench {
  url: string
  mqtt: { host: string, port: number }
  /** Ends the engine without a goodbye, as a crash would. */
  kill: () => Promise<void>
  /** Calls the engine, for what a test needs and the page is not asked to do. */
  api: ApiClient
  /** Signs a real MQTT client in with a device's certificate; it is gone after the test. */
  connect: (certificate: DeviceCertificate) => Promise<MqttClient>
}

async function start(workspace: string): Promise<{ child: ChildProcess, ready: ReadyLine }> {
  const child = spawn(process.execPath, [path.join(projectDir, 'src/cli/bin.mjs'), 'serve', '--workspace', workspace, '--json', '--no-open', '--mqtt-port', '0', '--openapi-port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(child.stdout!)) {
    const event = JSON.parse(line) as ReadyLine
    if (event.event === 'ready')
      return { child, ready: event }
  }
  throw new Error('thingbench serve ended before it was ready; what it said stands above')
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null)
    return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

interface Fixtures {
  bench: Bench
  /** The page on the bench's console, connected. */
  frame: Frame
  /** What a browser may complain about in this test; everything else fails it. */
  allowed: RegExp[]
}

export const test = base.extend<Fixtures>({
  allowed: [async ({}, use) => { await use([]) }, { option: true }], // eslint-disable-line no-empty-pattern -- Playwright reads the parameter's form

  bench: async ({}, use) => { // eslint-disable-line no-empty-pattern -- as above
    const workspace = mkdtempSync(path.join(tmpdir(), 'thingbench-e2e-'))
    const { child, ready } = await start(workspace)
    const clients: MqttClient[] = []
    const running = await findRunningEngine(workspace)
    const api = await connectConsole({ url: running!.console, secret: running!.secret })
    await use({
      url: ready.console.url,
      mqtt: ready.mqtt,
      api,
      kill: () => end(child, 'SIGKILL'),
      connect: async (certificate) => {
        const clientId = `${certificate.productKey}.${certificate.deviceName}`
        const client = await connectAsync({
          ...ready.mqtt,
          protocolVersion: 4,
          clientId: buildClientId(clientId, { securemode: 3, signmethod: 'hmacsha256' }),
          username: buildUsername(certificate),
          password: createHmac('sha256', certificate.deviceSecret).update(connectSignContent({ clientId, ...certificate })).digest('hex'),
          reconnectPeriod: 0,
        })
        client.on('error', () => {})
        clients.push(client)
        return client
      },
    })
    for (const client of clients)
      await client.endAsync(true)
    api.close()
    await end(child, 'SIGTERM')
    await rm(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  },

  frame: async ({ page, bench, allowed }, use) => {
    const complaints = watchComplaints(page, allowed)
    const frame = new Frame(page)
    await page.goto(bench.url)
    await frame.connected()
    await use(frame)
    // A violated content policy, an unhandled rejection or a warning of Vue is a defect, whatever the page looks like.
    expect(complaints).toEqual([])
  },
})

function watchComplaints(page: Page, allowed: readonly RegExp[]): string[] {
  const complaints: string[] = []
  const note = (text: string): void => {
    if (!allowed.some(pattern => pattern.test(text)))
      complaints.push(text)
  }
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      note(message.text())
  })
  page.on('pageerror', error => note(String(error)))
  return complaints
}

export { expect }
