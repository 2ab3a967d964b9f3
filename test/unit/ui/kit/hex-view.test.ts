// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createWords } from '../../../../src/ui/app/i18n.ts'
import HexView from '../../../../src/ui/kit/HexView.vue'

it('says that there are no bytes instead of showing nothing', () => {
  const view = mount(HexView, { props: { bytes: new Uint8Array(0) }, global: { plugins: [createWords('en')] } })
  expect(view.text()).toBe('No bytes')
})
