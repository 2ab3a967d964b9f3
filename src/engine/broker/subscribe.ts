import type { FilterRefusal } from './acl.ts'
import type { ISubscribePacket, IUnsubscribePacket } from './codec.ts'
import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import type { Session } from './session.ts'
import type { BrokerClient } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { refuseFilter } from './acl.ts'
import { speakerOn } from './attached.ts'
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
  // What a sub-device may subscribe to comes on top of what its gateway may.
  const subscriptionsMax = limits.subscriptionsPerDeviceMax * (1 + (connection.subDevices?.size ?? 0))
  const answers = packet.subscriptions.map(({ topic: filter, qos }, index) => {
    const speaker = speakerOn(core, connection, filter)
    const refused = refuse(core, session, filter, { isOneTooMany: index >= limits.filtersPerSubscribeMax, subscriptionsMax, owner: speaker.device })
    if (refused !== null)
      return { speaker, filter, granted: connection.version === 5 ? refused.reasonCode : failure, refusal: { code: refused.reasonCode === reasonCode.topicFilterInvalid ? platformCode.topicMalformed : platformCode.forbidden, message: refused.message } }
    const granted = qos === 0 ? 0 : 1
    session.subscribe(filter, { qos: granted, id, at: core.clock.now() })
    return { speaker, filter, granted }
  })
  for (const [speaker, own] of bySpeaker(answers))
    core.hooks.onSubscribe(speaker, own.map(({ speaker: _, ...answer }) => answer))
  core.sessions.saveSubscriptions(session, () => {
    connection.send('suback', encodePacket({ cmd: 'suback', messageId: packet.messageId!, granted: answers.map(({ granted }) => granted) }, connection.version))
  })
}

/** A gateway subscribes for itself and for its sub-devices, in one packet if it likes. */
function bySpeaker<T extends { speaker: BrokerClient }>(filters: readonly T[]): Map<BrokerClient, T[]> {
  return Map.groupBy(filters, ({ speaker }) => speaker)
}

interface Allowance {
  isOneTooMany: boolean
  subscriptionsMax: number
  /** Whose topics they have to be. */
  owner: BrokerClient['device']
}

function refuse(core: BrokerCore, session: Session, filter: string, { isOneTooMany, subscriptionsMax, owner }: Allowance): FilterRefusal | null {
  if (isOneTooMany)
    return { reasonCode: reasonCode.quotaExceeded, message: `The SUBSCRIBE names more than ${limits.filtersPerSubscribeMax} topic filters; ${filter} is one too many.` }
  const isNew = session.subscriptions?.has(filter) !== true
  if (isNew && (session.subscriptions?.size ?? 0) >= subscriptionsMax)
    return { reasonCode: reasonCode.quotaExceeded, message: `The device has ${subscriptionsMax} subscriptions already; ${filter} is one too many.` }
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
  for (const [speaker, own] of bySpeaker(packet.unsubscriptions.map(filter => ({ speaker: speakerOn(core, connection, filter), filter }))))
    core.hooks.onUnsubscribe(speaker, own.map(({ filter }) => filter))
  core.sessions.saveSubscriptions(session, () => {
    connection.send('unsuback', encodePacket({ cmd: 'unsuback', messageId: packet.messageId!, granted: codes }, connection.version))
  })
}
