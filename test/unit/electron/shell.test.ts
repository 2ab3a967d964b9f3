import type { ShellOptions } from '../../../electron/shell.ts'
import type { FakeElectronOptions, FakeProcess } from '../../support/electron-fake.ts'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startShell } from '../../../electron/shell.ts'
import { VirtualClock } from '../../../src/shared/clock.ts'
import { silentLog } from '../../../src/shared/log.ts'
import { createElectronFake } from '../../support/electron-fake.ts'

const mainDir = path.resolve('/app/out/main')
const page = 'app://thingbench/'

/** Ports that a test made main hand out; they keep the process alive until they are closed. */
const fakes: ReturnType<typeof createElectronFake>[] = []
afterEach(() => {
  for (const fake of fakes.splice(0)) {
    fake.windows.forEach(window => window.webContents.ports.forEach(port => port.close()))
    fake.processes.forEach(child => (child as FakeProcess).posted.forEach(({ ports }) => ports.forEach(port => port.close())))
  }
})

/** Starts a shell on a fake Electron, ready and with its engine process forked. */
async function start(given: FakeElectronOptions = {}, options: Partial<ShellOptions> = {}) {
  const fake = createElectronFake(given)
  fakes.push(fake)
  const clock = new VirtualClock()
  const started = startShell(fake.electron, {
    mainDir,
    packagedResourcesDir: path.resolve('/package/resources'),
    argv: ['.', '--workspace', 'bench'],
    cwd: path.resolve('/home'),
    platform: 'linux',
    devPageUrl: undefined,
    clock,
    openLog: () => silentLog,
    ...options,
  })
  fake.becomeReady()
  await started
  return { ...fake, fake, clock, engine: () => fake.processes.at(-1) as FakeProcess, window: () => fake.windows[0]! }
}

