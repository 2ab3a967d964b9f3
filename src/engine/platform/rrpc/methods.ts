import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceCall, DeviceCalls, FeatureDevice } from '../feature.ts'
import { customRrpcTopics, systemRrpcTopics } from '../../../shared/alink/rrpc.ts'
import { parseTopic } from '../../../shared/alink/topic.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

export interface RrpcContext {
  calls: DeviceCalls
  /** The connection of a device, unique in this run; undefined while it is offline. */
  connectionOf: (deviceId: number) => number | undefined
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Handlers = Pick<EngineApi['methods'], 'device.rrpc' | 'device.rrpcAsync'>
type Request = Pick<Parameters<Handlers['device.rrpcAsync']>[0], 'payloadBase64' | 'topic' | 'contentType' | 'note'>

/** Requests of any bytes that a device answers with any bytes (the platform's API `RRpc` and `AsyncRRpc`, Alink 5.7). */
export function rrpcMethodHandlers({ calls, connectionOf, requireDevice }: RrpcContext): Handlers {
  return {
    'device.rrpc': async ({ productKey, deviceName, timeoutMs, ...request }) => {
      const device = requireDevice(productKey, deviceName)
      const call = buildCall(calls, device, 'RRpc', request, timeoutMs)
      const { messageId } = call
      const connectionId = connectionOf(device.deviceId)
      const { traceId, rowId, sentAt, result } = calls.send(call)
      try {
        const answer = await result
        return { messageId, traceId, rowId, payloadBase64: Buffer.from(answer.payload).toString('base64'), elapsedMs: answer.at - sentAt }
      }
      catch (error) {
        if (!(error instanceof AppError))
          throw error
        throw new AppError(error.code, error.message, { ...error.details, messageId, traceId, rowId, isHalfOpen: connectionOf(device.deviceId) !== connectionId })
      }
    },
    'device.rrpcAsync': ({ productKey, deviceName, ...request }) => {
      const call = buildCall(calls, requireDevice(productKey, deviceName), 'AsyncRRpc', request, null)
      const { traceId, rowId } = calls.send(call)
      return { messageId: call.messageId, traceId, rowId }
    },
  }
}

/** Throws AppError input/invalid, which the trace then shows. */
function buildCall(calls: DeviceCalls, device: FeatureDevice, operation: string, { payloadBase64, topic, contentType, note }: Request, timeoutMs: number | null): DeviceCall & { messageId: string } {
  const payload = Buffer.from(payloadBase64, 'base64')
  if (payload.length > limits.payloadBytesMax)
    throw calls.deny(device, operation, { bytes: payload.length }, { code: 9320, message: `payloadBase64: expected at most ${limits.payloadBytesMax} bytes, got ${payload.length} (9320).` })
  const parsed = topic === undefined ? undefined : parseTopic(topic)
  if (parsed?.kind === 'invalid')
    throw calls.deny(device, operation, { topic: parsed.topic }, { code: 9321, message: `topic: expected a topic without empty levels and wildcards, got ${parsed.topic}: ${parsed.reason} (9321).` })
  const messageId = calls.nextId()
  const { request, response } = topic === undefined ? systemRrpcTopics(device, messageId) : customRrpcTopics(topic, messageId)
  return {
    messageId,
    device,
    operation,
    message: {
      topic: request,
      payload,
      qos: 0,
      ...(contentType !== undefined && { properties: { contentType } }),
      ...(note !== undefined && { note: `Note of the caller: ${note}` }),
    },
    answerTopic: response,
    id: null,
    timeoutMs,
    method: operation,
    asked: { params: { ...(topic !== undefined && { topic }), payloadBase64 } },
    judge: () => ({ code: 200, message: 'success', data: null, issues: [] }),
  }
}
