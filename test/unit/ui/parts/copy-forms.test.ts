import { expect, it } from 'vitest'
import { cliWords, hasForms, listParameters } from '../../../../src/ui/parts/copy-as/copy-forms.ts'

it('calls an action of the cloud\'s API from the command line where there is no command for it', () => {
  const api = { action: 'ResetThing', parameters: { ProductKey: 'a1Lamp', DeviceName: 'lamp-1' } }
  expect(cliWords({ api })).toEqual(['api', 'call', 'ResetThing', 'ProductKey=a1Lamp', 'DeviceName=lamp-1'])
  expect(cliWords({ cli: ['device', 'list'], api })).toEqual(['device', 'list'])
  // The command would read a file of that name.
  expect(cliWords({ api: { action: 'CreateProduct', parameters: { ProductName: '@lamp' } } })).toBeUndefined()
})

it('knows whether there is anything to copy', () => {
  expect(hasForms({})).toBe(false)
  expect(hasForms({ cli: ['device', 'list'] })).toBe(true)
  expect(hasForms({ api: { action: 'QueryProductList', parameters: {} } })).toBe(true)
})

it('writes lists as the cloud\'s API reads them', () => {
  expect(listParameters('TaskId', ['7', '8'])).toEqual({ 'TaskId.1': '7', 'TaskId.2': '8' })
  expect(listParameters('Tag', [{ Key: 'a', Value: 'b' }])).toEqual({ 'Tag.1.Key': 'a', 'Tag.1.Value': 'b' })
})
