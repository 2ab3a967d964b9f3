import type { BrokerCore } from './core.ts'
import type { Session } from './session.ts'
import type { DeviceSubscription } from './types.ts'
import { identityIn } from '../../shared/alink/topic.ts'
import { isSubscribed } from './delivery.ts'

/** The session in which a device's subscriptions are: its own, connected or kept, or that of the gateway it is logged in through. */
function sessionOf({ online, attached, sessions }: BrokerCore, deviceId: number): Session | null | undefined {
  return (online.get(deviceId) ?? attached.get(deviceId)?.connection)?.session ?? sessions.get(deviceId)
}

/** Whether a device that is online gets what is sent on a topic; see `Broker.hasSubscribed`. */
export function hasSubscribed(core: BrokerCore, deviceId: number, topic: string): boolean {
  const session = (core.online.get(deviceId) ?? core.attached.get(deviceId)?.connection)?.session
  return session ? isSubscribed(core, deviceId, session, topic) : false
}

/** What a device has subscribed to itself; see `Broker.subscriptionsOf`. A gateway's list is without what it asked for its sub-devices. */
export function subscriptionsOf(core: BrokerCore, deviceId: number): DeviceSubscription[] {
  const subscriptions = sessionOf(core, deviceId)?.subscriptions ?? []
  return Array.from(subscriptions, ([filter, { at }]) => ({ filter, at })).filter(({ filter }) => isOwn(core, deviceId, filter))
}

/** Filters that name nobody belong to whoever has the session. */
function isOwn({ hooks, attached }: BrokerCore, deviceId: number, filter: string): boolean {
  const named = identityIn(filter)
  const owner = named === null ? undefined : hooks.findDevice(named.productKey, named.deviceName)
  return owner === undefined ? !attached.has(deviceId) : owner.deviceId === deviceId
}

/** Ends a subscription that a device has made itself; see `Broker.unsubscribe`. */
export function endSubscription(core: BrokerCore, deviceId: number, filter: string): boolean {
  const session = sessionOf(core, deviceId)
  if (!session || !isOwn(core, deviceId, filter) || !session.unsubscribe(filter))
    return false
  core.sessions.saveSubscriptions(session, () => {})
  return true
}
