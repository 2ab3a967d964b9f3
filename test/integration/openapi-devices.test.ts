import type { TestOpenApi } from '../support/openapi.ts'
import { createHmac } from 'node:crypto'
import { connectAsync } from 'mqtt'
import { describe, expect, it } from 'vitest'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { registrationSignContent } from '../../src/shared/alink/register.ts'
import { silentLog } from '../../src/shared/log.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'

/** An API with an empty product. */
async function start(): Promise<TestOpenApi> {
  const started = await startOpenApi()
  await started.api.call('product.create', { name: 'Lamp', productKey })
  return started
}

/** The cloud's code of a refusal, as pop-core tells it. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'no error', (error: { code: string }) => error.code)
}

describe('a server program', () => {
  it('makes a device with a nickname, and one whose name is made up', async () => {
    const { client, pop } = await start()
    const { body } = await client.registerDevice(new models.RegisterDeviceRequest({ productKey, deviceName: 'lamp-0001', nickname: '一楼的灯' }))
    expect(body).toMatchObject({ success: true, data: { productKey, deviceName: 'lamp-0001', nickname: '一楼的灯', deviceSecret: expect.stringMatching(/^[0-9a-f]{32}$/) as string, iotId: expect.stringMatching(/^\w{22}$/) as string } })
    expect((await client.registerDevice(new models.RegisterDeviceRequest({ productKey }))).body).toMatchObject({ success: true, data: { deviceName: expect.stringMatching(/^\w{20}$/) as string } })
    expect((await client.registerDevice(new models.RegisterDeviceRequest({ productKey, deviceName: 'lamp-0001' }))).body).toMatchObject({ success: false, code: 'iot.device.AlreadyExistedDeviceName' })
    expect(await codeOf(pop('RegisterDevice', { ProductKey: productKey, DeviceName: 'two words' }))).toBe('iot.device.InvalidFormattedDeviceName')
    expect(await codeOf(pop('RegisterDevice', { ProductKey: productKey, DeviceName: 'lamp-0002', Nickname: '灯' }))).toBe('InvalidParameter')
    expect(await codeOf(pop('RegisterDevice', { ProductKey: 'a1Nobody', DeviceName: 'lamp-0002' }))).toBe('iot.prod.NotExistedProduct')
  })

  it('reads a device by its IotId or by its names, with its secret, its times and its address', async () => {
    const { client, api, mqtt } = await start()
    const { certificates: [certificate] } = await api.call('device.create', { productKey, deviceName: 'lamp-0001', nickname: 'Hall lamp' })
    const { iotId } = await api.call('device.get', { productKey, deviceName: 'lamp-0001' })
    const never = (await client.queryDeviceDetail(new models.QueryDeviceDetailRequest({ productKey, deviceName: 'lamp-0001' }))).body!.data!
    expect(never).toMatchObject({ productKey, productName: 'Lamp', deviceName: 'lamp-0001', iotId, nickname: 'Hall lamp', nodeType: 0, owner: true, status: 'UNACTIVE', deviceSecret: certificate!.deviceSecret })
    expect([never.utcActive, never.gmtOnline, never.ipAddress, never.firmwareVersion]).toEqual([undefined, undefined, undefined, undefined])
    const device = await connectDevice(mqtt, certificate!)
    await device.client.publishAsync('/ota/device/inform/a1Test/lamp-0001', JSON.stringify({ id: '1', params: { version: '1.2.3' } }))
    const detail = await waitFor(async () => {
      const { data } = (await client.queryDeviceDetail(new models.QueryDeviceDetailRequest({ iotId }))).body!
      return data?.firmwareVersion === undefined ? undefined : data
    })
    expect(detail).toMatchObject({ status: 'ONLINE', firmwareVersion: '1.2.3', ipAddress: '127.0.0.1' })
    expect(detail.gmtActive).toMatch(/^\w{3}, \d\d-\w{3}-\d{4} \d\d:\d\d:\d\d GMT$/)
    expect(detail.utcOnline).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect((await client.queryDeviceInfo(new models.QueryDeviceInfoRequest({ iotId }))).body).toMatchObject({ data: { deviceName: 'lamp-0001', deviceSecret: certificate!.deviceSecret, nickname: 'Hall lamp' } })
    expect((await client.batchQueryDeviceDetail(new models.BatchQueryDeviceDetailRequest({ productKey, deviceName: ['lamp-0001', 'nobody'] }))).body!.data!.data).toMatchObject([{ deviceName: 'lamp-0001', firmwareVersion: '1.2.3', status: 'ONLINE' }])
  })

  it('lists the devices of a product newest first, a page at a time or from where the last page ended', async () => {
    const { client, api, pop } = await start()
    await api.call('device.create', { productKey, deviceName: 'lamp', count: 7 })
    const first = (await client.queryDevice(new models.QueryDeviceRequest({ productKey, pageSize: 3, currentPage: 1 }))).body!
    expect(first).toMatchObject({ total: 7, page: 1, pageCount: 3, pageSize: 3 })
    expect(first.data!.deviceInfo!.map(({ deviceName }) => deviceName)).toEqual(['lamp-7', 'lamp-6', 'lamp-5'])
    expect(first.data!.deviceInfo![0]).toMatchObject({ deviceStatus: 'UNACTIVE', deviceSecret: expect.stringMatching(/^[0-9a-f]{32}$/) as string, utcCreate: expect.stringContaining('T') as string })
    const second = (await client.queryDevice(new models.QueryDeviceRequest({ productKey, pageSize: 3, nextToken: first.nextToken }))).body!
    expect(second.data!.deviceInfo!.map(({ deviceName }) => deviceName)).toEqual(['lamp-4', 'lamp-3', 'lamp-2'])
    const last = (await client.queryDevice(new models.QueryDeviceRequest({ productKey, pageSize: 3, currentPage: 3 }))).body!
    expect([last.data!.deviceInfo!.map(({ deviceName }) => deviceName), last.nextToken]).toEqual([['lamp-1'], undefined])
    expect(await codeOf(pop('QueryDevice', { ProductKey: productKey, PageSize: 51 }))).toBe('iot.common.InvalidPageParams')
    expect(await codeOf(pop('QueryDevice', { ProductKey: productKey, NextToken: 'x' }))).toBe('iot.common.InvalidPageParams')
  })

  it('reads since when a device has been in its state, of one device and of many', async () => {
    const { client, api, mqtt } = await start()
    const { certificates: [certificate] } = await api.call('device.create', { productKey, deviceName: 'lamp-0001' })
    const status = async () => (await client.getDeviceStatus(new models.GetDeviceStatusRequest({ productKey, deviceName: 'lamp-0001' }))).body!.data!
    const made = await api.call('device.get', { productKey, deviceName: 'lamp-0001' })
    expect(await status()).toMatchObject({ status: 'UNACTIVE', timestamp: made.createdAt })
    const device = await connectDevice(mqtt, certificate!)
    const online = await api.call('device.get', { productKey, deviceName: 'lamp-0001' })
    expect(await status()).toMatchObject({ status: 'ONLINE', timestamp: online.lastOnlineAt })
    await device.client.endAsync()
    await waitFor(async () => (await status()).status === 'OFFLINE')
    const offline = await api.call('device.get', { productKey, deviceName: 'lamp-0001' })
    expect(await status()).toMatchObject({ status: 'OFFLINE', timestamp: offline.lastOfflineAt })
    const states = (await client.batchGetDeviceState(new models.BatchGetDeviceStateRequest({ productKey, deviceName: ['nobody', 'lamp-0001'] }))).body!.deviceStatusList!.deviceStatus!
    expect(states).toMatchObject([{ deviceName: 'lamp-0001', iotId: made.iotId, status: 'OFFLINE', lastOnlineTime: new Date(offline.lastOnlineAt!).toISOString() }])
    expect((await client.batchGetDeviceState(new models.BatchGetDeviceStateRequest({ iotId: [made.iotId] }))).body!.deviceStatusList!.deviceStatus).toHaveLength(1)
  })

  it('disables a device, which loses its connection, finds it by its state, and enables and deletes it', async () => {
    const { client, api, mqtt } = await start()
    const { certificates } = await api.call('device.create', { productKey, deviceName: 'lamp', count: 3 })
    const named = { productKey, deviceName: 'lamp-2' }
    const device = await connectDevice(mqtt, certificates[1]!)
    expect((await client.queryDeviceStatistics(new models.QueryDeviceStatisticsRequest({ productKey }))).body!.data).toMatchObject({ deviceCount: 3, activeCount: 1, onlineCount: 1 })
    const closed = new Promise<void>(resolve => device.client.once('close', () => resolve()))
    expect((await client.disableThing(new models.DisableThingRequest(named))).body).toMatchObject({ success: true })
    await closed
    expect((await client.getDeviceStatus(new models.GetDeviceStatusRequest(named))).body!.data).toMatchObject({ status: 'DISABLE' })
    const byStatus = async (status: number) => (await client.queryDeviceByStatus(new models.QueryDeviceByStatusRequest({ productKey, status }))).body!.data!.simpleDeviceInfo!.map(({ deviceName }) => deviceName)
    expect([await byStatus(0), await byStatus(8), await byStatus(1)]).toEqual([['lamp-3', 'lamp-1'], ['lamp-2'], []])
    expect((await client.enableThing(new models.EnableThingRequest(named))).body).toMatchObject({ success: true })
    expect(await byStatus(3)).toEqual(['lamp-2'])
    expect((await client.deleteDevice(new models.DeleteDeviceRequest(named))).body).toMatchObject({ success: true })
    expect((await client.queryDeviceInfo(new models.QueryDeviceInfoRequest(named))).body).toMatchObject({ success: false, code: 'iot.device.NotExistedDevice' })
  })

  it('is refused a device of another product', async () => {
    const { client, api } = await start()
    await api.call('product.create', { name: 'Other', productKey: 'a1Other' })
    await api.call('device.create', { productKey: 'a1Other', deviceName: 'lamp-0001' })
    expect((await client.getDeviceStatus(new models.GetDeviceStatusRequest({ productKey, deviceName: 'lamp-0001' }))).body).toMatchObject({ success: false, code: 'iot.device.NotExistedDevice' })
    expect((await client.getDeviceStatus(new models.GetDeviceStatusRequest({ productKey: 'a1Other', deviceName: 'lamp-0001' }))).body).toMatchObject({ success: true })
  })

  it('gives many devices nicknames at once, or none where one of them is not there; they are kept and found', async () => {
    const { client, api, dir, close } = await start()
    await api.call('device.create', { productKey, deviceName: 'lamp', count: 2 })
    const { iotId } = await api.call('device.get', { productKey, deviceName: 'lamp-2' })
    const rename = async (...deviceNicknameInfo: object[]) => (await client.batchUpdateDeviceNickname(new models.BatchUpdateDeviceNicknameRequest({ deviceNicknameInfo: deviceNicknameInfo.map(info => new models.BatchUpdateDeviceNicknameRequestDeviceNicknameInfo(info)) }))).body
    expect(await rename({ productKey, deviceName: 'lamp-1', nickname: 'Kitchen' }, { productKey, deviceName: 'nobody', nickname: 'Nobody' })).toMatchObject({ success: false, code: 'iot.device.NotExistedDevice' })
    expect((await api.call('device.get', { productKey, deviceName: 'lamp-1' })).nickname).toBe('')
    expect(await rename({ productKey, deviceName: 'lamp-1', nickname: 'Kitchen' }, { iotId, nickname: '厨房的灯' })).toMatchObject({ success: true })
    expect((await api.call('device.list', { search: 'kitch' })).devices).toMatchObject([{ deviceName: 'lamp-1', nickname: 'Kitchen' }])
    await close()
    const again = await startOpenApi({ workspaceDir: dir })
    const kept = await again.api.call('device.get', { productKey, deviceName: 'lamp-2' })
    expect(kept.nickname).toBe('厨房的灯')
    expect(kept.modifiedAt).toBeGreaterThanOrEqual(kept.createdAt)
  })

  it('resets a device, which may then register itself once more', async () => {
    const { client, api, engine, mqtt } = await startOpenApi({ openDeviceHttp: (host, routes) => createDeviceHttp({ host, port: 0, log: silentLog, routes }) })
    await api.call('product.create', { name: 'Lamp', productKey })
    const { productSecret } = await api.call('product.update', { productKey, dynamicRegistration: true })
    const { certificates: [certificate] } = await api.call('device.create', { productKey, deviceName: 'lamp-0001' })
    const register = async (): Promise<number> => {
      const sign = createHmac('sha256', productSecret).update(registrationSignContent({ productKey, deviceName: 'lamp-0001', random: 'r' })).digest('hex')
      const answer = await fetch(`${engine.httpUrl}/auth/register/device`, { method: 'POST', body: new URLSearchParams({ productKey, deviceName: 'lamp-0001', random: 'r', signMethod: 'hmacsha256', sign }) })
      return (await answer.json() as { code: number }).code
    }
    const device = await connectDevice(mqtt, certificate!)
    expect(await register()).toBe(6289)
    const closed = new Promise<void>(resolve => device.client.once('close', () => resolve()))
    expect((await client.resetThing(new models.ResetThingRequest({ productKey, deviceName: 'lamp-0001' }))).body).toMatchObject({ success: true })
    await closed
    await waitFor(async () => (await api.call('device.get', { productKey, deviceName: 'lamp-0001' })).state === 'UNACTIVE')
    expect(await register()).toBe(200)
  })

  it('reads the client ids of a device that registered itself, and takes them back', async () => {
    const { client, api, mqtt } = await startOpenApi()
    await api.call('product.create', { name: 'Lamp', productKey })
    const { productSecret } = await api.call('product.update', { productKey, dynamicRegistration: true })
    const password = createHmac('sha256', productSecret).update(registrationSignContent({ productKey, deviceName: 'lamp-0001', random: 'r' })).digest('hex')
    const device = await connectAsync({ host: mqtt.host, port: mqtt.port, clientId: 'any|securemode=2,authType=regnwl,random=r,signmethod=hmacsha256|', username: `lamp-0001&${productKey}`, password, reconnectPeriod: 0 })
    await waitFor(async () => (await api.call('device.list', {})).total === 1)
    await device.endAsync()
    const { iotId } = await api.call('device.get', { productKey, deviceName: 'lamp-0001' })
    const clientIds = async () => (await client.queryClientIds(new models.QueryClientIdsRequest({ iotId }))).body!.data!
    expect(await waitFor(async () => (await clientIds()).dynamicRegClientIds?.[0])).toMatchObject({ clientId: expect.stringMatching(/^\w+$/) as string, createTime: expect.any(Number) as number })
    expect((await client.deleteClientIds(new models.DeleteClientIdsRequest({ iotId }))).body).toMatchObject({ success: true })
    expect(await clientIds()).toMatchObject({ iotId, dynamicRegClientIds: [] })
    expect((await client.queryClientIds(new models.QueryClientIdsRequest({ iotId: 'nobody' }))).body).toMatchObject({ success: false, code: 'iot.device.NotExistedDevice' })
  })
})

describe('tags of a device', () => {
  it('are set by key, read as JSON, deleted one by one, and refused where they break a rule', async () => {
    const { client, api } = await start()
    await api.call('device.create', { productKey, deviceName: 'lamp-0001' })
    const named = { productKey, deviceName: 'lamp-0001' }
    const save = async (props: string) => (await client.saveDeviceProp(new models.SaveDevicePropRequest({ ...named, props }))).body
    const read = async () => JSON.parse((await client.queryDeviceProp(new models.QueryDevicePropRequest(named))).body!.props!) as object
    expect(await save('{"floor":"3","room":"hall","size":12}')).toMatchObject({ success: true })
    expect(await save('{"room":"kitchen"}')).toMatchObject({ success: true })
    expect(await read()).toEqual({ floor: '3', room: 'kitchen', size: '12' })
    expect((await client.deleteDeviceProp(new models.DeleteDevicePropRequest({ ...named, propKey: 'floor' }))).body).toMatchObject({ success: true })
    expect(await read()).toEqual({ room: 'kitchen', size: '12' })
    expect(await save('no json')).toMatchObject({ success: false, code: 'iot.device.InvalidFormattedDevicePropertiesString' })
    expect(await save('{}')).toMatchObject({ success: false, code: 'iot.device.NoneDeviceProperties' })
    expect(await save(JSON.stringify({ a: 'x'.repeat(6_000) }))).toMatchObject({ success: false, code: 'iot.device.LongDevicePropertiesString' })
    await api.call('settings.set', { name: 'limits.applyCloud', value: true })
    expect(await save('{"two words":"x"}')).toMatchObject({ success: false, code: 'iot.device.InvalidFormattedDevicePropertyKey' })
  })

  it('find the devices that have them all, newest first', async () => {
    const { client, api } = await start()
    await api.call('device.create', { productKey, deviceName: 'lamp', count: 3 })
    for (const [deviceName, tags] of [['lamp-1', { floor: '3', room: 'hall' }], ['lamp-2', { floor: '3', room: 'attic' }], ['lamp-3', { floor: '4' }]] as const)
      await api.call('tag.set', { productKey, deviceName, tags })
    const find = async (...tag: [string, string?][]) => {
      const { body } = await client.queryDeviceByTags(new models.QueryDeviceByTagsRequest({ tag: tag.map(([tagKey, tagValue]) => new models.QueryDeviceByTagsRequestTag({ tagKey, tagValue })) }))
      return body!.data!.simpleDeviceInfo!.map(({ deviceName, productName }) => `${productName} ${deviceName}`)
    }
    expect(await find(['floor', '3'])).toEqual(['Lamp lamp-2', 'Lamp lamp-1'])
    expect(await find(['floor', '3'], ['room', 'hall'])).toEqual(['Lamp lamp-1'])
    expect(await find(['room'])).toEqual(['Lamp lamp-2', 'Lamp lamp-1'])
  })
})

describe('a statement over devices', () => {
  it('gives the fields it asks for, in its order and within its limit, or a count', async () => {
    const { client, api, mqtt } = await start()
    const { certificates } = await api.call('device.create', { productKey, deviceName: 'lamp', count: 30 })
    await api.call('device.rename', { devices: [{ productKey, deviceName: 'lamp-2', nickname: 'Hall lamp' }] })
    await api.call('tag.set', { productKey, deviceName: 'lamp-2', tags: { floor: '3' } })
    const { groupId } = await api.call('group.create', { name: 'House' })
    await api.call('group.addDevices', { group: groupId, devices: [{ productKey, deviceName: 'lamp-2' }] })
    await connectDevice(mqtt, certificates[1]!)
    const { iotId } = await api.call('device.get', { productKey, deviceName: 'lamp-2' })
    const ask = async (SQL: string) => (await client.queryDeviceBySQL(new models.QueryDeviceBySQLRequest({ SQL }))).body!
    const namesOf = async (SQL: string) => (await ask(SQL)).data!.map(({ deviceName }) => deviceName)
    expect(await ask(`SELECT * FROM device WHERE product_key = "${productKey}" and status = "ONLINE"`)).toMatchObject({ success: true, data: [{ iotId, productKey, deviceName: 'lamp-2', nickname: 'Hall lamp', status: 'ONLINE', groups: [{ groupId }], tags: [{ tagName: 'floor', tagValue: '3' }], activeTime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/) as string }] })
    expect((await ask('select name from device where nickname like "hall%"')).data).toEqual([new models.QueryDeviceBySQLResponseBodyData({ iotId, deviceName: 'lamp-2' })])
    expect(await ask('SELECT count(*) FROM device WHERE name LIKE "lamp-%"')).toMatchObject({ success: true, totalCount: 30 })
    expect(await namesOf(`SELECT name FROM device WHERE group.group_id = "${groupId}" AND tag.tag_name = "floor"`)).toEqual(['lamp-2'])
    expect(await namesOf('SELECT name FROM device')).toHaveLength(20)
    expect(await namesOf('SELECT name FROM device LIMIT 2')).toEqual(['lamp-30', 'lamp-29'])
    expect(await namesOf('SELECT name FROM device LIMIT 28, 5')).toEqual(['lamp-2', 'lamp-1'])
    expect(await namesOf('SELECT name FROM device ORDER BY active_time LIMIT 1')).toEqual(['lamp-2'])
  })

  it('is refused with the place where it stops being one', async () => {
    const { client } = await start()
    const refusal = async (SQL: string) => (await client.queryDeviceBySQL(new models.QueryDeviceBySQLRequest({ SQL }))).body!
    expect(await refusal('SELECT * FROM lamp')).toMatchObject({ success: false, code: 'iot.common.QueryDeviceActionError', errorMessage: expect.stringContaining('Character 15 of the statement: expected "device", got "lamp"') as string })
    expect(await refusal('SELECT * FROM device WHERE nam = "x"')).toMatchObject({ errorMessage: expect.stringContaining('Character 28') as string })
  })
})
