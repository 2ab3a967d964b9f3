import type { Batch } from '../../../../../src/shared/contract/batch.ts'
import { expect, it } from 'vitest'
import { minutesLeft, ProgressMeter } from '../../../../../src/ui/features/ota/batches/progress-meter.ts'

const none = { CONFIRM: 0, QUEUED: 0, NOTIFIED: 0, IN_PROGRESS: 0, SUCCEEDED: 0, FAILED: 0, CANCELED: 0 }

it('measures how many devices a minute are told and end, over the last minute', () => {
  const meter = new ProgressMeter()
  expect(meter.speed(0)).toBeNull()
  meter.add(0, { counts: none, notified: 0 })
  expect(meter.speed(1_000)).toBeNull()
  meter.add(6_000, { counts: { ...none, SUCCEEDED: 5, FAILED: 1 }, notified: 12 })
  expect(meter.speed(6_000)).toEqual({ told: 120, ended: 60 })
  meter.add(90_000, { counts: { ...none, SUCCEEDED: 35, FAILED: 1 }, notified: 42 })
  expect(meter.speed(90_000)).toEqual({ told: 30, ended: 30 })
  // Nothing happens any more.
  expect(meter.speed(160_000)).toEqual({ told: 0, ended: 0 })
})

it('begins anew when tasks do', () => {
  const meter = new ProgressMeter()
  meter.add(0, { counts: { ...none, FAILED: 50 }, notified: 50 })
  meter.add(10_000, { counts: { ...none, QUEUED: 50 }, notified: 50 })
  meter.add(20_000, { counts: { ...none, NOTIFIED: 45, SUCCEEDED: 5 }, notified: 50 })
  expect(meter.speed(20_000)).toEqual({ told: 0, ended: 30 })
})

it('tells how long it still takes only when that can be told', () => {
  const batch = { state: 'IN_PROGRESS', pausedAt: null, rate: { kind: 'constant', perMinute: 10 }, counts: { ...none, QUEUED: 100, NOTIFIED: 20 }, notified: 20, waitingForTurn: 40 } as Batch
  expect(minutesLeft(batch, null)).toBe(4)
  expect(minutesLeft(batch, 6)).toBe(10)
  expect(minutesLeft({ ...batch, waitingForTurn: 0 }, 0)).toBeNull()
  expect(minutesLeft({ ...batch, rate: { kind: 'unlimited' } }, 30)).toBe(2)
  expect(minutesLeft({ ...batch, pausedAt: 1 }, 6)).toBeNull()
  expect(minutesLeft({ ...batch, state: 'PLANNED' }, null)).toBeNull()
})
