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
  const speakers = packet.subscriptions.map(({ topic }) => speakerOn(core, connection, topic))
  const codes = packet.subscriptions.map(({ topic, qos }, index) => {
    const refused = refusalCode(session, topic, { isOneTooMany: index >= limits.filtersPerSubscribeMax, subscriptionsMax, owner: speakers[index]!.device })
    if (refused !== null) {
      return connection.version === 5 ? refused : failure
    }
    const granted = qos === 0 ? 0 : 1
    session.subscribe(topic, { qos: granted, id })
    return granted
  })
  const filters = packet.subscriptions.map(({ topic }, index) => ({ speaker: speakers[index]!, filter: topic, granted: codes[index]! }))
  for (const [speaker, own] of bySpeaker(filters))
    core.hooks.onSubscribe(speaker, own.map(({ filter, granted }) => ({ filter, granted })))
  core.sessions.saveSubscriptions(session, () => {
    connection.send('suback', encodePacket({ cmd: 'suback', messageId: packet.messageId!, granted: codes }, connection.version))
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

function refusalCode(session: Session, filter: string, { isOneTooMany, subscriptionsMax, owner }: Allowance): number | null {
  const isNew = session.subscriptions?.has(filter) !== true
  if (isOneTooMany || (isNew && (session.subscriptions?.size ?? 0) >= subscriptionsMax))
    return reasonCode.quotaExceeded
  return refuseFilter(filter, owner)?.reasonCode ?? null
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
