import type { JsonValue } from '../json.ts'
import type { IssueRule, ValidationIssue } from './issue.ts'
import type { ArrayType, DataType, EnumType, LongType, NumberType, Parameter, StructType, TextType } from './types.ts'
import { isLongerThan, utf8Length } from '../alink/utf8.ts'
import { isJsonObject } from '../json.ts'
import { issuesMax, shortenName, toSnippet } from './issue.ts'
import { float32Max, int32Max, int32Min, int64Max, int64Min } from './limits.ts'

/**
 * Checks one value of one type (Alink 4.4 and 5.9): true when it fits, otherwise issues are appended with paths relative
 * to the value. `complete` asks that structs have all their members, as calls and strict checking do. A value that fits
 * costs no allocation.
 */
export type Check = (value: JsonValue, complete: boolean, issues: ValidationIssue[]) => boolean

/** Puts the name of the part in front of the paths of the issues from index `from` on. */
export function prefixIssues(issues: ValidationIssue[], from: number, prefix: string): void {
  for (let index = from; index < issues.length; index++)
    issues[index]!.path = prefix + issues[index]!.path
}

/** Builds the check of a type once, so that checking a value does no work that depends on the model. */
export function buildCheck(dataType: DataType): Check {
  switch (dataType.type) {
    case 'int':
      return numberCheck(dataType, 6306, int32Min, int32Max, true)
    case 'float':
      return numberCheck(dataType, 6307, -float32Max, float32Max, false)
    case 'double':
      return numberCheck(dataType, 6322, -Number.MAX_VALUE, Number.MAX_VALUE, false)
    case 'long':
      return longCheck(dataType)
    case 'bool':
      return (value, _complete, issues) => value === 0 || value === 1 || refuse(issues, 6308, 'type', 'bool', toSnippet(value))
    case 'enum':
      return enumCheck(dataType)
    case 'text':
      return textCheck(dataType)
    case 'date':
      return (value, _complete, issues) => (typeof value === 'string' && isDigits(value)) || refuse(issues, 6311, 'type', 'date', toSnippet(value))
    case 'struct':
      return structCheck(dataType)
    case 'array':
      return arrayCheck(dataType)
  }
}

function refuse(issues: ValidationIssue[], code: number, rule: IssueRule, expected: string, got: string): false {
  issues.push({ code, path: '', rule, expected, got })
  return false
}

function withUnit(bound: number | string, unit: string | undefined): string {
  return unit ? `${bound} ${unit}` : String(bound)
}

function numberCheck({ type, min, max, unit }: NumberType, code: number, typeMin: number, typeMax: number, isWhole: boolean): Check {
  const low = Math.max(min ?? typeMin, typeMin)
  const high = Math.min(max ?? typeMax, typeMax)
  return (value, _complete, issues) => {
    if (typeof value !== 'number' || (isWhole && !Number.isInteger(value)))
      return refuse(issues, code, 'type', type, toSnippet(value))
    if (value < low)
      return refuse(issues, code, 'minimum', withUnit(low, unit), toSnippet(value))
    if (value > high)
      return refuse(issues, code, 'maximum', withUnit(high, unit), toSnippet(value))
    return true
  }
}

/** Numbers beyond 2^53 have to come as text here: whoever parsed the message still had their digits. */
function longCheck({ min, max, unit }: LongType): Check {
  const low = min === undefined ? int64Min : BigInt(min)
  const high = max === undefined ? int64Max : BigInt(max)
  return (value, _complete, issues) => {
    const isWhole = typeof value === 'number'
      ? Number.isSafeInteger(value)
      : typeof value === 'string' && value.length <= 20 && /^-?\d+$/.test(value)
    if (!isWhole)
      return refuse(issues, 6330, 'type', 'long', toSnippet(value))
    const number = BigInt(value as number | string)
    if (number < low)
      return refuse(issues, 6330, 'minimum', withUnit(String(low), unit), toSnippet(value))
    if (number > high)
      return refuse(issues, 6330, 'maximum', withUnit(String(high), unit), toSnippet(value))
    return true
  }
}

/** Values of an enum named in an issue. */
const choicesShown = 10

function enumCheck({ items }: EnumType): Check {
  if (items.length === 0)
    return numberCheck({ type: 'int' }, 6309, int32Min, int32Max, true)
  const values = new Set<JsonValue>(items.map(item => item.value))
  const named = items.slice(0, choicesShown).map(item => `${item.value} (${item.name})`)
  const choices = [...named, ...(items.length > choicesShown ? ['…'] : [])].join(', ')
  return (value, _complete, issues) => values.has(value) || refuse(issues, 6309, 'choice', choices, toSnippet(value))
}

function textCheck({ length = Number.MAX_SAFE_INTEGER }: TextType): Check {
  return (value, _complete, issues) => {
    if (typeof value !== 'string')
      return refuse(issues, 6310, 'type', 'text', toSnippet(value))
    if (isLongerThan(value, length))
      return refuse(issues, 6310, 'length', String(length), String(utf8Length(value)))
    return true
  }
}

function isDigits(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x30 || unit > 0x39)
      return false
  }
  return text !== ''
}

function structCheck({ members }: StructType): Check {
  const checks = checksByName(members)
  return (value, complete, issues) => {
    if (!isJsonObject(value))
      return refuse(issues, 6312, 'type', 'struct', toSnippet(value))
    const before = issues.length
    let present = 0
    for (const name in value) {
      const check = checks.get(name)
      const start = issues.length
      if (check === undefined)
        refuse(issues, 6304, 'unknown-member', '', toSnippet(value[name]))
      else if (check(value[name]!, complete, issues))
        present++
      if (issues.length !== start)
        prefixIssues(issues, start, `.${shortenName(name)}`)
      if (issues.length - before >= issuesMax)
        return false
    }
    if (complete && issues.length === before && present < members.length) {
      for (const { identifier } of members) {
        if (!Object.hasOwn(value, identifier)) {
          issues.push({ code: 6312, path: `.${identifier}`, rule: 'missing-member', expected: '', got: '' })
        }
      }
    }
    return issues.length === before
  }
}

function arrayCheck({ size = Number.MAX_SAFE_INTEGER, item }: ArrayType): Check {
  const check = buildCheck(item)
  return (value, complete, issues) => {
    if (!Array.isArray(value))
      return refuse(issues, 6328, 'type', 'array', toSnippet(value))
    if (value.length > size)
      return refuse(issues, 6324, 'size', String(size), String(value.length))
    const before = issues.length
    for (let index = 0; index < value.length; index++) {
      if (check(value[index]!, complete, issues))
        continue
      prefixIssues(issues, before, `[${index}]`)
      // An element that breaks its rule makes the array wrong, whatever the element's own code would be.
      for (let each = before; each < issues.length; each++)
        issues[each]!.code = 6324
      return false
    }
    return true
  }
}

/** The checks of a list of parameters or members by identifier. */
export function checksByName(parameters: readonly Parameter[]): Map<string, Check> {
  return new Map(parameters.map(parameter => [parameter.identifier, buildCheck(parameter.dataType)]))
}
