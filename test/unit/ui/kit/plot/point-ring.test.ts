import { expect, it } from 'vitest'
import { PointRing } from '../../../../../src/ui/kit/plot/point-ring.ts'

it('keeps the newest points within its size and counts those that made room', () => {
  const ring = new PointRing(3)
  for (let at = 1; at <= 5; at++)
    ring.push(at, at * 10)
  expect({ length: ring.length, overwritten: ring.overwritten, at: [0, 1, 2].map(index => ring.at(index)), value: [0, 1, 2].map(index => ring.value(index)) })
    .toEqual({ length: 3, overwritten: 2, at: [3, 4, 5], value: [30, 40, 50] })
})

it('leaves out a point that is older than its newest, because it is searched by time', () => {
  const ring = new PointRing(10)
  ring.push(5, 1)
  ring.push(4, 2)
  ring.push(5, 3)
  expect([ring.length, ring.value(1)]).toEqual([2, 3])
})

it('finds the first point at or after an instant, across its seam', () => {
  const ring = new PointRing(4)
  for (const at of [10, 20, 30, 40, 50, 60])
    ring.push(at, at)
  expect([0, 30, 31, 60, 61].map(at => ring.firstFrom(at))).toEqual([0, 0, 1, 3, 4])
})
