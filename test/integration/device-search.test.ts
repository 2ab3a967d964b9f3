import { expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'

it('finds devices by what is asked of them, the newest first where that is wanted', async () => {
  const { api } = await startEngine()
  for (const deviceName of ['dev-0002', 'dev-0010', 'dev-0001'])
    await makeDevice(api, deviceName)
  await api.call('device.rename', { devices: [{ productKey, deviceName: 'dev-0002', nickname: 'Hall lamp' }] })
  await api.call('tag.set', { productKey, deviceName: 'dev-0010', tags: { floor: '3' } })
  const list = async (wanted: Parameters<typeof api.call<'device.list'>>[1]) => (await api.call('device.list', wanted)).devices.map(({ deviceName }) => deviceName)
  expect(await list({})).toEqual(['dev-0001', 'dev-0002', 'dev-0010'])
  expect(await list({ order: 'newest' })).toEqual(['dev-0001', 'dev-0010', 'dev-0002'])
  expect(await list({ search: 'HALL' })).toEqual(['dev-0002'])
  expect(await list({ prefix: 'dev-00' })).toHaveLength(3)
  expect(await list({ deviceName: 'dev-001' })).toEqual([])
  expect(await list({ query: 'tag.floor = "3" or nickname = "Hall lamp"' })).toEqual(['dev-0002', 'dev-0010'])
  expect(await list({ tags: [{ key: 'floor' }] })).toEqual(['dev-0010'])
  expect((await api.call('device.list', { secrets: true, limit: 1 })).devices[0]!.deviceSecret).toMatch(/^[0-9a-f]{32}$/)
  expect((await api.call('device.list', { limit: 1 })).devices[0]).not.toHaveProperty('deviceSecret')
  await expect(list({ query: 'nam = "x"' })).rejects.toMatchObject({ code: 'input/invalid', details: { field: 'query', at: 0 } })
})

it('finds named devices in the order in which they are named', async () => {
  const { api } = await startEngine()
  await makeDevice(api, 'dev-0001')
  const { iotId } = await api.call('device.get', { productKey, deviceName: 'dev-0001' })
  const { devices } = await api.call('device.find', { devices: [{ productKey, deviceName: 'nobody' }, { iotId }, { iotId: 'nobody' }] })
  expect(devices.map(device => device?.deviceName ?? null)).toEqual([null, 'dev-0001', null])
})

it('answers a statement with the devices it finds and what belongs to them', async () => {
  const { api } = await startEngine()
  await makeDevice(api, 'dev-0001')
  await api.call('tag.set', { productKey, deviceName: 'dev-0001', tags: { floor: '3' } })
  expect(await api.call('device.select', { sql: 'select name from device where tag.tag_value = "3"' })).toMatchObject({ fields: ['name'], total: 1, devices: [{ deviceName: 'dev-0001', tags: [{ key: 'floor', value: '3' }], groups: [], versions: [] }] })
  expect(await api.call('device.select', { sql: 'select count(*) from device' })).toEqual({ fields: null, total: 1, devices: [] })
  await expect(api.call('device.select', { sql: 'delete' })).rejects.toMatchObject({ code: 'input/invalid', message: 'sql: Character 1 of the statement: expected "select", got "delete".' })
})

it('counts the devices that there are, were ever active and are online', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api, 'dev-0001')
  await makeDevice(api, 'dev-0002')
  await connectDevice(mqtt, certificate)
  expect(await api.call('device.counts', {})).toEqual({ deviceCount: 2, activeCount: 1, onlineCount: 1 })
  await expect(api.call('device.counts', { productKey: 'a1Nobody' })).rejects.toMatchObject({ code: 'product/not-found' })
})

it('forgets that a device was ever active, over a restart too', async () => {
  const { api, mqtt, dir, close } = await startEngine()
  const device = await connectDevice(mqtt, await makeDevice(api, 'dev-0001'))
  await device.post({ Counter: 1 })
  await api.call('device.reset', { productKey, deviceName: 'dev-0001' })
  const state = async (of: typeof api) => (await of.call('device.get', { productKey, deviceName: 'dev-0001' })).state
  await waitFor(async () => await state(api) === 'UNACTIVE')
  await close()
  expect(await state((await startEngine({ workspaceDir: dir })).api)).toBe('UNACTIVE')
})

it('makes one device with a nickname, and many only with a name to begin with', async () => {
  const { api } = await startEngine()
  await makeDevice(api, 'dev-0001')
  const { certificates } = await api.call('device.create', { productKey, nickname: '厨房的灯' })
  expect(certificates).toMatchObject([{ deviceName: expect.stringMatching(/^\w{20}$/) as string }])
  await expect(api.call('device.create', { productKey, count: 2 })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('deviceName') as string })
  await expect(api.call('device.create', { productKey, deviceName: 'many', count: 2, nickname: 'Many of them' })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('nickname') as string })
  await expect(api.call('device.create', { productKey, nickname: '灯' })).rejects.toMatchObject({ message: expect.stringContaining('4 to 64 characters') as string })
})
