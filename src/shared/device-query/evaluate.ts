import type { JsonValue } from '../json.ts'
import type { Comparison, DeviceFacts, DeviceQuery, QueryField, QueryValue } from './types.ts'

/**
 * Makes a query ready to be asked of many devices at the instant `now` (epoch milliseconds). A device of which a fact is
 * not known (no such tag, never online) fulfils no comparison of it; `is null` asks for that.
 */
export function compileDeviceQuery(query: DeviceQuery, now: number): (device: DeviceFacts) => boolean {
  switch (query.kind) {
    case 'and': {
      const parts = query.parts.map(part => compileDeviceQuery(part, now))
      return device => parts.every(part => part(device))
    }
    case 'or': {
      const parts = query.parts.map(part => compileDeviceQuery(part, now))
      return device => parts.some(part => part(device))
    }
    case 'not': {
      const part = compileDeviceQuery(query.part, now)
      return device => !part(device)
    }
    case 'known':
      return holds(query.field, () => true)
    case 'like': {
      const pattern = query.pattern.toLowerCase()
      return holds(query.field, fact => isLike(String(fact).toLowerCase(), pattern))
    }
    case 'in': {
      const tests = query.values.map(value => comparing('=', toPlain(value, now)))
      return holds(query.field, fact => tests.some(test => test(fact)))
    }
    case 'compare':
      return holds(query.field, comparing(query.comparison, toPlain(query.value, now)))
  }
}

/** Whether a device has a fact that passes; of tags and groups, of which it may have many, one is enough. */
function holds(field: QueryField, test: (fact: Plain) => boolean): (device: DeviceFacts) => boolean {
  switch (field.name) {
    case 'group.group_id': return device => device.groups().some(test)
    case 'tag.tag_name': return device => device.tags().some(({ key }) => test(key))
    case 'tag.tag_value': return device => device.tags().some(({ value }) => test(value))
    default: {
      const read = readerOf(field)
      return (device) => {
        const fact = read(device)
        return fact !== null && test(fact)
      }
    }
  }
}

type Plain = string | number | boolean

function toPlain(value: QueryValue, now: number): Plain {
  if (typeof value !== 'object')
    return value
  return 'at' in value ? value.at : now - value.agoMs
}

function readerOf(field: QueryField): (device: DeviceFacts) => Plain | null {
  switch (field.name) {
    case 'product_key': return device => device.productKey
    case 'iot_id': return device => device.iotId
    case 'nickname': return device => device.nickname || null
    case 'name': return device => device.deviceName
    case 'status': return device => device.state
    case 'simulated': return device => device.simulated
    case 'gmt_create': return device => device.createdAt
    case 'gmt_modified': return device => device.modifiedAt
    case 'active_time': return device => device.activatedAt
    case 'last_online_time': return device => device.lastOnlineAt
    case 'last_offline_time': return device => device.lastOfflineAt
    case 'tag': return device => device.tag(field.key) ?? null
    case 'property': return device => plainValue(device.property(field.key))
    default: return () => null
  }
}

/** Structs and arrays are compared as their JSON text. */
function plainValue(value: JsonValue | undefined): Plain | null {
  if (value === undefined || value === null)
    return null
  return typeof value === 'object' ? JSON.stringify(value) : value
}

/** Numbers are compared as numbers, everything else as text; a switch counts as 0 and 1, which is how devices report it. */
function comparing(comparison: Comparison, wanted: Plain): (fact: Plain) => boolean {
  const wantedNumber = typeof wanted === 'string' ? null : Number(wanted)
  return (fact) => {
    const isNumber = wantedNumber !== null && typeof fact !== 'string'
    const order = isNumber ? Number(fact) - wantedNumber : compareText(String(fact), String(wanted))
    switch (comparison) {
      case '=': return order === 0
      case '!=': return order !== 0
      case '<': return order < 0
      case '<=': return order <= 0
      case '>': return order > 0
      case '>=': return order >= 0
    }
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** `%` stands for any text, `_` for one character. Never more than one step back, whatever the pattern. */
function isLike(text: string, pattern: string): boolean {
  let at = 0
  let inPattern = 0
  let anyAt = -1
  let retryAt = 0
  while (at < text.length) {
    if (pattern[inPattern] === '%') {
      anyAt = inPattern++
      retryAt = at
    }
    else if (inPattern < pattern.length && (pattern[inPattern] === '_' || pattern[inPattern] === text[at])) {
      at++
      inPattern++
    }
    else if (anyAt !== -1) {
      inPattern = anyAt + 1
      at = ++retryAt
    }
    else {
      return false
    }
  }
  while (pattern[inPattern] === '%')
    inPattern++
  return inPattern === pattern.length
}

/** The properties whose latest values a query needs. */
export function propertiesOfQuery(query: DeviceQuery): string[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return [...new Set(query.parts.flatMap(propertiesOfQuery))]
    case 'not':
      return propertiesOfQuery(query.part)
    default:
      return query.field.name === 'property' ? [query.field.key] : []
  }
}
