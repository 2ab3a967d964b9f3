import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Later } from '../../../../../src/engine/fleet/conversation/later.ts'

it('runs what was put off in the order of its time, equals in the order they came, and nothing before its time', () => {
  fc.assert(fc.property(fc.array(fc.nat(20)), fc.nat(20), (times, now) => {
    const later = new Later()
    const ran: number[] = []
    times.forEach((dueAt, place) => later.add(dueAt, () => ran.push(place)))
    later.run(now, 1_000)
    const expected = times.map((dueAt, place) => ({ dueAt, place })).filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt || a.place - b.place)
    expect(ran).toEqual(expected.map(({ place }) => place))
    expect(later.size).toBe(times.length - ran.length)
  }))
})

it('takes no more than it can hold', () => {
  const later = new Later()
  let added = 0
  while (later.add(0, () => {}))
    added++
  expect(added).toBe(50_000)
})
