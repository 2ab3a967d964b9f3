import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { Outcome, UpMessage } from '../feature.ts'
import { buildNtpResponse, ntpResponseTopic, parseNtpRequest } from '../../../shared/alink/ntp.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'

const utf8 = new TextDecoder()

/**
 * Answers a device's question for the time at once and with QoS 0 (Alink 7.2, trap T28). A question that cannot be read
 * (6207) or lacks `deviceSendTime` (460) gets no answer. `sentAt` in epoch milliseconds. Pure.
 */
export function handleNtpRequest({ device, topicText, payload, receivedAt }: UpMessage, sentAt: number): Outcome {
  const text = utf8.decode(payload)
  const deviceSendTime = parseNtpRequest(text)
  if (typeof deviceSendTime !== 'string') {
    const code = deviceSendTime === null ? 6207 : 460
    const message = `deviceSendTime: expected a JSON object such as {"deviceSendTime":"1735689600000"}, got ${toSnippet(text)} (${code}).`
    return { code, detail: detailOf(topicText, [{ bizCode: 'Other', operation: 'ntp', code, message }]) }
  }
  const topic = ntpResponseTopic(device)
  return {
    code: 200,
    detail: detailOf(topicText, [{ bizCode: 'Other', operation: 'ntp', code: 200 }, { bizCode: 'downlink', operation: topic, code: 200 }]),
    replies: [{ topic, payload: Buffer.from(buildNtpResponse(deviceSendTime, receivedAt, sentAt)) }],
  }
}

function detailOf(topic: string, steps: TraceStep[]): string {
  return packDetail({ issues: [], steps: [{ bizCode: 'uplink', operation: topic, code: 200 }, ...steps] }, topic)
}
