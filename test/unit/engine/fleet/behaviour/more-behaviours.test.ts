import type { Behaviour } from '../../../../../src/shared/contract/behaviour.ts'
import type { JsonValue } from '../../../../../src/shared/json.ts'
import type { DataType } from '../../../../../src/shared/thing-model/types.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { behaviourSchema } from '../../../../../src/shared/contract/behaviour.ts'
import { buildCheck } from '../../../../../src/shared/thing-model/checks.ts'
import { bool, double, startDevice, valuesOf } from './behaviour-run.ts'
import { anyDataType } from './data-types.ts'

const read = (behaviour: unknown): Behaviour => behaviourSchema.parse(behaviour)
const numbers = (...told: Parameters<typeof valuesOf>): number[] => valuesOf(...told) as number[]
const midnight = Date.UTC(2026, 0, 5)

const number = fc.double({ min: -1e5, max: 1e5, noNaN: true })
const positive = fc.double({ min: 0.001, max: 1e5, noNaN: true })
const parameter = fc.oneof(
  number,
  fc.tuple(number, number).map(([a, b]) => ({ draw: 'uniform', min: Math.min(a, b), max: Math.max(a, b) })),
  fc.tuple(number, positive).map(([mean, deviation]) => ({ draw: 'normal', mean, deviation })),
  fc.array(number, { minLength: 1, maxLength: 3 }).map(values => ({ draw: 'choice', values })),
)
const above = fc.oneof(positive, positive.map(max => ({ draw: 'uniform', min: max / 2, max })), positive.map(mean => ({ draw: 'normal', mean, deviation: mean, min: 0.001 })))
const value = fc.oneof(fc.jsonValue(), number)
const expression = fc.constantFrom('t', 'hour * 3', 'previous + random()', 'x.a ?? 5', '1 / 0', 'sqrt(-1)', '"a" + t', 'x == "v3"', 'log(0) * -1', 'pow(10, 400)', 'max(t, previous, 3) % 7')
const anyBehaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  fc.record({ kind: fc.constant('random'), min: parameter, max: parameter }),
  fc.record({ kind: fc.constant('normal'), mean: parameter, deviation: above, min: parameter, max: parameter }, { requiredKeys: ['kind', 'mean', 'deviation'] }),
  fc.record({ kind: fc.constant('walk'), min: parameter, max: parameter, step: above, start: parameter, mean: parameter, pull: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('sine'), min: parameter, max: parameter, periodSec: above, noise: above }),
  fc.record({ kind: fc.constant('decay'), from: parameter, to: parameter, halfLifeSec: above, noise: above }),
  fc.record({ kind: fc.constant('steps'), values: fc.array(fc.record({ value, holdSec: above }), { minLength: 1, maxLength: 4 }), end: fc.constantFrom('loop', 'hold') }),
  fc.tuple(value, value, above, above).map(([a, b, first, second]) => ({ kind: 'markov', states: [{ name: 'a', value: a, holdSec: first, next: { b: 1, a: 2 } }, { name: 'b', value: b, holdSec: second, next: { a: 1 } }] })),
  fc.record({ kind: fc.constant('daily'), points: fc.array(fc.record({ at: fc.constantFrom('00:00', '07:30', '07:30', '23:59'), value: parameter }), { minLength: 1, maxLength: 4 }), noise: above, offsetSec: parameter }),
  fc.record({ kind: fc.constant('trace'), points: fc.array(value, { minLength: 1, maxLength: 5 }).map(values => values.map((one, index) => [index * 3, one])), speed: above, end: fc.constantFrom('loop', 'hold'), offsetSec: above }),
  fc.record({ kind: fc.constant('expression'), expression }),
  fc.record({ kind: fc.constant('respond'), target: expression, timeConstantSec: above, start: parameter, noise: above }),
  fc.record({ kind: fc.constant('drain'), start: parameter, perReport: above, perHour: above, min: parameter, chargePerHour: above }),
).map(read)

