import type { Clock } from '../../../shared/clock.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { CallReport } from '../../../shared/contract/device-call.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { CompiledModel, CompiledService } from '../../../shared/thing-model/compile.ts'
import type { Store } from '../../store/types.ts'
import type { CallResult, CallVerdict, DeviceCall, DeviceCalls, FeatureDevice } from '../feature.ts'
import type { ServiceCallRow } from './rows.ts'
import { serviceRrpcTopics } from '../../../shared/alink/rrpc.ts'
import { buildCommandText, commandTopic } from '../../../shared/alink/service.ts'
import { replyTopic } from '../../../shared/alink/topic.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { writeValues } from '../../../shared/thing-model/write-value.ts'
import { endForgottenCalls, keepServiceCall, selectServiceCalls, selectUnansweredCalls } from './rows.ts'
import { checkCall, judgeServiceReply } from './rules.ts'

export interface ServiceContext {
  clock: Clock
  store: Pick<Store, 'read' | 'write' | 'upsert'>
  calls: DeviceCalls
  /** Null while the product has no model. */
  modelOf: (productKey: string) => CompiledModel | null
  /** The bit field `ext` of the client id that the device is connected with; 0 without one. */
  extOf: (deviceId: number) => number
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Handlers = Pick<EngineApi['methods'], 'device.invokeService' | 'serviceCall.list'>
type InvokeInput = Parameters<Handlers['device.invokeService']>[0]

const operation = 'InvokeThingService'

/** What the console and the command line can do with the services of a device (platform rule DBG-10, Alink 5.6 and 5.7). */
export function serviceMethodHandlers(context: ServiceContext): Handlers {
  return {
    'device.invokeService': input => invoke(context, input),
    'serviceCall.list': async ({ productKey, deviceName, service, fromAt, toAt, before, limit }) => {
      const { deviceId } = context.requireDevice(productKey, deviceName)
      const rows = await context.store.read(selectServiceCalls, [
        deviceId,
        service ?? null,
        Math.ceil(fromAt ?? 0),
        Math.floor(toAt ?? Number.MAX_SAFE_INTEGER),
        before?.at ?? Number.MAX_SAFE_INTEGER,
        before?.id ?? Number.MAX_SAFE_INTEGER,
        limit,
      ])
      const last = rows.length === limit ? rows.at(-1) : undefined
      return { calls: rows.map(({ deviceId: _, ...call }) => call), next: last === undefined ? null : { at: last.at, id: last.callId } }
    },
  }
}

async function invoke(context: ServiceContext, { productKey, deviceName, service, input, timeoutMs }: InvokeInput): Promise<CallReport> {
  const { calls, store, modelOf, requireDevice } = context
  const device = requireDevice(productKey, deviceName)
  const values = input as JsonObject
  const model = modelOf(productKey)
  const method = methodOf(service)
  const issues = checkCall(model, service, values)
  const compiled = model?.services.get(service)
  if (issues.length > 0 || compiled === undefined)
    throw calls.refuse({ device, operation, params: { service, input: values }, method, issues })

  const { callType } = compiled.service
  const messageId = calls.nextId(device)
  const row: Omit<ServiceCallRow, 'callId'> = { messageId, deviceId: device.deviceId, service, callType, input: values, output: null, code: null, message: '', at: context.clock.now(), repliedAt: null, traceId: 0 }
  const { traceId, sentAt, sent, result } = calls.send({
    device,
    operation,
    ...addressCall(context, device, { messageId, method, input: values, compiled }),
    timeoutMs: callType === 'sync' ? timeoutMs ?? limits.callTimeoutMs : null,
    method,
    judge: (payload, repliedAt) => judgeAnswer(context, device, row, payload, repliedAt),
  })
  row.traceId = traceId
  const keep = (call: typeof row): void => {
    const { key, statement } = keepServiceCall(call)
    store.upsert(key, statement)
  }
  keep(row)
  try {
    await sent
    const answer = callType === 'sync' ? await result : await within(context.clock, result, timeoutMs ?? 0)
    return answer === null
      ? { messageId, traceId, code: null, message: 'The call was sent; its result is kept when it comes.', data: null, elapsedMs: null }
      : { messageId, traceId, code: answer.code, message: answer.message, data: answer.data, elapsedMs: answer.at - sentAt }
  }
  catch (error) {
    if (error instanceof AppError && typeof error.details.platformCode === 'number')
      keep({ ...row, code: error.details.platformCode, message: error.message })
    throw error
  }
}

function methodOf(service: string): string {
  return `thing.service.${service}`
}

/** Where a call goes and where its answer comes: asynchronous on the service's own topic, synchronous by RRPC. */
function addressCall({ calls, extOf }: ServiceContext, device: FeatureDevice, { messageId, method, input, compiled }: { messageId: string, method: string, input: JsonObject, compiled: CompiledService }): Pick<DeviceCall, 'message' | 'answerTopic' | 'id'> {
  const payload = Buffer.from(buildCommandText({ id: messageId, method, paramsText: writeValues(compiled.input.parameters, input) }))
  const steps = [{ bizCode: 'ThingModel', operation: 'check', code: 200 }, { bizCode: 'ThingService', operation: method, code: 200 }]
  const topic = commandTopic(device, method)
  if (compiled.service.callType === 'async')
    return { message: { topic, payload, qos: 1, steps }, answerTopic: replyTopic(topic), id: messageId }
  const { request, response } = serviceRrpcTopics(device, topic, calls.nextId(), extOf(device.deviceId))
  return { message: { topic: request, payload, qos: 0, steps }, answerTopic: response, id: null }
}

const utf8 = new TextDecoder()

/** Judges an answer and puts it into the history with the message that carries it. */
function judgeAnswer({ modelOf }: Pick<ServiceContext, 'modelOf'>, { productKey }: FeatureDevice, row: Omit<ServiceCallRow, 'callId'>, payload: Uint8Array, repliedAt: number): CallVerdict {
  const verdict = judgeServiceReply(modelOf(productKey), row.service, utf8.decode(payload))
  const { code, message, data } = verdict
  return { ...verdict, statements: [keepServiceCall({ ...row, output: data, code, message, repliedAt })] }
}

/** The answer, or null when it has not come by then; the call itself goes on. */
function within(clock: Clock, result: Promise<CallResult>, waitMs: number): Promise<CallResult | null> | null {
  if (waitMs === 0)
    return null
  return new Promise((resolve, reject) => {
    const alarm = clock.setAlarm(waitMs, () => resolve(null))
    result.then(resolve, reject).finally(() => alarm.cancel())
  })
}

/** Calls of an earlier run that are taken up again. */
const resumedMax = 1_000

/**
 * Takes up what an earlier run left: asynchronous calls have no time limit (Alink 5.6), so their answers still count;
 * synchronous ones have ended.
 */
export async function resumeServiceCalls(context: Pick<ServiceContext, 'store' | 'calls' | 'modelOf'>, deviceOf: (deviceId: number) => FeatureDevice | undefined): Promise<void> {
  const { store, calls } = context
  await store.write([{ statement: endForgottenCalls, params: ['Thingbench stopped before the device answered (1905).'] }])
  const rows = await store.read(selectUnansweredCalls, [resumedMax])
  for (const row of rows.reverse()) {
    const device = deviceOf(row.deviceId)
    if (device === undefined)
      continue
    const method = methodOf(row.service)
    calls.resume({
      device,
      answerTopic: replyTopic(commandTopic(device, method)),
      id: row.messageId,
      method,
      judge: (payload, repliedAt) => judgeAnswer(context, device, row, payload, repliedAt),
    }, row.traceId)
  }
}
