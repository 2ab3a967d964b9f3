import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { Conversation } from '../../src/shared/contract/fleet-conversation.ts'
import { describe, expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { talkingModel } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const gatewayKey = 'a1Gateway'
const subKey = 'a1Meter'
const accept = quietConversation.replies

async function startGateways(change: Partial<Conversation> = {}, count = 2): Promise<{ api: ApiClient, fleetId: string }> {
  const { api } = await startEngine()
  const modelOf = (productKey: string): string => JSON.stringify({ ...talkingModel, profile: { productKey } })
  await api.call('product.importModel', { text: modelOf(gatewayKey), nodeType: 'gateway' })
  await api.call('product.importModel', { text: modelOf(subKey), nodeType: 'sub-device' })
  const conversation = { ...quietConversation, subDevices: { productKey: subKey, perGateway: 3, register: false }, ...change }
  const { fleetId } = await api.call('fleet.create', { productKey: gatewayKey, count, intervalSec: 0.5, conversation })
  await api.call('fleet.start', { fleetId })
  return { api, fleetId }
}

async function subDevicesOnline(api: ApiClient, fleetId: string, count: number): Promise<void> {
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.conversation.subDevicesOnline === count, { what: `${count} sub-devices online` })
}

const online = async (api: ApiClient): Promise<number> => (await api.call('device.list', { productKey: subKey, state: 'ONLINE' })).total

describe('gateways of a fleet', () => {
  it('add their sub-devices, log them in, and let them report and answer like devices', async () => {
    const { api, fleetId } = await startGateways({ events: { perHour: 0, ratesPerHour: { Overheat: 36_000 }, conditions: {} }, tags: { floor: '2' } })
    await subDevicesOnline(api, fleetId, 6)
    expect(await online(api)).toBe(6)
    const sub = { productKey: subKey, deviceName: 'sim-0002-03' }
    await waitFor(async () => (await api.call('device.get', sub)).properties.Brightness !== undefined, { what: 'a property post' })
    await waitFor(async () => (await api.call('event.list', sub)).events.length > 0, { what: 'an event' })
    expect((await api.call('tag.list', sub)).tags).toMatchObject([{ key: 'floor', value: '2' }])
    expect(await api.call('device.setProperties', { ...sub, properties: { Brightness: 12 } })).toMatchObject({ code: 200 })
    expect(await api.call('device.invokeService', { ...sub, service: 'Blink', input: { Times: 2 } })).toMatchObject({ code: 200, data: { Done: expect.any(Number) } })
    await waitFor(async () => (await api.call('device.get', sub)).properties.Brightness?.value === 12)
    expect((await api.call('trace.page', { filter: { code: 'failed' } })).rows).toEqual([])
  })

  it('bring them again when they come back', async () => {
    const { api, fleetId } = await startGateways()
    await subDevicesOnline(api, fleetId, 6)
    await api.call('device.setEnabled', { productKey: gatewayKey, deviceName: 'sim-0001', enabled: false })
    await subDevicesOnline(api, fleetId, 3)
    await api.call('fleet.stop', { fleetId })
    await waitFor(async () => await online(api) === 0)
    await api.call('device.setEnabled', { productKey: gatewayKey, deviceName: 'sim-0001', enabled: true })
    await api.call('fleet.start', { fleetId })
    await subDevicesOnline(api, fleetId, 6)
    expect(await online(api)).toBe(6)
  })

  it('leave a sub-device away that was disabled, and take it up when it is enabled', async () => {
    const { api, fleetId } = await startGateways({}, 1)
    await subDevicesOnline(api, fleetId, 3)
    const sub = { productKey: subKey, deviceName: 'sim-0001-02' }
    await api.call('device.setEnabled', { ...sub, enabled: false })
    await subDevicesOnline(api, fleetId, 2)
    await api.call('device.setEnabled', { ...sub, enabled: true })
    await subDevicesOnline(api, fleetId, 3)
  })

  it('refuse commands for their sub-devices as they were told', async () => {
    const { api, fleetId } = await startGateways({ replies: { ...accept, mode: 'refuse', code: 100_001 } }, 1)
    await subDevicesOnline(api, fleetId, 3)
    expect(await api.call('device.setProperties', { productKey: subKey, deviceName: 'sim-0001-01', properties: { Brightness: 12 } })).toMatchObject({ code: 100_001 })
  })

  it('bring more, fewer or none while they run', async () => {
    const { api, fleetId } = await startGateways({ subDevices: null }, 1)
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 1)
    const bring = (perGateway: number) => api.call('fleet.update', { fleetId, change: { conversation: { subDevices: { productKey: subKey, perGateway, register: false } } } })
    await bring(2)
    await subDevicesOnline(api, fleetId, 2)
    await bring(60)
    await subDevicesOnline(api, fleetId, 60)
    await api.call('fleet.update', { fleetId, change: { conversation: { subDevices: null } } })
    await subDevicesOnline(api, fleetId, 0)
    await waitFor(async () => await online(api) === 0)
  })

  it('register sub-devices whose secrets they do not know, once the platform allows it', async () => {
    const { api, fleetId } = await startGateways({ subDevices: null }, 1)
    const register = (): Promise<unknown> => api.call('fleet.update', { fleetId, change: { conversation: { subDevices: { productKey: subKey, perGateway: 3, register: true } } } })
    await register()
    await waitFor(async () => Object.keys((await api.call('fleet.get', { fleetId })).stats.errors).some(cause => cause.startsWith('thing.sub.register refused')), { what: 'the refusal while registration is switched off' })
    await api.call('product.update', { productKey: subKey, dynamicRegistration: true })
    await api.call('fleet.stop', { fleetId })
    await api.call('fleet.start', { fleetId })
    await subDevicesOnline(api, fleetId, 3)
  })

  it('are refused where they are none', async () => {
    const { api } = await startEngine({ mqtt: null })
    await api.call('product.importModel', { text: JSON.stringify({ ...talkingModel, profile: { productKey: 'a1Plain' } }) })
    const conversation = { subDevices: { productKey: 'a1Plain', perGateway: 1, register: false } }
    await expect(api.call('fleet.create', { productKey: 'a1Plain', conversation })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('node type device') })
  })
})
