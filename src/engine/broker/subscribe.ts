import type { FilterRefusal, TopicOwner } from './acl.ts'
import type { ISubscribePacket, IUnsubscribePacket } from './codec.ts'
import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import type { Session } from './session.ts'
import { limits } from '../../shared/limits.ts'
import { refuseFilter } from './acl.ts'
import { encodePacket } from './codec.ts'
import { endMalformed } from './ending.ts'
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
  const answers = packet.subscriptions.map(({ topic: filter, qos }, index) => {
    const refused = refuse(core, session, filter, index, client.device)
    if (refused !== null)
      return { filter, granted: connection.version === 5 ? refused.reasonCode : failure, message: refused.message }
    const granted = qos === 0 ? 0 : 1
    session.subscribe(filter, { qos: granted, id })
    return { filter, granted }
  })
  const codes = answers.map(({ granted }) => granted)
  core.hooks.onSubscribe(client, answers)
  core.sessions.saveSubscriptions(session, () => {
    connection.send('suback', encodePacket({ cmd: 'suback', messageId: packet.messageId!, granted: codes }, connection.version))
  })
}

function refuse(core: BrokerCore, session: Session, filter: string, index: number, owner: TopicOwner): FilterRefusal | null {
  if (index >= limits.filtersPerSubscribeMax)
    return { reasonCode: reasonCode.quotaExceeded, message: `The SUBSCRIBE names more than ${limits.filtersPerSubscribeMax} topic filters; ${filter} is one too many.` }
  const isNew = session.subscriptions?.has(filter) !== true
  if (isNew && (session.subscriptions?.size ?? 0) >= limits.subscriptionsPerDeviceMax)
    return { reasonCode: reasonCode.quotaExceeded, message: `The device has ${limits.subscriptionsPerDeviceMax} subscriptions already; ${filter} is one too many.` }
  return refuseFilter(filter, owner, core.hooks.refuseCustomTopic)
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
