import type { AlinkReply, AlinkRequest } from '../../shared/alink/envelope.ts'
import type { TraceStep } from '../../shared/contract/trace.ts'
import type { JsonValue } from '../../shared/json.ts'
import type { ValidationIssue } from '../../shared/thing-model/issue.ts'
import type { Outcome, UpMessage } from './feature.ts'
import { textOfCode } from '../../shared/alink/codes.ts'
import { buildReply, parseRequest } from '../../shared/alink/envelope.ts'
import { methodOfTopic, replyTopic } from '../../shared/alink/topic.ts'
import { packDetail } from '../../shared/contract/trace-detail.ts'
import { toSnippet } from '../../shared/thing-model/issue.ts'
import { locateJsonError } from '../../shared/thing-model/json-error.ts'

/** What a request of a device comes to. */
export interface RequestVerdict extends Pick<Outcome, 'statements' | 'samples' | 'afterwards'> {
  /** Why the request is refused, with the code of the reply; without one it is done and the reply says 200. */
  issue?: ValidationIssue
  /** The same for what has a sentence of its own; `text` is the `message` of the reply when it is not that of the code. */
  refusal?: { code: number, message: string, text?: string }
  /** What the sender should know although the request is done. */
  notices?: readonly ValidationIssue[]
  /** The `data` of the reply; `{}` when left out. */
  data?: JsonValue
}

/** How requests of one family are named in the trace, and how they are answered. */
export interface RequestFamily {
  bizCode: string
  /** What the platform's log calls the request, from its topic. */
  operation: (topic: string) => string
  buildReply: (reply: AlinkReply & { data: JsonValue, message: string }) => string
}

const thingModelFamily: RequestFamily = { bizCode: 'ThingModelMessage', operation: methodOfTopic, buildReply }

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads an Alink request, lets the feature judge it and writes the reply in the cloud's frame (Alink 0.4). What is no JSON
 * object ends with 6207 and without a reply, because no id can be echoed; a request without an id ends with 460. The steps
 * follow the platform's log: `uplink`, the family with the operation, `DataStorage` when something is kept, `downlink`.
 */
export function answerRequest(message: UpMessage, judge: (request: AlinkRequest) => RequestVerdict, family: RequestFamily = thingModelFamily): Outcome {
  if ('reply' in message.topic && message.topic.reply)
    return { code: null, detail: null }
  const topic = message.topicText
  const text = utf8.decode(message.payload)
  const { request, problem } = parseRequest(text)
  if (request === undefined)
    return conclude(topic, { issue: unreadable(text, problem) }, null, family)
  const verdict: RequestVerdict = request.idText === ''
    ? { issue: { code: 460, path: '', rule: 'no-id', expected: '', got: '' } }
    : judge(request)
  const { data = {}, refusal } = verdict
  const code = codeOf(verdict)
  const reply = request.wantsReply
    ? family.buildReply({ code, idText: request.idText, method: methodOfTopic(topic), data, message: refusal?.text ?? textOfCode(code) })
    : null
  return conclude(topic, verdict, reply, family)
}

function codeOf({ issue, refusal }: RequestVerdict): number {
  return issue?.code ?? refusal?.code ?? 200
}

function unreadable(text: string, problem: 'not JSON' | 'not an object'): ValidationIssue {
  if (problem === 'not an object')
    return { code: 6207, path: '', rule: 'not-object', expected: '', got: toSnippet(text) }
  const error = locateJsonError(text)
  const expected = error === null ? 'it cannot be read' : `line ${error.line}, column ${error.column}: expected ${error.expected}, got ${error.got}`
  return { code: 6207, path: '', rule: 'not-json', expected, got: toSnippet(text) }
}

function conclude(topic: string, verdict: RequestVerdict, reply: string | null, { bizCode, operation: nameOperation }: RequestFamily): Outcome {
  const { issue, refusal, notices = [], statements = [], samples = null, afterwards } = verdict
  const operation = nameOperation(topic)
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
    ...(afterwards && { afterwards }),
  }
}
