import type { CheckEvidence, CheckFailure, CheckItem, CheckStep, CheckTopic, FirmwareCheck } from '../../../shared/contract/firmware-check.ts'
import type { CheckFacts, CheckRow, ModelNeeds, StepFacts } from './types.ts'
import { parseTopic } from '../../../shared/alink/topic.ts'
import { checkSteps } from '../../../shared/contract/firmware-check.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { limits } from '../../../shared/limits.ts'

/** Steps that are not asked of every device. */
const extraSteps: readonly CheckStep[] = ['event', 'service', 'time', 'update']
/** There is no configuration, or it is switched off: the device has asked as it should. */
const noConfigCodes: readonly (number | null)[] = [6710, 6713]
/** The device ended the connection itself, or another login with its identity did: nothing that it had to survive. */
const ownDoingCodes: readonly (number | null)[] = [200, 427]

const nothing: StepFacts = { first: null, last: null, passes: 0, failure: null, failures: 0, asked: null, isNote: false }

/** What is known of a device before anything of it has been seen. */
export function emptyFacts(begunAt: number): CheckFacts {
  return { begunAt, steps: {}, filters: [], isSubscribedFor: false, refused: [], used: [], away: null, wantedVersion: null }
}

function stepOf(facts: CheckFacts, step: CheckStep): StepFacts {
  return facts.steps[step] ?? nothing
}

function change(facts: CheckFacts, step: CheckStep, changes: Partial<StepFacts>): CheckFacts {
  return { ...facts, steps: { ...facts.steps, [step]: { ...stepOf(facts, step), ...changes } } }
}

function evidenceOf({ at, id }: CheckRow): CheckEvidence {
  return { at, rowId: id }
}

/** A step went well. A row that comes again, because its verdict took time, counts once. */
function pass(facts: CheckFacts, step: CheckStep, row: CheckRow, isNote = false): CheckFacts {
  const { first, last, passes, failure, failures } = stepOf(facts, step)
  if (last?.rowId === row.id)
    return facts
  const wasFailure = failure?.rowId === row.id
  return change(facts, step, {
    first: first ?? evidenceOf(row),
    last: evidenceOf(row),
    passes: passes + 1,
    asked: null,
    isNote,
    ...wasFailure && { failure: null, failures: failures - 1 },
  })
}

function fail(facts: CheckFacts, step: CheckStep, row: CheckRow, reason: CheckFailure['reason'] = 'refused', value?: string): CheckFacts {
  const { first, last, passes, failure, failures } = stepOf(facts, step)
  if (failure?.rowId === row.id && failure.code === row.code)
    return facts
  const wasPass = last?.rowId === row.id
  return change(facts, step, {
    failure: { ...evidenceOf(row), reason, code: row.code, detail: row.detail, ...value !== undefined && { value } },
    failures: failures + 1,
    ...wasPass && { last: first?.rowId === row.id ? null : first, first: first?.rowId === row.id ? null : first, passes: passes - 1 },
  })
}

function judged(facts: CheckFacts, step: CheckStep, row: CheckRow): CheckFacts {
  return row.code === null || row.code === 200 ? pass(facts, step, row) : fail(facts, step, row)
}

/** The platform has sent a command: an answer is waited for, unless it could not be sent. */
function asked(facts: CheckFacts, step: CheckStep, row: CheckRow): CheckFacts {
  return row.code === null || row.code === 200 ? change(facts, step, { asked: evidenceOf(row) }) : fail(facts, step, row)
}

/** Takes another row of the device into account, oldest first. */
export function noticeRow(facts: CheckFacts, row: CheckRow): CheckFacts {
  switch (row.direction) {
    case 'record': return noticeRecord(facts, row)
    case 'up': return noticeUp(facts, row)
    case 'down': return noticeDown(facts, row)
  }
}

function noticeRecord(facts: CheckFacts, row: CheckRow): CheckFacts {
  switch (row.topic) {
    case 'connect':
      return fail(facts, 'connect', row)
    case 'online': {
      const content = row.content()
      const isSubscribedFor = /[|,]\s*_ss\s*=\s*1\b/.test(String(content.clientId ?? ''))
      const session = content.clean === false ? { isSubscribedFor } : { isSubscribedFor, filters: [], refused: [], used: [] }
      const online = pass({ ...facts, ...session }, 'connect', row)
      return facts.away === null ? online : pass({ ...online, away: null }, 'reconnect', row)
    }
    case 'offline':
      return { ...facts, away: ownDoingCodes.includes(row.code) ? null : evidenceOf(row) }
    case 'subscribe': {
      const filter = String(row.content().filter ?? '')
      const refused = facts.refused.filter(one => one.filter !== filter)
      if (row.code !== null && row.code !== 200)
        return fail({ ...facts, refused: [...refused, { filter, ...evidenceOf(row) }].slice(-limits.firmwareTopicsMax) }, 'subscribe', row)
      return pass({ ...facts, refused, filters: [...facts.filters.filter(one => one !== filter), filter].slice(-limits.subscriptionsPerDeviceMax) }, 'subscribe', row)
    }
    case 'unsubscribe': {
      const filter = String(row.content().filter ?? '')
      return { ...facts, filters: facts.filters.filter(one => one !== filter) }
    }
    // What a message of a product with its own format meant.
    case 'thing.event.property.post':
      return judged(facts, 'post', row)
    default:
      return facts
  }
}

