import type { Behaviour } from '../../../../../src/shared/contract/fleet.ts'
import type { JsonValue } from '../../../../../src/shared/json.ts'
import type { DataType, ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileBehaviours } from '../../../../../src/engine/fleet/behaviour/behaviour-plan.ts'
import { RandomStreams } from '../../../../../src/engine/fleet/behaviour/random-streams.ts'
import { buildCheck } from '../../../../../src/shared/thing-model/checks.ts'
import { anyDataType } from './data-types.ts'

const double: DataType = { type: 'double', min: -1000, max: 1000, step: 0.001 }

function modelOf(types: Record<string, DataType>): ThingModel {
  return {
    profile: {},
    properties: Object.entries(types).map(([identifier, dataType]) => ({ identifier, name: identifier, accessMode: 'r', required: false, dataType })),
    events: [],
    services: [],
  }
}

/** What one device reports for a property `x`, one value every `everyMs`. */
function run(type: DataType, behaviour: Behaviour, count: number, everyMs = 1000, seed = 1): JsonValue[] {
  const plan = compileBehaviours(modelOf({ x: type }), { x: behaviour })
  const streams = new RandomStreams(seed)
  streams.add('sim-0001')
  const state = plan.slots.map(() => Number.NaN)
  return Array.from({ length: count }, (_, index) => plan.report(state, 0, streams.of(0), index * everyMs).x!)
}

const bounds = fc.record({ a: fc.double({ min: -1e5, max: 1e5, noNaN: true }), b: fc.double({ min: -1e5, max: 1e5, noNaN: true }) })
const seconds = fc.double({ min: 0.001, max: 1e6, noNaN: true })
const anyBehaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  fc.jsonValue().map((value): Behaviour => ({ kind: 'constant', value: value as JsonValue })),
  bounds.map(({ a, b }): Behaviour => ({ kind: 'random', min: a, max: b })),
  fc.constant<Behaviour>({ kind: 'random' }),
  fc.tuple(bounds, seconds).map(([{ a, b }, step]): Behaviour => ({ kind: 'walk', min: a, max: b, step })),
  fc.tuple(bounds, seconds).map(([{ a, b }, periodSec]): Behaviour => ({ kind: 'sine', min: a, max: b, periodSec, noise: 1 })),
  fc.tuple(bounds, seconds).map(([{ a, b }, periodSec]): Behaviour => ({ kind: 'ramp', min: a, max: b, periodSec })),
  fc.tuple(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), seconds).map(([values, holdSec]): Behaviour => ({ kind: 'cycle', values: values as JsonValue[], holdSec })),
)