describe('more behaviours', () => {
  it('always report what the type allows, whatever their numbers say', () => {
    fc.assert(fc.property(anyDataType, anyBehaviour, fc.nat(), (type, behaviour, seed) => {
      const check = buildCheck(type)
      for (const reported of valuesOf(type, behaviour, 5, 7, { seed })) {
        const issues: never[] = []
        expect(check(reported as JsonValue, true, issues) ? [] : [reported, issues]).toEqual([])
      }
    }), { numRuns: 500 })
  })

  it('repeat exactly with the same seed and name', () => {
    fc.assert(fc.property(anyDataType, anyBehaviour, fc.nat(), (type, behaviour, seed) => {
      expect(valuesOf(type, behaviour, 5, 3, { seed })).toEqual(valuesOf(type, behaviour, 5, 3, { seed }))
    }), { numRuns: 200 })
  })

  it('normal: keeps to its mean and deviation, and is cut to its bounds', () => {
    const free = numbers(double, read({ kind: 'normal', mean: 50, deviation: 4 }), 4_000)
    const mean = free.reduce((sum, one) => sum + one, 0) / free.length
    expect(Math.abs(mean - 50)).toBeLessThan(0.4)
    expect(Math.abs(Math.sqrt(free.reduce((sum, one) => sum + (one - mean) ** 2, 0) / free.length) - 4)).toBeLessThan(0.3)
    const cut = numbers(double, read({ kind: 'normal', mean: 50, deviation: 4, min: 48, max: 51 }), 500)
    expect([Math.min(...cut), Math.max(...cut)]).toEqual([48, 51])
  })

  it('walk: is pulled back to its mean', () => {
    const values = numbers(double, read({ kind: 'walk', min: 0, max: 100, step: 1, start: 90, mean: 20, pull: 0.2 }), 200)
    expect(values[0]).toBe(90)
    expect(values[1]!).toBeLessThanOrEqual(77)
    expect(values.slice(50).every(one => Math.abs(one - 20) <= 5)).toBe(true)
  })

  it('decay: loses half of what is left in each half-life', () => {
    expect(valuesOf(double, read({ kind: 'decay', from: 90, to: 10, halfLifeSec: 10 }), 4, 10)).toEqual([90, 50, 30, 20])
  })

  it('steps: hold each value for its own time, and begin again or stay', () => {
    const values = [{ value: 1, holdSec: 2 }, { value: 5, holdSec: 1 }]
    expect(valuesOf(double, read({ kind: 'steps', values }), 6)).toEqual([1, 1, 5, 1, 1, 5])
    expect(valuesOf(double, read({ kind: 'steps', values, end: 'hold' }), 5)).toEqual([1, 1, 5, 5, 5])
  })

  it('markov: goes where it may, as often as its weights say, and takes names of an enum as values', () => {
    const type: DataType = { type: 'enum', items: [{ value: 3, name: 'idle' }, { value: 7, name: 'busy' }, { value: 9, name: 'error' }] }
    const values = numbers(type, read({ kind: 'markov', start: 'idle', states: [
      { name: 'idle', holdSec: 30, next: { busy: 9, error: 1 } },
      { name: 'busy', holdSec: 30, next: { idle: 1 } },
      { name: 'error', holdSec: 30, next: { idle: 1 } },
    ] }), 20_000)
    const share = (one: number): number => values.filter(other => other === one).length / values.length
    expect(values[0]).toBe(3)
    expect(share(3)).toBeGreaterThan(0.42)
    expect(share(3)).toBeLessThan(0.58)
    expect(share(9)).toBeGreaterThan(0.02)
    expect(share(9)).toBeLessThan(0.1)
    const once = numbers(type, read({ kind: 'markov', states: [{ name: 'idle', holdSec: 1, next: { busy: 1 } }, { name: 'busy', holdSec: 1 }] }), 50)
    expect(once.at(-1)).toBe(7)
  })

  it('daily: goes straight from point to point of the day, over midnight too, later for a device that is late', () => {
    const points = [{ at: '20:00', value: 10 }, { at: '08:00', value: 22 }]
    const behaviour = { kind: 'daily', points, utcOffsetMin: 0 }
    expect(valuesOf(double, read(behaviour), 5, 6 * 3600, { startedAt: midnight })).toEqual([14, 20, 18, 12, 14])
    expect(valuesOf(double, read({ ...behaviour, offsetSec: 3600 }), 1, 1, { startedAt: midnight })).toEqual([13])
    expect(valuesOf(double, read({ ...behaviour, utcOffsetMin: 480 }), 1, 1, { startedAt: midnight })).toEqual([22])
    expect(valuesOf(double, read({ ...behaviour, points: [{ at: '08:00', value: 3 }] }), 2, 1, { startedAt: midnight })).toEqual([3, 3])
  })

  it('trace: repeats what was recorded, as fast as it is told, from a table as well', () => {
    const points = [[100, 1], [102, 2], [103, 'x']]
    expect(valuesOf({ type: 'text' }, read({ kind: 'trace', points }), 7)).toEqual(['1', '1', '2', 'x', 'x', '1', '1'])
    expect(valuesOf({ type: 'text' }, read({ kind: 'trace', points, end: 'hold', speed: 2 }), 4)).toEqual(['1', '2', 'x', 'x'])
    expect(valuesOf({ type: 'text' }, read({ kind: 'trace', points, offsetSec: 2.5, end: 'hold' }), 2)).toEqual(['2', 'x'])
    expect(valuesOf(double, read({ kind: 'trace', csv: { text: 'at,v\n0,5\n1,6', time: 'at', value: 'v' } }), 3)).toEqual([5, 6, 5])
  })

  it('drain: loses by report and by hour, ends at its lowest, and is charged where it can be', () => {
    expect(valuesOf(double, read({ kind: 'drain', start: 100, perReport: 1, perHour: 2, min: 90 }), 6, 3600)).toEqual([100, 97, 94, 91, 90, 90])
    expect(valuesOf(double, read({ kind: 'drain', start: 100, perHour: 5, min: 90, chargePerHour: 4 }), 8, 3600)).toEqual([100, 95, 90, 94, 98, 100, 95, 90])
  })

  it('respond: goes 63 % of the way in its time constant, whatever the interval', () => {
    const behaviour = read({ kind: 'respond', target: '100', start: 0, timeConstantSec: 10 })
    expect(numbers(double, behaviour, 2, 10)[1]).toBeCloseTo(63.212, 2)
    expect(numbers(double, behaviour, 11, 1)[10]).toBeCloseTo(63.212, 2)
    expect(valuesOf(double, read({ kind: 'respond', target: '42', timeConstantSec: 10 }), 2)).toEqual([42, 42])
  })
})

