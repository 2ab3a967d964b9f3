import type { BlockPoints, BlockSummary } from '../series-block.ts'

/** Gathers points into equal buckets of time between two instants; a point at the very end belongs to the last one. */
export class BucketSums {
  readonly #fromAt: number
  readonly #toAt: number
  readonly #width: number
  readonly #buckets: number
  readonly #count: Float64Array
  readonly #sum: Float64Array
  readonly #min: Float64Array
  readonly #max: Float64Array
  readonly #last: Float64Array
  readonly #lastAt: Float64Array
  #points = 0

  /** `fromAt` and `toAt` are inclusive, `fromAt < toAt`; `buckets` is at least 1. */
  constructor(fromAt: number, toAt: number, buckets: number) {
    this.#fromAt = fromAt
    this.#toAt = toAt
    this.#buckets = buckets
    this.#width = (toAt - fromAt) / buckets
    this.#count = new Float64Array(buckets)
    this.#sum = new Float64Array(buckets)
    this.#min = new Float64Array(buckets).fill(Infinity)
    this.#max = new Float64Array(buckets).fill(-Infinity)
    this.#last = new Float64Array(buckets)
    this.#lastAt = new Float64Array(buckets).fill(-Infinity)
  }

  /** Adds a whole block by its header; false, with nothing added, when it does not lie inside one bucket. */
  addSummary({ firstAt, lastAt, n, min, max, sum, last }: BlockSummary): boolean {
    if (firstAt < this.#fromAt || lastAt > this.#toAt)
      return false
    const bucket = this.#bucketOf(firstAt)
    if (bucket !== this.#bucketOf(lastAt))
      return false
    this.#merge(bucket, n, sum, min, max, lastAt, last)
    return true
  }

  addPoint(at: number, value: number): void {
    if (at >= this.#fromAt && at <= this.#toAt)
      this.#merge(this.#bucketOf(at), 1, value, value, value, at, value)
  }

  /** Adds the points of a block that lie in the range; points are in order of time, so each bucket is one run of them. */
  addPoints({ firstAt, offsets, values }: BlockPoints): void {
    let i = 0
    while (i < offsets.length && firstAt + offsets[i]! < this.#fromAt)
      i++
    while (i < offsets.length && firstAt + offsets[i]! <= this.#toAt) {
      const bucket = this.#bucketOf(firstAt + offsets[i]!)
      const begin = i
      let sum = 0
      let min = Infinity
      let max = -Infinity
      for (; i < offsets.length && this.#bucketOf(firstAt + offsets[i]!) === bucket && firstAt + offsets[i]! <= this.#toAt; i++) {
        const value = values[i]!
        sum += value
        if (value < min)
          min = value
        if (value > max)
          max = value
      }
      this.#merge(bucket, i - begin, sum, min, max, firstAt + offsets[i - 1]!, values[i - 1]!)
    }
  }

  /** The buckets that hold points; `at` is where a bucket begins. */
  take(): { at: Float64Array, min: Float64Array, max: Float64Array, mean: Float64Array, last: Float64Array, count: Float64Array, points: number } {
    const held = Array.from(this.#count.keys()).filter(bucket => this.#count[bucket]! > 0)
    const pick = (of: (bucket: number) => number) => Float64Array.from(held, of)
    return {
      at: pick(bucket => this.#fromAt + bucket * this.#width),
      min: pick(bucket => this.#min[bucket]!),
      max: pick(bucket => this.#max[bucket]!),
      mean: pick(bucket => this.#sum[bucket]! / this.#count[bucket]!),
      last: pick(bucket => this.#last[bucket]!),
      count: pick(bucket => this.#count[bucket]!),
      points: this.#points,
    }
  }

  #bucketOf(at: number): number {
    return Math.min(this.#buckets - 1, Math.floor((at - this.#fromAt) / this.#width))
  }

  #merge(bucket: number, n: number, sum: number, min: number, max: number, lastAt: number, last: number): void {
    this.#points += n
    this.#count[bucket]! += n
    this.#sum[bucket]! += sum
    if (min < this.#min[bucket]!)
      this.#min[bucket] = min
    if (max > this.#max[bucket]!)
      this.#max[bucket] = max
    if (lastAt >= this.#lastAt[bucket]!) {
      this.#lastAt[bucket] = lastAt
      this.#last[bucket] = last
    }
  }
}
