import type { LatestValues } from '../../../../../src/engine/platform/thing/latest.ts'
import type { Store } from '../../../../../src/engine/store/types.ts'
import type { LatestValue } from '../../../../../src/shared/contract/device.ts'
import type { AcceptedValue } from '../../../../../src/shared/thing-model/validate.ts'
import type { TestStore } from '../../store/store-fixture.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLatestValues } from '../../../../../src/engine/platform/thing/latest.ts'
import { deleteLatest, latestTables, mergeLatest, readLatest, replaceLatest } from '../../../../../src/engine/platform/thing/rows.ts'
import { openTestStore } from '../../store/store-fixture.ts'

const migrations = [{ version: 1, name: 'latest values', sql: latestTables }]

function openLatestStore(): Promise<TestStore> {
  return openTestStore({ migrations })
}

/** `a`=1 at 10 and so on: `values({ a: [1, 10] })`. */
function values(given: Record<string, [AcceptedValue['value'], number]>): AcceptedValue[] {
  return Object.entries(given).map(([identifier, [value, at]]) => ({ identifier, value, at }))
}

function stored(store: Store, deviceId: number): Promise<Record<string, LatestValue> | undefined> {
  return store.read(readLatest, [`[${deviceId}]`]).then(rows => rows[0]?.properties)
}

