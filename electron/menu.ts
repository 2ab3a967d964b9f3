import type { MenuItemConstructorOptions } from 'electron'
import type { ShellLocale } from './texts.ts'
import { shellTexts } from './texts.ts'

/** A command that main itself carries out; every other id belongs to the page's own table of commands. */
export type ShellCommand = 'workspace.open' | 'logs.open'

/** An entry of the menu as plain data. */
export type MenuEntry
  = | { kind: 'separator' }
    | { kind: 'menu', label: string, role?: 'help' | 'window', entries: MenuEntry[] }
    /** Something Electron does by itself. */
    | { kind: 'role', label: string, role: NonNullable<MenuItemConstructorOptions['role']> }
    /** Something the page does, by the id of its command. */
    | { kind: 'page', label: string, command: string, accelerator?: string }
    | { kind: 'shell', label: string, command: ShellCommand }

const separator: MenuEntry = { kind: 'separator' }

/** The application menu in a language. Ids of the page's commands are those of its palette. */
export function buildMenu(locale: ShellLocale, platform: NodeJS.Platform): MenuEntry[] {
  const t = shellTexts[locale].menu
  const role = (name: NonNullable<MenuItemConstructorOptions['role']>, label: string): MenuEntry => ({ kind: 'role', role: name, label })
  const go = (page: 'home' | 'fleets' | 'products' | 'devices' | 'trace' | 'settings', digit: number): MenuEntry =>
    ({ kind: 'page', label: t[page], command: `go.${page}`, accelerator: `CmdOrCtrl+${digit}` })
  const isMac = platform === 'darwin'
  return [
    ...(isMac ? [{ kind: 'role', role: 'appMenu', label: 'Thingbench' } satisfies MenuEntry] : []),
    {
      kind: 'menu',
      label: t.file,
      entries: [
        { kind: 'shell', label: t.openWorkspace, command: 'workspace.open' },
        { kind: 'shell', label: t.openLogs, command: 'logs.open' },
        separator,
        isMac ? role('close', t.close) : role('quit', t.quit),
      ],
    },
    {
      kind: 'menu',
      label: t.edit,
      entries: [role('undo', t.undo), role('redo', t.redo), separator, role('cut', t.cut), role('copy', t.copy), role('paste', t.paste), role('selectAll', t.selectAll)],
    },
    {
      kind: 'menu',
      label: t.view,
      entries: [role('reload', t.reload), separator, role('resetZoom', t.actualSize), role('zoomIn', t.zoomIn), role('zoomOut', t.zoomOut), separator, role('togglefullscreen', t.fullScreen), role('toggleDevTools', t.developerTools)],
    },
    {
      kind: 'menu',
      label: t.go,
      entries: [go('home', 1), go('fleets', 2), go('products', 3), go('devices', 4), go('trace', 5), go('settings', 6)],
    },
    { kind: 'menu', label: t.window, role: 'window', entries: [role('minimize', t.minimize), role('close', t.close)] },
    { kind: 'menu', label: t.help, role: 'help', entries: [{ kind: 'page', label: t.shortcuts, command: 'page.keys' }, role('about', t.about)] },
  ]
}

export interface MenuActions { page: (command: string) => void, shell: (command: ShellCommand) => void }

/** The menu in the form that Electron builds it from. */
export function toMenuTemplate(entries: MenuEntry[], actions: MenuActions): MenuItemConstructorOptions[] {
  return entries.map((entry): MenuItemConstructorOptions => {
    switch (entry.kind) {
      case 'separator':
        return { type: 'separator' }
      case 'menu':
        return { label: entry.label, ...(entry.role ? { role: entry.role } : {}), submenu: toMenuTemplate(entry.entries, actions) }
      case 'role':
        return { label: entry.label, role: entry.role }
      case 'page':
        return { id: entry.command, label: entry.label, ...(entry.accelerator ? { accelerator: entry.accelerator } : {}), click: () => actions.page(entry.command) }
      case 'shell':
        return { id: entry.command, label: entry.label, click: () => actions.shell(entry.command) }
      default:
        return entry satisfies never
    }
  })
}
