import type { Ref } from 'vue'
import { useEventListener } from '@vueuse/core'

/** Escape closes what is open, and nothing else with it: neither the dialog nor the panel that it stands in. */
export function useEscape(isOpen: Ref<boolean>): void {
  useEventListener(document, 'keydown', (event: KeyboardEvent) => {
    if (!isOpen.value || event.key !== 'Escape')
      return
    event.stopPropagation()
    isOpen.value = false
  }, { capture: true })
}
