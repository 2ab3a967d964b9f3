import type { BrowserWindowConstructorOptions, ForkOptions, MenuItemConstructorOptions } from 'electron'
import type { MessagePort } from 'node:worker_threads'
import type { ElectronApi, ShellPage, ShellProcess, ShellWindow } from '../../electron/electron-api.ts'
import type { UtilityProcess } from './utility-process.ts'
import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { FakeMessagePortMain } from './electron-ports.ts'

/**
 * A fake of the part of Electron that the shell uses, typed after Electron's own declarations so that it cannot drift from
 * them. It remembers what was asked of it; what the user or the system would do, a test does through its extra methods.
 */
export class FakePage extends EventEmitter implements Pick<ShellPage, 'id' | 'isDestroyed' | 'reload' | 'send'> {
  static lastId = 0
  readonly id = ++FakePage.lastId
  readonly sent: unknown[][] = []
  /** The ports that main handed to this page, as the page gets them. */
  readonly ports: MessagePort[] = []
  reloads = 0
  destroyed = false
  openWindow: (details: { url: string }) => { action: string } = () => ({ action: 'allow' })

  isDestroyed(): boolean {
    return this.destroyed
  }

  reload(): void {
    this.reloads += 1
  }

  send(channel: string, ...args: unknown[]): void {
    this.sent.push([channel, ...args])
  }

  postMessage(channel: string, message: unknown, transfer: FakeMessagePortMain[] = []): void {
    this.sent.push([channel, message])
    this.ports.push(...transfer.map(port => port.native))
    this.emit('fake-port')
  }

  setWindowOpenHandler(handler: FakePage['openWindow']): void {
    this.openWindow = handler
  }

  /** The page tries to do something that main may prevent; true when it was let. */
  attempts(event: 'will-navigate' | 'will-redirect' | 'will-frame-navigate' | 'will-attach-webview', url: string): boolean {
    let allowed = true
    this.emit(event, { url, preventDefault: () => { allowed = false } })
    return allowed
  }
}

export class FakeWindow extends EventEmitter implements Pick<ShellWindow, 'focus' | 'isMinimized' | 'loadURL' | 'restore' | 'show'> {
  readonly options: BrowserWindowConstructorOptions
  readonly webContents = new FakePage()
  readonly calls: string[] = []
  url = ''
  minimized = false

  constructor(options: BrowserWindowConstructorOptions) {
    super()
    this.options = options
  }

  async loadURL(url: string): Promise<void> {
    this.url = url
  }

  show(): void {
    this.calls.push('show')
  }

  focus(): void {
    this.calls.push('focus')
  }

  restore(): void {
    this.calls.push('restore')
    this.minimized = false
  }

  isMinimized(): boolean {
    return this.minimized
  }
}

/** A utility process that only remembers; the test plays its part. */
export class FakeProcess extends EventEmitter implements Pick<ShellProcess, 'kill' | 'pid'> {
  readonly posted: { message: Record<string, unknown>, ports: FakeMessagePortMain[] }[] = []
  readonly stdout = new EventEmitter()
  readonly stderr = new EventEmitter()
  readonly pid = 1
  killed = false
  readonly modulePath: string
  readonly options: ForkOptions

  constructor(modulePath: string, options: ForkOptions) {
    super()
    this.modulePath = modulePath
    this.options = options
  }

  postMessage(message: Record<string, unknown>, ports: FakeMessagePortMain[] = []): void {
    this.posted.push({ message, ports })
  }

  kill(): boolean {
    this.killed = true
    return true
  }

  /** Ends with a code, as the system would tell it. */
  exits(code: number): void {
    this.emit('exit', code)
  }
}

export interface FakeElectronOptions {
  isPackaged?: boolean
  locale?: string
  isFirstInstance?: boolean
  /** Where the system keeps the user's keys; `basic_text`: a Linux desktop without a keyring. Null: nowhere. */
  keyring?: 'keyring' | 'basic_text' | null
  paths?: Record<string, string>
  /** How utility processes are started; by default they only remember. */
  fork?: (modulePath: string, options: ForkOptions) => FakeProcess | UtilityProcess
}

type Handler = (request: { url: string }) => Promise<Response>

