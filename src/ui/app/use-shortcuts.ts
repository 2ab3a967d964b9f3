import { onKeyStroke } from '@vueuse/core'
import { useRouter } from 'vue-router'
import { wallClock } from '../kit/wall-clock.ts'
import { usePageCommandStore } from '../session/page-commands.store.ts'
import { navItems } from './nav-items.ts'

const sequenceMs = 1_200

/** True while keys belong to something that is typed into. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/** Keys that work on every page: Ctrl-K, `g` and a letter, `/` for the page's filter, `?` for the list of keys; and the keys of the page's own commands. */
export function useShortcuts(actions: { openPalette: () => void, openKeys: () => void }): void {
  const router = useRouter()
  const page = usePageCommandStore()
  let goPressedAt = 0

  onKeyStroke((event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      actions.openPalette()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || document.querySelector('[role="dialog"]'))
      return
    if (wallClock.now() - goPressedAt < sequenceMs) {
      goPressedAt = 0
      const item = navItems.find(one => one.key === event.key)
      if (item) {
        event.preventDefault()
        void router.push({ name: item.name })
        return
      }
    }
    const command = page.commands.find(one => one.key === event.key)
    if (command) {
      event.preventDefault()
      void command.run()
    }
    else if (event.key === 'g') {
      goPressedAt = wallClock.now()
    }
    else if (event.key === '?') {
      event.preventDefault()
      actions.openKeys()
    }
    else if (event.key === '/') {
      event.preventDefault()
      focusFilter()
    }
  })
}

/** Puts the cursor into the filter of the page, if it has one. */
export function focusFilter(): void {
  document.querySelector<HTMLElement>('[data-filter-input]')?.focus()
}
