// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createWords } from '../../../../../src/ui/app/i18n.ts'
import VirtualRows from '../../../../../src/ui/kit/rows/VirtualRows.vue'

function mountRows(active: number | null) {
  return mount(VirtualRows, { props: { count: 100, active }, slots: { default: 'row' }, global: { plugins: [createWords('en')] } })
}

it('moves the active row by keys, stops at the ends, and chooses with Enter', async () => {
  const rows = mountRows(3)
  for (const key of ['ArrowDown', 'ArrowUp', 'Home', 'End', 'Enter'])
    await rows.trigger('keydown', { key })
  expect(rows.emitted('activate')).toEqual([[4], [2], [0], [99]])
  expect(rows.emitted('choose')).toEqual([[3]])

  const atStart = mountRows(0)
  await atStart.trigger('keydown', { key: 'ArrowUp' })
  expect(atStart.emitted('activate')).toEqual([[0]])
})

it('leaves keys with a modifier to the browser', async () => {
  const rows = mountRows(3)
  await rows.trigger('keydown', { key: 'ArrowDown', ctrlKey: true })
  expect(rows.emitted('activate')).toBeUndefined()
})

it('tells assistive technology how many rows there are', () => {
  expect(mountRows(null).attributes()).toMatchObject({ 'role': 'grid', 'aria-rowcount': '100', 'tabindex': '0' })
})
