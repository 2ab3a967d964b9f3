import type { ShellBridge } from '../src/shared/shell-bridge.ts'
import { contextBridge, ipcRenderer } from 'electron'
import { enginePortMessage, shellBridgeName } from '../src/shared/shell-bridge.ts'
import { channels } from './channels.ts'

// Runs in the sandbox before the page: built as one CommonJS file that requires nothing but Electron. The page gets these
// functions and never `ipcRenderer` itself.

const bridge: ShellBridge = {
  kind: 'electron',
  versions: { electron: process.versions.electron ?? '', chrome: process.versions.chrome ?? '', node: process.versions.node },
  requestEngine: () => ipcRenderer.send(channels.connect),
  onEngineLost: listener => void ipcRenderer.on(channels.lost, () => listener()),
  onCommand: listener => void ipcRenderer.on(channels.command, (_event, command: string) => listener(command)),
  setLocale: locale => ipcRenderer.send(channels.locale, locale),
}

// A port cannot pass through the bridge; a message to our own window hands it over.
ipcRenderer.on(channels.port, event => window.postMessage(enginePortMessage, '*', event.ports))
contextBridge.exposeInMainWorld(shellBridgeName, bridge)
