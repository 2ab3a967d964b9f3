import type { JsonValue } from '../../../shared/json.ts'
import type { DataType, EnumType, LongType, TextType } from '../../../shared/thing-model/types.ts'
import type { NumberGrid } from './number-grid.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { int64Max, int64Min } from '../../../shared/thing-model/limits.ts'
import { numberGrid, snapToGrid } from './number-grid.ts'

/** Makes any value one that the platform accepts for a type. */
export type Fit = (value: JsonValue) => JsonValue

/**
 * The nearest acceptable value of a type (rules of the thing model, "dataType"): int integral and stepped, float and
 * double on the steps of the model, bool 0 or 1, enum one of its numbers, text within its bytes, date epoch milliseconds
 * as text, struct with exactly its members, array within its size. The model is read once, here.
 */
export function compileFit(type: DataType): Fit {
  switch (type.type) {
    case 'int':
    case 'float':
    case 'double': {
      const grid: NumberGrid = numberGrid(type)
      return value => snapToGrid(grid, toNumber(value))
    }
    case 'long':
      return value => fitLong(type, value)
    case 'bool':
      return value => (value === 'true' || toNumber(value) >= 0.5 ? 1 : 0)
    case 'enum':
      return value => fitEnum(type, value)
    case 'text':
      return value => fitText(type, value)
    case 'date':
      return fitDate
    case 'struct': {
      const members = type.members.map(member => ({ identifier: member.identifier, fit: compileFit(member.dataType) }))
      return value => Object.fromEntries(members.map(({ identifier, fit }) => [identifier, fit(isJsonObject(value) ? value[identifier] ?? null : value)]))
    }
    case 'array': {
      const fitItem = compileFit(type.item)
      const sizeMax = type.size ?? Number.POSITIVE_INFINITY
      return value => (Array.isArray(value) ? value : [value]).slice(0, sizeMax).map(fitItem)
    }
  }
}

function toNumber(value: JsonValue): number {
  if (typeof value === 'string' && value.trim() === '')
    return Number.NaN
  return typeof value === 'object' ? Number.NaN : Number(value)
}

/** Numbers while they are exact, decimal text beyond. */
function fitLong(type: LongType, value: JsonValue): JsonValue {
  const low = toBigInt(type.min) ?? int64Min
  const high = toBigInt(type.max) ?? int64Max
  const wanted = toBigInt(value) ?? 0n
  const fitted = wanted < low ? low : wanted > high ? high : wanted
  return Number.isSafeInteger(Number(fitted)) ? Number(fitted) : String(fitted)
}

/** Decimal text or a number as a whole number; undefined when it is neither. */
export function toBigInt(value: JsonValue | undefined): bigint | undefined {
  if (typeof value === 'string' && /^[+-]?\d{1,40}$/.test(value.trim()))
    return BigInt(value)
  const number = Math.round(toNumber(value ?? null))
  return value !== undefined && value !== null && Number.isFinite(number) ? BigInt(number) : undefined
}

function fitEnum(type: EnumType, value: JsonValue): number {
  const named = type.items.find(item => item.name === value)
  if (named)
    return named.value
  const number = toNumber(value)
  const [first] = type.items
  if (!first)
    return snapToGrid(numberGrid({ type: 'int' }), number)
  return type.items.reduce((best, item) => (Math.abs(item.value - number) < Math.abs(best.value - number) ? item : best), first).value
}

function fitText(type: TextType, value: JsonValue): string {
  const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)
  const bytesMax = type.length ?? Number.POSITIVE_INFINITY
  if (text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax)
    return text
  let bytes = 0
  let fitted = ''
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > bytesMax)
      break
    fitted += character
  }
  return fitted
}

/** The last millisecond a JavaScript date can hold; the platform's dates are far inside. */
const dateMsMax = 8.64e15

function fitDate(value: JsonValue): string {
  const number = toNumber(value)
  const milliseconds = Number.isNaN(number) && typeof value === 'string' ? Date.parse(value) : number
  return String(Number.isNaN(milliseconds) ? 0 : Math.min(dateMsMax, Math.max(0, Math.round(milliseconds))))
}
