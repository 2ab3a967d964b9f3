import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { LatestValue } from '../../../shared/contract/device.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { CallResult, DeviceCalls, FeatureDevice } from '../feature.ts'
import { buildCommand, propertyGetMethod, propertySetMethod } from '../../../shared/alink/service.ts'
import { replyTopic } from '../../../shared/alink/topic.ts'
import { AppError } from '../../../shared/errors.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { judgeReply } from '../../../shared/thing-model/judge-reply.ts'
import { validatePropertySet, validateReport } from '../../../shared/thing-model/validate.ts'
import { writeObject } from '../../../shared/thing-model/write-value.ts'
import { checked } from '../checked.ts'
import { commandMany } from '../command-many.ts'
import { withoutModel } from './handle.ts'

export interface PropertyContext {
  calls: DeviceCalls
  now: () => number
  /** Null while the product has no model. */
  modelOf: (productKey: string) => CompiledModel | null
  latestOf: (deviceId: number) => Promise<Record<string, LatestValue>>
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Handlers = Pick<EngineApi['methods'], 'device.setProperties' | 'device.setPropertiesOfMany' | 'device.getProperties'>
type GetInput = Parameters<Handlers['device.getProperties']>[0]
type GetOutput = Awaited<ReturnType<Handlers['device.getProperties']>>

const setOperation = 'SetDeviceProperty'
const setManyOperation = 'SetDevicesProperty'
const getOperation = 'GetDeviceProperty'

/** What the console and the command line can do with the properties of a device (platform rules DBG-6, DBG-7 and DBG-13). */
export function propertyMethodHandlers(context: PropertyContext): Handlers {
  const { calls, modelOf, requireDevice } = context
  const send = (device: FeatureDevice, values: JsonObject, wish: SetWish): ReturnType<typeof sendPropertySet> => {
    const model = modelOf(device.productKey) ?? withoutModel
    const issues = validatePropertySet(model, values)
    if (issues.length > 0 && !wish.unchecked)
      throw calls.refuse({ device, operation: wish.operation, params: values, method: propertySetMethod, issues })
    return sendPropertySet(calls, device, model, values, { ...wish, issues })
  }
  return {
    'device.setProperties': async ({ productKey, deviceName, properties, timeoutMs, qos, unchecked }) => {
      const { messageId, call } = send(requireDevice(productKey, deviceName), properties as JsonObject, { operation: setOperation, timeoutMs: timeoutMs === 0 ? null : timeoutMs, qos, unchecked })
      const { traceId, sentAt } = call
      await call.sent
      if (timeoutMs === 0)
        return { messageId, traceId, code: null, message: 'The command was sent.', data: null, elapsedMs: null }
      const { code, message, data, at } = await call.result
      return { messageId, traceId, code, message, data, elapsedMs: at - sentAt }
    },
    'device.setPropertiesOfMany': ({ productKey, deviceNames, properties, qos }) => {
      const devices = deviceNames.map(deviceName => requireDevice(productKey, deviceName))
      return commandMany(devices, async (device) => {
        const { messageId, call } = send(device, properties as JsonObject, { operation: setManyOperation, timeoutMs: null, qos })
        await call.sent
        return { messageId, traceId: call.traceId }
      })
    },
    'device.getProperties': input => getProperties(context, input),
  }
}

interface SetWish {
  operation: string
  timeoutMs: number | null
  qos?: 0 | 1
  unchecked?: boolean
  /** What is wrong with values that are sent unchecked. */
  issues?: readonly ValidationIssue[]
  byPlatform?: boolean
}

/**
 * Sends a property set (Alink 5.2), with QoS 1 unless told otherwise. Its values have passed their check, or its caller wants the device to see what breaks the model. The device reports what it has become;
 * the answer itself changes no value. Throws what `calls.send` throws.
 */
export function sendPropertySet(calls: DeviceCalls, device: FeatureDevice, model: CompiledModel, values: JsonObject, { operation, timeoutMs, qos = 1, unchecked = false, issues = [], byPlatform = false }: SetWish): { messageId: string, call: ReturnType<DeviceCalls['send']> } {
  const messageId = calls.nextId(device)
  const paramsText = writeObject(values, key => model.properties.get(key)?.property.dataType)
  const { topic, payload } = buildCommand({ ...device, id: messageId, method: propertySetMethod, paramsText })
  const call = calls.send({
    device,
    operation,
    message: { topic, payload: Buffer.from(payload), qos, ...checked(propertySetMethod, issues) },
    asked: { params: values, unchecked, byPlatform },
    answerTopic: replyTopic(topic),
    id: messageId,
    timeoutMs,
    method: propertySetMethod,
    judge: answer => judgeReply(Buffer.from(answer).toString(), refuseData),
  })
  return { messageId, call }
}

/** Code 6335: the answer to a set says only whether it was done (Alink 5.2, trap T14). */
function refuseData(data: JsonValue): ValidationIssue[] {
  const isEmpty = data === null || data === '' || (typeof data === 'object' && Object.keys(data).length === 0)
  return isEmpty ? [] : [{ code: 6335, path: '', rule: 'data-not-empty', expected: '', got: toSnippet(data) }]
}

async function getProperties(context: PropertyContext, { productKey, deviceName, properties, ask, timeoutMs }: GetInput): Promise<GetOutput> {
  const { calls, modelOf, requireDevice, latestOf } = context
  const device = requireDevice(productKey, deviceName)
  const model = modelOf(productKey) ?? withoutModel
  const names = properties ?? [...model.properties.keys()]
  const issues = names.filter(name => !model.properties.has(name)).map(name => validatePropertySet(model, { [name]: null })[0]!)
  if (issues.length > 0)
    throw calls.refuse({ device, operation: getOperation, params: { properties: names }, method: propertyGetMethod, issues })
  const unreachable = calls.unreachable(device)
  let problem = unreachable
  if (ask && problem === null) {
    try {
      const result = await askDevice(context, device, model, names, timeoutMs)
      if (result.code === 200)
        return { values: valuesOf(result), source: 'device', code: 200, message: 'success' }
      problem = result
    }
    catch (error) {
      problem = platformProblem(error)
    }
  }
  const latest = await latestOf(device.deviceId)
  const values = Object.fromEntries(names.flatMap(name => latest[name] === undefined ? [] : [[name, latest[name]]]))
  // A device that was asked has its row in the trace already.
  if (ask && unreachable !== null)
    calls.note(device, getOperation, { properties: names }, { ...unreachable, data: Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value])) })
  return { values, source: 'stored', code: problem?.code ?? 200, message: problem?.message ?? 'success' }
}

