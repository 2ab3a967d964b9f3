import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'

/** Making an access key; the cloud's API cannot. */
export function keyCreateForms(name: string): CopyForms {
  return { cli: ['key', 'create', ...name.trim() === '' ? [] : ['--name', name.trim()]] }
}

export function keyDeleteForms(accessKeyId: string): CopyForms {
  return { cli: ['key', 'delete', accessKeyId] }
}
