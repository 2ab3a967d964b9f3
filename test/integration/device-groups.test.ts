import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'
const named = (...deviceNames: string[]) => deviceNames.map(deviceName => ({ productKey, deviceName }))

async function namesIn(api: ApiClient, group: string, subGroups = false): Promise<string[]> {
  return (await api.call('group.devices', { group, subGroups })).devices.map(({ deviceName }) => deviceName)
}

describe('a static group', () => {
  it('holds devices and sub-groups, and stays over a restart', async () => {
    const { api, dir, close } = await startEngine()
    for (const deviceName of ['dev-0001', 'dev-0002', 'dev-0003'])
      await makeDevice(api, deviceName)
    const house = await api.call('group.create', { name: 'House', description: 'All of it' })
    const floor = await api.call('group.create', { name: 'Floor3', parent: house.groupId })
    await api.call('group.create', { name: '三楼厨房', parent: 'Floor3' })
    expect(house).toMatchObject({ kind: 'static', parentId: null, memberCount: 0, groupId: expect.stringMatching(/^\w{16}$/) as string })
    expect(await api.call('group.addDevices', { group: 'House', devices: named('dev-0001', 'nobody') })).toEqual({ added: 1, already: 0, inTooMany: 0, unknown: named('nobody') })
    expect(await api.call('group.addDevices', { group: 'Floor3', devices: named('dev-0002', 'dev-0003', 'dev-0003') })).toMatchObject({ added: 2 })
    expect(await api.call('group.addDevices', { group: 'Floor3', query: 'name like "dev-%"' })).toMatchObject({ added: 1, already: 2 })
    expect(await api.call('group.removeDevices', { group: 'Floor3', devices: named('dev-0001', 'dev-0002', 'nobody') })).toEqual({ removed: 2, known: 2 })
    await api.call('group.update', { group: 'House', tags: { 'city': 'Bonn', 'level.count': '3' } })
    await api.call('group.update', { group: 'House', tags: { city: null } })
    await close()

    const again = await startEngine({ workspaceDir: dir })
    expect(await namesIn(again.api, 'House')).toEqual(['dev-0001'])
    expect(await namesIn(again.api, 'House', true)).toEqual(['dev-0001', 'dev-0003'])
    expect((await again.api.call('device.list', { group: 'House', search: '3' })).devices).toMatchObject([{ deviceName: 'dev-0003' }])
    expect(await again.api.call('group.get', { group: 'House' })).toMatchObject({ description: 'All of it', tags: { 'level.count': '3' }, deviceCount: 2, memberCount: 1, subGroupCount: 1, activeCount: 0, onlineCount: 0, path: [] })
    expect((await again.api.call('group.get', { group: floor.groupId })).path).toEqual([{ groupId: house.groupId, name: 'House' }])
    expect((await again.api.call('group.list', { device: named('dev-0003')[0]! })).groups.map(({ name }) => name)).toEqual(['Floor3'])
    expect((await again.api.call('group.list', {})).groups.map(({ name }) => name).sort()).toEqual(['Floor3', 'House', '三楼厨房'].sort())
  })

  it('loses a device that is deleted, and a device of the same name that is made later is not in it', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    await api.call('group.create', { name: 'House' })
    await api.call('group.addDevices', { group: 'House', devices: named('dev-0001') })
    await api.call('device.delete', { productKey, deviceName: 'dev-0001' })
    expect(await api.call('group.get', { group: 'House' })).toMatchObject({ memberCount: 0, deviceCount: 0 })
    await makeDevice(api)
    expect(await namesIn(api, 'House')).toEqual([])
  })

  it('is deleted without its devices, and not while it has sub-groups', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    await api.call('group.create', { name: 'House' })
    await api.call('group.create', { name: 'Floor3', parent: 'House' })
    await api.call('group.addDevices', { group: 'Floor3', devices: named('dev-0001') })
    await expect(api.call('group.delete', { group: 'House' })).rejects.toMatchObject({ code: 'group/not-empty', message: expect.stringContaining('Floor3') as string })
    await api.call('group.delete', { group: 'Floor3' })
    await api.call('group.delete', { group: 'House' })
    expect((await api.call('device.list', {})).total).toBe(1)
    await expect(api.call('group.get', { group: 'House' })).rejects.toMatchObject({ code: 'group/not-found' })
  })

  it('is refused with a sentence when it breaks a rule', async () => {
    const { api } = await startEngine()
    const create = (name: string, more: object = {}) => api.call('group.create', { name, ...more })
    await create('House')
    await expect(create('House')).rejects.toMatchObject({ code: 'group/exists' })
    await expect(create('two words')).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('letters, digits, underscores or Chinese') as string })
    await expect(create('abc')).rejects.toMatchObject({ message: expect.stringContaining('4 to 30') as string })
    await expect(create('一二三四五六七八九十一二三四五六')).rejects.toMatchObject({ message: expect.stringContaining('4 to 30') as string })
    await expect(create('Floor3', { parent: 'Tower' })).rejects.toMatchObject({ code: 'group/not-found' })
    await expect(create('Lamps', { query: 'name lik "x"' })).rejects.toMatchObject({ code: 'input/invalid', message: 'query: Character 6 of the query: expected =, !=, "like", "in" or "is null", got "lik".', details: { at: 5 } })
    await create('Lamps', { query: 'name like "lamp%"' })
    await expect(create('Lamps2', { parent: 'Lamps' })).rejects.toMatchObject({ message: expect.stringContaining('Lamps is dynamic') as string })
    await expect(api.call('group.addDevices', { group: 'Lamps', query: 'name = "x"' })).rejects.toMatchObject({ message: expect.stringContaining('change the query') as string })
    await expect(api.call('group.update', { group: 'House', query: 'name = "x"' })).rejects.toMatchObject({ message: expect.stringContaining('static') as string })
  })
})

