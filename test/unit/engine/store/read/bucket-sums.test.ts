import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BucketSums } from '../../../../../src/engine/store/read/bucket-sums.ts'
import { decodePoints, encodePoints, sortPairs, summarize } from '../../../../../src/engine/store/series-block.ts'

it('leaves out buckets without points, so that a plot shows the gap', () => {
  const sums = new BucketSums(0, 100, 10)
  for (const [at, value] of [[5, 1], [8, 3], [95, 7]] as const)
    sums.addPoint(at, value)
  const { at, min, max, mean, last, count, points } = sums.take()
  expect({ at: [...at], min: [...min], max: [...max], mean: [...mean], last: [...last], count: [...count], points })
    .toEqual({ at: [0, 90], min: [1, 7], max: [3, 7], mean: [2, 7], last: [3, 7], count: [2, 1], points: 3 })
})

it('counts a point at the very end of the range and none outside of it', () => {
  const sums = new BucketSums(10, 20, 2)
  for (const at of [9.9, 10, 20, 20.1])
    sums.addPoint(at, 1)
  expect([...sums.take().count]).toEqual([1, 1])
})

it('takes the last value of a bucket by time, in whatever order points come', () => {
  const sums = new BucketSums(0, 10, 1)
  sums.addPoint(7, 70)
  sums.addPoint(3, 30)
  expect([...sums.take().last]).toEqual([70])
})

it('takes a block by its header only when it lies inside one bucket', () => {
  const sums = new BucketSums(0, 100, 10)
  const block = (firstAt: number, lastAt: number) => ({ firstAt, lastAt, n: 2, min: 0, max: 1, sum: 1, last: 1 })
  expect([block(10, 19), block(19, 20), block(-1, 5), block(95, 101), block(95, 100)].map(each => sums.addSummary(each)))
    .toEqual([true, false, false, false, true])
})

it('says the same whether points come one by one, as blocks or as headers', () => {
  const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: -100, max: 100 })), { minLength: 1, maxLength: 200 })
  fc.assert(fc.property(points, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 30 }), (list, buckets, fromAt, blockSize) => {
    const pairs = sortPairs(list.flat())
    const toAt = fromAt + 500
    const singly = new BucketSums(fromAt, toAt, buckets)
    const blockwise = new BucketSums(fromAt, toAt, buckets)
    for (let from = 0; from < pairs.length / 2; from += blockSize) {
      const to = Math.min(from + blockSize, pairs.length / 2)
      for (let i = from; i < to; i++)
        singly.addPoint(pairs[i * 2]!, pairs[i * 2 + 1]!)
      const summary = summarize(pairs, from, to)
      if (!blockwise.addSummary(summary))
        blockwise.addPoints(decodePoints(encodePoints(pairs, from, to), to - from, summary.firstAt))
    }
    expect(blockwise.take()).toEqual(singly.take())
  }))
})
