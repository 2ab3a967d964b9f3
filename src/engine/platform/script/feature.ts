import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { DownlinkMessage, FeatureDevice, FeatureHandlers, Outcome, UpMessage } from '../feature.ts'
import type { Parsing } from './parsing.ts'
import type { ParsedMessage } from './rules.ts'
import { commandTopic } from '../../../shared/alink/service.ts'
import { buildTopic, directionOf, parseTopic, replyTopic } from '../../../shared/alink/topic.ts'
import { packDetail, wrapDetail } from '../../../shared/contract/trace-detail.ts'
import { kindOfMessage } from './rules.ts'
import { parseStep, writeStep } from './steps.ts'

/** A message in the form that its script gave it. */
export type ParsedUpMessage = Pick<UpMessage, 'device' | 'topicText' | 'payload' | 'receivedAt'>

export interface RawContext {
  isRaw: (productKey: string) => boolean
  parsing: Parsing
  /** What the feature of its topic says of a message. */
  judge: (message: UpMessage) => Outcome
  /** What the answer to a command comes to. */
  answerCommand: (message: ParsedUpMessage) => Outcome
  /** Applies an outcome, and keeps what the message meant as a record of its journey. */
  keepParsed: (device: FeatureDevice, outcome: Outcome, record: { at: number, operation: string, content: object, steps: readonly TraceStep[], causeId: number }) => void
  /** Sends a message once what caused it is safe. */
  reply: (deviceId: number, message: DownlinkMessage, causeId: number) => void
}

/** What became of a message from a device with a custom data format. */
interface Verdict { code: number, detail: string, causeId?: number | undefined }

/**
 * Messages of devices with a custom data format (Alink 5.8): kept as they come, and judged when the product's script has
 * made Alink of them. What they mean is then handled as if it had come on its own Alink topic.
 */
export function rawHandlers(context: RawContext): FeatureHandlers {
  const take = (message: UpMessage, work: (message: UpMessage, rowId: number) => Promise<Verdict>): Outcome => {
    const { device: { productKey }, topicText } = message
    if (!context.isRaw(productKey)) {
      const step = { bizCode: 'ScriptParsing', operation: 'RawDataToProtocol', code: 6200, message: `Product ${productKey} has the data format Alink, so there is no script for bytes on ${topicText}: report on the Alink topics, or make a product with a custom data format (6200).` }
      return { code: 6200, detail: packDetail({ issues: [], steps: [uplinkStep(topicText), step] }) }
    }
    return { code: null, detail: null, afterwards: (_journeyId, { rowId, amend }) => {
      void work(message, rowId).then(({ code, detail, causeId }) => amend({ code, detail, ...(causeId !== undefined && causeId !== rowId && { causeId }) }))
    } }
  }
  return {
    'raw.up': message => message.topic.reply ? { code: null, detail: null } : take(message, (kept, rowId) => judgeRaw(context, kept, rowId, false)),
    'raw.down': message => message.topic.reply ? take(message, (kept, rowId) => judgeRaw(context, kept, rowId, true)) : { code: null, detail: null },
  }
}

function uplinkStep(topic: string): TraceStep {
  return { bizCode: 'uplink', operation: topic, code: 200 }
}