describe('the desktop shell', () => {
  it('prepares the app before it is ready, then guards, starts the engine and opens the window', async () => {
    const { calls, engine, window, protocols } = await start()
    expect(calls).toEqual(['setName Thingbench', 'setAppUserModelId app.thingbench', 'enableSandbox', 'crashReporter uploads false', 'scheme app', 'whenReady'])
    expect([...protocols.keys()]).toEqual(['app'])
    expect(engine().modulePath).toBe(path.join(mainDir, 'engine-process.js'))
    expect(window().url).toBe(page)
  })

  it('starts the engine on the workspace it was given, with the samples beside the sources', async () => {
    const { engine } = await start()
    expect(engine().posted.map(({ message }) => message)).toEqual([{
      t: 'start',
      wish: { workspaceDir: path.resolve('/home/bench'), isOwnWorkspace: false, addSample: false, resumeFleets: true, deviceHost: null, mqttPort: 1883, httpPort: 0, consolePort: 0, openApi: { host: null, port: 8880 } },
      place: { version: '1.2.3', resourcesDir: path.resolve('/app/resources'), rendererDir: path.resolve('/app/out/renderer') },
    }])
  })

  it('finds the samples in the package when it is packaged, and then ignores a dev server', async () => {
    const { engine, window } = await start({ isPackaged: true }, { devPageUrl: 'http://localhost:5173' })
    expect(engine().posted[0]!.message.place).toMatchObject({ resourcesDir: path.resolve('/package/resources/samples') })
    expect(window().url).toBe(page)
  })

  it('loads the page from the dev server during development', async () => {
    const { window } = await start({}, { devPageUrl: 'http://localhost:5173' })
    expect(window().url).toBe('http://localhost:5173')
    expect(window().webContents.attempts('will-navigate', 'http://localhost:5173/x')).toBe(true)
    expect(window().webContents.attempts('will-navigate', page)).toBe(false)
  })

  it('opens a sandboxed, isolated window without Node, dark where the system is, and shows it when it has something to show', async () => {
    const { window } = await start()
    expect(window().options).toMatchObject({
      show: false,
      backgroundColor: '#16181b',
      webPreferences: { preload: path.resolve('/app/out/preload/preload.cjs'), sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
    })
    expect(window().calls).toEqual([])
    window().emit('ready-to-show')
    expect(window().calls).toEqual(['show'])
  })

  it('keeps the page where it belongs', async () => {
    const { window, opened } = await start()
    const { webContents } = window()
    expect(webContents.attempts('will-navigate', `${page}#/fleets`)).toBe(true)
    expect(webContents.attempts('will-navigate', 'https://example.com/')).toBe(false)
    expect(webContents.attempts('will-redirect', 'file:///etc/passwd')).toBe(false)
    expect(webContents.attempts('will-frame-navigate', 'http://127.0.0.1/')).toBe(false)
    expect(webContents.attempts('will-attach-webview', page)).toBe(false)
    expect(webContents.openWindow({ url: 'https://example.com/docs' })).toEqual({ action: 'deny' })
    expect(webContents.openWindow({ url: `${page}#/x` })).toEqual({ action: 'deny' })
    expect(opened).toEqual(['https://example.com/', 'https://example.com/docs'])
  })

  it('denies permissions but the few the page needs', async () => {
    const { permissions } = await start()
    const ask = (permission: string, requestingUrl: string): boolean => {
      let granted = false
      permissions.request!(null as never, permission as never, (answer) => { granted = answer }, { requestingUrl } as never)
      return granted
    }
    expect([ask('clipboard-sanitized-write', page), ask('media', page), ask('clipboard-sanitized-write', 'https://example.com/')]).toEqual([true, false, false])
    expect(permissions.check!(null, 'fullscreen', page, {} as never)).toBe(true)
    expect(permissions.check!(null, 'geolocation', page, {} as never)).toBe(false)
    expect(permissions.device!({} as never)).toBe(false)
  })

  it('hands one end of a channel to the page and the other to the engine, once the engine is ready', async () => {
    const { fake, engine, window } = await start()
    const { webContents } = window()
    fake.pageSends('engine:connect', { page: webContents, url: page })
    expect(webContents.ports).toHaveLength(0)
    engine().emit('message', { t: 'ready' })
    expect(webContents.sent).toEqual([['engine:port', null]])
    expect(engine().posted[1]).toMatchObject({ message: { t: 'attach' }, ports: [{}] })
    fake.pageSends('engine:connect', { page: webContents, url: page })
    expect(webContents.ports).toHaveLength(2)
  })

  it('gives no port to a foreign page or to a frame in the page', async () => {
    const { fake, engine, window } = await start()
    engine().emit('message', { t: 'ready' })
    fake.pageSends('engine:connect', { page: window().webContents, url: 'https://example.com/' })
    fake.pageSends('engine:connect', { page: window().webContents, url: page, parent: {} })
    expect(window().webContents.ports).toHaveLength(0)
  })

  it('starts a killed engine again, tells the page, and joins them when it asks', async () => {
    const { fake, engine, window, clock, processes } = await start()
    const { webContents } = window()
    engine().emit('message', { t: 'ready' })
    fake.pageSends('engine:connect', { page: webContents, url: page })
    engine().exits(137)
    expect(webContents.sent.at(-1)).toEqual(['engine:lost'])
    fake.pageSends('engine:connect', { page: webContents, url: page })
    expect(webContents.ports).toHaveLength(1)
    clock.advance(250)
    expect(processes).toHaveLength(2)
    engine().emit('message', { t: 'ready' })
    expect(webContents.ports).toHaveLength(2)
    expect(engine().posted.map(({ message }) => message.t)).toEqual(['start', 'attach'])
  })

  it('asks the user when the engine keeps dying, and tries again when told to', async () => {
    const { engine, clock, dialogs, answers, processes, fake } = await start()
    answers.push('Open Log Folder', 'Try Again')
    for (let crash = 0; crash < 6; crash++) {
      engine().emit('message', { t: 'ready' })
      engine().exits(139)
      clock.advance(5_000)
    }
    await fake.onFork()
    expect(dialogs.map(({ message }) => message)).toEqual(['The engine keeps stopping.', 'The engine keeps stopping.'])
    expect(fake.opened).toEqual([path.resolve('/home/bench')])
    expect(processes).toHaveLength(7)
  })

  it('says in the user\'s language why the engine cannot start, and quits when the dialog is closed', async () => {
    const { engine, dialogs, fake, processes } = await start({ locale: 'zh-CN' })
    engine().emit('message', { t: 'refused', error: { code: 'store/unwritable', message: 'The workspace folder cannot be written: permission denied.', details: {} } })
    engine().exits(1)
    await fake.onQuit()
    expect(dialogs).toMatchObject([{ message: 'Thingbench 无法打开工作区。', detail: 'The workspace folder cannot be written: permission denied.' }])
    expect(processes).toHaveLength(1)
  })

  it('quits only after the engine has ended', async () => {
    const { fake, engine, electron } = await start()
    engine().emit('message', { t: 'ready' })
    electron.app.quit()
    expect(fake.hasQuit).toBe(false)
    expect(engine().posted.at(-1)!.message).toEqual({ t: 'stop' })
    engine().exits(0)
    await fake.onQuit()
    expect(engine().killed).toBe(false)
  })

  it('kills an engine that does not end in time', async () => {
    const { electron, engine, clock, fake } = await start()
    engine().emit('message', { t: 'ready' })
    electron.app.quit()
    clock.advance(15_000)
    expect(engine().killed).toBe(true)
    engine().exits(137)
    await fake.onQuit()
  })

  it('quits when its window is closed, and stays on macOS', async () => {
    const linux = await start()
    linux.fake.happens('window-all-closed')
    expect(linux.engine().posted.at(-1)!.message).toEqual({ t: 'stop' })
    const mac = await start({}, { platform: 'darwin' })
    mac.window().emit('closed')
    mac.fake.happens('window-all-closed')
    expect(mac.engine().posted.at(-1)!.message.t).toBe('start')
    mac.fake.happens('activate')
    expect(mac.windows).toHaveLength(2)
  })

  it('leaves a second instance to the first, which comes to the front', async () => {
    const second = createElectronFake({ isFirstInstance: false })
    await startShell(second.electron, { mainDir, packagedResourcesDir: '', argv: [], cwd: '/', platform: 'linux', devPageUrl: undefined, clock: new VirtualClock(), openLog: () => silentLog })
    expect(second.hasQuit).toBe(true)
    expect(second.processes).toHaveLength(0)

    const { fake, window } = await start()
    window().minimized = true
    fake.happens('second-instance')
    expect(window().calls).toEqual(['restore', 'focus'])
  })

  it('starts fleet processes for the engine and joins them by a port', async () => {
    const { engine, processes } = await start()
    const engineProcess = engine()
    engineProcess.emit('message', { t: 'start-fleet', id: 4 })
    const fleet = processes[1] as FakeProcess
    expect(fleet.modulePath).toBe(path.join(mainDir, 'fleet-process.js'))
    expect(fleet.posted).toMatchObject([{ message: { t: 'port' }, ports: [{}] }])
    expect(engineProcess.posted.at(-1)).toMatchObject({ message: { t: 'fleet-started', id: 4 }, ports: [{}] })

    fleet.stderr.emit('data', 'out of memory\n')
    engineProcess.emit('message', { t: 'kill-fleet', id: 4 })
    expect(fleet.killed).toBe(true)
    fleet.exits(9)
    expect(engineProcess.posted.at(-1)!.message).toEqual({ t: 'fleet-exited', id: 4, exit: { code: 9, signal: null, lastWords: 'out of memory\n' } })
  })

  it('seals and unseals for the engine with the key of the system, where there is one', async () => {
    const ask = async (given: FakeElectronOptions, platform: NodeJS.Platform, ...asks: object[]): Promise<Record<string, unknown>[]> => {
      const { engine } = await start(given, { platform })
      asks.forEach((one, id) => engine().emit('message', { t: 'vault', id, ...one }))
      return engine().posted.slice(-asks.length).map(({ message }) => message as Record<string, unknown>)
    }
    const isThere = async (keyring: FakeElectronOptions['keyring'] & string | null, platform: NodeJS.Platform): Promise<unknown> => (await ask({ keyring }, platform, { ask: 'isThere' }))[0]!.text
    expect([await isThere('keyring', 'linux'), await isThere('basic_text', 'linux'), await isThere('basic_text', 'darwin'), await isThere(null, 'win32')]).toEqual(['yes', 'no', 'yes', 'no'])

    const [sealed] = await ask({ keyring: 'keyring' }, 'linux', { ask: 'seal', text: 'very-secret' })
    expect(sealed).toMatchObject({ t: 'vault-answered', id: 0, ok: true })
    expect(sealed!.text).not.toContain('secret')
    expect(await ask({ keyring: 'keyring' }, 'linux', { ask: 'unseal', text: sealed!.text }, { ask: 'unseal', text: '' })).toEqual([
      { t: 'vault-answered', id: 0, ok: true, text: 'very-secret' },
      { t: 'vault-answered', id: 1, ok: false, problem: 'nothing is sealed' },
    ])
  })

  it('ends the fleets of an engine that died', async () => {
    const { engine, processes } = await start()
    engine().emit('message', { t: 'start-fleet', id: 1 })
    const [engineProcess, fleet] = processes as [FakeProcess, FakeProcess]
    engineProcess.exits(139)
    expect(fleet.killed).toBe(true)
  })

  it('loads a page again that died, and asks when it dies too often', async () => {
    const { window, dialogs, answers, fake } = await start()
    const { webContents } = window()
    const die = (reason: string): void => void webContents.emit('render-process-gone', {}, { reason })
    die('clean-exit')
    expect(webContents.reloads).toBe(0)
    answers.push('Reload')
    for (let death = 0; death < 4; death++)
      die('crashed')
    expect(webContents.reloads).toBe(3)
    expect(dialogs).toMatchObject([{ message: 'The page stopped working.', detail: 'Its process ended (crashed). The engine and the devices run on.' }])
    await new Promise(resolve => setImmediate(resolve))
    expect(webContents.reloads).toBe(4)
    expect(fake.hasQuit).toBe(false)
  })

  it('speaks the page\'s language in its menu when the page says so', async () => {
    const { fake, window } = await start()
    expect(fake.menu[0]!.label).toBe('File')
    fake.pageSends('shell:locale', { page: window().webContents, url: 'https://example.com/' }, 'zh')
    expect(fake.menu[0]!.label).toBe('File')
    fake.pageSends('shell:locale', { page: window().webContents, url: page }, 'zh')
    expect(fake.menu[0]!.label).toBe('文件')
  })

  it('passes the commands of its menu to the page and opens folders itself', async () => {
    const { fake, window, opened } = await start()
    const click = (id: string): void => fake.menu.flatMap(menu => menu.submenu as { id?: string, click?: () => void }[]).find(item => item.id === id)!.click!()
    click('go.trace')
    expect(window().webContents.sent).toEqual([['menu:command', 'go.trace']])
    click('workspace.open')
    click('logs.open')
    expect(opened).toEqual([path.resolve('/home/bench'), '/paths/logs'])
  })

  it('serves the page\'s files with the policy\'s headers, and nothing under another name', async () => {
    const { protocols } = await start()
    const answer = await protocols.get('app')!({ url: page })
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('npm run build')
    expect(answer.headers.get('content-security-policy')).toContain('default-src \'none\'; script-src \'self\'')
    expect((await protocols.get('app')!({ url: 'app://other/' })).status).toBe(404)
    expect((await protocols.get('app')!({ url: 'app://thingbench/assets/..%2f..%2fsecret' })).status).toBe(400)
  })
})
