export type Locale = 'en' | 'zh'

const tags: Record<Locale, string> = { en: 'en-GB', zh: 'zh-CN' }
const numberFormats = new Map<string, Intl.NumberFormat>()
const dateFormats = new Map<string, Intl.DateTimeFormat>()

function numberFormat(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}${JSON.stringify(options)}`
  let format = numberFormats.get(key)
  if (!format)
    numberFormats.set(key, format = new Intl.NumberFormat(tags[locale], options))
  return format
}

function dateFormat(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}${JSON.stringify(options)}`
  let format = dateFormats.get(key)
  if (!format)
    dateFormats.set(key, format = new Intl.DateTimeFormat(tags[locale], options))
  return format
}

/** A whole number with the locale's separators: `12,345`. */
export function formatCount(locale: Locale, value: number): string {
  return numberFormat(locale, { maximumFractionDigits: 0 }).format(value)
}

/** A measured figure with 3 significant digits where more would be noise, whole numbers above a thousand: `0.0123`, `21.4`, `12,345`. */
export function formatFigure(locale: Locale, value: number): string {
  if (!Number.isFinite(value))
    return '–'
  if (Math.abs(value) >= 1_000)
    return numberFormat(locale, { maximumFractionDigits: 0 }).format(value)
  return numberFormat(locale, { maximumSignificantDigits: 3 }).format(value)
}

/** A number with up to `digits` significant digits, for readings whose last digits matter. */
export function formatDigits(locale: Locale, value: number, digits: number): string {
  return Number.isFinite(value) ? numberFormat(locale, { maximumSignificantDigits: digits }).format(value) : '–'
}

/** A tick of an axis with just the decimals that tell it from its neighbours, `step` away. */
export function formatTick(locale: Locale, value: number, step: number): string {
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))
  return numberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value)
}

/** Every digit a value has, with separators; for hovers and for values a device reported. */
export function formatExact(locale: Locale, value: number): string {
  return Number.isFinite(value) ? numberFormat(locale, { maximumFractionDigits: 15 }).format(value) : '–'
}

/** A rate: `0.4/s`, `212/s`. */
export function formatRate(locale: Locale, perSec: number): string {
  return `${formatFigure(locale, perSec)}/${locale === 'zh' ? '秒' : 's'}`
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** A size in binary units: `812 B`, `1.2 GiB`. */
export function formatBytes(locale: Locale, bytes: number): string {
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024
    unit++
  }
  return `${formatFigure(locale, value)} ${byteUnits[unit]}`
}

interface DurationWords { ms: string, s: string, min: string, h: string, d: string }
const durationWords: Record<Locale, DurationWords> = {
  en: { ms: ' ms', s: ' s', min: ' min', h: ' h', d: ' d' },
  zh: { ms: ' ms', s: ' 秒', min: ' 分', h: ' 小时', d: ' 天' },
}

/** A duration as people say it: `0.4 ms`, `38 ms`, `4.2 s`, `2 min 5 s`, `3 h 12 min`, `2 d 4 h`. */
export function formatDuration(locale: Locale, durationMs: number): string {
  const words = durationWords[locale]
  if (!Number.isFinite(durationMs))
    return '–'
  if (durationMs < 0)
    return `-${formatDuration(locale, -durationMs)}`
  if (durationMs < 999.5)
    return `${formatFigure(locale, durationMs)}${words.ms}`
  const seconds = durationMs / 1_000
  if (seconds < 59.95)
    return `${numberFormat(locale, { maximumFractionDigits: 1 }).format(seconds)}${words.s}`
  const parts: [number, keyof DurationWords, number][] = [
    [86_400, 'd', 3_600],
    [3_600, 'h', 60],
    [60, 'min', 1],
  ]
  for (const [unitSec, word, nextSec] of parts) {
    if (seconds >= unitSec - nextSec / 2) {
      const rounded = Math.round(seconds / nextSec) * nextSec
      const whole = Math.floor(rounded / unitSec)
      const rest = Math.round((rounded - whole * unitSec) / nextSec)
      const nextWord = word === 'd' ? 'h' : word === 'h' ? 'min' : 's'
      return rest === 0 ? `${whole}${words[word]}` : `${whole}${words[word]} ${rest}${words[nextWord]}`
    }
  }
  return `${formatFigure(locale, seconds)}${words.s}`
}

/** Three percentiles of a duration with one unit: `2 · 6.9 · 20 ms`; seconds when the largest has some. */
export function formatPercentiles(locale: Locale, { p50, p95, p99 }: { p50: number, p95: number, p99: number }): string {
  const inSeconds = Math.max(p50, p95, p99) >= 9_999.5
  const words = durationWords[locale]
  const parts = [p50, p95, p99].map((valueMs) => {
    const value = inSeconds ? valueMs / 1_000 : valueMs
    return numberFormat(locale, { maximumFractionDigits: value < 9.95 ? 1 : 0 }).format(value)
  })
  return `${parts.join(' · ')}${inSeconds ? words.s : words.ms}`
}

/** Local time of day with milliseconds: `14:03:22.123`. */
export function formatTime(locale: Locale, at: number): string {
  return dateFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false }).format(at)
}

/** Local date and time to the second: `2025-11-21 14:03:22`, the same in every language because logs are compared. */
export function formatDateTime(at: number): string {
  const date = new Date(at)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Local date and time with milliseconds, for hovers: `2025-11-21 14:03:22.123`. */
export function formatInstant(at: number): string {
  return `${formatDateTime(at)}.${String(Math.floor(at) % 1_000).padStart(3, '0')}`
}

/** How long ago an instant was, in the largest unit that fits: `now`, `5 s ago`, `42 min ago`, `in 3 h`. */
export function formatDistance(locale: Locale, at: number, now: number): string {
  const distanceMs = now - at
  if (Math.abs(distanceMs) < 1_000)
    return locale === 'zh' ? '刚刚' : 'now'
  const unitMs = [86_400_000, 3_600_000, 60_000, 1_000].find(unit => Math.abs(distanceMs) >= unit) ?? 1_000
  const whole = Math.floor(Math.abs(distanceMs) / unitMs) * unitMs
  const words = formatDuration(locale, whole)
  if (distanceMs < 0)
    return locale === 'zh' ? `${words}后` : `in ${words}`
  return locale === 'zh' ? `${words}前` : `${words} ago`
}
