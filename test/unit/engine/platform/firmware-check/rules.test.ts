import type { CheckFacts, CheckRow, ModelNeeds } from '../../../../../src/engine/platform/firmware-check/types.ts'
import type { CheckItem, CheckStep } from '../../../../../src/shared/contract/firmware-check.ts'
import { expect, it } from 'vitest'
import { matchesFilter } from '../../../../../src/engine/broker/topic-filter.ts'
import { describeCheck, emptyFacts, noticeRow } from '../../../../../src/engine/platform/firmware-check/rules.ts'

const identity = { productKey: 'a1', deviceName: 'dev1' }
const sys = '/sys/a1/dev1/thing'
const needs: ModelNeeds = { isWritable: true, events: ['overheat'], services: ['restart'], hasSyncServices: false }
let nextId = 0

function row(direction: CheckRow['direction'], topic: string, code: number | null = 200, content: Record<string, unknown> = {}, id = ++nextId): CheckRow {
  return { id, at: id * 1000, direction, topic, code, detail: null, content: () => content }
}

function facts(...rows: CheckRow[]): CheckFacts {
  return rows.reduce(noticeRow, emptyFacts(0))
}

function itemOf(step: CheckStep, known: CheckFacts, view: { now?: number, isOnline?: boolean, needs?: ModelNeeds } = {}): CheckItem {
  const { items } = describeCheck(known, { now: nextId * 1000, isOnline: true, identity, needs, matches: matchesFilter, ...view })
  return items.find(item => item.step === step)!
}

const online = (clean = true, clientId = 'a1.dev1|securemode=3|'): CheckRow => row('record', 'online', 200, { clean, clientId })

it('leaves out what the thing model has nothing for, unless it was seen all the same', () => {
  const steps = (known: CheckFacts): string[] => describeCheck(known, { now: 0, isOnline: false, identity, needs: { isWritable: false, events: [], services: [], hasSyncServices: false }, matches: matchesFilter }).items.map(item => item.step)
  expect(steps(facts())).toEqual(['connect', 'subscribe', 'post', 'version', 'config', 'reconnect', 'time', 'update'])
  expect(steps(facts(row('up', `${sys}/event/x/post`, 6318)))).toContain('event')
})

it('counts a row that comes again with another verdict once, as what it was in the end', () => {
  const pending = row('up', `${sys}/event/property/post`, null)
  const refused = { ...pending, code: 6306 }
  expect(itemOf('post', facts(pending, refused))).toMatchObject({ state: 'failed', passes: 0, failures: 1, last: null })
  expect(itemOf('post', facts(pending, refused, { ...pending, code: 200 }))).toMatchObject({ state: 'passed', passes: 1, failures: 0, failure: null })
  expect(itemOf('post', facts(pending, pending))).toMatchObject({ passes: 1 })
})

it('keeps the last failure beside a later success, and fails again with a later failure', () => {
  const wrong = row('up', `${sys}/event/property/post`, 6306)
  const right = row('up', `${sys}/event/property/post`)
  expect(itemOf('post', facts(wrong, right))).toMatchObject({ state: 'passed', failure: { code: 6306, rowId: wrong.id } })
  expect(itemOf('post', facts(wrong, right, row('up', `${sys}/event/property/post`, 6307)))).toMatchObject({ state: 'failed', first: { rowId: right.id }, failures: 2 })
})

it('waits for the answer to a command, and calls it missing when the time is over', () => {
  const command = row('down', `${sys}/service/property/set`)
  expect(itemOf('set', facts(command), { now: command.at + 10_000 })).toMatchObject({ state: 'asked', asked: { rowId: command.id } })
  expect(itemOf('set', facts(command), { now: command.at + 10_001 })).toMatchObject({ state: 'failed', failure: { reason: 'noAnswer', rowId: command.id } })
  expect(itemOf('set', facts(command, row('up', `${sys}/service/property/set_reply`)))).toMatchObject({ state: 'passed', asked: null })
  expect(itemOf('set', facts(row('down', `${sys}/service/property/set`, 9201)))).toMatchObject({ state: 'failed', failure: { code: 9201 } })
})

it('takes an answer that matches no command for a failure, until a new command is sent', () => {
  const command = row('down', `${sys}/service/property/set`)
  const stray = row('up', `${sys}/service/property/set_reply`, 1904)
  expect(itemOf('set', facts(command, stray))).toMatchObject({ state: 'failed', failure: { code: 1904 } })
  expect(itemOf('set', facts(stray, row('down', `${sys}/service/property/set`)))).toMatchObject({ state: 'asked' })
})

it('counts a return only after an end that the device had not made itself', () => {
  expect(itemOf('reconnect', facts(online(), row('record', 'offline', 200), online()))).toMatchObject({ state: 'waiting' })
  expect(itemOf('reconnect', facts(online(), row('record', 'offline', 427), online()))).toMatchObject({ state: 'waiting' })
  const away = row('record', 'offline', 1911)
  expect(itemOf('reconnect', facts(away), { isOnline: false })).toMatchObject({ state: 'asked' })
  expect(itemOf('reconnect', facts(away), { isOnline: false, now: away.at + 60_001 })).toMatchObject({ state: 'failed', failure: { reason: 'notBack' } })
  const back = online()
  expect(itemOf('reconnect', facts(away, back))).toMatchObject({ state: 'passed', last: { rowId: back.id } })
  expect(itemOf('reconnect', facts(away, back, row('record', 'offline', 1910)), { isOnline: false, now: 1e9 })).toMatchObject({ state: 'passed' })
})

