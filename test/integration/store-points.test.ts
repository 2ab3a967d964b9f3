import type { Store } from '../../src/engine/store/types.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { limits } from '../../src/shared/limits.ts'
import { waitFor } from '../support/wait-for.ts'
import { entry, openTestStore, reading, startAt } from '../unit/engine/store/store-fixture.ts'

type Point = [at: number, value: number]

async function read(store: Store, { deviceId = 1, ...wish }: { newestFirst: boolean, limit: number, fromAt?: number, toAt?: number, deviceId?: number }): Promise<Point[]> {
  const { at, value } = await store.series.points(deviceId, 'Temperature', { fromAt: startAt, toAt: startAt + 1_000_000, ...wish })
  return Array.from(at, (instant, index): Point => [instant, value[index]!])
}

async function flushSeries({ store, clock }: Awaited<ReturnType<typeof openTestStore>>): Promise<void> {
  clock.advance(limits.seriesFlushMs)
  await store.flush()
}

it('gives the single points of a series in both orders, wherever they are, and of the range only', async () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 300 }).map(n => startAt + n * 250), fc.integer({ min: -1000, max: 1000 }))
  const wishes = fc.record({ newestFirst: fc.boolean(), limit: fc.integer({ min: 1, max: 50 }), from: fc.integer({ min: 0, max: 80_000 }), span: fc.integer({ min: 0, max: 80_000 }) })
  const opened = await openTestStore()
  let deviceId = 0
  await fc.assert(fc.asyncProperty(fc.array(fc.uniqueArray(point, { selector: ([at]) => at, maxLength: 40 }), { minLength: 1, maxLength: 4 }), wishes, async (rounds, { newestFirst, limit, from, span }) => {
    deviceId += 1
    const points = new Map<number, number>()
    for (const round of rounds) {
      await flushSeries(opened)
      for (const [at, value] of round) {
        if (points.has(at))
          continue
        points.set(at, value)
        opened.store.append(entry({ deviceId, at: opened.clock.now(), samples: [{ property: 'Other', at, value: 5 }, { property: 'Temperature', at, value }] }))
      }
    }
    await opened.store.flush()
    const range = { fromAt: startAt + from, toAt: startAt + from + span }
    const answer = await read(opened.store, { newestFirst, limit, deviceId, ...range })
    const expected = [...points].filter(([at]) => at >= range.fromAt && at <= range.toAt).sort(([a], [b]) => newestFirst ? b - a : a - b).slice(0, limit)
    expect(answer).toEqual(expected)
  }), { numRuns: 15 })
})

it('keeps every point of one instant, and finds the newest of many thousand', async () => {
  const opened = await openTestStore()
  for (let i = 0; i < 20_000; i++)
    opened.store.append(reading(1, startAt + Math.floor(i / 2), i % 7))
  await flushSeries(opened)
  const newest = await read(opened.store, { newestFirst: true, limit: 6 })
  expect(newest.map(([at]) => at - startAt)).toEqual([9_999, 9_999, 9_998, 9_998, 9_997, 9_997])
  const oldest = await read(opened.store, { newestFirst: false, limit: 3 })
  expect(oldest.map(([at]) => at - startAt)).toEqual([0, 0, 1])
})

it('answers from the trace when the series are damaged', async () => {
  const opened = await openTestStore()
  opened.store.append(reading(1, startAt + 5, 42))
  await flushSeries(opened)
  await opened.store.close()
  writeFileSync(join(opened.dir, 'series.db'), 'no database at all, and long enough to be taken for one by nobody')
  const again = await opened.reopen()
  await waitFor(async () => (await read(again.store, { newestFirst: true, limit: 5 })).length === 1)
  expect(await read(again.store, { newestFirst: true, limit: 5 })).toEqual([[startAt + 5, 42]])
})
