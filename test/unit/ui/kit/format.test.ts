import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatDateTime, formatDigits, formatDistance, formatDuration, formatExact, formatFigure, formatInstant, formatPercentiles, formatRate, formatTick, formatTime } from '../../../../src/ui/kit/format.ts'

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [0.4321, '0.432 ms'],
    [38.2, '38.2 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [4_230, '4.2 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_600, '1 h'],
    [11_520_000, '3 h 12 min'],
    [86_399_000, '1 d'],
    [187_200_000, '2 d 4 h'],
    [-2_000, '-2 s'],
    [Number.NaN, '–'],
  ])('reads %d ms as “%s”', (durationMs, text) => {
    expect(formatDuration('en', durationMs)).toBe(text)
  })

  it('are said in Chinese as well', () => {
    expect([4_230, 125_000, 11_520_000].map(durationMs => formatDuration('zh', durationMs))).toEqual(['4.2 秒', '2 分 5 秒', '3 小时 12 分'])
  })
})

describe('numbers', () => {
  it('have three significant digits where more would be noise, and all of them where they are asked for', () => {
    expect([0.012345, 21.456, 999.9, 12_345.6].map(value => formatFigure('en', value))).toEqual(['0.0123', '21.5', '1,000', '12,346'])
    expect(formatExact('en', 21.456789)).toBe('21.456789')
    expect(formatDigits('en', 21.456789, 6)).toBe('21.4568')
    expect(formatCount('en', 1_234_567)).toBe('1,234,567')
    expect(formatFigure('en', Number.NaN)).toBe('–')
  })

  it('on an axis have just the decimals that tell neighbours apart', () => {
    expect([26.35, 26.4, 26.45].map(value => formatTick('en', value, 0.05))).toEqual(['26.35', '26.40', '26.45'])
    expect([0, 500, 1_000].map(value => formatTick('en', value, 500))).toEqual(['0', '500', '1,000'])
  })

  it('carry their unit', () => {
    expect(formatRate('en', 212.4)).toBe('212/s')
    expect(formatRate('zh', 0.25)).toBe('0.25/秒')
    expect([812, 1_288_490_189, 16 * 1024 ** 2].map(bytes => formatBytes('en', bytes))).toEqual(['812 B', '1.2 GiB', '16 MiB'])
    expect(formatPercentiles('en', { p50: 2.04, p95: 6.85, p99: 20.2 })).toBe('2 · 6.9 · 20 ms')
    expect(formatPercentiles('en', { p50: 800, p95: 2_500, p99: 12_000 })).toBe('0.8 · 2.5 · 12 s')
  })
})

describe('instants', () => {
  const at = new Date(2025, 10, 21, 14, 3, 22, 45).getTime()

  it('are local, to the millisecond where order matters', () => {
    expect(formatTime('en', at)).toBe('14:03:22.045')
    expect(formatDateTime(at)).toBe('2025-11-21 14:03:22')
    expect(formatInstant(at)).toBe('2025-11-21 14:03:22.045')
  })

  it('are told by their distance', () => {
    expect(formatDistance('en', at, at + 400)).toBe('now')
    expect(formatDistance('en', at, at + 5_900)).toBe('5 s ago')
    expect(formatDistance('zh', at, at + 125_000)).toBe('2 分前')
    expect(formatDistance('en', at, at + 27 * 3_600_000)).toBe('1 d ago')
    expect(formatDistance('en', at + 180_000, at)).toBe('in 3 min')
  })
})
