import { Buffer } from 'node:buffer'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { VirtualClock } from '../../src/shared/clock.ts'
import { limits } from '../../src/shared/limits.ts'
import { waitFor } from '../support/wait-for.ts'
import { addPair, allPairs, deletePair, entry, openTestStore, setPair, startAt } from '../unit/engine/store/store-fixture.ts'

it('runs a callback only when its row can be found', async () => {
  const { store } = await openTestStore()
  const found = await new Promise((resolve) => {
    const id = store.append(entry({ payload: 'x' }), { onCommitted: () => resolve(store.traces.get(id)) })
  })
  expect(found).toMatchObject({ at: startAt, deviceId: 1, direction: 'up', topic: '/sys/a1Test/dev-1/thing/event/property/post', qos: 1, code: 200 })
})

it('gives every field of a row back as it was, and exactly its bytes', async () => {
  const { store } = await openTestStore()
  const rows = [
    entry({ payload: new Uint8Array([0, 255, 0, 128]), deviceId: 0, deviceKey: 'a1Test/nobody', code: 9236, detail: '{"issues":[]}' }),
    entry({ payload: '', direction: 'record', topic: 'online', qos: 0, code: null }),
    entry({ direction: 'down', causeId: startAt * 4096, deviceId: 2 ** 40, at: startAt + 5 }),
    entry({ payload: Buffer.alloc(limits.payloadBytesMax, 'large'), topic: '/主题/ü', code: 0 }),
  ]
  const ids = rows.map(row => store.append(row))
  await store.flush()
  const { rows: stored } = await store.traces.page({}, { after: 0, limit: 10 })
  expect(stored).toEqual(rows.map(({ samples: _, ...row }, i) => ({ ...row, id: ids[i], payload: new Uint8Array(row.payload) })))
})

it('commits what an upsert left last, after the writes that came before it', async () => {
  const { store } = await openTestStore()
  store.upsert('a', { statement: setPair, params: ['a', 1] })
  const written = store.write([{ statement: deletePair, params: ['a'] }, { statement: addPair, params: ['b', 1] }])
  store.upsert('a', { statement: setPair, params: ['a', 2] })
  store.upsert('a', { statement: setPair, params: ['a', 3] })
  await written
  await store.flush()
  expect(await store.read(allPairs, [])).toEqual([{ name: 'a', value: 3 }, { name: 'b', value: 1 }])
})

it('carries a write out whole or not at all, and says which statement was wrong', async () => {
  const { store } = await openTestStore()
  await store.write([{ statement: addPair, params: ['a', 1] }])
  const wrong = store.write([{ statement: addPair, params: ['b', 1] }, { statement: addPair, params: ['a', 1] }])
  const right = store.write([{ statement: addPair, params: ['c', 1] }])
  await expect(wrong).rejects.toMatchObject({ code: 'method/failed', message: 'The registry refused pair.add: UNIQUE constraint failed: pair.name.' })
  await right
  expect((await store.read(allPairs, [])).map(({ name }) => name)).toEqual(['a', 'c'])
})

it('keeps integers beyond what a number holds, bytes and null', async () => {
  const { store } = await openTestStore()
  const values = { big: 2n ** 53n + 1n, bytes: new Uint8Array([1, 2]), nothing: null, real: 0.5, small: -7 }
  await store.write(Object.entries(values).map(([name, value]) => ({ statement: setPair, params: [name, value] })))
  const named = { ...allPairs, map: (row: Record<string, unknown>) => [row.name, row.value] as const }
  expect(Object.fromEntries(await store.read(named, []))).toEqual(values)
})

it('rejects a wrong query with the sentence of SQLite', async () => {
  const { store } = await openTestStore()
  await expect(store.read({ name: 'wrong', sql: 'SELECT * FROM nowhere' }, [])).rejects.toMatchObject({ code: 'method/failed', message: 'The query wrong failed: no such table: nowhere' })
})

it('changes a verdict whether its row waits, is under way, committed or in a finished segment', async () => {
  const { store, clock } = await openTestStore()
  const old = store.append(entry({ code: null }))
  await store.flush()
  clock.advance(24 * 3600_000)
  const sent = store.append(entry({ at: clock.now(), code: null }))
  await nextTurn()
  const waiting = store.append(entry({ at: clock.now(), code: null }))
  for (const id of [old, sent, waiting])
    store.amend(id, { code: 6320, detail: `{"id":${id}}` })
  store.amend(0, { code: 1, detail: null })
  await store.flush()
  expect(store.stats().segments).toBe(2)
  for (const id of [old, sent, waiting])
    expect(await store.traces.get(id)).toMatchObject({ code: 6320, detail: `{"id":${id}}` })
})

