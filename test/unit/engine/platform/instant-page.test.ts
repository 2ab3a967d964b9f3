import type { TimeOrder, TimeRange } from '../../../../src/engine/platform/instant-page.ts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readInstants } from '../../../../src/engine/platform/instant-page.ts'

interface Row { at: number, id: number }

function reader(all: readonly Row[], order: TimeOrder): (range: TimeRange, limit: number) => Promise<Row[]> {
  const sorted = all.toSorted((a, b) => order === 'newest' ? b.at - a.at : a.at - b.at)
  return async ({ fromAt, toAt }, limit) => sorted.filter(({ at }) => at >= fromAt && at <= toAt).slice(0, limit)
}

it('tells every row exactly once over all pages, in both orders, however many share a millisecond', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), fc.constantFrom('newest' as const, 'oldest' as const), async (ats, limit, order) => {
    const rows = ats.map((at, id): Row => ({ at, id }))
    const told: Row[] = []
    let range = { fromAt: 0, toAt: 20 }
    for (;;) {
      const page = await readInstants({ ...range, order, limit }, reader(rows, order))
      told.push(...page.rows)
      if (page.nextAt === null)
        break
      expect(page.rows.length).toBeGreaterThan(0)
      range = order === 'newest' ? { ...range, toAt: page.nextAt } : { ...range, fromAt: page.nextAt }
    }
    expect(told.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(rows.map(({ id }) => id))
    expect(told.map(({ at }) => at)).toEqual(ats.toSorted((a, b) => order === 'newest' ? b - a : a - b))
  }))
})

it('keeps to the limit unless a single millisecond has more', async () => {
  const rows = [1, 2, 2, 3, 3, 3].map((at, id): Row => ({ at, id }))
  const page = (range: TimeRange) => readInstants({ ...range, order: 'oldest', limit: 2 }, reader(rows, 'oldest'))
  expect(await page({ fromAt: 0, toAt: 9 })).toMatchObject({ rows: [{ at: 1 }], nextAt: 2 })
  expect(await page({ fromAt: 2, toAt: 9 })).toMatchObject({ rows: [{ at: 2 }, { at: 2 }], nextAt: 3 })
  const last = await page({ fromAt: 3, toAt: 9 })
  expect(last.rows).toHaveLength(3)
  expect(last.nextAt).toBeNull()
})
