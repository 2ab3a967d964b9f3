import { describe, expect, it } from 'vitest'
import { parseInstant } from '../../../../src/shared/filter/parse-instant.ts'

const now = new Date(2025, 10, 21, 14, 3, 22).getTime()

describe('instants as people type them', () => {
  it('are times of today, local dates, or epoch milliseconds', () => {
    expect(parseInstant('14:30', now)).toBe(new Date(2025, 10, 21, 14, 30).getTime())
    expect(parseInstant('14:30:05.25', now)).toBe(new Date(2025, 10, 21, 14, 30, 5, 250).getTime())
    expect(parseInstant('2025-11-20', now)).toBe(new Date(2025, 10, 20).getTime())
    expect(parseInstant('2025-11-20T08:00', now)).toBe(new Date(2025, 10, 20, 8).getTime())
    expect(parseInstant('1735689600000', now)).toBe(1_735_689_600_000)
  })

  it.each(['', 'yesterday', '25:00', '14:61', '2025-13-40', '12'])('are not %j', (text) => {
    expect(parseInstant(text, now)).toBeNull()
  })
})
