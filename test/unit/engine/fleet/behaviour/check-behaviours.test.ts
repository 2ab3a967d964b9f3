import { expect, it } from 'vitest'
import { checkBehaviours } from '../../../../../src/engine/fleet/behaviour/check-behaviours.ts'
import { behaviourSchema } from '../../../../../src/shared/contract/behaviour.ts'

const keys = new Set(['heater', 'temperature', 'pump:Flow', 'pump:Level'])

it('lets expressions look at what there is, in a custom module with its prefix or from inside it', () => {
  for (const [property, expression] of [['heater', 'temperature < 20 && pump.Flow > 1'], ['pump:Level', 'Flow + temperature'], ['heater', 'temperature.x']] as const)
    expect(() => checkBehaviours({ [property]: { kind: 'expression', expression } }, keys, 'fleet.update')).not.toThrow()
})

it('names field, column and what there is instead', () => {
  expect(() => checkBehaviours({ heater: { kind: 'respond', target: '1 + temprature', timeConstantSec: 1, noise: 0 } }, keys, 'fleet.update')).toThrow(
    'fleet.update: behaviours.heater.target: expected names of properties (column 5: "temprature" is none of heater, temperature, pump:Flow, pump:Level), got "1 + temprature".',
  )
})

it.each([
  [{ kind: 'expression', expression: '1 + foo(2)' }, ['expression'], 'column 5: a call of "foo"'],
  [{ kind: 'markov', states: [{ name: 'a', holdSec: 1, next: { c: 1 } }] }, ['states', 0, 'next', 'c'], 'one of the states a'],
  [{ kind: 'markov', states: [{ name: 'a', holdSec: 1 }], start: 'b' }, ['start'], 'one of the states a'],
  [{ kind: 'markov', states: [{ name: 'a', holdSec: 1 }, { name: 'a', holdSec: 1 }] }, ['states', 1, 'name'], 'no other state has'],
  [{ kind: 'trace' }, [], 'either "points" or "csv"'],
  [{ kind: 'trace', points: [[0, 1], [0, 2]] }, ['points', 1, 0], 'after that of the point before'],
  [{ kind: 'trace', csv: { text: 'a,b\n1,2', time: 'a', value: 'c' } }, ['csv', 'value'], 'one of the columns a, b'],
  [{ kind: 'daily', points: [{ at: '25:00', value: 1 }] }, ['points', 0, 'at'], 'such as 07:30'],
])('a behaviour that makes no sense is refused at the field that is wrong: %j', (behaviour, path, message) => {
  const [issue] = behaviourSchema.safeParse(behaviour).error!.issues
  expect(issue).toMatchObject({ path, message: expect.stringContaining(message) })
})

it.each([
  [{ draw: 'uniform', min: -1, max: 5 }, 'a number above 0'],
  [{ draw: 'uniform', min: 5, max: 1 }, 'not above "max"'],
  [{ draw: 'normal', mean: 5, deviation: 1 }, 'reaches any number'],
  [{ draw: 'choice', values: [1, 0] }, 'a number above 0'],
  [{ draw: 'choice', values: [1, 2], weights: [0, 0] }, 'as many weights as values'],
])('a distribution that could draw what the parameter cannot be is refused: %j', (periodSec, message) => {
  const result = behaviourSchema.safeParse({ kind: 'ramp', min: 0, max: 1, periodSec })
  expect(JSON.stringify(result.error?.issues)).toContain(JSON.stringify(message).slice(1, -1))
})