/** An error that says in a platform code why the device gave no answer; any other one is thrown again. */
function platformProblem(error: unknown): { code: number, message: string } {
  if (error instanceof AppError && typeof error.details.platformCode === 'number')
    return { code: error.details.platformCode, message: error.message }
  throw error
}

function askDevice({ calls, now }: PropertyContext, device: FeatureDevice, model: CompiledModel, names: readonly string[], timeoutMs: number): Promise<CallResult> {
  const id = calls.nextId(device)
  const { topic, payload } = buildCommand({ ...device, id, method: propertyGetMethod, paramsText: JSON.stringify(names) })
  return calls.send({
    device,
    operation: getOperation,
    message: { topic, payload: Buffer.from(payload), qos: 1, ...checked(propertyGetMethod) },
    asked: { params: { properties: [...names] } },
    answerTopic: replyTopic(topic),
    id,
    timeoutMs,
    method: propertyGetMethod,
    judge: answer => judgeReply(Buffer.from(answer).toString(), data => checkValues(model, data, now())),
  }).result
}

function checkValues(model: CompiledModel, data: JsonValue, now: number): readonly ValidationIssue[] {
  return isJsonObject(data)
    ? validateReport(model, data, now).issues
    : [{ code: 6207, path: '', rule: 'not-object', expected: '', got: toSnippet(data) }]
}

function valuesOf({ data, at }: CallResult): Record<string, LatestValue> {
  return Object.fromEntries(Object.entries(data as JsonObject).map(([name, value]) => [name, { value, time: at }]))
}
