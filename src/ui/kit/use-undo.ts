import { useEventListener } from '@vueuse/core'
import { NButton, useMessage } from 'naive-ui'
import { h, onScopeDispose } from 'vue'
import { toErrorValue } from '../../shared/errors.ts'
import { useText } from './use-text.ts'

/** How long the way back stays open. */
const openMs = 10_000

/**
 * Undo instead of a question before: something of the user's own was removed or changed, a notice says so and takes it back at
 * the press of its button or Ctrl/Cmd-Z (outside of fields, which undo what was typed). Only the latest change can be taken
 * back by key; each notice keeps its own button.
 */
export function useUndo(): { offer: (text: string, undo: () => void | Promise<void>) => void, /** Takes the key away from what was offered last. */ forget: () => void } {
  const { t } = useText()
  const message = useMessage()
  let latest: (() => void) | null = null

  function offer(text: string, undo: () => void | Promise<void>): void {
    const open: { take: () => void, close?: () => void } = {
      take: () => {
        open.close?.()
        // Asynchronously, so that one that fails at once is told like one that fails later.
        void Promise.resolve().then(undo).catch(thrown => message.error(toErrorValue(thrown).message))
      },
    }
    const words = (): ReturnType<typeof h> => h('span', { 'data-undo-notice': '' }, [
      text,
      h(NButton, { 'size': 'tiny', 'style': 'margin-left: 12px', 'data-undo': '', 'onClick': open.take }, { default: () => t('kit.undo') }),
    ])
    const forget = (): void => {
      if (latest === open.take)
        latest = null
    }
    const notice = message.info(words, { duration: openMs, keepAliveOnHover: true, closable: true, onLeave: forget })
    open.close = () => notice.destroy()
    latest = open.take
  }

  useEventListener(document, 'keydown', (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable], .cm-editor') !== null
    if (latest === null || isTyping || event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey)
      return
    event.preventDefault()
    const take = latest
    latest = null
    take()
  })
  onScopeDispose(() => latest = null)
  return { offer, forget: () => latest = null }
}
