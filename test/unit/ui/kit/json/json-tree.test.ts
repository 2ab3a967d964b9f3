// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createWords } from '../../../../../src/ui/app/i18n.ts'
import { parseExactJson } from '../../../../../src/ui/kit/json/exact-json.ts'
import JsonTree from '../../../../../src/ui/kit/json/JsonTree.vue'

function mountTree(text: string, props = {}) {
  const parsed = parseExactJson(text)
  if (!parsed.ok)
    throw new Error(parsed.problem)
  return mount(JsonTree, { props: { value: parsed.value, ...props }, global: { plugins: [createWords('en')] } })
}

it('shows values as they were written, marks what changed and what was refused, and folds', async () => {
  const tree = mountTree('{"params":{"t":21.40,"id":9223372036854775807}}', {
    changed: new Map([['/params/t', '21.3']]),
    bad: new Map([['/params/id', '6306']]),
  })
  expect(tree.text()).toContain('21.40')
  expect(tree.text()).toContain('9223372036854775807')
  expect(tree.get('.changed').attributes('title')).toBe('Changed since the message before; it was 21.3')
  expect(tree.get('.bad').text()).toContain('6306')
  await tree.get('button').trigger('click')
  expect(tree.text()).toBe('▸{ }1 field')
})

it('shows a long list in parts', async () => {
  const tree = mountTree(JSON.stringify(Array.from({ length: 250 }, (_, index) => index)))
  expect(tree.findAll('.leaf')).toHaveLength(200)
  await tree.get('.more').trigger('click')
  expect(tree.findAll('.leaf')).toHaveLength(250)
})

it('shows an empty text as one, not as true', () => {
  expect(mountTree('{"HostId":""}').get('.leaf').text()).toBe('""')
})
