const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A span of time as people type it, `500ms`, `2.5s`, `15m`, `2h`, `7d`, in milliseconds; a bare number is milliseconds. Null when it is none, or no longer than nothing. */
export function parseSpan(text: string): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|[smhd])?$/i.exec(text)
  const spanMs = match === null ? 0 : Math.round(Number(match[1]) * unitsMs[(match[2] ?? 'ms').toLowerCase()]!)
  return spanMs > 0 && spanMs <= 100 * 366 * unitsMs.d! ? spanMs : null
}

/** A span in its largest whole unit: `15m`, `500ms`; {@link parseSpan} reads it back. */
export function formatSpan(spanMs: number): string {
  const unit = ['d', 'h', 'm', 's'].find(one => spanMs % unitsMs[one]! === 0) ?? 'ms'
  return `${spanMs / unitsMs[unit]!}${unit}`
}
