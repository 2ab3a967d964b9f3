import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { ConfigFile, NpmSdkDevice } from '../support/npm-sdk.ts'
import type { IotClient, TestOpenApi } from '../support/openapi.ts'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { connectNpmDevice } from '../support/npm-sdk.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { imageOf, withDownloads } from '../support/ota-bench.ts'
import { waitFor } from '../support/wait-for.ts'

const image = Buffer.from(imageOf(300_000))

interface UpdateNotice { code: string, message: string, data: { version: string, size: number, url: string, sign: string, signMethod: string, extData?: object } }

/** A device that updates itself, as a program on the npm SDK does it. */
interface Updater {
  device: NpmSdkDevice
  /** The version that it runs. */
  version: () => string
  notices: UpdateNotice[]
  /** What it wrote, after the digest was right. */
  flashed: Buffer[]
}

/** Connects with the unmodified SDK; the program around it is what a maker of devices writes after the SDK's manual. */
async function startUpdater({ mqtt }: TestOpenApi, certificate: DeviceCertificate, { pulls = false, keeps = false } = {}): Promise<Updater> {
  const { productKey, deviceName } = certificate
  const device = await connectNpmDevice(mqtt, certificate)
  const notices: UpdateNotice[] = []
  const flashed: Buffer[] = []
  let version = '1.0.0'
  let id = 0
  const say = (topic: string, params: object): void => device.publish(topic, JSON.stringify({ id: String(++id), version: '1.0', params }))
  const inform = (): void => say(`/ota/device/inform/${productKey}/${deviceName}`, { version })
  const progress = (step: number, desc: string): void => say(`/ota/device/progress/${productKey}/${deviceName}`, { step: String(step), desc })
  const update = async (notice: UpdateNotice): Promise<void> => {
    notices.push(notice)
    const { url, size, sign, signMethod, version: next } = notice.data
    progress(1, 'downloading')
    const response = await fetch(url)
    const content = Buffer.from(await response.arrayBuffer())
    if (!response.ok || content.length !== size)
      return progress(-2, `status ${response.status}, ${content.length} bytes`)
    if (createHash(signMethod.toLowerCase()).update(content).digest('hex') !== sign)
      return progress(-3, 'bad digest')
    progress(100, 'flashed')
    flashed.push(content)
    if (!keeps)
      version = next
    inform()
  }
  device.on('message', (topic: string, payload: Buffer) => {
    const isNotice = topic === `/ota/device/upgrade/${productKey}/${deviceName}` || topic.endsWith('/thing/ota/firmware/get_reply')
    const notice = isNotice ? JSON.parse(payload.toString()) as UpdateNotice : undefined
    if (notice?.data.version !== undefined)
      void update(notice)
  })
  device.subscribe(`/ota/device/upgrade/${productKey}/${deviceName}`)
  inform()
  if (pulls)
    device.publish(`/sys/${productKey}/${deviceName}/thing/ota/firmware/get`, JSON.stringify({ id: '100', version: '1.0', params: {}, method: 'thing.ota.firmware.get' }))
  return { device, version: () => version, notices, flashed }
}

/** Makes a product and devices as a server program does. */
async function makeDevices(client: IotClient, ...deviceNames: string[]): Promise<DeviceCertificate[]> {
  const { body } = await client.createProduct(new models.CreateProductRequest({ productName: 'Lamps', nodeType: 0, aliyunCommodityCode: 'iothub_senior', dataFormat: 1, netType: 'WIFI' }))
  const productKey = body!.productKey!
  const made: DeviceCertificate[] = []
  for (const deviceName of deviceNames) {
    const { body } = await client.registerDevice(new models.RegisterDeviceRequest({ productKey, deviceName }))
    made.push({ productKey, deviceName, deviceSecret: body!.data!.deviceSecret! })
  }
  return made
}