describe('createLatestValues', () => {
  it('answers with what was accepted and stores it', async () => {
    const { store } = await openLatestStore()
    const latest = createLatestValues(store)
    expect(latest.update(7, values({ a: [1, 10], b: [{ x: 2 }, 10] }))).toEqual({ a: { value: 1, time: 10 }, b: { value: { x: 2 }, time: 10 } })
    expect(await latest.of(7)).toEqual({ a: { value: 1, time: 10 }, b: { value: { x: 2 }, time: 10 } })
    await store.flush()
    expect(await stored(store, 7)).toEqual({ a: { value: 1, time: 10 }, b: { value: { x: 2 }, time: 10 } })
  })

  it('has nothing for a device that never reported', async () => {
    const { store } = await openLatestStore()
    expect(await createLatestValues(store).of(9)).toEqual({})
  })

  it('never lets an older value replace a newer one, and tells what changed', async () => {
    const { store } = await openLatestStore()
    const latest = createLatestValues(store)
    await latest.of(1)
    latest.update(1, values({ a: [1, 20], b: [1, 20] }))
    expect(latest.update(1, values({ a: [2, 19], b: [2, 21] }))).toEqual({ b: { value: 2, time: 21 } })
    expect(latest.update(1, values({ a: [3, 20] }))).toEqual({ a: { value: 3, time: 20 } })
    expect(latest.update(1, values({ a: [4, 1] }))).toEqual({})
    expect(await latest.of(1)).toEqual({ a: { value: 3, time: 20 }, b: { value: 2, time: 21 } })
  })

  it('adds to what an earlier run stored, before it has been read', async () => {
    const first = await openLatestStore()
    createLatestValues(first.store).update(1, values({ a: [1, 10], b: [1, 30] }))
    await first.store.flush()
    const second = await first.reopen()
    const latest = createLatestValues(second.store)
    latest.update(1, values({ a: [2, 20], b: [2, 20], c: [2, 20] }))
    // Committed as it is now: the stored row has not come back from the reader yet.
    await second.store.flush()
    const expected = { a: { value: 2, time: 20 }, b: { value: 1, time: 30 }, c: { value: 2, time: 20 } }
    expect(await stored(second.store, 1)).toEqual(expected)
    expect(await latest.of(1)).toEqual(expected)
    latest.update(1, values({ c: [3, 40] }))
    await second.store.flush()
    expect(await stored(second.store, 1)).toEqual({ ...expected, c: { value: 3, time: 40 } })
  })

  it('reads many devices with few statements', async () => {
    const { store } = await openLatestStore()
    let reads = 0
    const read: Store['read'] = (statement, params) => {
      reads++
      return store.read(statement, params)
    }
    const counted = { ...store, read }
    const deviceIds = Array.from({ length: 1_200 }, (_, index) => index + 1)
    const writer = createLatestValues(store)
    for (const deviceId of deviceIds)
      writer.update(deviceId, values({ n: [deviceId, 10] }))
    await store.flush()
    const latest = createLatestValues(counted)
    const all = await Promise.all(deviceIds.map(deviceId => latest.of(deviceId)))
    expect(all.every((properties, index) => properties.n?.value === index + 1)).toBe(true)
    expect(reads).toBeLessThanOrEqual(4)
  })

  it('gives a copy that later reports do not change', async () => {
    const { store } = await openLatestStore()
    const latest = createLatestValues(store)
    latest.update(1, values({ a: [1, 10] }))
    const before = await latest.of(1)
    latest.update(1, values({ a: [2, 20] }))
    expect(before).toEqual({ a: { value: 1, time: 10 } })
  })

  it('goes on storing while reading fails, and answers when it works again', async () => {
    const { store } = await openLatestStore()
    createLatestValues(store).update(1, values({ a: [1, 10], b: [1, 10] }))
    await store.flush()
    let isBroken = true
    const latest = createLatestValues({ ...store, read: ((statement, params) => isBroken ? Promise.reject(new Error('no reader')) : store.read(statement, params)) as Store['read'] })
    latest.update(1, values({ b: [2, 20] }))
    await expect(latest.of(1)).rejects.toThrow('no reader')
    latest.update(1, values({ c: [3, 30] }))
    await store.flush()
    const expected = { a: { value: 1, time: 10 }, b: { value: 2, time: 20 }, c: { value: 3, time: 30 } }
    expect(await stored(store, 1)).toEqual(expected)
    isBroken = false
    expect(await latest.of(1)).toEqual(expected)
  })

  it('keeps no more devices in memory than it may, and loses nothing by it', async () => {
    const { store } = await openLatestStore()
    const latest = createLatestValues(store, { devicesMax: 3 })
    for (let round = 1; round <= 4; round++) {
      for (let deviceId = 1; deviceId <= 10; deviceId++) {
        latest.update(deviceId, values({ [`p${round}`]: [round, round] }))
        await latest.of(deviceId)
      }
      await store.flush()
    }
    for (let deviceId = 1; deviceId <= 10; deviceId++) {
      expect(Object.keys((await stored(store, deviceId))!).sort()).toEqual(['p1', 'p2', 'p3', 'p4'])
      expect(Object.keys(await latest.of(deviceId)).sort()).toEqual(['p1', 'p2', 'p3', 'p4'])
    }
  })

  it('forgets a deleted device', async () => {
    const { store } = await openLatestStore()
    const latest = createLatestValues(store)
    latest.update(1, values({ a: [1, 10] }))
    await store.flush()
    await store.write([{ statement: deleteLatest, params: [1] }])
    latest.forget(1)
    expect(await latest.of(1)).toEqual({})
  })

  it('starts over where a stored row is damaged', async () => {
    const { store } = await openLatestStore()
    await store.write([{ statement: replaceLatest, params: [1, '{"a":'] }])
    const latest: LatestValues = createLatestValues(store)
    latest.update(1, values({ b: [2, 20] }))
    await store.flush()
    expect(await latest.of(1)).toEqual({ b: { value: 2, time: 20 } })
    expect(await stored(store, 1)).toEqual({ b: { value: 2, time: 20 } })
  })
})

describe('mergeLatest', () => {
  it('does in the store what the memory does', async () => {
    const { store } = await openLatestStore()
    const reports = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'pump:c', 'quote"d'), fc.tuple(fc.oneof(fc.integer(), fc.string(), fc.record({ x: fc.double({ noNaN: true, noDefaultInfinity: true }) })), fc.integer({ min: 0, max: 5 })), { minKeys: 1 }), { minLength: 1, maxLength: 5 })
    let deviceId = 0
    await fc.assert(fc.asyncProperty(reports, async (given) => {
      deviceId++
      const inMemory: Record<string, LatestValue> = {}
      const parts = given.map(report => Object.fromEntries(Object.entries(report).map(([identifier, [value, time]]) => [identifier, { value, time }])))
      await store.write(parts.map(part => ({ statement: mergeLatest, params: [deviceId, JSON.stringify(part)] })))
      for (const [identifier, latest] of parts.flatMap(part => Object.entries(part))) {
        if (!(inMemory[identifier] && inMemory[identifier].time > latest.time))
          inMemory[identifier] = latest
      }
      expect(await stored(store, deviceId)).toEqual(JSON.parse(JSON.stringify(inMemory)))
    }), { numRuns: 60 })
  })
})
