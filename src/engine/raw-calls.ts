import type { Clock } from '../shared/clock.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { PendingCalls } from './pending-calls.ts'
import type { DeviceCall, DeviceCalls, FeatureDevice, FeatureHandler, FeatureHandlers, LateVerdict, OpenCall, Outcome, UpMessage } from './platform/feature.ts'
import type { Parsing } from './platform/script/parsing.ts'
import type { Made } from './platform/script/rules.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { commandTopic } from '../shared/alink/service.ts'
import { buildTopic, replyTopic } from '../shared/alink/topic.ts'
import { packDetail, wrapDetail } from '../shared/contract/trace-detail.ts'
import { AppError } from '../shared/errors.ts'
import { parseStep, writeStep } from './platform/script/steps.ts'

export interface RawCallsContext {
  clock: Clock
  calls: PendingCalls
  trace: Pick<TraceKeeper, 'keep' | 'amend' | 'cause' | 'asked'>
  parsing: Parsing
  isRaw: (productKey: string) => boolean
  /** Applies what an answer has come to. */
  keepParsed: (device: FeatureDevice, outcome: Outcome, record: { at: number, operation: string, content: object, steps: readonly TraceStep[], causeId: number }) => void
}

/** Requests of any bytes go to any device as they are. */
const bytesOperations: readonly string[] = ['RRpc', 'AsyncRRpc']

/**
 * Commands to devices with a custom data format (Alink 5.8): the product's script writes their bytes, which go to `down_raw`,
 * plain or by RRPC, and reads the answers. Everybody else's commands pass through.
 */
export function createRawCalls(context: RawCallsContext): DeviceCalls & { handlers: FeatureHandlers } {
  const { clock, calls, isRaw } = context
  /** Where the answers to synchronous commands come that a script has to read, until they came. */
  const awaited = new Set<string>()
  let lastId = 0

  const takeRrpc = (kind: 'rrpc.response' | 'ext.rrpc'): FeatureHandler => (message) => {
    const handle = calls.handlers[kind] as FeatureHandler
    if (!awaited.has(message.topicText) || !isRaw(message.device.productKey))
      return handle(message)
    return { code: null, detail: null, afterwards: (_journeyId, { rowId, amend }) => {
      void answerRrpc(context, message, handle, rowId).then(amend)
    } }
  }

  return {
    ...calls,
    nextId: (device) => {
      if (device === undefined || !isRaw(device.productKey))
        return calls.nextId()
      // Seconds of the epoch fit 31 bits until 2038, and a workspace does not use up one a second.
      lastId = Math.max(lastId + 1, Math.trunc(clock.now() / 1000) % 2 ** 31)
      return String(lastId)
    },
    send: call => isRaw(call.device.productKey) && !bytesOperations.includes(call.operation) ? sendRaw(context, call, awaited) : calls.send(call),
    resume: (call, traceId) => calls.resume(isRaw(call.device.productKey) && call.id !== null ? { ...call, answerTopic: replyTopic(rawTopic(call.device)) } : call, traceId),
    handlers: { ...calls.handlers, 'rrpc.response': takeRrpc('rrpc.response'), 'ext.rrpc': takeRrpc('ext.rrpc') },
  }
}

function rawTopic({ productKey, deviceName }: FeatureDevice): string {
  return buildTopic({ kind: 'raw.down', productKey, deviceName, reply: false })
}

/** The same command on the topics of bytes: RRPC that wraps the topic of a service wraps `down_raw` instead. */
function addressRaw({ device, message, answerTopic, id, method }: DeviceCall): { topic: string, answerTopic: string } {
  const topic = rawTopic(device)
  if (id !== null)
    return { topic, answerTopic: replyTopic(topic) }
  const serviceTopic = commandTopic(device, method)
  return { topic: message.topic.replace(serviceTopic, () => topic), answerTopic: answerTopic.replace(serviceTopic, () => topic) }
}

function sendRaw({ clock, calls, trace, parsing }: RawCallsContext, call: DeviceCall, awaited: Set<string>): OpenCall {
  const { device, operation, message } = call
  const addressed = { ...call, ...addressRaw(call), message: { ...message, topic: addressRaw(call).topic } }
  // A device that takes no command is no work for the script.
  if (calls.unreachable(device) !== null)
    return calls.send(addressed)
  const before: TraceStep[] = [...trace.asked(operation), ...message.steps ?? []]
  const traceId = trace.keep({ at: clock.now(), deviceId: device.deviceId, deviceKey: null, direction: 'record', topic: operation, qos: 0, payload: message.payload, code: 200, detail: packDetail({ issues: [], steps: before }), causeId: trace.cause() ?? null, samples: null })
  const opened = parsing.write(device.productKey, Buffer.from(message.payload).toString()).then(({ value: bytes, problem }) => {
    if (bytes === null) {
      trace.amend(traceId, { code: problem.code, detail: packDetail({ issues: [], steps: [...before, writeStep(problem)] }) })
      throw scriptError(device, problem)
    }
    return calls.send({ ...addressed, causeId: trace.cause() ?? traceId, message: { ...addressed.message, payload: bytes, steps: [writeStep(null)] } })
  })
  const result = opened.then(open => open.result)
  if (call.id === null) {
    awaited.add(addressed.answerTopic)
    result.catch(() => {}).finally(() => awaited.delete(addressed.answerTopic))
  }
  const sent = opened.then(() => {})
  // Whoever does not wait must not be told by the process.
  sent.catch(() => {})
  result.catch(() => {})
  return { traceId, rowId: traceId, sentAt: clock.now(), sent, result }
}

function scriptError({ productKey, deviceName }: FeatureDevice, { code, message, line, column }: NonNullable<Made<unknown>['problem']>): AppError {
  return new AppError('script/failed', message, { productKey, deviceName, platformCode: code, ...(line !== undefined && { line }), ...(column !== undefined && { column }) })
}

/** Reads the answer to a synchronous command and lets it end the call, with a result or with what is wrong with it. */
async function answerRrpc({ calls, parsing, keepParsed }: RawCallsContext, message: UpMessage, handle: FeatureHandler, rowId: number): Promise<LateVerdict> {
  const { device, topicText, payload, receivedAt } = message
  const uplink = { bizCode: 'uplink', operation: topicText, code: 200 }
  const { value: parsed, problem } = await parsing.read(device.productKey, payload)
  if (parsed === null) {
    const causeId = calls.fail(topicText, scriptError(device, problem))
    return { code: problem.code, detail: packDetail({ issues: [], steps: [uplink, parseStep(problem)] }), ...(causeId !== undefined && { causeId }) }
  }
  const outcome = handle({ ...message, payload: Buffer.from(parsed.text) })
  keepParsed(device, outcome, { at: receivedAt, operation: 'RawDataToProtocol', content: { Params: Buffer.from(payload).toString('hex'), ResultData: parsed.message }, steps: [parseStep(null)], causeId: rowId })
  const detail = wrapDetail({ topic: topicText, direction: 'up', code: outcome.code, detail: outcome.detail }, steps => [uplink, parseStep(null), ...steps.filter(({ bizCode }) => bizCode !== 'uplink')])
  return { code: outcome.code, detail, ...(outcome.causeId !== undefined && { causeId: outcome.causeId }) }
}
