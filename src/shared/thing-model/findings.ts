import type { JsonObject } from '../json.ts'
import { isJsonObject } from '../json.ts'

/** One thing wrong in a thing model file. */
export interface ModelIssue {
  /** Where in the file: `properties[3].dataType.specs.max`; empty for the file as a whole. */
  path: string
  expected: string
  got: string
  /**
   * The platform's code for this kind of fault: 6318 the document cannot be read, 6316 a part of it cannot, 6323 a member
   * has a wrong form, 6314 and 6325 a type that it does not know there, 6329 an array, 6317 any other.
   */
  code: number
  /** Id of the custom module that the document belongs to; left out for the default module. */
  module?: string
}

/** More than this many issues say nothing new to the person who has to repair the file. */
const issuesMax = 100

/** What reading a file has found so far: what makes it unusable, and what its owner should know. */
export interface Findings {
  readonly issues: ModelIssue[]
  readonly notices: string[]
  /** Records an issue; without a code of its own it is one of a model that is not valid (6317). */
  refuse: (path: string, expected: string, got: string, code?: number) => void
  /** Records something worth knowing that does not spoil the file. */
  note: (notice: string) => void
  /** A ceiling of the cloud: an issue while the cloud's limits are applied, otherwise a notice (rules GEN-2 and GEN-3). */
  exceed: (path: string, allowed: string, got: string) => void
}

/** Makes an empty record; `applyLimits` decides what {@link Findings.exceed} does. */
export function startFindings(applyLimits: boolean): Findings {
  const issues: ModelIssue[] = []
  const notices: string[] = []
  const refuse: Findings['refuse'] = (path, expected, got, code = 6317) => {
    if (issues.length < issuesMax)
      issues.push({ path, expected, got, code })
  }
  const note: Findings['note'] = (notice) => {
    if (notices.length < issuesMax)
      notices.push(notice)
  }
  return {
    issues,
    notices,
    refuse,
    note,
    exceed(path, allowed, got) {
      if (applyLimits)
        refuse(path, allowed, got)
      else
        note(`${path}: ${got}; the cloud allows ${allowed}.`)
    },
  }
}

/** Names a value of a file in a person's words: `text "abc"`, `number 5`, `a list of 3`, `nothing`. */
export function describeGot(value: unknown): string {
  if (value === undefined)
    return 'nothing'
  if (value === null)
    return 'null'
  if (typeof value === 'string') {
    return `text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`
  }
  if (typeof value === 'number')
    return `number ${value}`
  if (typeof value === 'boolean')
    return String(value)
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  }
  return 'an object'
}

/** Reads an object at a path; anything else is an issue. */
export function readObject(findings: Findings, path: string, value: unknown, expected = 'an object', code = 6316): JsonObject | undefined {
  if (isJsonObject(value))
    return value
  findings.refuse(path, expected, describeGot(value), code)
  return undefined
}

/** Reads a list at a path. Missing, null and the empty text that reduced models carry count as empty. */
export function readList(findings: Findings, path: string, value: unknown): unknown[] {
  if (Array.isArray(value))
    return value
  if (value !== undefined && value !== null && value !== '')
    findings.refuse(path, 'a list', describeGot(value))
  return []
}

/** Reads an optional text at a path; null counts as missing, numbers are taken as text. */
export function readText(findings: Findings, path: string, value: unknown): string | undefined {
  if (typeof value === 'string')
    return value
  if (typeof value === 'number')
    return String(value)
  if (value !== undefined && value !== null)
    findings.refuse(path, 'a text', describeGot(value), 6323)
  return undefined
}

/** The members of an object that are not in `known`, or undefined when there are none. */
export function unknownMembers(source: JsonObject, known: readonly string[]): JsonObject | undefined {
  const entries = Object.entries(source).filter(([key]) => !known.includes(key))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
