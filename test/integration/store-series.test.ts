import type { SeriesBuckets, Store } from '../../src/engine/store/types.ts'
import { Buffer } from 'node:buffer'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { limits } from '../../src/shared/limits.ts'
import { waitFor } from '../support/wait-for.ts'
import { entry, openTestStore, reading, startAt } from '../unit/engine/store/store-fixture.ts'

type Point = [at: number, value: number]
const range = { fromAt: startAt, toAt: startAt + 100_000, buckets: 10 }
const temperature = (store: Store, deviceId = 1) => store.series.buckets(deviceId, 'Temperature', range)
const plain = ({ points, ...arrays }: SeriesBuckets) => ({ points, ...Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, [...array as Float64Array]])) })

/** The same answer made in the plainest way from all points. */
function expected(points: Point[], { fromAt, toAt, buckets }: typeof range) {
  const held = new Map<number, Point[]>()
  for (const [at, value] of points) {
    if (at < fromAt || at > toAt)
      continue
    const bucket = Math.min(buckets - 1, Math.floor((at - fromAt) / ((toAt - fromAt) / buckets)))
    held.set(bucket, [...held.get(bucket) ?? [], [at, value]])
  }
  const filled = [...held].sort(([a], [b]) => a - b)
  const pick = (of: (points: Point[]) => number) => filled.map(([, list]) => of(list))
  return {
    points: filled.reduce((sum, [, list]) => sum + list.length, 0),
    at: filled.map(([bucket]) => fromAt + bucket * (toAt - fromAt) / buckets),
    min: pick(list => Math.min(...list.map(([, value]) => value))),
    max: pick(list => Math.max(...list.map(([, value]) => value))),
    mean: pick(list => list.reduce((sum, [, value]) => sum + value, 0) / list.length),
    last: pick(list => list.toSorted(([a], [b]) => a - b).at(-1)![1]),
    count: pick(list => list.length),
  }
}

/** Lets a minute of the clock pass, after which waiting points are written, and waits until they are. */
async function flushSeries({ store, clock }: Awaited<ReturnType<typeof openTestStore>>): Promise<void> {
  clock.advance(limits.seriesFlushMs)
  await store.flush()
}

it('answers for points wherever they are: in memory, in blocks, after a restart', async () => {
  const first = await openTestStore()
  const points = Array.from({ length: 60 }, (_, i): Point => [startAt + i * 1000, i * i])
  const add = (store: Store, from: number, to: number) => points.slice(from, to).forEach(([at, value]) => {
    store.append(reading(1, at, value))
    store.append(reading(2, at, -1))
  })
  add(first.store, 0, 20)
  await first.store.flush()
  expect(plain(await temperature(first.store))).toEqual(expected(points.slice(0, 20), range))
  await flushSeries(first)
  add(first.store, 20, 40)
  await first.store.flush()
  expect(plain(await temperature(first.store))).toEqual(expected(points.slice(0, 40), range))
  const { store } = await first.reopen()
  add(store, 40, 60)
  await store.flush()
  expect(plain(await temperature(store))).toEqual(expected(points, range))
})

it('says the same as plain arithmetic for any points, in any order, in many small messages', async () => {
  const point = fc.tuple(fc.integer({ min: -50, max: 450 }).map(n => startAt + n * 250), fc.integer({ min: -1000, max: 1000 }))
  await fc.assert(fc.asyncProperty(fc.array(fc.uniqueArray(point, { selector: ([at]) => at, maxLength: 60 }), { minLength: 1, maxLength: 6 }), async (rounds) => {
    const opened = await openTestStore()
    const points: Point[] = []
    for (const round of rounds) {
      for (const [at, value] of round) {
        if (points.some(([known]) => known === at))
          continue
        points.push([at, value])
        opened.store.append(entry({ at: opened.clock.now(), samples: [{ property: 'Temperature', at, value }, { property: 'Other', at, value: 5 }] }))
      }
      await flushSeries(opened)
    }
    const answer = plain(await temperature(opened.store))
    await opened.store.close()
    expect(answer).toEqual(expected(points, range))
  }), { numRuns: 8 })
}, 60_000)

it('keeps a hundred thousand points over merging, more blocks and a restart', async () => {
  const first = await openTestStore()
  const points = Array.from({ length: 100_000 }, (_, i): Point => [startAt + i, i % 1000])
  for (let from = 0; from < points.length; from += 100)
    first.store.append(entry({ at: startAt + from, samples: points.slice(from, from + 100).map(([at, value]) => ({ property: 'Temperature', at, value })) }))
  await first.store.flush()
  const whole = expected(points, range)
  expect(plain(await temperature(first.store))).toEqual(whole)
  const { store } = await first.reopen()
  expect(plain(await temperature(store))).toEqual(whole)
})

it('knows nothing of a property or a device without points', async () => {
  const { store } = await openTestStore()
  store.append(reading(1, startAt, 1))
  await store.flush()
  expect((await store.series.buckets(1, 'Nothing', range)).points).toBe(0)
  expect((await temperature(store, 99)).points).toBe(0)
})

it('refuses a range that ends before it begins and a number of buckets nobody can see', async () => {
  const { store } = await openTestStore()
  for (const wrong of [{ ...range, toAt: range.fromAt }, { ...range, buckets: 0 }, { ...range, buckets: limits.seriesBucketsMax + 1 }, { ...range, fromAt: Number.NaN }])
    await expect(store.series.buckets(1, 'Temperature', wrong)).rejects.toMatchObject({ code: 'input/invalid' })
})

it('answers from the trace while series.db turns out damaged, and makes it again', async () => {
  const opened = await openTestStore()
  const points = Array.from({ length: 50 }, (_, i): Point => [startAt + i * 1000, i])
  for (const [at, value] of points)
    opened.store.append(reading(1, at, value))
  await opened.store.close()
  const path = join(opened.dir, 'series.db')
  const { store, notices } = await openTestStore({ dir: opened.dir })
  writeFileSync(path, Buffer.alloc(65_536, 'no database '))
  expect(plain(await temperature(store))).toEqual(expected(points, range))
  await waitFor(() => notices.length > 0)
  expect(notices).toMatchObject([{ code: 'database-damaged', message: expect.stringMatching(/series\.db, is damaged.*set aside as series\.db\.damaged.*made again/) }])
  expect(plain(await temperature(store))).toEqual(expected(points, range))
  expect(readdirSync(opened.dir)).toContain('series.db.damaged')
})

it('makes a series.db again that was damaged while the workspace was closed', async () => {
  const first = await openTestStore()
  const points = Array.from({ length: 50 }, (_, i): Point => [startAt + i * 1000, i])
  for (const [at, value] of points)
    first.store.append(reading(1, at, value))
  await first.store.close()
  writeFileSync(join(first.dir, 'series.db'), 'no database '.repeat(1000))
  const second = await first.reopen()
  expect(second.notices).toMatchObject([{ code: 'database-damaged' }])
  expect(plain(await temperature(second.store))).toEqual(expected(points, range))
  const { store, notices } = await second.reopen()
  expect(plain(await temperature(store))).toEqual(expected(points, range))
  expect(notices).toEqual([])
})
