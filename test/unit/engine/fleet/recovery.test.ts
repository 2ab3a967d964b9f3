import { describe, expect, it } from 'vitest'
import { Recovery } from '../../../../src/engine/fleet/recovery.ts'

function recoveryOf(index: number): Recovery {
  const recovery = new Recovery(1)
  recovery.start(index)
  return recovery
}

/** The next delay, told as what it would be without jitter: a power of two seconds at most half off. */
function expectAbout(delay: number | 'kicked', milliseconds: number): void {
  expect(delay).toBeGreaterThanOrEqual(milliseconds * 0.5)
  expect(delay).toBeLessThan(milliseconds * 1.5)
}

describe('what becomes of a device whose link has ended', () => {
  it('is that it tries again later each time, until a link has lasted half a minute', () => {
    const recovery = recoveryOf(3)
    expectAbout(recovery.lost(3, 0, false), 1_000)
    expectAbout(recovery.lost(3, 2_000, false), 2_000)
    recovery.online(3, 5_000)
    expectAbout(recovery.lost(3, 20_000, false), 4_000)
    recovery.online(3, 30_000)
    expectAbout(recovery.lost(3, 60_000, false), 1_000)
  })

  it('is that it waits a minute after a refusal', () => {
    expectAbout(recoveryOf(0).lost(0, 0, true), 60_000)
  })

  it('is that it stays away when the news of a kick came just before', () => {
    const recovery = recoveryOf(0)
    recovery.online(0, 1_000)
    recovery.kicked(0, 100_000)
    expect(recovery.lost(0, 105_000, false)).toBe('kicked')
    expect(recovery.lost(0, 105_001, false)).not.toBe('kicked')
  })

  it('is not a kick when its link outlived the news: it had replaced its own old one', () => {
    const recovery = recoveryOf(0)
    recovery.kicked(0, 100_000)
    recovery.online(0, 100_001)
    expect(recovery.lost(0, 105_001, false)).not.toBe('kicked')
  })

  it('repeats with the same seed', () => {
    expect(recoveryOf(0).lost(0, 0, false)).toBe(recoveryOf(0).lost(0, 0, false))
  })
})
