import type { ValidationLevel } from '../contract/product.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { CompiledModel, CompiledParameters } from './compile.ts'
import type { ValidationIssue } from './issue.ts'
import { isTimedValue, isUsableTime } from '../alink/property.ts'
import { prefixIssues } from './checks.ts'
import { issuesMax, shortenName, toSnippet } from './issue.ts'

/** A value that passed; `at` is the reported time, or the time of arrival where none was usable. */
export interface AcceptedValue { identifier: string, value: JsonValue, at: number }

/** A numeric value for plots. */
export interface NumericSample { property: string, at: number, value: number }

export interface ReportVerdict {
  accepted: AcceptedValue[]
  /** The numeric ones among the accepted. */
  samples: NumericSample[]
  /** In the order of the message; at most {@link issuesMax}. */
  issues: ValidationIssue[]
  /** Nothing wrong, but worth telling the sender. */
  notices: ValidationIssue[]
  /** Issues that were counted only. */
  moreIssues: number
}

/**
 * Checks the params of a property report against the model (Alink 5.9). Every property is judged by itself; what
 * becomes of the good ones beside a bad one is the caller's decision, by the product's checking level. Under `strict`
 * structs have to be complete.
 */
export function validateReport(model: CompiledModel, params: JsonObject, receivedAt: number, level: ValidationLevel = 'weak'): ReportVerdict {
  const verdict: ReportVerdict = { accepted: [], samples: [], issues: [], notices: [], moreIssues: 0 }
  const { accepted, samples, issues, notices } = verdict
  const isComplete = level === 'strict'
  for (const key in params) {
    const raw = params[key]!
    const property = model.properties.get(key)
    if (property === undefined) {
      if (issues.length < issuesMax)
        issues.push(unknownKey(model, key, raw, 'report'))
      else
        verdict.moreIssues++
      continue
    }
    let value: JsonValue = raw
    let at = receivedAt
    if (isTimedValue(raw)) {
      value = raw.value
      if (isUsableTime(raw.time, receivedAt))
        at = raw.time
      else if (raw.time !== undefined && notices.length < issuesMax)
        notices.push({ code: 200, path: `${key}.time`, rule: 'time-ignored', expected: '', got: toSnippet(raw.time) })
    }
    const before = issues.length
    if (property.check(value, isComplete, issues)) {
      accepted.push({ identifier: key, value, at })
      if (property.isNumeric)
        samples.push({ property: key, at, value: typeof value === 'number' ? value : Number(value) })
    }
    else if (before < issuesMax) {
      prefixIssues(issues, before, key)
    }
    else {
      verdict.moreIssues += issues.length - before
      issues.length = before
    }
  }
  return verdict
}

/** Rule 2 of Alink 5.9: 5490 for an unknown module, 5092 in calls and with a module's prefix, 6320 in reports. */
function unknownKey(model: CompiledModel, key: string, value: JsonValue, place: 'report' | 'call'): ValidationIssue {
  if (model.fault !== undefined)
    return { code: model.fault, path: shortenName(key), rule: 'model-damaged', expected: '', got: toSnippet(value) }
  if (isOfUnknownModule(model, key))
    return { code: 5490, path: shortenName(key), rule: 'unknown-module', expected: '', got: toSnippet(value) }
  const code = place === 'report' && !key.includes(':') ? 6320 : 5092
  return { code, path: shortenName(key), rule: 'unknown-property', expected: model.suggest(key), got: toSnippet(value) }
}

function isOfUnknownModule(model: CompiledModel, key: string): boolean {
  const colon = key.indexOf(':')
  return colon !== -1 && !model.moduleIds.has(key.slice(0, colon))
}

/** Checks values to be set from the platform's side: every property has to exist, be writable and fit. Empty when all is well. */
export function validatePropertySet(model: CompiledModel, params: JsonObject): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  for (const [key, value] of Object.entries(params)) {
    const compiled = model.properties.get(key)
    const before = issues.length
    if (compiled === undefined)
      issues.push(unknownKey(model, key, value, 'call'))
    else if (compiled.property.accessMode === 'r')
      issues.push({ code: 6332, path: key, rule: 'read-only', expected: '', got: toSnippet(value) })
    else if (!compiled.check(value, true, issues))
      prefixIssues(issues, before, key)
  }
  return issues
}

/** Checks the output of an event report; parameters may be missing, except under strict checking. */
export function validateEvent(model: CompiledModel, key: string, output: JsonObject, level: ValidationLevel = 'weak'): ValidationIssue[] {
  const event = model.events.get(key)
  if (event === undefined)
    return unknownFeature(model, key, 5096, 'unknown-event')
  return validateParameters(event.output, output, 5096, level === 'strict')
}

/** Checks the input of a service call: every parameter the model names has to be there (6302). */
export function validateServiceInput(model: CompiledModel, key: string, input: JsonObject): ValidationIssue[] {
  const service = model.services.get(key)
  if (service === undefined)
    return unknownFeature(model, key, 5094, 'unknown-service')
  return validateParameters(service.input, input, 5094, true)
}

/** Checks what a device answered to a service call; parameters may be missing. */
export function validateServiceOutput(model: CompiledModel, key: string, output: JsonObject): ValidationIssue[] {
  const service = model.services.get(key)
  if (service === undefined)
    return unknownFeature(model, key, 5094, 'unknown-service')
  return validateParameters(service.output, output, 5094, false)
}

function unknownFeature(model: CompiledModel, key: string, code: number, rule: 'unknown-event' | 'unknown-service'): ValidationIssue[] {
  const path = shortenName(key)
  if (model.fault !== undefined)
    return [{ code: model.fault, path, rule: 'model-damaged', expected: '', got: '' }]
  if (isOfUnknownModule(model, key))
    return [{ code: 5490, path, rule: 'unknown-module', expected: '', got: '' }]
  return [{ code, path, rule, expected: '', got: '' }]
}

function validateParameters({ parameters, checks }: CompiledParameters, values: JsonObject, unknownCode: number, isComplete: boolean): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  for (const [name, value] of Object.entries(values)) {
    const check = checks.get(name)
    const before = issues.length
    if (check === undefined)
      issues.push({ code: unknownCode, path: shortenName(name), rule: 'unknown-parameter', expected: '', got: toSnippet(value) })
    else if (!check(value, isComplete, issues))
      prefixIssues(issues, before, name)
  }
  for (const { identifier } of parameters) {
    if (isComplete && !Object.hasOwn(values, identifier))
      issues.push({ code: 6302, path: identifier, rule: 'missing-parameter', expected: '', got: '' })
  }
  return issues
}
