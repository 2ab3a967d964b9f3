import type { AlinkRequest } from '../../shared/alink/envelope.ts'
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
export interface RequestVerdict extends Pick<Outcome, 'statements' | 'samples'> {
  /** Why the request is refused, with the code of the reply; without one it is done and the reply says 200. */
  issue?: ValidationIssue
  /** What the sender should know although the request is done. */
  notices?: readonly ValidationIssue[]
  /** The `data` of the reply; `{}` when left out. */
  data?: JsonValue
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads an Alink request, lets the feature judge it and writes the reply in the cloud's frame (Alink 0.4). What is no JSON
 * object ends with 6207 and without a reply, because no id can be echoed; a request without an id ends with 460. The steps
 * follow the platform's log: `uplink`, `ThingModelMessage` with the method, `DataStorage` when something is kept, `downlink`.
 */
export function answerRequest(message: UpMessage, judge: (request: AlinkRequest) => RequestVerdict): Outcome {
  if ('reply' in message.topic && message.topic.reply)
    return { code: null, detail: null }
  const topic = message.topicText
  const text = utf8.decode(message.payload)
  const { request, problem } = parseRequest(text)
  if (request === undefined)
    return conclude(topic, { issue: unreadable(text, problem) }, null)
  const verdict = request.idText === ''
    ? { issue: { code: 460, path: '', rule: 'no-id', expected: '', got: '' } as const }
    : judge(request)
  const code = verdict.issue?.code ?? 200
  const data = 'data' in verdict && verdict.data !== undefined ? verdict.data : {}
  const reply = request.wantsReply
    ? buildReply({ code, idText: request.idText, method: methodOfTopic(topic), data, message: textOfCode(code) })
    : null
  return conclude(topic, verdict, reply)
}

function unreadable(text: string, problem: 'not JSON' | 'not an object'): ValidationIssue {
  if (problem === 'not an object')
    return { code: 6207, path: '', rule: 'not-object', expected: '', got: toSnippet(text) }
  const error = locateJsonError(text)
  const expected = error === null ? 'it cannot be read' : `line ${error.line}, column ${error.column}: expected ${error.expected}, got ${error.got}`
  return { code: 6207, path: '', rule: 'not-json', expected, got: toSnippet(text) }
}

function conclude(topic: string, { issue, notices = [], statements = [], samples = null }: RequestVerdict, reply: string | null): Outcome {
  const method = methodOfTopic(topic)
  const code = issue?.code ?? 200
  const steps: TraceStep[] = [
    { bizCode: 'uplink', operation: topic, code: 200 },
    { bizCode: 'ThingModelMessage', operation: method, code },
  ]
  if (statements.length > 0)
    steps.push({ bizCode: 'DataStorage', operation: method, code: 200 })
  if (reply !== null)
    steps.push({ bizCode: 'downlink', operation: replyTopic(topic), code: 200 })
  return {
    code,
    detail: packDetail({ issues: issue === undefined ? [] : [issue], notices, steps }, topic),
    replies: reply === null ? [] : [{ topic: replyTopic(topic), payload: Buffer.from(reply) }],
    statements,
    samples,
  }
}
