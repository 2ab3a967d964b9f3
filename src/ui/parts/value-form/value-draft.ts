import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { DataType, Parameter } from '../../../shared/thing-model/types.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { buildCheck, prefixIssues } from '../../../shared/thing-model/checks.ts'
import { defaultValue } from '../../../shared/thing-model/default-value.ts'

/**
 * What is typed for a value: null is left out, texts are kept as they were typed, structs and arrays hold drafts. It
 * survives JSON, so that what was typed can outlive a reload.
 */
export type Draft = null | string | Draft[] | { [member: string]: Draft }
export type Drafts = Record<string, Draft>

export interface ReadValue {
  /** Undefined when it is left out. */
  value: JsonValue | undefined
  /** Why the thing model refuses the value, with paths relative to it. */
  issues: ValidationIssue[]
}

/** A value as it would be typed; one of another type than the model's is kept as its JSON text, so that it can be mended. */
export function toDraft(dataType: DataType, value: JsonValue | undefined): Draft {
  if (value === undefined || value === null)
    return null
  if (dataType.type === 'struct' && isJsonObject(value))
    return Object.fromEntries(dataType.members.map(({ identifier, dataType: type }) => [identifier, toDraft(type, value[identifier])]))
  if (dataType.type === 'array' && Array.isArray(value))
    return value.map(item => toDraft(dataType.item, item))
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A draft of a value that passes the type's check, to begin with; `now` in epoch milliseconds is what a date begins with. */
export function startDraft(dataType: DataType, now: number): Draft {
  return toDraft(dataType, defaultValue(dataType, now))
}

const wholeNumber = /^-?\d+$/

/** Reads what was typed for one value and lets the model's own check judge it; what is no number stays a text, which the check then names. */
export function readDraft(dataType: DataType, draft: Draft): ReadValue {
  const value = valueOf(dataType, draft)
  const issues: ValidationIssue[] = []
  if (value !== undefined)
    buildCheck(dataType)(value, true, issues)
  return { value, issues }
}

function valueOf(dataType: DataType, draft: Draft): JsonValue | undefined {
  if (draft === null)
    return undefined
  if (Array.isArray(draft))
    return draft.map(item => valueOf(dataType.type === 'array' ? dataType.item : { type: 'text' }, item) ?? null)
  if (typeof draft === 'object') {
    const types = new Map(dataType.type === 'struct' ? dataType.members.map(member => [member.identifier, member.dataType]) : [])
    return Object.fromEntries(Object.entries(draft).flatMap(([name, item]) => {
      const value = valueOf(types.get(name) ?? { type: 'text' }, item)
      return value === undefined ? [] : [[name, value]]
    }))
  }
  return plainValueOf(dataType, draft)
}

function plainValueOf({ type }: DataType, text: string): JsonValue | undefined {
  if (type === 'text')
    return text
  const typed = text.trim()
  if (typed === '')
    return undefined
  if (type === 'date')
    return typed
  // A JavaScript number would lose digits of a long integer.
  if (type === 'long' && wholeNumber.test(typed) && !Number.isSafeInteger(Number(typed)))
    return typed
  const number = Number(typed)
  return Number.isFinite(number) ? number : text
}

/** A number moved by so many of its steps (1 where the model names none) and kept within its bounds; null for what has no steps. */
export function stepText(dataType: DataType, text: string, steps: number): string | null {
  if (dataType.type !== 'int' && dataType.type !== 'float' && dataType.type !== 'double')
    return null
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, step = 1 } = dataType
  const from = Number(text)
  if (!Number.isFinite(from))
    return null
  const decimals = Math.max(...[String(step), text].map(one => one.split('.')[1]?.length ?? 0))
  return String(Number(Math.min(max, Math.max(min, from + steps * step)).toFixed(decimals)))
}

export interface ReadValues {
  /** What is not left out, by identifier. */
  values: JsonObject
  issues: ValidationIssue[]
}

/** Reads what was typed for several parameters; the paths of issues begin with the parameter's identifier. */
export function readDrafts(parameters: readonly Parameter[], drafts: Readonly<Drafts>): ReadValues {
  const read: ReadValues = { values: {}, issues: [] }
  for (const { identifier, dataType } of parameters) {
    const { value, issues } = readDraft(dataType, drafts[identifier] ?? null)
    if (value !== undefined)
      read.values[identifier] = value
    prefixIssues(issues, 0, identifier)
    read.issues.push(...issues)
  }
  return read
}

/** Drafts of several values by the identifiers of their parameters; values without a parameter are not in them. */
export function toDrafts(parameters: readonly Parameter[], values: Readonly<JsonObject>): Drafts {
  return Object.fromEntries(parameters.map(({ identifier, dataType }) => [identifier, toDraft(dataType, values[identifier])]))
}
