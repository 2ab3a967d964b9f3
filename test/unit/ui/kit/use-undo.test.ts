// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { NMessageProvider } from 'naive-ui'
import { afterEach, expect, it } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { createWords } from '../../../../src/ui/app/i18n.ts'
import { useUndo } from '../../../../src/ui/kit/use-undo.ts'

let taken: string[] = []
afterEach(() => {
  taken = []
  document.body.innerHTML = ''
})

function mountPage() {
  let offer!: ReturnType<typeof useUndo>['offer']
  const Page = defineComponent(() => {
    offer = useUndo().offer
    return () => h('input')
  })
  const page = mount(() => h(NMessageProvider, null, { default: () => h(Page) }), { attachTo: document.body, global: { plugins: [createWords('en')] } })
  return { page, offer }
}
const press = (target: EventTarget): boolean => target.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true }))

it('takes a change back by the button of its notice, once', async () => {
  const { page, offer } = mountPage()
  offer('View deleted.', () => void taken.push('view'))
  await nextTick()
  const notice = document.querySelector('[data-undo-notice]')!
  expect(notice.textContent).toContain('View deleted.')
  notice.querySelector<HTMLElement>('[data-undo]')!.click()
  await nextTick()
  expect(taken).toEqual(['view'])
  page.unmount()
})

it('takes the latest change back by key, but not while somebody types', async () => {
  const { page, offer } = mountPage()
  offer('first', () => void taken.push('first'))
  offer('second', () => void taken.push('second'))
  await nextTick()
  press(document.querySelector('input')!)
  expect(taken).toEqual([])
  press(document.body)
  press(document.body)
  await nextTick()
  expect(taken).toEqual(['second'])
  page.unmount()
})
