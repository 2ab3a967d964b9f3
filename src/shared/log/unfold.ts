import type { LogContent, LogRecord } from '../contract/log.ts'
import type { TraceRowDirection, TraceStep } from '../contract/trace.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { explainDetail, unpackDetail } from '../contract/trace-detail.ts'
import { mistakeLine } from '../diagnose/explain-mistake.ts'
import { recogniseMistakes } from '../diagnose/recognise.ts'
import { isJsonObject } from '../json.ts'
import { businessTypeOfMethod } from './business-types.ts'
import { messageIdOf, traceIdOf } from './message-id.ts'

/** A row of the trace as it is kept, with the identity of its device. */
export interface UnfoldedRow {
  id: number
  at: number
  direction: TraceRowDirection
  productKey: string
  deviceName: string
  topic: string
  qos: number
  payload: Uint8Array
  code: number | null
  detail: string | null
  causeId: number | null
}

/** Reads a payload as text; null when it is none. */
export type DecodeText = (payload: Uint8Array) => string | null

/** A step that becomes a record, with its place among the records of its row. */
export interface RecordStep extends TraceStep { place: number }

/**
 * The records that a row leaves, in the order of events (platform rules LOG-1 and LOG-2): the message itself and each step
 * that worked on it; for a message to a device the call that caused it first. The reply to a message is a row of its own
 * and leaves the `downlink` record there, with its own message id. Cheap: no payload is read but that of a subscription.
 */
export function recordSteps(row: UnfoldedRow, decode: DecodeText): RecordStep[] {
  const steps = row.detail === null && row.direction === 'record' ? [stepOfRecord(row, decode)] : unpackDetail(row).steps
  const shown: RecordStep[] = []
  for (const step of steps) {
    if (row.direction === 'up' && step.bizCode === 'downlink')
      continue
    const bizCode = step.bizCode === 'ThingModelMessage' ? businessTypeOfMethod(step.operation) : step.bizCode
    shown.push({ ...step, bizCode, place: shown.length })
  }
  return shown
}

/** A record that went the ordinary way: a subscription is named by its topic filter, everything else by what happened. */
function stepOfRecord({ topic, code, payload }: UnfoldedRow, decode: DecodeText): TraceStep {
  if (topic !== 'subscribe' && topic !== 'unsubscribe')
    return { bizCode: 'device', operation: topic, code: code ?? 200 }
  const { value } = readPayload(payload, decode)
  return { bizCode: topic, operation: isJsonObject(value) && typeof value.filter === 'string' ? value.filter : topic, code: code ?? 200 }
}

/** Makes the records of some of a row's steps; the payload is read once. `steps` come from {@link recordSteps}. */
export function unfoldRecords(row: UnfoldedRow, decode: DecodeText, steps: readonly RecordStep[] = recordSteps(row, decode)): LogRecord[] {
  if (steps.length === 0)
    return []
  const traceId = traceIdOf(row.causeId ?? row.id)
  const payload = readPayload(row.payload, decode)
  // One step says what was recognised: the first that failed, otherwise the last.
  const mistakes = recogniseMistakes(row, bytes => decode(bytes) ?? '').map(mistake => mistakeLine(mistake)).join(' ')
  const told = steps.find(({ code }) => code !== 200) ?? steps.at(-1)
  return steps.map((step): LogRecord => ({
    rowId: row.id,
    place: step.place,
    at: row.at,
    traceId,
    messageId: step.bizCode === 'uplink' || step.bizCode === 'downlink' ? messageIdOf(row, row.direction === 'down' ? payload.text : null) : null,
    productKey: row.productKey,
    deviceName: row.deviceName,
    bizCode: step.bizCode,
    operation: step.operation,
    code: step.code,
    content: contentOf(row, step, payload, traceId, step === told ? mistakes : ''),
  }))
}

/** Payloads above this are shown by their beginning; the row of the trace has them whole. */
const shownBytesMax = 4_096

interface ReadPayload {
  /** Null for bytes that are no text. */
  text: string | null
  /** What stands in a record: JSON, text, or hex for raw bytes (platform rule LOG-5). */
  value: JsonValue
}