describe('behaviours', () => {
  it('always report what the type allows, whatever their numbers say', () => {
    fc.assert(fc.property(anyDataType, anyBehaviour, fc.nat(), (type, behaviour, seed) => {
      const check = buildCheck(type)
      for (const value of run(type, behaviour, 5, 7_000, seed)) {
        const issues: never[] = []
        expect(check(value, true, issues) ? [] : [value, issues]).toEqual([])
      }
    }), { numRuns: 3_000 })
  })

  it('repeat exactly with the same seed and differ with another', () => {
    const walk: Behaviour = { kind: 'walk', min: 0, max: 100, step: 2 }
    expect(run(double, walk, 20, 1000, 5)).toEqual(run(double, walk, 20, 1000, 5))
    expect(run(double, walk, 20, 1000, 5)).not.toEqual(run(double, walk, 20, 1000, 6))
  })

  it('say what they said when they were first released: a fleet of then goes on unchanged', () => {
    const model = modelOf({ a: double, b: double, c: double, d: double, e: { type: 'enum', items: [{ value: 2, name: 'x' }, { value: 5, name: 'y' }] }, f: { type: 'text', length: 20 } })
    const plan = compileBehaviours(model, {
      a: { kind: 'walk', min: 18, max: 28, step: 2 },
      b: { kind: 'random', min: 20, max: 30 },
      c: { kind: 'ramp', min: 0, max: 90, periodSec: 60 },
      d: { kind: 'sine', min: -5, max: 5, periodSec: 60, noise: 0.5 },
      e: { kind: 'cycle', values: [2, 'y'], holdSec: 7 },
      f: { kind: 'random' },
    })
    const streams = new RandomStreams(42)
    streams.add('sim-0001')
    const state = plan.slots.map(() => Number.NaN)
    expect([0, 5_000, 17_500].map(elapsedMs => JSON.stringify(plan.report(state, 0, streams.of(0), elapsedMs)))).toEqual([
      '{"a":25.347,"b":26.848,"c":0,"d":1.762,"e":2,"f":"xsuutb"}',
      '{"a":24.319,"b":21.781,"c":7.5,"d":-0.265,"e":2,"f":"m"}',
      '{"a":24.405,"b":22.204,"c":26.25,"d":-4.676,"e":2,"f":"ajsdxblqvq"}',
    ])
  })

  it('constant: reports the same value', () => {
    expect(run(double, { kind: 'constant', value: 21.5 }, 3)).toEqual([21.5, 21.5, 21.5])
  })

  it('random: stays between its bounds and uses all of them', () => {
    const values = run(double, { kind: 'random', min: 10, max: 20 }, 1000) as number[]
    expect(Math.min(...values)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...values)).toBeLessThanOrEqual(20)
    expect(Math.min(...values)).toBeLessThan(10.5)
    expect(Math.max(...values)).toBeGreaterThan(19.5)
  })

  it('random: gives every whole number of an int, its ends included', () => {
    expect(new Set(run({ type: 'int', min: 0, max: 10 }, { kind: 'random', min: 2, max: 5 }, 500))).toEqual(new Set([2, 3, 4, 5]))
  })

  it('random: honours bounds where the model has none', () => {
    const values = run({ type: 'double' }, { kind: 'random', min: 500, max: 501 }, 100) as number[]
    expect(values.every(value => value >= 500 && value <= 501)).toBe(true)
  })

  it('walk: begins at its start, never steps further than its step and stays between its bounds', () => {
    const values = run(double, { kind: 'walk', min: 0, max: 3, step: 0.5, start: 2 }, 2000) as number[]
    expect(values[0]).toBe(2)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThanOrEqual(3)
    const steps = values.slice(1).map((value, index) => Math.abs(value - values[index]!))
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.5 + 1e-9)
    expect(Math.min(...values)).toBeLessThan(0.2)
    expect(Math.max(...values)).toBeGreaterThan(2.8)
  })

  it('sine: turns once in its period and begins at a point of the device\'s own', () => {
    const values = run(double, { kind: 'sine', min: 0, max: 10, periodSec: 60, noise: 0 }, 61) as number[]
    expect(values[60]).toBeCloseTo(values[0]!, 3)
    expect(values[30]! - 5).toBeCloseTo(5 - values[0]!, 2)
    expect(Math.max(...values)).toBeGreaterThan(9.9)
    expect(run(double, { kind: 'sine', min: 0, max: 10, periodSec: 60, noise: 0 }, 1, 1000, 2)).not.toEqual(values.slice(0, 1))
  })

  it('ramp: climbs from min to max and begins again; downward too', () => {
    expect(run(double, { kind: 'ramp', min: 0, max: 10, periodSec: 4 }, 6)).toEqual([0, 2.5, 5, 7.5, 0, 2.5])
    expect(run(double, { kind: 'ramp', min: 100, max: 0, periodSec: 4 }, 5)).toEqual([100, 75, 50, 25, 100])
  })

  it('cycle: holds each value and begins again after the last', () => {
    expect(run({ type: 'text' }, { kind: 'cycle', values: ['a', 'b', 'c'], holdSec: 2 }, 8)).toEqual(['a', 'a', 'b', 'b', 'c', 'c', 'a', 'a'])
  })

  it('off: is left out of the report; properties nobody mentions get what suits them, unknown names are passed over', () => {
    const model = modelOf({ off: double, quiet: { type: 'text', length: 20 }, loud: double })
    const plan = compileBehaviours(model, { off: { kind: 'off' }, loud: { kind: 'constant', value: 1 }, ghost: { kind: 'constant', value: 1 } })
    expect(plan.report([], 0, { next: () => 0 }, 0)).toEqual({ quiet: 'quiet', loud: 1 })
  })

  it('names the properties of a custom module with its prefix', () => {
    const model = { ...modelOf({ Flow: double }), functionBlockId: 'pump' }
    expect(compileBehaviours(model, { 'pump:Flow': { kind: 'constant', value: 3 } }).report([], 0, { next: () => 0 }, 0)).toEqual({ 'pump:Flow': 3 })
  })
})
