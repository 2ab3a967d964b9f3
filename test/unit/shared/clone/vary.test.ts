import type { Behaviour } from '../../../../src/shared/contract/behaviour.ts'
import { expect, it } from 'vitest'
import { varyBehaviour } from '../../../../src/shared/clone/vary.ts'
import { behaviourSchema } from '../../../../src/shared/contract/behaviour.ts'

const free = { lowest: Number.NEGATIVE_INFINITY, highest: Number.POSITIVE_INFINITY }
const each: Behaviour[] = [
  { kind: 'random', min: 0, max: 10 },
  { kind: 'normal', mean: 5, deviation: 1, min: 0, max: 10 },
  { kind: 'walk', min: 0, max: 10, step: 1, mean: 5, pull: 0.1 },
  { kind: 'sine', min: 0, max: 10, periodSec: 60, noise: 0 },
  { kind: 'ramp', min: 0, max: 10, periodSec: 60 },
  { kind: 'decay', from: 90, to: 20, halfLifeSec: 60, noise: 0.5 },
  { kind: 'drain', start: 90, perReport: 0, perHour: 2, min: 5, chargePerHour: 40 },
  { kind: 'cycle', values: [0, 1], holdSec: 60 },
  { kind: 'steps', values: [{ value: 0, holdSec: 10 }], end: 'loop' },
  { kind: 'markov', states: [{ name: 'a', holdSec: 10, next: {} }] },
  { kind: 'daily', points: [{ at: '00:30', value: 3 }], noise: 0.1, offsetSec: 0, utcOffsetMin: 0 },
  { kind: 'trace', points: [[0, 1], [60, 2]], speed: 1, end: 'loop', offsetSec: 0 },
]

it.each(each)('turns $kind into a distribution that the contract takes', (behaviour) => {
  const varied = varyBehaviour(behaviour, 20, free)
  expect(behaviourSchema.safeParse(varied).error).toBeUndefined()
  expect(JSON.stringify(varied)).toContain('"draw":"uniform"')
  expect(varyBehaviour(behaviour, 0, free)).toEqual(behaviour)
})

it('moves levels by a share of the range, paces by a share of themselves, and stays inside what the thing model allows', () => {
  expect(varyBehaviour({ kind: 'sine', min: 20, max: 30, periodSec: 100, noise: 0 }, 10, { lowest: 19.5, highest: 100 })).toEqual({
    kind: 'sine',
    min: { draw: 'uniform', min: 19.5, max: 21 },
    max: { draw: 'uniform', min: 29, max: 31 },
    periodSec: { draw: 'uniform', min: 90, max: 110 },
    noise: 0,
  })
})

it('leaves what has no numbers to draw as it is', () => {
  const fixed: Behaviour[] = [{ kind: 'constant', value: 5 }, { kind: 'off' }, { kind: 'expression', expression: 't' }]
  for (const behaviour of fixed)
    expect(varyBehaviour(behaviour, 50, free)).toEqual(behaviour)
})
