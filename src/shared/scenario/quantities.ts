const unitsMs: readonly (readonly [string, number])[] = [['ms', 1], ['s', 1_000], ['min', 60_000], ['h', 3_600_000], ['d', 86_400_000]]
/** A duration as people write it: `500ms`, `30s`, `1.5 min`, `2h`, `1d`. */
export const durationForm = /^(\d{1,9}(?:\.\d{1,3})?) ?(ms|[shd]|min)$/
/** What a sentence asks for where there is no duration. */
export const durationWords = 'expected a duration such as 500ms, 30s, 5min or 2h'
/** A share as people write it: `5%`, `0.5 %`, `100%`. */
export const shareForm = /^(100(?:\.0{1,3})?|\d{1,2}(?:\.\d{1,3})?) ?%$/
export const shareWords = 'expected a share such as 5% or 0.5%'
/** A size as people write it: `300 B`, `64kB`, `2MB`. */
export const sizeForm = /^(\d{1,9}(?:\.\d{1,3})?) ?(B|kB|MB)$/
export const sizeWords = 'expected a size such as 300B, 64kB or 2MB'
const unitsBytes: Record<string, number> = { B: 1, kB: 1024, MB: 1024 * 1024 }

/** Milliseconds; undefined when the text is no duration. */
export function readDuration(text: string): number | undefined {
  const [, number, unit] = durationForm.exec(text) ?? []
  const unitMs = unitsMs.find(([name]) => name === unit)?.[1]
  return unitMs === undefined ? undefined : Math.round(Number(number) * unitMs)
}

/** A part of 1; undefined when the text is no share. */
export function readShare(text: string): number | undefined {
  const number = shareForm.exec(text)?.[1]
  return number === undefined ? undefined : Number(number) / 100
}

/** Bytes; undefined when the text is no size. */
export function readSize(text: string): number | undefined {
  const [, number, unit] = sizeForm.exec(text) ?? []
  return unit === undefined ? undefined : Math.round(Number(number) * unitsBytes[unit]!)
}

/** The shortest form that says a duration exactly, or to three digits: `90s`, `1.5min`, `250ms`. */
export function formatDuration(ms: number): string {
  for (const [unit, unitMs] of unitsMs.toReversed()) {
    const number = ms / unitMs
    if (number >= 1 && (unit === 'ms' || Number.isInteger(number * 10)))
      return `${round(number)}${unit}`
  }
  return ms >= 1 ? `${round(ms)}ms` : `${round(ms)}ms`
}

/** `5%`, `99.5%`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}

function round(number: number): number {
  return Number.isInteger(number) ? number : Number(number.toPrecision(3))
}
