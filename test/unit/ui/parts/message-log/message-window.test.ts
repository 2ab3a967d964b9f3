import type { TraceRow } from '../../../../../src/shared/contract/trace.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageWindow } from '../../../../../src/ui/parts/message-log/message-window.ts'

function row(id: number): TraceRow {
  return { id, at: id * 10, direction: 'up', productKey: 'pk', deviceName: 'd', topic: 't', qos: 1, payloadBytes: 0, preview: '', code: 200, causeId: null }
}
const span = (from: number, to: number): TraceRow[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => row(from + at))
const tail = (from: number, to: number, skipped = 0) => ({ rows: span(from, to), arrived: to - from + 1 + skipped, skipped })
const ids = (window: MessageWindow): number[] => window.rows.map(one => one.id)

function windowOn(from: number, to: number, rowsMax = 10): MessageWindow {
  const window = new MessageWindow(rowsMax)
  window.reset(span(from, to).toReversed(), from > 1 ? from : null)
  return window
}

describe('following', () => {
  it('takes new rows in and lets the oldest go, which can be paged back', () => {
    const window = windowOn(1, 8)
    window.takeTail(tail(8, 12))
    expect({ ids: ids(window), olderId: window.olderId, hasOlder: window.hasOlder }).toEqual({ ids: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12], olderId: 3, hasOlder: true })
  })

  it('shows the verdict of a row that comes again, in its place', () => {
    const window = windowOn(1, 8)
    window.takeTail({ rows: [{ ...row(5), code: 6320 }, row(9)], arrived: 1, skipped: 0 })
    expect(window.rows.map(({ id, code }) => [id, code])).toEqual([[1, 200], [2, 200], [3, 200], [4, 200], [5, 6320], [6, 200], [7, 200], [8, 200], [9, 200]])
  })

  it('starts anew when more came than the tail carries, so that it never has a hole', () => {
    const window = windowOn(1, 8)
    window.takeTail(tail(500, 503, 491))
    expect({ ids: ids(window), olderId: window.olderId, following: window.following }).toEqual({ ids: [500, 501, 502, 503], olderId: 500, following: true })
  })
})

describe('standing still', () => {
  it('counts what comes and shows none of it', () => {
    const window = windowOn(1, 8)
    window.freeze()
    window.takeTail(tail(9, 11))
    window.takeTail(tail(100, 101, 88))
    expect({ ids: ids(window), newCount: window.newCount }).toEqual({ ids: [1, 2, 3, 4, 5, 6, 7, 8], newCount: 93 })
  })

  it('goes on where it stopped when nothing was missed', () => {
    const window = windowOn(1, 4)
    window.freeze()
    window.takeTail(tail(5, 6))
    window.follow()
    expect({ ids: ids(window), newCount: window.newCount, following: window.following }).toEqual({ ids: [1, 2, 3, 4, 5, 6], newCount: 0, following: true })
  })

  it('asks for the newer pages when more was missed than waits, and follows once they have reached the present', () => {
    const window = windowOn(1, 4)
    window.freeze()
    window.takeTail(tail(40, 41, 35))
    window.follow()
    expect({ atNewest: window.atNewest, following: window.following }).toEqual({ atNewest: false, following: false })
    window.addNewer(span(5, 39), null)
    window.follow()
    expect({ last: ids(window).slice(-3), following: window.following }).toEqual({ last: [39, 40, 41], following: true })
  })
})

it('stands at a place in the past: what is new is only counted, and joined when the pages have come to the present', () => {
  const window = windowOn(90, 99)
  window.standAt(span(11, 15).toReversed(), 11)
  window.takeTail(tail(100, 101))
  expect({ ids: ids(window), newCount: window.newCount, atNewest: window.atNewest, following: window.following, hasOlder: window.hasOlder }).toEqual({ ids: [11, 12, 13, 14, 15], newCount: 2, atNewest: false, following: false, hasOlder: true })
  window.addNewer(span(16, 20), 20)
  window.addNewer(span(92, 99), null)
  expect({ last: ids(window).slice(-3), atNewest: window.atNewest, following: window.following }).toEqual({ last: [99, 100, 101], atNewest: true, following: false })
})

describe('paging', () => {
  it('adds older rows once, says how many came before the start, and ends where nothing older is kept', () => {
    const window = windowOn(5, 8)
    expect(window.addOlder(span(1, 5).toReversed(), null)).toBe(4)
    expect({ ids: ids(window), hasOlder: window.hasOlder }).toEqual({ ids: [1, 2, 3, 4, 5, 6, 7, 8], hasOlder: false })
  })

  it('leaves the present when it pages back further than it holds', () => {
    const window = windowOn(11, 20)
    window.addOlder(span(5, 10).toReversed(), 5)
    expect({ ids: ids(window), atNewest: window.atNewest, following: window.following }).toEqual({ ids: [5, 6, 7, 8, 9, 10, 11, 12, 13, 14], atNewest: false, following: false })
  })

  it('finds rows by id and by time', () => {
    const window = windowOn(3, 8)
    expect([window.indexOf(3), window.indexOf(8), window.indexOf(9), window.nearestTo(52), new MessageWindow().nearestTo(1)]).toEqual([0, 5, null, 2, null])
  })
})

it('is always in order, without a hole it does not know of, and within its size', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('tail' as const), count: fc.integer({ min: 1, max: 30 }), carried: fc.integer({ min: 1, max: 12 }) }),
    fc.constant({ kind: 'freeze' as const }),
    fc.constant({ kind: 'follow' as const }),
    fc.constant({ kind: 'older' as const }),
  )
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const window = new MessageWindow(20)
    let newest = 10
    window.reset(span(1, newest).toReversed(), null)
    for (const one of steps) {
      if (one.kind === 'tail') {
        const from = newest + 1
        newest += one.count
        const carried = Math.min(one.count, one.carried)
        window.takeTail({ rows: span(newest - carried + 1, newest), arrived: newest - from + 1, skipped: one.count - carried })
      }
      else if (one.kind === 'freeze') {
        window.freeze()
      }
      else if (one.kind === 'follow') {
        window.follow()
        if (!window.atNewest) {
          window.addNewer(span(window.lastId + 1, newest), null)
          window.follow()
        }
      }
      else if (window.hasOlder) {
        const from = Math.max(1, window.firstId - 5)
        window.addOlder(span(from, window.firstId - 1).toReversed(), from > 1 ? from : null)
      }
      const held = ids(window)
      expect(held.length).toBeLessThanOrEqual(20)
      expect(held).toEqual(span(held[0] ?? 1, held.at(-1) ?? 0).map(({ id }) => id))
      if (window.following)
        expect(held.at(-1)).toBe(newest)
      expect(window.hasOlder || held[0] === 1).toBe(true)
    }
  }))
})
