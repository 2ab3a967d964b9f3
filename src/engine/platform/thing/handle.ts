import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { Verdict } from '../../../shared/contract/trace-detail.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { StepCodes } from './rules.ts'
import type { PostOutcome, PropertyPost, Reply } from './types.ts'
import { isUtf8 } from 'node:buffer'
import { textOfCode } from '../../../shared/alink/codes.ts'
import { buildReply, parseRequest, rawNumberAt } from '../../../shared/alink/envelope.ts'
import { isTimedValue, propertyPostMethod } from '../../../shared/alink/property.ts'
import { replyTopic } from '../../../shared/alink/topic.ts'
import { utf8Length } from '../../../shared/alink/utf8.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { compileThingModel } from '../../../shared/thing-model/compile.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { locateJsonError } from '../../../shared/thing-model/json-error.ts'
import { validateReport } from '../../../shared/thing-model/validate.ts'
import { describeDropped, judgeReport, noteCloudLimit, refuseReport, stepsOfReport } from './rules.ts'

const withoutModel = compileThingModel({ profile: {}, properties: [], events: [], services: [] })
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Judges one property report (Alink 5.1): bytes in, verdict, values and reply out. Pure, and never throws on any bytes;
 * it runs for every message of every device, so the ordinary path parses once and allocates what it returns.
 */
export function handlePropertyPost(post: PropertyPost): PostOutcome {
  const text = utf8.decode(post.payload)
  const { request, problem } = parseRequest(text)
  if (request === undefined)
    return unreadable(post, text, problem)

  const notices = noticesOfText(post, text, request)
  const refusal = refuseReport(request, post.applyLimits)
  if (refusal !== null)
    return refused(post, request, { issues: [refusal], notices }, { message: refusal.code })
  const params = request.params as JsonObject
  const limitNotice = noteCloudLimit(params)
  if (limitNotice !== null)
    notices.push(limitNotice)
  return post.level === 'none' ? unchecked(post, request, notices) : checked(post, request, params, text, notices)
}

/** Code 6207: there is no id that a reply could carry, so none is sent. */
function unreadable({ topic }: PropertyPost, text: string, problem: 'not JSON' | 'not an object'): PostOutcome {
  const issue: ValidationIssue = problem === 'not JSON'
    ? { code: 6207, path: '', rule: 'not-json', expected: describeJsonError(text), got: toSnippet(text) }
    : { code: 6207, path: '', rule: 'not-object', expected: '', got: toSnippet(text) }
  const steps = stepsOfReport(topic, { message: 6207, isStored: false, isReplied: false })
  return { code: 6207, detail: packDetail({ issues: [issue], steps }, topic), reply: null, accepted: [], samples: null }
}

function describeJsonError(text: string): string {
  const error = locateJsonError(text)
  return error === null
    ? 'it cannot be read'
    : `line ${error.line}, column ${error.column}: expected ${error.expected}, got ${error.got}`
}

function noticesOfText({ payload }: PropertyPost, text: string, { mended }: AlinkRequest): ValidationIssue[] {
  const notices: ValidationIssue[] = []
  if (mended)
    notices.push({ code: 200, path: '', rule: 'mended', expected: describeJsonError(text), got: '' })
  const replaced = text.indexOf('\uFFFD')
  if (replaced !== -1 && !isUtf8(payload))
    notices.push({ code: 200, path: '', rule: 'not-utf8', expected: '', got: String(utf8Length(text.slice(0, replaced)) + 1) })
  return notices
}

/** The whole report is refused, and the reply says so with the same code. */
function refused({ topic }: PropertyPost, request: AlinkRequest, findings: Omit<Verdict, 'steps'>, codes: Pick<StepCodes, 'check' | 'message'>): PostOutcome {
  const code = codes.message
  const reply = replyTo(topic, request, code)
  const steps = stepsOfReport(topic, { ...codes, isStored: false, isReplied: reply !== null })
  return { code, detail: packDetail({ ...findings, steps }, topic), reply, accepted: [], samples: null }
}

/** Checking level `none`: the message itself is all that is kept. */
function unchecked({ topic }: PropertyPost, request: AlinkRequest, notices: ValidationIssue[]): PostOutcome {
  const reply = replyTo(topic, request, 200)
  const steps = stepsOfReport(topic, { message: 200, isStored: true, isReplied: reply !== null })
  notices.push({ code: 200, path: '', rule: 'unchecked', expected: '', got: '' })
  return { code: 200, detail: packDetail({ issues: [], notices, steps }, topic), reply, accepted: [], samples: null }
}

function checked(post: PropertyPost, request: AlinkRequest, params: JsonObject, text: string, notices: ValidationIssue[]): PostOutcome {
  const { topic, level, receivedAt } = post
  const model = post.model ?? withoutModel
  if (model.longs.length > 0)
    keepLongDigits(model, params, text)
  const verdict = validateReport(model, params, receivedAt, level)
  const { issues, moreIssues } = verdict
  if (verdict.notices.length > 0)
    notices.push(...verdict.notices)
  const { code, replyCode, keepsGood } = judgeReport(level, issues)
  if (!keepsGood)
    return refused(post, request, { issues, notices, moreIssues }, { check: code, message: code })

  const { accepted, samples } = verdict
  const reply = replyTo(topic, request, replyCode, describeDropped(issues))
  const isOrdinary = code === 200 && notices.length === 0 && reply !== null
  const steps = isOrdinary ? [] : stepsOfReport(topic, { check: code, message: 200, isStored: accepted.length > 0, isReplied: reply !== null })
  const detail = isOrdinary ? null : packDetail({ issues, notices, moreIssues, steps }, topic)
  return { code, detail, reply, accepted, samples: samples.length > 0 ? samples : null }
}

function replyTo(topic: string, { idText, wantsReply }: AlinkRequest, code: number, data: JsonObject = {}): Reply | null {
  if (!wantsReply)
    return null
  const text = buildReply({ code, idText, method: propertyPostMethod, data, message: textOfCode(code) })
  return { topic: replyTopic(topic), payload: Buffer.from(text) }
}

/** Puts the digits of 64-bit integers, which parsing has rounded, back into the params as text. */
function keepLongDigits({ longs }: CompiledModel, params: JsonObject, text: string): void {
  for (const [key, member] of longs) {
    const raw = params[key!]
    const isTimed = isTimedValue(raw)
    const value: JsonValue | undefined = isTimed ? raw.value : raw
    const path = isTimed ? ['params', key!, 'value'] : ['params', key!]
    if (member !== undefined && isJsonObject(value))
      keepDigits(value, member, text, [...path, member])
    else if (member === undefined && isTimed)
      keepDigits(raw, 'value', text, path)
    else if (member === undefined)
      keepDigits(params, key!, text, path)
  }
}

function keepDigits(holder: JsonObject, key: string, text: string, path: string[]): void {
  const value = holder[key]
  if (typeof value !== 'number' || Number.isSafeInteger(value))
    return
  const digits = rawNumberAt(text, path)
  if (digits !== undefined && /^-?\d+$/.test(digits))
    holder[key] = digits
}
