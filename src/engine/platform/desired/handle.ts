import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { FeatureHandlers, Outcome, UpMessage } from '../feature.ts'
import type { DesiredChange, DesiredValues } from './desired-values.ts'
import { textOfCode } from '../../../shared/alink/codes.ts'
import { desiredData, parseDesiredDelete, parseDesiredGet } from '../../../shared/alink/desired.ts'
import { buildReply, parseRequest } from '../../../shared/alink/envelope.ts'
import { methodOfTopic, replyTopic } from '../../../shared/alink/topic.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { limits } from '../../../shared/limits.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'

export interface DesiredContext {
  values: DesiredValues
  applyLimits: () => boolean
}

/** What a request comes to: what is wrong with it, or the data of its answer and what it changes. */
type Answer = { issue: ValidationIssue } | { data: JsonObject, changes: readonly DesiredChange[] }

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A device asks for its desired values and deletes those it has made true (Alink 5.5). */
export function desiredHandlers({ values, applyLimits }: DesiredContext): FeatureHandlers {
  const limitOf = (names: number): ValidationIssue | null => applyLimits() && names > limits.desiredPerRequestMax
    ? { code: 6104, path: '', rule: 'too-many-names', expected: String(limits.desiredPerRequestMax), got: String(names) }
    : null

  const get = ({ device: { deviceId } }: UpMessage, { params }: AlinkRequest): Answer => {
    const names = parseDesiredGet(params)
    if (names === undefined)
      return { issue: { code: 460, path: '', rule: 'bad-form', expected: '"params" to be a list of identifiers', got: toSnippet(params) } }
    const issue = limitOf(names.length)
    if (issue !== null)
      return { issue }
    const known = names.flatMap((name) => {
      const desired = values.get(deviceId, name)
      return desired === undefined || desired.value === null ? [] : [[name, desired] as [string, typeof desired]]
    })
    return { data: desiredData(known), changes: [] }
  }

  const remove = ({ device: { deviceId }, receivedAt }: UpMessage, { params }: AlinkRequest): Answer => {
    const deletions = parseDesiredDelete(params)
    if (deletions === undefined)
      return { issue: { code: 460, path: '', rule: 'bad-form', expected: '"params" to be an object of identifiers, each with {} or {"version":3}', got: toSnippet(params) } }
    const issue = limitOf(deletions.length)
    if (issue !== null)
      return { issue }
    return { data: {}, changes: deletions.flatMap(({ identifier, version }) => values.delete(deviceId, identifier, version, receivedAt) ?? []) }
  }

  return {
    'desired.get': message => message.topic.reply ? { code: null, detail: null } : answer(message, get),
    'desired.delete': message => message.topic.reply ? { code: null, detail: null } : answer(message, remove),
  }
}

function answer(message: UpMessage, judge: (message: UpMessage, request: AlinkRequest) => Answer): Outcome {
  const { topicText: topic } = message
  const text = utf8.decode(message.payload)
  const { request, problem } = parseRequest(text)
  if (request === undefined) {
    const rule = problem === 'not JSON' ? 'not-json' : 'not-object'
    return conclude(topic, 6207, { code: 6207, path: '', rule, expected: 'the whole of it is no JSON object', got: toSnippet(text) }, null, [])
  }
  const judged = request.idText === '' ? { issue: { code: 460, path: '', rule: 'no-id' as const, expected: '', got: '' } } : judge(message, request)
  const issue = 'issue' in judged ? judged.issue : null
  const code = issue?.code ?? 200
  const reply = request.wantsReply
    ? buildReply({ code, idText: request.idText, method: methodOfTopic(topic), data: 'data' in judged ? judged.data : {}, message: textOfCode(code) })
    : null
  return conclude(topic, code, issue, reply, 'changes' in judged ? judged.changes : [])
}

function conclude(topic: string, code: number, issue: ValidationIssue | null, reply: string | null, changes: readonly DesiredChange[]): Outcome {
  const method = methodOfTopic(topic)
  const steps = [
    { bizCode: 'uplink', operation: topic, code: 200 },
    { bizCode: 'ThingModelMessage', operation: method, code },
    ...(changes.length > 0 ? [{ bizCode: 'DataStorage', operation: method, code: 200 }] : []),
    ...(reply === null ? [] : [{ bizCode: 'downlink', operation: replyTopic(topic), code: 200 }]),
  ]
  return {
    code,
    detail: packDetail({ issues: issue === null ? [] : [issue], steps }, topic),
    replies: reply === null ? [] : [{ topic: replyTopic(topic), payload: Buffer.from(reply) }],
    statements: changes,
  }
}
