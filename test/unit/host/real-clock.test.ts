import { expect, it, vi } from 'vitest'
import { realClock } from '../../../src/host/real-clock.ts'

it('tells epoch milliseconds', () => {
  const before = Date.now()
  const now = realClock.now()
  expect(now).toBeGreaterThanOrEqual(before)
  expect(now).toBeLessThanOrEqual(Date.now())
})

it('calls an alarm once, later', async () => {
  const run = vi.fn()
  const called = new Promise<void>((resolve) => {
    realClock.setAlarm(0, () => {
      run()
      resolve()
    })
  })
  expect(run).not.toHaveBeenCalled()
  await called
  expect(run).toHaveBeenCalledOnce()
})

it('does not call an alarm that was taken back', async () => {
  const run = vi.fn()
  realClock.setAlarm(1, run).cancel()
  await new Promise<void>(resolve => realClock.setAlarm(5, resolve))
  expect(run).not.toHaveBeenCalled()
})

it('waits longer than a Node timer can, and can be taken back in the later part too', () => {
  vi.useFakeTimers()
  try {
    const thirtyDays = 30 * 24 * 3600_000
    const run = vi.fn()
    const cancelled = vi.fn()
    realClock.setAlarm(thirtyDays, run)
    const alarm = realClock.setAlarm(thirtyDays, cancelled)
    vi.advanceTimersByTime(thirtyDays - 1)
    expect(run).not.toHaveBeenCalled()
    alarm.cancel()
    vi.advanceTimersByTime(1)
    expect(run).toHaveBeenCalledOnce()
    expect(cancelled).not.toHaveBeenCalled()
  }
  finally {
    vi.useRealTimers()
  }
})
