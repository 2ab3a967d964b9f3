import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { ChosenDevices, Steering } from '../../src/shared/contract/fleet-steering.ts'
import { expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

interface Steered { api: ApiClient, fleetId: string, steer: (devices: ChosenDevices, steering: Steering) => Promise<{ devices: number }> }

/** An engine with a running fleet of 20 devices that report once an hour. */
async function startFleet(): Promise<Steered> {
  const { api } = await startEngine()
  await makeDevice(api)
  const { fleetId } = await api.call('fleet.create', { productKey: 'a1Test', prefix: 'sim', count: 20, intervalSec: 3_600, conversation: quietConversation })
  await api.call('fleet.start', { fleetId })
  await waitForOnline(api, fleetId, 20)
  return { api, fleetId, steer: (devices, steering) => api.call('fleet.steer', { fleetId, devices, steering }) }
}

function waitForOnline(api: ApiClient, fleetId: string, count: number): Promise<unknown> {
  return waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === count, { what: `${count} devices online` })
}

const posts = async (api: ApiClient, deviceName: string): Promise<number> => (await api.call('trace.page', { filter: { deviceName, direction: 'up', topic: 'property/post' } })).rows.length
const stretch: ChosenDevices = { ranges: [[0, 4], [10, 12]] }

it('sends chosen devices away and brings them back, while the others go on', async () => {
  const { api, fleetId, steer } = await startFleet()
  expect(await steer(stretch, { do: 'disconnect', backInMs: null })).toEqual({ devices: 8 })
  await waitForOnline(api, fleetId, 12)
  await waitFor(async () => (await api.call('device.get', { productKey: 'a1Test', deviceName: 'sim-0012' })).state === 'OFFLINE')
  expect((await api.call('device.get', { productKey: 'a1Test', deviceName: 'sim-0006' })).state).toBe('ONLINE')
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.steered.away === 8)
  await steer({ names: ['sim-0001'] }, { do: 'connect' })
  await waitForOnline(api, fleetId, 13)
  await steer(stretch, { do: 'connect' })
  await waitForOnline(api, fleetId, 20)
})

it('cuts the links of chosen devices, which come back by themselves after the time that was said', async () => {
  const { api, fleetId, steer } = await startFleet()
  await steer(stretch, { do: 'cut', backInMs: 300 })
  await waitFor(async () => (await api.call('trace.page', { filter: { deviceName: 'sim-0011', topic: 'offline' } })).rows.length === 1)
  await waitForOnline(api, fleetId, 20)
})

it('lets chosen devices report at a pace of their own until they have that of the fleet again', async () => {
  const { api, fleetId, steer } = await startFleet()
  await steer({ names: ['sim-0003'] }, { do: 'pace', intervalSec: 0.05 })
  await waitFor(async () => await posts(api, 'sim-0003') >= 5)
  expect(await posts(api, 'sim-0004')).toBe(0)
  expect((await api.call('fleet.get', { fleetId })).stats.steered.paced).toBe(1)
  await steer({ names: ['sim-0003'] }, { do: 'pace', intervalSec: null })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.steered.paced === 0)
})

it('lets chosen devices report at once, with the values they are told to keep to, and move again', async () => {
  const { api, fleetId, steer } = await startFleet()
  const device = { productKey: 'a1Test', deviceName: 'sim-0011' }
  await steer(stretch, { do: 'hold', values: { Counter: 77 } })
  await steer(stretch, { do: 'report' })
  await waitFor(async () => (await api.call('device.getProperties', device)).values.Counter?.value === 77)
  expect(await posts(api, 'sim-0006')).toBe(0)
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.steered.held === 8)
  await steer(stretch, { do: 'release', properties: ['Counter'] })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.steered.held === 0)
})

it('refuses values that the thing model does not allow, unless they are wanted, and names that are not of the fleet', async () => {
  const { api, fleetId, steer } = await startFleet()
  await expect(steer(stretch, { do: 'hold', values: { Counter: 101 } })).rejects.toMatchObject({ code: 'model/refused', details: { issues: [{ path: 'Counter', rule: 'maximum' }] } })
  expect(await api.call('fleet.steer', { fleetId, devices: stretch, steering: { do: 'hold', values: { Counter: 101 } }, unchecked: true })).toEqual({ devices: 8 })
  await expect(steer({ names: ['sim-0021'] }, { do: 'connect' })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('sim-0020') })
  expect(await api.call('fleet.choose', { fleetId, devices: { names: ['sim-0003', 'sim-0001', 'sim-0002'] } })).toEqual({ ranges: [[0, 2]], devices: 3 })
  expect(await steer({ query: `product_key = "a1Test" AND name LIKE "sim-001%"` }, { do: 'report' })).toEqual({ devices: 10 })
  await expect(steer({ query: 'nonsense' }, { do: 'report' })).rejects.toMatchObject({ code: 'input/invalid' })
  await expect(steer({ ranges: [[5, 20]] }, { do: 'connect' })).rejects.toMatchObject({ code: 'input/invalid' })
  await api.call('fleet.stop', { fleetId })
  await expect(steer(stretch, { do: 'connect' })).rejects.toMatchObject({ code: 'fleet/not-running' })
})
