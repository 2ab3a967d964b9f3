import type { CopyForms } from '../../../parts/copy-as/copy-forms.ts'

/** Publishing the draft; an empty version lets the last number grow by one. */
export function publishForms(productKey: string, version: string, description: string): CopyForms {
  return {
    cli: ['model', 'publish', productKey, ...version === '' ? [] : ['--version-name', version], ...description.trim() === '' ? [] : ['--description', description.trim()]],
    api: { action: 'PublishThingModel', parameters: { ProductKey: productKey, ...version !== '' && { ModelVersion: version }, ...description.trim() !== '' && { Description: description.trim() } } },
  }
}

/** Beginning a draft from a version, in the place of the draft that there is. */
export function restoreForms(productKey: string, version: string, replaceDraft: boolean): CopyForms {
  return { cli: ['model', 'restore', productKey, '--version-name', version, ...replaceDraft ? ['--replace-draft'] : []] }
}

export function discardForms(productKey: string): CopyForms {
  return { cli: ['model', 'discard', productKey] }
}
