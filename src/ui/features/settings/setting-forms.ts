import type { SettingName } from '../../../shared/contract/settings.ts'
import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'

/** Giving a setting a value. */
export function settingForms(name: SettingName, value: string | number | boolean): CopyForms {
  return { cli: ['setting', 'set', name, String(value)] }
}
