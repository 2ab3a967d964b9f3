import type { SystemKind } from './system-topics.ts'
import { limits } from '../limits.ts'
import { systemKindOfPath, systemTopics } from './system-topics.ts'
import { isLongerThan } from './utf8.ts'

/** A device's identity as it stands in a topic; opaque text, not checked against any registry. */
export interface TopicIdentity { productKey: string, deviceName: string }

/**
 * What a topic means. System topics have their own kinds (see `systemTopics`); `reply` tells the `…_reply` side of
 * a kind. `unknown` is well formed but means nothing to the platform (code 6203 or 6831); `invalid` is not a topic
 * a message can be published to (code 1903).
 */
export type Topic
  = | { kind: SystemKind, productKey: string, deviceName: string, reply: boolean }
    | { kind: 'event.post' | 'service.call', productKey: string, deviceName: string, identifier: string, reply: boolean }
    | { kind: 'rrpc.request' | 'rrpc.response' | 'broadcast.request', productKey: string, deviceName: string, messageId: string }
    | { kind: 'session.login' | 'session.logout' | 'session.batchLogin' | 'session.batchLogout', productKey: string, deviceName: string, reply: boolean }
    | { kind: 'ota.inform' | 'ota.upgrade' | 'ota.request' | 'ota.progress' | 'shadow.update' | 'shadow.get', productKey: string, deviceName: string }
    | { kind: 'ntp.request' | 'ntp.response' | 'session.error', productKey: string, deviceName: string }
    | { kind: 'ext.register' | 'ext.regnwl' }
    | { kind: 'ext.rrpc', messageId: string, topic: string }
    | { kind: 'custom', productKey: string, deviceName: string, path: string }
    | { kind: 'broadcast', productKey: string, path: string }
    | { kind: 'unknown', topic: string }
    | { kind: 'invalid', topic: string, reason: string }

const replySuffix = '_reply'
const sessionPaths = {
  'session.login': 'combine/login',
  'session.logout': 'combine/logout',
  'session.batchLogin': 'combine/batch_login',
  'session.batchLogout': 'combine/batch_logout',
} as const
const otaKinds = { inform: 'ota.inform', upgrade: 'ota.upgrade', request: 'ota.request', progress: 'ota.progress' } as const

/** The topic of the answer to a message on `topic`. */
export function replyTopic(topic: string): string {
  return topic + replySuffix
}

/**
 * The Alink method that goes with a topic under `/sys/{productKey}/{deviceName}/`: what follows, from `thing` on, with
 * `/` written as `.` and without `_reply` (Alink 0.4). Empty for topics that have none.
 */
export function methodOfTopic(topic: string): string {
  if (!topic.startsWith('/sys/'))
    return ''
  const deviceNameFrom = topic.indexOf('/', '/sys/'.length) + 1
  const from = topic.indexOf('/', deviceNameFrom) + 1
  if (deviceNameFrom === 0 || from === 0 || !(topic.startsWith('thing/', from) || topic.startsWith('_thing/', from)))
    return ''
  return topic.slice(from, topic.endsWith(replySuffix) ? -replySuffix.length : undefined).replaceAll('/', '.')
}

/** Which level of a system topic holds the product key; the device name is in the next one. */
export const identityLevels: Readonly<Record<string, number>> = { sys: 2, ext: 3, shadow: 3, ota: 4 }

/**
 * The device that a topic or a topic filter names, read without judging the rest of it; of an RRPC topic, the device of the
 * topic inside. Null when it names none.
 */
export function identityIn(topic: string): TopicIdentity | null {
  const levels = topic.split('/')
  const [, area] = levels
  if (area === 'ext' && levels[2] === 'rrpc')
    return levels.length > 5 ? identityIn(`/${levels.slice(4).join('/')}`) : null
  const level = identityLevels[area ?? ''] ?? (levels[3] === 'user' && area !== 'broadcast' ? 1 : levels.length)
  const productKey = levels[level]
  const deviceName = levels[level + 1]
  return productKey === undefined || deviceName === undefined ? null : { productKey, deviceName }
}