/** Posts the image as the cloud's manual tells programs to and makes a package of it. */
async function postPackage(client: IotClient, wish: object): Promise<string> {
  const { body: { data } } = await client.generateOTAUploadURL(new models.GenerateOTAUploadURLRequest({ fileSuffix: 'bin' }))
  const form = new FormData()
  for (const [name, value] of Object.entries({ key: data!.key, OSSAccessKeyId: data!.OSSAccessKeyId, policy: data!.policy, Signature: data!.signature, success_action_status: '200' }))
    form.append(name, value!)
  form.append('file', new Blob([image]), 'app.bin')
  expect((await fetch(data!.host!, { method: 'POST', body: form })).status).toBe(200)
  const { body } = await client.createOTAFirmware(new models.CreateOTAFirmwareRequest({ firmwareName: 'app-2', destVersion: '2.0.0', firmwareUrl: data!.firmwareUrl, ...wish }))
  expect(body).toMatchObject({ success: true })
  return body.data!.firmwareId!
}

async function jobOf(client: IotClient, jobId: string) {
  return (await client.queryOTAJob(new models.QueryOTAJobRequest({ jobId }))).body.data!
}

async function tasksOf(client: IotClient, jobId: string) {
  return (await client.listOTATaskByJob(new models.ListOTATaskByJobRequest({ jobId, currentPage: 1, pageSize: 10 }))).body.data!.simpleOTATaskInfo!
}

it('updates devices on the unmodified npm SDK over HTTP, first one that verifies the package and then all, driven by the cloud\'s own client', async () => {
  const bench = await startOpenApi(withDownloads)
  const { client } = bench
  const certificates = await makeDevices(client, 'lamp-0001', 'lamp-0002', 'lamp-0003')
  const [{ productKey }] = certificates as [DeviceCertificate]
  const first = await startUpdater(bench, certificates[0]!)
  const firmwareId = await postPackage(client, { productKey, signMethod: 'SHA256' })

  const { body: verify } = await client.createOTAVerifyJob(new models.CreateOTAVerifyJobRequest({ firmwareId, productKey, targetDeviceName: ['lamp-0001'] }))
  await waitFor(async () => (await jobOf(client, verify.data!.jobId!)).jobStatus === 'COMPLETED')
  expect([first.version(), first.flashed.length, first.flashed[0]!.equals(image)]).toEqual(['2.0.0', 1, true])
  expect(first.notices).toMatchObject([{ code: '1000', message: 'success', data: { signMethod: 'SHA256', size: image.length } }])
  expect((await client.queryOTAFirmware(new models.QueryOTAFirmwareRequest({ firmwareId }))).body.firmwareInfo).toMatchObject({ status: 1, verifyProgress: 100 })

  // One is there when the batch begins, the other comes later; the first one has the version.
  const second = await startUpdater(bench, certificates[1]!)
  await waitFor(async () => {
    const { body } = await client.listOTAModuleVersionsByDevice(new models.ListOTAModuleVersionsByDeviceRequest({ productKey, deviceName: 'lamp-0002', currentPage: 1, pageSize: 10 }))
    return body.data!.simpleOTAModuleInfo![0]?.moduleVersion === '1.0.0'
  })
  const { body: all } = await client.createOTAStaticUpgradeJob(new models.CreateOTAStaticUpgradeJobRequest({ firmwareId, productKey, targetSelection: 'ALL', timeoutInMinutes: 60, tag: [{ key: 'wave', value: '1' }] as never }))
  const jobId = all.data!.jobId!
  await waitFor(async () => (await tasksOf(client, jobId)).find(({ deviceName }) => deviceName === 'lamp-0002')?.taskStatus === 'SUCCEEDED')
  expect((await jobOf(client, jobId)).jobStatus).toBe('IN_PROGRESS')
  const third = await startUpdater(bench, certificates[2]!)
  await waitFor(async () => (await jobOf(client, jobId)).jobStatus === 'COMPLETED')
  expect((await tasksOf(client, jobId)).map(({ deviceName, taskStatus, progress, srcVersion, destVersion }) => [deviceName, taskStatus, progress, srcVersion, destVersion])).toEqual([
    ['lamp-0002', 'SUCCEEDED', '100', '1.0.0', '2.0.0'],
    ['lamp-0003', 'SUCCEEDED', '100', '1.0.0', '2.0.0'],
  ])
  expect([second.version(), third.version()]).toEqual(['2.0.0', '2.0.0'])
  expect(second.notices[0]!.data.extData).toEqual({ wave: '1' })
  expect(first.notices).toHaveLength(1)
})

