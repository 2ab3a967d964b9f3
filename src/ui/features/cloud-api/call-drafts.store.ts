import type { Draft } from './call-draft.ts'
import { useLocalStorage, useSessionStorage } from '@vueuse/core'
import { defineStore } from 'pinia'

const draftsMax = 50

/** What was written into the forms of actions, until the window is closed, and the access key that snippets are filled with. */
export const useCallDrafts = defineStore('call-drafts', () => {
  const drafts = useSessionStorage<Record<string, Draft>>('thingbench.apiDrafts', {})
  const keyId = useLocalStorage('thingbench.apiKeyId', '')

  function keep(action: string, draft: Draft): void {
    const { [action]: _before, ...others } = drafts.value
    drafts.value = Object.fromEntries([...Object.entries(others).slice(1 - draftsMax), [action, draft]])
  }
  return { drafts, keyId, keep }
})
