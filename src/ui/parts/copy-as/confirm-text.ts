import type { VNode } from 'vue'
import type { CopyForms } from './copy-forms.ts'
import { h } from 'vue'
import CopyAs from './CopyAs.vue'

/** What a dialog says before something is done that cannot be taken back: the sentences, and the same for other tools. */
export function confirmText(text: string, forms: CopyForms): () => VNode {
  return () => h('div', [h('p', { style: 'margin: 0 0 8px' }, text), h('div', { style: 'margin-left: -10px' }, h(CopyAs, { forms }))])
}
