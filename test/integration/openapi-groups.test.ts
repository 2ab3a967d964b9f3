import type { IotClient, TestOpenApi } from '../support/openapi.ts'
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { models, startOpenApi } from '../support/openapi.ts'

const productKey = 'a1Test'

/** An API with a product of some devices, lamp-1 and so on. */
async function start(count = 5): Promise<TestOpenApi & { certificates: { productKey: string, deviceName: string, deviceSecret: string }[] }> {
  const started = await startOpenApi()
  await started.api.call('product.create', { name: 'Lamp', productKey })
  return { ...started, ...await started.api.call('device.create', { productKey, deviceName: 'lamp', count }) }
}

async function create(client: IotClient, groupName: string, superGroupId?: string): Promise<string> {
  const { body } = await client.createDeviceGroup(new models.CreateDeviceGroupRequest({ groupName, groupDesc: `About ${groupName}`, superGroupId }))
  return body!.data!.groupId!
}

async function add(client: IotClient, groupId: string, ...names: string[]) {
  return (await client.batchAddDeviceGroupRelations(new models.BatchAddDeviceGroupRelationsRequest({ groupId, device: names.map(deviceName => new models.BatchAddDeviceGroupRelationsRequestDevice({ productKey, deviceName })) }))).body
}

describe('a static group', () => {
  it('is made, described, listed newest first, and deleted', async () => {
    const { client } = await start()
    const houseId = await create(client, 'House')
    const floorId = await create(client, 'Floor3', houseId)
    expect((await client.createDeviceGroup(new models.CreateDeviceGroupRequest({ groupName: 'House' }))).body).toMatchObject({ success: false, code: 'iot.group.AlreadyExistedGroupName' })
    expect((await client.updateDeviceGroup(new models.UpdateDeviceGroupRequest({ groupId: houseId, groupDesc: 'All of it' }))).body).toMatchObject({ success: true })
    const list = async (more: object = {}) => (await client.queryDeviceGroupList(new models.QueryDeviceGroupListRequest({ currentPage: 1, pageSize: 10, ...more }))).body!
    expect(await list()).toMatchObject({ total: 2, pageCount: 1, currentPage: 1 })
    expect((await list({ groupName: 'hous' })).data!.groupInfo).toMatchObject([{ groupId: houseId, groupDesc: 'All of it', groupType: 'LINK_PLATFORM' }])
    expect((await list({ superGroupId: houseId })).data!.groupInfo).toMatchObject([{ groupId: floorId, groupName: 'Floor3' }])
    expect((await client.querySuperDeviceGroup(new models.QuerySuperDeviceGroupRequest({ groupId: floorId }))).body!.data!.groupInfo).toMatchObject([{ groupId: houseId, groupName: 'House' }])
    const remove = async (groupId: string) => (await client.deleteDeviceGroup(new models.DeleteDeviceGroupRequest({ groupId }))).body
    expect(await remove(houseId)).toMatchObject({ success: false, code: 'iot.group.DeleteGroupFailed' })
    expect(await remove(floorId)).toMatchObject({ success: true })
    expect(await remove(houseId)).toMatchObject({ success: true })
    expect(await remove(houseId)).toMatchObject({ success: false, code: 'iot.group.NotExistedGroup' })
  })

  it('takes devices in and lets them out, and tells how many', async () => {
    const { client, certificates, mqtt } = await start()
    const houseId = await create(client, 'House')
    const floorId = await create(client, 'Floor3', houseId)
    expect(await add(client, houseId, 'lamp-1', 'lamp-2', 'nobody')).toMatchObject({ success: true, successAddedDeviceCount: 2, validDeviceCount: 2, alreadyRelatedGroupDeviceCount: 0, exceedTenGroupDeviceCount: 0 })
    expect(await add(client, houseId, 'lamp-2', 'lamp-3')).toMatchObject({ successAddedDeviceCount: 1, validDeviceCount: 2, alreadyRelatedGroupDeviceCount: 1 })
    await add(client, floorId, 'lamp-4')
    await connectDevice(mqtt, certificates[3]!)
    expect((await client.queryDeviceGroupInfo(new models.QueryDeviceGroupInfoRequest({ groupId: houseId }))).body!.data).toMatchObject({ groupName: 'House', deviceCount: 4, deviceActive: 1, deviceOnline: 1, utcCreate: expect.stringContaining('Z') as string })
    expect((await client.queryDeviceStatistics(new models.QueryDeviceStatisticsRequest({ groupId: houseId }))).body!.data).toMatchObject({ deviceCount: 4, activeCount: 1, onlineCount: 1 })
    expect((await client.batchDeleteDeviceGroupRelations(new models.BatchDeleteDeviceGroupRelationsRequest({ groupId: houseId, device: ['lamp-1', 'lamp-5', 'nobody'].map(deviceName => new models.BatchDeleteDeviceGroupRelationsRequestDevice({ productKey, deviceName })) }))).body).toMatchObject({ success: true, successDeviceCount: 1, validDeviceCount: 2, alreadyRelatedGroupDeviceCount: 1 })
    const { body } = await client.queryDeviceListByDeviceGroup(new models.QueryDeviceListByDeviceGroupRequest({ groupId: houseId, currentPage: 1, pageSize: 10 }))
    expect([body!.total, body!.data!.simpleDeviceInfo!.map(({ deviceName, productName }) => `${productName} ${deviceName}`)]).toEqual([2, ['Lamp lamp-3', 'Lamp lamp-2']])
    expect((await client.queryDeviceGroupByDevice(new models.QueryDeviceGroupByDeviceRequest({ productKey, deviceName: 'lamp-4' }))).body!.groupInfos!.groupInfo).toMatchObject([{ groupId: floorId, groupName: 'Floor3', groupType: 'LINK_PLATFORM' }])
    expect((await client.queryDeviceGroupByDevice(new models.QueryDeviceGroupByDeviceRequest({ productKey, deviceName: 'nobody' }))).body).toMatchObject({ success: false, code: 'iot.device.NotExistedDevice' })
  })

  it('has tags, which find it', async () => {
    const { client } = await start(1)
    const houseId = await create(client, 'House')
    await create(client, 'Garden')
    const set = async (tagString: string) => (await client.setDeviceGroupTags(new models.SetDeviceGroupTagsRequest({ groupId: houseId, tagString }))).body
    expect(await set('[{"tagKey":"city","tagValue":"Bonn"},{"tagKey":"floors","tagValue":"3"}]')).toMatchObject({ success: true })
    expect(await set('[{"tagKey":"floors","tagValue":"4"}]')).toMatchObject({ success: true })
    expect(await set('{"floors":"4"}')).toMatchObject({ success: false, code: 'iot.group.InvalidTagString' })
    expect((await client.queryDeviceGroupTagList(new models.QueryDeviceGroupTagListRequest({ groupId: houseId }))).body!.data!.groupTagInfo).toMatchObject([{ tagKey: 'city', tagValue: 'Bonn' }, { tagKey: 'floors', tagValue: '4' }])
    const find = async (...tag: [string, string][]) => (await client.queryDeviceGroupByTags(new models.QueryDeviceGroupByTagsRequest({ tag: tag.map(([tagKey, tagValue]) => new models.QueryDeviceGroupByTagsRequestTag({ tagKey, tagValue })) }))).body!
    expect(await find(['city', 'Bonn'], ['floors', '4'])).toMatchObject({ total: 1, data: { deviceGroup: [{ groupId: houseId, groupName: 'House' }] } })
    expect((await find(['city', 'Cologne'])).data!.deviceGroup).toEqual([])
  })
})

