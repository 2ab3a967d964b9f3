import type * as Electron from 'electron'

/**
 * The part of Electron that the shell uses, and nothing else: what the main process passes in, what the fake in the tests must
 * have. Everything is picked from Electron's own types, so that neither can drift from them.
 */
export interface ElectronApi {
  app: Pick<Electron.App, | 'enableSandbox' | 'exit' | 'getLocale' | 'getPath' | 'getVersion' | 'isPackaged' | 'on' | 'quit' | 'requestSingleInstanceLock' | 'setAppUserModelId' | 'setName' | 'whenReady'>
  BrowserWindow: (new (options: Electron.BrowserWindowConstructorOptions) => ShellWindow) & { getAllWindows: () => ShellWindow[], getFocusedWindow: () => ShellWindow | null }
  Menu: { buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => Electron.Menu, setApplicationMenu: (menu: Electron.Menu | null) => void }
  MessageChannelMain: new () => { port1: Electron.MessagePortMain, port2: Electron.MessagePortMain }
  crashReporter: Pick<Electron.CrashReporter, 'start'>
  dialog: Pick<Electron.Dialog, 'showMessageBox' | 'showErrorBox'>
  ipcMain: Pick<Electron.IpcMain, 'on'>
  nativeTheme: Pick<Electron.NativeTheme, 'shouldUseDarkColors'>
  protocol: Pick<Electron.Protocol, 'handle' | 'registerSchemesAsPrivileged'>
  safeStorage: Pick<Electron.SafeStorage, 'decryptString' | 'encryptString' | 'getSelectedStorageBackend' | 'isEncryptionAvailable'>
  session: { defaultSession: Pick<Electron.Session, 'setDevicePermissionHandler' | 'setPermissionCheckHandler' | 'setPermissionRequestHandler'> }
  shell: Pick<Electron.Shell, 'openExternal' | 'openPath'>
  utilityProcess: { fork: (modulePath: string, args?: string[], options?: Electron.ForkOptions) => ShellProcess }
}

/** A window as far as the shell knows it. */
export interface ShellWindow extends Pick<Electron.BrowserWindow, 'focus' | 'isMinimized' | 'loadURL' | 'on' | 'once' | 'restore' | 'show'> {
  webContents: ShellPage
}

/** A page in a window. */
export type ShellPage = Pick<Electron.WebContents, 'id' | 'isDestroyed' | 'on' | 'postMessage' | 'reload' | 'send' | 'setWindowOpenHandler'>

/** A utility process as far as the shell knows it. */
export type ShellProcess = Pick<Electron.UtilityProcess, 'kill' | 'on' | 'pid' | 'postMessage' | 'stderr' | 'stdout'>
