import type { Store, StoredTrace, TraceFilter } from '../../src/engine/store/types.ts'
import { Buffer } from 'node:buffer'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTraceMatcher, lagOf } from '../../src/engine/platform/trace/filter.ts'
import { openConnection } from '../../src/engine/store/open.ts'
import { entry, openTestStore, startAt } from '../unit/engine/store/store-fixture.ts'

const dayMs = 24 * 3600_000
const rowsPerDay = 5_500

const topics = ['/sys/a1Test/dev/thing/event/property/post', '/sys/a1Test/dev/thing/event/property/post_reply', '/a1Test/dev/user/up', 'online']
const rareTopics = ['/sys/a1Test/dev/thing/event/Overheat_1/post', '/ota/device/progress/a1Test/dev']

/** The reports that {@link fill} has made a reply to. */
const answered = new WeakSet<StoredTrace>()

/** Messages of many devices over a few days, each day a segment: more than a block of rows, and a rest behind it. */
function fill(store: Store, days: number, from = 0): StoredTrace[] {
  const rows: StoredTrace[] = []
  const append = (at: number, wish: Parameters<typeof entry>[0]): StoredTrace => {
    const { samples: _, ...made } = entry({ at, ...wish })
    const row = { ...made, payload: new Uint8Array(made.payload), id: store.append({ ...made, samples: null }, { mustKeep: true }) }
    rows.push(row)
    return row
  }
  for (let day = from; day < from + days; day++) {
    for (let i = 0; i < rowsPerDay / 2; i++) {
      const at = startAt + day * dayMs + i * 20_000
      const deviceId = i % 401 === 0 ? 900 + day : i % 3 === 0 ? 1 : 1 + i * 7 % 50
      const request = append(at, {
        deviceId: i % 97 === 0 ? 0 : deviceId,
        deviceKey: i % 97 === 0 ? 'a1Test/nobody' : null,
        topic: i % 311 === 5 ? rareTopics[i % 2]! : topics[i % 2 === 0 ? 0 : 2 + i % 3 % 2]!,
        payload: i % 211 === 0 ? `{"Label":"50% full ${i}"}` : `{"Counter":${i}}`,
        code: i % 503 === 1 ? 6813 : i % 19 === 0 ? 6320 : i % 7 === 0 ? null : 200,
        detail: i % 19 === 0 ? '{"i":[[6320,"Counter"]]}' : null,
      })
      const reply = append(at + (i % 149 === 0 ? 900 : i % 11 === 0 ? 60 : i % 5), {
        deviceId: request.deviceId,
        direction: i % 13 === 0 ? 'record' : 'down',
        topic: topics[1]!,
        causeId: i % 17 === 0 ? null : request.id,
        payload: '{"code":200}',
      })
      if (request.topic === topics[0] && reply.causeId === request.id && reply.direction === 'down')
        answered.add(request)
    }
  }
  return rows
}

/** What a filter means, said in the plainest way. */
function matches(filter: TraceFilter, row: StoredTrace): boolean {
  const { code, lagAboveMs, anywhere } = filter
  const text = Buffer.from(row.payload).toString().toLowerCase()
  const lag = row.causeId === null ? -1 : Math.floor(row.id / 4096) - Math.floor(row.causeId / 4096)
  return (filter.deviceId === undefined || row.deviceId === filter.deviceId)
    && (filter.deviceIds === undefined || filter.deviceIds.includes(row.deviceId))
    && (filter.topic === undefined || row.topic.toLowerCase().includes(filter.topic.toLowerCase()))
    && (filter.direction === undefined || row.direction === filter.direction)
    && (code === undefined || (code === 'failed' ? row.code !== null && row.code !== 200 : row.code === code))
    && (filter.text === undefined || text.includes(filter.text.toLowerCase()))
    && (filter.journeyId === undefined || row.id === filter.journeyId || row.causeId === filter.journeyId)
    && (filter.ids === undefined || (row.id >= filter.ids.first && row.id <= filter.ids.last))
    && (lagAboveMs === undefined || lag > lagAboveMs)
    && (anywhere === undefined || anywhere.some(part => [text, row.topic, row.detail ?? '', row.deviceKey ?? ''].some(place => place.toLowerCase().includes(part.toLowerCase()))))
    && (filter.answered === undefined || (row.topic.startsWith('/sys/') && !row.topic.endsWith('_reply') && row.direction === 'up' && !answered.has(row)))
    && (filter.fromAt === undefined || row.at >= filter.fromAt)
    && (filter.toAt === undefined || row.at <= filter.toAt)
}

