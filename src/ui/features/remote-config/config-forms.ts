import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'

/** Saving a configuration; the switch stays as it is. The cloud's API has no remote configuration. */
export function saveForms(productKey: string, text: string): CopyForms {
  return { cli: ['config', 'set', productKey, '/dev/stdin', '--off'], input: text }
}

export function enableForms(productKey: string, enabled: boolean): CopyForms {
  return { cli: ['config', enabled ? 'enable' : 'disable', productKey] }
}

/** Pushing the newest configuration to all devices that are online; `again` also what was pushed last. */
export function pushForms(productKey: string, again: boolean): CopyForms {
  return { cli: ['config', 'push', productKey, ...again ? ['--again'] : []] }
}

/** An earlier version, to be looked at. */
export function versionForms(productKey: string, version: number): CopyForms {
  return { cli: ['config', 'show', productKey, '--config-version', String(version)] }
}
