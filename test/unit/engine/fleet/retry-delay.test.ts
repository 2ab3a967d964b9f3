import { describe, expect, it } from 'vitest'
import { isQuickRetry, retryDelayMs } from '../../../../src/engine/fleet/retry-delay.ts'

describe('delay before the next connection', () => {
  it('doubles from one second up to half a minute', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 100].map(failures => retryDelayMs(failures, false, 0.5))).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  it('is spread over half to one and a half of that', () => {
    expect(retryDelayMs(0, false, 0)).toBe(500)
    expect(retryDelayMs(0, false, 0.999)).toBeLessThan(1500)
  })

  it('is a minute after a refusal, unless the broker says that it is at fault itself', () => {
    expect(retryDelayMs(0, true, 0.5)).toBe(60_000)
    expect([1, 2, 3, 4, 5].filter(isQuickRetry)).toEqual([3])
  })
})
