import type { Percentiles } from '../../shared/contract/fleet.ts'

/** Buckets are at most 1/32 of their value wide, so a percentile is right to about 1.6 %. */
const bucketsPerOctave = 32
const bucketCount = 27 * bucketsPerOctave + bucketsPerOctave

function bucketOf(micros: number): number {
  if (micros < 2 * bucketsPerOctave)
    return micros
  const shift = 26 - Math.clz32(micros)
  return shift * bucketsPerOctave + (micros >>> shift)
}

/** The middle of a bucket, microseconds. */
function valueOf(bucket: number): number {
  if (bucket < 2 * bucketsPerOctave)
    return bucket
  const shift = Math.floor(bucket / bucketsPerOctave) - 1
  return (bucket - shift * bucketsPerOctave + 0.5) * 2 ** shift - 0.5
}

/**
 * Counts durations from 1 µs to 71 minutes in buckets that grow with the value. Its counts are one small typed array,
 * so histograms of several processes, or of two instants, are added and subtracted bucket by bucket.
 */
export class Histogram {
  readonly counts: Uint32Array<ArrayBuffer>

  constructor(counts: Uint32Array<ArrayBuffer> = new Uint32Array(bucketCount)) {
    this.counts = counts
  }

  get isEmpty(): boolean {
    return this.counts.every(count => count === 0)
  }

  /** Counts one duration in milliseconds; negative ones count as 0. */
  record(milliseconds: number): void {
    const micros = Math.min(0xFFFF_FFFF, Math.max(0, Math.round(milliseconds * 1000)))
    const bucket = bucketOf(micros)
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
  }

  /** Adds the counts of another histogram. */
  add(counts: Uint32Array): void {
    for (let bucket = 0; bucket < bucketCount; bucket++)
      this.counts[bucket] = (this.counts[bucket] ?? 0) + (counts[bucket] ?? 0)
  }

  /** What was counted since an earlier state of the same histogram. */
  since(earlier: Uint32Array): Histogram {
    return new Histogram(this.counts.map((count, bucket) => Math.max(0, count - (earlier[bucket] ?? 0))))
  }

  /** Median, 95th and 99th percentile in milliseconds; all 0 when nothing was counted. */
  percentiles(): Percentiles {
    const total = this.counts.reduce((sum, count) => sum + count, 0)
    return { p50: this.#quantile(total, 0.5), p95: this.#quantile(total, 0.95), p99: this.#quantile(total, 0.99) }
  }

  #quantile(total: number, quantile: number): number {
    if (total === 0)
      return 0
    const rank = Math.ceil(total * quantile)
    let seen = 0
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += this.counts[bucket] ?? 0
      if (seen >= rank)
        return valueOf(bucket) / 1000
    }
    return 0
  }
}
