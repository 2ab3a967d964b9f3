import type { SystemKind } from '../../src/shared/alink/system-topics.ts'
import type { Topic } from '../../src/shared/alink/topic.ts'
import type { Dice } from './dice.ts'
import { systemTopics } from '../../src/shared/alink/system-topics.ts'
import { buildTopic } from '../../src/shared/alink/topic.ts'

export interface FuzzIdentity { productKey: string, deviceName: string }

const systemKinds = Object.keys(systemTopics) as SystemKind[]
const identifiers = ['limitCrossed', 'lidOpened', 'readLog', 'lockLid', 'post', 'set', 'get', 'property', 'none', 'block:limitCrossed', 'a:b:c', ':', '__proto__', 'constructor', '%00', 'x'.repeat(60)]

/** A topic of any kind there is, of this device or, now and then, of another; requests and replies, both directions. */
export function anyTopic(dice: Dice, { productKey, deviceName }: FuzzIdentity): Topic {
  const identity = { productKey, deviceName: dice.chance(0.03) ? dice.pick(['fuzz-0000', 'nobody', deviceName.toUpperCase()]) : deviceName }
  const reply = dice.chance(0.25)
  /** Mostly the side that a device sends: the rest is refused before anybody looks at its payload. */
  const system = (): Topic => {
    const kind = dice.pick(systemKinds)
    return { kind, ...identity, reply: (systemTopics[kind].direction === 'down') !== dice.chance(0.1) }
  }
  const messageId = dice.pick(['1', '1234567890123456789', '99999999999999999999', '-1', 'x', '+', '0x10'])
  const identifier = dice.pick(identifiers)
  const makers: (() => Topic)[] = [
    () => ({ kind: 'property.post', ...identity, reply: false }),
    () => ({ kind: dice.pick(['property.batchPost', 'property.packPost', 'property.historyPost'] as const), ...identity, reply: false }),
    system,
    system,
    system,
    () => ({ kind: 'event.post', ...identity, identifier, reply: false }),
    () => ({ kind: 'service.call', ...identity, identifier, reply: dice.chance(0.7) }),
    () => ({ kind: dice.pick(['rrpc.response', 'rrpc.response', 'rrpc.request', 'broadcast.request'] as const), ...identity, messageId }),
    () => ({ kind: dice.pick(['session.login', 'session.logout', 'session.batchLogin', 'session.batchLogout'] as const), ...identity, reply }),
    () => ({ kind: dice.pick(['ota.inform', 'ota.inform', 'ota.upgrade', 'ota.request', 'ota.progress'] as const), ...identity }),
    () => ({ kind: dice.pick(['shadow.update', 'shadow.update', 'shadow.get'] as const), ...identity }),
    () => ({ kind: dice.pick(['ntp.request', 'ntp.request', 'ntp.response', 'session.error'] as const), ...identity }),
    () => ({ kind: dice.pick(['ext.register', 'ext.regnwl'] as const) }),
    () => ({ kind: 'ext.rrpc', messageId, topic: buildTopic({ kind: 'custom', ...identity, path: 'get' }) }),
    () => ({ kind: 'custom', ...identity, path: dice.pick(['update', 'update/error', 'get', 'a/b/c/d', '中文']) }),
    () => ({ kind: 'broadcast', productKey, path: 'all' }),
  ]
  return dice.pick(makers)()
}

const oddTopics = ['', '/', '//', '#', '+', '$SYS/broker', 'no/slash', '/sys', '/sys/', '/ext/rrpc/', '/ext/rrpc//x', '/a/b/user/', `/${'x'.repeat(140)}`, '/sys/+/+/thing/#', '/\uFFFF/\u{1F600}', '/ext/session', '/ota/device/constructor/a/b', '/shadow/__proto__/a/b']

/** A topic as text, one time in twenty spoilt. */
export function anyTopicText(dice: Dice, identity: FuzzIdentity): string {
  const text = buildTopic(anyTopic(dice, identity))
  if (!dice.chance(0.05))
    return text
  const at = dice.below(text.length + 1)
  return dice.pick([
    () => dice.pick(oddTopics),
    () => text.slice(0, at),
    () => `${text.slice(0, at)}${dice.pick(['/', '+', '#', ' ', '\u0001', 'é', '_reply'])}${text.slice(at)}`,
    () => text + text,
  ])()
}
