/** The numbers that a device reported of one property, oldest first. */
export interface NumberSeries {
  /** When the first value was, epoch milliseconds. */
  startAt: number
  /** Seconds since the first value; grows. */
  times: number[]
  values: number[]
  low: number
  high: number
  mean: number
  /** The smallest distance between two different values; 0 when all are the same. */
  resolution: number
  /** The median of the seconds between two values. */
  gapSec: number
}

/** Takes values with their instants (epoch milliseconds, growing) together with what every way of moving asks about them. At least one. */
export function numberSeries(points: readonly { at: number, value: number }[]): NumberSeries {
  const startAt = points[0]!.at
  const times = points.map(({ at }) => (at - startAt) / 1000)
  const values = points.map(({ value }) => value)
  const [low, high] = boundsOf(values)
  return { startAt, times, values, low, high, mean: meanOf(values), resolution: resolutionOf(values), gapSec: quantile(differences(times), 0.5) || 1 }
}

/** Each number less the one before. */
export function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - values[index]!)
}

/** Of none, 0. */
export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The standard deviation around the mean, or around `center`. */
export function deviationOf(values: readonly number[], center = meanOf(values)): number {
  return values.length === 0 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length)
}

/** Smallest and largest; a spread of arguments would be too much for long series. */
export function boundsOf(values: readonly number[]): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}

/** The number below which `share` (0 to 1) of them lie; of none, 0. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

/** The smallest distance between two different values; 0 when there are none. */
export function resolutionOf(values: readonly number[]): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b)
  const range = sorted.length === 0 ? 0 : sorted.at(-1)! - sorted[0]!
  // What is closer together than this is the same value with an error of calculation.
  const same = range * 1e-9
  return differences(sorted).reduce((least, gap) => gap > same && (least === 0 || gap < least) ? gap : least, 0)
}

/** A value between those that were seen, one digit finer than they are. */
export function tidyLevel(value: number, resolution: number): number {
  const decimals = resolution > 0 ? Math.min(10, Math.max(0, 1 - Math.floor(Math.log10(resolution) + 1e-9))) : 10
  return Number(value.toFixed(decimals))
}

/** A number as a person would write it down who wants `digits` of it. */
export function tidy(value: number, digits = 4): number {
  return Number(value.toPrecision(digits))
}

/** Where a function with one valley is least between two places, by the golden section. */
export function leastBetween(from: number, to: number, of: (place: number) => number): number {
  const golden = (Math.sqrt(5) - 1) / 2
  let [low, high] = [from, to]
  for (let round = 0; round < 24; round++) {
    const left = high - golden * (high - low)
    const right = low + golden * (high - low)
    if (of(left) < of(right))
      high = right
    else
      low = left
  }
  return (low + high) / 2
}