function noticeUp(facts: CheckFacts, row: CheckRow): CheckFacts {
  const topic = parseTopic(row.topic)
  switch (topic.kind) {
    case 'property.post':
    case 'property.batchPost':
    case 'property.packPost':
    case 'property.historyPost':
      return judged(facts, 'post', row)
    case 'property.set':
      return topic.reply ? judged(facts, 'set', row) : facts
    case 'event.post':
      return judged(facts, 'event', row)
    case 'service.call':
      return topic.reply ? judged(facts, 'service', row) : facts
    case 'rrpc.response':
    case 'ext.rrpc':
      return judged(facts, 'service', row)
    case 'config.get':
      return noConfigCodes.includes(row.code) ? pass(facts, 'config', row, true) : judged(facts, 'config', row)
    case 'config.push':
      return topic.reply ? judged(facts, 'config', row) : facts
    case 'ntp.request':
      return judged(facts, 'time', row)
    case 'ota.inform': {
      const version = paramsOf(row).version
      const informed = judged(facts, 'version', row)
      return facts.wantedVersion !== null && version === facts.wantedVersion ? pass({ ...informed, wantedVersion: null }, 'update', row) : informed
    }
    case 'ota.progress': {
      const step = Number(paramsOf(row).step)
      return step < 0 ? fail(facts, 'update', row, 'updateFailed', String(step)) : facts
    }
    default:
      return facts
  }
}

function noticeDown(facts: CheckFacts, row: CheckRow): CheckFacts {
  const topic = parseTopic(row.topic)
  const used = useTopic(facts, row)
  switch (topic.kind) {
    case 'property.set':
      return asked(used, 'set', row)
    case 'service.call':
      return topic.reply ? used : asked(used, 'service', row)
    case 'rrpc.request':
    case 'ext.rrpc':
      return asked(used, 'service', row)
    case 'config.push':
      return topic.reply ? used : asked(used, 'config', row)
    case 'ota.upgrade': {
      const content = row.content()
      const data = isJsonObject(content.data) ? content.data : {}
      return typeof data.version === 'string' ? asked({ ...used, wantedVersion: data.version }, 'update', row) : used
    }
    default:
      return used
  }
}

