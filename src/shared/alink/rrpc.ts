import type { TopicIdentity } from './topic.ts'

/** Where a synchronous request goes and where its answer comes from (Alink 5.7). */
export interface RrpcTopics { request: string, response: string }

/** The RRPC topics that every device has: `/sys/…/rrpc/request/{messageId}` is answered on `/sys/…/rrpc/response/{messageId}`. */
export function systemRrpcTopics({ productKey, deviceName }: TopicIdentity, messageId: string): RrpcTopics {
  const root = `/sys/${productKey}/${deviceName}/rrpc`
  return { request: `${root}/request/${messageId}`, response: `${root}/response/${messageId}` }
}

/** RRPC over any topic, which begins with `/`: request and answer use the same one, `/ext/rrpc/{messageId}{topic}`. */
export function customRrpcTopics(topic: string, messageId: string): RrpcTopics {
  const wrapped = `/ext/rrpc/${messageId}${topic}`
  return { request: wrapped, response: wrapped }
}

/**
 * The RRPC topics of a synchronous service, chosen by the bit field `ext` of the client id: with bit 0 the service's own
 * topic is wrapped (Link SDK for C 4), otherwise the system topic carries it (trap T16).
 */
export function serviceRrpcTopics(identity: TopicIdentity, serviceTopic: string, messageId: string, ext: number): RrpcTopics {
  return (ext & 1) === 1 ? customRrpcTopics(serviceTopic, messageId) : systemRrpcTopics(identity, messageId)
}

/** The bit field `ext` of a client id's parameters; 0 when there is none or it is no number. */
export function parseExt(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0
}
