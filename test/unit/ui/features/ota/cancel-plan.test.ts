import type { Batch } from '../../../../../src/shared/contract/batch.ts'
import { expect, it } from 'vitest'
import { planCancel, tasksOf, usualWish } from '../../../../../src/ui/features/ota/batches/cancel-plan.ts'

const counts = { CONFIRM: 1, QUEUED: 20, NOTIFIED: 300, IN_PROGRESS: 4_000, SUCCEEDED: 50, FAILED: 6, CANCELED: 7 }
const batchOf = (more: Partial<Pick<Batch, 'state' | 'dynamic' | 'counts'>> = {}): Pick<Batch, 'state' | 'dynamic' | 'counts'> => ({ state: 'IN_PROGRESS', dynamic: false, counts, ...more })

it('offers of a static batch all that no device is at, which ends it', () => {
  const batch = batchOf()
  const wish = usualWish(batch)
  expect(wish).toEqual({ policy: false, scheduled: false, unconfirmed: true, queued: true, notified: true, inProgress: false })
  expect(planCancel(batch, wish)).toEqual({ cancelled: 321, left: 4_000, ended: 63, endsBatch: true, isNothing: false })
  expect(planCancel(batch, { ...wish, queued: false })).toMatchObject({ cancelled: 301, left: 4_020, endsBatch: false })
  expect(planCancel(batch, { ...wish, inProgress: true })).toMatchObject({ cancelled: 4_321, left: 0, endsBatch: true })
})

it('lets the tasks of a dynamic batch go on unless they are ticked', () => {
  const batch = batchOf({ dynamic: true })
  const wish = usualWish(batch)
  expect(planCancel(batch, wish)).toEqual({ cancelled: 0, left: 4_321, ended: 63, endsBatch: true, isNothing: false })
  expect(planCancel(batch, { ...wish, policy: false, queued: true })).toMatchObject({ cancelled: 20, endsBatch: false })
  expect(planCancel(batch, { ...wish, policy: false }).isNothing).toBe(true)
})

it('counts tasks as scheduled before the planned start and as queued afterwards', () => {
  const planned = batchOf({ state: 'PLANNED', counts: { ...counts, CONFIRM: 0, NOTIFIED: 0, IN_PROGRESS: 0 } })
  expect([tasksOf(planned, 'scheduled'), tasksOf(planned, 'queued'), tasksOf(batchOf(), 'scheduled'), tasksOf(batchOf(), 'queued')]).toEqual([20, 0, 0, 20])
  expect(planCancel(planned, usualWish(planned))).toMatchObject({ cancelled: 20, left: 0, endsBatch: true })
})
