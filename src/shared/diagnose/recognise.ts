import type { Unpacked } from '../contract/trace-detail.ts'
import type { TraceRowDirection } from '../contract/trace.ts'
import type { JsonValue } from '../json.ts'
import type { ValidationIssue } from '../thing-model/issue.ts'
import type { Mistake } from './mistake.ts'
import { methodOfTopic } from '../alink/topic.ts'
import { unpackFacts } from '../contract/trace-detail.ts'
import { isJsonObject } from '../json.ts'
import { toSnippet } from '../thing-model/issue.ts'
import { recogniseTime } from './recognise-time.ts'
import { recogniseTopic } from './repair-topic.ts'

/** What is looked at: a row of the trace, with the identity of its device. */
export interface RecognisedRow {
  at: number
  direction: TraceRowDirection
  productKey: string
  deviceName: string
  topic: string
  payload: Uint8Array
  code: number | null
  detail: string | null
}

/** Codes of a message whose topic was not one the device may use, or none at all. */
const topicCodes: readonly (number | null)[] = [9236, 1903, 6203, 6831]
/** Payloads above this are not looked into; what is wrong with small ones is wrong with large ones too. */
const lookedAtBytesMax = 65_536
const methodIn = /"method"\s*:\s*"([^"]*)"/
/** Link SDK for C 4.1 sends `"params":"{}"`, which means no parameters and is no mistake of the firmware. */
const textParams = /"params"\s*:\s*"(?!\{\}")/

/**
 * The mistakes in a row: those that were noted when it came, and those that its topic and payload show. A message that went
 * well costs a look at its ends and a search for its method. `decode` reads a payload as UTF-8, whatever is in it.
 */
export function recogniseMistakes(row: RecognisedRow, decode: (payload: Uint8Array) => string): Mistake[] {
  const { direction, code, detail, topic } = row
  if (direction === 'record')
    return detail === null ? [] : ofRecord(row, decode)
  const facts = detail === null ? null : unpackFacts(detail)
  const kept = facts?.mistakes ?? []
  if (direction === 'down')
    return kept.map(mistake => mistake.kind === 'not-subscribed' ? { ...mistake, path: topic, expected: filterFor(topic) } : mistake)
  const found = [...kept]
  const add = (mistake: Mistake | null): void => {
    if (mistake !== null && !found.some(({ kind, path }) => kind === mistake.kind && path === mistake.path))
      found.push(mistake)
  }
  if ((code !== null && topicCodes.includes(code)) || facts?.issues.some(({ rule }) => rule === 'unknown-event'))
    add(recogniseTopic(topic, row))
  ofPayload(row, decode, facts, add)
  return found
}

