import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import type { HeldMessage, Session } from './session.ts'
import type { DeliverResult, DownMessage } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { isSystemTopic } from './acl.ts'
import { buildPublish, buildPublishProperties, encodeOwnProperties } from './frame.ts'
import { exceeds } from './quota.ts'
import { MessageRate } from './throttle.ts'

/**
 * Sends a message to a device or keeps it for it. System topics go to whoever is online, subscribed or not, once (Alink
 * 1.10); everything else needs a subscription. The sender's QoS decides, the subscription's does not (Alink 1.5). Only
 * QoS 1 on other than system topics waits for a device that is away, and only for a kept session.
 */
export function deliver(core: BrokerCore, deviceId: number, message: DownMessage): DeliverResult {
  const connection = core.online.get(deviceId)
  const attached = connection === undefined ? core.attached.get(deviceId) : undefined
  if (attached !== undefined)
    return deliverThroughGateway(core, attached.connection, deviceId, message)
  const session = connection?.session ?? core.sessions.get(deviceId)
  const isSystem = isSystemTopic(message.topic)
  if (session === undefined || (connection === undefined && (isSystem || message.qos === 0)))
    return 'offline'
  const isWanted = connection !== undefined && isSystem ? reachesUnasked(core, connection, session, message.topic) : isSubscribed(core, deviceId, session, message.topic)
  if (!isWanted)
    return 'unsubscribed'
  if (connection !== undefined && isThrottled(core, connection)) {
    core.counters.droppedOut++
    return 'throttled'
  }
  if (message.qos === 1)
    return deliverHeld(core, connection, session, message)
  return transmit(core, connection!, session, outMessageOf(message)) ? 'sent' : 'dropped'
}

/** A message of QoS 0. */
function outMessageOf(message: DownMessage): OutMessage {
  return { ...message, qos: 0, packetId: 0, dup: false, hasExpiry: message.expiresAt !== undefined, properties: ownPropertiesOf(message) }
}

function ownPropertiesOf({ properties }: DownMessage): Uint8Array | null {
  return properties === undefined ? null : encodeOwnProperties(properties)
}

/** Whether a device gets messages on a topic that is no system one: it has subscribed itself, or the platform has for it. */
export function isSubscribed({ hooks }: BrokerCore, deviceId: number, session: Session, topic: string): boolean {
  return session.matches(topic) || hooks.isSubscribedFor?.(deviceId, topic) === true
}

/** Whether a device that is connected has not asked for what comes on a topic, see `Broker.isUnasked`. */
export function isUnasked(core: BrokerCore, deviceId: number, topic: string): boolean {
  const connection = core.online.get(deviceId) ?? core.attached.get(deviceId)?.connection
  if (connection === undefined || connection.isAutoSubscribed || connection.session === null)
    return false
  return !isSubscribed(core, deviceId, connection.session, topic)
}

/** Sub-devices get everything over their gateway's connection with QoS 0, so nothing waits for them (Alink 3.7). */
function deliverThroughGateway(core: BrokerCore, connection: Connection, deviceId: number, message: DownMessage): DeliverResult {
  const { session } = connection
  if (session === null)
    return 'offline'
  const isWanted = isSystemTopic(message.topic) ? reachesUnasked(core, connection, session, message.topic) : isSubscribed(core, deviceId, session, message.topic)
  if (!isWanted)
    return 'unsubscribed'
  return transmit(core, connection, session, outMessageOf(message)) ? 'sent' : 'dropped'
}

/** Counts the message while rates hold; true when it is one too many. */
function isThrottled(core: BrokerCore, connection: Connection): boolean {
  return exceeds(core, connection.client!.device, 'down', (now, rates) => (connection.rate ??= new MessageRate()).takeDown(now, rates)) !== null
}

/** Whether a system topic goes to a connection that may not have subscribed to it. */
function reachesUnasked(core: BrokerCore, connection: Connection, session: Session, topic: string): boolean {
  if (connection.isAutoSubscribed || (connection.isToldUnsubscribed && !core.strictSubscriptions) || session.matches(topic))
    return true
  if (!core.strictSubscriptions) {
    connection.isToldUnsubscribed = true
    const { productKey, deviceName } = connection.client!.device
    core.log.info('delivered to a device that has not subscribed; the cloud would not have', { productKey, deviceName, topic })
  }
  return !core.strictSubscriptions
}

