import type { Behaviour } from '../../../../src/shared/contract/behaviour.ts'
import type { JsonValue } from '../../../../src/shared/json.ts'
import type { DataType } from '../../../../src/shared/thing-model/types.ts'
import { describe, expect, it } from 'vitest'
import { compileBehaviours } from '../../../../src/engine/fleet/behaviour/behaviour-plan.ts'
import { createRandom } from '../../../../src/engine/fleet/behaviour/random-streams.ts'
import { learnMovement, spacingOf } from '../../../../src/shared/clone/learn-property.ts'
import { explainReason } from '../../../../src/shared/clone/words.ts'
import { behaviourSchema } from '../../../../src/shared/contract/behaviour.ts'

const startAt = Date.UTC(2026, 2, 4, 6, 0, 0)
const float: DataType = { type: 'double', min: -1000, max: 1000, step: 0.01 }
const int: DataType = { type: 'int', min: 0, max: 10_000 }
const mode: DataType = { type: 'enum', items: [{ value: 0, name: 'off' }, { value: 1, name: 'heat' }, { value: 2, name: 'cool' }] }

/** What a device with a behaviour reports, every `gapSec` seconds. */
function played(type: DataType, behaviour: Behaviour, count = 240, gapSec = 5, seed = 'device-1'): { at: number, value: JsonValue }[] {
  const plan = compileBehaviours({ profile: {}, events: [], services: [], properties: [{ identifier: 'x', name: 'x', accessMode: 'r', required: false, dataType: type }] }, { x: behaviour })
  const state = plan.slots.map(() => Number.NaN)
  const random = createRandom(7, seed)
  return Array.from({ length: count }, (_, index) => ({
    at: startAt + index * gapSec * 1000,
    value: plan.report(state, 0, random, index * gapSec * 1000, { seed: 7, deviceName: seed, startedAt: startAt, held: undefined }).x!,
  }))
}

function learnt(type: DataType, behaviour: Behaviour, count?: number, gapSec = 5, seed?: string) {
  const learned = learnMovement({ type, points: played(type, behaviour, count, gapSec, seed) }, gapSec)!
  expect(behaviourSchema.safeParse(learned.behaviour).error).toBeUndefined()
  expect(explainReason(learned.reason, 'en')).not.toMatch(/[{}]|NaN|Infinity/)
  expect(explainReason(learned.reason, 'zh')).not.toMatch(/[{}]|NaN|Infinity/)
  return learned
}

const near = (value: number, share = 0.15) => ({ asymmetricMatch: (other: unknown) => typeof other === 'number' && Math.abs(other - value) <= Math.abs(value) * share, toString: () => `near ${value}` })

