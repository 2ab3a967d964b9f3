import type { Topic } from '../alink/topic.ts'
import { parseTopic } from '../alink/topic.ts'

/** What messages are about, in the words a fault is limited with. */
export const messageKinds = ['post', 'event', 'service', 'desired', 'tag', 'shadow', 'topology', 'session', 'ota', 'config', 'log', 'file', 'ntp', 'raw', 'custom', 'other'] as const
export type MessageKind = (typeof messageKinds)[number]

/** Kinds of topics by the word before their dot. */
const kindOfArea: Readonly<Record<string, MessageKind>> = {
  event: 'event',
  service: 'service',
  rrpc: 'service',
  desired: 'desired',
  tag: 'tag',
  shadow: 'shadow',
  topo: 'topology',
  sub: 'topology',
  gateway: 'topology',
  session: 'session',
  ota: 'ota',
  config: 'config',
  log: 'log',
  file: 'file',
  ntp: 'ntp',
  raw: 'raw',
  custom: 'custom',
  broadcast: 'custom',
}

/** What a message on a topic is about; the answer to a message is about the same. */
export function messageKindOf(kind: Topic['kind']): MessageKind {
  if (kind === 'property.set' || kind === 'property.get' || kind === 'ext.rrpc')
    return 'service'
  if (kind.startsWith('property.'))
    return 'post'
  if (kind === 'log.configGet' || kind === 'log.configPush')
    return 'log'
  return kindOfArea[kind.split('.', 1)[0]!] ?? 'other'
}

/** A message to a device, as faults see it: what it is about, and whether it answers something the device has asked. */
export function describeDown(topic: string): { about: MessageKind, isReply: boolean } {
  const parsed = parseTopic(topic)
  const isReply = 'reply' in parsed ? parsed.reply : parsed.kind === 'ntp.response' || parsed.kind === 'shadow.get' || parsed.kind === 'session.error'
  return { about: messageKindOf(parsed.kind), isReply }
}
