import type { Act } from '../../../../../src/engine/fleet/conversation/acts.ts'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../../src/engine/fleet/behaviour/random-streams.ts'
import { Acts } from '../../../../../src/engine/fleet/conversation/acts.ts'

const random = createRandom(1, 'a')

function runHour(acts: Acts, from = 0): { index: number, kind: Act['kind'], at: number }[] {
  const done: { index: number, kind: Act['kind'], at: number }[] = []
  for (let now = from; now <= from + 3_600_000; now += 1_000)
    acts.run(now, 10_000, () => random, (index, act, at) => done.push({ index, kind: act.kind, at }))
  return done
}

describe('what devices do by themselves', () => {
  it('happens as often as was said, events at random moments and reports at equal intervals', () => {
    const acts = new Acts()
    acts.set([{ kind: 'event', key: 'Overheat', perHour: 600 }, { kind: 'network', everyMs: 60_000 }])
    for (let index = 0; index < 10; index++)
      acts.start(index, 0, random)
    const done = runHour(acts)
    const events = done.filter(({ kind }) => kind === 'event')
    expect(events.length / 10).toBeGreaterThan(540)
    expect(events.length / 10).toBeLessThan(660)
    const network = done.filter(({ kind, index }) => kind === 'network' && index === 3).map(({ at }) => at)
    expect(network).toHaveLength(60)
    expect(network[0]).toBeLessThanOrEqual(20_000)
    expect(new Set(network.slice(1).map((at, place) => Math.round(at - network[place]!)))).toEqual(new Set([60_000]))
  })

  it('is spread over several turns when too much is due, and leaves out what is far behind', () => {
    const acts = new Acts()
    acts.set([{ kind: 'network', everyMs: 1_000 }])
    acts.start(0, 0, random)
    acts.start(1, 0, random)
    const count = (now: number, most: number): number => {
      let ran = 0
      acts.run(now, most, () => random, () => ran++)
      return ran
    }
    expect(count(1_000, 1)).toBe(1)
    expect(count(3_600_000, 1_000)).toBeLessThan(200)
  })

  it('ends for a device that is stopped', () => {
    const acts = new Acts()
    acts.set([{ kind: 'log', perHour: 60 }, { kind: 'network', everyMs: 60_000 }])
    acts.start(0, 0, random)
    acts.start(1, 0, random)
    acts.stop(0)
    expect(new Set(runHour(acts).map(({ index }) => index))).toEqual(new Set([1]))
  })
})
