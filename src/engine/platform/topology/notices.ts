import type { OutgoingMessage } from '../../../shared/alink/property.ts'
import type { TopicIdentity } from '../../../shared/alink/topic.ts'
import type { TopologyChange } from '../../../shared/alink/topology.ts'
import type { DeviceCalls, FeatureDevice, OpenCall } from '../feature.ts'
import { namesOf } from '../../../shared/alink/sub-device.ts'
import { methodOfTopic, replyTopic } from '../../../shared/alink/topic.ts'
import { buildTopologyChange } from '../../../shared/alink/topology.ts'
import { AppError } from '../../../shared/errors.ts'
import { judgeReply } from '../../../shared/thing-model/judge-reply.ts'

const utf8 = new TextDecoder()

/** Sends a gateway a notice about its topology. Nobody waits for the answer, which is in the trace when it comes. */
export function sendNotice(calls: DeviceCalls, gateway: FeatureDevice, operation: string, build: (id: string) => OutgoingMessage): OpenCall & { messageId: string } {
  const messageId = calls.nextId()
  const { topic, payload } = build(messageId)
  const method = methodOfTopic(topic)
  const call = calls.send({
    device: gateway,
    operation,
    message: { topic, payload: Buffer.from(payload), qos: 1, steps: [{ bizCode: 'ThingTopo', operation: method, code: 200 }] },
    answerTopic: replyTopic(topic),
    id: messageId,
    timeoutMs: null,
    method,
    bizCode: 'ThingTopo',
    judge: answer => judgeReply(utf8.decode(answer), () => []),
  })
  return { ...call, messageId }
}

/**
 * Tells a gateway what the platform has changed about its sub-devices (Alink 3.5). A gateway that cannot be told is not:
 * it asks for its topology when it comes back. Returns the id of the message, null when there is none.
 */
export function tellChange(calls: DeviceCalls, gateway: FeatureDevice, operation: string, change: TopologyChange, devices: readonly TopicIdentity[]): string | null {
  if (calls.unreachable(gateway) !== null) {
    calls.note(gateway, operation, { change, devices: devices.map(namesOf) })
    return null
  }
  try {
    return sendNotice(calls, gateway, operation, id => buildTopologyChange(gateway, change, devices, id)).messageId
  }
  catch (error) {
    // The change itself stands; the trace says why the notice did not arrive.
    if (error instanceof AppError)
      return null
    throw error
  }
}
