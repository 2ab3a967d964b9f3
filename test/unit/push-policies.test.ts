import { expect, it } from 'vitest'
import { Policies } from '../../src/engine/simulation/policies.ts'
import { VirtualClock } from '../../src/shared/clock.ts'

const content = { kind: 'properties', behaviours: { Level: { kind: 'constant', value: 1 } } } as const

/** A clock that goes on by 1 ms whenever it is read, as a busy machine's does. */
class RestlessClock extends VirtualClock {
  override now(): number {
    this.advance(1)
    return super.now()
  }
}

function policiesOn(clock: VirtualClock) {
  const sent: number[] = []
  const policies = new Policies({ clock, isOnline: () => true, send: (_id, _content, elapsedMs) => sent.push(elapsedMs) > 0, onKept: () => {}, onChanged: () => {} }, [])
  return { policies, sent }
}

it('sends the first message of a push policy at once, however long its start takes', () => {
  const clock = new RestlessClock()
  const { policies, sent } = policiesOn(clock)
  policies.set('p', content, { kind: 'every', intervalMs: 60_000, durationMs: null })
  clock.advance(1000)
  expect(sent).toHaveLength(1)
  expect(policies.list()).toMatchObject([{ sent: 1, skipped: 0, state: 'running' }])
})

it('keeps the pace of a push policy from its start', () => {
  const clock = new VirtualClock()
  const { policies, sent } = policiesOn(clock)
  policies.set('p', content, { kind: 'every', intervalMs: 100, durationMs: 350 })
  clock.advance(1000)
  expect(sent).toEqual([0, 100, 200, 300])
  expect(policies.list()).toMatchObject([{ sent: 4, state: 'ended', nextAt: null }])
})
