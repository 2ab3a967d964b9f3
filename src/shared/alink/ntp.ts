import type { TopicIdentity } from './topic.ts'
import { isJsonObject, toNumber } from '../json.ts'
import { rawNumberAt } from './envelope.ts'

/** The topic on which a device gets the answer to its question for the time. */
export function ntpResponseTopic({ productKey, deviceName }: TopicIdentity): string {
  return `/ext/ntp/${productKey}/${deviceName}/response`
}

/** The topic on which a device asks for the time. */
export function ntpRequestTopic({ productKey, deviceName }: TopicIdentity): string {
  return `/ext/ntp/${productKey}/${deviceName}/request`
}

/** A device's question for the time; `sentAt` in epoch milliseconds of its own clock (Alink 7.2). */
export function buildNtpRequest(sentAt: number): string {
  return `{"deviceSendTime":"${sentAt}"}`
}

/**
 * The `deviceSendTime` of a question for the time, as text and digit for digit: it is echoed and never interpreted, since
 * clients send "1234" as well as a number (Alink 7.2). Null when the text is no JSON object, undefined when it lacks the time.
 */
export function parseNtpRequest(text: string): string | null | undefined {
  let message: unknown
  try {
    message = JSON.parse(text)
  }
  catch {
    return null
  }
  if (!isJsonObject(message))
    return null
  const { deviceSendTime } = message
  if (typeof deviceSendTime === 'number')
    return rawNumberAt(text, ['deviceSendTime']) ?? String(deviceSendTime)
  return typeof deviceSendTime === 'string' ? deviceSendTime : undefined
}

/** The answer: all members are texts, the platform's times in epoch milliseconds (Alink 7.2, trap T28). */
export function buildNtpResponse(deviceSendTime: string, receivedAt: number, sentAt: number): string {
  return `{"deviceSendTime":${JSON.stringify(deviceSendTime)},"serverRecvTime":"${Math.trunc(receivedAt)}","serverSendTime":"${Math.trunc(sentAt)}"}`
}

/**
 * The platform's clock at the moment of arrival of an answer, in epoch milliseconds, by the formula of the device SDKs;
 * null when the answer has not the form.
 */
export function timeFromNtp(text: string, receivedAt: number): number | null {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  }
  catch {
    return null
  }
  if (!isJsonObject(answer))
    return null
  const time = (toNumber(answer.serverRecvTime) + toNumber(answer.serverSendTime) + receivedAt - toNumber(answer.deviceSendTime)) / 2
  return Number.isFinite(time) ? time : null
}
