/**
 * What the desktop shell's preload puts on the page's `window` as `thingbench`, and nothing else: the page finds out here
 * that it is in the shell. In a browser it is absent.
 */
export interface ShellBridge {
  readonly kind: 'electron'
  readonly versions: { readonly electron: string, readonly chrome: string, readonly node: string }
  /** Asks for a port to the engine; it arrives as a window message `enginePortMessage` once an engine runs. */
  requestEngine: () => void
  /** Calls back when the engine process has ended; ask for a port again. */
  onEngineLost: (listener: () => void) => void
  /** Calls back with the id of a menu command that the page carries out. */
  onCommand: (listener: (command: string) => void) => void
  /** Says which language the menus and dialogs of the shell should speak. */
  setLocale: (locale: 'en' | 'zh') => void
}

/** Name of the bridge on `window`. */
export const shellBridgeName = 'thingbench'

/** The window message that carries a port to the engine. */
export const enginePortMessage = 'thingbench:engine-port'
