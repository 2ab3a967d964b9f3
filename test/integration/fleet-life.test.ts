import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { Life } from '../../src/shared/contract/fleet-life.ts'
import type { Steering } from '../../src/shared/contract/fleet-steering.ts'
import type { Fleet, FleetSettingsChange, FleetTransport } from '../../src/shared/contract/fleet.ts'
import type { TestFleet } from '../support/simulated-fleet.ts'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defaultLife, lifeSchema } from '../../src/shared/contract/fleet-life.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { startScriptedBroker } from '../support/scripted-broker.ts'
import { certificates, startFleet } from '../support/simulated-fleet.ts'
import { makeTalkingDevice, talkingProductKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const life = (change: object): Life => lifeSchema.parse({ ...defaultLife, ...change })
const are = (fleet: TestFleet, state: string) => () => fleet.cells().every(cell => cell === state)
const is = (fleet: TestFleet, index: number, state: string) => () => fleet.cells()[index] === state

async function startBroker() {
  const broker = await startScriptedBroker()
  onTestFinished(() => broker.close())
  return broker
}

describe('a device that is not always on', () => {
  it('boots before it connects, as long as it takes each of them', async () => {
    const broker = await startBroker()
    const fleet = startFleet(broker, { life: life({ bootSec: { draw: 'uniform', min: 20, max: 60 } }) }, createFastClock(50))
    expect(fleet.cells()).toEqual(['booting', 'booting', 'booting'])
    await waitFor(are(fleet, 'online'))
    expect(fleet.status().life).toMatchObject({ boots: 3, reboots: 0, booting: 0 })
  })

  it('sleeps and wakes by its duty cycle, and reports whenever it has woken', async () => {
    const broker = await startBroker()
    const fleet = startFleet(broker, { intervalMs: 3_600_000, life: life({ schedule: { kind: 'duty', onSec: 20, offSec: 40 } }) }, createFastClock(100))
    await waitFor(() => fleet.status().life.boots >= 12)
    await waitFor(() => fleet.cells().includes('off'))
    expect(broker.packets('publish').length).toBeGreaterThanOrEqual(6)
    expect(broker.packets('disconnect').length).toBeGreaterThanOrEqual(8)
    expect(fleet.errors()).toEqual({})
  })

  it('starts again by itself now and then, with DISCONNECT or without as its share of crashes says', async () => {
    const broker = await startBroker()
    const fleet = startFleet(broker, { intervalMs: 3_600_000, life: life({ bootSec: 1, uptime: { meanHours: 0.01, crashPercent: 100 } }) }, createFastClock(100))
    await waitFor(() => fleet.status().life.crashes >= 6)
    expect(broker.packets('disconnect')).toHaveLength(0)
    fleet.update({ life: life({ uptime: { meanHours: 0.01 } }) })
    await waitFor(() => broker.packets('disconnect').length >= 3)
    const { reboots, crashes } = fleet.status().life
    expect(reboots).toBeGreaterThan(crashes)
    fleet.update({ life: defaultLife })
    await waitFor(are(fleet, 'online'))
    await waitFor(() => fleet.status().life.boots === fleet.status().life.reboots + 3)
  })

  it('is dead without DISCONNECT once its battery is empty, until it is charged', async () => {
    const broker = await startBroker()
    const fleet = startFleet(broker, {
      devices: certificates(1),
      intervalMs: 1_000,
      behaviours: { Temperature: { kind: 'drain', start: 30, perReport: 10, perHour: 0, min: 0 } },
      life: life({ battery: { property: 'Temperature', deadAt: 5, recharge: { afterSec: 10, to: 25 } } }),
    }, createFastClock(50))
    await waitFor(() => fleet.status().life.recharges >= 2)
    expect(broker.packets('disconnect')).toHaveLength(0)
    const said = broker.packets('publish').map(({ payload }) => (JSON.parse(payload.toString()) as { params: { Temperature: number } }).params.Temperature)
    expect(said.slice(0, 4)).toEqual([30, 20, 10, 15])
    expect(Math.min(...said)).toBeGreaterThan(5)
    fleet.update({ life: life({ battery: { property: 'Temperature', deadAt: 5, recharge: 'never' } }) })
    await waitFor(are(fleet, 'dead'))
    fleet.steer([[0, 0]], { do: 'power-on' })
    fleet.steer([[0, 0]], { do: 'connect' })
    expect(fleet.cells()).toEqual(['dead'])
    fleet.steer([[0, 0]], { do: 'battery', charge: 25 })
    await waitFor(are(fleet, 'online'))
    fleet.steer([[0, 0]], { do: 'battery', charge: 0 })
    expect(fleet.cells()).toEqual(['dead'])
    fleet.update({ life: defaultLife })
    await waitFor(are(fleet, 'online'))
  })

  it('keeps what it was told through a reboot, or forgets it', async () => {
    const broker = await startBroker()
    const fleet = startFleet(broker, { life: life({ bootSec: 0.5 }) }, createFastClock(5))
    await waitFor(are(fleet, 'online'))
    fleet.steer([[0, 2]], { do: 'hold', values: { Temperature: 12 } })
    fleet.steer([[0, 0]], { do: 'reboot', farewell: false })
    expect(fleet.cells()[0]).toBe('booting')
    await waitFor(is(fleet, 0, 'online'))
    expect(fleet.status().steered.held).toBe(3)
    fleet.update({ life: life({ forgets: true }) })
    fleet.steer([[0, 0]], { do: 'reboot', farewell: true })
    await waitFor(() => fleet.status().steered.held === 2)
    await waitFor(is(fleet, 0, 'online'))
  })

  it('does as it is told beside its schedule, and stays offline when it was told that', async () => {
    const broker = await startBroker()
    const fleet = startFleet(broker, { intervalMs: 60_000 }, createFastClock(20))
    await waitFor(are(fleet, 'online'))
    fleet.steer([[0, 1]], { do: 'power-off', farewell: true, backInMs: null })
    fleet.steer([[2, 2]], { do: 'power-off', farewell: false, backInMs: 2_000 })
    await waitFor(is(fleet, 0, 'off'))
    expect(fleet.cells()[2]).toBe('off')
    await waitFor(is(fleet, 2, 'online'))
    fleet.steer([[0, 1]], { do: 'connect' })
    fleet.steer([[0, 0]], { do: 'cut', backInMs: null })
    fleet.steer([[0, 1]], { do: 'reboot', farewell: true })
    expect(fleet.cells()).toEqual(['off', 'off', 'online'])
    fleet.steer([[0, 1]], { do: 'power-on' })
    await waitFor(is(fleet, 1, 'online'))
    await waitFor(is(fleet, 0, 'offline'))
    fleet.steer([[0, 0]], { do: 'connect' })
    await waitFor(is(fleet, 0, 'online'))
    expect(fleet.status().steered.away).toBe(0)
    fleet.update({ keepDevices: 1 })
    expect(fleet.status().life).toMatchObject({ off: 0, reboots: 0, boots: 3 })
  })
})

interface Bench { api: ApiClient, fleetId: string, get: () => Promise<Fleet>, steer: (names: string[], steering: Steering) => Promise<unknown>, change: (change: FleetSettingsChange) => Promise<Fleet> }

/** An engine with a running fleet of 4 devices with services. */
async function startBench(transport: FleetTransport, settings: FleetSettingsChange = {}): Promise<Bench> {
  const { api } = await startEngine()
  await makeTalkingDevice(api)
  const { fleetId } = await api.call('fleet.create', { productKey: talkingProductKey, prefix: 'sim', count: 4, intervalSec: 3_600, seed: 1, transport })
  await api.call('fleet.update', { fleetId, change: settings })
  await api.call('fleet.start', { fleetId })
  const get = () => api.call('fleet.get', { fleetId })
  await waitFor(async () => (await get()).stats.connected === 4, { what: '4 devices online' })
  return {
    api,
    fleetId,
    get,
    steer: (names, steering) => api.call('fleet.steer', { fleetId, devices: { names }, steering }),
    change: change => api.call('fleet.update', { fleetId, change }),
  }
}
const stateOf = async ({ api }: Bench, deviceName: string) => (await api.call('device.get', { productKey: talkingProductKey, deviceName })).state

describe.each(['tcp', 'in-process'] as const)('on the platform over %s, a device', (transport) => {
  it('answers the service that makes it start again, goes, and comes back', async () => {
    const bench = await startBench(transport, { life: { bootSec: 0.2, services: { reboot: ['Blink'], powerOff: ['Prime'] } } })
    const { api, get } = bench
    const invoked = await api.call('device.invokeService', { productKey: talkingProductKey, deviceName: 'sim-0002', service: 'Blink', input: { Times: 1 } })
    expect(invoked).toMatchObject({ code: 200 })
    await waitFor(async () => (await get()).stats.life.reboots === 1)
    await waitFor(async () => (await get()).stats.life.boots === 5 && (await get()).stats.connected === 4)
    expect((await api.call('trace.page', { filter: { deviceName: 'sim-0002', topic: 'offline' } })).rows).toHaveLength(1)
    await api.call('device.invokeService', { productKey: talkingProductKey, deviceName: 'sim-0003', service: 'Prime', input: { Speed: 1 } })
    await waitFor(async () => await stateOf(bench, 'sim-0003') === 'OFFLINE')
    await waitFor(async () => (await get()).stats.life.off === 1)
    await bench.steer(['sim-0003'], { do: 'power-on' })
    await waitFor(async () => await stateOf(bench, 'sim-0003') === 'ONLINE')
    await waitFor(async () => (await api.call('fleet.summary', { fleetIds: [bench.fleetId] })).lost === 0, { what: 'every message acknowledged' })
  })

  it('is offline for the platform while it is off or dead, whatever killed it', async () => {
    const bench = await startBench(transport, { life: { battery: { property: 'Brightness', deadAt: 0, recharge: 'never' } }, behaviours: { Brightness: { kind: 'drain', start: 100, perReport: 0, perHour: 1, min: 0 } } })
    await bench.steer(['sim-0001'], { do: 'power-off', farewell: true, backInMs: null })
    await bench.steer(['sim-0004'], { do: 'battery', charge: 0 })
    await waitFor(async () => (await bench.get()).stats.life.dead === 1 && (await bench.get()).stats.life.off === 1)
    await waitFor(async () => await stateOf(bench, 'sim-0001') === 'OFFLINE' && await stateOf(bench, 'sim-0004') === 'OFFLINE')
    expect(await stateOf(bench, 'sim-0002')).toBe('ONLINE')
    const stopped = await bench.api.call('fleet.stop', { fleetId: bench.fleetId })
    expect(stopped.stats.life).toMatchObject({ off: 0, dead: 0, deaths: 1 })
  })
})

it('refuses a life that the thing model knows nothing of, and a charge without a battery', async () => {
  const bench = await startBench('in-process')
  await expect(bench.change({ life: { battery: { property: 'Bright', deadAt: 0, recharge: 'never' } } })).rejects.toMatchObject({ code: 'input/invalid' })
  await expect(bench.change({ life: { services: { reboot: ['Reboot'], powerOff: [] } } })).rejects.toMatchObject({ code: 'input/invalid' })
  await expect(bench.steer(['sim-0001'], { do: 'battery', charge: 5 })).rejects.toMatchObject({ code: 'input/invalid' })
  expect((await bench.change({ life: { bootSec: 3 } })).life).toEqual({ ...defaultLife, bootSec: 3 })
})