/** Any mixture of conditions: common values, rare ones, and some that nothing has. */
function anyFilter(all: readonly StoredTrace[]): fc.Arbitrary<TraceFilter> {
  const anyRow = fc.integer({ min: 0, max: all.length - 1 }).map(place => all[place]!)
  const anyAt = anyRow.map(({ at }) => at)
  const parts = {
    deviceId: fc.constantFrom(0, 1, 2, 33, 900, 12_345),
    deviceIds: fc.constantFrom([1], [2, 3, 901], [77_777], [5, 900, 901, 902]),
    topic: fc.constantFrom('property/post', 'OVERHEAT', '/ota/', 'post_reply', 'online', 'nowhere', '/sys/a1Test', '_1'),
    direction: fc.constantFrom('up', 'down', 'record'),
    code: fc.constantFrom('failed', 200, 6320, 6813, 9999),
    text: fc.constantFrom('label', '50% ', 'counter', 'nowhere', '"code":200'),
    journeyId: anyRow.map(({ id, causeId }) => causeId ?? id),
    ids: fc.tuple(anyRow, anyRow).map(([a, b]) => ({ first: Math.min(a.id, b.id), last: Math.max(a.id, b.id) })),
    lagAboveMs: fc.constantFrom(0, 50, 99, 100, 500, 10_000),
    answered: fc.constant(false as const),
    anywhere: fc.constantFrom(['label'], ['nobody', 'overheat'], ['"Counter"]]'], ['nowhere']),
    fromAt: anyAt,
    toAt: anyAt,
  } satisfies Record<string, fc.Arbitrary<unknown>>
  return fc.subarray(Object.keys(parts) as (keyof typeof parts)[], { minLength: 1, maxLength: 3 })
    .chain(keys => fc.record(Object.fromEntries(keys.map(key => [key, parts[key] as fc.Arbitrary<unknown>])))) as fc.Arbitrary<TraceFilter>
}

/** All pages of a filter, one after the other. */
async function readAll(store: Store, filter: TraceFilter, order: 'before' | 'after', page: { limit: number, timeLimitMs?: number }): Promise<{ rows: StoredTrace[], shares: number[] }> {
  const rows: StoredTrace[] = []
  const shares: number[] = []
  for (let next: number | null = order === 'before' ? Number.MAX_SAFE_INTEGER : 0; next !== null;) {
    const answer = await store.traces.page(filter, { [order]: next, ...page })
    rows.push(...answer.rows)
    shares.push(answer.scannedShare)
    next = answer.nextId
  }
  return { rows, shares }
}

async function checkFilters(store: Store, all: readonly StoredTrace[], numRuns: number): Promise<void> {
  await fc.assert(fc.asyncProperty(
    anyFilter(all),
    fc.constantFrom('before' as const, 'after' as const),
    fc.constantFrom({ limit: 1_000 }, { limit: 137 }, { limit: 1_000, timeLimitMs: 0 }),
    async (filter, order, page) => {
      const expected = all.filter(row => matches(filter, row))
      const { rows, shares } = await readAll(store, filter, order, page)
      expect(rows.map(({ id }) => id)).toEqual((order === 'before' ? expected.toReversed() : expected).map(({ id }) => id))
      expect(shares).toEqual(shares.toSorted((a, b) => a - b))
      expect(shares.at(-1)).toBe(1)
      const isWanted = createTraceMatcher(filter)
      // Of a row alone nobody can tell whether its answer will come.
      const wanted = all.filter(isWanted)
      expect(filter.answered === false ? wanted.filter(row => !answered.has(row)) : wanted).toEqual(expected)
    },
  ), { numRuns, examples: [[{ topic: 'overheat' }, 'before', { limit: 1_000 }], [{ deviceIds: [901] }, 'before', { limit: 1_000 }], [{ lagAboveMs: 500 }, 'after', { limit: 1_000 }], [{ answered: false }, 'before', { limit: 137 }], [{ answered: false }, 'after', { limit: 1_000 }]] })
}

