import type { JsonObject } from '../json.ts'
import type { Findings } from './findings.ts'
import type { BoolType, EnumType, LongType, NumberType, TextType } from './types.ts'
import { describeGot, readObject, readText, unknownMembers } from './findings.ts'
import { featureLimits, float32Max, int32Max, int32Min, int64Max, int64Min } from './limits.ts'

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const wholeDecimal = /^-?\d+$/

function readSpecs(findings: Findings, path: string, specs: unknown): JsonObject {
  return specs === undefined || specs === null ? {} : readObject(findings, path, specs, 'an object', 6323) ?? {}
}

/** Reads the specs of an int, float or double: `min`, `max`, `step`, `unit`, `unitName`, each of them optional. */
export function parseNumberType(findings: Findings, path: string, type: NumberType['type'], source: unknown): NumberType {
  const specs = readSpecs(findings, path, source)
  const min = readNumber(findings, `${path}.min`, specs.min, type)
  const max = readNumber(findings, `${path}.max`, specs.max, type)
  const step = readNumber(findings, `${path}.step`, specs.step, type)
  if (min !== undefined && max !== undefined && min > max)
    findings.refuse(`${path}.max`, `a number that is not below the minimum ${min}`, describeGot(specs.max), 6317)
  if (step !== undefined && step < 0)
    findings.refuse(`${path}.step`, 'a number that is not negative', describeGot(specs.step), 6317)
  noteUnreachableBounds(findings, path, type, min, max)
  const extra = unknownMembers(specs, ['min', 'max', 'step', 'unit', 'unitName'])
  return {
    type,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(step !== undefined && { step }),
    ...readUnit(findings, path, specs),
    ...(extra && { extra }),
  }
}

/** Such bounds occur in real files (an int up to 4294967295); the type's own range still applies, so say so. */
function noteUnreachableBounds(findings: Findings, path: string, type: NumberType['type'], min?: number, max?: number): void {
  if (type === 'int' && ((min !== undefined && min < int32Min) || (max !== undefined && max > int32Max)))
    findings.note(`${path}: the range ${min ?? ''}…${max ?? ''} exceeds an int; values are held to ${int32Min}…${int32Max}.`)
  if (type === 'float' && (Math.abs(min ?? 0) > float32Max || Math.abs(max ?? 0) > float32Max))
    findings.note(`${path}: the range ${min ?? ''}…${max ?? ''} exceeds a 32-bit float; values are held to ±${float32Max}.`)
}

function readNumber(findings: Findings, path: string, value: unknown, type: NumberType['type']): number | undefined {
  if (value === undefined || value === null || value === '')
    return undefined
  const number = typeof value === 'string' && decimal.test(value.trim()) ? Number(value) : value
  const isFit = typeof number === 'number' && Number.isFinite(number) && (type !== 'int' || Number.isInteger(number))
  if (!isFit) {
    const expected = type === 'int' ? 'a whole number, written as text' : 'a number, written as text'
    findings.refuse(path, expected, describeGot(value), 6317)
    return undefined
  }
  // A bound of "-0" is plain 0, so that a model equals itself after an export.
  return number + 0
}

/** Reads the specs of a long: like a number, with bounds of up to 64 bits. */
export function parseLongType(findings: Findings, path: string, source: unknown): LongType {
  const specs = readSpecs(findings, path, source)
  const min = readLong(findings, `${path}.min`, specs.min)
  const max = readLong(findings, `${path}.max`, specs.max)
  if (min !== undefined && max !== undefined && BigInt(min) > BigInt(max))
    findings.refuse(`${path}.max`, `a number that is not below the minimum ${min}`, describeGot(specs.max), 6317)
  const extra = unknownMembers(specs, ['min', 'max', 'unit', 'unitName'])
  return {
    type: 'long',
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...readUnit(findings, path, specs),
    ...(extra && { extra }),
  }
}

function readLong(findings: Findings, path: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '')
    return undefined
  const text = typeof value === 'string' ? value.trim() : Number.isSafeInteger(value) ? String(value) : ''
  if (!wholeDecimal.test(text) || text.length > 20 || BigInt(text) < int64Min || BigInt(text) > int64Max) {
    findings.refuse(path, 'a whole number of at most 64 bits, written as text', describeGot(value), 6317)
    return undefined
  }
  return String(BigInt(text))
}

function readUnit(findings: Findings, path: string, specs: JsonObject): { unit?: string, unitName?: string } {
  const unit = readText(findings, `${path}.unit`, specs.unit)
  const unitName = readText(findings, `${path}.unitName`, specs.unitName)
  return { ...(unit !== undefined && { unit }), ...(unitName !== undefined && { unitName }) }
}

/** Reads the specs of a bool: the names of "0" and "1". */
export function parseBoolType(findings: Findings, path: string, source: unknown): BoolType {
  const specs = readSpecs(findings, path, source)
  for (const key of Object.keys(specs)) {
    if (key !== '0' && key !== '1')
      findings.refuse(`${path}.${key}`, 'names for the values "0" and "1" only', `the key ${JSON.stringify(key)}`, 6317)
  }
  return {
    type: 'bool',
    labels: { 0: readText(findings, `${path}.0`, specs['0']) ?? 'off', 1: readText(findings, `${path}.1`, specs['1']) ?? 'on' },
  }
}

/** Reads the specs of an enum: a name for each value, the values being keys of 32 bits. */
export function parseEnumType(findings: Findings, path: string, source: unknown): EnumType {
  const items: EnumType['items'] = []
  const specs = readSpecs(findings, path, source)
  for (const [key, label] of Object.entries(specs)) {
    const value = Number(key)
    if (!wholeDecimal.test(key) || value < int32Min || value > int32Max)
      findings.refuse(`${path}.${key}`, 'a key that is a whole number of 32 bits', `the key ${JSON.stringify(key)}`, 6317)
    else if (items.some(item => item.value === value))
      findings.refuse(`${path}.${key}`, 'every value once', `a second key for the value ${value}`, 6317)
    else
      items.push({ value: value + 0, name: readText(findings, `${path}.${key}`, label) ?? key })
  }
  if (Object.keys(specs).length === 0)
    findings.note(`${path}: the enum names no values; any whole number of 32 bits is accepted.`)
  if (items.length > featureLimits.enumItemsMax)
    findings.exceed(path, `at most ${featureLimits.enumItemsMax} values`, `${items.length} values`)
  return { type: 'enum', items: items.sort((a, b) => a.value - b.value) }
}

/** Reads the specs of a text: its `length` in bytes. */
export function parseTextType(findings: Findings, path: string, source: unknown): TextType {
  const specs = readSpecs(findings, path, source)
  const length = readCount(findings, `${path}.length`, specs.length)
  if (length !== undefined && length > featureLimits.textBytesMax)
    findings.exceed(`${path}.length`, `at most ${featureLimits.textBytesMax} bytes`, describeGot(specs.length))
  const extra = unknownMembers(specs, ['length'])
  return { type: 'text', ...(length !== undefined && { length }), ...(extra && { extra }) }
}

/** Reads an optional count of at least 1; `code` is the platform's code for a wrong one. */
export function readCount(findings: Findings, path: string, value: unknown, code = 6317): number | undefined {
  if (value === undefined || value === null || value === '')
    return undefined
  const count = typeof value === 'string' && wholeDecimal.test(value.trim()) ? Number(value) : value
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 1)
    return count
  findings.refuse(path, 'a whole number of at least 1, written as text', describeGot(value), code)
  return undefined
}
