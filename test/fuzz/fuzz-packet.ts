import type { IConnectPacket, Packet } from 'mqtt-packet'
import type { Dice } from './dice.ts'
import type { FuzzIdentity } from './fuzz-topics.ts'
import { Buffer } from 'node:buffer'
import mqttPacket from 'mqtt-packet'
import { parseTopic } from '../../src/shared/alink/topic.ts'
import { anyPayload, spoilBytes } from './fuzz-payload.ts'
import { anyTopicText } from './fuzz-topics.ts'

export type MqttLevel = 3 | 4 | 5

export function frameOf(packet: Packet, version: MqttLevel): Buffer {
  return mqttPacket.generate(packet, { protocolVersion: version })
}

/** A string with its length in front; the library refuses what a fuzzer has to send. */
function field(text: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(text.length & 0xFFFF)
  return Buffer.concat([length, text])
}

/** A PUBLISH with any topic and payload, well formed as a packet. */
export function publishFrame(topic: string, payload: Buffer, qos: 0 | 1, messageId: number, version: MqttLevel, dice: Dice): Buffer {
  const properties = version !== 5
    ? Buffer.alloc(0)
    : dice.pick([Buffer.from([0]), Buffer.from([0]), Buffer.from([3, 0x23, 0, 1]), Buffer.from([7, 0x26, 0, 1, 0x61, 0, 1, 0x62]), Buffer.from([2, 1, 1]), Buffer.from([5, 2, 0, 0, 0, 9])])
  const id = Buffer.alloc(qos === 0 ? 0 : 2)
  if (qos === 1)
    id.writeUInt16BE(messageId)
  const body = Buffer.concat([field(Buffer.from(topic)), id, properties, payload])
  const length: number[] = []
  for (let rest = body.length; rest > 0 || length.length === 0; rest = Math.floor(rest / 128))
    length.push(rest % 128 | (rest >= 128 ? 0x80 : 0))
  return Buffer.concat([Buffer.from([0x30 | qos << 1 | (qos === 1 && dice.chance(0.05) ? 8 : 0), ...length]), body])
}

/** A publish of a device on any topic, with a payload from right to nonsense. */
export function anyPublish(dice: Dice, identity: FuzzIdentity, messageId: number, version: MqttLevel): Buffer {
  const topic = anyTopicText(dice, identity)
  // MQTT forbids an empty topic without an alias; it is for the spoilt packets.
  const text = topic === '' ? '/x' : topic
  return publishFrame(text, anyPayload(parseTopic(text), text, dice, identity), dice.chance(0.5) ? 1 : 0, messageId, version, dice)
}

function controlPacket(dice: Dice, { productKey, deviceName }: FuzzIdentity, version: MqttLevel): Packet {
  const filter = () => dice.pick([`/sys/${productKey}/${deviceName}/#`, `/sys/${productKey}/${deviceName}/thing/event/+/post_reply`, `/${productKey}/${deviceName}/user/+`, `/broadcast/${productKey}/all`, '/sys/+/+/thing', '#', '/ext/rrpc/+/a', `$share/g/${productKey}`, 'x'.repeat(dice.below(200) + 1)])
  const messageId = 1 + dice.below(0xFFFF)
  return dice.pick<() => Packet>([
    () => ({ cmd: 'subscribe', messageId, subscriptions: Array.from({ length: 1 + dice.below(10) }, () => ({ topic: filter(), qos: dice.pick([0, 1, 2] as const), ...(version === 5 && { nl: dice.chance(0.5), rap: dice.chance(0.5), rh: dice.below(3) }) })), ...(version === 5 && dice.chance(0.5) && { properties: { subscriptionIdentifier: 1 + dice.below(100) } }) }),
    () => ({ cmd: 'unsubscribe', messageId, unsubscriptions: Array.from({ length: 1 + dice.below(10) }, filter) }),
    () => ({ cmd: 'puback', messageId, ...(version === 5 && { reasonCode: dice.pick([0, 0x10, 0x80, 0x97]), properties: { reasonString: 'x', userProperties: { a: ['b', 'c'] } } }) }),
    () => ({ cmd: 'pingreq' }),
    () => ({ cmd: 'disconnect', ...(version === 5 && { reasonCode: dice.pick([0, 4, 0x81]), properties: { sessionExpiryInterval: dice.pick([0, 5, 4_294_967_295]) } }) }),
    () => ({ cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: false }),
    () => ({ cmd: dice.pick(['pubrec', 'pubrel', 'pubcomp'] as const), messageId }),
    () => ({ cmd: 'suback', messageId, granted: [0] }),
    () => ({ cmd: 'pingresp' }),
  ])()
}

/** Any packet but CONNECT, most of them spoilt in their bytes. */
export function anyControl(dice: Dice, identity: FuzzIdentity, version: MqttLevel): Buffer {
  const good = dice.chance(0.5) ? anyPublish(dice, identity, 1 + dice.below(0xFFFF), version) : frameOf(controlPacket(dice, identity, version), version)
  return dice.chance(0.8) ? spoilBytes(good, dice) : good
}

const keys = ['securemode', 'signmethod', 'timestamp', '_ss', '_v', 'ext', 'authType', 'random', 'lan', 'gw', '__proto__', '']
const values = ['2', '3', '-2', 'hmacsha256', 'hmacmd5', 'crc32', 'register', 'regnwl', 'connwl', '', 'x'.repeat(400), '=', '|', '\u0001', '🙂']

/** A CONNECT that is right to begin with, then changed in a field, in the client id or in its bytes. */
export function anyConnect(good: IConnectPacket, dice: Dice, version: MqttLevel): Buffer {
  const packet: IConnectPacket = { ...good }
  if (dice.chance(0.5)) {
    const more = Array.from({ length: dice.below(6) }, () => `${dice.pick(keys)}=${dice.pick(values)}`)
    packet.clientId = dice.pick([
      () => `x|${more.join(',')}|`,
      () => `${good.clientId.slice(0, -1)},${more.join(',')}|`,
      () => good.clientId.slice(0, dice.below(good.clientId.length)),
      () => good.clientId.replaceAll(',', ',\n        '),
      () => '|'.repeat(dice.below(20)),
    ])()
  }
  if (dice.chance(0.3))
    packet.username = dice.pick(['', '&', 'a&b&c', 'nobody&a1TbColdBx1', `${'x'.repeat(300)}&y`, 'fuzz-off&a1TbColdBx1'])
  if (dice.chance(0.3))
    packet.password = dice.bytes(dice.below(80))
  if (dice.chance(0.3))
    packet.keepalive = dice.pick([0, 1, 29, 30, 1200, 1201, 65_535])
  if (dice.chance(0.2))
    packet.will = { topic: '/will', payload: dice.bytes(20), qos: dice.pick([0, 1, 2] as const), retain: dice.chance(0.5) }
  if (version === 5 && dice.chance(0.5))
    packet.properties = { sessionExpiryInterval: dice.below(2 ** 32), receiveMaximum: 1 + dice.below(65_535), maximumPacketSize: 1 + dice.below(2 ** 31), topicAliasMaximum: dice.below(65_536), userProperties: { a: 'b' } }
  const bytes = frameOf({ ...packet, clientId: packet.clientId === '' ? '|' : packet.clientId }, version)
  return dice.chance(0.6) ? spoilBytes(bytes, dice) : bytes
}
