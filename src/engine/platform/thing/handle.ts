import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { DigitsAt } from '../../../shared/thing-model/keep-digits.ts'
import type { PostOutcome, PropertyPost } from './types.ts'
import { isTimedValue, propertyPostMethod } from '../../../shared/alink/property.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { compileThingModel } from '../../../shared/thing-model/compile.ts'
import { digitsIn, keepDigits } from '../../../shared/thing-model/keep-digits.ts'
import { validateReport } from '../../../shared/thing-model/validate.ts'
import { readMessage, refuseMessage, replyTo } from './request.ts'
import { describeDropped, judgeReport, noteCloudLimit, refuseReport, stepsOfReport } from './rules.ts'

/** What the devices of a product without a thing model are checked by: everything is unknown. */
export const withoutModel: CompiledModel = compileThingModel({ profile: {}, properties: [], events: [], services: [] })

const nothingKept = { accepted: [], samples: null }

/**
 * Judges one property report (Alink 5.1): bytes in, verdict, values and reply out. Pure, and never throws on any bytes;
 * it runs for every message of every device, so the ordinary path parses once and allocates what it returns.
 */
export function handlePropertyPost(post: PropertyPost): PostOutcome {
  const { topic } = post
  const read = readMessage(topic, post.payload)
  if ('unreadable' in read)
    return { ...read.unreadable, ...nothingKept }
  const { request, text, notices } = read
  const refusal = refuseReport(request, post.applyLimits)
  if (refusal !== null)
    return { ...refuseMessage(topic, request, { issues: [refusal], notices }, { message: refusal.code }), ...nothingKept }
  const params = request.params as JsonObject
  const limitNotice = noteCloudLimit(params)
  if (limitNotice !== null)
    notices.push(limitNotice)
  return post.level === 'none' ? unchecked(post, request, notices) : checked(post, request, params, text, notices)
}

/** Checking level `none`: the message itself is all that is kept. */
function unchecked({ topic }: PropertyPost, request: AlinkRequest, notices: ValidationIssue[]): PostOutcome {
  const reply = replyTo(topic, request, 200, {}, propertyPostMethod)
  const steps = stepsOfReport(topic, { message: 200, isStored: true, isReplied: reply !== null })
  notices.push({ code: 200, path: '', rule: 'unchecked', expected: '', got: '' })
  return { code: 200, detail: packDetail({ issues: [], notices, steps }, topic), reply, ...nothingKept }
}

function checked(post: PropertyPost, request: AlinkRequest, params: JsonObject, text: string, notices: ValidationIssue[]): PostOutcome {
  const { topic, level, receivedAt } = post
  const model = post.model ?? withoutModel
  if (model.longs.length > 0)
    keepLongDigits(model, params, digitsIn(text), ['params'])
  const verdict = validateReport(model, params, receivedAt, level)
  const { issues, moreIssues } = verdict
  if (verdict.notices.length > 0)
    notices.push(...verdict.notices)
  const { code, replyCode, keepsGood } = judgeReport(level, issues)
  if (!keepsGood)
    return { ...refuseMessage(topic, request, { issues, notices, moreIssues }, { check: code, message: code }), ...nothingKept }

  const { accepted, samples } = verdict
  const reply = replyTo(topic, request, replyCode, describeDropped(issues), propertyPostMethod)
  const isOrdinary = code === 200 && notices.length === 0 && reply !== null
  const steps = isOrdinary ? [] : stepsOfReport(topic, { check: code, message: 200, isStored: accepted.length > 0, isReplied: reply !== null })
  const detail = isOrdinary ? null : packDetail({ issues, notices, moreIssues, steps }, topic)
  return { code, detail, reply, accepted, samples: samples.length > 0 ? samples : null }
}

/** Puts the digits of 64-bit integers, which parsing has rounded, back into reported properties as text; `path` leads to them. */
export function keepLongDigits({ longs }: Pick<CompiledModel, 'longs'>, params: JsonObject, digitsAt: DigitsAt, path: readonly string[]): void {
  for (const [key, member] of longs) {
    const raw = params[key!]
    const isTimed = isTimedValue(raw)
    const value: JsonValue | undefined = isTimed ? raw.value : raw
    const valuePath = isTimed ? [...path, key!, 'value'] : [...path, key!]
    if (member !== undefined && isJsonObject(value))
      keepDigits(value, member, digitsAt, [...valuePath, member])
    else if (member === undefined && isTimed)
      keepDigits(raw, 'value', digitsAt, valuePath)
    else if (member === undefined)
      keepDigits(params, key!, digitsAt, valuePath)
  }
}