it('makes ids that grow over a restart and while the clock is set back, and keeps the times as they were', async () => {
  const first = await openTestStore()
  const before = first.store.append(entry({ at: startAt }))
  const { store } = await first.reopen({ clock: new VirtualClock(startAt - 3600_000) })
  const after = store.append(entry({ at: startAt - 3600_000 }))
  await store.flush()
  expect(after).toBe(before + 1)
  expect((await store.traces.page({}, { limit: 10 })).rows.map(({ id, at }) => [id, at])).toEqual([[after, startAt - 3600_000], [before, startAt]])
})

it('presses when its queue is full, drops and counts what need not be kept, takes the rest, and lets go when it has room', async () => {
  const { store, pressure } = await openTestStore()
  const ids = Array.from({ length: limits.writeQueueRowsMax + 10 }, () => store.append(entry({ payload: 'x' })))
  const kept = store.append(entry({ payload: 'keep' }), { mustKeep: true })
  expect(ids.filter(id => id === 0)).toHaveLength(10)
  expect(kept).toBeGreaterThan(0)
  expect(store.stats()).toMatchObject({ queuedRows: limits.writeQueueRowsMax + 1, droppedRows: 10 })
  expect(pressure).toEqual([true])
  await store.flush()
  expect(pressure).toEqual([true, false])
  expect(store.stats()).toMatchObject({ queuedRows: 0, queuedBytes: 0, committedRows: limits.writeQueueRowsMax + 1, droppedRows: 10, failing: null })
  expect(await store.traces.get(kept)).toBeDefined()
})

it('presses for bytes as it does for rows', async () => {
  const { store, pressure } = await openTestStore()
  const payload = Buffer.alloc(limits.payloadBytesMax)
  for (let bytes = 0; bytes <= limits.writeQueueBytesMax; bytes += payload.length)
    store.append(entry({ payload }), { mustKeep: true })
  expect(store.append(entry())).toBe(0)
  await store.flush()
  expect(pressure).toEqual([true, false])
})

it('throws rows away and still calls back when it is told to discard, and keeps the registry', async () => {
  const { store } = await openTestStore({ discard: true })
  let called = false
  const id = store.append(entry(), { onCommitted: () => { called = true } })
  expect([id > 0, called]).toEqual([true, false])
  await store.write([{ statement: addPair, params: ['a', 1] }])
  await waitFor(() => called)
  expect((await store.traces.page({}, { limit: 10 })).rows).toEqual([])
  expect(await store.read(allPairs, [])).toEqual([{ name: 'a', value: 1 }])
})

it('commits everything that was queued before it closes, and runs the callbacks', async () => {
  const first = await openTestStore()
  let called = 0
  for (let i = 0; i < 25_000; i++)
    first.store.append(entry({ payload: `${i}` }), { onCommitted: () => called++ })
  first.store.upsert('a', { statement: setPair, params: ['a', 1] })
  const written = first.store.write([{ statement: addPair, params: ['b', 1] }])
  const { store } = await first.reopen()
  await written
  expect(called).toBe(25_000)
  expect(await store.read(allPairs, [])).toHaveLength(2)
  const newest = await store.traces.page({}, { limit: 1 })
  expect(Buffer.from(newest.rows[0]!.payload).toString()).toBe('24999')
})

it('takes nothing any more once it is closed, and closes only once', async () => {
  const { store } = await openTestStore()
  await Promise.all([store.close(), store.close()])
  expect(store.append(entry(), { mustKeep: true })).toBe(0)
  await expect(store.write([{ statement: addPair, params: ['a', 1] }])).rejects.toMatchObject({ code: 'store/failing' })
  await expect(store.read(allPairs, [])).rejects.toMatchObject({ code: 'call/cancelled' })
})

it('refuses a workspace of a newer version', async () => {
  const { store, dir } = await openTestStore({ migrations: [{ version: 1, name: 'one', sql: '' }, { version: 2, name: 'two', sql: '' }] })
  await store.close()
  await expect(openTestStore({ dir })).rejects.toMatchObject({ code: 'workspace/newer' })
})
