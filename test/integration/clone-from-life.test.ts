import type { Behaviour } from '../../src/shared/contract/behaviour.ts'
import type { CloneProposal } from '../../src/shared/contract/clone.ts'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { expect, it } from 'vitest'
import { VirtualTime } from '../../src/host/virtual-time.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeReportingDevices, reportingProductKey } from '../support/reporting-product.ts'
import { startEngine } from '../support/test-engine.ts'

/** A busy machine takes its time for what happens in virtual time. */
const timeoutMs = 120_000
const productKey = 'a1Kiln'
const number = { type: 'double', specs: { min: '-50', max: '200', step: '0.01' } }
const model = JSON.stringify({
  profile: { productKey },
  properties: [
    { identifier: 'Air', name: 'Air', accessMode: 'r', required: false, dataType: number },
    { identifier: 'Tide', name: 'Tide', accessMode: 'r', required: false, dataType: number },
    { identifier: 'Stage', name: 'Stage', accessMode: 'r', required: false, dataType: { type: 'enum', specs: { 0: 'cold', 1: 'warm', 2: 'hot' } } },
    { identifier: 'Mode', name: 'Mode', accessMode: 'rw', required: false, dataType: { type: 'enum', specs: { 0: 'off', 1: 'eco', 2: 'full' } } },
    { identifier: 'Limit', name: 'Limit', accessMode: 'rw', required: false, dataType: number },
    { identifier: 'Serial', name: 'Serial', accessMode: 'r', required: false, dataType: { type: 'text', specs: { length: '32' } } },
    { identifier: 'Never', name: 'Never', accessMode: 'r', required: false, dataType: number },
  ],
  events: [{ identifier: 'Alarm', name: 'Alarm', type: 'alert', required: false, method: 'thing.event.Alarm.post', outputData: [] }],
  services: [],
})
const behaviours: Record<string, Behaviour> = {
  Air: { kind: 'walk', min: 15, max: 35, step: 0.5 },
  Tide: { kind: 'sine', min: 40, max: 60, periodSec: 400, noise: 0.5 },
  Stage: { kind: 'steps', values: [{ value: 0, holdSec: 60 }, { value: 1, holdSec: 120 }, { value: 2, holdSec: 30 }], end: 'loop' },
  Mode: { kind: 'markov', states: [{ name: 'off', value: 0, holdSec: 90, next: { eco: 1 } }, { name: 'eco', value: 1, holdSec: 60, next: { off: 1, full: 1 } }, { name: 'full', value: 2, holdSec: 40, next: { eco: 1 } }] },
  Limit: { kind: 'constant', value: 80 },
  Serial: { kind: 'constant', value: 'K-17' },
  Never: { kind: 'off' },
}

/** An engine in virtual time, and a way to let some of it pass. */
async function inVirtualTime(work: (api: ApiClient, time: VirtualTime, pass: (seconds: number) => Promise<void>) => Promise<void>): Promise<void> {
  const time = new VirtualTime({ startAt: Date.UTC(2026, 0, 1), speed: null, stopwatch: () => performance.now() })
  const { engine, api, close } = await startEngine({ hasVirtualTime: true }, time)
  const running = time.run(() => engine.comeToRest())
  try {
    await api.call('product.importModel', { text: model })
    await work(api, time, seconds => new Promise((resolve) => { time.setAlarm(seconds * 1000, resolve) }))
  }
  finally {
    await close()
    time.stop()
    await running
  }
}

const learnedAs = ({ properties }: CloneProposal): Record<string, string> => Object.fromEntries(properties.map(({ property, kind }) => [property, kind]))

