import type { Ref } from 'vue'
import type { Router } from 'vue-router'
import type { ShellBridge } from '../../shared/shell-bridge.ts'
import { watch } from 'vue'
import { navItems } from './nav-items.ts'

export interface ShellMenuContext {
  router: Pick<Router, 'push'>
  language: Readonly<Ref<'en' | 'zh'>>
  openKeys: () => void
}

/**
 * Joins the page with the menu of the desktop shell, when it runs there: carries out the menu's commands, which have the ids
 * of the palette's, and tells the shell which language its menu should speak.
 */
export function useShellMenu(bridge: Pick<ShellBridge, 'onCommand' | 'setLocale'> | undefined, { router, language, openKeys }: ShellMenuContext): void {
  if (!bridge)
    return
  bridge.onCommand((command) => {
    const item = navItems.find(({ name }) => command === `go.${name}`)
    if (item)
      void router.push({ name: item.name })
    else if (command === 'page.keys')
      openKeys()
  })
  watch(language, locale => bridge.setLocale(locale), { immediate: true })
}
