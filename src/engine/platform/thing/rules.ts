import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { ValidationLevel } from '../../../shared/contract/product.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import { textOfCode } from '../../../shared/alink/codes.ts'
import { methodOfTopic, replyTopic } from '../../../shared/alink/topic.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { limits } from '../../../shared/limits.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'

/**
 * What is wrong with a report before any property is looked at; null when nothing is. 460: no id to answer with, or params
 * that are no object or empty (Alink 5.1). 6106: more properties than the cloud takes, only while its limits are applied
 * (rules GEN-1 and ERR-5).
 */
export function refuseReport({ idText, params }: AlinkRequest, applyLimits: boolean): ValidationIssue | null {
  if (!isJsonObject(params))
    return { code: 460, path: '', rule: 'no-params', expected: '', got: toSnippet(params) }
  const count = countMembers(params)
  if (count === 0)
    return { code: 460, path: '', rule: 'no-params', expected: '', got: '{}' }
  if (idText === '')
    return { code: 460, path: '', rule: 'no-id', expected: '', got: '' }
  if (applyLimits && count > limits.propertiesPerPostMax)
    return { code: 6106, path: '', rule: 'too-many-properties', expected: String(limits.propertiesPerPostMax), got: String(count) }
  return null
}

/** What the cloud would refuse and this platform accepts, for the sender to know (rule GEN-2); null when there is nothing. */
export function noteCloudLimit(params: JsonObject): ValidationIssue | null {
  const count = countMembers(params)
  return count > limits.propertiesPerPostMax
    ? { code: 200, path: '', rule: 'cloud-limit', expected: String(limits.propertiesPerPostMax), got: String(count) }
    : null
}

function countMembers(object: JsonObject): number {
  let count = 0
  for (const _key in object)
    count++
  return count
}

/** What a checked report ends with. */
export interface Judgement {
  /** For the trace. */
  code: number
  /** For the device. */
  replyCode: number
  /** Whether the good properties are kept. */
  keepsGood: boolean
}

/**
 * Weak checking drops what is bad and still answers 200, whatever is left; strict checking refuses the whole report with
 * the code of the first issue (Alink 5.1 and 5.9).
 */
export function judgeReport(level: ValidationLevel, issues: readonly ValidationIssue[]): Judgement {
  const code = issues[0]?.code ?? 200
  return level === 'strict' && code !== 200
    ? { code, replyCode: code, keepsGood: false }
    : { code, replyCode: 200, keepsGood: true }
}

/** Members that device SDKs search a reply's text for: a dropped property of such a name would be taken for them (Alink, trap T1). */
const replyMembers: readonly string[] = ['code', 'data', 'id', 'message', 'method', 'version']
const droppedNamesMax = 100

/** The `data` of a reply that drops properties: a text for each, in the cloud's words; undefined when none is dropped. */
export function describeDropped(issues: readonly ValidationIssue[]): JsonObject | undefined {
  if (issues.length === 0)
    return undefined
  const texts = new Map<string, string>()
  for (const { path, code, rule } of issues) {
    const isUnknown = rule === 'unknown-property' || rule === 'unknown-module'
    const key = isUnknown ? path : path.split(/[.[]/, 1)[0]!
    const text = isUnknown || rule === 'unknown-member' ? 'params not exist' : textOfCode(code)
    if (texts.size < droppedNamesMax && !texts.has(key) && !replyMembers.includes(key))
      texts.set(key, `tsl parse: ${text} -> ${path}`)
  }
  return Object.fromEntries(texts)
}

export interface StepCodes {
  /** Left out when the report was not checked. */
  check?: number
  message: number
  isStored: boolean
  isReplied: boolean
}

/** The way of a report through the platform, in the words and order of its log (Alink 10.7). */
export function stepsOfReport(topic: string, { check, message, isStored, isReplied }: StepCodes): TraceStep[] {
  const method = methodOfTopic(topic)
  const steps: TraceStep[] = [{ bizCode: 'uplink', operation: topic, code: 200 }]
  if (check !== undefined)
    steps.push({ bizCode: 'ThingModel', operation: 'check', code: check })
  steps.push({ bizCode: 'ThingModelMessage', operation: method, code: message })
  if (isStored)
    steps.push({ bizCode: 'DataStorage', operation: method, code: 200 })
  if (isReplied)
    steps.push({ bizCode: 'downlink', operation: replyTopic(topic), code: 200 })
  return steps
}
