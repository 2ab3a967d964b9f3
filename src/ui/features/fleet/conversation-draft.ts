import type { Conversation, RadioQuality, Replies, ReplyMode, SimulatedLogLevel } from '../../../shared/contract/fleet-conversation.ts'
import type { ConditionDraft } from './condition-draft.ts'
import { conversationSchema, quietConversation, replyModes } from '../../../shared/contract/fleet-conversation.ts'
import { conditionDrafts, conditionsOf } from './condition-draft.ts'

/** A conversation while it is being written: numbers may be missing, lists are lines of text. */
export interface ConversationDraft {
  mode: ReplyMode
  code: number | null
  delayMsMin: number | null
  delayMsMax: number | null
  script: string
  /** A line each: `sim-0003 refuse:460`. */
  exceptions: string
  eventsPerHour: number | null
  /** By event; null: as often as the others. */
  rates: Record<string, number | null>
  /** By event. */
  conditions: Record<string, ConditionDraft>
  logsPerHour: number | null
  logLevel: SimulatedLogLevel
  obeySwitch: boolean
  networkSec: number | null
  quality: RadioQuality
  /** A line each: `floor=1|2|3`. */
  tags: string
  desired: boolean
  ntp: boolean
  /** A topic a line. */
  subscriptions: string
  /** Empty: none. */
  subProductKey: string
  perGateway: number | null
  register: boolean
}

/** The fields of a draft that can be wrong. */
export type DraftField = 'code' | 'delay' | 'script' | 'exceptions' | 'events' | 'conditions' | 'logs' | 'network' | 'tags' | 'subscriptions' | 'perGateway'

/** Modes that can be said of one device in a line of text; a script cannot. */
const lineModes = replyModes.filter(mode => mode !== 'script')

/** A conversation as a draft. */
export function conversationDraft(conversation: Conversation): ConversationDraft {
  const { replies, repliesOf, events, logs, networkStatus, tags, subDevices } = conversation
  return {
    mode: replies.mode,
    code: replies.code,
    delayMsMin: replies.delayMsMin,
    delayMsMax: replies.delayMsMax,
    script: replies.script,
    exceptions: Object.entries(repliesOf).map(([name, { mode, code }]) => `${name} ${mode}${mode === 'refuse' ? `:${code}` : ''}`).join('\n'),
    eventsPerHour: events.perHour,
    rates: { ...events.ratesPerHour },
    conditions: conditionDrafts(events.conditions),
    logsPerHour: logs.perHour,
    logLevel: logs.level,
    obeySwitch: logs.obeySwitch,
    networkSec: networkStatus.everySec,
    quality: networkStatus.quality,
    tags: Object.entries(tags).map(([key, value]) => `${key}=${value}`).join('\n'),
    desired: conversation.desired,
    ntp: conversation.ntp,
    subscriptions: conversation.subscriptions.join('\n'),
    subProductKey: subDevices?.productKey ?? '',
    perGateway: subDevices?.perGateway ?? 5,
    register: subDevices?.register ?? false,
  }
}

/** What a draft says, or the fields that are wrong. What `before` says of single devices by a script is kept. */
export function conversationOf(draft: ConversationDraft, before: Conversation): { ok: true, conversation: Conversation } | { ok: false, wrong: DraftField[] } {
  const repliesOf = readExceptions(draft.exceptions, before.repliesOf)
  const tags = readTags(draft.tags)
  const conversation = {
    replies: { mode: draft.mode, code: draft.code, delayMsMin: draft.delayMsMin, delayMsMax: draft.delayMsMax, script: draft.script },
    repliesOf: repliesOf ?? {},
    events: { perHour: draft.eventsPerHour, ratesPerHour: Object.fromEntries(Object.entries(draft.rates).filter(([, rate]) => rate !== null)), conditions: conditionsOf(draft.conditions) },
    logs: { perHour: draft.logsPerHour, level: draft.logLevel, obeySwitch: draft.obeySwitch },
    networkStatus: { everySec: draft.networkSec, quality: draft.quality },
    ntp: draft.ntp,
    tags: tags ?? {},
    desired: draft.desired,
    subscriptions: linesOf(draft.subscriptions),
    subDevices: draft.subProductKey === '' ? null : { productKey: draft.subProductKey, perGateway: draft.perGateway, register: draft.register },
  }
  const parsed = conversationSchema.safeParse(conversation)
  const wrong = new Set<DraftField>([
    ...(repliesOf === undefined ? ['exceptions' as const] : []),
    ...(tags === undefined ? ['tags' as const] : []),
    ...(draft.mode === 'script' && draft.script.trim() === '' ? ['script' as const] : []),
    ...(parsed.error?.issues ?? []).map(({ path }) => fieldOf(path)),
  ])
  return parsed.success && wrong.size === 0 ? { ok: true, conversation: parsed.data } : { ok: false, wrong: [...wrong] }
}

function fieldOf([area, member]: readonly PropertyKey[]): DraftField {
  switch (area) {
    case 'replies':
      return member === 'code' || member === 'script' ? member : 'delay'
    case 'events':
      return member === 'conditions' ? 'conditions' : 'events'
    case 'repliesOf':
      return 'exceptions'
    case 'networkStatus':
      return 'network'
    case 'subDevices':
      return 'perGateway'
    default:
      return area as DraftField
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').map(line => line.trim()).filter(line => line !== '')
}

function readTags(text: string): Record<string, string> | undefined {
  const entries = linesOf(text).map(line => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()] as const)
  return entries.every(([key, value]) => key !== '' && value !== '') && linesOf(text).every(line => line.includes('=')) ? Object.fromEntries(entries) : undefined
}

function readExceptions(text: string, before: Conversation['repliesOf']): Record<string, Replies> | undefined {
  const read: Record<string, Replies> = {}
  for (const line of linesOf(text)) {
    const [, name, word, code] = /^(\S+)\s+([a-z-]+)(?::(\d{1,6}))?$/.exec(line) ?? []
    const known = name === undefined ? undefined : before[name]
    const kept = known !== undefined && known.mode === word ? known : quietConversation.replies
    const mode = word === 'script' && kept.mode === 'script' ? 'script' : lineModes.find(one => one === word)
    if (name === undefined || mode === undefined || (mode === 'refuse') !== (code !== undefined))
      return undefined
    read[name] = { ...kept, mode, ...(code !== undefined && { code: Number(code) }) }
  }
  return read
}
