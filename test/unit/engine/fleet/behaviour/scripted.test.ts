import type { Reporter } from '../../../../../src/engine/fleet/behaviour/turn.ts'
import type { ValueScripts } from '../../../../../src/engine/script/types.ts'
import type { Behaviour } from '../../../../../src/shared/contract/behaviour.ts'
import type { JsonObject } from '../../../../../src/shared/json.ts'
import { expect, it } from 'vitest'
import { compileBehaviours } from '../../../../../src/engine/fleet/behaviour/behaviour-plan.ts'
import { checkScripts } from '../../../../../src/engine/fleet/behaviour/check-scripts.ts'
import { createRandom } from '../../../../../src/engine/fleet/behaviour/random-streams.ts'
import { Devices } from '../../../../../src/engine/fleet/device.ts'
import { openValueScripts } from '../../../../../src/engine/script/open-value-scripts.ts'
import { double, modelOf } from './behaviour-run.ts'

const open = (): Promise<ValueScripts> => openValueScripts(() => 0)
const script = (text: string): Behaviour => ({ kind: 'script', script: text })
const types = { first: double, second: double, third: double }

async function start(behaviours: Record<string, Behaviour>, change: Partial<Reporter> = {}): Promise<{ report: (elapsedSec: number) => JsonObject, problems: string[] }> {
  const problems: string[] = []
  const plan = compileBehaviours(modelOf(types), behaviours, { scripts: await open(), onProblem: cause => problems.push(cause) })
  const reporter: Reporter = { seed: 1, deviceName: 'sim-0001', startedAt: 0, held: undefined, notes: new Map(), ...change }
  const random = createRandom(reporter.seed, reporter.deviceName)
  const state = plan.slots.map(() => Number.NaN)
  return { problems, report: elapsedSec => plan.report(state, 0, random, elapsedSec * 1000, reporter) }
}

it('works a script out last, from the values of the others, its last value and its state', async () => {
  const { report } = await start({
    first: script('const value = ({ t, previous, properties, state }) => { state.runs = (state.runs ?? 0) + 1; return 100 * state.runs + 10 * properties.second + (previous ?? 0) / 1000 + t }'),
    second: { kind: 'expression', expression: 't + 1' },
    third: { kind: 'expression', expression: 'first ?? -1' },
  })
  expect(report(0)).toEqual({ first: 110, second: 1, third: -1 })
  expect(report(1)).toEqual({ first: 221.11, second: 2, third: 110 })
})

it('shows a script what was set from outside, and those scripts that came before it', async () => {
  const { report } = await start({
    first: script('const value = () => 5'),
    second: script('const value = ({ properties }) => properties.first + properties.third'),
    third: { kind: 'off' },
  }, { held: new Map([['third', 40]]) })
  expect(report(0)).toEqual({ first: 5, second: 45 })
})

it('draws the same numbers for the same device, and leaves out what fails, telling why', async () => {
  const behaviours = { first: script('const value = ({ random }) => random() * 100'), second: script('const value = ({ t }) => {\n  if (t > 1) throw new Error("dry")\n  return t\n}'), third: script('const value = () => null') }
  const [one, again, other] = [await start(behaviours), await start(behaviours), await start(behaviours, { deviceName: 'sim-0002' })]
  const drawn = one.report(1)
  expect(again.report(1)).toEqual(drawn)
  expect(other.report(1).first).not.toBe(drawn.first)
  expect(Object.keys(drawn)).toEqual(['first', 'second'])
  expect(Object.keys(one.report(2))).toEqual(['first'])
  expect(one.problems).toEqual(['The script of second failed in line 2: Error: dry.'])
})

it('keeps the state of each device apart, through another script too, until the property is no script any more', async () => {
  const scripts = await open()
  const planOf = (first: Behaviour) => compileBehaviours(modelOf({ first: double }), { first }, { scripts, onProblem: (cause) => { throw new Error(cause) } })
  const counting = planOf(script('const value = ({ state }) => state.n = (state.n ?? 0) + 1'))
  const devices = new Devices(1, counting)
  devices.add(['a', 'b'].map(deviceName => ({ productKey: 'p', deviceName, deviceSecret: 's' })))
  expect([devices.sample(0, 0).first, devices.sample(0, 1).first, devices.sample(1, 1).first]).toEqual([1, 2, 1])
  expect([devices.peek(0, 2, { next: () => 0 }).first, devices.peek(0, 2, { next: () => 0 }).first]).toEqual([3, 3])
  devices.setPlan(planOf(script('const value = ({ state, previous }) => state.n * 10 + previous')))
  expect([devices.sample(0, 2).first, devices.sample(1, 2).first]).toEqual([22, 11])
  devices.truncate(1)
  devices.add([{ productKey: 'p', deviceName: 'b', deviceSecret: 's' }])
  devices.setPlan(planOf(script('const value = ({ state }) => state.n ?? -1')))
  expect([devices.sample(0, 3).first, devices.sample(1, 3).first]).toEqual([2, -1])
  devices.setPlan(planOf({ kind: 'constant', value: 0 }))
  devices.setPlan(planOf(script('const value = ({ state }) => state.n ?? -1')))
  expect(devices.sample(0, 4).first).toBe(-1)
})

it('gives nothing where there is no sandbox', () => {
  const plan = compileBehaviours(modelOf({ first: double }), { first: script('const value = () => 1') })
  expect(plan.report([Number.NaN, Number.NaN], 0, { next: () => 0 }, 0)).toEqual({})
})

it('is checked before a fleet gets it, with field and line, and opens no sandbox where there is none', async () => {
  await expect(checkScripts({ first: { kind: 'constant', value: 1 } }, 'fleet.create', () => Promise.reject(new Error('opened')))).resolves.toBeUndefined()
  await expect(checkScripts({ first: script('const value = () => 1') }, 'fleet.create', open)).resolves.toBeUndefined()
  await expect(checkScripts({ first: script('const value = () => 1'), second: script('\nfunction value() {\n  return 1 +\n}') }, 'fleet.create', open)).rejects.toMatchObject({
    code: 'input/invalid',
    message: expect.stringMatching(/^fleet\.create: behaviours\.second\.script: expected a script that defines the function value \(line 4: SyntaxError: /),
    details: { field: 'behaviours.second.script', line: 4 },
  })
  await expect(checkScripts({ first: script('let v') }, 'fleet.update', open)).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('it has to define the function value') })
})
