import type { FilterRefusal, TopicOwner } from './acl.ts'
import type { ISubscribePacket, IUnsubscribePacket } from './codec.ts'
import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import type { Session } from './session.ts'
import { limits } from '../../shared/limits.ts'
import { refuseFilter } from './acl.ts'
import { encodePacket } from './codec.ts'
import { endMalformed } from './ending.ts'
import { platformCode } from './platform-code.ts'
import { reasonCode } from './reason-code.ts'

/** What a SUBACK says of a filter that is refused, before MQTT 5. */
const failure = 0x80
const subscriptionIdMax = 268_435_455

/**
 * Handles a SUBSCRIBE: one code for each filter, at most QoS 1 granted (Alink 1.5). For a kept session the answer waits
 * until the subscriptions would survive a crash.
 */
export function handleSubscribe(core: BrokerCore, connection: Connection, packet: ISubscribePacket): void {
  const { client, session } = connection
  const id = packet.properties?.subscriptionIdentifier ?? 0
  if (packet.subscriptions.length === 0)
    return endMalformed(core, connection, 'a SUBSCRIBE has no topic filter')
  if (!Number.isInteger(id) || id > subscriptionIdMax || (id === 0 && packet.properties?.subscriptionIdentifier !== undefined))
    return endMalformed(core, connection, 'a SUBSCRIBE has a Subscription Identifier of 0 or several')
  if (client === null || session === null)
    return
  const filters = packet.subscriptions.map(({ topic, qos }, index) => {
    const refused = refusalOf(session, topic, index, client.device)
    if (refused !== null) {
      const { message } = refused
      const code = refused.reasonCode === reasonCode.topicFilterInvalid ? platformCode.topicMalformed : platformCode.forbidden
      return { filter: topic, granted: connection.version === 5 ? refused.reasonCode : failure, refusal: { code, message } }
    }
    const granted = qos === 0 ? 0 : 1
    session.subscribe(topic, { qos: granted, id })
    return { filter: topic, granted }
  })
  const codes = filters.map(({ granted }) => granted)
  core.hooks.onSubscribe(client, filters)
  core.sessions.saveSubscriptions(session, () => {
    connection.send('suback', encodePacket({ cmd: 'suback', messageId: packet.messageId!, granted: codes }, connection.version))
  })
}

function refusalOf(session: Session, filter: string, index: number, owner: TopicOwner): FilterRefusal | null {
  if (index >= limits.filtersPerSubscribeMax)
    return { reasonCode: reasonCode.quotaExceeded, message: `The SUBSCRIBE names more than ${limits.filtersPerSubscribeMax} topic filters, so ${filter} is refused.` }
  const isNew = session.subscriptions?.has(filter) !== true
  if (isNew && (session.subscriptions?.size ?? 0) >= limits.subscriptionsPerDeviceMax)
    return { reasonCode: reasonCode.quotaExceeded, message: `The device has ${limits.subscriptionsPerDeviceMax} subscriptions already, so ${filter} is refused.` }
  return refuseFilter(filter, owner)
}

/** Handles an UNSUBSCRIBE; like SUBACK, its answer waits until the change would survive a crash. */
export function handleUnsubscribe(core: BrokerCore, connection: Connection, packet: IUnsubscribePacket): void {
  const { client, session } = connection
  if (packet.unsubscriptions.length === 0)
    return endMalformed(core, connection, 'an UNSUBSCRIBE has no topic filter')
  if (client === null || session === null)
    return
  const codes = packet.unsubscriptions.map(filter => session.unsubscribe(filter) ? reasonCode.success : reasonCode.noSubscriptionExisted)
  core.hooks.onUnsubscribe(client, packet.unsubscriptions)
  core.sessions.saveSubscriptions(session, () => {
    connection.send('unsuback', encodePacket({ cmd: 'unsuback', messageId: packet.messageId!, granted: codes }, connection.version))
  })
}