/** The filter to subscribe to so that messages like the one on this topic come: RRPC has an id in its topic. */
function filterFor(topic: string): string {
  return topic.replace(/(\/rrpc\/request\/)[^/]+$/, '$1+').replace(/^\/ext\/rrpc\/[^/]+\//, '/ext/rrpc/+/').replace(/(\/broadcast\/request\/)[^/]+$/, '$1+')
}

function ofRecord({ topic, payload, productKey, deviceName, code }: RecognisedRow, decode: (payload: Uint8Array) => string): Mistake[] {
  const content = readJson(decode(payload))
  if (!isJsonObject(content) || code === 200)
    return []
  if (topic === 'subscribe' && typeof content.filter === 'string') {
    const mistake = recogniseTopic(content.filter, { productKey, deviceName }, 'subscribe')
    return mistake === null ? [] : [mistake]
  }
  if (topic !== 'offline' || typeof content.reason !== 'string')
    return []
  if (content.reason.startsWith('The device published with QoS 2'))
    return [{ kind: 'qos-2', path: '', expected: '1', got: '2' }]
  return content.reason.startsWith('The device published a retained message') ? [{ kind: 'retained', path: '', expected: '0', got: '1' }] : []
}

type Add = (mistake: Mistake | null) => void

function ofPayload({ at, topic, payload, code }: RecognisedRow, decode: (payload: Uint8Array) => string, facts: Unpacked | null, add: Add): void {
  const { length } = payload
  if (length === 0 || length > lookedAtBytesMax || (payload[0] !== 0x7B && payload[0] !== 0xEF && payload[length - 1] !== 0))
    return
  if (payload[length - 1] === 0 && payload[0] === 0x7B)
    add({ kind: 'trailing-nul', path: '', expected: String(length - nulsAtEnd(payload)), got: String(nulsAtEnd(payload)) })
  if (payload[0] === 0xEF && payload[1] === 0xBB && payload[2] === 0xBF)
    add({ kind: 'byte-order-mark', path: '', expected: '7B', got: 'EF BB BF' })
  const text = decode(payload)
  const isAnswer = topic.endsWith('_reply')
  const expected = isAnswer ? '' : methodOfTopic(topic)
  const method = expected === '' ? undefined : methodIn.exec(text)?.[1]
  if (method !== undefined && method !== '' && method !== expected && `_${method}` !== expected)
    add({ kind: 'method-differs', path: 'method', expected, got: method })
  if (textParams.test(text))
    ofTextParams(text, add)
  if (facts !== null)
    ofVerdict(facts, at, add)
  if (code === 460 || (code === 6207 && isAnswer))
    ofFrame(topic, text, isAnswer, add)
}

function nulsAtEnd(payload: Uint8Array): number {
  let end = payload.length
  while (end > 0 && payload[end - 1] === 0)
    end--
  return payload.length - end
}

function ofTextParams(text: string, add: Add): void {
  const message = readJson(text)
  if (!isJsonObject(message) || typeof message.params !== 'string')
    return
  const params = readJson(message.params)
  if (typeof params === 'object' && params !== null)
    add({ kind: 'params-text', path: 'params', expected: toSnippet(params), got: toSnippet(message.params) })
}

const numberTypes: readonly string[] = ['int', 'float', 'double', 'long']

function ofVerdict({ issues, notices }: Unpacked, at: number, add: Add): void {
  for (const issue of [...issues, ...notices]) {
    if (issue.rule === 'time-ignored' || issue.rule === 'no-time')
      ofTime(issue, at, add)
    else if (issue.rule === 'unknown-property' && issue.expected !== '' && issue.expected.toLowerCase() === issue.path.toLowerCase())
      add({ kind: 'name-case', path: issue.path, expected: issue.expected, got: issue.path })
    else if (issue.rule === 'type')
      ofType(issue, add)
  }
}

function ofTime({ path, got }: ValidationIssue, at: number, add: Add): void {
  const digits = /^"?(\d{1,20})(?:\.\d+)?"?$/.exec(got)?.[1]
  if (digits === undefined)
    return
  const mistake = recogniseTime(path, Number(digits), at)
  if (mistake !== null)
    add(mistake)
  else if (got.startsWith('"'))
    add({ kind: 'number-text', path, expected: digits, got })
}

function ofType({ path, expected, got }: ValidationIssue, add: Add): void {
  if (expected === 'bool' && /^"?(?:true|false)"?$/i.test(got))
    add({ kind: 'bool-literal', path, expected: /true/i.test(got) ? '1' : '0', got })
  else if ((numberTypes.includes(expected) || expected === 'bool') && /^"\s*[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?\s*"$/i.test(got))
    add({ kind: 'number-text', path, expected: got.slice(1, -1).trim(), got })
}

const frameMembers: readonly string[] = ['id', 'version', 'method', 'sys', 'params', 'time', 'code', 'data', 'message']

/** A frame that lacks what it is about, with the values beside it. */
function ofFrame(topic: string, text: string, isAnswer: boolean, add: Add): void {
  const message = readJson(text)
  if (!isJsonObject(message))
    return
  if (isAnswer) {
    if (message.code === undefined)
      add({ kind: 'answer-no-code', path: topic, expected: 'code', got: toSnippet(message) })
    return
  }
  const outside = Object.fromEntries(Object.entries(message).filter(([name]) => !frameMembers.includes(name)))
  if (message.params === undefined && Object.keys(outside).length > 0)
    add({ kind: 'params-outside', path: 'params', expected: `{"id":"1","version":"1.0","params":${toSnippet(outside)}}`, got: toSnippet(message) })
}

function readJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  }
  catch {
    return undefined
  }
}
