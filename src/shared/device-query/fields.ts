import type { QueryField, QueryValue } from './types.ts'
import { deviceStates } from '../contract/device.ts'

/** What kind of fact a field is, which decides what it can be compared with. */
export type FieldKind = 'text' | 'status' | 'flag' | 'instant' | 'any'

/** The fields of a query, in the words of the cloud's own queries over devices where it has some. */
export const queryFields = {
  'product_key': { kind: 'text', example: 'product_key = "a1Thermostat"' },
  'name': { kind: 'text', example: 'name like "floor3-%"' },
  'status': { kind: 'status', example: 'status = "ONLINE"' },
  'simulated': { kind: 'flag', example: 'simulated = false' },
  'gmt_create': { kind: 'instant', example: 'gmt_create > "2026-01-31"' },
  'active_time': { kind: 'instant', example: 'active_time is null' },
  'last_online_time': { kind: 'instant', example: 'last_online_time < "7d ago"' },
  'last_offline_time': { kind: 'instant', example: 'last_offline_time > "1h ago"' },
  'tag.KEY': { kind: 'text', example: 'tag.floor in ("3", "4")' },
  'property.IDENTIFIER': { kind: 'any', example: 'property.temperature > 30' },
} as const satisfies Record<string, { kind: FieldKind, example: string }>

const plainFields = ['product_key', 'name', 'status', 'simulated', 'gmt_create', 'active_time', 'last_online_time', 'last_offline_time'] as const

/** The field that a word names; undefined when there is none of that name. */
export function toField(word: string): QueryField | undefined {
  const dot = word.indexOf('.')
  if (dot !== -1) {
    const name = word.slice(0, dot).toLowerCase()
    const key = word.slice(dot + 1)
    return (name === 'tag' || name === 'property') && key !== '' ? { name, key } : undefined
  }
  const name = plainFields.find(candidate => candidate === word.toLowerCase())
  return name === undefined ? undefined : { name }
}

/** What kind of fact a field is. */
export function kindOfField(field: QueryField): FieldKind {
  switch (field.name) {
    case 'tag':
      return 'text'
    case 'property':
      return 'any'
    default:
      return queryFields[field.name].kind
  }
}

const instantForm = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(Z|[+-]\d\d:\d\d)?$/
const agoForm = /^(\d{1,9}) ?([smhd]) ago$/
const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads an instant: `2026-01-31`, `2026-01-31 08:00` (UTC unless it says otherwise), `7d ago`. Undefined when it is none. */
export function readInstant(text: string): QueryValue | undefined {
  const ago = agoForm.exec(text)
  if (ago)
    return { agoMs: Number(ago[1]) * unitMs[ago[2]!]! }
  const parts = instantForm.exec(text)
  if (!parts)
    return undefined
  const [, date] = parts
  // 31 February would otherwise be a day of March.
  const midnight = Date.parse(`${date}T00:00Z`)
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date)
    return undefined
  const at = Date.parse(`${date}T${parts[2] ?? '00:00'}${parts[3] ?? 'Z'}`)
  return Number.isNaN(at) ? undefined : { at }
}

/** Reads a state in any case. */
export function readStatus(text: string): string | undefined {
  return deviceStates.find(state => state === text.toUpperCase())
}
