import type { JsonValue } from '../json.ts'
import type { Language } from './explanation.ts'
import type { DataType, Parameter } from './types.ts'

/** A data type in words for a table. */
export interface TypeDescription {
  /** `int`, `array of struct` … */
  type: string
  /** What values are allowed: `-40 … 120`, `0 eco · 1 normal`, `at most 32 bytes`, the members of a struct. Empty when anything goes. */
  range: string
  /** `°C`; empty when there is none. */
  unit: string
}

const words = {
  en: {
    bytes: (count: number) => `at most ${count} bytes`,
    elements: (count: number) => `at most ${count}`,
    arrayOf: 'array of ',
    atLeast: 'at least ',
    atMost: 'at most ',
    milliseconds: 'epoch milliseconds as text',
  },
  zh: {
    bytes: (count: number) => `最多 ${count} 字节`,
    elements: (count: number) => `最多 ${count} 个`,
    arrayOf: 'array · ',
    atLeast: '不小于 ',
    atMost: '不大于 ',
    milliseconds: '毫秒时间戳文本',
  },
} satisfies Record<Language, unknown>

/** Describes a data type in the words of the platform. */
export function describeType(dataType: DataType, language: Language = 'en'): TypeDescription {
  const word = words[language]
  switch (dataType.type) {
    case 'int':
    case 'float':
    case 'double':
    case 'long':
      return { type: dataType.type, range: describeRange(dataType.min, dataType.max, language), unit: dataType.unit ?? '' }
    case 'bool':
      return { type: 'bool', range: `0 ${dataType.labels[0]} · 1 ${dataType.labels[1]}`, unit: '' }
    case 'enum':
      return { type: 'enum', range: dataType.items.map(item => `${item.value} ${item.name}`).join(' · '), unit: '' }
    case 'text':
      return { type: 'text', range: dataType.length === undefined ? '' : word.bytes(dataType.length), unit: '' }
    case 'date':
      return { type: 'date', range: word.milliseconds, unit: '' }
    case 'struct':
      return { type: 'struct', range: describeMembers(dataType.members), unit: '' }
    case 'array': {
      const item = describeType(dataType.item, language)
      const size = dataType.size === undefined ? '' : word.elements(dataType.size)
      return { type: word.arrayOf + item.type, range: [size, item.range].filter(Boolean).join(' · '), unit: item.unit }
    }
  }
}

function describeRange(min: number | string | undefined, max: number | string | undefined, language: Language): string {
  if (min !== undefined && max !== undefined)
    return `${min} … ${max}`
  if (min !== undefined)
    return words[language].atLeast + min
  return max === undefined ? '' : words[language].atMost + max
}

function describeMembers(members: readonly Parameter[]): string {
  return `{${members.map(member => `${member.identifier}: ${member.dataType.type}`).join(', ')}}`
}

/** A value as a person reads it: with its unit, the name of a bool or enum value, members of structs. Text stays as it is. */
export function describeValue(dataType: DataType, value: JsonValue): string {
  switch (dataType.type) {
    case 'bool':
      return value === 0 || value === 1 ? dataType.labels[value] : JSON.stringify(value)
    case 'enum':
      return dataType.items.find(item => item.value === value)?.name ?? JSON.stringify(value)
    case 'int':
    case 'float':
    case 'double':
    case 'long':
      // A value from before the property became a number is shown as it is.
      if (typeof value !== 'number' && typeof value !== 'string')
        return JSON.stringify(value)
      return dataType.unit ? `${value} ${dataType.unit}` : String(value)
    default:
      return typeof value === 'string' ? value : JSON.stringify(value)
  }
}
