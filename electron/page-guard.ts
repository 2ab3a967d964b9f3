import type { Clock } from '../src/shared/clock.ts'
import type { Log } from '../src/shared/log.ts'
import type { ElectronApi, ShellPage } from './electron-api.ts'
import { appOrigin, appScheme, decideNavigation, decidePermission, shouldReload } from './policy.ts'

/** Keeps a page where it belongs: no navigation away, no new windows, no embedded pages; links out go to the browser. */
export function guardPage(page: ShellPage, { pageOrigin, openOutside }: { pageOrigin: string, openOutside: (url: string) => void }): void {
  const check = (event: { url: string, preventDefault: () => void }): void => {
    const decision = decideNavigation(event.url, pageOrigin)
    if (decision === 'allow')
      return
    event.preventDefault()
    if (decision === 'open-outside')
      openOutside(event.url)
  }
  page.on('will-navigate', check)
  page.on('will-redirect', check)
  page.on('will-frame-navigate', check)
  page.on('will-attach-webview', event => event.preventDefault())
  page.setWindowOpenHandler(({ url }) => {
    if (decideNavigation(url, pageOrigin) === 'open-outside')
      openOutside(url)
    return { action: 'deny' }
  })
}

/** Loads a page whose process died again; one that dies too often is told to `onDead`. */
export function recoverPage(page: ShellPage, { clock, log, onDead }: { clock: Clock, log: Log, onDead: (reason: string) => void }): void {
  const diedAt: number[] = []
  page.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit')
      return
    log.error('the page\'s process ended', { reason })
    diedAt.push(clock.now())
    if (shouldReload(diedAt, clock.now()))
      page.reload()
    else
      onDead(reason)
  })
}

/** Denies every permission but the few the page needs, whoever asks and however. */
export function guardSession(session: ElectronApi['session']['defaultSession'], pageOrigin: string): void {
  session.setPermissionRequestHandler((_page, permission, answer, details) => answer(decidePermission(permission, details.requestingUrl, pageOrigin)))
  session.setPermissionCheckHandler((_page, permission, requestingOrigin) => decidePermission(permission, requestingOrigin, pageOrigin))
  session.setDevicePermissionHandler(() => false)
}

/** Declares the page's scheme; has to happen before the app is ready. */
export function registerAppScheme(protocol: Pick<ElectronApi['protocol'], 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } }])
}

/** The page's files as answers to requests of its scheme; another host of the same scheme is nothing of ours. */
export async function answerPageRequest(url: string, read: (pathname: string) => Promise<{ status: number, headers: Record<string, string>, body: Uint8Array }>): Promise<Response> {
  const { host, pathname } = new URL(url)
  if (`${appScheme}://${host}` !== appOrigin)
    return new Response('Not found', { status: 404 })
  const { status, headers, body } = await read(pathname)
  return new Response(body as Uint8Array<ArrayBuffer>, { status, headers })
}