describe('expressions over other properties', () => {
  const of = (expression: string): Behaviour => read({ kind: 'expression', expression })

  it.each<[string, number]>([
    ['1 + 2 * 3 ** 2', 19],
    ['-(7 % 4) - +1', -4],
    ['a > 4 && a <= 5 ? 10 : 20', 10],
    ['!a || 3', 3],
    ['clamp(a, 1, 3) + min(4, 2, 9) + max(1, abs(-8))', 13],
    ['round(2.6) + floor(2.6) + ceil(2.2) + sqrt(16) + pow(2, 3)', 20],
    ['round(100 * (sin(1) ** 2 + cos(1) ** 2)) + log(exp(2))', 102],
    ['mode == "eco" ? 1 : 0', 1],
    ['mode != "eco" ? 1 : 0', 0],
    ['place.x + a', 12],
    ['place.constructor ?? 4', 4],
    ['hidden ?? 21', 21],
    ['on == "on" ? 8 : 9', 8],
    ['t * 2 + hour', 26],
    ['true + false', 1],
  ])('count as in arithmetic: %s is %d', (expression, expected) => {
    const point: DataType = { type: 'struct', members: [{ identifier: 'x', name: 'x', dataType: double }] }
    const mode: DataType = { type: 'enum', items: [{ value: 1, name: 'fast' }, { value: 4, name: 'eco' }] }
    const { report } = startDevice({ result: double, a: double, mode, place: point, hidden: double, on: bool }, {
      result: of(expression),
      a: read({ kind: 'constant', value: 5 }),
      mode: read({ kind: 'constant', value: 'eco' }),
      place: read({ kind: 'constant', value: { x: 7 } }),
      hidden: read({ kind: 'off' }),
      on: read({ kind: 'constant', value: 1 }),
    }, { startedAt: new Date(2026, 0, 5, 6, 0, -10).getTime() })
    expect(report(10).result).toBeCloseTo(expected, 2)
  })

  it('keep the order of the params, though what is looked at is worked out first', () => {
    const { report } = startDevice({ a: double, b: double, c: double }, { a: of('b + 1'), b: of('c + 1'), c: of('t') })
    expect(JSON.stringify(report(3))).toBe('{"a":5,"b":4,"c":3}')
  })

  it('see their own last value, and that of others in a circle', () => {
    const { report } = startDevice({ a: double, b: double }, { a: of('(b ?? 0) + 1'), b: of('(a ?? 0) * 2'), count: of('1') })
    expect([report(0), report(1), report(2)]).toEqual([{ a: 1, b: 0 }, { a: 3, b: 2 }, { a: 7, b: 6 }])
    expect(valuesOf(double, of('(previous ?? 10) + 1'), 3)).toEqual([11, 12, 13])
  })

  it('close the loop of a thermostat, whose target is set from outside and is not even reported', () => {
    const held = new Map<string, JsonValue>([['target', 21]])
    const { report } = startDevice({ target: double, heater: bool, temperature: double }, {
      target: read({ kind: 'off' }),
      heater: of('temperature < target - (previous ? -0.5 : 0.5)'),
      temperature: read({ kind: 'respond', target: 'heater ? 40 : 10', start: 15, timeConstantSec: 600 }),
    }, { held })
    const run = (from: number, to: number): { temperature: number, heater: number }[] => Array.from({ length: (to - from) / 5 }, (_, index) => report(from + index * 5) as never)
    const cold = run(0, 3_600).slice(-200)
    expect(cold.every(({ temperature }) => Math.abs(temperature - 21) < 1)).toBe(true)
    expect(new Set(cold.map(({ heater }) => heater))).toEqual(new Set([0, 1]))
    held.set('target', 30)
    expect(run(3_600, 7_200).slice(-200).every(({ temperature }) => Math.abs(temperature - 30) < 1)).toBe(true)
  })

  it('see what a property is held at instead of what it would be', () => {
    const held = new Map<string, JsonValue>([['a', 7]])
    const { report } = startDevice({ a: double, b: double }, { a: of('1'), b: of('a * 2') }, { held })
    expect(report(0)).toEqual({ a: 7, b: 14 })
  })
})

