import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeliveryOutcome } from '../../../shared/contract/message.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { DownlinkMessage, FeatureDevice } from '../feature.ts'
import { parseTopic } from '../../../shared/alink/topic.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

export interface PublishContext {
  nextId: () => string
  /** Sends at once; `onResult` is called before it returns the id of the row. */
  send: (deviceId: number, message: DownlinkMessage, onResult: (outcome: DeliveryOutcome, problem?: { code: number, message: string }) => void) => number
  /** Notes in the trace a call of the API that was refused. */
  record: (device: FeatureDevice, operation: string, content: object, code: number, detail: string) => void
  /** Why a device may not receive on a topic, see `ProductTopics.refuse`. */
  refuse: (operation: 'SUB', device: FeatureDevice, path: string) => { code: number, message: string } | null
  /** Resolves when what was sent can be read in the trace. */
  settle: () => Promise<void>
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

const operation = 'Pub'

/** Messages of any bytes to a device on its custom topics (the platform's API `Pub`, Alink 12.5). */
export function publishMethodHandlers({ nextId, send, record, refuse, settle, requireDevice }: PublishContext): Pick<EngineApi['methods'], 'device.publish'> {
  return {
    'device.publish': async ({ productKey, deviceName, topic, text, payloadBase64, qos }) => {
      const device = requireDevice(productKey, deviceName)
      const whole = topic.startsWith('/') ? topic : `/${productKey}/${deviceName}/${topic}`
      const payload = Buffer.from(text ?? payloadBase64 ?? '', text === undefined ? 'base64' : 'utf8')
      const problem = topicProblem(whole, device, refuse)
      if (problem !== null) {
        const step: TraceStep = { bizCode: 'ApiService', operation, ...problem }
        record(device, operation, { TopicFullName: whole, Qos: qos, bytes: payload.length }, problem.code, packDetail({ issues: [], steps: [step] }))
        await settle()
        throw new AppError('topic/not-permitted', problem.message, { productKey, deviceName, topic: whole, platformCode: problem.code })
      }
      if (payload.length > limits.payloadBytesMax)
        throw new AppError('input/invalid', `text: expected at most ${limits.payloadBytesMax} bytes, got ${payload.length}.`, { field: 'text', got: payload.length, platformCode: 9320 })
      let outcome: DeliveryOutcome = 'sent'
      let undelivered: { code: number, message: string } | undefined
      const traceId = send(device.deviceId, { topic: whole, payload, qos, steps: [{ bizCode: 'ApiService', operation, code: 200 }] }, (result, why) => {
        outcome = result
        undelivered = why
      })
      await settle()
      return { messageId: nextId(), traceId, outcome, code: undelivered?.code ?? 200, message: undelivered?.message ?? 'success' }
    },
  }
}

/** What is wrong with a topic for a message to `device`: its form (1903), whose it is, or that devices may not receive there (9236). */
function topicProblem(topic: string, device: FeatureDevice, refuse: PublishContext['refuse']): { code: number, message: string } | null {
  const { productKey, deviceName } = device
  const parsed = parseTopic(topic)
  if (parsed.kind === 'invalid')
    return { code: 1903, message: `The topic ${topic} has a wrong form: ${parsed.reason}.` }
  if (parsed.kind !== 'custom' || parsed.productKey !== productKey || parsed.deviceName !== deviceName)
    return { code: 9236, message: `Messages to ${deviceName} go to its custom topics /${productKey}/${deviceName}/user/…, got ${topic}.` }
  return refuse('SUB', device, parsed.path)
}
