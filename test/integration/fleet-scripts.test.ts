import type { ApiClient, MethodInput } from '../../src/shared/contract/contract.ts'
import { expect, it } from 'vitest'
import { VirtualTime } from '../../src/host/virtual-time.ts'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { makeTalkingDevice, talkingProductKey as productKey, talkingModel } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const device = { productKey, deviceName: 'sim-0001' }
type Behaviours = NonNullable<MethodInput<'fleet.create'>['behaviours']>
const still: Behaviours = { Brightness: { kind: 'constant', value: 40 }, Level: { kind: 'off' }, Serial: { kind: 'off' }, Label: { kind: 'off' } }
const script = (text: string): Behaviours[string] => ({ kind: 'script', script: text })

async function createFleet(api: ApiClient, behaviours: Behaviours, settings: Partial<MethodInput<'fleet.create'>> = {}): Promise<string> {
  await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
  return (await api.call('fleet.create', { productKey, prefix: 'sim', count: 1, intervalSec: 0.05, seed: 3, conversation: quietConversation, behaviours: { ...still, ...behaviours }, ...settings })).fleetId
}

const valueOf = async (api: ApiClient, name: string) => (await api.call('device.getProperties', device)).values[name]?.value

it.each(['tcp', 'in-process'] as const)('reports what a script says, shows what it does wrong, and takes another one while it runs, over %s', async (transport) => {
  const { api } = await startEngine()
  const counting: Behaviours = { Uptime: script('function value({ properties, state }) {\n  state.runs = (state.runs ?? 0) + 1\n  return 1000 * state.runs + properties.Brightness\n}'), Brightness: { kind: 'constant', value: 7 } }
  const fleetId = await createFleet(api, { ...counting, Label: script('function value() {\n  throw new Error("no label")\n}') }, { transport })
  await api.call('fleet.start', { fleetId })
  await waitFor(async () => Number(await valueOf(api, 'Uptime')) >= 3007)
  const { stats: { errors } } = await waitFor(async () => {
    const fleet = await api.call('fleet.get', { fleetId })
    return Object.keys(fleet.stats.errors).length > 0 && fleet
  })
  expect(Object.keys(errors)).toEqual(['The script of Label failed in line 2: Error: no label.'])
  await api.call('fleet.update', { fleetId, change: { behaviours: { ...still, ...counting, Label: script('const value = ({ device, t }) => t > 0 ? device : null') } } })
  await waitFor(async () => await valueOf(api, 'Label') === 'sim-0001')
  await api.call('fleet.stop', { fleetId })
})

it('gets its first script while it runs, and goes on through one that never ends', async () => {
  const { api } = await startEngine()
  const fleetId = await createFleet(api, { Uptime: { kind: 'constant', value: 1 } })
  await api.call('fleet.start', { fleetId })
  await waitFor(async () => await valueOf(api, 'Uptime') === 1)
  const change = (text: string) => api.call('fleet.update', { fleetId, change: { behaviours: { ...still, Uptime: script(text) } } })
  await change('const value = () => 2')
  await waitFor(async () => await valueOf(api, 'Uptime') === 2)
  await change('const value = () => { for (;;) {} }')
  await waitFor(async () => Object.keys((await api.call('fleet.get', { fleetId })).stats.errors).some(cause => cause.includes('not run any more')))
  await change('const value = () => 3')
  await waitFor(async () => await valueOf(api, 'Uptime') === 3)
})

it('refuses scripts that do not compile or define no value, with field and line', async () => {
  const { api } = await startEngine({ mqtt: null })
  await expect(createFleet(api, { Uptime: script('const value = () => {\n  return 1 +\n}') })).rejects.toMatchObject({
    code: 'input/invalid',
    message: expect.stringMatching(/fleet\.create: behaviours\.Uptime\.script: expected .* \(line 3: SyntaxError/),
    details: { field: 'behaviours.Uptime.script', line: 3 },
  })
  const { fleetId } = await api.call('fleet.create', { productKey, count: 1 })
  await expect(api.call('fleet.update', { fleetId, change: { behaviours: { Uptime: script('const other = 1') } } })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('it has to define the function value') })
})

it('leaves scripts to fleets: a single simulated device takes none', async () => {
  const { api } = await startEngine()
  await makeTalkingDevice(api)
  await expect(api.call('deviceSimulation.setPolicy', { productKey, deviceName: 'lamp-0001', content: { kind: 'properties', behaviours: { Uptime: script('const value = () => 1') } }, when: { kind: 'every', intervalMs: 60_000 } })).rejects.toMatchObject({
    code: 'input/invalid',
    details: { field: 'behaviours.Uptime.kind' },
  })
})

it('says the same in every run with the same seed, in virtual time', async () => {
  async function hashOf(seed: number, draws: string): Promise<string | null> {
    const time = new VirtualTime({ startAt: Date.UTC(2026, 0, 1), speed: null, stopwatch: () => performance.now() })
    const { engine, api, close } = await startEngine({ hasVirtualTime: true }, time)
    const running = time.run(() => engine.comeToRest())
    const pass = (seconds: number): Promise<void> => new Promise((resolve) => { time.setAlarm(seconds * 1000, resolve) })
    try {
      const fleetId = await createFleet(api, { Uptime: script(`const value = ({ random, state }) => state.sum = (state.sum ?? 0) + ${draws}`) }, { count: 5, intervalSec: 10, seed })
      await api.call('fleet.start', { fleetId })
      await pass(45)
      await api.call('fleet.update', { fleetId, change: { behaviours: { ...still, Uptime: script(`const value = ({ t, previous }) => previous + t`), Level: script('const value = () => { throw new Error("dry") }') } } })
      await pass(45)
      return (await api.call('fleet.stop', { fleetId })).traceHash
    }
    finally {
      await close()
      time.stop()
      await running
    }
  }
  const one = await hashOf(3, '100 * random()')
  expect(one).toMatch(/^[\da-f]{64}$/)
  expect(await hashOf(3, '100 * random()')).toBe(one)
  expect(new Set([one, await hashOf(4, '100 * random()'), await hashOf(3, '101 * random()')]).size).toBe(3)
}, 60_000)