/** Takes a topic apart. Any text gives a value; nothing is thrown. */
export function parseTopic(topic: string): Topic {
  const reason = whyInvalid(topic)
  if (reason !== null)
    return { kind: 'invalid', topic, reason }
  const levels = topic.split('/')
  switch (levels[1]) {
    case 'sys':
      return parseSystem(topic, levels) ?? { kind: 'unknown', topic }
    case 'ext':
      return parseExtension(topic, levels) ?? { kind: 'unknown', topic }
    case 'ota':
      return parseOta(levels) ?? { kind: 'unknown', topic }
    case 'shadow':
      return parseShadow(levels) ?? { kind: 'unknown', topic }
    case 'broadcast':
      return levels.length >= 4
        ? {
            kind: 'broadcast',
            productKey: levels[2]!,
            path: levels.slice(3).join('/'),
          }
        : { kind: 'unknown', topic }
    default:
      return levels.length >= 5 && levels[3] === 'user'
        ? {
            kind: 'custom',
            productKey: levels[1]!,
            deviceName: levels[2]!,
            path: levels.slice(4).join('/'),
          }
        : { kind: 'unknown', topic }
  }
}

function whyInvalid(topic: string): string | null {
  if (topic.charCodeAt(0) !== 0x2F)
    return 'a topic begins with "/"'
  if (topic.includes('+') || topic.includes('#'))
    return 'a message cannot be published to a topic with a wildcard'
  if (topic.includes('//') || topic.endsWith('/'))
    return 'a level of the topic is empty'
  // RRPC wraps a whole topic in another and is allowed to be longer.
  if (isLongerThan(topic, limits.topicBytesMax) && !topic.startsWith('/ext/rrpc/'))
    return `the topic is longer than ${limits.topicBytesMax} bytes`
  return null
}

function parseSystem(topic: string, levels: string[]): Topic | undefined {
  const [, , productKey, deviceName, area, section, word] = levels
  if (productKey === undefined || deviceName === undefined || area === undefined)
    return undefined
  if (area === 'rrpc' && levels.length === 7 && (section === 'request' || section === 'response')) {
    return { kind: `rrpc.${section}`, productKey, deviceName, messageId: word! }
  }
  if (area === 'broadcast' && levels.length === 7 && section === 'request') {
    return { kind: 'broadcast.request', productKey, deviceName, messageId: word! }
  }

  const reply = topic.endsWith(replySuffix)
  const pathStart = 5 + productKey.length + 1 + deviceName.length + 1
  const path = topic.slice(pathStart, reply ? -replySuffix.length : undefined)
  const kind = systemKindOfPath.get(path)
  if (kind !== undefined)
    return { kind, productKey, deviceName, reply }
  if (area !== 'thing')
    return undefined
  if (section === 'event' && levels.length === 8 && path.endsWith('/post')) {
    return { kind: 'event.post', productKey, deviceName, identifier: word!, reply }
  }
  if (section === 'service' && levels.length === 7) {
    return { kind: 'service.call', productKey, deviceName, identifier: path.slice('thing/service/'.length), reply }
  }
  return undefined
}

function parseExtension(topic: string, levels: string[]): Topic | undefined {
  const [, , area, first, second] = levels
  if (levels.length === 3 && (area === 'register' || area === 'regnwl'))
    return { kind: `ext.${area}` }
  if (first === undefined || second === undefined)
    return undefined
  if (area === 'rrpc') {
    return { kind: 'ext.rrpc', messageId: first, topic: topic.slice('/ext/rrpc/'.length + first.length) }
  }
  const identity = { productKey: first, deviceName: second }
  if (area === 'error' && levels.length === 5)
    return { kind: 'session.error', ...identity }
  if (area === 'ntp' && levels.length === 6 && (levels[5] === 'request' || levels[5] === 'response'))
    return { kind: `ntp.${levels[5]}`, ...identity }
  if (area === 'session' && levels.length === 7) {
    const reply = topic.endsWith(replySuffix)
    const path = `${levels[5]}/${reply ? levels[6]!.slice(0, -replySuffix.length) : levels[6]}`
    for (const kind of Object.keys(sessionPaths) as (keyof typeof sessionPaths)[]) {
      if (sessionPaths[kind] === path)
        return { kind, ...identity, reply }
    }
  }
  return undefined
}

