import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodePoints, encodePoints, sortPairs, summarize } from '../../../../src/engine/store/series-block.ts'
import { faultOf } from '../../../../src/engine/store/storage-fault.ts'

function roundTrip(pairs: number[]): number[] {
  const n = pairs.length / 2
  const { firstAt, offsets, values } = decodePoints(encodePoints(pairs, 0, n), n, pairs[0]!)
  return Array.from({ length: n }, (_, i) => [firstAt + offsets[i]!, values[i]!]).flat()
}

const points = (at: fc.Arbitrary<number>, value: fc.Arbitrary<number>) => fc.array(fc.tuple(at, value), { minLength: 1 }).map(list => sortPairs(list.flat()))
const doubles = fc.double({ noNaN: true, noDefaultInfinity: true })

it('gives back exactly the points that were packed', () => {
  fc.assert(fc.property(points(fc.integer({ min: 0, max: 2 ** 51 }), doubles), (pairs) => {
    expect(roundTrip(pairs)).toEqual(pairs)
  }))
})

it.each([
  ['8 bytes a point for integers', [0, 1, 1000, -7, 2000, 65_535], 8],
  ['12 bytes a point for other values', [0, 0.1, 1000, 0.2], 12],
  ['16 bytes a point over more than 49 days', [0, 1, 2 ** 32, 2], 16],
])('takes %s', (_, pairs, bytes) => {
  expect(encodePoints(pairs, 0, pairs.length / 2)).toHaveLength(bytes * pairs.length / 2)
  expect(roundTrip(pairs)).toEqual(pairs)
})

it('reads points from memory that does not begin at a multiple of eight', () => {
  const data = encodePoints([10, 0.5, 20, 0.25], 0, 2)
  const shifted = new Uint8Array(data.length + 1)
  shifted.set(data, 1)
  expect([...decodePoints(shifted.subarray(1), 2, 10).values]).toEqual([0.5, 0.25])
})

it('reports a block of an impossible size as damage', () => {
  let error: unknown
  try {
    decodePoints(new Uint8Array(17), 2, 0)
  }
  catch (thrown) {
    error = thrown
  }
  expect(faultOf(error)).toBe('damaged')
})

it('orders points by time and keeps the order of those with the same instant', () => {
  expect(sortPairs([3, 30, 1, 10, 3, 31, 2, 20])).toEqual([1, 10, 2, 20, 3, 30, 3, 31])
})

it('summarizes exactly the points asked for', () => {
  expect(summarize([1, 99, 2, 5, 3, -1, 4, 2, 5, 99], 1, 4)).toEqual({ firstAt: 2, lastAt: 4, n: 3, min: -1, max: 5, sum: 6, last: 2 })
})
