import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { Verdict } from '../../../shared/contract/trace-detail.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { DownlinkMessage } from '../feature.ts'
import type { StepCodes } from './rules.ts'
import type { ReportOutcome } from './types.ts'
import { isUtf8 } from 'node:buffer'
import { textOfCode } from '../../../shared/alink/codes.ts'
import { buildReply, parseRequest } from '../../../shared/alink/envelope.ts'
import { methodOfTopic, replyTopic } from '../../../shared/alink/topic.ts'
import { utf8Length } from '../../../shared/alink/utf8.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { locateJsonError } from '../../../shared/thing-model/json-error.ts'
import { stepsOfReport } from './rules.ts'

/** A message whose outer form could be read. */
export interface ReadMessage {
  request: AlinkRequest
  /** The payload as text, for what parsing would spoil. */
  text: string
  /** What is odd about the text, though it could be read. */
  notices: ValidationIssue[]
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Reads the Alink frame of a message (Alink 0.4); a text that is none ends with code 6207, and without a reply because there is no id. */
export function readMessage(topic: string, payload: Uint8Array): ReadMessage | { unreadable: ReportOutcome } {
  const text = utf8.decode(payload)
  const { request, problem } = parseRequest(text)
  if (request === undefined)
    return { unreadable: unreadable(topic, text, problem) }
  return { request, text, notices: noticesOfText(payload, text, request) }
}

function unreadable(topic: string, text: string, problem: 'not JSON' | 'not an object'): ReportOutcome {
  const issue: ValidationIssue = problem === 'not JSON'
    ? { code: 6207, path: '', rule: 'not-json', expected: describeJsonError(text), got: toSnippet(text) }
    : { code: 6207, path: '', rule: 'not-object', expected: '', got: toSnippet(text) }
  const steps = stepsOfReport(topic, { message: 6207, isStored: false, isReplied: false })
  return { code: 6207, detail: packDetail({ issues: [issue], steps }, topic), reply: null }
}

function describeJsonError(text: string): string {
  const error = locateJsonError(text)
  return error === null
    ? 'it cannot be read'
    : `line ${error.line}, column ${error.column}: expected ${error.expected}, got ${error.got}`
}

function noticesOfText(payload: Uint8Array, text: string, { mended }: AlinkRequest): ValidationIssue[] {
  const notices: ValidationIssue[] = []
  if (mended)
    notices.push({ code: 200, path: '', rule: 'mended', expected: describeJsonError(text), got: '' })
  const replaced = text.indexOf('\uFFFD')
  if (replaced !== -1 && !isUtf8(payload))
    notices.push({ code: 200, path: '', rule: 'not-utf8', expected: '', got: String(utf8Length(text.slice(0, replaced)) + 1) })
  return notices
}

/** The reply to a message; null when its sender wants none. The method is the one of the topic. */
export function replyTo(topic: string, { idText, wantsReply }: AlinkRequest, code: number, data: JsonObject = {}, method = methodOfTopic(topic)): DownlinkMessage | null {
  if (!wantsReply)
    return null
  const text = buildReply({ code, idText, method, data, message: textOfCode(code) })
  return { topic: replyTopic(topic), payload: Buffer.from(text) }
}

/** The whole message is refused, and the reply says so with the same code. */
export function refuseMessage(topic: string, request: AlinkRequest, findings: Omit<Verdict, 'steps'>, codes: Pick<StepCodes, 'check' | 'message'>): ReportOutcome {
  const code = codes.message
  const reply = replyTo(topic, request, code)
  const steps = stepsOfReport(topic, { ...codes, isStored: false, isReplied: reply !== null })
  return { code, detail: packDetail({ ...findings, steps }, topic), reply }
}

/** The issue of a message without an id, which no reply could carry (460). */
export const noId: ValidationIssue = { code: 460, path: '', rule: 'no-id', expected: '', got: '' }
