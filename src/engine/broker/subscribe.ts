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
  const codes = packet.subscriptions.map(({ topic, qos }, index) => {
    const refused = refusalCode(session, topic, index, client.device)
    if (refused !== null) {
      return connection.version === 5 ? refused : failure
    }
    const granted = qos === 0 ? 0 : 1
    session.subscribe(topic, { qos: granted, id })
    return granted
  })
  core.hooks.onSubscribe(client, packet.subscriptions.map(({ topic }, index) => ({ filter: topic, granted: codes[index]! })))
  core.sessions.saveSubscriptions(session, () => {
    connection.send('suback', encodePacket({ cmd: 'suback', messageId: packet.messageId!, granted: codes }, connection.version))
  })
}

function refusalCode(session: Session, filter: string, index: number, owner: { productKey: string, deviceName: string }): number | null {
  if (index >= limits.filtersPerSubscribeMax)
    return reasonCode.quotaExceeded
  const isNew = session.subscriptions?.has(filter) !== true
  if (isNew && (session.subscriptions?.size ?? 0) >= limits.subscriptionsPerDeviceMax)
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
  core.hooks.onUnsubscribe(client, packet.unsubscriptions)
  core.sessions.saveSubscriptions(session, () => {
    connection.send('unsuback', encodePacket({ cmd: 'unsuback', messageId: packet.messageId!, granted: codes }, connection.version))
  })
}