it('forgets the subscriptions of a clean session when the device comes back, and keeps those of a kept one', () => {
  const subscribed = [online(), row('record', 'subscribe', 200, { filter: `${sys}/#` })]
  expect(itemOf('subscribe', facts(...subscribed))).toMatchObject({ state: 'passed' })
  expect(itemOf('subscribe', facts(...subscribed, online(false)))).toMatchObject({ state: 'passed' })
  expect(itemOf('subscribe', facts(...subscribed, online(true)))).toMatchObject({ state: 'waiting' })
  expect(itemOf('subscribe', facts(...subscribed, row('record', 'unsubscribe', 200, { filter: `${sys}/#` })))).toMatchObject({ state: 'waiting' })
  expect(itemOf('subscribe', facts(online(true, 'a1.dev1|_ss=1,securemode=3|')))).toMatchObject({ state: 'passed', last: null })
})

it('fails on a refused filter until that one is granted', () => {
  const refused = row('record', 'subscribe', 9236, { filter: '/sys/other/dev/#' })
  const all = row('record', 'subscribe', 200, { filter: `${sys}/#` })
  expect(itemOf('subscribe', facts(online(), all, refused))).toMatchObject({ state: 'failed', failure: { code: 9236 } })
  expect(itemOf('subscribe', facts(online(), all, refused, row('record', 'subscribe', 200, { filter: '/sys/other/dev/#' })))).toMatchObject({ state: 'passed' })
})

it('has a topic needed when the platform spoke on it, a request by its filter', () => {
  const known = facts(online(), row('record', 'subscribe', 200, { filter: `${sys}/#` }), row('down', '/sys/a1/dev1/rrpc/request/77'))
  const { topics } = describeCheck(known, { now: 0, isOnline: true, identity, needs, matches: matchesFilter })
  expect(topics.filter(topic => topic.isNeeded && !topic.isSubscribed)).toEqual([{ topic: '/sys/a1/dev1/rrpc/request/+', isSubscribed: false, isNeeded: true }])
  expect(itemOf('subscribe', known).failure).toMatchObject({ reason: 'notSubscribed', value: '/sys/a1/dev1/rrpc/request/+' })
  expect(topics.filter(topic => !topic.isNeeded).map(({ topic }) => topic)).toEqual(['/ota/device/upgrade/a1/dev1', `${sys}/config/push`, `${sys}/service/restart`, `${sys}/event/overheat/post_reply`])
})

it('knows an update by the version it was to bring, and a failed one by what the device said', () => {
  const told = row('down', '/ota/device/upgrade/a1/dev1', 200, { data: { version: '2.0' } })
  const inform = (version: string): CheckRow => row('up', '/ota/device/inform/a1/dev1', 200, { params: { version } })
  expect(itemOf('update', facts(told), { now: 1e9 })).toMatchObject({ state: 'asked' })
  expect(itemOf('update', facts(told, inform('1.0')))).toMatchObject({ state: 'asked' })
  expect(itemOf('update', facts(told, inform('2.0')))).toMatchObject({ state: 'passed' })
  expect(itemOf('version', facts(inform('1.0')))).toMatchObject({ state: 'passed' })
  expect(itemOf('update', facts(told, row('up', '/ota/device/progress/a1/dev1', 200, { params: { step: '-3' } })))).toMatchObject({ state: 'failed', failure: { reason: 'updateFailed', value: '-3' } })
})

it('passes a device that asked for a configuration there is none of, and says so', () => {
  expect(itemOf('config', facts(row('up', `${sys}/config/get`, 6710)))).toMatchObject({ state: 'passed', note: 'noConfig' })
  expect(itemOf('config', facts(row('up', `${sys}/config/get`, 460)))).toMatchObject({ state: 'failed' })
  expect(itemOf('config', facts(row('down', `${sys}/config/push`), row('up', `${sys}/config/push_reply`)))).toMatchObject({ state: 'passed', note: null })
})

it('sees events, services and the question for the time', () => {
  expect(itemOf('event', facts(row('up', `${sys}/event/overheat/post`)))).toMatchObject({ state: 'passed', isRequired: false })
  expect(itemOf('service', facts(row('down', `${sys}/service/restart`), row('up', `${sys}/service/restart_reply`)))).toMatchObject({ state: 'passed' })
  expect(itemOf('service', facts(row('down', '/sys/a1/dev1/rrpc/request/1'), row('up', '/sys/a1/dev1/rrpc/response/1')))).toMatchObject({ state: 'passed' })
  expect(itemOf('time', facts(row('up', '/ext/ntp/a1/dev1/request')))).toMatchObject({ state: 'passed' })
})

it('has passed when everything required has, and failed when anything has', () => {
  const all = [online(), row('record', 'subscribe', 200, { filter: '/#' }), row('up', `${sys}/event/property/post`), row('up', `${sys}/service/property/set_reply`), row('up', '/ota/device/inform/a1/dev1'), row('up', `${sys}/config/get`), row('record', 'offline', 1911), online(false)]
  const resultOf = (known: CheckFacts): string => describeCheck(known, { now: 0, isOnline: true, identity, needs, matches: matchesFilter }).result
  expect(resultOf(facts(...all.slice(0, -1)))).toBe('open')
  expect(resultOf(facts(...all))).toBe('passed')
  expect(resultOf(facts(...all, row('up', `${sys}/event/overheat/post`, 6318)))).toBe('failed')
})
