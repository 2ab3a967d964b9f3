import type { ReplayRow } from '../../../../src/engine/replay/types.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { Cursor } from '../../../../src/engine/replay/cursor.ts'
import { beginning, markBefore, offsetAfter, outline } from '../../../../src/engine/replay/outline.ts'
import { judgeRow, moveTopic } from '../../../../src/engine/replay/playable.ts'
import { fileSource } from '../../../../src/engine/replay/source.ts'

const lamp = { productKey: 'a1Test', deviceName: 'lamp-01' }
const signal = new AbortController().signal
const judge = (row: ReplayRow) => judgeRow(row, productKey => productKey === 'a1Sub')

function row(topic: string, part: Partial<ReplayRow> = {}): ReplayRow {
  return { place: 0, at: 0, direction: 'up', ...lamp, topic, qos: 1, payload: Buffer.alloc(0), ...part }
}

function verdict(topic: string, part: Partial<ReplayRow> = {}): string {
  const played = judge(row(topic, part))
  return played.kind === 'left-out' ? played.reason : played.kind
}

/** An export with a message at each of these times. */
function exported(...times: number[]): string {
  return times.map(at => `${JSON.stringify({ at, direction: 'up', ...lamp, topic: '/a1Test/lamp-01/user/x', qos: 0, code: 200, payload: `at ${at}` })}\n`).join('')
}

describe('what of a recording is played', () => {
  it('is what devices report, and when they come and go', () => {
    for (const topic of ['/sys/a1Test/lamp-01/thing/event/property/post', '/sys/a1Test/lamp-01/thing/event/Hot/post', '/sys/a1Test/lamp-01/thing/model/up_raw', '/a1Test/lamp-01/user/x', '/ota/device/inform/a1Test/lamp-01', '/sys/a1Test/lamp-01/thing/nonsense'])
      expect(verdict(topic)).toBe('publish')
    expect(verdict('online', { direction: 'record' })).toBe('online')
    expect(verdict('offline', { direction: 'record' })).toBe('offline')
  })

  it('is nothing whose answer matters, nor what was said in answer, by others, or by nobody known', () => {
    expect(verdict('/sys/a1Test/lamp-01/thing/service/property/set', { direction: 'down' })).toBe('downlink')
    expect(verdict('/sys/a1Test/lamp-01/thing/service/property/set_reply')).toBe('reply')
    expect(verdict('/sys/a1Test/lamp-01/rrpc/response/12')).toBe('reply')
    expect(verdict('/ota/device/progress/a1Test/lamp-01')).toBe('request')
    expect(verdict('/ext/ntp/a1Test/lamp-01/request')).toBe('request')
    expect(verdict('/sys/a1Test/lamp-01/thing/topo/add')).toBe('gateway')
    expect(verdict('/sys/a1Sub/probe-01/thing/event/property/post', { productKey: 'a1Sub', deviceName: 'probe-01' })).toBe('gateway')
    expect(verdict('/sys/a1Test/lamp-02/thing/event/property/post')).toBe('topic')
    expect(verdict('a/#')).toBe('topic')
    expect(verdict('/x/y/user/z', { productKey: '', deviceName: '' })).toBe('unknown-device')
    expect(verdict('subscribe', { direction: 'record' })).toBe('record')
    expect(verdict('', { direction: 'line' })).toBe('line')
  })

  it('goes to the topics of the device that plays it', () => {
    const to = { productKey: 'b2', deviceName: 'copy-01' }
    expect(moveTopic('/sys/a1Test/lamp-01/thing/event/property/post', to)).toBe('/sys/b2/copy-01/thing/event/property/post')
    expect(moveTopic('/a1Test/lamp-01/user/lamp-01/a1Test', to)).toBe('/b2/copy-01/user/lamp-01/a1Test')
    expect(moveTopic('/ota/device/inform/a1Test/lamp-01', to)).toBe('/ota/device/inform/b2/copy-01')
    expect(moveTopic('/nobody', to)).toBe('/nobody')
  })
})

describe('the timeline of a replay', () => {
  it('begins at 0, shortens long silences and never goes back', () => {
    let now = offsetAfter(beginning, 5_000, 1_000)
    const offsets = [now.offsetMs]
    for (const at of [5_400, 9_000, 8_000, 9_100]) {
      now = offsetAfter(now, at, 1_000)
      offsets.push(now.offsetMs)
    }
    expect(offsets).toEqual([0, 400, 1_400, 1_400, 1_500])
  })

  it('is found again from the middle of a recording as from its beginning', async () => {
    const source = fileSource(exported(...Array.from({ length: 1_800 }, (_, index) => 1_000 + index * 10)))
    const found = await outline(source, { judge, gapMsMax: null, signal, leftMs: () => 1_000 })
    expect(found).toMatchObject({ messages: 1_800, durationMs: 17_990, firstAt: 1_000, lastAt: 18_990, share: 1 })
    expect(found.marks.length).toBeGreaterThan(2)
    const cursor = new Cursor(source, judge, null, markBefore(found.marks, 12_345), 12_345)
    await cursor.load(signal)
    while (cursor.next === undefined && !cursor.isOver)
      await cursor.load(signal)
    expect(cursor.next).toMatchObject({ offsetMs: 12_350, row: { at: 13_350 } })
  })

  it('says how much of a recording it has seen when the time is over', async () => {
    const source = fileSource(exported(...Array.from({ length: 1_200 }, (_, index) => index)))
    const found = await outline(source, { judge, gapMsMax: null, signal, leftMs: () => 0 })
    expect(found.messages).toBe(500)
    expect(found.share).toBeGreaterThan(0)
    expect(found.share).toBeLessThan(1)
  })
})

describe('an export of the trace', () => {
  it('is read line by line, and what is no message is a line', async () => {
    const text = `\uFEFF${exported(5)}\nnonsense\n{"at":"x"}\n${JSON.stringify({ at: 6, direction: 'up', ...lamp, topic: '/t', qos: 1, payload: { base64: '/wA=' } })}`
    const { rows, next } = await fileSource(text).read(0, signal)
    expect(next).toBeNull()
    expect(rows.map(({ direction, at }) => [direction, at])).toEqual([['up', 5], ['line', 0], ['line', 0], ['up', 6]])
    expect([...rows[3]!.payload]).toEqual([255, 0])
    expect(rows[3]!.qos).toBe(1)
  })
})
