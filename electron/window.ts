import type { BrowserWindowConstructorOptions } from 'electron'
import type { ElectronApi, ShellWindow } from './electron-api.ts'

/** Colours behind the page until it has painted itself, so that no white flash is seen. */
const backgrounds = { dark: '#16181b', light: '#f6f7f8' }

/** How a window is made: sandboxed, isolated, without Node; its place on the screen is remembered by Electron under its name. */
export function buildWindowOptions({ preload, isDark }: { preload: string, isDark: boolean }): BrowserWindowConstructorOptions {
  return {
    name: 'main',
    windowStatePersistence: true,
    title: 'Thingbench',
    width: 1360,
    height: 860,
    minWidth: 960,
    minHeight: 600,
    show: false,
    backgroundColor: isDark ? backgrounds.dark : backgrounds.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      spellcheck: false,
    },
  }
}

/** The one window of the shell; it may be closed and opened again. */
export interface MainWindow {
  /** Opens it, or brings it to the front. */
  show: () => void
  /** Sends the page a message, if there is one. */
  send: (channel: string, ...args: unknown[]) => void
}

/** Makes the window when it is first shown; it appears once the page has something to show. */
export function createMainWindow(electron: Pick<ElectronApi, 'BrowserWindow' | 'nativeTheme'>, { preload, pageUrl }: { preload: string, pageUrl: string }): MainWindow {
  let window: ShellWindow | undefined

  function open(): ShellWindow {
    const opened = new electron.BrowserWindow(buildWindowOptions({ preload, isDark: electron.nativeTheme.shouldUseDarkColors }))
    opened.once('ready-to-show', () => opened.show())
    opened.on('closed', () => { window = undefined })
    // A page that cannot be loaded leaves an empty window, which still says more than none.
    opened.loadURL(pageUrl).catch(() => opened.show())
    return opened
  }

  return {
    show() {
      if (!window) {
        window = open()
        return
      }
      if (window.isMinimized())
        window.restore()
      window.focus()
    },
    send: (channel, ...args) => window?.webContents.send(channel, ...args),
  }
}
