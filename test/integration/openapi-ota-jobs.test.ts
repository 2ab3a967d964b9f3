import type { IotClient } from '../support/openapi.ts'
import type { UpdatingDevice } from '../support/rollout-bench.ts'
import { expect, it } from 'vitest'
import { models, startOpenApi } from '../support/openapi.ts'
import { imageOf, makePackage, withDownloads } from '../support/ota-bench.ts'
import { connectUpdating } from '../support/rollout-bench.ts'
import { makeDevice } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'
const { CancelOTAStrategyByJobRequest, CancelOTATaskByDeviceRequest, CancelOTATaskByJobRequest, ConfirmOTATaskRequest, CreateOTADynamicUpgradeJobRequest, CreateOTAStaticUpgradeJobRequest, CreateOTAVerifyJobRequest, ListOTAJobByDeviceRequest, ListOTAJobByFirmwareRequest, ListOTATaskByJobRequest, ListOTAUnfinishedTaskByDeviceRequest, QueryOTAFirmwareRequest, QueryOTAJobRequest, ReupgradeOTATaskRequest } = models

type StaticWish = Partial<ConstructorParameters<typeof CreateOTAStaticUpgradeJobRequest>[0]>

/** A product with devices `dev-0001` …, a package for it, and the cloud's own clients. */
async function start({ count = 2, verify = false }: { count?: number, verify?: boolean } = {}) {
  const started = await startOpenApi(withDownloads)
  const { api, client } = started
  const certificates: Awaited<ReturnType<typeof makeDevice>>[] = []
  for (let index = 1; index <= count; index++)
    certificates.push(await makeDevice(api, `dev-000${index}`))
  const { packageId: firmwareId } = await makePackage(api, imageOf(1_000), { verify })
  const connect = (index: number): Promise<UpdatingDevice> => connectUpdating(started, certificates[index - 1]!)
  const createStatic = (wish: StaticWish) => client.createOTAStaticUpgradeJob(new CreateOTAStaticUpgradeJobRequest({ firmwareId, productKey, targetSelection: 'ALL', ...wish }))
  const queryJob = async (jobId: string) => (await client.queryOTAJob(new QueryOTAJobRequest({ jobId }))).body.data!
  return { ...started, firmwareId, connect, createStatic, queryJob }
}

async function tasksOf(client: IotClient, jobId: string, more: object = {}) {
  const { body } = await client.listOTATaskByJob(new ListOTATaskByJobRequest({ jobId, currentPage: 1, pageSize: 100, ...more }))
  return body.data!.simpleOTATaskInfo!.map(({ deviceName, taskStatus, taskId }) => ({ deviceName, taskStatus, taskId: taskId! }))
}

const statesOf = async (client: IotClient, jobId: string): Promise<string[]> => (await tasksOf(client, jobId)).map(({ taskStatus }) => taskStatus!)

