import { describe, expect, it } from 'vitest'
import { recogniseTime } from '../../../../src/shared/diagnose/recognise-time.ts'

const now = Date.UTC(2026, 10, 28, 11, 0, 0)

describe('recogniseTime', () => {
  it.each([
    ['time-seconds', now / 1_000, String(now)],
    ['time-seconds', 1_735_689_600, '1735689600000'],
    ['time-micros', 1_735_689_600_000_000, '1735689600000'],
    ['time-nanos', 1_735_689_600_000_000_000, '1735689600000'],
    ['time-unset', 12_345, String(now)],
    ['time-unset', 946_684_801_000, String(now)],
    ['time-unset', 946_684_800, String(now)],
    ['time-unset', 0, String(now)],
    ['time-ahead', now + 3 * 24 * 3600_000, String(now)],
  ])('%s: %d should be %s', (kind, value, expected) => {
    expect(recogniseTime('temperature.time', value, now)).toEqual({ kind, path: 'temperature.time', got: String(value), expected })
  })

  it.each([now, now - 1_000, Date.UTC(2015, 0, 1), now + 3600_000, -5, Number.NaN])('finds nothing in %d', (value) => {
    expect(recogniseTime('time', value, now)).toBeNull()
  })
})
