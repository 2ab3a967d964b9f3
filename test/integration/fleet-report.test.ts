import type { ApiClient, MethodInput } from '../../src/shared/contract/contract.ts'
import type { FleetTransport } from '../../src/shared/contract/fleet.ts'
import { describe, expect, it } from 'vitest'
import { VirtualTime } from '../../src/host/virtual-time.ts'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { plainReport } from '../../src/shared/contract/fleet-report.ts'
import { talkingProductKey as productKey, talkingModel } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'sim-0001'
/** `Uptime` counts the seconds of a device; the others do not change. */
const behaviours = {
  Uptime: { kind: 'expression', expression: 't' },
  Brightness: { kind: 'constant', value: 40 },
  Level: { kind: 'off' },
  Serial: { kind: 'off' },
  Label: { kind: 'off' },
} as const

type Settings = Partial<MethodInput<'fleet.create'>>
interface Bench { api: ApiClient, fleetId: string, pass: (seconds: number) => Promise<void> }

/** In virtual time, a fleet that reports every 10 s; `work` is done as soon as it runs. */
async function inVirtualTime<T>(settings: Settings, work: (bench: Bench) => Promise<T>): Promise<T> {
  const time = new VirtualTime({ startAt: Date.UTC(2026, 0, 1), speed: null, stopwatch: () => performance.now() })
  const { engine, api, close } = await startEngine({ hasVirtualTime: true }, time)
  const running = time.run(() => engine.comeToRest())
  try {
    const fleetId = await createFleet(api, settings)
    await api.call('fleet.start', { fleetId })
    const pass = (seconds: number): Promise<void> => new Promise((resolve) => { time.setAlarm(seconds * 1000, resolve) })
    return await work({ api, fleetId, pass })
  }
  finally {
    await close()
    time.stop()
    await running
  }
}

async function createFleet(api: ApiClient, settings: Settings): Promise<string> {
  await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
  return (await api.call('fleet.create', { productKey, prefix: 'sim', count: 1, intervalSec: 10, seed: 3, conversation: quietConversation, behaviours, ...settings })).fleetId
}

const reportOf = async ({ api, fleetId }: Pick<Bench, 'api' | 'fleetId'>) => (await api.call('fleet.get', { fleetId })).stats.report
async function uptimes({ api }: Pick<Bench, 'api'>): Promise<{ value: number, at: number }[]> {
  const { properties: [uptime] } = await api.call('device.propertyPoints', { productKey, deviceName, properties: ['Uptime'], fromAt: 0, toAt: 4e12, order: 'oldest' })
  return uptime!.points.map(({ value, at }) => ({ value: Number(value), at }))
}
async function posts({ api }: Pick<Bench, 'api'>, end: string): Promise<{ params: unknown, code: number | null }[]> {
  const { rows } = await api.call('trace.page', { filter: { deviceName, direction: 'up', topic: `property/${end}` }, limit: 200 })
  const traces = await Promise.all(rows.map(({ id }) => api.call('trace.get', { id })))
  return traces.map(({ payload, code }) => ({ params: (JSON.parse(new TextDecoder().decode(payload)) as { params: unknown }).params, code }))
}

describe('a simulated device that reports one at a time', () => {
  it('never has more than one report under way, goes on with each acknowledgement, and after its link was cut', async () => {
    const { api } = await startEngine()
    const fleetId = await createFleet(api, { count: 3, intervalSec: 0.01, report: { oneAtATime: true } })
    await api.call('fleet.start', { fleetId })
    const acknowledged = async (): Promise<number> => {
      const { stats } = await api.call('fleet.get', { fleetId })
      expect(stats.published - stats.acknowledged).toBeLessThanOrEqual(3)
      return stats.acknowledged
    }
    await waitFor(async () => await acknowledged() > 100, { what: 'a hundred reports' })
    await api.call('fleet.steer', { fleetId, devices: { ranges: [[0, 2]] }, steering: { do: 'cut', backInMs: 100 } })
    const before = await acknowledged()
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.acknowledged > before + 100, { what: 'a hundred more' })
  })
})

