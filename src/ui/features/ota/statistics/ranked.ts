import type { SourceStatistics } from '../../../../shared/contract/ota-statistics.ts'

/** One bar; the last one may stand for all the others, whose keys it leaves out. */
export interface RankedBar<Key> {
  /** Null in `others`. */
  key: Key | null
  isOthers: boolean
  value: number
}

/** Platform rules: bars show the first five and the rest together; beyond ten source versions there is a table instead (OTA-138). */
export const barsMax = 5
export const barSourcesMax = 10

/** The first five by their number, and the sum of the others. */
export function countBars<Key>(items: readonly { key: Key, count: number }[], moreCount = 0): RankedBar<Key>[] {
  const sorted = [...items].sort((a, b) => b.count - a.count)
  const rest = sorted.slice(barsMax)
  const sum = rest.reduce((total, { count }) => total + count, moreCount)
  return [
    ...sorted.slice(0, barsMax).map(({ key, count }) => ({ key, isOthers: false, value: count })),
    ...(sum > 0 ? [{ key: null, isOthers: true, value: sum }] : []),
  ]
}

/** The share of updates from a version that ended so. */
export function rateOf({ succeeded, failed }: Pick<SourceStatistics, 'succeeded' | 'failed'>, ending: 'succeeded' | 'failed'): number {
  const all = succeeded + failed
  return all === 0 ? 0 : (ending === 'succeeded' ? succeeded : failed) / all
}

/** Source versions by their rate, the highest first, then by their updates. */
export function byRate(sources: readonly SourceStatistics[], ending: 'succeeded' | 'failed'): SourceStatistics[] {
  return [...sources].sort((a, b) => rateOf(b, ending) - rateOf(a, ending) || (b.succeeded + b.failed) - (a.succeeded + a.failed))
}

/** The five highest rates, and the average of the others. */
export function rateBars(sources: readonly SourceStatistics[], ending: 'succeeded' | 'failed'): RankedBar<string | null>[] {
  const sorted = byRate(sources, ending)
  const rest = sorted.slice(barsMax)
  return [
    ...sorted.slice(0, barsMax).map(source => ({ key: source.sourceVersion, isOthers: false, value: rateOf(source, ending) })),
    ...(rest.length > 0 ? [{ key: null, isOthers: true, value: rest.reduce((sum, source) => sum + rateOf(source, ending), 0) / rest.length }] : []),
  ]
}
