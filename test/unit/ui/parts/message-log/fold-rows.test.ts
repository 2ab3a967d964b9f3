import type { TraceRow } from '../../../../../src/shared/contract/trace.ts'
import { describe, expect, it } from 'vitest'
import { foldRows, lateMs, overdueMs, waitOf } from '../../../../../src/ui/parts/message-log/fold-rows.ts'

const root = '/sys/a1/kitchen/thing'
const post = `${root}/event/property/post`
const set = `${root}/service/property/set`

function row(id: number, direction: TraceRow['direction'], topic: string, change: Partial<TraceRow> = {}): TraceRow {
  return { id, at: id, direction, productKey: 'a1', deviceName: 'kitchen', topic, qos: 1, payloadBytes: 9, preview: '{"id":"1"}', code: 200, causeId: null, ...change }
}
const ids = (rows: TraceRow[]) => foldRows(rows).map(line => [line.row.id, line.answer?.id ?? null])

describe('foldRows', () => {
  it('puts the reply to a report and the answer to a command on the lines of what they answer', () => {
    expect(ids([
      row(1, 'up', post),
      row(2, 'down', set, { preview: '{"id":"77"}' }),
      row(3, 'down', `${post}_reply`, { causeId: 1 }),
      row(4, 'up', `${set}_reply`, { causeId: 2, preview: '{"id":"77","code":200}' }),
      row(5, 'record', 'offline'),
    ])).toEqual([[1, 3], [2, 4], [5, null]])
  })

  it('pairs by journey and id, also where an API call began the journey', () => {
    expect(ids([
      row(1, 'record', 'SetDeviceProperty'),
      row(2, 'down', set, { causeId: 1, preview: '{"id":"77"}' }),
      row(3, 'down', set, { causeId: 1, preview: '{"id":"78"}' }),
      row(4, 'up', `${set}_reply`, { causeId: 1, preview: '{"id":"78"}' }),
    ])).toEqual([[1, null], [2, null], [3, 4]])
  })

  it('gives a line of its own to an answer whose message is not there, to a second one, and to one of another device', () => {
    expect(ids([
      row(1, 'down', `${post}_reply`, { causeId: 0 }),
      row(2, 'up', post),
      row(3, 'down', `${post}_reply`, { causeId: 2 }),
      row(4, 'down', `${post}_reply`, { causeId: 2 }),
      row(5, 'down', '/sys/a1/cellar/thing/event/property/post_reply', { causeId: 2 }),
      row(6, 'up', '/a1/kitchen/user/status'),
    ])).toEqual([[1, null], [2, 3], [4, null], [5, null], [6, null]])
  })

  it('knows RRPC, the clock and the shadow, whose answers have other topics', () => {
    expect(ids([
      row(1, 'down', '/sys/a1/kitchen/rrpc/request/9'),
      row(2, 'up', '/ext/ntp/a1/kitchen/request', { preview: '{"deviceSendTime":"1"}' }),
      row(3, 'up', '/shadow/update/a1/kitchen', { preview: '{"method":"get"}' }),
      row(4, 'up', '/sys/a1/kitchen/rrpc/response/9', { causeId: 1 }),
      row(5, 'down', '/ext/ntp/a1/kitchen/response', { causeId: 2, preview: '{}' }),
      row(6, 'down', '/shadow/get/a1/kitchen', { causeId: 3, preview: '{"method":"reply"}' }),
    ])).toEqual([[1, 4], [2, 5], [3, 6]])
  })
})

describe('waitOf', () => {
  const wait = (one: TraceRow, waitedMs: number, answer: TraceRow | null = null) => waitOf({ row: one, answer }, one.at + waitedMs)

  it('is late and then overdue while no answer comes', () => {
    const command = row(1, 'down', set)
    expect([wait(command, lateMs - 1), wait(command, lateMs), wait(command, overdueMs)]).toEqual([null, 'late', 'overdue'])
    expect(wait(row(1, 'down', set, { code: 1905 }), 0)).toBe('overdue')
  })

  it('is nothing for what is answered, refused, asks for no answer or is none', () => {
    const report = row(1, 'up', post)
    expect(wait(report, overdueMs, row(2, 'down', `${post}_reply`))).toBeNull()
    expect(wait(row(1, 'up', post, { code: 9236 }), overdueMs)).toBeNull()
    expect(wait(row(1, 'up', post, { preview: '{"id":"1","sys":{"ack":0}}' }), overdueMs)).toBeNull()
    expect(wait(row(1, 'up', `${set}_reply`), overdueMs)).toBeNull()
    expect(wait(row(1, 'record', 'online'), overdueMs)).toBeNull()
  })
})
