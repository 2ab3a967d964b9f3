import type { StoredTrace, TraceFilter } from '../../src/engine/store/types.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/shared/limits.ts'
import { entry, openTestStore, startAt } from '../unit/engine/store/store-fixture.ts'

const hourMs = 3600_000

/** Five days of messages of seven devices, some of them failed, over several segments. */
async function openFilled(rows = 6_000) {
  const opened = await openTestStore({ keepTracesDays: 365 })
  const all: StoredTrace[] = []
  for (let i = 0; i < rows; i++) {
    const { samples: _, ...row } = entry({
      at: startAt + Math.floor(i * 5 * 24 * hourMs / rows),
      deviceId: i % 7,
      deviceKey: i % 7 === 0 ? 'a1Test/nobody' : null,
      direction: (['up', 'down', 'record'] as const)[i % 3]!,
      topic: i % 4 === 0 ? '/sys/a1Test/x/thing/event/property/post' : `/ota/device/${i % 5}`,
      payload: i % 11 === 0 ? `{"Label":"50% Ä ${i}"}` : `{"Counter":${i}}`,
      code: [200, 200, null, 6320, 9236][i % 5]!,
      causeId: null,
    })
    all.push({ ...row, payload: new Uint8Array(row.payload), id: opened.store.append({ ...row, samples: null }) })
  }
  await opened.store.flush()
  return { ...opened, all }
}

/** What a filter means, said in the plainest way. */
function matches(filter: TraceFilter, row: StoredTrace): boolean {
  return (filter.deviceId === undefined || row.deviceId === filter.deviceId)
    && (filter.deviceIds === undefined || filter.deviceIds.includes(row.deviceId))
    && (filter.topic === undefined || row.topic.includes(filter.topic))
    && (filter.direction === undefined || row.direction === filter.direction)
    && (filter.code === undefined || (filter.code === 'failed' ? row.code !== null && row.code !== 200 : row.code === filter.code))
    && (filter.text === undefined || Buffer.from(row.payload).toString().toLowerCase().includes(filter.text.toLowerCase()))
    && (filter.fromAt === undefined || row.at >= filter.fromAt)
    && (filter.toAt === undefined || row.at <= filter.toAt)
}

describe('pages over several segments', async () => {
  const filters: TraceFilter[] = [
    {},
    { deviceId: 3 },
    { deviceId: 3, code: 'failed' },
    { deviceId: 3, text: '"Label"', direction: 'up' },
    { deviceId: 99 },
    { deviceIds: [1, 2, 99] },
    { deviceIds: [1, 2], deviceId: 2 },
    { deviceIds: [] },
    { code: 'failed' },
    { code: 6320 },
    { code: 200, topic: '/ota/' },
    { code: 9236, deviceIds: [4], direction: 'down' },
    { topic: 'property/post' },
    { direction: 'record' },
    { text: '50% ' },
    { text: 'label' },
    { text: '_' },
    { text: 'nowhere' },
    { fromAt: startAt + 24 * hourMs, toAt: startAt + 50 * hourMs },
    { fromAt: startAt + 24 * hourMs, toAt: startAt + 25 * hourMs, deviceId: 5, code: 200 },
    { fromAt: startAt + 1000 * hourMs },
    { toAt: startAt },
  ]

  it('finds exactly the rows of every filter, newest first and oldest first, in pages', async () => {
    const { store, all } = await openFilled()
    expect(store.stats().segments).toBe(5)
    for (const filter of filters) {
      const expected = all.filter(row => matches(filter, row))
      for (const order of ['before', 'after'] as const) {
        const found: StoredTrace[] = []
        let next: number | null = order === 'before' ? Number.MAX_SAFE_INTEGER : 0
        while (next !== null) {
          const page = await store.traces.page(filter, { [order]: next, limit: 700 })
          found.push(...page.rows)
          next = page.nextId
        }
        expect(found, JSON.stringify({ filter, order })).toEqual(order === 'before' ? expected.toReversed() : expected)
      }
    }
  })

  it('goes on where its time was up, with what it had found and how far it had come', async () => {
    const { store, all } = await openFilled(20_000)
    const expected = all.filter(row => matches({ text: 'label' }, row)).map(({ id }) => id)
    const found: number[] = []
    const scanned: number[] = []
    let before: number | null = Number.MAX_SAFE_INTEGER
    while (before !== null) {
      const page = await store.traces.page({ text: 'label' }, { before, limit: 1000, timeLimitMs: 0 })
      found.push(...page.rows.map(({ id }) => id))
      scanned.push(page.scannedAt!)
      before = page.nextId
    }
    expect(found).toEqual(expected.toReversed())
    expect(scanned.length).toBeGreaterThan(5)
    expect(scanned).toEqual(scanned.toSorted((a, b) => b - a))
  })
})

it('starts with the newest rows when neither before nor after is given', async () => {
  const { store, all } = await openFilled(100)
  expect((await store.traces.page({}, { limit: 2 })).rows.map(({ id }) => id)).toEqual([all[99]!.id, all[98]!.id])
})

it('ends a page of large messages early and goes on with the next', async () => {
  const { store } = await openTestStore()
  const payload = Buffer.alloc(limits.payloadBytesMax)
  for (let i = 0; i < 100; i++)
    store.append(entry({ payload }), { mustKeep: true })
  await store.flush()
  const sizes: number[] = []
  let after: number | null = 0
  while (after !== null) {
    const page = await store.traces.page({}, { after, limit: 1000 })
    sizes.push(page.rows.length)
    after = page.nextId
  }
  expect(sizes).toEqual([32, 32, 32, 4])
})

it('stops looking when the caller withdraws, before, at once or in the middle', async () => {
  const { store } = await openFilled(20_000)
  const cancelled = { code: 'call/cancelled' }
  await expect(store.traces.page({}, { limit: 1 }, AbortSignal.abort())).rejects.toMatchObject(cancelled)
  const controller = new AbortController()
  const page = store.traces.page({ text: 'nowhere' }, { limit: 1 }, controller.signal)
  controller.abort()
  await expect(page).rejects.toMatchObject(cancelled)
  expect((await store.traces.page({}, { limit: 1 })).rows).toHaveLength(1)
})

it('refuses a page without rows and one that goes both ways', async () => {
  const { store } = await openTestStore()
  await expect(store.traces.page({}, { limit: 0 })).rejects.toMatchObject({ code: 'input/invalid' })
  await expect(store.traces.page({}, { limit: 1, before: 1, after: 1 })).rejects.toMatchObject({ code: 'input/invalid' })
})

it('finds a row by its id in any segment, and nothing where there is none', async () => {
  const { store, all } = await openFilled(100)
  for (const row of [all[0]!, all[50]!, all[99]!])
    expect(await store.traces.get(row.id)).toEqual(row)
  expect(await store.traces.get(all[50]!.id + 1)).toBeUndefined()
})

it('refuses more queries than may wait', async () => {
  const { store } = await openTestStore()
  const queries = Array.from({ length: limits.readsPendingMax + 1 }, () => store.traces.page({}, { limit: 1 }).then(() => 'answered', (error: { code: string }) => error.code))
  const outcomes = await Promise.all(queries)
  expect(outcomes.filter(outcome => outcome !== 'answered')).toEqual(['limit/reached'])
})
