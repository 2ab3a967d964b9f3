import type { RunSettings, SettingDifference } from '../../shared/contract/run.ts'

/** More would be read by nobody. */
const differencesMax = 100

/** What differs between the settings of two runs, by the path of each value, in the order of the paths. */
export function settingDifferences(before: RunSettings, now: RunSettings): SettingDifference[] {
  const [old, young] = [valuesByPath(before), valuesByPath(now)]
  return [...new Set([...old.keys(), ...young.keys()])]
    .sort()
    .map(path => ({ path, before: old.get(path) ?? null, now: young.get(path) ?? null }))
    .filter(one => one.before !== one.now)
    .slice(0, differencesMax)
}

function valuesByPath(settings: object): Map<string, string> {
  const values = new Map<string, string>()
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
      Object.entries(value).forEach(([name, part]) => walk(part, path === '' ? name : `${path}.${name}`))
    else if (value !== undefined)
      values.set(path, JSON.stringify(value))
  }
  walk(settings, '')
  return values
}
