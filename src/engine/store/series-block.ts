import { Buffer } from 'node:buffer'
import { damagedContent } from './storage-fault.ts'

/** The header of a block: enough to answer for all of its points at once. Instants in epoch milliseconds. */
export interface BlockSummary {
  firstAt: number
  lastAt: number
  n: number
  min: number
  max: number
  sum: number
  last: number
}

/** The points of a block in order of time; the instant of point i is `firstAt + offsets[i]`. */
export interface BlockPoints {
  firstAt: number
  offsets: Uint32Array | Float64Array
  values: Float32Array | Float64Array
}

/**
 * Points as they gather in memory: instant, value, instant, value, … One flat array of doubles per series, because
 * a hundred thousand series with a handful of points each must not cost a hundred thousand typed arrays.
 */
export type PointPairs = number[]

/** Puts pairs in order of time, keeping the order of those with the same instant; returns them unchanged where they are. */
export function sortPairs(pairs: PointPairs): PointPairs {
  let sorted = true
  for (let i = 2; sorted && i < pairs.length; i += 2)
    sorted = pairs[i]! >= pairs[i - 2]!
  if (sorted)
    return pairs
  const order = Array.from({ length: pairs.length / 2 }, (_, i) => i).sort((a, b) => pairs[a * 2]! - pairs[b * 2]! || a - b)
  return order.flatMap(i => [pairs[i * 2]!, pairs[i * 2 + 1]!])
}

/** What the header of a block says about the points `from` to `to` (exclusive, counted in points) of sorted pairs. */
export function summarize(pairs: PointPairs, from: number, to: number): BlockSummary {
  let min = Infinity
  let max = -Infinity
  let sum = 0
  for (let i = from; i < to; i++) {
    const value = pairs[i * 2 + 1]!
    if (value < min)
      min = value
    if (value > max)
      max = value
    sum += value
  }
  return { firstAt: pairs[from * 2]!, lastAt: pairs[to * 2 - 2]!, n: to - from, min, max, sum, last: pairs[to * 2 - 1]! }
}

/**
 * Packs the points `from` to `to` of sorted pairs: all values, then all instants as offsets from the first. Values take
 * four bytes where that is exact for all of them (integers, switches, enums) and offsets four bytes where the block
 * spans less than 49 days, which leaves three sizes a point: 8, 12 or 16 bytes. The size tells the form.
 */
export function encodePoints(pairs: PointPairs, from: number, to: number): Uint8Array {
  const n = to - from
  const firstAt = pairs[from * 2]!
  const longSpan = pairs[to * 2 - 2]! - firstAt > 0xFFFF_FFFF
  let short = !longSpan
  for (let i = from; short && i < to; i++)
    short = Math.fround(pairs[i * 2 + 1]!) === pairs[i * 2 + 1]!
  const valueBytes = short ? 4 : 8
  const data = new ArrayBuffer(n * (valueBytes + (longSpan ? 8 : 4)))
  const values = short ? new Float32Array(data, 0, n) : new Float64Array(data, 0, n)
  const offsets = longSpan ? new Float64Array(data, n * valueBytes, n) : new Uint32Array(data, n * valueBytes, n)
  for (let i = 0; i < n; i++) {
    offsets[i] = pairs[(from + i) * 2]! - firstAt
    values[i] = pairs[(from + i) * 2 + 1]!
  }
  return Buffer.from(data)
}

/** The points of a packed block of `n` points; throws an error that counts as damage when its size fits no form. */
export function decodePoints(data: Uint8Array, n: number, firstAt: number): BlockPoints {
  const pointBytes = data.byteLength / n
  if (pointBytes !== 8 && pointBytes !== 12 && pointBytes !== 16)
    throw damagedContent(`A block of ${n} points has 8, 12 or 16 bytes a point; got ${data.byteLength} bytes.`)
  const aligned = data.byteOffset % 8 === 0 ? data : new Uint8Array(data)
  const { buffer, byteOffset } = aligned
  const valueBytes = pointBytes === 8 ? 4 : 8
  return {
    firstAt,
    values: pointBytes === 8 ? new Float32Array(buffer, byteOffset, n) : new Float64Array(buffer, byteOffset, n),
    offsets: pointBytes === 16
      ? new Float64Array(buffer, byteOffset + n * valueBytes, n)
      : new Uint32Array(buffer, byteOffset + n * valueBytes, n),
  }
}
