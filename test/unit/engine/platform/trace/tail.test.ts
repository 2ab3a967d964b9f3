import type { StoredTrace } from '../../../../../src/engine/store/types.ts'
import { expect, it } from 'vitest'
import { createTailCollector } from '../../../../../src/engine/platform/trace/tail.ts'
import { limits } from '../../../../../src/shared/limits.ts'

function row(id: number, code: number | null = 200): StoredTrace {
  return { id, at: id, deviceId: 1, deviceKey: null, direction: 'up', topic: '/t', qos: 0, payload: new Uint8Array(), code, detail: null, causeId: null }
}

function collect(...rows: StoredTrace[]): ReturnType<typeof createTailCollector> {
  const collector = createTailCollector(() => true, () => undefined, () => {})
  rows.forEach(collector.add)
  return collector
}

it('brings a row whose verdict took time once, with the verdict', () => {
  const item = collect(row(1), row(2, null), row(3), row(2, 6320)).take()
  expect(item?.rows.map(({ id, code }) => [id, code])).toEqual([[1, 200], [2, 6320], [3, 200]])
  expect(item).toMatchObject({ arrived: 3, skipped: 0 })
})

it('brings it again when it was shown before, in front of what is new', () => {
  const collector = collect(row(1, null), row(2))
  collector.take()
  collector.add(row(3))
  collector.add(row(1, 26002))
  const item = collector.take()
  expect(item?.rows.map(({ id, code }) => [id, code])).toEqual([[1, 26002], [3, 200]])
  expect(item).toMatchObject({ arrived: 1, skipped: 0 })
  collector.add(row(2, 200))
  expect(collector.take()).toMatchObject({ rows: [{ id: 2 }], arrived: 0 })
  expect(collector.take()).toBeUndefined()
})

it('leaves it out where rows are left out, so that there is no hole', () => {
  const collector = collect(row(1, null))
  collector.take()
  for (let id = 2; id < limits.tailRowsPerBatchMax + 5; id++)
    collector.add(row(id))
  collector.add(row(1))
  const item = collector.take()
  expect(item?.skipped).toBe(3)
  expect(item?.rows[0]?.id).toBe(5)
})