/** Remembers that the platform had something to say on a topic; one of a request has its id in it and is remembered as a filter. */
function useTopic(facts: CheckFacts, row: CheckRow): CheckFacts {
  const topic = row.topic.replace(/\/rrpc\/request\/[^/]+$/, '/rrpc/request/+')
  if (!/^\/(?:sys|ota|shadow|ext\/ntp)\//.test(topic) || facts.used.some(one => one.topic === topic) || facts.used.length >= limits.firmwareTopicsMax)
    return facts
  return { ...facts, used: [...facts.used, { topic, ...evidenceOf(row) }] }
}

function paramsOf(row: CheckRow): Record<string, unknown> {
  const { params } = row.content()
  return isJsonObject(params) ? params : {}
}

export interface CheckView {
  /** Epoch milliseconds. */
  now: number
  isOnline: boolean
  identity: { productKey: string, deviceName: string }
  needs: ModelNeeds
  /** Whether a message on the topic belongs to a subscription of the filter. */
  matches: (filter: string, topic: string) => boolean
}

/** The topics on which the platform may speak to the device, needed ones first. */
function checkTopics(facts: CheckFacts, { identity: { productKey, deviceName }, needs, matches }: Pick<CheckView, 'identity' | 'needs' | 'matches'>): CheckTopic[] {
  const sys = `/sys/${productKey}/${deviceName}/thing`
  const needed = new Set([
    `${sys}/event/property/post_reply`,
    ...needs.isWritable ? [`${sys}/service/property/set`] : [],
    ...facts.used.map(({ topic }) => topic),
  ])
  const others = [
    `/ota/device/upgrade/${productKey}/${deviceName}`,
    `${sys}/config/push`,
    ...needs.services.map(service => `${sys}/service/${service}`),
    ...needs.hasSyncServices ? [`/sys/${productKey}/${deviceName}/rrpc/request/+`] : [],
    ...needs.events.map(event => `${sys}/event/${event}/post_reply`),
  ].filter(topic => !needed.has(topic))
  const isSubscribed = (topic: string): boolean => facts.isSubscribedFor || facts.filters.some(filter => matches(filter, topic))
  return [...[...needed].map(topic => ({ topic, isSubscribed: isSubscribed(topic), isNeeded: true })), ...others.map(topic => ({ topic, isSubscribed: isSubscribed(topic), isNeeded: false }))]
}

/** The checklist that follows from what is known; steps that the thing model leaves nothing to do for are left out. */
export function describeCheck(facts: CheckFacts, view: CheckView): Pick<FirmwareCheck, 'begunAt' | 'isOnline' | 'isSubscribedFor' | 'result' | 'items' | 'topics'> {
  const topics = checkTopics(facts, view)
  const items = checkSteps.filter(step => applies(step, facts, view.needs)).map(step => describeStep(step, facts, view, topics))
  const result = items.some(item => item.state === 'failed') ? 'failed' : items.every(item => !item.isRequired || item.state === 'passed') ? 'passed' : 'open'
  return { begunAt: facts.begunAt, isOnline: view.isOnline, isSubscribedFor: facts.isSubscribedFor, result, items, topics }
}

function applies(step: CheckStep, facts: CheckFacts, needs: ModelNeeds): boolean {
  if (facts.steps[step] !== undefined)
    return true
  switch (step) {
    case 'set': return needs.isWritable
    case 'event': return needs.events.length > 0
    case 'service': return needs.services.length > 0 || needs.hasSyncServices
    default: return true
  }
}

function describeStep(step: CheckStep, facts: CheckFacts, view: CheckView, topics: readonly CheckTopic[]): CheckItem {
  const { isNote, ...known } = stepOf(facts, step)
  const item = { ...known, step, isRequired: !extraSteps.includes(step), note: isNote ? 'noConfig' as const : null }
  switch (step) {
    case 'subscribe': return { ...item, ...describeSubscriptions(facts, view, topics, item) }
    case 'reconnect': return { ...item, ...describeReturn(facts, view, item) }
    default: return { ...item, ...describeAnswer(step, view, item) }
  }
}

function isNewer(one: CheckEvidence | null, other: CheckEvidence | null): boolean {
  return one !== null && (other === null || (one.rowId ?? 0) > (other.rowId ?? 0))
}

function describeAnswer(step: CheckStep, { now }: CheckView, { last, failure, failures, asked: open }: Omit<CheckItem, 'state'>): Pick<CheckItem, 'state'> & Partial<CheckItem> {
  if (open !== null && isNewer(open, failure)) {
    // An update takes as long as it takes.
    const isLate = step !== 'update' && now - open.at > limits.firmwareAnswerMs
    return isLate ? { state: 'failed', failure: { ...open, reason: 'noAnswer', code: 1905, detail: null }, failures: failures + 1 } : { state: 'asked' }
  }
  if (failure !== null && isNewer(failure, last))
    return { state: 'failed' }
  return { state: last === null ? 'waiting' : 'passed' }
}

/** Missing topics are a failure once the platform had something to say on one of them. */
function describeSubscriptions({ isSubscribedFor, refused, used, filters }: CheckFacts, { isOnline }: CheckView, topics: readonly CheckTopic[], item: Omit<CheckItem, 'state'>): Pick<CheckItem, 'state'> & Partial<CheckItem> {
  const missing = topics.filter(topic => topic.isNeeded && !topic.isSubscribed)
  const unheard = used.find(({ topic }) => missing.some(one => one.topic === topic))
  if (unheard !== undefined) {
    const { topic, at, rowId } = unheard
    return { state: 'failed', failure: { at, rowId, reason: 'notSubscribed', code: null, detail: null, value: topic }, failures: item.failures + 1 }
  }
  if (refused.length > 0)
    return { state: 'failed' }
  if (missing.length > 0)
    return { state: 'waiting' }
  return { state: isSubscribedFor ? isOnline || item.last !== null ? 'passed' : 'waiting' : filters.length > 0 ? 'passed' : 'waiting' }
}

/** A device that has shown that it comes back may be switched off; one that never has is waited for. */
function describeReturn({ away }: CheckFacts, { isOnline, now }: CheckView, { last, failures }: Omit<CheckItem, 'state'>): Pick<CheckItem, 'state'> & Partial<CheckItem> {
  if (last !== null)
    return { state: 'passed' }
  if (away === null || isOnline)
    return { state: 'waiting' }
  if (now - away.at <= limits.firmwareReturnMs)
    return { state: 'asked', asked: away }
  return { state: 'failed', failure: { ...away, reason: 'notBack', code: null, detail: null }, failures: failures + 1 }
}