function readPayload(payload: Uint8Array, decode: DecodeText): ReadPayload {
  if (payload.length > shownBytesMax) {
    const text = decode(payload.subarray(0, endOfCharacter(payload, shownBytesMax)))
    return { text, value: `${text ?? toHex(payload.subarray(0, shownBytesMax / 2))}… (${payload.length} bytes)` }
  }
  const text = decode(payload)
  if (text === null)
    return { text, value: toHex(payload) }
  try {
    return { text, value: JSON.parse(text) as JsonValue }
  }
  catch {
    return { text, value: text }
  }
}

/** The last place at or before `at` where UTF-8 can be cut. */
function endOfCharacter(payload: Uint8Array, at: number): number {
  let end = at
  while (end > at - 4 && (payload[end]! & 0xC0) === 0x80)
    end--
  return end
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Records about the way of a message, not about what is in it. */
const transportTypes: readonly string[] = ['uplink', 'downlink', 'DataStorage']

function contentOf(row: UnfoldedRow, step: TraceStep, payload: ReadPayload, traceId: string, mistakes: string): LogContent {
  const content: LogContent = { TraceId: traceId }
  // What was done on purpose is said, also where the platform takes it for success.
  const isInjected = step.bizCode === 'FaultInjection'
  const message = step.code === 200 ? isInjected ? step.message ?? null : null : step.message ?? explainDetail(step.code, step.code === row.code ? row.detail : null)
  if (message !== null)
    content.Message = withMistakes(message, mistakes)
  const notice = step.code === 200 && !isInjected && row.code === 200 && row.detail !== null && !transportTypes.includes(step.bizCode) ? explainDetail(200, row.detail) : null
  if (notice !== null || (mistakes !== '' && message === null))
    content.Notice = withMistakes(notice ?? '', mistakes)
  return Object.assign(content, bodyOf(row, step, payload))
}

function withMistakes(text: string, mistakes: string): string {
  return text === '' || mistakes === '' ? text + mistakes : `${text} ${mistakes}`
}

/** What a record holds beside its message: which part of the payload says what the step worked on, and what came of it. */
function bodyOf(row: UnfoldedRow, { bizCode, operation }: TraceStep, { value, text }: ReadPayload): JsonObject {
  switch (bizCode) {
    case 'uplink':
    case 'downlink':
      return row.direction === 'record' ? { Params: value } : { Content: sentence(row, value), Params: value }
    case 'ThingService':
      return row.direction === 'up' ? { ResultData: resultOf(value) } : { Params: paramsOf(value) }
    case 'device':
    case 'subscribe':
    case 'unsubscribe':
      return { Params: value }
    case 'ApiService':
      return row.direction === 'record' ? { Params: value } : { Params: { topic: row.topic, request: paramsOf(value) } }
    case 'ThingModel':
      return row.direction === 'up' && isJsonObject(value) && 'data' in value && !('params' in value) ? { Params: resultOf(value) } : { Params: paramsOf(value) }
    case 'ScriptParsing':
      return operation === 'RawDataToProtocol' && row.direction === 'up' ? { Params: text === null ? value : toHex(row.payload.subarray(0, shownBytesMax / 2)) } : { ResultData: value }
    default:
      return { Params: paramsOf(value) }
  }
}

/** The platform's own words for a message, with its Alink id where it has one. */
function sentence({ topic, qos, payload }: UnfoldedRow, value: JsonValue): string {
  const id = isJsonObject(value) && (typeof value.id === 'string' || typeof value.id === 'number') ? `, protocolMessageId:${value.id}` : ''
  return `Publish message to topic:${topic}, QoS=${qos}${id}, ${payload.length} bytes`
}

function paramsOf(value: JsonValue): JsonValue {
  return isJsonObject(value) && value.params !== undefined ? value.params : value
}

function resultOf(value: JsonValue): JsonValue {
  if (!isJsonObject(value))
    return value
  const { code, data, message } = value
  return { ...(code !== undefined && { code }), ...(data !== undefined && { data }), ...(message !== undefined && { message }) }
}