it('makes static batches with every option and answers with what they were made with', async () => {
  const { api, client, pop, firmwareId, createStatic, queryJob } = await start()
  const scheduleTime = Date.now() + 3_600_000
  const { body } = await createStatic({
    srcVersion: ['1.0', '1.1'],
    tag: [{ key: 'wave', value: '1' }, { key: 'by.whom', value: 'me & you' }] as never,
    maximumPerMinute: 20,
    retryInterval: 10,
    retryCount: 2,
    timeoutInMinutes: 60,
    overwriteMode: 2,
    needPush: false,
    needConfirm: true,
    downloadProtocol: 'HTTPS',
    scheduleTime,
    scheduleFinishTime: scheduleTime + 7_200_000,
  })
  expect(body).toMatchObject({ success: true, data: { jobId: expect.any(String) as string, utcCreate: expect.stringMatching(/^\d{4}-.*Z$/) as string } })
  const jobId = body.data!.jobId!
  expect(await queryJob(jobId)).toMatchObject({
    destVersion: '2.0.0',
    downloadProtocol: 'HTTPS',
    firmwareId,
    jobId,
    jobStatus: 'PLANNED',
    jobType: 'UPGRADE_FIRMWARE',
    maximumPerMinute: 20,
    multiModuleMode: false,
    needConfirm: true,
    needPush: false,
    overwriteMode: 2,
    productKey,
    retryCount: 2,
    retryInterval: 10,
    selectionType: 'STATIC',
    srcVersions: { srcVersion: ['1.0', '1.1'] },
    tags: { otaTagDTO: [{ key: 'wave', value: '1' }, { key: 'by.whom', value: 'me & you' }] },
    targetSelection: 'ALL',
    timeoutInMinutes: 60,
    utcScheduleTime: new Date(scheduleTime).toISOString(),
    utcScheduleFinishTime: new Date(scheduleTime + 7_200_000).toISOString(),
  })
  const { body: now } = await createStatic({ overwriteMode: 2 })
  expect(await queryJob(now.data!.jobId!)).toMatchObject({ jobStatus: 'IN_PROGRESS', maximumPerMinute: 10_000, needPush: true, needConfirm: false, utcStartTime: now.data!.utcCreate })
  const { body: list } = await client.listOTAJobByFirmware(new ListOTAJobByFirmwareRequest({ firmwareId, currentPage: 1, pageSize: 10 }))
  expect(list).toMatchObject({ total: 2, pageCount: 1, data: { simpleOTAJobInfo: [{ jobId: now.data!.jobId }, { jobId, tags: { otaTagDTO: [{ key: 'wave' }, {}] } }] } })
  const ofDevice = new ListOTAJobByDeviceRequest({ firmwareId, productKey, deviceName: 'dev-0001', currentPage: 1, pageSize: 10 })
  expect((await client.listOTAJobByDevice(ofDevice)).body).toMatchObject({ total: 1, data: { simpleOTAJobInfo: [{ jobId: now.data!.jobId, jobStatus: 'IN_PROGRESS' }] } })

  await expect(createStatic({ retryInterval: 10 })).rejects.toMatchObject({ code: 'MissingParameter', message: expect.stringContaining('RetryCount') as string })
  await expect(createStatic({ downloadProtocol: 'FTP' })).rejects.toMatchObject({ message: expect.stringContaining('DownloadProtocol') as string })
  expect((await createStatic({ retryInterval: 60, retryCount: 1, timeoutInMinutes: 60 })).body).toMatchObject({ success: false, code: 'iot.ota.JobRefused', errorMessage: expect.stringContaining('shorter than the timeout') as string })
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  expect((await createStatic({ maximumPerMinute: 5 })).body).toMatchObject({ success: false, errorMessage: expect.stringContaining('10 to 10,000 devices a minute') as string })
  expect((await createStatic({ scheduleTime: Date.now() - 1 })).body).toMatchObject({ success: false, errorMessage: expect.stringContaining('in the future') as string })
  expect((await createStatic({ productKey: 'a1Other' })).body).toMatchObject({ success: false, code: 'iot.ota.NotExistedFirmware' })
  await expect(pop('QueryOTAJob', { JobId: 'nothing' })).rejects.toMatchObject({ code: 'iot.ota.NotExistedJob' })
})

