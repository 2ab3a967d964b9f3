import type { TopicIdentity } from '../../../shared/alink/topic.ts'
import { propertyPostTopic } from '../../../shared/alink/property.ts'
import { replyTopic } from '../../../shared/alink/topic.ts'

export interface SubscriptionWish {
  /** To what the platform delivers unasked and other brokers do not: replies to posts, and commands. */
  toReplies: boolean
  /** More filters, with `{productKey}` and `{deviceName}` for the device's own. */
  more: readonly string[]
}

/**
 * What a device subscribes to after connecting; nothing on the platform, unless more is wished. RRPC over any topic is
 * left out: its answer goes out on the topic of the request, and a broker would give it back as another request.
 */
export function subscriptionsOf(device: TopicIdentity, { toReplies, more }: SubscriptionWish): string[] {
  const root = `/sys/${device.productKey}/${device.deviceName}`
  return [
    ...(toReplies ? [replyTopic(propertyPostTopic(device)), `${root}/thing/service/#`, `${root}/rrpc/request/+`] : []),
    ...more.map(filter => filter.replaceAll('{productKey}', device.productKey).replaceAll('{deviceName}', device.deviceName)),
  ]
}
