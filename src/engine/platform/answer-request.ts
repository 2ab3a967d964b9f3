import type { AlinkRequest } from '../../shared/alink/envelope.ts'
import type { TraceStep } from '../../shared/contract/trace.ts'
import type { JsonValue } from '../../shared/json.ts'
import type { ValidationIssue } from '../../shared/thing-model/issue.ts'
import type { Outcome, UpMessage } from './feature.ts'
import { textOfCode } from '../../shared/alink/codes.ts'
import { buildReply, buildShortReply, parseRequest } from '../../shared/alink/envelope.ts'
import { methodOfTopic, replyTopic } from '../../shared/alink/topic.ts'
import { packDetail } from '../../shared/contract/trace-detail.ts'
import { toSnippet } from '../../shared/thing-model/issue.ts'
import { locateJsonError } from '../../shared/thing-model/json-error.ts'

/** What a request of a device comes to. */
export interface RequestVerdict extends Pick<Outcome, 'statements' | 'samples' | 'keptPayload' | 'afterwards'> {
  /** Why the request is refused, with the code of the reply; without one it is done and the reply says 200. */
  issue?: ValidationIssue
  /** The same for what has a sentence of its own; `text` is the `message` of the reply when it is not that of the code. */
  refusal?: { code: number, message: string, text?: string }
  /** What the sender should know although the request is done. */
  notices?: readonly ValidationIssue[]
  /** The `data` of the reply; `{}` when left out. */
  data?: JsonValue
  /** The code of the reply, where the log has another one. */
  replyCode?: number
  /** Settles when the request is really done, and the reply waits for it; with a verdict when it could not be done. Never rejects. */
  until?: Promise<RequestVerdict | undefined>
}

/** Where a service departs from the ordinary answer. */
export interface AnswerStyle {
  /** Kind of the step in the platform's log; `ThingModelMessage` without it. */
  bizCode?: string
  /** What the step is called, from the topic; the method of the topic without it. */
  operation?: (topic: string) => string
  /** Members of the reply besides code, data and id: all, only the message, or none. */
  members?: 'all' | 'message' | 'none'
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads an Alink request, lets the feature judge it and writes the reply in the cloud's frame (Alink 0.4). What is no JSON
 * object ends with 6207 and without a reply, because no id can be echoed; a request without an id ends with 460. The steps
 * follow the platform's log: `uplink`, the service with its operation, `DataStorage` when something is kept, `downlink`.
 */
export function answerRequest(message: UpMessage, judge: (request: AlinkRequest) => RequestVerdict, style: AnswerStyle = {}): Outcome {
  if ('reply' in message.topic && message.topic.reply)
    return { code: null, detail: null }
  return answerText(message.topicText, utf8.decode(message.payload), judge, style)
}

/** The same for a request that is only a part of its message. */
export function answerText(topic: string, text: string, judge: (request: AlinkRequest) => RequestVerdict, style: AnswerStyle): Outcome {
  const { request, problem } = parseRequest(text)
  if (request === undefined)
    return conclude(topic, { issue: unreadable(text, problem) }, null, style)
  const verdict: RequestVerdict = request.idText === ''
    ? { issue: { code: 460, path: '', rule: 'no-id', expected: '', got: '' } }
    : judge(request)
  const outcome = conclude(topic, verdict, request, style)
  return verdict.until === undefined
    ? outcome
    : { ...outcome, until: verdict.until.then(instead => instead && conclude(topic, instead, request, style)) }
}

/** A message in which not even an id can be found: it is refused without a reply. */
export function refuseUnread(topic: string, issue: ValidationIssue, style: AnswerStyle): Outcome {
  return conclude(topic, { issue }, null, style)
}

function codeOf({ issue, refusal }: RequestVerdict): number {
  return issue?.code ?? refusal?.code ?? 200
}

function buildAnswer(topic: string, verdict: RequestVerdict, { idText }: AlinkRequest, members: AnswerStyle['members']): string {
  const { data = {}, replyCode, refusal } = verdict
  const code = replyCode ?? codeOf(verdict)
  const message = refusal?.text ?? textOfCode(code)
  switch (members) {
    case 'none': return buildShortReply({ code, idText, data })
    case 'message': return buildShortReply({ code, idText, data, message })
    default: return buildReply({ code, idText, method: methodOfTopic(topic), data, message })
  }
}

function unreadable(text: string, problem: 'not JSON' | 'not an object'): ValidationIssue {
  if (problem === 'not an object')
    return { code: 6207, path: '', rule: 'not-object', expected: '', got: toSnippet(text) }
  const error = locateJsonError(text)
  const expected = error === null ? 'it cannot be read' : `line ${error.line}, column ${error.column}: expected ${error.expected}, got ${error.got}`
  return { code: 6207, path: '', rule: 'not-json', expected, got: toSnippet(text) }
}

function conclude(topic: string, verdict: RequestVerdict, request: AlinkRequest | null, { bizCode = 'ThingModelMessage', operation: nameOperation = methodOfTopic, members }: AnswerStyle): Outcome {
  const { issue, refusal, notices = [], statements = [], samples = null, keptPayload, afterwards } = verdict
  const operation = nameOperation(topic)
  const reply = request?.wantsReply ? buildAnswer(topic, verdict, request, members) : null
  const code = codeOf(verdict)
  const steps: TraceStep[] = [
    { bizCode: 'uplink', operation: topic, code: 200 },
    { bizCode, operation, code, ...(refusal && { message: refusal.message }) },
  ]
  if (statements.length > 0)
    steps.push({ bizCode: 'DataStorage', operation, code: 200 })
  if (reply !== null)
    steps.push({ bizCode: 'downlink', operation: replyTopic(topic), code: 200 })
  return {
    code,
    detail: packDetail({ issues: issue === undefined ? [] : [issue], notices, steps }, topic),
    replies: reply === null ? [] : [{ topic: replyTopic(topic), payload: Buffer.from(reply) }],
    statements,
    samples,
    ...(keptPayload && { keptPayload }),
    ...(afterwards && { afterwards }),
  }
}
