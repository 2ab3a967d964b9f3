import type { ScenarioResult } from '../../src/shared/scenario/figures.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runScenario } from '../../src/engine/scenario/run-scenario.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { silentLog } from '../../src/shared/log.ts'
import { readScenario } from '../../src/shared/scenario/read-scenario.ts'
import { startEngine } from '../support/test-engine.ts'

const thermostat = readFileSync(new URL('../../resources/products/thermostat.tsl.json', import.meta.url), 'utf8')

async function play({ api }: TestEngine, text: string, more: { keep?: boolean, signal?: AbortSignal, seed?: number, onSample?: () => void } = {}): Promise<ScenarioResult> {
  const { scenario, problems } = readScenario(`scenario: A test\nproducts: { t: { model: thermostat } }\n${text}`)
  expect(problems).toEqual([])
  return runScenario(scenario!, {
    call: (name, input) => api.call(name, input),
    clock: realClock,
    seed: more.seed ?? 1,
    models: { t: thermostat },
    signal: more.signal ?? new AbortController().signal,
    keep: more.keep ?? false,
    ...more.onSample && { onSample: more.onSample },
  })
}

/** An engine from which devices can download. */
function startWithDownloads(): Promise<TestEngine> {
  return startEngine({ openDeviceHttp: (host, routes, certificate, port = 0) => createDeviceHttp({ host, port, log: silentLog, routes, certificate }) })
}