describe('parameters drawn by each device', () => {
  const level = (from: unknown): Behaviour => read({ kind: 'decay', from, to: 0, halfLifeSec: 1e9 })

  it('stay for its life, differ from device to device, and follow the seed', () => {
    const drawn = { draw: 'uniform', min: 0, max: 900 }
    const first = numbers(double, level(drawn), 50)
    expect(first.every(one => Math.abs(one - first[0]!) < 0.1)).toBe(true)
    const others = Array.from({ length: 200 }, (_, index) => numbers(double, level(drawn), 1, 1, { deviceName: `sim-${index}` })[0]!)
    expect(new Set(others).size).toBeGreaterThan(190)
    expect(Math.min(...others)).toBeLessThan(50)
    expect(Math.max(...others)).toBeGreaterThan(850)
    expect(numbers(double, level(drawn), 1, 1, { seed: 2 })).not.toEqual(first.slice(0, 1))
  })

  it('come from streams of their own: what moves at random goes on the same', () => {
    const types = { a: double, b: double }
    const behaviours = (step: unknown): Record<string, Behaviour> => ({ a: read({ kind: 'walk', min: 0, max: 1000, step: 5 }), b: read({ kind: 'walk', min: 0, max: 9, step }) })
    const [plain, drawing] = [3, { draw: 'choice', values: [1, 2] }].map(step => startDevice(types, behaviours(step)))
    for (let at = 0; at < 20; at++)
      expect(drawing!.report(at).a).toBe(plain!.report(at).a)
  })

  it('draw as their distribution says', () => {
    const draw = (drawn: unknown): number[] => Array.from({ length: 2_000 }, (_, index) => numbers(double, read({ kind: 'decay', from: drawn, to: 0, halfLifeSec: 1 }), 1, 1, { deviceName: `d${index}` })[0]!)
    const normal = draw({ draw: 'normal', mean: 100, deviation: 10, min: 85 })
    expect(Math.min(...normal)).toBe(85)
    expect(Math.abs(normal.reduce((sum, one) => sum + one, 0) / normal.length - 100)).toBeLessThan(2)
    const choice = draw({ draw: 'choice', values: [1, 5], weights: [3, 1] })
    expect(new Set(choice)).toEqual(new Set([1, 5]))
    expect(choice.filter(one => one === 1).length / choice.length).toBeGreaterThan(0.7)
  })
})
