import type { StoredTrace } from '../../../../../src/engine/store/types.ts'
import { expect, it } from 'vitest'
import { createTraceMatcher } from '../../../../../src/engine/platform/trace/filter.ts'
import { createTailCollector } from '../../../../../src/engine/platform/trace/tail.ts'
import { replyWaitMs, waitForAnswers } from '../../../../../src/engine/platform/trace/unanswered.ts'

const post = '/sys/a1/kitchen/thing/event/property/post'
const set = '/sys/a1/kitchen/thing/service/property/set'

function row(id: number, wish: Partial<StoredTrace> = {}): StoredTrace {
  return { id, at: id, deviceId: 1, deviceKey: null, direction: 'up', topic: post, qos: 0, payload: new TextEncoder().encode('{"id":"1"}'), code: 200, detail: null, causeId: null, ...wish }
}

function tail() {
  let now = 0
  const matches = createTraceMatcher({ answered: false })
  const source = waitForAnswers(createTailCollector(matches, () => undefined, () => {}), matches, () => now)
  const ids = (): number[] => source.take()?.rows.map(({ id }) => id) ?? []
  return { add: source.add, ids, pass: (ms: number) => { now += ms } }
}

it('lets a message go on when it has waited in vain, and none that was answered, wants no answer or is one', () => {
  const { add, ids, pass } = tail()
  add(row(1))
  add(row(2))
  add(row(3, { topic: `${post}_reply`, direction: 'down', causeId: 1 }))
  add(row(4, { payload: new TextEncoder().encode('{"id":"9","sys":{"ack":0}}') }))
  add(row(5, { topic: 'online', direction: 'record' }))
  pass(replyWaitMs - 1)
  add(row(6))
  expect(ids()).toEqual([])
  pass(1)
  expect(ids()).toEqual([2])
  pass(replyWaitMs)
  expect(ids()).toEqual([6])
})

it('tells the commands of one call apart by their ids', () => {
  const { add, ids, pass } = tail()
  const bytes = (id: string): Uint8Array => new TextEncoder().encode(`{"id":"${id}"}`)
  for (const id of ['77', '78'])
    add(row(Number(id), { topic: set, direction: 'down', causeId: 5, payload: bytes(id) }))
  add(row(90, { topic: `${set}_reply`, causeId: 5, payload: bytes('78') }))
  pass(replyWaitMs)
  expect(ids()).toEqual([77])
})

it('shows the verdict that came meanwhile, and not once more what was answered before its verdict', () => {
  const { add, ids, pass } = tail()
  add(row(1, { code: null }))
  add(row(2, { topic: `${post}_reply`, direction: 'down', causeId: 1 }))
  add(row(1, { code: 200 }))
  add(row(3, { code: null }))
  add(row(3, { code: 6320 }))
  pass(replyWaitMs)
  expect(ids()).toEqual([3])
  pass(replyWaitMs)
  expect(ids()).toEqual([])
})
