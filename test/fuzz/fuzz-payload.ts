import type { Topic } from '../../src/shared/alink/topic.ts'
import type { JsonValue } from '../../src/shared/json.ts'
import type { Dice } from './dice.ts'
import type { FuzzIdentity } from './fuzz-topics.ts'
import { Buffer } from 'node:buffer'
import { methodOfTopic } from '../../src/shared/alink/topic.ts'

const at = 1_735_689_600_123

/** Properties of the sample product of a cold box, which has one of nearly every data type. */
const properties: Record<string, JsonValue> = {
  boxTemperature: 4.5,
  lowLimit: { value: 2, time: at },
  lidOpen: 1,
  phase: 2,
  battery: 87,
  shipment: 'S-1042',
  packedAt: '1735689600000',
  travelledMillimetres: 9007199254740991,
  location: { latitude: 31.2, longitude: 121.4 },
  lastReadings: [4.5, 4.6],
}

/** What a well-behaved device would say in `params` on a topic of this kind. */
function goodParams(topic: Topic, dice: Dice, { productKey, deviceName }: FuzzIdentity): JsonValue {
  const other = { productKey, deviceName: dice.pick(['fuzz-0000', 'fuzz-0001', 'sub-1']) }
  const signed = { ...other, clientId: 'x', timestamp: String(at), signMethod: 'hmacSha1', signmethod: 'hmacSha1', sign: '00', cleanSession: 'true' }
  const samples = { properties: { boxTemperature: [{ value: 1, time: at }, { value: 2, time: at + 1 }] }, events: { lidOpened: [{ value: {}, time: at }] } }
  switch (topic.kind) {
    case 'property.post': return properties
    case 'property.batchPost': return samples
    case 'property.packPost': return { properties: { battery: { value: 1, time: at } }, events: { lidOpened: { value: {}, time: at } }, subDevices: [{ identity: other, properties: { battery: { value: 1, time: at } }, events: {} }] }
    case 'property.historyPost': return [{ identity: { productKey, deviceName }, properties: [{ battery: { value: 40, time: at } }], events: [{ lidOpened: { value: {}, time: at } }] }]
    case 'event.post': return { value: { boxTemperature: 9.5, side: 0, since: String(at) }, time: at }
    case 'desired.get': return ['lowLimit', 'highLimit', 'none']
    case 'desired.delete': return { lowLimit: { version: 1 }, phase: {} }
    case 'model.getReduced': return { nodes: ['type', 'identifier'], addDefault: false }
    case 'tag.update': return [{ attrKey: 'floor', attrValue: '3' }, { attrKey: 'SYS_SDK_LANGUAGE', attrValue: 'C', domain: 'SYSTEM' }]
    case 'tag.delete': return [{ attrKey: 'floor' }]
    case 'tag.get': return ['*']
    case 'log.configGet': return { configScope: 'device', getType: 'content' }
    case 'log.post': return dice.chance(0.5)
      ? [{ utcTime: '2026/11/21 10:39:8', logLevel: 'ERROR', module: 'MQTT', code: '4097', traceContext: 't', logContent: 'socket reset' }]
      : { template: 'traceContext logContent', contents: ['a', 'b'], timestamp: at }
    case 'network.post': return { p: { wifi: { rssi: -61, snr: 23, per: 2, err_stats: '10,02,01;0x10,5,1' }, _time: at }, model: 'format=simple|quantity=single|time=now' }
    case 'sub.register':
    case 'sub.unregister':
    case 'topo.delete':
    case 'topo.found': return [other]
    case 'sub.productRegister': return { proxieds: [{ ...other, random: '88f1', signMethod: 'hmacSha256', sign: '00' }] }
    case 'topo.add': return [signed]
    case 'session.login':
    case 'session.logout': return signed
    case 'session.batchLogin': return { deviceList: [signed] }
    case 'session.batchLogout': return [other]
    case 'ota.inform': return { version: '1.0.1', module: 'MCU' }
    case 'ota.progress': return { step: '35', desc: 'downloading' }
    case 'file.download': return { fileToken: 'default', fileInfo: { streamId: 14267, fileId: 1 }, fileBlock: { size: 5120, offset: 0 } }
    case 'file.uploadInit': return { fileName: 'trace_1.log', fileSize: 2600, conflictStrategy: 'overwrite', ficMode: 'crc64', ficValue: '1a2b3c4d5e6f7081', initUid: 'u-0001' }
    case 'file.uploadSend': return { uploadId: 'a8c3e1', offset: 0, bSize: 9, isComplete: true }
    case 'file.uploadCancel': return { uploadId: 'a8c3e1' }
    case 'job.get': return { taskId: '$list' }
    case 'job.update': return { taskId: 'i5Ks', status: 'IN_PROGRESS', progress: 30, statusDetails: { step: 'a' } }
    default: return {}
  }
}