function parseOta(levels: string[]): Topic | undefined {
  const [, , device, action, productKey, deviceName] = levels
  if (levels.length !== 6 || device !== 'device' || !Object.hasOwn(otaKinds, action!))
    return undefined
  return { kind: otaKinds[action as keyof typeof otaKinds], productKey: productKey!, deviceName: deviceName! }
}

function parseShadow(levels: string[]): Topic | undefined {
  const [, , action, productKey, deviceName] = levels
  if (levels.length !== 5 || (action !== 'update' && action !== 'get'))
    return undefined
  return { kind: `shadow.${action}`, productKey: productKey!, deviceName: deviceName! }
}

/** Puts a topic together; the reverse of {@link parseTopic}. */
export function buildTopic(topic: Topic): string {
  switch (topic.kind) {
    case 'event.post':
      return `/sys/${topic.productKey}/${topic.deviceName}/thing/event/${topic.identifier}/post${suffixOf(topic)}`
    case 'service.call':
      return `/sys/${topic.productKey}/${topic.deviceName}/thing/service/${topic.identifier}${suffixOf(topic)}`
    case 'rrpc.request':
    case 'rrpc.response':
    case 'broadcast.request':
      return `/sys/${topic.productKey}/${topic.deviceName}/${topic.kind.replace('.', '/')}/${topic.messageId}`
    case 'session.login':
    case 'session.logout':
    case 'session.batchLogin':
    case 'session.batchLogout':
      return `/ext/session/${topic.productKey}/${topic.deviceName}/${sessionPaths[topic.kind]}${suffixOf(topic)}`
    case 'session.error':
      return `/ext/error/${topic.productKey}/${topic.deviceName}`
    case 'ntp.request':
    case 'ntp.response':
      return `/ext/ntp/${topic.productKey}/${topic.deviceName}/${topic.kind.slice('ntp.'.length)}`
    case 'ota.inform':
    case 'ota.upgrade':
    case 'ota.request':
    case 'ota.progress':
      return `/ota/device/${topic.kind.slice('ota.'.length)}/${topic.productKey}/${topic.deviceName}`
    case 'shadow.update':
    case 'shadow.get':
      return `/${topic.kind.replace('.', '/')}/${topic.productKey}/${topic.deviceName}`
    case 'ext.register':
    case 'ext.regnwl':
      return `/${topic.kind.replace('.', '/')}`
    case 'ext.rrpc':
      return `/ext/rrpc/${topic.messageId}${topic.topic}`
    case 'custom':
      return `/${topic.productKey}/${topic.deviceName}/user/${topic.path}`
    case 'broadcast':
      return `/broadcast/${topic.productKey}/${topic.path}`
    case 'unknown':
    case 'invalid':
      return topic.topic
    default:
      return `/sys/${topic.productKey}/${topic.deviceName}/${systemTopics[topic.kind].path}${suffixOf(topic)}`
  }
}

function suffixOf(topic: { reply: boolean }): string {
  return topic.reply ? replySuffix : ''
}

const upward = new Set<Topic['kind']>([
  'event.post',
  'rrpc.response',
  'session.login',
  'session.logout',
  'session.batchLogin',
  'session.batchLogout',
  'ota.inform',
  'ota.progress',
  'shadow.update',
  'ntp.request',
])
const bothWays = new Set<Topic['kind']>(['ota.request', 'ext.rrpc', 'custom'])

/** Who publishes on a topic: the device (`up`), the platform (`down`) or either; `none` for what is no topic of theirs. */
export function directionOf(topic: Topic): 'up' | 'down' | 'both' | 'none' {
  if (topic.kind === 'unknown' || topic.kind === 'invalid')
    return 'none'
  if (bothWays.has(topic.kind))
    return 'both'
  const isSystem = Object.hasOwn(systemTopics, topic.kind)
  const isUp = isSystem ? systemTopics[topic.kind as SystemKind].direction === 'up' : upward.has(topic.kind)
  return ('reply' in topic && topic.reply) === isUp ? 'down' : 'up'
}
