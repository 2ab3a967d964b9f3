import type { ApiClient, MethodInput } from '../../src/shared/contract/contract.ts'
import { expect, it } from 'vitest'
import { VirtualTime } from '../../src/host/virtual-time.ts'
import { defaultMisbehaviour } from '../../src/shared/contract/fleet-misbehaviour.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'

/** An engine in virtual time with a fleet that runs for so many virtual seconds; resolves when it has stopped. */
async function run(seed: number, seconds: number, meanwhile?: (api: ApiClient) => Promise<unknown>, { life, transport = 'tcp' }: Pick<MethodInput<'fleet.create'>, 'life' | 'transport'> = {}) {
  const time = new VirtualTime({ startAt: Date.UTC(2026, 0, 1), speed: null, stopwatch: () => performance.now() })
  const { engine, api, close } = await startEngine({ hasVirtualTime: true }, time)
  const running = time.run(() => engine.comeToRest())
  try {
    await makeDevice(api)
    const { fleetId } = await api.call('fleet.create', { productKey: 'a1Test', prefix: 'sim', count: 20, intervalSec: 5, seed, life, transport })
    await api.call('fleet.start', { fleetId })
    const from = time.now()
    await new Promise<void>((resolve) => { time.setAlarm(seconds * 500, resolve) })
    await meanwhile?.(api)
    await new Promise<void>((resolve) => { time.setAlarm(from + seconds * 1000 - time.now(), resolve) })
    return await api.call('fleet.stop', { fleetId })
  }
  finally {
    await close()
    time.stop()
    await running
  }
}

it('lets ten minutes of a fleet pass in moments, and every message of them is answered', async () => {
  const fleet = await run(7, 600)
  expect(fleet.stats.published).toBeGreaterThanOrEqual(20 * 119)
  expect(fleet.stats).toMatchObject({ repliedRefused: 0, skipped: 0, errors: {} })
}, 60_000)

it('gives the same hash for the same seed, and another one for another seed', async () => {
  const [one, again, other] = [await run(7, 60), await run(7, 60), await run(8, 60)]
  expect(one.traceHash).toMatch(/^[\da-f]{64}$/)
  expect(again.traceHash).toBe(one.traceHash)
  expect(other.traceHash).not.toBe(one.traceHash)
})

it('gives another hash when something else is done to the devices meanwhile, and the same one when the same is', async () => {
  const set = (api: ApiClient): Promise<unknown> => api.call('device.setProperties', { productKey: 'a1Test', deviceName: 'sim-0003', properties: { Counter: 77 } })
  const [quiet, one, again] = [await run(7, 60), await run(7, 60, set), await run(7, 60, set)]
  expect(one.traceHash).not.toBe(quiet.traceHash)
  expect(again.traceHash).toBe(one.traceHash)
})

it('gives the same hash for the same seed in bad weather and among bad devices', async () => {
  const trouble = async (api: ApiClient): Promise<unknown> => {
    const [fleet] = await api.call('fleet.list', {})
    return api.call('fleet.update', {
      fleetId: fleet!.fleetId,
      change: { network: { weather: 'flapping-wifi', devicesPercent: 60, windows: [] }, misbehaviour: (['malformedJson', 'outOfRange', 'messageStorm', 'badSignature'] as const).map(kind => ({ ...defaultMisbehaviour(kind), perHour: 600 })) },
    })
  }
  const [one, again, calm] = [await run(7, 60, trouble), await run(7, 60, trouble), await run(7, 60)]
  expect(one.stats.network.linksBroken).toBeGreaterThan(0)
  expect(one.stats.misdeeds.outOfRange!.sent).toBeGreaterThan(0)
  expect(again.stats.misdeeds).toEqual(one.stats.misdeeds)
  expect(again.traceHash).toBe(one.traceHash)
  expect(calm.traceHash).not.toBe(one.traceHash)
}, 120_000)

it('gives the same hash for the same seed when devices sleep, start again and are told to', async () => {
  const life = { bootSec: { draw: 'uniform' as const, min: 1, max: 4 }, uptime: { meanHours: 0.01, crashPercent: 50 }, schedule: { kind: 'duty' as const, onSec: 40, offSec: 15 } }
  const reboot = async (api: ApiClient): Promise<unknown> => {
    const [fleet] = await api.call('fleet.list', {})
    return api.call('fleet.steer', { fleetId: fleet!.fleetId, devices: { names: ['sim-0001', 'sim-0002', 'sim-0003'] }, steering: { do: 'reboot' } })
  }
  const [one, again] = [await run(7, 120, reboot, { life, transport: 'in-process' }), await run(7, 120, reboot, { life, transport: 'in-process' })]
  expect(one.stats.life.crashes).toBeGreaterThan(5)
  expect(one.stats.life.reboots).toBeGreaterThan(one.stats.life.crashes)
  expect(again.stats.life).toEqual(one.stats.life)
  expect(again.traceHash).toBe(one.traceHash)
}, 120_000)