function goodValue(topic: Topic, topicText: string, dice: Dice, identity: FuzzIdentity): JsonValue {
  if (topic.kind === 'shadow.update') {
    return dice.pick<JsonValue>([
      { method: 'update', state: { reported: { color: 'red', deep: { a: { b: 1 } } } }, version: dice.below(5) },
      { method: 'update', state: { desired: 'null' }, version: dice.below(1e9) },
      { method: 'get' },
      { method: 'delete', state: { reported: 'null' }, version: 3 },
      { method: 'delete', state: { reported: { color: 'null' } }, version: 4 },
    ])
  }
  if (topic.kind === 'ntp.request')
    return { deviceSendTime: dice.pick<JsonValue>([String(at), at, '1234']) }
  const id = dice.pick<JsonValue>(['1', '101', 5, '1|exp-topic|/sys/a/b/thing/event/property/post_reply'])
  if ('reply' in topic && topic.reply)
    return { id, code: dice.pick<JsonValue>([200, 400, '200', 460, 100_001]), data: dice.pick<JsonValue>([{}, { battery: 4 }, []]), message: 'success' }
  return { id, version: '1.0', ...(dice.chance(0.7) && { sys: { ack: dice.below(2) } }), params: goodParams(topic, dice, identity), method: methodOfTopic(topicText) }
}

const oddValues: JsonValue[] = [null, true, false, -1, 0, 1e308, -0.0, 2 ** 53 + 2, 1.5, '', ' ', '\0', '\uD800', '中文'.repeat(50), 'x'.repeat(5_000), 'null', 'NaN', [], {}, [[]], [null], [[[[1]]]], { value: 1 }, { value: {}, time: 'x' }, { time: 1 }, { value: null, time: -1 }, { value: 1, time: 1e20 }, Array.from({ length: 300 }, (_, i) => i)]
const oddKeys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'value', 'time', 'a:b', ':', 'block:battery', 'none', 'x'.repeat(300), 'battery', '\u0000']

/** Changes one place of a value: another type, a key gone, a key more, a list cut or grown. */
function spoil(value: JsonValue, dice: Dice): JsonValue {
  if (value === null || typeof value !== 'object' || dice.chance(0.25))
    return dice.pick(oddValues)
  if (Array.isArray(value)) {
    const index = dice.below(value.length + 1)
    if (value.length === 0 || dice.chance(0.3))
      return [...value.slice(0, index), dice.pick(oddValues), ...value.slice(index)]
    return value.map((item, i) => i === index % value.length ? spoil(item, dice) : item)
  }
  const entries = Object.entries(value)
  if (entries.length === 0 || dice.chance(0.3))
    return Object.fromEntries([...entries, [dice.pick(oddKeys), dice.pick(oddValues)]])
  const index = dice.below(entries.length)
  if (dice.chance(0.2))
    return Object.fromEntries(entries.filter((_, i) => i !== index))
  return Object.fromEntries(entries.map(([key, item], i) => [key, i === index ? spoil(item, dice) : item]))
}