it('finds exactly the rows of every mixture of conditions, in pages of either order', async () => {
  const { store } = await openTestStore({ keepTracesDays: 365 })
  const all = fill(store, 3)
  await store.flush()
  expect(store.stats().segments).toBe(3)
  await checkFilters(store, all, 120)
})

it('goes on with a workspace of the version before: its rows are found and a new segment takes what comes', async () => {
  const opened = await openTestStore({ keepTracesDays: 365 })
  const old = fill(opened.store, 2)
  await opened.store.close()
  const folder = join(opened.dir, 'traces')
  const files = readdirSync(folder)
  for (const file of files)
    makeOld(join(folder, file))
  const { store } = await opened.reopen()
  const all = [...old, ...fill(store, 1, 2)]
  await store.flush()
  expect(store.stats().segments).toBe(3)
  await checkFilters(store, all, 60)
  store.amend(old[0]!.id, { code: 6999, detail: null })
  await store.flush()
  expect((await store.traces.page({ code: 6999 }, { limit: 10 })).rows.map(({ id }) => id)).toEqual([old[0]!.id])
})

/** Takes a segment back to what version 1 made. */
function makeOld(path: string): void {
  const db = openConnection(path, { keepJournal: true })
  db.exec(`DROP INDEX trace_cause; DROP INDEX trace_late; DROP INDEX trace_code; DROP INDEX trace_failed; DROP TABLE block; DROP TABLE block_rows;
    CREATE INDEX trace_failed ON trace (id, code) WHERE code IS NOT NULL AND code <> 200;
    PRAGMA user_version = 1;`)
  db.close()
}

it('goes on after a restart where the blocks end', async () => {
  const opened = await openTestStore({ keepTracesDays: 365 })
  const before = fill(opened.store, 1)
  const { store } = await opened.reopen()
  // The same day once more: the rows go into the segment that was open.
  const all = [...before, ...fill(store, 1)]
  await store.flush()
  expect(store.stats().segments).toBe(1)
  for (const filter of [{ topic: 'overheat' }, { deviceIds: [900] }, { topic: 'online' }]) {
    const { rows } = await readAll(store, filter, 'before', { limit: 500 })
    expect(rows.map(({ id }) => id)).toEqual(all.filter(row => matches(filter, row)).toReversed().map(({ id }) => id))
  }
})

it('has no holes and nothing twice while messages come and verdicts change', async () => {
  const { store } = await openTestStore({ keepTracesDays: 365 })
  const all = fill(store, 2)
  await store.flush()
  const stop = new AbortController()
  const writing = (async () => {
    while (!stop.signal.aborted) {
      for (let i = 0; i < 200; i++)
        store.append(entry({ at: startAt + 2 * dayMs, deviceId: 900, topic: rareTopics[0]! }), { mustKeep: true })
      await new Promise(resolve => setImmediate(resolve))
    }
  })()
  const newest = all.at(-1)!.id
  for (const filter of [{ topic: 'overheat' }, { deviceIds: [900, 901] }, { code: 'failed' as const }, { lagAboveMs: 500 }, { text: 'label' }]) {
    const found: number[] = []
    for (let before: number | null = newest + 1; before !== null;) {
      const page = await store.traces.page(filter, { before, limit: 50, timeLimitMs: 5 })
      found.push(...page.rows.map(({ id }) => id))
      before = page.nextId
    }
    expect(found).toEqual(all.filter(row => matches(filter, row)).toReversed().map(({ id }) => id))
  }
  stop.abort()
  await writing
  const late = all[100]!
  store.amend(late.id, { code: 6321, detail: null, causeId: all[0]!.id })
  await store.flush()
  expect((await store.traces.page({ code: 6321 }, { limit: 5 })).rows.map(({ id }) => id)).toEqual([late.id])
  expect((await readAll(store, { lagAboveMs: 100, journeyId: all[0]!.id }, 'after', { limit: 5 })).rows.map(({ id }) => id)).toContain(late.id)
  expect(lagOf({ ...late, causeId: all[0]!.id })).toBeGreaterThan(100)
})

