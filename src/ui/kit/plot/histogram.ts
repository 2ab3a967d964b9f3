export interface Bin { from: number, to: number, share: number }

/**
 * How values are spread: a bin for each distinct value while they are few, else `binsMax` bins of equal width between the
 * smallest and the largest. Shares add up to 1; nulls do not count.
 */
export function histogramOf(values: readonly (number | null)[], binsMax: number): Bin[] {
  const numbers = values.filter(value => value !== null)
  if (numbers.length === 0)
    return []
  const distinct = new Map<number, number>()
  for (const value of numbers) {
    distinct.set(value, (distinct.get(value) ?? 0) + 1)
    if (distinct.size > binsMax)
      return equalBins(numbers, binsMax)
  }
  return [...distinct].sort((a, b) => a[0] - b[0]).map(([value, count]) => ({ from: value, to: value, share: count / numbers.length }))
}

function equalBins(numbers: readonly number[], bins: number): Bin[] {
  let min = Infinity
  let max = -Infinity
  for (const value of numbers) {
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  const width = (max - min) / bins
  const counts = Array.from<number>({ length: bins }).fill(0)
  for (const value of numbers) {
    const bin = Math.min(bins - 1, Math.floor((value - min) / width))
    counts[bin] = counts[bin]! + 1
  }
  return counts.map((count, index) => ({ from: min + index * width, to: min + (index + 1) * width, share: count / numbers.length }))
}