it('takes the devices of a static batch by name, by share or by group', async () => {
  const { api, client, createStatic, queryJob } = await start({ count: 4 })
  const namesIn = async (wish: StaticWish): Promise<(string | undefined)[]> => {
    const { body } = await createStatic({ overwriteMode: 2, needPush: false, ...wish })
    return (await tasksOf(client, body.data!.jobId!)).map(({ deviceName }) => deviceName)
  }
  expect(await namesIn({ targetSelection: 'SPECIFIC', targetDeviceName: ['dev-0002', 'dev-0004'] })).toEqual(['dev-0002', 'dev-0004'])
  expect(await namesIn({ targetSelection: 'GRAY', grayPercent: '50.5' })).toHaveLength(2)
  const { groupId } = await api.call('group.create', { name: 'wave_one' })
  await api.call('group.addDevices', { group: groupId, devices: [{ productKey, deviceName: 'dev-0003' }] })
  const { body } = await createStatic({ overwriteMode: 2, targetSelection: 'GROUP', groupId, groupType: 'LINK_PLATFORM' })
  expect(await queryJob(body.data!.jobId!)).toMatchObject({ targetSelection: 'GROUP', groupId, groupName: 'wave_one' })
  expect(await tasksOf(client, body.data!.jobId!, { deviceNames: ['dev-0003', 'dev-0001'] })).toMatchObject([{ deviceName: 'dev-0003', taskStatus: 'QUEUED' }])

  expect((await createStatic({ targetSelection: 'SPECIFIC', targetDeviceName: ['dev-0001', 'nobody'] })).body).toMatchObject({ success: false, code: 'iot.ota.JobRefused', errorMessage: expect.stringContaining('nobody') as string })
  expect((await createStatic({ targetSelection: 'GROUP', groupId: 'nothing' })).body).toMatchObject({ success: false, code: 'iot.group.NotExistedGroup' })
  expect((await createStatic({ targetSelection: 'GRAY', grayPercent: '1' })).body).toMatchObject({ success: false, errorMessage: expect.stringContaining('No device would get a task') as string })
  for (const [wish, name] of [[{ targetSelection: 'GRAY', grayPercent: '0' }, 'GrayPercent'], [{ targetSelection: 'GRAY' }, 'GrayPercent'], [{ targetSelection: 'SPECIFIC' }, 'TargetDeviceName'], [{ targetSelection: 'GROUP' }, 'GroupId'], [{ targetSelection: 'MOST' }, 'TargetSelection']] as const)
    await expect(createStatic(wish)).rejects.toMatchObject({ message: expect.stringContaining(name) as string })
})

it('makes a dynamic batch that takes devices when they report a version, changes it and ends it', async () => {
  const { client, pop, firmwareId, connect, queryJob } = await start()
  const first = await connect(1)
  await first.inform('1.0')
  const createDynamic = (wish: object) => client.createOTADynamicUpgradeJob(new CreateOTADynamicUpgradeJobRequest({ firmwareId, productKey, ...wish }))
  expect((await createDynamic({})).body).toMatchObject({ success: false, code: 'iot.ota.JobRefused' })
  expect((await createDynamic({ groupId: 'nothing', groupType: 'LINK_PLATFORM_DYNAMIC' })).body).toMatchObject({ success: false, code: 'iot.group.NotExistedGroup' })
  const { body } = await createDynamic({ srcVersion: ['1.0'], dynamicMode: 2, timeoutInMinutes: 30, multiModuleMode: true, tag: [{ key: 'wave', value: '1' }] })
  const jobId = body.data!.jobId!
  expect(await queryJob(jobId)).toMatchObject({ selectionType: 'DYNAMIC', dynamicMode: 2, jobStatus: 'IN_PROGRESS', multiModuleMode: true, timeoutInMinutes: 30 })
  expect(await tasksOf(client, jobId)).toEqual([])
  const second = await connect(2)
  await second.inform('1.0')
  await waitFor(() => second.notices.length === 1)
  expect(second.notices[0]!.message.data).toMatchObject({ version: '2.0.0', extData: { wave: '1' } })
  expect(await tasksOf(client, jobId)).toMatchObject([{ deviceName: 'dev-0002', taskStatus: 'NOTIFIED' }])

  // The typed client does not know this action yet.
  await pop('UpdateOTAJob', { 'JobId': jobId, 'UpgradeType': 'DYNAMIC', 'TargetSelection': 'ALL', 'MaximumPerMinute': 30, 'TimeoutInMinutes': 90, 'SrcVersionList.1': '1.0', 'SrcVersionList.2': '1.1', 'Tags.1.Key': 'wave', 'Tags.1.Value': '2' }, 'POST')
  expect(await queryJob(jobId)).toMatchObject({ maximumPerMinute: 30, timeoutInMinutes: 90, srcVersions: { srcVersion: ['1.0', '1.1'] }, tags: { otaTagDTO: [{ key: 'wave', value: '2' }] } })
  await pop('UpdateOTAJob', { JobId: jobId, UpgradeType: 'DYNAMIC', MaximumPerMinute: 30 })
  expect((await queryJob(jobId)).tags?.otaTagDTO).toEqual([])

  expect((await client.cancelOTAStrategyByJob(new CancelOTAStrategyByJobRequest({ jobId }))).body.success).toBe(true)
  expect(await queryJob(jobId)).toMatchObject({ jobStatus: 'CANCELED', utcEndTime: expect.any(String) as string })
  expect(await tasksOf(client, jobId)).toMatchObject([{ taskStatus: 'NOTIFIED' }])
  await expect(pop('UpdateOTAJob', { JobId: jobId, MaximumPerMinute: 40 })).rejects.toMatchObject({ code: 'iot.ota.JobRefused' })
})

