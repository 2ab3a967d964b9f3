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

/** Opens a window on the page and shows it once it has something to show. */
export function openWindow(electron: Pick<ElectronApi, 'BrowserWindow' | 'nativeTheme'>, { preload, pageUrl }: { preload: string, pageUrl: string }): ShellWindow {
  const window = new electron.BrowserWindow(buildWindowOptions({ preload, isDark: electron.nativeTheme.shouldUseDarkColors }))
  window.once('ready-to-show', () => window.show())
  // A page that cannot be loaded is told by `did-fail-load`; the promise would be an unhandled rejection on top.
  window.loadURL(pageUrl).catch(() => window.show())
  return window
}