describe('a dynamic group', () => {
  it('holds what its expression finds, by name, state and page', async () => {
    const { client, certificates, mqtt, api } = await start(12)
    await api.call('device.rename', { devices: [{ productKey, deviceName: 'lamp-2', nickname: 'Hall lamp' }] })
    const made = (await client.createDeviceDynamicGroup(new models.CreateDeviceDynamicGroupRequest({ groupName: 'Lamps', dynamicGroupExpression: `product_key = "${productKey}" and name LIKE "lamp-1%"` }))).body!
    expect(made).toMatchObject({ success: true, data: { groupName: 'Lamps', dynamicGroupExpression: `product_key = "${productKey}" and name LIKE "lamp-1%"` } })
    const groupId = made.data!.groupId!
    await connectDevice(mqtt, certificates[10]!)
    const list = async (more: object = {}) => (await client.queryDynamicGroupDevices(new models.QueryDynamicGroupDevicesRequest({ groupId, pageSize: 2, ...more }))).body!
    const first = await list()
    expect([first.total, first.pageCount, first.data!.simpleDeviceInfo!.map(({ deviceName }) => deviceName)]).toEqual([4, 2, ['lamp-12', 'lamp-11']])
    expect(first.data!.simpleDeviceInfo![1]).toMatchObject({ status: 'ONLINE', nodeType: 0, productName: 'Lamp', utcActiveTime: expect.stringContaining('Z') as string })
    expect((await list({ nextToken: first.nextToken })).data!.simpleDeviceInfo!.map(({ deviceName }) => deviceName)).toEqual(['lamp-10', 'lamp-1'])
    expect((await list({ status: 'ONLINE' })).data!.simpleDeviceInfo).toMatchObject([{ deviceName: 'lamp-11' }])
    expect((await list({ deviceName: 'lamp-1' })).data!.simpleDeviceInfo).toMatchObject([{ deviceName: 'lamp-1' }])
    expect((await list({ deviceName: 'lamp-1', fuzzyName: true })).total).toBe(4)
    expect((await client.queryDeviceGroupInfo(new models.QueryDeviceGroupInfoRequest({ groupId, groupType: 'LINK_PLATFORM_DYNAMIC' }))).body!.data).toMatchObject({ deviceCount: 4, deviceOnline: 1, dynamicGroupExpression: expect.stringContaining('LIKE') as string })
    expect((await client.queryDeviceGroupList(new models.QueryDeviceGroupListRequest({ groupTypes: ['LINK_PLATFORM_DYNAMIC'] }))).body!.data!.groupInfo).toMatchObject([{ groupId, groupType: 'LINK_PLATFORM_DYNAMIC' }])
  })

  it('is neither deleted nor filled as a static one, nor a static one as a dynamic one', async () => {
    const { client, pop } = await start(1)
    const staticId = await create(client, 'House')
    const dynamicId = (await client.createDeviceDynamicGroup(new models.CreateDeviceDynamicGroupRequest({ groupName: 'Lamps', dynamicGroupExpression: 'name = "lamp-1"' }))).body!.data!.groupId!
    expect((await client.deleteDeviceGroup(new models.DeleteDeviceGroupRequest({ groupId: dynamicId }))).body).toMatchObject({ success: false, code: 'iot.group.NotExistedGroup' })
    expect((await client.deleteDeviceDynamicGroup(new models.DeleteDeviceDynamicGroupRequest({ groupId: staticId }))).body).toMatchObject({ success: false, code: 'iot.group.NotExistedGroup' })
    expect(await add(client, dynamicId, 'lamp-1')).toMatchObject({ success: false, code: 'iot.group.NotExistedGroup' })
    expect((await client.deleteDeviceDynamicGroup(new models.DeleteDeviceDynamicGroupRequest({ groupId: dynamicId }))).body).toMatchObject({ success: true })
    await expect(pop('CreateDeviceDynamicGroup', { GroupName: 'Lamps', DynamicGroupExpression: 'nam = "x"' })).rejects.toMatchObject({ code: 'InvalidParameter', message: expect.stringContaining('DynamicGroupExpression') as string })
  })
})
