import type { Clock } from '../src/shared/clock.ts'
import type { Log } from '../src/shared/log.ts'
import type { ElectronApi, ShellPage, ShellWindow } from './electron-api.ts'
import type { ShellLocale } from './texts.ts'
import { createPageFiles } from '../src/host/page-files.ts'
import { defaultWorkspaceDir } from '../src/host/workspace-folder.ts'
import { channels } from './channels.ts'
import { createEngineHost } from './engine-host.ts'
import { buildMenu, toMenuTemplate } from './menu.ts'
import { answerPageRequest, guardPage, guardSession, registerAppScheme } from './page-guard.ts'
import { appOrigin, appScheme, isTrustedSender, shouldReload } from './policy.ts'
import { createPortBroker } from './port-broker.ts'
import { createProblemDialogs } from './problem-dialogs.ts'
import { parseShellArguments } from './shell-arguments.ts'
import { findShellPaths } from './shell-paths.ts'
import { toShellLocale } from './texts.ts'
import { openWindow } from './window.ts'

export interface ShellOptions {
  /** The folder of the built main file. */
  mainDir: string
  /** Electron's `process.resourcesPath`. */
  packagedResourcesDir: string
  argv: readonly string[]
  cwd: string
  platform: NodeJS.Platform
  /** Where the dev server serves the page; heeded only during development. */
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
  // Before any path is asked for: the name is part of them.
  app.setName('Thingbench')
  app.setAppUserModelId('app.thingbench')
  app.enableSandbox()
  electron.crashReporter.start({ uploadToServer: false })
  registerAppScheme(electron.protocol)
  if (!app.requestSingleInstanceLock())
    return app.quit()

  const { platform, clock } = options
  const log = options.openLog(app.getPath('logs'))
  const paths = findShellPaths(options.mainDir, app.isPackaged ? options.packagedResourcesDir : undefined)
  const devPageUrl = app.isPackaged ? undefined : options.devPageUrl
  const pageUrl = devPageUrl ?? `${appOrigin}/`
  const pageOrigin = devPageUrl ? new URL(devPageUrl).origin : appOrigin
  const wished = parseShellArguments(options.argv, options.cwd)
  const workspaceDir = wished.workspaceDir ?? defaultWorkspaceDir()
  let locale: ShellLocale = 'en'
  let window: ShellWindow | undefined

  const dialogs = createProblemDialogs({ electron, workspaceDir, locale: () => locale })
  const logFailure = (error: unknown): void => log.error('the shell failed at something', { error: String(error) })
  const broker = createPortBroker(electron)
  const engine = createEngineHost({
    electron,
    engineEntry: paths.engineEntry,
    fleetEntry: paths.fleetEntry,
    startMessage: {
      t: 'start',
      wish: { workspaceDir, isOwnWorkspace: wished.workspaceDir === undefined, addSample: false, resumeFleets: true, deviceHost: '127.0.0.1', mqttPort: wished.mqttPort ?? mqttPortUsual, httpPort: 0, consolePort: 0 },
      place: { version: app.getVersion(), resourcesDir: paths.samplesDir, rendererDir: paths.rendererDir },
    },
    clock,
    log,
    onReady: broker.engineReady,
    onLost: broker.engineLost,
    onProblem: problem => void dialogs.engine(problem, () => engine.retry()).catch(logFailure),
  })

  function showMenu(): void {
    electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(toMenuTemplate(buildMenu(locale, platform), {
      page: command => window?.webContents.send(channels.command, command),
      shell: command => void electron.shell.openPath(command === 'workspace.open' ? workspaceDir : app.getPath('logs')),
    })))
  }

  function showWindow(): void {
    if (!window) {
      window = openWindow(electron, { preload: paths.preload, pageUrl })
      window.on('closed', () => { window = undefined })
      return
    }
    if (window.isMinimized())
      window.restore()
    window.focus()
  }

  function watchPage(page: ShellPage): void {
    guardPage(page, { pageOrigin, openOutside: url => void electron.shell.openExternal(url).catch(logFailure) })
    const diedAt: number[] = []
    page.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit')
        return
      log.error('the page\'s process ended', { reason })
      diedAt.push(clock.now())
      if (shouldReload(diedAt, clock.now()))
        page.reload()
      else
        dialogs.page(page, reason).catch(logFailure)
    })
  }

  stopEngineBeforeQuit(app, engine.stop)
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
  const files = createPageFiles(paths.rendererDir)
  electron.protocol.handle(appScheme, request => answerPageRequest(request.url, files.read))
  showMenu()
  // The engine comes up behind the window.
  engine.start()
  showWindow()
}

/** Holds the app back from quitting until the engine has committed what it acknowledged. */
function stopEngineBeforeQuit(app: ElectronApi['app'], stop: () => Promise<void>): void {
  let isStopped = false
  app.on('before-quit', (event) => {
    if (isStopped)
      return
    event.preventDefault()
    void stop().then(() => {
      isStopped = true
      app.quit()
    })
  })
}
