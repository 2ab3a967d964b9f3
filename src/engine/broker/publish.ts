import type { Buffer } from 'node:buffer'
import type { IPublishPacket } from './codec.ts'
import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import type { BrokerClient, IncomingPublish, OfflineReason } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { refusePublish } from './acl.ts'
import { speakerOn } from './attached.ts'
import { decodePacket } from './codec.ts'
import { pauseReason } from './connection.ts'
import { endConnection, endMalformed } from './ending.ts'
import { buildPuback, readPublish } from './frame.ts'
import { platformCode } from './platform-code.ts'
import { exceeds } from './quota.ts'
import { reasonCode } from './reason-code.ts'
import { MessageRate } from './throttle.ts'

/** Handles a PUBLISH between `start` and `end`: reads it, judges its topic, and hands it to the platform. */
export function handlePublish(core: BrokerCore, connection: Connection, bytes: Buffer, start: number, end: number): void {
  const flags = bytes[start]!
  const qos = flags >> 1 & 3
  if (qos === 3)
    return endMalformed(core, connection, 'a PUBLISH has QoS 3')
  if (qos === 2)
    return endConnection(core, connection, { code: platformCode.unknownMessage, message: 'The device published with QoS 2; the platform knows 0 and 1.' }, reasonCode.qosNotSupported)
  if (connection.version === 5 && (flags & 1) !== 0)
    return endConnection(core, connection, { code: platformCode.unknownMessage, message: 'The device published a retained message; the platform keeps none.' }, reasonCode.retainNotSupported)

  const message = readPublish(bytes, start, end, connection.version)
  if (message === null)
    return endMalformed(core, connection, 'a PUBLISH breaks the rules of its form')
  if (message.hasProperties && !applyProperties(core, connection, message, bytes.subarray(start, end)))
    return
  if (message.topic === '')
    return endConnection(core, connection, { code: platformCode.unknownMessage, message: 'The device published without a topic.' }, reasonCode.protocolError)
  takePublish(core, connection, message)
}

/** A PUBLISH that is longer than any may be: what is kept of it is enough to say so and to acknowledge it. */
export function handleLongPublish(core: BrokerCore, connection: Connection, head: Buffer): void {
  handlePublish(core, connection, head, 0, head.length)
}

/**
 * Reads the MQTT 5 properties of a PUBLISH. Of all that there are only the topic alias means something to the platform;
 * it puts the topic in. False when a property has ended the connection.
 */
function applyProperties(core: BrokerCore, connection: Connection, message: IncomingPublish, frame: Buffer): boolean {
  const decoded = decodePacket(frame, 5)
  const packet = 'problem' in decoded ? null : decoded.packet as IPublishPacket
  // The parser does not mind a property that runs on into the payload.
  if (packet === null || packet.payload.length !== message.payload.length) {
    endMalformed(core, connection, 'the properties of a PUBLISH break the rules of their form')
    return false
  }
  const { subscriptionIdentifier, topicAlias } = packet.properties ?? {}
  if (subscriptionIdentifier !== undefined) {
    endConnection(core, connection, { code: platformCode.unknownMessage, message: 'The device published with a Subscription Identifier, which only a server may send.' }, reasonCode.protocolError)
    return false
  }
  const topic = topicAlias === undefined ? message.topic : resolveAlias(connection, message.topic, topicAlias)
  if (topic === null) {
    endConnection(core, connection, { code: platformCode.unknownMessage, message: `The device used a topic alias outside 1 to ${limits.topicAliasesMax}, or one it had not given a topic.` }, reasonCode.topicAliasInvalid)
    return false
  }
  message.topic = topic
  return true
}

/** MQTT 5, 3.3.2.3.4: a topic with an alias gives the alias its meaning, an empty one takes it. Null: not allowed. */
function resolveAlias(connection: Connection, topic: string, alias: number): string | null {
  if (!Number.isInteger(alias) || alias < 1 || alias > limits.topicAliasesMax)
    return null
  if (topic === '')
    return connection.topicAliases?.get(alias) ?? null
  connection.topicAliases ??= new Map()
  connection.topicAliases.set(alias, topic)
  return topic
}