/** Spoils JSON as text, in ways that no writer of JSON would. */
const textSpoilers: ((text: string, dice: Dice) => string)[] = [
  (text, dice) => text.slice(0, dice.below(text.length + 1)),
  text => text.replace('{', '{"id":"other","params":{},'),
  text => text.replace(/\}$/, ',}'),
  text => text.replaceAll(':', ' : ').replaceAll(',', ' ,\r\n\t'),
  (text, dice) => text.replace(/\d+/, dice.pick(['1e999', '-1e999', '9'.repeat(400), '0x10', '01', '1.', '.5', '-', '1e', 'NaN', 'Infinity', '9007199254740993', '1E-400'])),
  (text, dice) => text.replace(/\{\}|\d+|"[^"]*"/, dice.pick(['[', '{"a":']).repeat(10 ** (1 + dice.below(5)))),
  (text, dice) => { const depth = 10 ** (1 + dice.below(4)); return text.replace(/\{\}|\d+/, `${'['.repeat(depth)}${']'.repeat(depth)}`) },
  (text, dice) => { const depth = 10 ** (1 + dice.below(4)); return text.replace(/\{\}|\d+/, `${'{"value":'.repeat(depth)}1${'}'.repeat(depth)}`) },
  text => `\uFEFF${text}`,
  text => `${text}${text}`,
  text => `${text}\0`,
  text => text.replaceAll('"', '\''),
  text => text.replace('{', '{/* */'),
  text => text.replace(/"params":.*$/, '"params":"{}"}'),
  (text, dice) => text.replace(/"[^"]+"/, `"${'\\u0000\\ud800\\"'.repeat(1 + dice.below(50))}"`),
  text => `{${Array.from({ length: 2_000 }, (_, i) => `"k${i}":${i}`).join(',')},${text.slice(1)}`,
]

/** 2 bytes big-endian length, JSON header, data, CRC-16: the frame of file uploads and downloads, whole or not. */
function binaryFrame(header: string, dice: Dice): Buffer {
  const json = Buffer.from(header)
  const head = Buffer.alloc(2)
  head.writeUInt16BE(dice.chance(0.6) ? json.length & 0xFFFF : dice.below(0x1_0000))
  return Buffer.concat([head, json, dice.bytes(dice.below(64)), dice.bytes(2)])
}

/** Changes single bytes: set, cut, insert, repeat a part. */
export function spoilBytes(bytes: Buffer, dice: Dice): Buffer {
  let result = bytes
  for (let change = 1 + dice.below(3); change > 0; change--) {
    const where = dice.below(result.length + 1)
    const piece = dice.pick([() => dice.bytes(1), () => Buffer.from([dice.pick([0, 0xFF, 0x80, 0xC3, 0x7F])]), () => result.subarray(where, where + dice.below(20))])()
    result = dice.pick([
      () => Buffer.concat([result.subarray(0, where), piece, result.subarray(where + piece.length)]),
      () => result.subarray(0, where),
      () => Buffer.concat([result.subarray(0, where), piece, result.subarray(where)]),
    ])()
  }
  return result
}

/**
 * What a device might say on a topic, from right to nonsense: a fifth is right, half has a wrong value somewhere, the rest
 * is broken as text, as bytes, or is no JSON at all.
 */
export function anyPayload(topic: Topic, topicText: string, dice: Dice, identity: FuzzIdentity): Buffer {
  let value = goodValue(topic, topicText, dice, identity)
  const fate = dice.next()
  if (fate < 0.2)
    return Buffer.from(JSON.stringify(value))
  for (let change = 1 + dice.below(3); change > 0; change--)
    value = spoil(value, dice)
  const text = JSON.stringify(value)
  if (fate < 0.7)
    return Buffer.from(text)
  const good = JSON.stringify(goodValue(topic, topicText, dice, identity))
  if (fate < 0.85)
    return Buffer.from(dice.pick(textSpoilers)(good, dice)).subarray(0, 200_000)
  if (fate < 0.93)
    return spoilBytes(Buffer.from(good), dice)
  if (fate < 0.97)
    return binaryFrame(dice.chance(0.7) ? good : text, dice)
  return dice.chance(0.97) ? dice.bytes(dice.below(200)) : Buffer.alloc(dice.pick([65_536, 262_144, 262_145, 300_000]), dice.pick(['a', '[', '"', '\0']))
}