function deliverHeld(core: BrokerCore, connection: Connection | undefined, session: Session, message: DownMessage): DeliverResult {
  const isNext = connection !== undefined && session.waiting === null && hasWindow(connection, session)
  if (!isNext && (session.waiting?.length ?? 0) >= limits.queuedPerDeviceMax)
    dropExpired(core, session)
  const isFull = !isNext && (session.waiting?.length ?? 0) >= limits.queuedPerDeviceMax
  const held = isFull ? null : core.sessions.hold(session, { ...message, properties: ownPropertiesOf(message) })
  if (held === null) {
    core.counters.droppedOut++
    return 'dropped'
  }
  if (!isNext) {
    (session.waiting ??= []).push(held)
    return 'queued'
  }
  return transmitHeld(core, connection, session, held) ? 'sent' : 'dropped'
}

/** Sends what waits in the session of a connection, as far as its windows allow. */
export function sendWaiting(core: BrokerCore, connection: Connection): void {
  const { session } = connection
  if (session === null || session.waiting === null)
    return
  const { waiting } = session
  let sent = 0
  while (sent < waiting.length && hasWindow(connection, session))
    transmitHeld(core, connection, session, waiting[sent++]!)
  session.waiting = sent === waiting.length ? null : waiting.slice(sent)
}

/** The device has acknowledged a QoS 1 message; an id nobody waits for changes nothing. */
export function acknowledge(core: BrokerCore, connection: Connection, packetId: number): void {
  const { session } = connection
  const message = session?.inflight?.get(packetId)
  if (session === null || message === undefined)
    return
  session.inflight!.delete(packetId)
  if (session.inflight!.size === 0)
    session.inflight = null
  core.sessions.release(session, message)
  message.onAcknowledged?.()
  sendWaiting(core, connection)
}

function hasWindow(connection: Connection, session: Session): boolean {
  const unacknowledged = session.inflight?.size ?? 0
  return unacknowledged < Math.min(limits.inflightPerConnectionMax, connection.receiveMaximum)
    && connection.queuedBytes() <= limits.socketQueueBytesMax
}

/** Sends a QoS 1 message, again with DUP if it has been sent before; false when it had to be given up. */
function transmitHeld(core: BrokerCore, connection: Connection, session: Session, message: HeldMessage): boolean {
  const dup = message.packetId !== 0
  const isExpired = message.expiresAt <= core.clock.now()
  if (!dup)
    message.packetId = session.takePacketId()
  if (isExpired || !transmit(core, connection, session, { ...message, qos: 1, dup })) {
    core.sessions.release(session, message)
    if (isExpired)
      core.counters.droppedOut++
    return false
  }
  (session.inflight ??= new Map()).set(message.packetId, message)
  return true
}

interface OutMessage {
  topic: string
  payload: Uint8Array
  qos: 0 | 1
  packetId: number
  dup: boolean
  expiresAt?: number
  hasExpiry: boolean
  properties: Uint8Array | null
}

/** Puts a PUBLISH on the wire; false, and counted, when the connection has no room or the device takes no packet that long. */
function transmit(core: BrokerCore, connection: Connection, session: Session, message: OutMessage): boolean {
  const frame = buildPublish({ ...message, properties: connection.version === 5 ? propertiesOf(core, session, message) : null })
  // What is already in flight for QoS 1 has been given its room.
  const hasRoom = message.qos === 1 || connection.queuedBytes() + frame.length <= limits.socketQueueBytesMax
  if (!hasRoom || frame.length > connection.packetBytesMax) {
    core.counters.droppedOut++
    return false
  }
  connection.send('publish', frame)
  core.counters.publishesOut++
  return true
}

const noProperties = new Uint8Array(0)

function propertiesOf(core: BrokerCore, session: Session, { topic, expiresAt, hasExpiry, properties }: OutMessage): Uint8Array {
  const ids = session.matchingIds(topic)
  const leftSec = Math.ceil(((expiresAt ?? 0) - core.clock.now()) / 1000)
  const expirySec = hasExpiry ? Math.min(Math.max(0, leftSec), 0xFFFF_FFFF) : null
  return ids.length === 0 && expirySec === null ? properties ?? noProperties : buildPublishProperties(expirySec, ids, properties)
}

/** Makes room in a full queue by giving up what nobody would get any more. */
function dropExpired(core: BrokerCore, session: Session): void {
  const now = core.clock.now()
  const expired = session.waiting?.filter(message => message.expiresAt <= now) ?? []
  for (const message of expired)
    core.sessions.release(session, message)
  core.counters.droppedOut += expired.length
  if (expired.length > 0)
    session.waiting = session.waiting!.filter(message => message.expiresAt > now)
}
