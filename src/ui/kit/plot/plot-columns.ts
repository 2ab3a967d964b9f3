import type { PointRing } from './point-ring.ts'

/** What is drawn of one series: instants, the middle line and the band around it; null is a gap. */
export interface PlotColumns {
  at: number[]
  line: (number | null)[]
  min: (number | null)[]
  max: (number | null)[]
}

/** Buckets as the engine's history returns them. */
export interface Buckets { at: ArrayLike<number>, min: ArrayLike<number>, max: ArrayLike<number>, mean: ArrayLike<number> }

export function emptyColumns(): PlotColumns {
  return { at: [], line: [], min: [], max: [] }
}

function push(columns: PlotColumns, at: number, line: number | null, min: number | null, max: number | null): void {
  columns.at.push(at)
  columns.line.push(line)
  columns.min.push(min)
  columns.max.push(max)
}

/**
 * Joins history and live points between two instants into at most about `pixels` columns: history up to where the live
 * points begin, then the live points, reduced to minimum, maximum and mean per pixel when there are more than pixels.
 */
export function joinColumns(history: Buckets | null, ring: PointRing, fromAt: number, toAt: number, pixels: number): PlotColumns {
  const columns = emptyColumns()
  const liveFromAt = ring.length > 0 ? ring.at(0) : Infinity
  if (history) {
    for (let index = 0; index < history.at.length; index++) {
      const at = history.at[index]!
      if (at >= liveFromAt)
        break
      if (at >= fromAt && at <= toAt)
        push(columns, at, history.mean[index]!, history.min[index]!, history.max[index]!)
    }
  }
  const first = ring.firstFrom(fromAt)
  let end = ring.firstFrom(toAt)
  while (end < ring.length && ring.at(end) <= toAt)
    end++
  if (end - first <= pixels) {
    for (let index = first; index < end; index++)
      push(columns, ring.at(index), ring.value(index), ring.value(index), ring.value(index))
    return columns
  }
  reducePoints(columns, ring, first, end, fromAt, (toAt - fromAt) / pixels)
  return columns
}

function reducePoints(columns: PlotColumns, ring: PointRing, first: number, end: number, fromAt: number, bucketMs: number): void {
  let index = first
  while (index < end) {
    const bucket = Math.floor((ring.at(index) - fromAt) / bucketMs)
    const untilAt = fromAt + (bucket + 1) * bucketMs
    let min = Infinity
    let max = -Infinity
    let sum = 0
    let count = 0
    do {
      const value = ring.value(index)
      min = Math.min(min, value)
      max = Math.max(max, value)
      sum += value
      count++
      index++
    } while (index < end && ring.at(index) < untilAt)
    push(columns, fromAt + (bucket + 0.5) * bucketMs, sum / count, min, max)
  }
}

/** The distance between points beyond which a series counts as interrupted: five times the usual one, at least three columns. */
export function gapMs(at: readonly number[], columnMs: number): number {
  const step = Math.max(1, Math.floor(at.length / 200))
  const distances: number[] = []
  for (let index = step; index < at.length; index += step)
    distances.push((at[index]! - at[index - step]!) / step)
  if (distances.length === 0)
    return Infinity
  distances.sort((a, b) => a - b)
  return Math.max(3 * columnMs, 5 * distances[distances.length >> 1]!)
}

/** The same columns with an empty one wherever the distance exceeds `limitMs`, so that a gap is drawn as a gap. */
export function withGaps(columns: PlotColumns, limitMs: number): PlotColumns {
  const result = emptyColumns()
  for (let index = 0; index < columns.at.length; index++) {
    const at = columns.at[index]!
    const before = columns.at[index - 1]
    if (before !== undefined && at - before > limitMs)
      push(result, (at + before) / 2, null, null, null)
    push(result, at, columns.line[index]!, columns.min[index]!, columns.max[index]!)
  }
  return result
}

/** Index of the column nearest to an instant that holds a value, or null when there is none. */
export function nearestColumn(columns: PlotColumns, at: number): number | null {
  let low = 0
  let high = columns.at.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (columns.at[middle]! < at)
      low = middle + 1
    else
      high = middle
  }
  let best: number | null = null
  for (let index = Math.max(0, low - 2); index < Math.min(columns.at.length, low + 2); index++) {
    if (columns.line[index] === null)
      continue
    if (best === null || Math.abs(columns.at[index]! - at) < Math.abs(columns.at[best]! - at))
      best = index
  }
  return best
}

/** The columns as CSV: time in ISO 8601, mean, min, max. */
export function columnsToCsv(columns: readonly PlotColumns[], names: readonly string[]): string {
  const lines = ['series,time,mean,min,max']
  columns.forEach((column, at) => {
    column.at.forEach((instant, index) => {
      if (column.line[index] !== null)
        lines.push(`"${(names[at] ?? '').replaceAll('"', '""')}",${new Date(instant).toISOString()},${column.line[index]},${column.min[index]},${column.max[index]}`)
    })
  })
  return `${lines.join('\n')}\n`
}
