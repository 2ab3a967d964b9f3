import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRowIds, dayOfRowId, idsPerMs, msOfRowId, nextDayRowId } from '../../../../src/engine/store/row-id.ts'

it('makes an id of the arrival and a counter', () => {
  const ids = createRowIds(0)
  expect([ids.next(1000), ids.next(1000), ids.next(1001.9)]).toEqual([1000 * idsPerMs, 1000 * idsPerMs + 1, 1001 * idsPerMs])
})

it('grows strictly whatever the clock does, and goes on above the last id of the run before', () => {
  fc.assert(fc.property(fc.nat(2 ** 40), fc.array(fc.nat(2 ** 40)), (last, arrivals) => {
    const ids = createRowIds(last)
    for (const at of arrivals) {
      const before = ids.last
      expect(ids.next(at)).toBeGreaterThan(before)
    }
  }))
})

it('counts on into the next millisecond when one has more rows than ids', () => {
  const ids = createRowIds(5 * idsPerMs + idsPerMs - 1)
  expect(msOfRowId(ids.next(5))).toBe(6)
})

it('refuses an arrival that is no instant, because the id would not be exact', () => {
  const ids = createRowIds(0)
  for (const at of [Number.NaN, -1, 2 ** 53])
    expect(() => ids.next(at)).toThrow(/instant in epoch milliseconds/)
})

it('knows the day of an id and where the next day begins', () => {
  const id = Date.UTC(2026, 10, 21, 23, 59, 59, 999) * idsPerMs + 4095
  expect(dayOfRowId(id)).toBe('2026-11-21')
  expect(nextDayRowId(id)).toBe(id + 1)
  expect(dayOfRowId(nextDayRowId(id))).toBe('2026-11-22')
})