describe('a run', { timeout: 60_000 }, () => {
  it('makes its devices, carries out what is planned, judges what is expected and takes away what it made', async () => {
    const engine = await startWithDownloads()
    const result = await play(engine, `
duration: 4s
groups:
  hall: { product: t, count: 8, every: 200ms }
  attic: { product: t, count: 2, every: 200ms, starts: later }
timeline:
  - { at: 500ms, start: attic }
  - { at: 1s, setProperties: hall, share: 25%, values: { targetTemperature: 21 } }
  - { at: 1s, set: hall, every: 100ms, behaviours: { humidity: { kind: constant, value: 40 } } }
  - { at: 1500ms, pushConfig: t, config: { level: 1 } }
  - { at: 2s, note: half-time }
expect:
  - refused = 0
  - connected = 10
  - published of hall >= 8
  - p99 puback < 1h
  - lost < 0
`)
    expect(result.timeline.map(({ word, problem }) => [word, problem])).toEqual([['start', null], ['setProperties', null], ['set', null], ['pushConfig', null], ['note', null]])
    expect(result.timeline.map(({ devices }) => devices)).toEqual([2, expect.any(Number), 8, expect.any(Number), null])
    expect(result.expectations.map(({ isMet }) => isMet)).toEqual([true, true, true, true, false])
    expect(result).toMatchObject({ verdict: 'failed', seed: 1, plannedMs: 4_000, whole: { devices: 10, connected: 10 }, groups: { hall: { devices: 8 }, attic: { devices: 2 } }, notes: [] })
    expect(result.whole.published).toBe(result.groups.hall!.published + result.groups.attic!.published)
    expect(result.samples.length).toBeGreaterThan(0)
    expect(await engine.api.call('product.list', {})).toEqual([])
    expect(await engine.api.call('fleet.list', {})).toEqual([])
  })

  it('switches devices off and on and makes them start again, as their life has it', async () => {
    const engine = await startEngine()
    const result = await play(engine, `
duration: 3s
groups: { hall: { product: t, count: 10, every: 500ms, life: { bootSec: 0.2 } } }
timeline:
  - { at: 800ms, powerOff: hall, share: 30% }
  - { at: 1s, powerOff: hall, share: 10%, farewell: false, for: 300ms }
  - { at: 1400ms, powerOn: hall }
  - { at: 1800ms, reboot: hall, share: 50%, farewell: false }
  - { at: 2500ms, set: hall, life: { forgets: true } }
expect: [ "online = 10", "lost = 0" ]
`, { keep: true })
    expect(result.timeline.map(({ word, devices, problem }) => [word, devices, problem])).toEqual([['powerOff', 3, null], ['powerOff', 1, null], ['powerOn', 10, null], ['reboot', 5, null], ['set', 10, null]])
    expect(result.timeline.map(({ did }) => did)).toEqual(expect.arrayContaining(['Switched 3 devices of hall off until they are switched on.', 'Switched 1 device of hall off for 300ms.', 'Made 5 devices of hall start again.']))
    const [fleet] = await engine.api.call('fleet.list', {})
    expect(fleet).toMatchObject({ life: { bootSec: 0.2, forgets: true }, stats: { life: { reboots: 5, crashes: 5 } } })
    expect(result.expectations.map(({ isMet }) => isMet)).toEqual([true, true])
  })

  it('takes the same devices of a share in every run with the same seed, and gives them back', async () => {
    const plan = `
duration: 1500ms
groups: { hall: { product: t, count: 10, every: 1s } }
timeline:
  - { at: 500ms, stop: hall, share: 30% }
expect: [ "online = 7" ]
`
    const awayOf = async (seed: number): Promise<string[]> => {
      const engine = await startEngine()
      const result = await play(engine, plan, { keep: true, seed })
      expect(result.timeline).toMatchObject([{ devices: 3, problem: null }])
      const [product] = await engine.api.call('product.list', {})
      // Those that logged off first, before the end let the others go.
      const { devices } = await engine.api.call('device.list', { productKey: product!.productKey })
      return devices.toSorted((a, b) => (a.lastOfflineAt ?? 0) - (b.lastOfflineAt ?? 0)).slice(0, 3).map(({ deviceName }) => deviceName).sort()
    }
    const first = await awayOf(4)
    expect(await awayOf(4)).toEqual(first)
  })

  it('gives groups their ways to report, and others meanwhile', async () => {
    const engine = await startEngine()
    const result = await play(engine, `
duration: 2s
groups:
  hall:
    product: t
    count: 2
    every: 100ms
    report: { when: change, deadBands: { temperature: 50 }, offline: keep }
    conversation: { events: { perHour: 0, conditions: { overheat: { when: t > 0.5 } } } }
timeline:
  - { at: 1s, set: hall, report: { when: interval, batch: 3 } }
`, { keep: true })
    expect(result.timeline).toMatchObject([{ word: 'set', problem: null }])
    const [fleet] = await engine.api.call('fleet.list', {})
    expect(fleet).toMatchObject({
      report: { when: 'interval', deadBands: { temperature: 50 }, batch: 3, offline: 'keep', jitterPercent: 0 },
      conversation: { events: { ratesPerHour: {}, conditions: { overheat: { when: 't > 0.5', mode: 'edge', everySec: 0 } } } },
    })
    expect(fleet!.stats.report.unchanged).toBeGreaterThan(0)
    expect(fleet!.stats.report.batches).toBeGreaterThan(0)
    expect(fleet!.stats.conversation.events).toBe(2)
  })

  it('rolls an update out and knows which devices run it', async () => {
    const engine = await startWithDownloads()
    const result = await play(engine, `
duration: 10s
groups:
  hall: { product: t, count: 3, every: 1s, updates: { version: 1.0.0, flashMs: 10, restartMs: 10 } }
  attic: { product: t, count: 2, every: 1s, updates: { version: 1.0.0 } }
timeline:
  - { at: 1s, update: hall, version: 2.0.0, size: 1kB }
expect:
  - all on 2.0.0 of hall
  - all on 1.0.0 of attic
`)
    expect(result.timeline).toMatchObject([{ devices: 3, problem: null }])
    expect(result.expectations.map(({ isMet, seen }) => [isMet, seen])).toEqual([[true, 1], [true, 1]])
  })

  it('turns its faults on and off, and leaves none behind', async () => {
    const engine = await startEngine()
    const result = await play(engine, `
duration: 2s
groups: { hall: { product: t, count: 4, every: 100ms } }
timeline:
  - { at: 300ms, fault: { kind: refuse, code: 5000 }, group: hall, share: 50%, for: 500ms }
  - { at: 1s, fault: { kind: delay, minMs: 1, maxMs: 5 } }
`)
    expect(result.timeline.map(({ did, problem }) => [did, problem])).toEqual([
      ['Turned refuse on for 2 devices of hall.', null],
      ['Turned refuse off.', null],
      ['Turned delay on for everything.', null],
    ])
    expect(result.verdict).toBe('met')
    expect((await engine.api.call('platformFault.list', {})).faults).toEqual([])
  })

  it('gives groups a network and bad devices, changes both on the way, and counts what was refused by its code', async () => {
    const engine = await startEngine()
    const { scenario, problems } = readScenario(`
scenario: Trouble
duration: 4s
products: { t: { model: thermostat, validation: strict } }
groups:
  hall: { product: t, count: 10, every: 200ms, network: { weather: edge-2g, devicesPercent: 50 } }
  attic: { product: t, count: 4, every: 200ms, misbehaviour: [{ kind: unknownProperty, perHour: 36000 }] }
timeline:
  - { at: 1s, weather: hall, share: 30%, profile: lift, for: 1s }
  - { at: 1500ms, weather: hall, profile: perfect }
  - { at: 2s, misbehave: hall, share: 10%, kind: unknownProperty, times: 2 }
  - { at: 2500ms, set: attic, network: lift, misbehaviour: [] }
expect:
  - refused 6320 of attic >= 1
  - refused 6320 of hall = 2
  - refused 460 = 0
`)
    expect(problems).toEqual([])
    const result = await runScenario(scenario!, { call: (name, input) => engine.api.call(name, input), clock: realClock, seed: 1, models: { t: thermostat }, signal: new AbortController().signal, keep: false })
    expect(result.timeline.map(({ did, problem }) => [did, problem])).toEqual([
      ['Gave 3 devices of hall the network lift for 1s.', null],
      ['Gave 10 devices of hall the network perfect.', null],
      // Those three have another one by now.
      ['Gave 0 devices of hall the network of the group again.', null],
      ['Made 1 device of hall misbehave: unknownProperty 2 times.', null],
      ['Gave attic another network, no bad devices any more.', null],
    ])
    expect(result.expectations).toMatchObject([{ isMet: true }, { isMet: true, seen: 2 }, { isMet: true }])
    expect(result.verdict).toBe('met')
  })

  it('ends early when it is told to, and is judged by what there was', async () => {
    const leave = new AbortController()
    const result = await play(await startEngine(), `
duration: 1h
groups: { hall: { product: t, count: 2, every: 100ms } }
timeline: [ { at: 30min, note: never } ]
expect: [ "lost = 0" ]
`, { signal: leave.signal, onSample: () => leave.abort() })
    expect(result).toMatchObject({ verdict: 'stopped', timeline: [], expectations: [{ atMs: null, isMet: false }], whole: { connected: 2 } })
  })

  it('goes on after an action that cannot be carried out, names it, and has failed', async () => {
    const result = await play(await startEngine(), `
duration: 1s
groups: { hall: { product: t, count: 1, every: 1s, starts: later } }
timeline:
  - { at: 100ms, fail: hall }
  - { at: 200ms, note: still here }
`)
    expect(result.timeline).toMatchObject([{ word: 'fail', problem: 'The fleet hall does not run; its devices can be told something once it does.' }, { word: 'note', problem: null }])
    expect(result.verdict).toBe('failed')
  })

  it('leaves products and devices alone that were there before', async () => {
    const { api } = await startEngine()
    const { productKey } = await api.call('product.importModel', { text: thermostat, name: 'mine' })
    await api.call('device.create', { productKey, deviceName: 'hall-0001' })
    const { scenario, problems } = readScenario(`
scenario: A test
duration: 300ms
products: { u: { model: thermostat, key: ${productKey} } }
groups: { hall: { product: u, count: 2 } }
`)
    expect(problems).toEqual([])
    const result = await runScenario(scenario!, { call: (name, input) => api.call(name, input), clock: realClock, seed: 1, models: { u: thermostat }, signal: new AbortController().signal, keep: false })
    expect(result.verdict).toBe('met')
    expect((await api.call('device.list', { productKey })).devices.map(({ deviceName }) => deviceName)).toContain('hall-0001')
  })

  it('takes away what it had made when it cannot start', async () => {
    const engine = await startEngine({ mqtt: null })
    await expect(play(engine, `
duration: 1s
groups: { hall: { product: t, count: 1 } }
`)).rejects.toMatchObject({ code: 'fleet/failed' })
    expect(await engine.api.call('product.list', {})).toEqual([])
  })
})