/** A fake Electron and everything that was asked of it. */
export function createElectronFake({ isPackaged = false, locale = 'en-US', isFirstInstance = true, keyring = 'basic_text', paths = {}, fork = (modulePath, options) => new FakeProcess(modulePath, options) }: FakeElectronOptions = {}) {
  const calls: string[] = []
  const ready = Promise.withResolvers<void>()
  const processes: (FakeProcess | UtilityProcess)[] = []
  const protocols = new Map<string, Handler>()
  const permissions: { request?: Parameters<ElectronApi['session']['defaultSession']['setPermissionRequestHandler']>[0], check?: Parameters<ElectronApi['session']['defaultSession']['setPermissionCheckHandler']>[0], device?: Parameters<ElectronApi['session']['defaultSession']['setDevicePermissionHandler']>[0] } = {}
  const dialogs: { message: string, detail?: string, buttons?: string[] }[] = []
  /** What the user answers to each dialog, by the label of its button; closes it when there is none. */
  const answers: string[] = []
  const opened: string[] = []
  let menu: MenuItemConstructorOptions[] = []
  let hasQuit = false
  const appEvents = new EventEmitter()
  const ipcEvents = new EventEmitter()
  const windows: FakeWindow[] = []

  class Window extends FakeWindow {
    constructor(options: BrowserWindowConstructorOptions) {
      super(options)
      windows.push(this)
      appEvents.emit('web-contents-created', {}, this.webContents)
    }

    static getAllWindows(): FakeWindow[] {
      return windows
    }

    static getFocusedWindow(): FakeWindow | null {
      return windows.at(-1) ?? null
    }
  }

  const app = {
    setName: (name) => { calls.push(`setName ${name}`) },
    setAppUserModelId: (id) => { calls.push(`setAppUserModelId ${id}`) },
    enableSandbox: () => { calls.push('enableSandbox') },
    requestSingleInstanceLock: () => isFirstInstance,
    getLocale: () => locale,
    getPath: name => paths[name] ?? `/paths/${name}`,
    getVersion: () => '1.2.3',
    isPackaged,
    whenReady: () => {
      calls.push('whenReady')
      return ready.promise
    },
    exit: (code) => { calls.push(`exit ${code}`) },
    quit() {
      let prevented = false
      appEvents.emit('before-quit', { preventDefault: () => { prevented = true } })
      if (!prevented) {
        hasQuit = true
        calls.push('quit')
        appEvents.emit('fake-quit')
      }
    },
  } satisfies Omit<ElectronApi['app'], 'on'>

  const electron = {
    app: Object.assign(appEvents, app) as unknown as ElectronApi['app'],
    BrowserWindow: Window as unknown as ElectronApi['BrowserWindow'],
    Menu: {
      buildFromTemplate: template => template as never,
      setApplicationMenu: (built) => { menu = built as never },
    },
    MessageChannelMain: class {
      readonly port1: FakeMessagePortMain
      readonly port2: FakeMessagePortMain
      constructor() {
        const { port1, port2 } = new MessageChannel()
        this.port1 = new FakeMessagePortMain(port1)
        this.port2 = new FakeMessagePortMain(port2)
      }
    } as unknown as ElectronApi['MessageChannelMain'],
    crashReporter: { start: (options) => { calls.push(`crashReporter uploads ${options.uploadToServer}`) } },
    dialog: {
      showMessageBox: (async (options: { message: string, detail?: string, buttons?: string[], cancelId?: number }) => {
        dialogs.push(options)
        const response = options.buttons?.indexOf(answers.shift() ?? '') ?? -1
        return { response: response >= 0 ? response : options.cancelId ?? 0, checkboxChecked: false }
      }) as ElectronApi['dialog']['showMessageBox'],
      showErrorBox: (title, content) => { dialogs.push({ message: title, detail: content }) },
    },
    ipcMain: ipcEvents as unknown as ElectronApi['ipcMain'],
    nativeTheme: { shouldUseDarkColors: true },
    protocol: {
      handle: (scheme, handler) => { protocols.set(scheme, handler as unknown as Handler) },
      registerSchemesAsPrivileged: (schemes) => { calls.push(`scheme ${schemes.map(({ scheme }) => scheme).join(' ')}`) },
    },
    safeStorage: {
      isEncryptionAvailable: () => keyring !== null,
      getSelectedStorageBackend: () => keyring === 'basic_text' ? 'basic_text' : 'gnome_libsecret',
      encryptString: text => Buffer.from([...Buffer.from(text)].map(byte => byte ^ 0x5A)),
      decryptString(sealed) {
        if (sealed.length === 0)
          throw new Error('nothing is sealed')
        return Buffer.from([...sealed].map(byte => byte ^ 0x5A)).toString()
      },
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (handler) => { permissions.request = handler },
        setPermissionCheckHandler: (handler) => { permissions.check = handler },
        setDevicePermissionHandler: (handler) => { permissions.device = handler },
      },
    },
    shell: {
      openExternal: async (url) => { opened.push(url) },
      openPath: async (path) => {
        opened.push(path)
        return ''
      },
    },
    utilityProcess: {
      fork(modulePath, _args, options = {}) {
        const child = fork(modulePath, options)
        processes.push(child)
        appEvents.emit('fake-fork', child)
        return child as unknown as ShellProcess
      },
    },
  } satisfies ElectronApi

  return {
    electron,
    calls,
    processes,
    windows,
    protocols,
    permissions,
    dialogs,
    answers,
    opened,
    get menu() {
      return menu
    },
    get hasQuit() {
      return hasQuit
    },
    becomeReady: () => ready.resolve(),
    /** Something happens to the app: `second-instance`, `activate`, `window-all-closed`. */
    happens: (event: string) => appEvents.emit(event, {}),
    /** A page sends a message to main. */
    pageSends(channel: string, from: { page: FakePage, url: string, parent?: object | null }, ...args: unknown[]) {
      ipcEvents.emit(channel, { sender: from.page, senderFrame: { url: from.url, parent: from.parent ?? null } }, ...args)
    },
    onQuit: () => new Promise<void>(resolve => hasQuit ? resolve() : appEvents.once('fake-quit', resolve)),
    onFork: () => new Promise<void>(resolve => appEvents.once('fake-fork', () => resolve())),
  }
}

export type ElectronFake = ReturnType<typeof createElectronFake>
