import type { ServeWish } from '../src/host/serving.ts'
import type { Clock } from '../src/shared/clock.ts'
import type { Log } from '../src/shared/log.ts'
import type { ElectronApi } from './electron-api.ts'
import type { ShellArguments } from './shell-arguments.ts'
import type { ShellLocale } from './texts.ts'
import { createPageFiles } from '../src/host/page-files.ts'
import { defaultWorkspaceDir } from '../src/host/workspace-folder.ts'
import { channels } from './channels.ts'
import { createEngineHost } from './engine-host.ts'
import { buildMenu, toMenuTemplate } from './menu.ts'
import { answerPageRequest, guardPage, guardSession, recoverPage, registerAppScheme } from './page-guard.ts'
import { appOrigin, appScheme, isTrustedSender } from './policy.ts'
import { createPortBroker } from './port-broker.ts'
import { createProblemDialogs } from './problem-dialogs.ts'
import { parseShellArguments } from './shell-arguments.ts'
import { findShellPaths } from './shell-paths.ts'
import { toShellLocale } from './texts.ts'
import { createMainWindow } from './window.ts'

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
/** The same for server programs that call the cloud's API. */
const openApiPortUsual = 8880

/**
 * The desktop shell: one window on the page, one engine process beside it. Main itself does nothing but join the two, guard
 * the page, and ask the user when the engine cannot run. What has to be said before the app is ready is said before this
 * first waits. Resolves when the window is open.
 */
export async function startShell(electron: ElectronApi, options: ShellOptions): Promise<void> {
  const { app } = electron
  prepareApp(electron)
  if (!app.requestSingleInstanceLock())
    return app.quit()

  const { platform, clock } = options
  const log = options.openLog(app.getPath('logs'))
  const logFailure = (error: unknown): void => log.error('the shell failed at something', { error: String(error) })
  const paths = findShellPaths(options.mainDir, app.isPackaged ? options.packagedResourcesDir : undefined)
  const devPageUrl = app.isPackaged ? undefined : options.devPageUrl
  const pageOrigin = devPageUrl ? new URL(devPageUrl).origin : appOrigin
  const wish = buildServeWish(parseShellArguments(options.argv, options.cwd))
  let locale: ShellLocale = 'en'

  const window = createMainWindow(electron, { preload: paths.preload, pageUrl: devPageUrl ?? `${appOrigin}/` })
  const dialogs = createProblemDialogs({ electron, workspaceDir: wish.workspaceDir, locale: () => locale })
  const broker = createPortBroker(electron)
  const engine = createEngineHost({
    electron,
    platform,
    engineEntry: paths.engineEntry,
    fleetEntry: paths.fleetEntry,
    startMessage: { t: 'start', wish, place: { version: app.getVersion(), resourcesDir: paths.samplesDir, rendererDir: paths.rendererDir } },
    clock,
    log,
    onReady: broker.engineReady,
    onLost: broker.engineLost,
    onProblem: problem => void dialogs.engine(problem, () => engine.retry()).catch(logFailure),
  })
  const speak = (wanted: ShellLocale): void => {
    locale = wanted
    electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(toMenuTemplate(buildMenu(locale, platform), {
      page: command => window.send(channels.command, command),
      shell: command => void electron.shell.openPath(command === 'workspace.open' ? wish.workspaceDir : app.getPath('logs')),
    })))
  }

  stopEngineBeforeQuit(app, engine.stop)
  app.on('second-instance', window.show)
  app.on('activate', window.show)
  app.on('window-all-closed', () => {
    if (platform !== 'darwin')
      app.quit()
  })
  app.on('web-contents-created', (_event, page) => {
    guardPage(page, { pageOrigin, openOutside: url => void electron.shell.openExternal(url).catch(logFailure) })
    recoverPage(page, { clock, log, onDead: reason => void dialogs.page(page, reason).catch(logFailure) })
  })
  electron.ipcMain.on(channels.connect, ({ senderFrame, sender }) => {
    if (isTrustedSender(senderFrame, pageOrigin))
      broker.request(sender)
  })
  electron.ipcMain.on(channels.locale, ({ senderFrame }, wanted: unknown) => {
    if (isTrustedSender(senderFrame, pageOrigin))
      speak(toShellLocale(wanted))
  })

  await app.whenReady()
  guardSession(electron.session.defaultSession, pageOrigin)
  const files = createPageFiles(paths.rendererDir)
  electron.protocol.handle(appScheme, request => answerPageRequest(request.url, files.read))
  speak(toShellLocale(app.getLocale()))
  // The engine comes up behind the window.
  engine.start()
  window.show()
}

/** What Electron wants to know before the app is ready. */
function prepareApp({ app, crashReporter, protocol }: ElectronApi): void {
  // First, because the name is part of every path that is asked for.
  app.setName('Thingbench')
  app.setAppUserModelId('app.thingbench')
  app.enableSandbox()
  crashReporter.start({ uploadToServer: false })
  registerAppScheme(protocol)
}

function buildServeWish({ workspaceDir, mqttPort }: ShellArguments): ServeWish {
  return {
    workspaceDir: workspaceDir ?? defaultWorkspaceDir(),
    isOwnWorkspace: workspaceDir === undefined,
    addSample: false,
    resumeFleets: true,
    // The workspace's own setting decides.
    deviceHost: null,
    mqttPort: mqttPort ?? mqttPortUsual,
    httpPort: 0,
    consolePort: 0,
    openApi: { host: null, port: openApiPortUsual },
  }
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
