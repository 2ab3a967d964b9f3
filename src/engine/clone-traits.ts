import type { LearnedTrait } from '../shared/clone/learn-traits.ts'
import type { Reason } from '../shared/clone/words.ts'
import type { CloneProposal, CloneTraitSubject } from '../shared/contract/clone.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { DeviceCommand } from '../shared/contract/device-command.ts'
import { learnEvents, learnLogs, learnNetworkStatus, learnReplies } from '../shared/clone/learn-traits.ts'
import { quietConversation } from '../shared/contract/fleet-conversation.ts'

interface Span { productKey: string, deviceName: string, fromAt: number, toAt: number, hours: number }

/** What was learned of a device beside its properties. */
interface CloneTraits extends Pick<CloneProposal['settings'], 'qos' | 'conversation' | 'updates'> {
  reasons: { subject: CloneTraitSubject, reason: Reason }[]
}

const pagesMax = 10
const versionPattern = /^[\w.-]{1,64}$/
/** How long the trace may be searched for a question that a device asks once a connection. */
const searchMs = 500
const questions = { desired: '/thing/property/desired/get', ntp: '/ext/ntp/' }

/** Reads what a device said besides its properties in a span of `hours`, how it answered, and which firmware it runs. */
export async function readCloneTraits({ methods }: { methods: () => EngineApi['methods'] }, span: Span, signal: AbortSignal): Promise<CloneTraits> {
  const { productKey, deviceName, fromAt, toAt, hours } = span
  const call = methods()
  const identity = { productKey, deviceName }
  const context = { signal }
  const range = { ...identity, fromAt, toAt, limit: 1_000 }
  const events = await pages(async (before: Parameters<typeof call['event.list']>[0]['before']) => {
    const { events: rows, next } = await call['event.list']({ ...range, order: 'newest', wholeInstants: false, before }, context)
    return { rows, next }
  })
  const lines = await pages(async (before: Parameters<typeof call['deviceLog.page']>[0]['before']) => {
    const { lines: rows, next } = await call['deviceLog.page']({ ...range, orWorse: false, before }, context)
    return { rows, next }
  })
  const { statuses } = await call['networkStatus.list'](range, context)
  const commands = await pages(async (before: number | undefined): Promise<{ rows: DeviceCommand[], next: number | null }> => {
    const { commands: rows, next } = await call['deviceCommand.list']({ ...identity, limit: 500, before }, context)
    return { rows, next: (rows.at(-1)?.at ?? fromAt) < fromAt ? null : next }
  })
  const asked = async (topic: string): Promise<boolean> => {
    const { rows } = await call['trace.page']({ filter: { ...identity, topic, direction: 'up' }, limit: 1, withinMs: searchMs }, context)
    return rows.length > 0
  }
  const { rows: [post] } = await call['trace.page']({ filter: { ...identity, topic: '/thing/event/property/', direction: 'up', fromAt, toAt }, limit: 1, withinMs: searchMs }, context)
  const [desired, ntp] = [await asked(questions.desired), await asked(questions.ntp)]
  const [{ versions }, { nodeType }] = [await call['device.get'](identity, context), await call['product.get']({ productKey }, context)]
  const version = versions.find(({ module }) => module === 'default')?.version ?? ''
  const isKnown = versionPattern.test(version)

  const reasons: CloneTraits['reasons'] = []
  const take = <Settings>(subject: CloneTraitSubject, trait: LearnedTrait<Settings> | undefined, otherwise: Settings): Settings => {
    if (trait !== undefined)
      reasons.push({ subject, reason: trait.reason })
    return trait?.settings ?? otherwise
  }
  const conversation = {
    replies: take('replies', learnReplies(commands.filter(({ at }) => at >= fromAt && at <= toAt)), quietConversation.replies),
    events: take('events', learnEvents(events, hours), quietConversation.events),
    logs: take('logs', learnLogs(lines, hours), quietConversation.logs),
    networkStatus: take('networkStatus', learnNetworkStatus(statuses), quietConversation.networkStatus),
    desired,
    ntp,
    tags: {},
  }
  const words = [...desired ? ['thing/property/desired'] : [], ...ntp ? ['ext/ntp'] : []]
  if (words.length > 0)
    reasons.push({ subject: 'asks', reason: { rule: 'asks', values: { words: words.join(', ') } } })
  reasons.push({ subject: 'version', reason: isKnown ? { rule: 'version', values: { version } } : { rule: 'noVersion', values: {} } })
  if (nodeType === 'gateway')
    reasons.push({ subject: 'gateway', reason: { rule: 'gateway', values: {} } })
  return { qos: post?.qos === 0 ? 0 : 1, conversation, updates: { version: isKnown ? version : '' }, reasons }
}

async function pages<Row, Position>(read: (before: Position | undefined) => Promise<{ rows: Row[], next: Position | null }>): Promise<Row[]> {
  const all: Row[] = []
  let before: Position | undefined
  for (let page = 0; page < pagesMax; page++) {
    const { rows, next } = await read(before)
    all.push(...rows)
    if (next === null)
      break
    before = next
  }
  return all
}
