import type { MenuEntry } from '../../../electron/menu.ts'
import { describe, expect, it } from 'vitest'
import { buildMenu, toMenuTemplate } from '../../../electron/menu.ts'

function flat(entries: MenuEntry[]): MenuEntry[] {
  return entries.flatMap(entry => entry.kind === 'menu' ? [entry, ...flat(entry.entries)] : [entry])
}

const labels = (entries: MenuEntry[]): string[] => flat(entries).flatMap(entry => entry.kind === 'separator' ? [] : [entry.label])

describe('the menu', () => {
  it('has the same entries in both languages, each with words of its own', () => {
    const [en, zh] = [buildMenu('en', 'linux'), buildMenu('zh', 'linux')]
    expect(flat(zh).map(entry => entry.kind)).toEqual(flat(en).map(entry => entry.kind))
    expect(labels(zh).filter(label => !/[\u4E00-\u9FFF]/.test(label))).toEqual([])
    expect(labels(en).filter(label => label === '' || /[\u4E00-\u9FFF]/.test(label))).toEqual([])
  })

  it('leads to every page of the rail', () => {
    expect(flat(buildMenu('en', 'linux')).flatMap(entry => entry.kind === 'page' ? [`${entry.accelerator ?? '-'} ${entry.command}`] : [])).toEqual([
      'CmdOrCtrl+1 go.home',
      'CmdOrCtrl+2 go.fleets',
      'CmdOrCtrl+3 go.products',
      'CmdOrCtrl+4 go.devices',
      'CmdOrCtrl+5 go.trace',
      'CmdOrCtrl+6 go.settings',
      '- page.keys',
    ])
  })

  it('uses no key twice', () => {
    const keys = flat(buildMenu('en', 'darwin')).flatMap(entry => entry.kind === 'page' && entry.accelerator ? [entry.accelerator] : [])
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('follows the system: the application menu on macOS, Quit under File elsewhere', () => {
    expect(flat(buildMenu('en', 'darwin')).some(entry => entry.kind === 'role' && entry.role === 'appMenu')).toBe(true)
    expect(flat(buildMenu('en', 'win32')).some(entry => entry.kind === 'role' && entry.role === 'quit')).toBe(true)
    expect(flat(buildMenu('en', 'win32')).some(entry => entry.kind === 'role' && entry.role === 'appMenu')).toBe(false)
  })

  it('calls the page for its commands and the shell for its own', () => {
    const done: string[] = []
    const template = toMenuTemplate(buildMenu('en', 'linux'), { page: command => done.push(`page ${command}`), shell: command => done.push(`shell ${command}`) })
    const click = (id: string): void => {
      for (const menu of template) {
        for (const item of menu.submenu as { id?: string, click?: () => void }[]) {
          if (item.id === id)
            item.click?.()
        }
      }
    }
    click('go.trace')
    click('logs.open')
    expect(done).toEqual(['page go.trace', 'shell logs.open'])
  })
})
