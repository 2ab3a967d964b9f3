import type { Clock } from '../../../shared/clock.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { CallReport } from '../../../shared/contract/device-call.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { CompiledModel, CompiledService } from '../../../shared/thing-model/compile.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { Store } from '../../store/types.ts'
import type { CallResult, CallVerdict, DeviceCall, DeviceCalls, FeatureDevice, OpenCall } from '../feature.ts'
import type { ServiceCallRow } from './rows.ts'
import { serviceRrpcTopics } from '../../../shared/alink/rrpc.ts'
import { buildCommandText, commandTopic } from '../../../shared/alink/service.ts'
import { replyTopic } from '../../../shared/alink/topic.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { writeValues } from '../../../shared/thing-model/write-value.ts'
import { checked } from '../checked.ts'
import { commandMany } from '../command-many.ts'
import { readTimeList } from '../instant-page.ts'
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

type Handlers = Pick<EngineApi['methods'], 'device.invokeService' | 'device.invokeServiceOfMany' | 'serviceCall.list'>
type InvokeInput = Parameters<Handlers['device.invokeService']>[0]

const operation = 'InvokeThingService'
const manyOperation = 'InvokeThingsService'

type KeptCall = Omit<ServiceCallRow, 'callId'>

/** What the console and the command line can do with the services of a device (platform rule DBG-10, Alink 5.6 and 5.7). */
export function serviceMethodHandlers(context: ServiceContext): Handlers {
  return {
    'device.invokeService': input => invoke(context, input),
    'device.invokeServiceOfMany': async ({ productKey, deviceNames, service, input, qos }) => {
      const devices = deviceNames.map(deviceName => context.requireDevice(productKey, deviceName))
      return commandMany(devices, async (device) => {
        const { messageId, traceId, keep, row, sent, result } = call(context, device, { service, input: input as JsonObject, qos, operation: manyOperation })
        result.catch(error => keepFailure(keep, row, error))
        await sent
        return { messageId, traceId }
      })
    },
    'serviceCall.list': async ({ productKey, deviceName, service, ...wish }) => {
      const { deviceId } = context.requireDevice(productKey, deviceName)
      const { rows, next } = await readTimeList(wish, (row: ServiceCallRow) => row.callId, ({ fromAt, toAt }, from, limit) =>
        context.store.read(selectServiceCalls[wish.order], [deviceId, service ?? null, fromAt, toAt, from.at, from.id, limit]))
      const known = context.modelOf(productKey)?.services
      return { calls: rows.map(({ deviceId: _, ...row }) => ({ ...row, name: known?.get(row.service)?.service.name ?? '' })), next }
    },
  }
}

async function invoke(context: ServiceContext, { productKey, deviceName, service, input, timeoutMs, qos, unchecked }: InvokeInput): Promise<CallReport> {
  const device = context.requireDevice(productKey, deviceName)
  const { messageId, traceId, row, keep, sentAt, sent, result } = call(context, device, { service, input: input as JsonObject, timeoutMs, qos, unchecked, operation })
  try {
    await sent
    const answer = row.callType === 'sync' ? await result : await within(context.clock, result, timeoutMs ?? 0)
    return answer === null
      ? { messageId, traceId, code: null, message: 'The call was sent; its result is kept when it comes.', data: null, elapsedMs: null }
      : { messageId, traceId, code: answer.code, message: answer.message, data: answer.data, elapsedMs: answer.at - sentAt }
  }
  catch (error) {
    keepFailure(keep, row, error)
    throw error
  }
}

interface CallWish { service: string, input: JsonObject, timeoutMs?: number | undefined, qos: 0 | 1, unchecked?: boolean, operation: string }

/** Keeps why a call came to nothing, where the platform has a code for it. */
function keepFailure(keep: (row: KeptCall) => void, row: KeptCall, error: unknown): void {
  if (error instanceof AppError && typeof error.details.platformCode === 'number')
    keep({ ...row, code: error.details.platformCode, message: error.message })
}

/** Checks a call, sends it and keeps it; throws what `DeviceCalls.refuse` and `DeviceCalls.send` give. */
function call(context: ServiceContext, device: FeatureDevice, { service, input: values, timeoutMs, qos, unchecked = false, operation: asked }: CallWish): OpenCall & { messageId: string, row: KeptCall, keep: (row: KeptCall) => void } {
  const { calls, store, modelOf } = context
  const model = modelOf(device.productKey)
  const method = methodOf(service)
  const issues = checkCall(model, service, values)
  const compiled = model?.services.get(service)
  if (compiled === undefined || (issues.length > 0 && !unchecked))
    throw calls.refuse({ device, operation: asked, params: { service, input: values }, method, issues })

  const { callType } = compiled.service
  const messageId = calls.nextId(device)
  const row: KeptCall = { messageId, deviceId: device.deviceId, service, callType, input: values, output: null, code: null, message: '', at: context.clock.now(), repliedAt: null, traceId: 0 }
  const open = calls.send({
    device,
    operation: asked,
    ...addressCall(context, device, { messageId, method, input: values, compiled, qos, issues }),
    asked: { params: { service, input: values }, unchecked },
    timeoutMs: callType === 'sync' ? timeoutMs ?? limits.callTimeoutMs : null,
    method,
    judge: (payload, repliedAt) => judgeAnswer(context, device, row, payload, repliedAt),
  })
  row.traceId = open.traceId
  const keep = (kept: KeptCall): void => {
    const { key, statement } = keepServiceCall(kept)
    store.upsert(key, statement)
  }
  keep(row)
  return { ...open, messageId, row, keep }
}

function methodOf(service: string): string {
  return `thing.service.${service}`
}

/** Where a call goes and where its answer comes: asynchronous on the service's own topic, synchronous by RRPC. */
function addressCall({ calls, extOf }: ServiceContext, device: FeatureDevice, { messageId, method, input, compiled, qos, issues }: { messageId: string, method: string, input: JsonObject, compiled: CompiledService, qos: 0 | 1, issues: readonly ValidationIssue[] }): Pick<DeviceCall, 'message' | 'answerTopic' | 'id'> {
  const payload = Buffer.from(buildCommandText({ id: messageId, method, paramsText: writeValues(compiled.input.parameters, input) }))
  const topic = commandTopic(device, method)
  if (compiled.service.callType === 'async')
    return { message: { topic, payload, qos, ...checked(method, issues) }, answerTopic: replyTopic(topic), id: messageId }
  const { request, response } = serviceRrpcTopics(device, topic, calls.nextId(), extOf(device.deviceId))
  return { message: { topic: request, payload, qos: 0, ...checked(method, issues) }, answerTopic: response, id: null }
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
