import { expect, it } from 'vitest'
import { keyCreateForms, keyDeleteForms } from '../../../../../src/ui/features/cloud-api/key-forms.ts'
import { enableForms, pushForms, saveForms, versionForms } from '../../../../../src/ui/features/remote-config/config-forms.ts'
import { settingForms } from '../../../../../src/ui/features/settings/setting-forms.ts'
import { readForms } from '../../../../support/copy-forms.ts'

it('sets settings, also to nothing', () => {
  expect(readForms(settingForms('device.openToNetwork', true)).cli).toEqual({ path: 'setting set', positionals: ['device.openToNetwork', 'true'], values: {} })
  expect(readForms(settingForms('ota.downloadHost', '')).cli?.positionals).toEqual(['ota.downloadHost', ''])
})

it('makes and deletes access keys', () => {
  expect(readForms(keyCreateForms(' nightly ')).cli).toEqual({ path: 'key create', positionals: [], values: { name: 'nightly' } })
  expect(readForms(keyCreateForms('')).cli?.values).toEqual({})
  expect(readForms(keyDeleteForms('TB1')).cli).toEqual({ path: 'key delete', positionals: ['TB1'], values: {} })
})

it('saves, switches, pushes and shows remote configurations', () => {
  expect(readForms(saveForms('a1Lamp', '{"a": 1}\n')).cli).toEqual({ path: 'config set', positionals: ['a1Lamp', '/dev/stdin'], values: { off: true } })
  expect(saveForms('a1Lamp', '{"a": 1}\n').input).toBe('{"a": 1}\n')
  expect([true, false].map(enabled => readForms(enableForms('a1Lamp', enabled)).cli?.path)).toEqual(['config enable', 'config disable'])
  expect(readForms(pushForms('a1Lamp', true)).cli).toEqual({ path: 'config push', positionals: ['a1Lamp'], values: { again: true } })
  expect(readForms(versionForms('a1Lamp', 3)).cli).toEqual({ path: 'config show', positionals: ['a1Lamp'], values: { 'config-version': 3 } })
})
