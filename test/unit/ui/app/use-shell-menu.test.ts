import { describe, expect, it } from 'vitest'
import { nextTick, shallowRef } from 'vue'
import { buildMenu } from '../../../../electron/menu.ts'
import { useShellMenu } from '../../../../src/ui/app/use-shell-menu.ts'

/** A page in the shell, and what the shell's menu makes it do. */
function page() {
  const done: string[] = []
  const language = shallowRef<'en' | 'zh'>('en')
  let command: (id: string) => void = () => {}
  useShellMenu({
    onCommand: (listener) => { command = listener },
    setLocale: locale => void done.push(`speak ${locale}`),
  }, {
    router: { push: (async (to: { name: string }) => void done.push(`open ${to.name}`)) as never },
    language,
    openKeys: () => void done.push('keys'),
  })
  return { done, language, choose: (id: string) => command(id) }
}

describe('the menu of the desktop shell', () => {
  it('is told the page\'s language, now and when it changes', async () => {
    const { done, language } = page()
    language.value = 'zh'
    await nextTick()
    expect(done).toEqual(['speak en', 'speak zh'])
  })

  it('has no command that the page does not carry out', () => {
    const { done, choose } = page()
    const commands = buildMenu('en', 'linux').flatMap(menu => menu.kind === 'menu' ? menu.entries : []).flatMap(entry => entry.kind === 'page' ? [entry.command] : [])
    commands.forEach(choose)
    expect(done.slice(1)).toEqual(['open home', 'open fleets', 'open products', 'open devices', 'open trace', 'open settings', 'keys'])
  })

  it('may send what this page does not know', () => {
    const { done, choose } = page()
    choose('go.nowhere')
    choose('constructor')
    expect(done).toEqual(['speak en'])
  })
})
