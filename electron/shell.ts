import type { Clock } from '../src/shared/clock.ts'
import type { Log } from '../src/shared/log.ts'
import type { ElectronApi, ShellPage, ShellWindow } from './electron-api.ts'
import type { SupervisorProblem } from './engine-supervisor.ts'
import type { ShellLocale } from './texts.ts'
import path from 'node:path'
import { findRunningEngine } from '../src/host/lock-file.ts'
import { openBrowser } from '../src/host/open-browser.ts'
import { createPageFiles } from '../src/host/page-files.ts'
import { requestPageUrl } from '../src/host/web/request-page-url.ts'
import { defaultWorkspaceDir } from '../src/host/workspace-folder.ts'
import { channels } from './channels.ts'
import { describeEngineProblem, describePageProblem, toMessageBox } from './dialogs.ts'
import { createEngineHost } from './engine-host.ts'
import { buildMenu, toMenuTemplate } from './menu.ts'
import { answerPageRequest, guardPage, guardSession, registerAppScheme } from './page-guard.ts'
import { appOrigin, appScheme, isTrustedSender, shouldReload } from './policy.ts'
import { createPortBroker } from './port-broker.ts'
import { parseShellArguments } from './shell-arguments.ts'
import { toShellLocale } from './texts.ts'
import { openWindow } from './window.ts'

export interface ShellOptions {
  /** The folder of the built main files. */
  mainDir: string
  argv: readonly string[]
  cwd: string
  platform: NodeJS.Platform
  /** Where the dev server serves the page; only during development. */
  devPageUrl: string | undefined
  clock: Clock
  /** Opens the shell's own log in a folder, which may not exist yet. */
  openLog: (folder: string) => Log
}

/** The port that devices expect; a free one is taken when it is in use. */
const mqttPortUsual = 1883

/**
 * The desktop shell: one window on the page, one engine process beside it. Main itself does nothing but join the two, guard
 * the page, and ask the user when the engine cannot run. What has to be said before the app is ready is said before this
 * first waits. Resolves when the window is open.
 */
export async function startShell(electron: ElectronApi, options: ShellOptions): Promise<void> {
  const { app } = electron
  const { mainDir, platform, clock } = options
  // Before any path is asked for: the name is part of them.
  app.setName('Thingbench')
  app.setAppUserModelId('app.thingbench')
  app.enableSandbox()
  electron.crashReporter.start({ uploadToServer: false })
  registerAppScheme(electron.protocol)
  if (!app.requestSingleInstanceLock())
    return app.quit()

  const log = options.openLog(app.getPath('logs'))
  const devPageUrl = app.isPackaged ? undefined : options.devPageUrl
  const pageUrl = devPageUrl ?? `${appOrigin}/`
  const pageOrigin = devPageUrl ? new URL(devPageUrl).origin : appOrigin
  const wished = parseShellArguments(options.argv, options.cwd)
  const workspaceDir = wished.workspaceDir ?? defaultWorkspaceDir()
  const outDir = path.dirname(mainDir)
  const resourcesDir = app.isPackaged ? path.join(process.resourcesPath, 'samples') : path.join(path.dirname(outDir), 'resources')
  let locale: ShellLocale = 'en'
  let window: ShellWindow | undefined

  const broker = createPortBroker(electron)
  const engine = createEngineHost({
    electron,
    engineEntry: path.join(mainDir, 'engine-process.js'),
    fleetEntry: path.join(mainDir, 'fleet-process.js'),
    startMessage: {
      t: 'start',
      wish: { workspaceDir, isOwnWorkspace: wished.workspaceDir === undefined, addSample: false, resumeFleets: true, deviceHost: '127.0.0.1', mqttPort: wished.mqttPort ?? mqttPortUsual, httpPort: 0, consolePort: 0 },
      place: { version: app.getVersion(), resourcesDir, rendererDir: path.join(outDir, 'renderer') },
    },
    clock,
    log,
    onReady: broker.engineReady,
    onLost: broker.engineLost,
    onProblem: problem => void solve(problem).catch(error => log.error('a dialog failed', { error: String(error) })),
  })

  /** Asks until the user chose something that changes the situation. */
  async function solve(problem: SupervisorProblem): Promise<void> {
    const { options: box, choiceOf } = toMessageBox(describeEngineProblem(problem, locale), locale)
    for (;;) {
      switch (choiceOf((await electron.dialog.showMessageBox(box)).response)) {
        case 'openLogs':
          await electron.shell.openPath(workspaceDir)
          continue
        case 'retry':
          return engine.retry()
        case 'openInBrowser':
          await openInBrowser()
          return app.quit()
        default:
          return app.quit()
      }
    }
  }

  /** Opens the page of the engine that has the workspace, if it is still there. */
  async function openInBrowser(): Promise<void> {
    const running = await findRunningEngine(workspaceDir)
    const problem = running ? await openBrowser(await requestPageUrl({ url: running.console, secret: running.secret })) : undefined
    if (problem)
      electron.dialog.showErrorBox('Thingbench', problem)
  }

  function showMenu(): void {
    electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(toMenuTemplate(buildMenu(locale, platform), {
      page: command => window?.webContents.send(channels.command, command),
      shell: command => void electron.shell.openPath(command === 'workspace.open' ? workspaceDir : app.getPath('logs')),
    })))
  }

  function watchPage(page: ShellPage): void {
    guardPage(page, { pageOrigin, openOutside: url => void electron.shell.openExternal(url) })
    const diedAt: number[] = []
    page.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit')
        return
      const now = clock.now()
      diedAt.push(now)
      log.error('the page\'s process ended', { reason })
      if (shouldReload(diedAt, now))
        return page.reload()
      const { options: box, choiceOf } = toMessageBox(describePageProblem(reason, locale), locale)
      void electron.dialog.showMessageBox(box).then(({ response }) => choiceOf(response) === 'reload' ? page.reload() : app.quit())
    })
  }

  function showWindow(): void {
    if (!window) {
      window = openWindow(electron, { preload: path.join(outDir, 'preload', 'preload.cjs'), pageUrl, platform })
      window.on('closed', () => { window = undefined })
      return
    }
    if (window.isMinimized())
      window.restore()
    window.focus()
  }

  let isStopped = false
  app.on('before-quit', (event) => {
    if (isStopped)
      return
    // The engine gets the time to commit what it has acknowledged.
    event.preventDefault()
    void engine.stop().then(() => {
      isStopped = true
      app.quit()
    })
  })
  app.on('second-instance', showWindow)
  app.on('activate', showWindow)
  app.on('window-all-closed', () => {
    if (platform !== 'darwin')
      app.quit()
  })
  app.on('web-contents-created', (_event, page) => watchPage(page))
  electron.ipcMain.on(channels.connect, ({ senderFrame, sender }) => {
    if (isTrustedSender(senderFrame, pageOrigin))
      broker.request(sender)
  })
  electron.ipcMain.on(channels.locale, ({ senderFrame }, wanted: unknown) => {
    if (!isTrustedSender(senderFrame, pageOrigin))
      return
    locale = toShellLocale(wanted)
    showMenu()
  })

  await app.whenReady()
  locale = toShellLocale(app.getLocale())
  guardSession(electron.session.defaultSession, pageOrigin)
  const files = createPageFiles(path.join(outDir, 'renderer'))
  electron.protocol.handle(appScheme, request => answerPageRequest(request.url, files.read))
  showMenu()
  // The engine comes up behind the window.
  engine.start()
  showWindow()
}
