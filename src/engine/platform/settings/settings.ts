import type { MethodHandlers } from '../../../shared/contract/contract.ts'
import type { SettingName, SettingValues } from '../../../shared/contract/settings.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { Log } from '../../../shared/log.ts'
import type { Store } from '../../store/types.ts'
import { settings } from '../../../shared/contract/settings.ts'
import { AppError } from '../../../shared/errors.ts'
import { selectSettings, upsertSetting } from './rows.ts'

export interface SettingsStore {
  get: <N extends SettingName>(name: N) => SettingValues[N]
  all: () => SettingValues
  /** Checks and keeps a value; AppError input/invalid names the setting, what was expected and what came. */
  set: (name: SettingName, value: JsonValue) => Promise<SettingValues>
  /** Calls back after every change of one setting. */
  onChange: (name: SettingName, changed: () => void) => void
}

/** Opens the settings of a workspace; a stored value that no longer fits its schema falls back to the default, with a line in the log. */
export async function openSettings(store: Store, log: Log): Promise<SettingsStore> {
  const values = Object.fromEntries(Object.entries(settings).map(([name, definition]) => [name, definition.initial])) as SettingValues
  const listeners = new Map<SettingName, (() => void)[]>()
  for (const row of await store.read(selectSettings, [])) {
    const definition = settings[row.name as SettingName]
    const parsed = definition?.schema.safeParse(JSON.parse(row.value))
    if (parsed?.success)
      Object.assign(values, { [row.name]: parsed.data })
    else
      log.warn('a stored setting was ignored', { name: row.name, value: row.value })
  }
  return {
    get: name => values[name],
    all: () => ({ ...values }),
    onChange: (name, changed) => listeners.set(name, [
      ...listeners.get(name) ?? [],
      changed,
    ]),
    set: async (name, value) => {
      const parsed = settings[name].schema.safeParse(value)
      if (!parsed.success) {
        const problem = parsed.error.issues[0]?.message ?? 'not allowed'
        throw new AppError('input/invalid', `Setting ${name}: ${problem}; got ${JSON.stringify(value)}.`, { name, got: value })
      }
      await store.write([
        {
          statement: upsertSetting,
          params: [
            name,
            JSON.stringify(parsed.data),
          ],
        },
      ])
      Object.assign(values, { [name]: parsed.data })
      listeners.get(name)?.forEach(changed => changed())
      return { ...values }
    },
  }
}

/** The console's calls on settings. */
export function settingMethodHandlers(store: SettingsStore): Pick<MethodHandlers, 'settings.get' | 'settings.set'> {
  return {
    'settings.get': () => store.all(),
    'settings.set': ({ name, value }) => store.set(name, value as JsonValue),
  }
}
