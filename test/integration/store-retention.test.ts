import { Buffer } from 'node:buffer'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { entry, openTestStore, reading, startAt } from '../unit/engine/store/store-fixture.ts'

const dayMs = 24 * 3600_000
const mib = 1024 * 1024

const segmentFiles = (dir: string) => readdirSync(join(dir, 'traces')).filter(file => file.endsWith('.db')).sort()
const dropNotices = (notices: { code: string, message: string }[]) => notices.filter(({ code }) => code === 'segments-dropped').map(({ message }) => message)

/** Ten days with 100 readings each. */
async function tenDays() {
  const opened = await openTestStore({ keepTracesDays: 365 })
  for (let day = 0; day < 10; day++) {
    for (let i = 0; i < 100; i++)
      opened.store.append(reading(1, startAt + day * dayMs + i, i))
    await opened.store.flush()
    opened.clock.advance(dayMs)
  }
  return opened
}

it('deletes the oldest days at once when fewer are to be kept, and says so', async () => {
  const { store, dir, notices } = await tenDays()
  expect(store.stats()).toMatchObject({ segments: 10, oldestAt: startAt })
  store.setRetention({ keepTracesDays: 3, keepTracesBytesMax: 2 ** 31 })
  await waitFor(() => store.stats().segments === 3)
  expect(segmentFiles(dir)).toEqual(['2025-01-08-001.db', '2025-01-09-001.db', '2025-01-10-001.db'])
  expect(dropNotices(notices)).toHaveLength(7)
  expect(dropNotices(notices)[0]).toBe('The 100 oldest messages (2025-01-01-001.db, 2025-01-01T00:00:00.000Z to 2025-01-01T00:00:00.099Z) were deleted: they are older than the 3 days that messages are kept.')
  expect((await store.traces.page({}, { after: 0, limit: 1 })).rows[0]!.at).toBe(startAt + 7 * dayMs)
  expect(store.stats().oldestAt).toBe(startAt + 7 * dayMs)
})

it('keeps the segments of pinned times whatever their age and size, also after it was opened again, and says when they alone are too much', async () => {
  const { store, dir, notices } = await tenDays()
  store.pinTraces([{ fromAt: startAt + 2 * dayMs + 50, toAt: startAt + 3 * dayMs + 10 }, { fromAt: startAt - 2 * dayMs, toAt: startAt - 1 }])
  store.setRetention({ keepTracesDays: 3, keepTracesBytesMax: 2 ** 31 })
  await waitFor(() => store.stats().segments === 5)
  expect(segmentFiles(dir)).toEqual(['2025-01-03-001.db', '2025-01-04-001.db', '2025-01-08-001.db', '2025-01-09-001.db', '2025-01-10-001.db'])
  store.setRetention({ keepTracesDays: 365, keepTracesBytesMax: 1 })
  await waitFor(() => store.stats().segments === 3)
  expect(notices.filter(({ code }) => code === 'pinned-over-budget').map(({ message }) => message)).toEqual([expect.stringContaining('Take the pin off a run')])
  store.pinTraces([])
  await waitFor(() => store.stats().segments === 1)
})

it('deletes what has become too old every hour and when it starts', async () => {
  const first = await tenDays()
  const { store, clock } = await first.reopen({ keepTracesDays: 8 })
  await waitFor(() => store.stats().segments === 8)
  clock.advance(dayMs)
  await waitFor(() => store.stats().segments === 7)
})

it('keeps to the bytes allowed, deleting the oldest segments, never the newest', async () => {
  const { store, dir, notices, clock } = await openTestStore({ keepTracesBytesMax: 8 * mib })
  const payload = Buffer.alloc(100_000, 'x')
  for (let i = 0; i < 200; i++) {
    clock.advance(1000)
    store.append(entry({ at: clock.now(), payload }))
    if (i % 10 === 0)
      await store.flush()
  }
  await store.flush()
  await waitFor(() => store.stats().diskBytes < 9 * mib)
  expect(dropNotices(notices)[0]).toMatch(/were deleted: all messages together took more than the 8 MiB that are kept\.$/)
  const newest = (await store.traces.page({}, { limit: 1 })).rows[0]!
  expect(newest.at).toBe(clock.now())
  expect(segmentFiles(dir).length).toBeGreaterThan(3)
  store.setRetention({ keepTracesDays: 7, keepTracesBytesMax: 1 })
  await waitFor(() => store.stats().segments === 1)
  expect(await store.traces.get(newest.id)).toBeDefined()
})

it('deletes no rows before their samples are in blocks, so that plots keep their points', async () => {
  const { store } = await openTestStore()
  for (let day = 0; day < 3; day++) {
    for (let i = 0; i < 100; i++)
      store.append({ ...reading(1, startAt + day * dayMs + i, i), payload: Buffer.alloc(20_000) })
  }
  await store.flush()
  store.setRetention({ keepTracesDays: 7, keepTracesBytesMax: 3 * mib })
  await waitFor(() => store.stats().segments === 1)
  const { points } = await store.series.buckets(1, 'Temperature', { fromAt: startAt, toAt: startAt + 3 * dayMs, buckets: 10 })
  expect(points).toBe(300)
})

it('deletes points of series with the messages they came in', async () => {
  const { store, clock } = await tenDays()
  const pointsOf = async () => (await store.series.buckets(1, 'Temperature', { fromAt: startAt, toAt: clock.now(), buckets: 10 })).points
  expect(await pointsOf()).toBe(1000)
  store.setRetention({ keepTracesDays: 3, keepTracesBytesMax: 2 ** 31 })
  await waitFor(async () => await pointsOf() === 300)
})