async function judgeRaw(context: RawContext, message: UpMessage, rowId: number, isAnswer: boolean): Promise<Verdict> {
  const { device, topicText, payload } = message
  const { value: parsed, problem } = await context.parsing.read(device.productKey, payload)
  const kind = parsed === null ? null : isAnswer ? { kind: 'answer' as const } : kindOfMessage(parsed.message)
  if (parsed === null || kind?.kind === 'bad') {
    const steps = [uplinkStep(topicText), parseStep(problem), ...kind?.kind === 'bad' ? [{ bizCode: 'ThingModelMessage', operation: '', ...kind.problem }] : []]
    const code = steps.at(-1)!.code
    const outcome = { code, detail: packDetail({ issues: [], steps }) }
    keepParsed(context, message, parsed, outcome, rowId)
    return outcome
  }
  const alink = kind?.kind === 'request'
    ? requestOf(message, kind.method, parsed.text)
    : { ...message, topicText: replyTopic(`/sys/${device.productKey}/${device.deviceName}/thing/model/down_raw`), payload: Buffer.from(parsed.text) }
  const outcome = kind?.kind === 'request' ? judgeRequest(context, alink as UpMessage, kind.method) : context.answerCommand(alink)
  keepParsed(context, message, parsed, outcome, rowId)
  const reply = outcome.replies?.[0]
  const replied = reply === undefined ? [] : await answerRaw(context, message, reply, outcome.causeId ?? rowId)
  const detail = wrapDetail({ topic: alink.topicText, direction: 'up', code: outcome.code, detail: outcome.detail }, steps => [
    uplinkStep(topicText),
    parseStep(null),
    ...steps.filter(({ bizCode }) => bizCode !== 'uplink' && bizCode !== 'downlink'),
    ...replied,
  ])
  const failed = replied.find(step => step.code !== 200)
  return { code: outcome.code === 200 || outcome.code === null ? failed?.code ?? outcome.code ?? 200 : outcome.code, detail, causeId: outcome.causeId }
}

/** The message as it would have come from a device that speaks Alink. */
function requestOf(message: UpMessage, method: string, text: string): UpMessage {
  const topicText = commandTopic(message.device, method)
  return { ...message, topic: parseTopic(topicText), topicText, payload: Buffer.from(text) }
}

/** Lets the feature of the method's topic judge a message; 6831 for a method that devices do not use. */
function judgeRequest({ judge }: RawContext, message: UpMessage, method: string): Outcome {
  const { topic, topicText } = message
  const isUsable = directionOf(topic) === 'up' && !topic.kind.startsWith('raw.') && !topicText.endsWith('_reply')
  const outcome = isUsable ? judge(message) : { code: null, detail: null }
  if (outcome.code !== null)
    return outcome
  const step = { bizCode: 'ThingModelMessage', operation: method, code: 6831, message: `"method": expected the method of a message that devices send, such as "thing.event.property.post", got ${JSON.stringify(method)} (6831).` }
  return { code: 6831, detail: packDetail({ issues: [], steps: [step] }) }
}

/** Keeps what a script made of a message, with its bytes as hex digits (platform rule LOG-5). */
function keepParsed({ keepParsed: keep }: RawContext, { device, payload, receivedAt }: UpMessage, parsed: ParsedMessage | null, outcome: Outcome, rowId: number): void {
  const operation = 'RawDataToProtocol'
  if (parsed !== null)
    keep(device, outcome, { at: receivedAt, operation, content: { Params: hexOf(payload), ResultData: parsed.message satisfies JsonObject }, steps: [parseStep(null)], causeId: rowId })
}

/** Bytes whose hex digits are kept beside what they meant; all of them are in the row of the message. */
const hexBytesMax = 1024

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, hexBytesMax)).toString('hex') + (bytes.length > hexBytesMax ? '…' : '')
}

/**
 * Sends the Alink reply through the script. Where the script makes nothing of it, the device gets the JSON text itself, as
 * the cloud is said to do (Alink 5.8).
 */
async function answerRaw({ parsing, reply }: RawContext, { device }: UpMessage, { payload: json }: DownlinkMessage, causeId: number): Promise<TraceStep[]> {
  const { value: bytes, problem } = await parsing.write(device.productKey, Buffer.from(json).toString())
  const isJson = problem?.code === 6201
  const step = isJson
    ? { ...writeStep(null), message: 'The script made nothing of the reply, so the device gets it as JSON text.' }
    : writeStep(problem)
  if (bytes === null && !isJson)
    return [step]
  const topic = buildTopic({ kind: 'raw.up', productKey: device.productKey, deviceName: device.deviceName, reply: true })
  reply(device.deviceId, { topic, payload: bytes ?? json, steps: [step] }, causeId)
  return [step, { bizCode: 'downlink', operation: topic, code: 200 }]
}