it('learns a simulated device, and its variants report what it could have reported', async () => {
  await inVirtualTime(async (api, time, pass) => {
    const fromAt = time.now()
    const replies = { mode: 'accept' as const, code: 100_000, delayMsMin: 200, delayMsMax: 400, script: '' }
    const { fleetId } = await api.call('fleet.create', { productKey, prefix: 'kiln', count: 1, intervalSec: 10, seed: 5, behaviours, conversation: { replies, events: { perHour: 30, ratesPerHour: {} }, desired: true }, updates: { version: '2.4.1' } })
    await api.call('fleet.start', { fleetId })
    for (let round = 0; round < 4; round++) {
      await pass(300)
      await api.call('device.setProperties', { productKey, deviceName: 'kiln-0001', properties: { Limit: 80 } })
    }
    await api.call('fleet.stop', { fleetId })
    const ask = { productKey, deviceName: 'kiln-0001', fromAt, toAt: time.now(), variationPercent: 10, seed: 77 }
    const proposal = await api.call('clone.learn', ask)

    expect(learnedAs(proposal)).toEqual({ Air: 'walk', Tide: 'sine', Stage: 'steps', Mode: 'markov', Limit: 'constant', Serial: 'constant', Never: 'off' })
    expect(proposal).toMatchObject({ prefix: 'clone', settings: { intervalSec: 10, qos: 1, seed: 77, updates: { version: '2.4.1' }, conversation: { desired: true, ntp: false, replies: { mode: 'accept' } } } })
    const { replies: answers, events } = proposal.settings.conversation!
    expect(proposal.traits.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['interval', 'replies', 'events', 'logs', 'networkStatus', 'asks', 'version']))
    expect(answers!.delayMsMin).toBeGreaterThanOrEqual(200)
    expect(answers!.delayMsMax).toBeLessThanOrEqual(500)
    expect(events!.ratesPerHour.Alarm).toBeGreaterThan(10)
    for (const { property, recorded, generated, why } of proposal.properties.filter(({ kind }) => kind !== 'off' && kind !== 'constant')) {
      expect(recorded.length, property).toBeGreaterThan(100)
      expect(generated.length, property).toBeGreaterThan(100)
      expect(why.sentence).toMatch(/\.$/)
    }

    const { prefix, settings } = proposal
    const clones = await api.call('fleet.create', { productKey, prefix, count: 12, ...settings })
    await api.call('fleet.start', { fleetId: clones.fleetId })
    await pass(200)
    await api.call('fleet.stop', { fleetId: clones.fleetId })
    const firsts = new Set<number>()
    for (let index = 1; index <= 12; index++) {
      const deviceName = `clone-${String(index).padStart(4, '0')}`
      const { properties } = await api.call('device.propertyPoints', { productKey, deviceName, properties: ['Air', 'Tide', 'Stage'], fromAt, toAt: time.now(), limit: 1_000 })
      for (const { property, points } of properties) {
        const seen = proposal.properties.find(known => known.property === property)!.recorded.map(([, value]) => value)
        const [low, high] = [Math.min(...seen), Math.max(...seen)]
        const slack = 0.15 * (high - low)
        for (const { value } of points) {
          expect(value).toBeGreaterThanOrEqual(low - slack)
          expect(value).toBeLessThanOrEqual(high + slack)
        }
      }
      firsts.add(properties[0]!.points.at(-1)!.value as number)
      // What the proposal foretold of the first device is what that device then says.
      if (index === 1)
        expect(properties[0]!.points.at(-1)!.value).toBe(proposal.properties[0]!.generated[0]![1])
    }
    expect(firsts.size).toBeGreaterThan(8)

    const [same, again] = [await api.call('clone.learn', { ...ask, variationPercent: 0 }), await api.call('clone.learn', { ...ask, variationPercent: 0 })]
    expect(again).toEqual(same)
    expect(JSON.stringify(same.settings.behaviours)).not.toContain('"draw"')
    expect(same.prefix).toBe('clone2')
  })
}, timeoutMs)

it('learns a real device from values with times of their own, and takes structs as recorded', async () => {
  const { api, mqtt } = await startEngine()
  const [certificate] = await makeReportingDevices(api)
  const { post } = await connectDevice(mqtt, certificate!)
  const from = Date.now() - 400_000
  for (let report = 0; report < 40; report++) {
    const time = from + report * 10_000
    await post({ 'pump:Flow': { value: 20 + report % 10, time }, 'Struct': { value: { X: report, Y: 2 }, time }, 'Bool': { value: 1, time } })
  }
  const proposal = await api.call('clone.learn', { productKey: reportingProductKey, deviceName: 'lamp-0001', fromAt: from, toAt: Date.now() })
  const of = (name: string) => proposal.properties.find(({ property }) => property === name)!
  expect(proposal.settings.intervalSec).toBe(10)
  expect(of('pump:Flow')).toMatchObject({ kind: 'ramp', values: 40 })
  expect(of('Struct')).toMatchObject({ kind: 'trace', why: { reason: { rule: 'compound' } }, recorded: [] })
  expect(of('Bool')).toMatchObject({ kind: 'constant', constant: { kind: 'constant', value: 1 } })
  expect(proposal.settings.updates).toEqual({ version: '' })
  const identity = { productKey: reportingProductKey, deviceName: 'lamp-0001' }
  await expect(api.call('clone.learn', { ...identity, fromAt: from - 10_000, toAt: from - 1 })).rejects.toMatchObject({ code: 'clone/nothing-recorded' })
  await expect(api.call('clone.learn', { ...identity, fromAt: from, toAt: from })).rejects.toMatchObject({ code: 'input/invalid' })
  await expect(api.call('clone.learn', { ...identity, deviceName: 'nobody', fromAt: from, toAt: from + 1 })).rejects.toMatchObject({ code: 'device/not-found' })
  const { fleetId } = await api.call('fleet.create', { productKey: reportingProductKey, prefix: proposal.prefix, count: 2, ...proposal.settings })
  expect((await api.call('fleet.get', { fleetId })).behaviours['pump:Flow']).toMatchObject({ kind: 'ramp' })
})