it('finds what is left when the oldest segments are gone', async () => {
  const { store } = await openTestStore({ keepTracesDays: 365 })
  const all = fill(store, 3)
  await store.flush()
  store.setRetention({ keepTracesDays: 365, keepTracesBytesMax: 1 })
  await expect.poll(() => store.stats().segments).toBe(1)
  const left = all.filter(({ at }) => at >= startAt + 2 * dayMs)
  for (const filter of [{ topic: 'overheat' }, { deviceIds: [900, 902] }, { code: 6813 }, { lagAboveMs: 500 }, { journeyId: all[0]!.id }]) {
    const { rows } = await readAll(store, filter, 'before', { limit: 100 })
    expect(rows.map(({ id }) => id)).toEqual(left.filter(row => matches(filter, row)).toReversed().map(({ id }) => id))
  }
})

it('answers at once with a position, goes on from it, and can be called off', async () => {
  const { store } = await openTestStore({ keepTracesDays: 365 })
  const all = fill(store, 2)
  await store.flush()
  const first = await store.traces.page({ text: 'nowhere' }, { limit: 10, timeLimitMs: 0 })
  expect(first).toMatchObject({ rows: [], nextId: expect.any(Number) })
  expect(first.scannedShare).toBeGreaterThan(0)
  expect(first.scannedShare).toBeLessThan(1)
  expect(first.scannedAt).toBeGreaterThan(all[0]!.at)
  const second = await store.traces.page({ text: 'nowhere' }, { limit: 10, before: first.nextId!, timeLimitMs: 0 })
  expect(second.scannedShare).toBeGreaterThan(first.scannedShare)
  const controller = new AbortController()
  const called = store.traces.page({ text: 'nowhere' }, { limit: 10 }, controller.signal)
  controller.abort()
  await expect(called).rejects.toMatchObject({ code: 'call/cancelled' })
})

it('knows the answer to a message also where it stands in a later segment, and tells answers apart by their id and their topic', async () => {
  const opened = await openTestStore({ keepTracesDays: 365 })
  const { store } = opened
  const post = topics[0]!
  const keep = (at: number, wish: Parameters<typeof entry>[0]): number => store.append({ ...entry({ at, deviceId: 7, topic: post, payload: '{"id":"1"}', ...wish }), samples: null }, { mustKeep: true })
  const midnight = startAt + dayMs
  const reply = (at: number, causeId: number, wish: Parameters<typeof entry>[0] = {}): number => keep(at, { topic: `${post}_reply`, direction: 'down', causeId, ...wish })
  const acrossNight = keep(midnight - 2, {})
  const alone = keep(midnight - 1, {})
  reply(midnight + 5, acrossNight)
  const noAnswerWanted = keep(midnight + 10, { payload: '{"id":"2","sys":{"ack":0}}' })
  const otherId = keep(midnight + 20, { payload: '{"id":"3"}' })
  reply(midnight + 21, otherId, { payload: '{"id":"4","code":200}' })
  // Two commands of one call of the API: the answer names the call, and by its id the second of them.
  const call = keep(midnight + 30, { direction: 'record', topic: 'SetDeviceProperty' })
  const set = '/sys/a1Test/dev/thing/service/property/set'
  const [silent, told] = ['77', '78'].map(id => keep(midnight + 31, { topic: set, direction: 'down', causeId: call, payload: `{"id":"${id}"}` }))
  keep(midnight + 2 * dayMs, { topic: `${set}_reply`, causeId: call, payload: '{"id":"78","code":200}' })
  await store.flush()
  expect(store.stats().segments).toBe(3)
  const found = async (from: Store): Promise<number[][]> => [
    (await readAll(from, { answered: false }, 'before', { limit: 2 })).rows.map(({ id }) => id),
    (await readAll(from, { answered: false, topic: 'property', deviceIds: [7] }, 'after', { limit: 1 })).rows.map(({ id }) => id),
  ]
  expect(told).toBeGreaterThan(noAnswerWanted)
  expect(await found(store)).toEqual([[silent!, otherId, alone], [alone, otherId, silent!]])
  await store.close()
  for (const file of readdirSync(join(opened.dir, 'traces')).filter(name => name.endsWith('.db')))
    makeOld(join(opened.dir, 'traces', file))
  // Of the segments of version 1 only the beginning is searched for answers to what stands in earlier ones.
  expect(await found((await opened.reopen()).store)).toEqual([[silent!, otherId, alone], [alone, otherId, silent!]])
})
