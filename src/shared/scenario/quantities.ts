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
  return number === undefined ? undefined : Number((Number(number) / 100).toFixed(5))
}

/** Bytes; undefined when the text is no size. */
export function readSize(text: string): number | undefined {
  const [, number, unit] = sizeForm.exec(text) ?? []
  return unit === undefined ? undefined : Math.round(Number(number) * unitsBytes[unit]!)
}

/** The shortest form that says a duration: `90s`, `1.5min`, `250ms`; one that needs more digits to three of them, such as `61.2s`. */
export function formatDuration(ms: number): string {
  // Halves of a unit are as easy to read as whole ones; seconds in milliseconds are not.
  const exact = unitsMs.toReversed().find(([, unitMs]) => ms >= unitMs && Number.isInteger(ms / unitMs * 2) && (unitMs > 1 || ms < 1_000))
  const [unit, unitMs] = exact ?? (ms < 1_000 ? unitsMs[0]! : ms < 120_000 ? unitsMs[1]! : ms < 7_200_000 ? unitsMs[2]! : unitsMs[3]!)
  return `${Number((ms / unitMs).toPrecision(exact === undefined ? 3 : 12))}${unit}`
}

/** `5%`, `99.5%`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}