it('makes a dynamic batch for a dynamic group', async () => {
  const { api, client, firmwareId, queryJob } = await start()
  const { groupId } = await api.call('group.create', { name: 'all_of_it', query: `product_key = "${productKey}"` })
  const { body } = await client.createOTADynamicUpgradeJob(new CreateOTADynamicUpgradeJobRequest({ firmwareId, productKey, groupId, groupType: 'LINK_PLATFORM_DYNAMIC', overwriteMode: 1 }))
  expect(body.success).toBe(true)
  expect(await queryJob(body.data!.jobId!)).toMatchObject({ targetSelection: 'GROUP', groupId, groupName: 'all_of_it', dynamicMode: 1, overwriteMode: 1 })
  expect(await tasksOf(client, body.data!.jobId!)).toHaveLength(2)
})

it('verifies a package on devices that it names before the package can be given to others', async () => {
  const { client, firmwareId, connect, createStatic, queryJob } = await start({ verify: true })
  expect((await createStatic({})).body).toMatchObject({ success: false, code: 'iot.ota.JobRefused', errorMessage: expect.stringContaining('verified first') as string })
  const device = await connect(1)
  const verify = (targetDeviceName: string[]) => client.createOTAVerifyJob(new CreateOTAVerifyJobRequest({ firmwareId, productKey, targetDeviceName, timeoutInMinutes: 60, needPush: true, needConfirm: false, downloadProtocol: 'HTTPS' }))
  await expect(verify(Array.from({ length: 11 }, (_, index) => `dev-${index}`))).rejects.toMatchObject({ message: expect.stringContaining('TargetDeviceName') as string })
  const { body } = await verify(['dev-0001'])
  expect(await queryJob(body.data!.jobId!)).toMatchObject({ jobType: 'VERFIY_FIRMWARE', selectionType: 'STATIC', targetSelection: 'SPECIFIC', timeoutInMinutes: 60 })
  const statusOf = async () => (await client.queryOTAFirmware(new QueryOTAFirmwareRequest({ firmwareId }))).body.firmwareInfo
  expect(await statusOf()).toMatchObject({ status: 2, verifyProgress: 0 })
  await waitFor(() => device.notices.length === 1)
  await device.inform('2.0.0')
  expect(await statusOf()).toMatchObject({ status: 1, verifyProgress: 100 })
  expect((await createStatic({})).body.success).toBe(true)
})

