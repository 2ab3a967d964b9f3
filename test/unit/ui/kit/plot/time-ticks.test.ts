import { expect, it } from 'vitest'
import { tickText } from '../../../../../src/ui/kit/plot/time-ticks.ts'

const at = new Date(2025, 10, 21, 14, 3, 22, 45).getTime()

it.each([
  [100, '14:03:22.045'],
  [1_000, '14:03:22'],
  [60_000, '14:03'],
  [3_600_000, '14:03'],
  [6 * 3_600_000, '11-21 14:03'],
  [86_400_000, '11-21'],
])('labels a tick as fine as %d ms between ticks ask for', (stepMs, text) => {
  expect(tickText(at, stepMs)).toBe(text)
})

it('names the day at midnight', () => {
  expect(tickText(new Date(2025, 10, 21).getTime(), 3_600_000)).toBe('11-21 00:00')
})
