import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../../../src/engine/fleet/behaviour/random-streams.ts'

function draw(streams: RandomStreams, index: number, count: number): number[] {
  return Array.from({ length: count }, () => streams.of(index).next())
}

describe('random streams', () => {
  it('give the same numbers for the same seed and name, whatever the place in the fleet', () => {
    const alone = new RandomStreams(7)
    alone.add('sim-0002')
    const together = new RandomStreams(7)
    for (let number = 1; number <= 200; number++)
      together.add(number === 150 ? 'sim-0002' : `other-${number}`)
    draw(together, 3, 50)
    expect(draw(together, 149, 5)).toEqual(draw(alone, 0, 5))
  })

  it('give other numbers for another seed', () => {
    const [a, b] = [1, 2].map((seed) => {
      const streams = new RandomStreams(seed)
      streams.add('sim-0001')
      return draw(streams, 0, 5)
    })
    expect(a).not.toEqual(b)
  })

  it('do not meet for 20,000 similar names', () => {
    const streams = new RandomStreams(0)
    const first = new Set<number>()
    for (let index = 0; index < 20_000; index++) {
      streams.add(`sim-${index + 1}`)
      first.add(draw(streams, index, 1)[0]! + draw(streams, index, 1)[0]! / 2 ** 40)
    }
    expect(first.size).toBe(20_000)
  })

  it('spread evenly, within one device and over the first values of many', () => {
    const streams = new RandomStreams(42)
    const firsts: number[] = []
    for (let index = 0; index < 10_000; index++) {
      streams.add(`lamp-${index}`)
      firsts.push(streams.of(index).next())
    }
    for (const numbers of [firsts, draw(streams, 5, 10_000)]) {
      const perTenth = Array.from({ length: 10 }, (_, tenth) => numbers.filter(number => Math.floor(number * 10) === tenth).length)
      expect(Math.min(...perTenth)).toBeGreaterThan(850)
      expect(Math.max(...perTenth)).toBeLessThan(1150)
    }
  })

  it('start anew for devices that are added after others were forgotten', () => {
    const streams = new RandomStreams(3)
    streams.add('a')
    streams.add('b')
    const before = draw(streams, 1, 3)
    streams.truncate(1)
    streams.add('b')
    expect(draw(streams, 1, 3)).toEqual(before)
  })
})
