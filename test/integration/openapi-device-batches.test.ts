import type { TestOpenApi } from '../support/openapi.ts'
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'

async function start(): Promise<TestOpenApi> {
  const started = await startOpenApi()
  await started.api.call('product.create', { name: 'Lamp', productKey })
  return started
}

async function statusOf({ client }: Pick<TestOpenApi, 'client'>, applyId: number) {
  return (await client.queryBatchRegisterDeviceStatus(new models.QueryBatchRegisterDeviceStatusRequest({ productKey, applyId }))).body!
}

async function untilMade(started: Pick<TestOpenApi, 'client'>, applyId: number): Promise<void> {
  await waitFor(async () => (await statusOf(started, applyId)).data?.status === 'CREATE_SUCCESS')
}

describe('a batch of devices', () => {
  it('is checked, made and listed, and its devices connect', async () => {
    const started = await start()
    const { client, mqtt } = started
    const deviceName = Array.from({ length: 600 }, (_, index) => `lamp-${index + 1}`)
    const checked = (await client.batchCheckDeviceNames(new models.BatchCheckDeviceNamesRequest({ productKey, deviceName }))).body!
    expect(checked).toMatchObject({ success: true, data: { applyId: expect.any(Number) as number, invalidDeviceNameList: { invalidDeviceName: [] } } })
    const applyId = checked.data!.applyId!
    expect((await statusOf(started, applyId)).data).toMatchObject({ status: 'CHECK_SUCCESS', validList: { name: deviceName }, invalidList: { name: [] } })
    expect((await client.queryPageByApplyId(new models.QueryPageByApplyIdRequest({ applyId }))).body).toMatchObject({ total: 0 })
    expect((await client.batchRegisterDeviceWithApplyId(new models.BatchRegisterDeviceWithApplyIdRequest({ productKey, applyId }))).body).toMatchObject({ success: true, data: { applyId } })
    await untilMade(started, applyId)
    const page = (await client.queryPageByApplyId(new models.QueryPageByApplyIdRequest({ applyId, currentPage: 12, pageSize: 50 }))).body!
    expect(page).toMatchObject({ total: 600, page: 12, pageCount: 12, pageSize: 50 })
    const last = page.applyDeviceList!.applyDeviceInfo!.at(-1)!
    expect(last).toMatchObject({ deviceName: 'lamp-600', iotId: expect.stringMatching(/^\w{22}$/) as string })
    await connectDevice(mqtt, { productKey, deviceName: last.deviceName!, deviceSecret: last.deviceSecret! })
    expect((await client.batchRegisterDeviceWithApplyId(new models.BatchRegisterDeviceWithApplyIdRequest({ productKey, applyId }))).body).toMatchObject({ success: false, code: 'iot.device.ApplyManyDevicesFailed' })
  })

  it('says of each name why it is not all right, in the members that the cloud has for it, and is not made then', async () => {
    const { pop, api } = await start()
    await api.call('device.create', { productKey, deviceName: 'lamp-0001' })
    const names = [{ DeviceName: 'lamp-0001' }, { DeviceName: 'lamp-0002', DeviceNickname: 'Hall lamp' }, { DeviceName: 'lamp-0002' }, { DeviceName: 'two words' }, { DeviceName: 'lamp-0003', DeviceNickname: '灯' }]
    const flattened = Object.fromEntries(names.flatMap((name, index) => Object.entries(name).map(([member, value]) => [`DeviceNameList.${index + 1}.${member}`, value])))
    const { Data } = await pop('BatchCheckDeviceNames', { ProductKey: productKey, ...flattened }, 'POST') as unknown as { Data: { ApplyId: number } }
    expect(Data).toMatchObject({
      InvalidDeviceNameList: { InvalidDeviceName: ['two words'] },
      InvalidDeviceNicknameList: { InvalidDeviceNickname: ['灯'] },
      RepeatedDeviceNameList: { RepeatDevieNameList: ['lamp-0001', 'lamp-0002'] },
      InvalidDetailList: { InvalidDetailList: [{ DeviceName: 'lamp-0001', ErrorMsg: 'The product already has a device lamp-0001.' }, { DeviceName: 'lamp-0002' }, { DeviceName: 'two words' }, { DeviceName: 'lamp-0003', NickName: '灯' }] },
    })
    expect(await pop('QueryBatchRegisterDeviceStatus', { ProductKey: productKey, ApplyId: Data.ApplyId })).toMatchObject({
      Data: { Status: 'CHECK_FAILED', ValidList: { Name: ['lamp-0002'] }, InvalidList: { Name: ['lamp-0001', 'lamp-0002', 'two words', 'lamp-0003'] }, InvalidDetailList: { invalidDetailList: [{ DeviceName: 'lamp-0001' }, {}, {}, {}] } },
    })
    await expect(pop('BatchRegisterDeviceWithApplyId', { ProductKey: productKey, ApplyId: Data.ApplyId })).rejects.toMatchObject({ code: 'iot.device.ApplyManyDevicesFailed', data: { ErrorMessage: expect.stringContaining('4 of its 5 names') as string } })
    expect((await api.call('device.list', {})).total).toBe(1)
  })

  it('has names that are made up where only their number is given', async () => {
    const started = await start()
    const { client, api } = started
    const { applyId } = (await client.batchRegisterDevice(new models.BatchRegisterDeviceRequest({ productKey, count: 12 }))).body!.data!
    await untilMade(started, applyId!)
    expect((await client.queryPageByApplyId(new models.QueryPageByApplyIdRequest({ applyId, pageSize: 50 }))).body!.applyDeviceList!.applyDeviceInfo).toHaveLength(12)
    expect((await api.call('device.list', {})).total).toBe(12)
  })

  it('keeps its nicknames', async () => {
    const started = await start()
    const { client, api } = started
    const deviceNameList = [new models.BatchCheckDeviceNamesRequestDeviceNameList({ deviceName: 'lamp-0001', deviceNickname: 'Hall lamp' })]
    const { applyId } = (await client.batchCheckDeviceNames(new models.BatchCheckDeviceNamesRequest({ productKey, deviceNameList }))).body!.data!
    await client.batchRegisterDeviceWithApplyId(new models.BatchRegisterDeviceWithApplyIdRequest({ productKey, applyId }))
    await untilMade(started, applyId!)
    expect((await api.call('device.get', { productKey, deviceName: 'lamp-0001' })).nickname).toBe('Hall lamp')
  })

  it('goes on after a restart with the devices that were not made before it', async () => {
    const { client, dir, close } = await start()
    const { applyId } = (await client.batchRegisterDevice(new models.BatchRegisterDeviceRequest({ productKey, count: 5_000 }))).body!.data!
    await close()
    const again = await startOpenApi({ workspaceDir: dir })
    await untilMade(again, applyId!)
    expect((await again.api.call('device.list', { limit: 1 })).total).toBe(5_000)
    expect((await again.client.queryPageByApplyId(new models.QueryPageByApplyIdRequest({ applyId, pageSize: 1 }))).body).toMatchObject({ total: 5_000 })
  })

  it('fails when one of its names was taken after it was checked, and says so', async () => {
    const started = await start()
    const { client, api } = started
    const { applyId } = (await client.batchCheckDeviceNames(new models.BatchCheckDeviceNamesRequest({ productKey, deviceName: ['lamp-0001', 'lamp-0002'] }))).body!.data!
    await api.call('device.create', { productKey, deviceName: 'lamp-0002' })
    await client.batchRegisterDeviceWithApplyId(new models.BatchRegisterDeviceWithApplyIdRequest({ productKey, applyId }))
    await waitFor(async () => (await statusOf(started, applyId!)).data?.status === 'CREATE_FAILED')
    expect((await api.call('deviceBatch.get', { applyId: applyId! })).reason).toContain('lamp-0002')
  })

  it('is not found under another product or a wrong id, and takes 10,000 names at most', async () => {
    const started = await start()
    const { client, pop, api } = started
    expect(await statusOf(started, 7)).toMatchObject({ success: false, code: 'iot.device.DeviceApplyIsNotFound' })
    const { applyId } = (await client.batchCheckDeviceNames(new models.BatchCheckDeviceNamesRequest({ productKey, deviceName: ['lamp-0001'] }))).body!.data!
    await api.call('product.create', { name: 'Other', productKey: 'a1Other' })
    expect((await client.batchRegisterDeviceWithApplyId(new models.BatchRegisterDeviceWithApplyIdRequest({ productKey: 'a1Other', applyId }))).body).toMatchObject({ success: false, code: 'iot.device.DeviceApplyIsNotFound' })
    await expect(pop('BatchRegisterDevice', { ProductKey: productKey, Count: 10_001 })).rejects.toMatchObject({ code: 'iot.device.ApplyManyDevicesFailed' })
    const names = Array.from({ length: 10_000 }, (_, index) => [`DeviceName.${index + 1}`, `lamp-${index + 1}`])
    expect(await pop('BatchCheckDeviceNames', { ProductKey: productKey, ...Object.fromEntries(names) as object }, 'POST')).toMatchObject({ Success: true })
    await expect(pop('BatchCheckDeviceNames', { ProductKey: productKey })).rejects.toMatchObject({ code: 'iot.device.NoneDeviceNameElement' })
  })
})