it('lists, confirms, cancels and begins anew the updates of devices', async () => {
  const { client, firmwareId, connect, createStatic } = await start({ count: 3 })
  const device = await connect(1)
  await device.inform('1.0')
  const { body } = await createStatic({ needConfirm: true, timeoutInMinutes: 45 })
  const jobId = body.data!.jobId!
  const unfinished = async (more: object = {}) => (await client.listOTAUnfinishedTaskByDevice(new ListOTAUnfinishedTaskByDeviceRequest({ productKey, deviceName: 'dev-0001', ...more }))).body.data!.simpleOTATaskInfo!
  expect(await unfinished()).toMatchObject([{ destVersion: '2.0.0', srcVersion: '1.0', deviceName: 'dev-0001', firmwareId, jobId, moduleName: 'default', productKey, taskStatus: 'CONFIRM' }])
  expect(await unfinished({ moduleName: 'mcu' })).toEqual([])
  expect(await unfinished({ taskStatus: 'QUEUED' })).toEqual([])
  const [first] = await unfinished({ taskStatus: 'CONFIRM' })

  const confirm = (...taskId: string[]) => client.confirmOTATask(new ConfirmOTATaskRequest({ taskId }))
  expect((await confirm(first!.taskId!)).body.success).toBe(true)
  expect((await confirm(first!.taskId!)).body).toMatchObject({ success: false, code: 'iot.ota.NoTaskToConfirm' })
  await expect(confirm('what')).rejects.toMatchObject({ message: expect.stringContaining('TaskId') as string })
  await waitFor(() => device.notices.length === 1)
  await device.progress(40, 'downloading')
  const { body: tasks } = await client.listOTATaskByJob(new ListOTATaskByJobRequest({ jobId, currentPage: 1, pageSize: 2 }))
  expect(tasks).toMatchObject({ total: 3, pageCount: 2, data: { simpleOTATaskInfo: [{ deviceName: 'dev-0001', taskStatus: 'IN_PROGRESS', progress: '40', srcVersion: '1.0', timeout: '45', iotId: expect.any(String) as string, productName: expect.any(String) as string }, { taskStatus: 'CONFIRM', progress: '0' }] } })

  const cancelByJob = (wish: object) => client.cancelOTATaskByJob(new CancelOTATaskByJobRequest({ jobId, ...wish }))
  await expect(cancelByJob({})).rejects.toMatchObject({ message: expect.stringContaining('expected at least one choice') as string })
  expect((await cancelByJob({ cancelQueuedTask: true, cancelUnconfirmedTask: false })).body.success).toBe(true)
  expect(await statesOf(client, jobId)).toEqual(['IN_PROGRESS', 'CONFIRM', 'CONFIRM'])
  await cancelByJob({ cancelQueuedTask: true })
  expect(await statesOf(client, jobId)).toEqual(['IN_PROGRESS', 'CANCELED', 'CANCELED'])

  const taskIds = (await tasksOf(client, jobId)).map(({ taskId }) => taskId)
  const reupgrade = (...taskId: string[]) => client.reupgradeOTATask(new ReupgradeOTATaskRequest({ jobId, taskId }))
  expect((await reupgrade(taskIds[0]!)).body).toMatchObject({ success: false, code: 'iot.ota.NoTaskToReupgrade' })
  expect((await reupgrade(...taskIds.slice(1))).body.success).toBe(true)
  expect(await statesOf(client, jobId)).toEqual(['IN_PROGRESS', 'CONFIRM', 'CONFIRM'])

  const cancelByDevice = (deviceName: string[], more: object = {}) => client.cancelOTATaskByDevice(new CancelOTATaskByDeviceRequest({ firmwareId, productKey, deviceName, ...more }))
  expect((await cancelByDevice(['dev-0002'], { jobId: 'nothing' })).body).toMatchObject({ success: false, code: 'iot.ota.NotExistedJob' })
  expect((await cancelByDevice(['nobody'])).body).toMatchObject({ success: false, code: 'iot.device.NotExistedDevice' })
  expect((await cancelByDevice(['dev-0001', 'dev-0002'], { jobId })).body.success).toBe(true)
  expect(await statesOf(client, jobId)).toEqual(['CANCELED', 'CANCELED', 'CONFIRM'])
  expect(await unfinished()).toEqual([])
})
