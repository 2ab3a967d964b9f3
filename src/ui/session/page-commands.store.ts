import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'

/** Something the page on screen can do: offered by the palette, listed among the keys, and done by its key. */
export interface PageCommand {
  id: string
  title: string
  /** One key without Ctrl, as `KeyboardEvent.key` names it: `r`, `1`. It works while nothing is typed into and no dialog is open. */
  key?: string
  run: () => void | Promise<unknown>
}

/** The commands of what is on screen at the moment, in the order in which its parts came. */
export const usePageCommandStore = defineStore('page-commands', () => {
  const sources = shallowRef<readonly (() => readonly PageCommand[])[]>([])
  const commands = computed(() => sources.value.flatMap(source => source()))

  /** Offers commands until the returned function is called. */
  function offer(source: () => readonly PageCommand[]): () => void {
    sources.value = [...sources.value, source]
    return () => sources.value = sources.value.filter(one => one !== source)
  }
  return { commands, offer }
})

/** Offers what a page or a part of it can do, as long as it is on screen. `source` may change what it gives. */
export function usePageCommands(source: () => readonly PageCommand[]): void {
  onScopeDispose(usePageCommandStore().offer(source))
}
