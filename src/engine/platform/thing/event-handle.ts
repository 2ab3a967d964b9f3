import type { ReportedEvent } from '../../../shared/alink/event.ts'
import type { ValidationLevel } from '../../../shared/contract/product.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { CompiledEvent, CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { DigitsAt } from '../../../shared/thing-model/keep-digits.ts'
import type { AcceptedEvent, BlockOutcome, PropertyPost } from './types.ts'
import { parseEventParams } from '../../../shared/alink/event.ts'
import { isUsableTime } from '../../../shared/alink/property.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { prefixIssues } from '../../../shared/thing-model/checks.ts'
import { issuesMax, shortenName, toSnippet } from '../../../shared/thing-model/issue.ts'
import { digitsIn, keepDigitsOf } from '../../../shared/thing-model/keep-digits.ts'
import { validateEvent } from '../../../shared/thing-model/validate.ts'
import { withoutModel } from './handle.ts'
import { noId, readMessage, refuseMessage, replyTo } from './request.ts'
import { describeDropped, stepsOfReport } from './rules.ts'

const nothing = { accepted: [], samples: null, events: [] }

/**
 * Judges one event report (Alink 5.3). An event that the model does not know is refused with 5096 at every level but
 * `none`; of one that it knows, weak checking drops the bad parameters and strict checking refuses the whole. Pure.
 */
export function handleEventPost(post: PropertyPost, key: string): BlockOutcome {
  const { topic, level, receivedAt } = post
  const read = readMessage(topic, post.payload)
  if ('unreadable' in read)
    return { ...read.unreadable, ...nothing }
  const { request, text, notices } = read
  const reported = parseEventParams(request.params)
  const refusal: ValidationIssue | undefined = reported === undefined
    ? { code: 460, path: '', rule: 'no-output', expected: '', got: toSnippet(request.params) }
    : request.idText === '' ? noId : undefined
  if (reported === undefined || refusal !== undefined)
    return { ...refuseMessage(topic, request, { issues: [refusal!], notices }, { message: 460 }), ...nothing }
  if (level === 'none') {
    const reply = replyTo(topic, request, 200)
    notices.push({ code: 200, path: '', rule: 'unchecked', expected: '', got: '' })
    return { code: 200, detail: packDetail({ issues: [], notices, steps: stepsOfReport(topic, { message: 200, isStored: true, isReplied: reply !== null }) }, topic), reply, ...nothing }
  }

  const { event, issues, notices: found } = checkEvent(post.model ?? withoutModel, key, { ...reported, path: ['params', ...reported.path] }, { digitsAt: digitsIn(text), receivedAt, level })
  notices.push(...found)
  const code = issues[0]?.code ?? 200
  if (event === null)
    return { ...refuseMessage(topic, request, { issues, notices }, { check: code, message: code }), ...nothing }
  const reply = replyTo(topic, request, 200, describeDropped(issues))
  const isOrdinary = code === 200 && notices.length === 0 && reply !== null
  const steps = isOrdinary ? [] : stepsOfReport(topic, { check: code, message: 200, isStored: true, isReplied: reply !== null })
  return { code, detail: isOrdinary ? null : packDetail({ issues, notices, steps }, topic), reply, ...nothing, events: [event] }
}

/** Where and how an event came. */
export interface EventSource {
  /** Of the whole message, for 64-bit integers. */
  digitsAt: DigitsAt
  receivedAt: number
  level: Exclude<ValidationLevel, 'none'>
}

/** Checks one event; null when it is refused, otherwise its output has lost what did not pass. */
export function checkEvent(model: CompiledModel, key: string, { output, time, path }: ReportedEvent, { digitsAt, receivedAt, level }: EventSource): { event: AcceptedEvent | null, issues: ValidationIssue[], notices: ValidationIssue[] } {
  const compiled = model.events.get(key)
  if (compiled === undefined)
    return { event: null, issues: validateEvent(model, key, output), notices: [] }
  keepDigitsOf(compiled.output.parameters, output, digitsAt, path)
  const notices: ValidationIssue[] = []
  const isUsable = isUsableTime(time, receivedAt)
  if (!isUsable && time !== undefined)
    notices.push({ code: 200, path: `${shortenName(key)}.time`, rule: 'time-ignored', expected: '', got: toSnippet(time) })
  const at = isUsable ? time : receivedAt
  if (level === 'strict') {
    const issues = validateEvent(model, key, output, 'strict')
    return { event: issues.length > 0 ? null : { key, type: compiled.event.type, output, at }, issues, notices }
  }
  const { kept, issues } = keepGood(compiled, output)
  return { event: { key, type: compiled.event.type, output: kept, at }, issues, notices }
}

function keepGood({ output: { checks } }: CompiledEvent, output: JsonObject): { kept: JsonObject, issues: ValidationIssue[] } {
  const issues: ValidationIssue[] = []
  const kept: JsonObject = {}
  for (const [name, value] of Object.entries(output)) {
    const check = checks.get(name)
    const before = issues.length
    if (check === undefined)
      issues.push({ code: 5096, path: shortenName(name), rule: 'unknown-parameter', expected: '', got: toSnippet(value) })
    else if (check(value, false, issues))
      kept[name] = value
    else
      prefixIssues(issues, before, name)
    if (issues.length > issuesMax)
      break
  }
  return { kept, issues }
}
