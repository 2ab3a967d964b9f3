import { parseTopic } from '../../../shared/alink/topic.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

/** The whole broadcast topic from it or from its last part; throws AppError topic/not-permitted for any other topic. */
export function toBroadcastTopic(productKey: string, named: string): string {
  const topic = named.startsWith('/') ? named : `/broadcast/${productKey}/${named}`
  const parsed = parseTopic(topic)
  if (parsed.kind === 'invalid')
    throw new AppError('topic/not-permitted', `The topic ${topic} has a wrong form: ${parsed.reason}.`, { topic, platformCode: 1903 })
  if (parsed.kind !== 'broadcast' || parsed.productKey !== productKey)
    throw new AppError('topic/not-permitted', `A broadcast of product ${productKey} goes to /broadcast/${productKey}/…, got ${topic}.`, { topic, platformCode: 9236 })
  return topic
}

export interface BroadcastFacts {
  bytes: number
  /** Milliseconds since the product's last broadcast. */
  sinceLastMs: number
  /** Devices that have subscribed to the topic; null when everybody online is meant. */
  subscribers: number | null
  applyLimits: boolean
}

/** Why a broadcast is not sent, as a sentence; null when it is (Alink 1.6 and 7.5). */
export function findBroadcastProblem({ bytes, sinceLastMs, subscribers, applyLimits }: BroadcastFacts): string | null {
  const bytesMax = applyLimits ? limits.broadcastBytesMax : limits.payloadBytesMax
  if (bytes > bytesMax)
    return `A broadcast has at most ${bytesMax} bytes, got ${bytes}.`
  if (!applyLimits)
    return null
  if (sinceLastMs < limits.broadcastIntervalMs)
    return `A product may have one broadcast in ${limits.broadcastIntervalMs / 1000} s; the last was ${Math.floor(sinceLastMs / 1000)} s ago.`
  if (subscribers !== null && subscribers > limits.broadcastSubscribersMax)
    return `A broadcast topic reaches at most ${limits.broadcastSubscribersMax} devices; ${subscribers} have subscribed.`
  return null
}