function takePublish(core: BrokerCore, connection: Connection, message: IncomingPublish): void {
  const { packetId } = message
  if (message.qos === 1 && connection.unacknowledged !== null) {
    // The device repeats what is still being worked on; the acknowledgement that is under way answers both.
    if (message.dup && connection.unacknowledged.has(packetId))
      return
    if (connection.version === 5 && connection.unacknowledged.size >= limits.inflightPerConnectionMax && !connection.unacknowledged.has(packetId))
      return endConnection(core, connection, { code: platformCode.unknownMessage, message: `The device sent more than ${limits.inflightPerConnectionMax} QoS 1 messages without waiting for their acknowledgements.` }, reasonCode.receiveMaximumExceeded)
  }
  core.counters.publishesIn++
  const refusal = judge(core, connection, message) ?? throttle(core, connection, message)
  const speaker = refusal === null ? connection.permittedClient! : connection.client!
  if (refusal !== null && message.payload.length > limits.payloadBytesMax)
    message.payload = message.payload.subarray(0, limits.payloadBytesMax)
  if (message.qos === 0) {
    core.hooks.onPublish(speaker, message, refusal, nothing)
    return
  }
  connection.sendsQos1 = true
  let isAcknowledged = false
  core.hooks.onPublish(speaker, message, refusal, (how) => {
    if (isAcknowledged)
      return
    isAcknowledged = true
    connection.unacknowledged?.delete(packetId)
    if (how !== 'silently')
      connection.send('puback', buildPuback(packetId, connection.version === 5 ? pubackCode(refusal) : reasonCode.success))
  })
  if (!isAcknowledged && !connection.hasEnded)
    (connection.unacknowledged ??= new Set()).add(packetId)
  if (core.hasPressure)
    connection.pauseReading(pauseReason.pressure)
}

function nothing(): void {}

/**
 * Why the message is dropped, or null, and then `permittedClient` is who speaks. Devices repeat their topics, so the last
 * one that passed needs no second look.
 */
function judge(core: BrokerCore, connection: Connection, { topic, payload }: IncomingPublish): OfflineReason | null {
  if (payload.length > limits.payloadBytesMax)
    return { code: platformCode.payloadInvalid, message: `The payload is longer than the ${limits.payloadBytesMax} bytes that are allowed.` }
  if (topic === connection.permittedTopic)
    return null
  const client = connection.client!
  const speaker = connection.subDevices === null ? client : speakerOn(core, connection, topic)
  const refusal = refusePublish(topic, speaker.device, core.hooks.refuseCustomTopic)
  if (refusal === null) {
    connection.permittedTopic = topic
    connection.permittedClient = speaker
  }
  else if (refusal.code === platformCode.topicNotPermitted && speaker === client) {
    return judgeForeign(core, connection, client, topic, refusal)
  }
  return refusal
}

/** The platform may know more about a topic that is not the publisher's own; what it lets pass is asked about again next time. */
function judgeForeign({ hooks }: BrokerCore, connection: Connection, client: BrokerClient, topic: string, refusal: OfflineReason): OfflineReason | null {
  const verdict = hooks.onForeignTopic?.(client.device, topic)
  if (verdict === null) {
    connection.permittedTopic = ''
    connection.permittedClient = client
  }
  return verdict === undefined ? refusal : verdict
}

/** Why a message exceeds the rates, or null; counted only while some hold. */
function throttle(core: BrokerCore, connection: Connection, { topic, qos }: IncomingPublish): OfflineReason | null {
  return exceeds(core, connection.client!.device, 'up', (now, rates) => (connection.rate ??= new MessageRate()).takeUp(now, topic, qos, rates))
}

/** What MQTT 5 tells the device of a message that was dropped; the older versions have no words for it. */
function pubackCode(refusal: OfflineReason | null): number {
  switch (refusal?.code) {
    case undefined:
    case platformCode.topicThrottled:
    case platformCode.deviceThrottled:
      // Trap T26: whoever is throttled is not told.
      return reasonCode.success
    case platformCode.topicNotPermitted:
      return reasonCode.notAuthorized
    case platformCode.topicMalformed:
      return reasonCode.topicNameInvalid
    default:
      return reasonCode.quotaExceeded
  }
}