describe('a dynamic group', () => {
  it('has whatever devices its query finds at the moment it is asked', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    await makeDevice(api, 'dev-0002')
    await api.call('group.create', { name: 'Online', query: 'status = "ONLINE"' })
    await api.call('group.create', { name: 'Warm', query: 'property.Counter > 20 and tag.floor = "3"' })
    expect(await namesIn(api, 'Online')).toEqual([])
    const { client, post } = await connectDevice(mqtt, certificate)
    expect(await namesIn(api, 'Online')).toEqual(['dev-0001'])
    expect(await api.call('group.get', { group: 'Online' })).toMatchObject({ kind: 'dynamic', memberCount: null, deviceCount: 1, activeCount: 1, onlineCount: 1 })
    await api.call('tag.set', { productKey, deviceName: 'dev-0001', tags: { floor: '3' } })
    await post({ Counter: 21 })
    expect(await namesIn(api, 'Warm')).toEqual(['dev-0001'])
    await post({ Counter: 20 })
    expect(await namesIn(api, 'Warm')).toEqual([])
    await api.call('group.update', { group: 'Warm', query: 'property.Counter = 20 or property.Label = "x"' })
    expect((await api.call('device.list', { group: 'Warm' })).total).toBe(1)
    await client.endAsync()
    await waitFor(async () => (await namesIn(api, 'Online')).length === 0)
  })

  it('can be tried before it is made', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    await api.call('device.create', { productKey, deviceName: 'lamp', count: 5_000 })
    expect(await api.call('group.preview', { query: 'name like "lamp-%"', limit: 1 })).toMatchObject({ deviceCount: 5_000, onlineCount: 0, devices: [{ deviceName: 'lamp-1' }] })
    await expect(api.call('group.preview', { query: 'nam = "x"' })).rejects.toMatchObject({ code: 'input/invalid', details: { at: 0 } })
  })
})