it('gives the update to a device on the npm SDK that asks, and fails the one that comes back with an older version', async () => {
  const bench = await startOpenApi(withDownloads)
  const { client } = bench
  const [asking, keeping] = await makeDevices(client, 'lamp-0001', 'lamp-0002') as [DeviceCertificate, DeviceCertificate]
  const { productKey } = asking
  // Any address that serves a file will do.
  const server = createServer((_request, response) => response.writeHead(200).end(image))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  const { body } = await client.createOTAFirmware(new models.CreateOTAFirmwareRequest({ firmwareName: 'app-2', destVersion: '2.0.0', productKey, needToVerify: false, firmwareUrl: `http://127.0.0.1:${port}/app.bin` }))
  const firmwareId = body.data!.firmwareId!
  const { body: made } = await client.createOTAStaticUpgradeJob(new models.CreateOTAStaticUpgradeJobRequest({ firmwareId, productKey, targetSelection: 'ALL', needPush: false }))
  const jobId = made.data!.jobId!
  const first = await startUpdater(bench, asking, { pulls: true })
  await waitFor(async () => (await tasksOf(client, jobId))[0]!.taskStatus === 'SUCCEEDED')
  expect([first.version(), first.flashed.length]).toEqual(['2.0.0', 1])

  const second = await startUpdater(bench, keeping, { pulls: true, keeps: true })
  await waitFor(async () => (await tasksOf(client, jobId))[1]!.progress === '100')
  expect((await tasksOf(client, jobId))[1]).toMatchObject({ taskStatus: 'IN_PROGRESS' })
  second.device.publish(`/ota/device/inform/${productKey}/lamp-0002`, '{"id":"9","params":{"version":"0.9"}}')
  await waitFor(async () => (await jobOf(client, jobId)).jobStatus === 'COMPLETED')
  expect((await tasksOf(client, jobId))[1]).toMatchObject({ taskStatus: 'FAILED', taskDesc: expect.stringContaining('0.9') as string })
})

it('gives a device on the unmodified npm SDK its remote configuration when it asks, and pushes it', async () => {
  const bench = await startOpenApi(withDownloads)
  const { api, client } = bench
  const [certificate] = await makeDevices(client, 'lamp-0001') as [DeviceCertificate]
  const { productKey } = certificate
  const device = await connectNpmDevice(bench.mqtt, certificate)
  const ask = () => new Promise<{ code: number, data: ConfigFile }>(resolve => device.getConfig(resolve))
  const fetchChecked = async ({ url, sign, signMethod, configSize }: ConfigFile): Promise<unknown> => {
    const content = Buffer.from(await (await fetch(url)).arrayBuffer())
    expect([createHash(signMethod.toLowerCase()).update(content).digest('hex'), content.length]).toEqual([sign, configSize])
    return JSON.parse(content.toString())
  }
  expect(await ask()).toMatchObject({ code: 6713 })

  // The cloud's API has no action for this.
  await api.call('remoteConfig.setEnabled', { productKey, enabled: true })
  await api.call('remoteConfig.save', { productKey, text: '{"interval":30}' })
  const answer = await ask()
  expect(answer).toMatchObject({ code: 200, data: { getType: 'file', signMethod: 'Sha256' } })
  expect(await fetchChecked(answer.data)).toEqual({ interval: 30 })

  const pushed: { params: ConfigFile }[] = []
  device.onConfig(message => pushed.push(message))
  await api.call('remoteConfig.save', { productKey, text: '{"interval":60}' })
  expect(await api.call('remoteConfig.push', { productKey })).toMatchObject({ version: 2, sentCount: 1 })
  await waitFor(() => pushed.length === 1)
  expect(await fetchChecked(pushed[0]!.params)).toEqual({ interval: 60 })
  const { devices } = await api.call('remoteConfig.devices', { productKey })
  expect(devices).toMatchObject([{ deviceName: 'lamp-0001', fetched: { version: 2 } }])
})
