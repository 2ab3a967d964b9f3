import type { RunSettings, SettingDifference } from '../../shared/contract/run.ts'

/** More would be read by nobody. */
const differencesMax = 100

/** What differs between the settings of two runs, by the path of each value; lists are compared as a whole. */
export function settingDifferences(before: RunSettings, now: RunSettings): SettingDifference[] {
  return differences(before, now, '').slice(0, differencesMax)
}

function differences(before: unknown, now: unknown, path: string): SettingDifference[] {
  if (isTree(before) && isTree(now)) {
    return [...new Set([...Object.keys(before), ...Object.keys(now)])]
      .sort()
      .flatMap(name => differences(before[name], now[name], path === '' ? name : `${path}.${name}`))
  }
  const [old, young] = [textOf(before), textOf(now)]
  return old === young ? [] : [{ path, before: old, now: young }]
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
