import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceCalls, FeatureDevice } from '../feature.ts'
import { customRrpcTopics, systemRrpcTopics } from '../../../shared/alink/rrpc.ts'
import { parseTopic } from '../../../shared/alink/topic.ts'
import { limits } from '../../../shared/limits.ts'

export interface RrpcContext {
  calls: DeviceCalls
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

const operation = 'RRpc'

/** Requests of any bytes that a device answers with any bytes (the platform's API `RRpc`, Alink 5.7). */
export function rrpcMethodHandlers({ calls, requireDevice }: RrpcContext): Pick<EngineApi['methods'], 'device.rrpc'> {
  return {
    'device.rrpc': async ({ productKey, deviceName, payloadBase64, topic, timeoutMs }) => {
      const device = requireDevice(productKey, deviceName)
      const payload = Buffer.from(payloadBase64, 'base64')
      if (payload.length > limits.payloadBytesMax)
        throw calls.deny(device, operation, { bytes: payload.length }, { code: 9320, message: `payloadBase64: expected at most ${limits.payloadBytesMax} bytes, got ${payload.length} (9320).` })
      const parsed = topic === undefined ? undefined : parseTopic(topic)
      if (parsed?.kind === 'invalid')
        throw calls.deny(device, operation, { topic: parsed.topic }, { code: 9321, message: `topic: expected a topic without empty levels and wildcards, got ${parsed.topic}: ${parsed.reason} (9321).` })
      const messageId = calls.nextId()
      const { request, response } = topic === undefined ? systemRrpcTopics(device, messageId) : customRrpcTopics(topic, messageId)
      const { traceId, sentAt, result } = calls.send({
        device,
        operation,
        message: { topic: request, payload, qos: 0 },
        answerTopic: response,
        id: null,
        timeoutMs,
        method: operation,
        judge: () => ({ code: 200, message: 'success', data: null, issues: [] }),
      })
      const answer = await result
      return { messageId, traceId, payloadBase64: Buffer.from(answer.payload).toString('base64'), elapsedMs: answer.at - sentAt }
    },
  }
}
