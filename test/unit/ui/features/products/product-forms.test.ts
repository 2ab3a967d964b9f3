import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { discardForms, publishForms, restoreForms } from '../../../../../src/ui/features/products/model-editor/model-forms.ts'
import { deleteForms, exportForms, importForms, scriptSaveForms, scriptSubmitForms, topicAddForms, topicRemoveForms, validationForms } from '../../../../../src/ui/features/products/product-forms.ts'
import { commandLine } from '../../../../../src/ui/parts/copy-as/api-call.ts'
import { readForms } from '../../../../support/copy-forms.ts'

it('changes, exports and deletes a product; what only the cloud\'s API has is called from the command line', () => {
  expect(readForms(validationForms('a1Lamp', 'strict'))).toEqual({ cli: { path: 'product update', positionals: ['a1Lamp'], values: { validation: 'strict' } }, api: null })
  expect(readForms(exportForms('a1Lamp'))).toMatchObject({ cli: { path: 'product export', positionals: ['a1Lamp'] }, api: { action: 'GetThingModelTslPublished', values: { ProductKey: 'a1Lamp' } } })
  expect(readForms(deleteForms('a1Lamp'))).toEqual({ cli: { path: 'api call', positionals: ['DeleteProduct', 'ProductKey=a1Lamp'], values: {} }, api: { action: 'DeleteProduct', values: { ProductKey: 'a1Lamp' } } })
})

it('imports a model into a product, a draft or a new product with a name', () => {
  const choice = { fileName: 'my lamp.json', target: '', name: 'Lamp', nodeType: 'gateway' as const, asDraft: false }
  expect(readForms(importForms(choice)).cli).toEqual({ path: 'product import', positionals: ['my lamp.json'], values: { 'name': 'Lamp', 'node-type': 'gateway' } })
  expect(readForms(importForms({ ...choice, target: 'a1Lamp', asDraft: true })).cli).toEqual({ path: 'product import', positionals: ['my lamp.json'], values: { product: 'a1Lamp', draft: true } })
  expect(importForms({ ...choice, name: ' ' })).toEqual({})
})

it('adds and removes topics', () => {
  expect(readForms(topicAddForms('a1Lamp', { shortName: 'user/lamp/+', operation: 'ALL', description: 'both ways' }))).toEqual({
    cli: { path: 'product topic add', positionals: ['a1Lamp', 'user/lamp/+'], values: { allow: 'ALL', about: 'both ways' } },
    api: { action: 'CreateProductTopic', values: { ProductKey: 'a1Lamp', TopicShortName: 'user/lamp/+', Operation: 'ALL', Desc: 'both ways' } },
  })
  expect(readForms(topicRemoveForms('a1Lamp', { topicId: 7, shortName: 'user/lamp/+' }))).toEqual({
    cli: { path: 'product topic remove', positionals: ['a1Lamp', 'user/lamp/+'], values: {} },
    api: { action: 'DeleteProductTopic', values: { TopicId: '7' } },
  })
})

it('hands a script to the command to the byte', () => {
  const text = 'function rawDataToProtocol() {\n  return \'it\\\'s %s\'\n}'
  expect(readForms(scriptSaveForms('a1Probe', text))).toEqual({ cli: { path: 'product script', positionals: ['save', 'a1Probe', '/dev/stdin'], values: {} }, api: null })
  const submit = scriptSubmitForms('a1Probe', text)
  expect(readForms(submit)).toEqual({
    cli: { path: 'product script', positionals: ['submit', 'a1Probe', '/dev/stdin'], values: {} },
    api: { action: 'UpdateThingScript', values: { ProductKey: 'a1Probe', ScriptType: 'JavaScript', ScriptContent: text } },
  })
  const line = commandLine(submit.cli!, submit.input)
  expect(line).toMatch(/^printf %s '.*' \| thingbench product script submit a1Probe \/dev\/stdin$/s)
  expect(execFileSync('sh', ['-c', line.replace(/thingbench .*$/, 'cat')]).toString()).toBe(text)
})

it('publishes, restores and discards drafts of thing models', () => {
  expect(readForms(publishForms('a1Lamp', '1.2', ' humidity '))).toEqual({
    cli: { path: 'model publish', positionals: ['a1Lamp'], values: { 'version-name': '1.2', 'description': 'humidity' } },
    api: { action: 'PublishThingModel', values: { ProductKey: 'a1Lamp', ModelVersion: '1.2', Description: 'humidity' } },
  })
  expect(readForms(publishForms('a1Lamp', '', ''))).toMatchObject({ cli: { values: {} }, api: { values: { ProductKey: 'a1Lamp' } } })
  expect(readForms(restoreForms('a1Lamp', '1.0', true)).cli).toEqual({ path: 'model restore', positionals: ['a1Lamp'], values: { 'version-name': '1.0', 'replace-draft': true } })
  expect(readForms(discardForms('a1Lamp')).cli).toEqual({ path: 'model discard', positionals: ['a1Lamp'], values: {} })
})