describe('a simulated device that was away', () => {
  it('posts what it has kept as history with the times at which it was, and the platform stores it as such', async () => {
    await inVirtualTime({ report: { offline: 'keep' } }, async (bench) => {
      const { api, fleetId, pass } = bench
      await pass(35)
      await api.call('fleet.steer', { fleetId, devices: { names: [deviceName] }, steering: { do: 'disconnect', backInMs: null } })
      await pass(60)
      const before = await uptimes(bench)
      await api.call('fleet.steer', { fleetId, devices: { names: [deviceName] }, steering: { do: 'connect' } })
      await pass(1)
      const { values } = await api.call('device.getProperties', { productKey, deviceName })
      await pass(20)
      const after = await uptimes(bench)
      expect(await reportOf(bench)).toMatchObject({ samplesKept: 6, samplesPosted: 6, samplesDropped: 0 })
      expect(after.length).toBeGreaterThanOrEqual(before.length + 7)
      // Every 10 s without a gap, whenever it arrived; what is reported live is dated when it arrives, a look of the fleet later at most.
      expect(after.map(({ at }, place) => Math.round((at - after[0]!.at) / 100) - place * 100)).toEqual(after.map(() => 0))
      expect(after.map(({ value }) => value)).toEqual(after.map((_, place) => after[0]!.value + place * 10))
      // What is latest was reported live.
      expect(values.Uptime).toMatchObject({ value: before.at(-1)!.value })
      expect((await posts(bench, 'history/post')).map(({ code }) => code)).toEqual([200])
    })
  })

  it.each(['tcp', 'in-process'] as const)('does so over %s, too', async (transport: FleetTransport) => {
    const { api } = await startEngine()
    const fleetId = await createFleet(api, { transport, intervalSec: 0.2, report: { offline: 'keep', keepMax: 3 } })
    await api.call('fleet.start', { fleetId })
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.published > 1)
    await api.call('fleet.steer', { fleetId, devices: { names: [deviceName] }, steering: { do: 'cut', backInMs: null } })
    await waitFor(async () => (await reportOf({ api, fleetId })).samplesDropped > 0)
    await api.call('fleet.steer', { fleetId, devices: { names: [deviceName] }, steering: { do: 'connect' } })
    await waitFor(async () => (await reportOf({ api, fleetId })).samplesPosted > 0)
    await waitFor(async () => (await posts({ api }, 'history/post')).length > 0)
    expect((await posts({ api }, 'history/post'))[0]!.code).toBe(200)
    const { samplesKept, samplesPosted, samplesDropped } = await reportOf({ api, fleetId })
    expect([samplesPosted, samplesKept - samplesDropped]).toEqual([3, 3])
  })
})

describe('a fleet that reports otherwise than at each interval', () => {
  it('posts only what has changed by more than its dead band', async () => {
    await inVirtualTime({ report: { when: 'change', deadBands: { Uptime: 25 } } }, async (bench) => {
      await bench.pass(105)
      const said = (await posts(bench, 'post')).map(({ params }) => Object.keys(params as object).toSorted())
      expect(said).toEqual([['Uptime'], ['Uptime'], ['Uptime'], ['Brightness', 'Uptime']])
      expect((await reportOf(bench)).unchanged).toBeGreaterThanOrEqual(5)
    })
  })

  it('posts samples together, and the last of them is the latest value', async () => {
    await inVirtualTime({ report: { batch: 4 } }, async (bench) => {
      await bench.pass(85)
      const said = await posts(bench, 'batch/post')
      expect(said.map(({ code }) => code)).toEqual([200, 200])
      expect((said[0]!.params as { properties: { Uptime: unknown[] } }).properties.Uptime).toHaveLength(4)
      const points = await uptimes(bench)
      expect(points).toHaveLength(8)
      expect((await bench.api.call('device.getProperties', { productKey, deviceName })).values.Uptime).toMatchObject({ value: points.at(-1)!.value, time: points.at(-1)!.at })
      expect((await reportOf(bench)).batches).toBe(2)
    })
  })

  it('takes a policy while it runs, of which whatever is left out stays', async () => {
    await inVirtualTime({ report: { jitterPercent: 10 } }, async ({ api, fleetId, pass }) => {
      await pass(15)
      const { report } = await api.call('fleet.update', { fleetId, change: { report: { batch: 2 } } })
      expect(report).toEqual({ ...plainReport, jitterPercent: 10, batch: 2 })
      await pass(50)
      expect((await reportOf({ api, fleetId })).batches).toBeGreaterThanOrEqual(1)
    })
  })

  it('says the same at the same times in every run with the same seed, with jitter and all', async () => {
    const hashOf = (report: NonNullable<Settings['report']>, seed: number): Promise<string | null> => inVirtualTime({ count: 5, seed, report, conversation: { ...quietConversation, events: { perHour: 0, ratesPerHour: {}, conditions: { Overheat: { when: 'Uptime > 30' } } } } }, async ({ api, fleetId, pass }) => {
      await pass(30)
      await api.call('fleet.steer', { fleetId, devices: { names: [deviceName] }, steering: { do: 'cut', backInMs: 20_000 } })
      await pass(60)
      return (await api.call('fleet.stop', { fleetId })).traceHash
    })
    const policy = { jitterPercent: 50, when: 'change', offline: 'keep', batch: 2 } as const
    const [one, again, other, plain] = [await hashOf(policy, 3), await hashOf(policy, 3), await hashOf(policy, 4), await hashOf({}, 3)]
    expect(one).toMatch(/^[\da-f]{64}$/)
    expect(again).toBe(one)
    expect(new Set([one, other, plain]).size).toBe(3)
  }, 60_000)
})

