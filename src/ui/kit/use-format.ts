import type { Locale } from './format.ts'
import { useI18n } from 'vue-i18n'
import * as format from './format.ts'

/** The formatting rules bound to the language of the page; calls made while rendering follow a change of language. */
export function useFormat() {
  const { locale } = useI18n({ useScope: 'global' })
  const language = (): Locale => locale.value === 'zh' ? 'zh' : 'en'
  return {
    language,
    count: (value: number) => format.formatCount(language(), value),
    figure: (value: number) => format.formatFigure(language(), value),
    digits: (value: number, digits: number) => format.formatDigits(language(), value, digits),
    tick: (value: number, step: number) => format.formatTick(language(), value, step),
    exact: (value: number) => format.formatExact(language(), value),
    rate: (perSec: number) => format.formatRate(language(), perSec),
    bytes: (bytes: number) => format.formatBytes(language(), bytes),
    duration: (durationMs: number) => format.formatDuration(language(), durationMs),
    percentiles: (values: { p50: number, p95: number, p99: number }) => format.formatPercentiles(language(), values),
    time: (at: number) => format.formatTime(language(), at),
    dateTime: (at: number) => format.formatDateTime(at),
    instant: (at: number) => format.formatInstant(at),
    distance: (at: number, now: number) => format.formatDistance(language(), at, now),
  }
}
