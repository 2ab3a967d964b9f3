/**
 * An instant as people type it: epoch milliseconds, `14:30` or `14:30:05` today, or a local date with or without time.
 * Null when it is none of them.
 */
export function parseInstant(text: string, now: number): number | null {
  if (/^\d{12,14}$/.test(text))
    return Number(text)
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/.exec(text)
  if (clock) {
    const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)]
    if (hours > 23 || minutes > 59 || seconds > 59)
      return null
    return new Date(now).setHours(hours, minutes, seconds, Number((clock[4] ?? '').padEnd(3, '0')))
  }
  const date = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?$/.test(text)
  if (!date)
    return null
  // A date without a time means its local midnight, not the one of Greenwich.
  const at = Date.parse(text.includes(':') ? text.replace(' ', 'T') : `${text}T00:00`)
  return Number.isNaN(at) ? null : at
}

/** An instant as local date and time, as far as it goes: `2025-11-21T14:30`, with seconds and milliseconds where there are some; {@link parseInstant} reads it back. */
export function localInstant(at: number): string {
  const date = new Date(at)
  const two = (part: number): string => String(part).padStart(2, '0')
  const ms = date.getMilliseconds()
  const fine = ms > 0 ? `:${two(date.getSeconds())}.${String(ms).padStart(3, '0')}` : date.getSeconds() > 0 ? `:${two(date.getSeconds())}` : ''
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}${fine}`
}