describe('learning how a property moves', () => {
  const seeds = ['device-1', 'device-2', 'device-3', 'device-4', 'device-5']
  it.each(seeds)('recognises a walk (%s)', (seed) => {
    expect(learnt(float, { kind: 'walk', min: 15, max: 30, step: 0.4 }, 240, 5, seed).behaviour).toMatchObject({ kind: 'walk', step: near(0.4) })
  })

  it.each(seeds)('recognises a walk that is pulled back, with its mean (%s)', (seed) => {
    expect(learnt(float, { kind: 'walk', min: 0, max: 100, step: 2, mean: 40, pull: 0.3 }, 400, 5, seed).behaviour).toMatchObject({ kind: 'walk', step: near(2), mean: near(40, 0.05), pull: near(0.3, 0.5) })
  })

  it.each(seeds)('tells independent values evenly spread from normally distributed ones (%s)', (seed) => {
    expect(learnt(float, { kind: 'random', min: 10, max: 20 }, 240, 5, seed).behaviour).toMatchObject({ kind: 'random', min: near(10), max: near(20) })
    expect(learnt(float, { kind: 'normal', mean: 50, deviation: 3 }, 240, 5, seed).behaviour).toMatchObject({ kind: 'normal', mean: near(50, 0.02), deviation: near(3) })
  })

  it.each(seeds)('recognises a sine with its period and noise (%s)', (seed) => {
    expect(learnt(float, { kind: 'sine', min: 18, max: 28, periodSec: 300, noise: 0.5 }, 240, 5, seed).behaviour).toMatchObject({ kind: 'sine', min: near(18, 0.02), max: near(28, 0.02), periodSec: near(300, 0.02), noise: near(0.5) })
    expect(learnt(float, { kind: 'sine', min: 18, max: 28, periodSec: 40, noise: 0 }, 2_000, 5, seed).behaviour).toMatchObject({ kind: 'sine', periodSec: near(40, 0.01), noise: 0 })
  })

  it('recognises a ramp upwards and downwards', () => {
    expect(learnt(float, { kind: 'ramp', min: 0, max: 100, periodSec: 200 }).behaviour).toMatchObject({ kind: 'ramp', min: 0, max: near(100, 0.03), periodSec: near(200, 0.03) })
    expect(learnt(float, { kind: 'ramp', min: 100, max: 0, periodSec: 200 }).behaviour).toMatchObject({ kind: 'ramp', min: near(100, 0.03), periodSec: near(200, 0.03) })
  })

  it('lets a counter climb on at its pace', () => {
    const points = Array.from({ length: 60 }, (_, index) => ({ at: startAt + index * 10_000, value: 500 + 2 * index + (index * 7 % 3 === 0 ? 1 : 0) }))
    const { behaviour, reason } = learnMovement({ type: int, points }, 10)!
    expect(behaviour).toMatchObject({ kind: 'ramp', min: 501 })
    expect(reason).toMatchObject({ rule: 'rise', values: { perHour: near(720, 0.05), to: 10_000 } })
  })

  it('recognises decay, and a battery that drains or is charged', () => {
    expect(learnt(float, { kind: 'decay', from: 90, to: 20, halfLifeSec: 120, noise: 0.3 }).behaviour).toMatchObject({ kind: 'decay', from: near(90, 0.02), to: near(20, 0.05), halfLifeSec: near(120) })
    expect(learnt(float, { kind: 'drain', start: 95, perReport: 0, perHour: 30, min: 5 }).behaviour).toMatchObject({ kind: 'drain', start: 95, perHour: near(30, 0.05) })
    expect(learnt(float, { kind: 'drain', start: 95, perReport: 0, perHour: 600, min: 40, chargePerHour: 1200 }, 400).behaviour).toMatchObject({ kind: 'drain', start: 95, perHour: near(600, 0.05), min: 40, chargePerHour: near(1200, 0.05) })
  })

  it('recognises the course of a day', () => {
    const day: Behaviour = { kind: 'daily', points: [{ at: '05:30', value: 5 }, { at: '10:30', value: 14 }, { at: '11:30', value: 22 }, { at: '21:00', value: 12 }], noise: 0.5, offsetSec: 0, utcOffsetMin: 0 }
    const { behaviour } = learnt(float, day, 600, 300)
    expect(behaviour).toMatchObject({ kind: 'daily', noise: near(0.5, 0.5) })
    expect(behaviour.kind === 'daily' && behaviour.points.find(({ at }) => at === '16:30')?.value).toEqual(near(17.1, 0.03))
  })

  it('recognises states in a fixed order, of one length or each of its own', () => {
    expect(learnt(mode, { kind: 'cycle', values: [0, 1, 2], holdSec: 60 }).behaviour).toMatchObject({ kind: 'cycle', values: [0, 1, 2], holdSec: near(60, 0.05) })
    expect(learnt(mode, { kind: 'steps', values: [{ value: 0, holdSec: 30 }, { value: 2, holdSec: 120 }, { value: 1, holdSec: 60 }], end: 'loop' }).behaviour).toMatchObject({ kind: 'steps', values: [{ value: 0, holdSec: near(30) }, { value: 2, holdSec: near(120) }, { value: 1, holdSec: near(60) }], end: 'loop' })
    expect(learnt(int, { kind: 'cycle', values: [20, 50, 30], holdSec: 60 }).behaviour).toMatchObject({ kind: 'cycle', values: [20, 50, 30] })
  })

  it('recognises states that change by chance, with how long they last and what follows them', () => {
    const chain: Behaviour = { kind: 'markov', states: [{ name: '0', value: 0, holdSec: 200, next: { 1: 3, 2: 1 } }, { name: '1', value: 1, holdSec: 60, next: { 0: 1 } }, { name: '2', value: 2, holdSec: 60, next: { 0: 1 } }] }
    const { behaviour } = learnt(mode, chain, 5_000)
    expect(behaviour).toMatchObject({ kind: 'markov', states: [{ name: '0', value: 0, holdSec: near(200, 0.25) }, { value: 2, holdSec: near(60, 0.3) }, { value: 1, holdSec: near(60, 0.3) }] })
    const next = behaviour.kind === 'markov' ? behaviour.states[0]!.next : {}
    expect(next['1']! / next['2']!).toEqual(near(3, 0.4))
  })

  it('keeps to one value where there was only one', () => {
    const { behaviour, compared } = learnt({ type: 'text' }, { kind: 'constant', value: 'ready' }, 3)
    expect(behaviour).toEqual({ kind: 'constant', value: 'ready' })
    expect(compared).toEqual([])
  })

  it('takes what cannot be learned as it was recorded, and says why', () => {
    const few = learnMovement({ type: float, points: [{ at: 0, value: 1 }, { at: 5000, value: 2 }] }, 5)!
    expect(few).toMatchObject({ behaviour: { kind: 'trace', points: [[0, 1], [5, 2]] }, reason: { rule: 'tooFew', values: { values: 2 } } })
    const texts = Array.from({ length: 30 }, (_, index) => ({ at: index * 1000, value: `line ${index}` }))
    expect(learnMovement({ type: { type: 'text' }, points: texts }, 1)).toMatchObject({ behaviour: { kind: 'trace' }, reason: { rule: 'text' }, constant: { kind: 'constant' } })
    const places = Array.from({ length: 30 }, (_, index) => ({ at: index * 1000, value: { x: index } }))
    expect(learnMovement({ type: { type: 'struct', members: [] }, points: places }, 1)).toMatchObject({ behaviour: { kind: 'trace' }, reason: { rule: 'compound' } })
    const long = Array.from({ length: 30 }, (_, index) => ({ at: index * 1000, value: `${index}${'x'.repeat(20_000)}` }))
    expect(learnMovement({ type: { type: 'text' }, points: long }, 1)).toMatchObject({ behaviour: { kind: 'constant' }, reason: { rule: 'tooLong' }, asRecorded: undefined })
    expect(learnMovement({ type: float, points: [] }, 5)).toBeUndefined()
  })

  it('says what was compared, the best first', () => {
    const { compared } = learnt(float, { kind: 'walk', min: 15, max: 30, step: 0.4 })
    expect(compared.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['walk', 'random', 'normal', 'sine']))
    expect(compared.map(({ bitsPerValue }) => bitsPerValue)).toEqual(compared.map(({ bitsPerValue }) => bitsPerValue).toSorted((a, b) => a - b))
  })

  it('takes smaller steps where the devices are to report more often', () => {
    const points = played(float, { kind: 'walk', min: 0, max: 100, step: 4 }, 300, 60)
    expect(learnMovement({ type: float, points }, 15)!.behaviour).toMatchObject({ kind: 'walk', step: near(2) })
  })

  it('tells regular from irregular reports', () => {
    expect(spacingOf([0, 5000, 10_020, 15_000, 20_010])).toMatchObject({ medianSec: near(5, 0.02), isIrregular: false })
    expect(spacingOf([0, 1000, 9000, 10_000, 30_000])).toMatchObject({ isIrregular: true })
    expect(spacingOf([5])).toBeUndefined()
  })
})
