/**
 * The real desktop shell. It needs Electron's binary, which no package carries: without it these tests are skipped, and
 * with REQUIRE_ELECTRON=1 they fail instead.
 */
import type { ElectronApplication, Page } from '@playwright/test'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { _electron, expect, test } from '@playwright/test'
import { findElectronBinary } from '../support/find-electron.ts'
import { Frame } from './pages/frame.ts'

const projectDir = path.dirname(path.dirname(import.meta.dirname))
const executablePath = findElectronBinary()

test.skip(executablePath === undefined && process.env.REQUIRE_ELECTRON !== '1', 'the Electron binary is not installed here')

let folder: string
let app: ElectronApplication
let page: Page

test.beforeEach(async () => {
  if (executablePath === undefined)
    throw new Error('REQUIRE_ELECTRON=1 asks for the desktop shell, and its binary is not installed: npx install-electron --no')
  folder = mkdtempSync(path.join(tmpdir(), 'thingbench-desktop-'))
  app = await _electron.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [projectDir, '--workspace', path.join(folder, 'bench'), '--mqtt-port', '0', `--user-data-dir=${path.join(folder, 'user')}`],
  })
  page = await app.firstWindow()
})

test.afterEach(async () => {
  if (executablePath === undefined)
    return
  await app.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
})

/** Process id of the engine, as Electron itself lists it. */
function enginePid(): Promise<number | undefined> {
  return app.evaluate(({ app }) => app.getAppMetrics().find(({ type, serviceName, name }) => type === 'Utility' && /engine/i.test(`${serviceName} ${name}`))?.pid)
}

test('opens one window on a page that is isolated and talks to the engine', async () => {
  await new Frame(page).connected()
  expect(app.windows()).toHaveLength(1)
  expect(await page.evaluate(() => ['require', 'process', 'module'].filter(name => name in globalThis))).toEqual([])
})

test('adds the sample and sees its devices come online', async () => {
  await new Frame(page).connected()
  await page.locator('[data-add-sample]').click()
  await expect(page.locator('footer')).toContainText('1,000 of 1,000', { timeout: 30_000 })
})

test('restarts an engine that was killed, and the page goes on by itself', async () => {
  const frame = new Frame(page)
  await frame.connected()
  const killed = await enginePid()
  expect(killed).toBeDefined()
  process.kill(killed!, 'SIGKILL')
  await expect.poll(enginePid, { timeout: 30_000 }).not.toBe(killed)
  await frame.connected()
})