describe('an event with a condition', () => {
  it('is reported once when the condition comes to hold, with the value of the property that it names', async () => {
    const temp = { ...talkingModel, properties: [...talkingModel.properties, { ...talkingModel.properties[3]!, identifier: 'Temp', name: 'Temp' }] }
    const { api } = await startEngine()
    await api.call('product.importModel', { text: JSON.stringify(temp) })
    const { fleetId } = await api.call('fleet.create', { productKey, prefix: 'sim', count: 1, intervalSec: 0.1, behaviours: { Temp: { kind: 'constant', value: 20 } }, conversation: { ...quietConversation, events: { perHour: 0, ratesPerHour: {}, conditions: { Overheat: { when: 'Temp > 90' } } } } })
    await api.call('fleet.start', { fleetId })
    const published = async () => (await api.call('fleet.get', { fleetId })).stats.published
    await waitFor(async () => await published() > 3)
    const events = async () => (await api.call('event.list', { productKey, deviceName })).events
    expect(await events()).toEqual([])
    const hold = (value: number) => api.call('fleet.steer', { fleetId, devices: { names: [deviceName] }, steering: { do: 'hold', values: { Temp: value } } })
    await hold(95)
    await waitFor(async () => (await events()).length === 1)
    const from = await published()
    await waitFor(async () => await published() > from + 5)
    expect(await events()).toMatchObject([{ event: 'Overheat', output: { Temp: 95, Zone: 'Zone' } }])
    await hold(20)
    const cold = await published()
    await waitFor(async () => await published() > cold + 3)
    await hold(99)
    await waitFor(async () => (await events()).length === 2)
  })

  it('is refused with the name of the field where it cannot be meant', async () => {
    const { api } = await startEngine()
    const fleetId = await createFleet(api, {})
    const events = (conditions: Record<string, { when: string, afterSec?: number }>) => ({ conversation: { events: { perHour: 0, ratesPerHour: {}, conditions } } })
    const refused = (change: MethodInput<'fleet.update'>['change']) => api.call('fleet.update', { fleetId, change }).then(() => '', (error: Error) => error.message)
    expect(await refused(events({ Overheat: { when: 'Brightnes > 3' } }))).toMatch(/conversation\.events\.conditions\.Overheat\.when: expected names of properties \(column 1: "Brightnes"/)
    expect(await refused(events({ Overheat: { when: 'Brightness >' } }))).toMatch(/conditions.*Overheat.*when.*expected an expression \(column/s)
    expect(await refused(events({ Overheat: { when: 'Brightness > 3', afterSec: -1 } }))).toMatch(/afterSec/)
    expect(await refused(events({ Cold: { when: 'Brightness > 3' } }))).toMatch(/conditions\.Cold: expected the name of an event: one of Overheat, Broken/)
    expect(await refused({ report: { deadBands: { Label: 1 } } })).toMatch(/report\.deadBands\.Label: expected the name of a property with a number: one of Brightness/)
    expect(await refused({ report: { keepMax: 0 } })).toMatch(/keepMax/)
    await expect(createFleet(api, { report: { deadBands: { Brightnes: 1 } } })).rejects.toThrow(/report\.deadBands\.Brightnes/)
    await api.call('fleet.update', { fleetId, change: events({ Overheat: { when: 'Brightness > 3 && hour < 12' } }) })
  })
})
