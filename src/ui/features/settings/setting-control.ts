import type { SettingName } from '../../../shared/contract/settings.ts'
import { settings } from '../../../shared/contract/settings.ts'

const gibibyte = 1024 ** 3

/** How a setting is shown: a switch, a text, or a number in the unit people use for it. */
export type SettingControl
  = | { kind: 'switch' }
    | { kind: 'text' }
    | { kind: 'number', factor: number, min: number, max: number | null, precision: number }

/** The control that suits a setting's schema; bytes are shown in GiB. */
export function controlOf(name: SettingName): SettingControl {
  const { schema, unit } = settings[name] as { schema: { type: string, minValue?: number | null, maxValue?: number | null }, unit?: string }
  if (schema.type === 'boolean')
    return { kind: 'switch' }
  if (schema.type === 'string')
    return { kind: 'text' }
  const factor = unit === 'bytes' ? gibibyte : 1
  const max = schema.maxValue ?? null
  return {
    kind: 'number',
    factor,
    min: (schema.minValue ?? 0) / factor,
    max: max === null || max >= Number.MAX_SAFE_INTEGER ? null : max / factor,
    precision: unit === 'bytes' ? 3 : 2,
  }
}

/** The value to store for what was typed; bytes are whole. */
export function toSettingValue(control: SettingControl, shown: number): number {
  return control.kind === 'number' && control.factor > 1 ? Math.round(shown * control.factor) : shown
}

/** Whether the engine would take a value. */
export function isSettingValid(name: SettingName, value: unknown): boolean {
  return settings[name].schema.safeParse(value).success
}
