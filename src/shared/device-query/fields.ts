import type { QueryField, QueryValue } from './types.ts'
import { deviceStates } from '../contract/device.ts'

/** What kind of fact a field is, which decides what it can be compared with. */
export type FieldKind = 'text' | 'status' | 'flag' | 'instant' | 'any'

/** The fields of a query, in the words of the cloud's own queries over devices where it has some. */
export const queryFields = {
  'product_key': { kind: 'text', example: 'product_key = "a1Thermostat"' },
  'iot_id': { kind: 'text', example: 'iot_id in ("Kx9…", "pQ2…")' },
  'name': { kind: 'text', example: 'name like "floor3-%"' },
  'nickname': { kind: 'text', example: 'nickname like "%kitchen%"' },
  'status': { kind: 'status', example: 'status = "ONLINE"' },
  'simulated': { kind: 'flag', example: 'simulated = false' },
  'gmt_create': { kind: 'instant', example: 'gmt_create > "2026-01-31"' },
  'gmt_modified': { kind: 'instant', example: 'gmt_modified > "1d ago"' },
  'active_time': { kind: 'instant', example: 'active_time is null' },
  'last_online_time': { kind: 'instant', example: 'last_online_time < "7d ago"' },
  'last_offline_time': { kind: 'instant', example: 'last_offline_time > "1h ago"' },
  'group.group_id': { kind: 'text', example: 'group.group_id = "tDQvBJqbUyHskcbN"' },
  'tag.tag_name': { kind: 'text', example: 'tag.tag_name = "floor"' },
  'tag.tag_value': { kind: 'text', example: 'tag.tag_value = "3"' },
  'tag.KEY': { kind: 'text', example: 'tag.floor in ("3", "4")' },
  'property.IDENTIFIER': { kind: 'any', example: 'property.temperature > 30' },
} as const satisfies Record<string, { kind: FieldKind, example: string }>

const plainFields = ['product_key', 'iot_id', 'name', 'nickname', 'status', 'simulated', 'gmt_create', 'gmt_modified', 'active_time', 'last_online_time', 'last_offline_time', 'group.group_id', 'tag.tag_name', 'tag.tag_value'] as const

/** The field that a word names; undefined when there is none of that name. */
export function toField(word: string): QueryField | undefined {
  const plain = plainFields.find(candidate => candidate === word.toLowerCase())
  if (plain !== undefined)
    return { name: plain }
  const dot = word.indexOf('.')
  const name = word.slice(0, Math.max(0, dot)).toLowerCase()
  const key = word.slice(dot + 1)
  return (name === 'tag' || name === 'property') && key !== '' ? { name, key } : undefined
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
