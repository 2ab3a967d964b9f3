// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createWords } from '../../../../../src/ui/app/i18n.ts'
import ChipFilter from '../../../../../src/ui/kit/filter/ChipFilter.vue'

const fields = [
  { key: 'device', label: 'Device' },
  { key: 'dir', label: 'Direction', options: [{ value: 'up', label: 'from the device' }, { value: 'down', label: 'to the device' }] },
  { key: 'text', label: 'Text' },
]

function mountFilter(modelValue: Record<string, string>) {
  return mount(ChipFilter, { props: { fields, modelValue }, global: { plugins: [createWords('en')] } })
}

it('makes chips of what is typed when Enter is pressed', async () => {
  const filter = mountFilter({ device: 'a' })
  await filter.get('input').setValue('dir:up hello')
  await filter.get('input').trigger('keydown', { key: 'Enter' })
  expect(filter.emitted('update:modelValue')).toEqual([[{ device: 'a', dir: 'up', text: 'hello' }]])
})

it('offers values by name and takes the one that the arrows point at', async () => {
  const filter = mountFilter({})
  await filter.get('input').trigger('focus')
  await filter.get('input').setValue('dir:')
  expect(filter.findAll('[role="option"]').map(option => option.text())).toEqual(['from the deviceup', 'to the devicedown'])
  await filter.get('input').trigger('keydown', { key: 'ArrowDown' })
  await filter.get('input').trigger('keydown', { key: 'ArrowDown' })
  await filter.get('input').trigger('keydown', { key: 'Enter' })
  expect(filter.emitted('update:modelValue')).toEqual([[{ dir: 'down' }]])
})

it('takes the last chip back for editing with Backspace, and removes a chip by its button', async () => {
  const filter = mountFilter({ device: 'a', dir: 'up' })
  await filter.get('input').trigger('keydown', { key: 'Backspace' })
  expect(filter.emitted('update:modelValue')?.[0]).toEqual([{ device: 'a' }])
  expect((filter.get('input').element as HTMLInputElement).value).toBe('dir:up')
  await filter.get('[data-filter="device"] button').trigger('click')
  expect(filter.emitted('update:modelValue')?.[1]).toEqual([{}])
})

it('explains a wrong value beside the field and changes nothing', async () => {
  const filter = mountFilter({})
  await filter.get('input').setValue('dir:left')
  await filter.get('input').trigger('keydown', { key: 'Enter' })
  expect(filter.get('[role="alert"]').text()).toBe('dir: expected up, down, got “left”')
  expect(filter.emitted('update:modelValue')).toBeUndefined()
})
