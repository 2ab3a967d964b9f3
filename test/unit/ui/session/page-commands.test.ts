import { createPinia, setActivePinia } from 'pinia'
import { expect, it } from 'vitest'
import { effectScope, ref } from 'vue'
import { usePageCommands, usePageCommandStore } from '../../../../src/ui/session/page-commands.store.ts'

it('a page offers its commands as long as it is on screen, and they may change meanwhile', () => {
  setActivePinia(createPinia())
  const store = usePageCommandStore()
  const names = ref(['set', 'get'])
  const page = effectScope()
  const part = effectScope()
  page.run(() => usePageCommands(() => names.value.map(id => ({ id, title: id, run: () => {} }))))
  part.run(() => usePageCommands(() => [{ id: 'part', title: 'part', key: 'p', run: () => {} }]))
  expect(store.commands.map(({ id }) => id)).toEqual(['set', 'get', 'part'])
  names.value = ['get']
  expect(store.commands.map(({ id }) => id)).toEqual(['get', 'part'])
  page.stop()
  expect(store.commands.map(({ id }) => id)).toEqual(['part'])
  part.stop()
  expect(store.commands).toEqual([])
})
