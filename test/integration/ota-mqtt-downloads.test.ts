import type { MqttClient } from 'mqtt'
import type { BlockReply } from '../../src/shared/alink/file-download.ts'
import type { MethodInput } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { buildBlockRequest, parseBlockReply } from '../../src/shared/alink/file-download.ts'
import { limits } from '../../src/shared/limits.ts'
import { connectGateway, makeGateways, rowsOf } from '../support/gateway.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { imageOf, makePackage, startOtaBench, uploadFile } from '../support/ota-bench.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const device = { productKey: 'a1Test', deviceName: 'dev-0001' }
const image = imageOf(1024 * 1024)
const md5 = createHash('md5').update(image).digest('hex')

interface Offer { streamId: number, streamFileId: number, size: number, sign: string, dProtocol: string, url?: string }

/** A device that downloads over MQTT, itself or through a gateway. */
interface Downloader {
  client: MqttClient
  offers: Offer[]
  /** Asks for a block and resolves with what came, as bytes. */
  raw: (payload: string) => Promise<Buffer>
  block: (offer: Offer, offset: number, size?: number, fileId?: number) => Promise<BlockReply>
}

function downloaderOn(client: MqttClient, { productKey, deviceName }: Pick<DeviceCertificate, 'productKey' | 'deviceName'>): Downloader {
  const offers: Offer[] = []
  const frames: Buffer[] = []
  client.on('message', (topic, payload) => {
    if (topic === `/ota/device/upgrade/${productKey}/${deviceName}`)
      offers.push((JSON.parse(payload.toString()) as { data: Offer }).data)
    else if (topic === `/sys/${productKey}/${deviceName}/thing/file/download_reply`)
      frames.push(payload)
  })
  let id = 0
  const raw: Downloader['raw'] = async (payload) => {
    const before = frames.length
    await client.publishAsync(`/sys/${productKey}/${deviceName}/thing/file/download`, payload)
    return waitFor(() => frames[before], { what: `the answer to ${payload}` })
  }
  return {
    client,
    offers,
    raw,
    block: async ({ streamId, streamFileId }, offset, size = 5 * 1024, fileId = streamFileId) => {
      const reply = parseBlockReply(await raw(buildBlockRequest({ productKey, deviceName }, { streamId, fileId, size, offset }, String(++id)).payload))
      expect(reply).toMatchObject({ id: String(id) })
      return reply as BlockReply
    },
  }
}

/** Downloads as Link SDK 4 does: one block after the other, each compared with what was asked for. */
async function download({ block }: Downloader, offer: Offer, size: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for (let offset = 0; offset < offer.size;) {
    const reply = await block(offer, offset, size)
    expect(reply).toMatchObject({ code: 200, offset, fileLength: offer.size })
    expect(reply.data!.length).toBe(Math.min(size, offer.size - offset))
    parts.push(reply.data!)
    offset += reply.data!.length
  }
  return Buffer.concat(parts)
}

async function startBench({ content = image, spec = {} }: { content?: Uint8Array, spec?: Partial<MethodInput<'batch.create'>> } = {}) {
  const running = await startOtaBench()
  const connect = async (deviceName: string): Promise<Downloader> => {
    const certificate = await makeDevice(running.api, deviceName)
    let downloader: Downloader | undefined
    await connectDevice(running.mqtt, certificate, { _ss: '1' }, client => downloader = downloaderOn(client, certificate))
    await downloader!.client.subscribeAsync(`/sys/a1Test/${deviceName}/thing/file/download_reply`)
    return downloader!
  }
  const { packageId } = await makePackage(running.api, content, { verify: false })
  const one = await connect('dev-0001')
  const batch = await running.api.call('batch.create', { packageId, protocol: 'MQTT', scope: { kind: 'named', deviceNames: ['dev-0001'] }, ...spec })
  return { ...running, packageId, batch, one, connect }
}

async function firstOffer({ offers }: Downloader): Promise<Offer> {
  return waitFor(() => offers[0], { what: 'the notice' })
}

it('tells a device of a stream instead of an address, and gives it 1 MB in blocks whose digest is right', async () => {
  const { one, api } = await startBench()
  const offer = await firstOffer(one)
  expect(offer).toMatchObject({ dProtocol: 'mqtt', streamFileId: 1, size: image.length, sign: md5 })
  expect(offer.url).toBeUndefined()
  expect(createHash('md5').update(await download(one, offer, limits.downloadBlockBytesMax)).digest('hex')).toBe(md5)

  // The bytes are in the package and not a second time in the trace.
  const [row] = await rowsOf(api, { ...device, topic: '/sys/a1Test/dev-0001/thing/file/download_reply', direction: 'down' }, 1)
  expect(row!.payloadBytes).toBeLessThan(256)
  expect(row!.preview).toMatch(/^\{"code":200,"data":\{"bOffset":0,"fileLength":1048576,"bSize":131072\},"id":"1","message":"success"\}$/)
  const { steps, journey } = await api.call('trace.get', { id: row!.id })
  expect(steps.at(-1)!.message).toMatch(/131072 bytes of 1048576, from 0 on; the trace keeps only the header/)
  expect(journey.map(({ topic, code }) => [topic, code])).toEqual([['/sys/a1Test/dev-0001/thing/file/download', 200], ['/sys/a1Test/dev-0001/thing/file/download_reply', 200]])
  expect(createHash('md5').update(await download(one, offer, 5 * 1024)).digest('hex')).toBe(md5)
})

it('answers byte for byte as the cloud does, also the JSON that Link SDK 4 gets wrong', async () => {
  const { one } = await startBench({ content: new TextEncoder().encode('HELLO-OTA') })
  const { streamId } = await firstOffer(one)
  const request = `{"id":"7","version":"1.0","params":{"fileToken":"default","fileInfo":{"streamId":${streamId},"fileId":1,},"fileBlock":{"size":5120,"offset":0}}}`
  const header = '{"code":200,"data":{"bOffset":0,"fileLength":9,"bSize":9},"id":"7","message":"success"}'
  expect((await one.raw(request)).toString('hex')).toBe(`0057${Buffer.from(header).toString('hex')}48454c4c4f2d4f54418241`)
  const long = await one.raw(request.replace('"7"', '12345678901234567890'))
  expect(long.subarray(2).toString()).toContain('"id":12345678901234567890,')
})

it('refuses blocks outside the file, malformed requests and streams of nobody in the same frame, and says why in the log', async () => {
  const { one, api } = await startBench()
  const offer = await firstOffer(one)
  expect(await one.block(offer, image.length)).toMatchObject({ code: 460 })
  expect(await one.block(offer, image.length - 1)).toMatchObject({ code: 200, data: Buffer.from(image.slice(-1)) })
  expect(await one.block(offer, 0, limits.downloadBlockBytesMax + 1)).toMatchObject({ code: 460, message: 'request parameter error' })
  expect(await one.block(offer, 0, 100, 2)).toMatchObject({ code: 403 })
  expect(await one.block({ ...offer, streamId: offer.streamId + 1 }, 0)).toMatchObject({ code: 403 })
  expect(parseBlockReply(await one.raw('{"id":"x","params":{}}'))).toMatchObject({ id: 'x', code: 460 })
  const rows = await rowsOf(api, { ...device, topic: '/sys/a1Test/dev-0001/thing/file/download', direction: 'up' }, 6)
  await waitFor(async () => (await api.call('trace.page', { filter: { ...device, code: 'failed' }, limit: 10 })).rows.length >= 5)
  const texts = await Promise.all(rows.map(async ({ id }) => (await api.call('trace.get', { id })).steps.map(({ bizCode, operation, code, message }) => [bizCode, operation, code, message].join(' '))))
  expect(texts[4]).toContain(`OTA thing.file.download 403 No update of the device is to be had as stream ${offer.streamId + 1}.`)
  expect((await api.call('trace.get', { id: rows[0]!.id })).explanation).toMatch(/below 1048576, the bytes of the file.*1048576/)
})

it('gives a device only what a task of its own offers over MQTT, and only after it was confirmed', async () => {
  const { one, api, packageId, connect, batch } = await startBench()
  const offer = await firstOffer(one)
  const two = await connect('dev-0002')
  expect(await two.block(offer, 0)).toMatchObject({ code: 403 })

  const named = { kind: 'named' as const, deviceNames: ['dev-0002'] }
  const { batchId } = await api.call('batch.create', { packageId, protocol: 'MQTT', scope: named, needsConfirmation: true })
  const { tasks: [task] } = await api.call('batch.tasks', { batchId })
  const guessed = { ...offer, streamId: Number(task!.taskId) }
  expect(await two.block(guessed, 0)).toMatchObject({ code: 403 })
  await api.call('batch.confirm', { batchId })
  expect(await firstOffer(two)).toEqual(guessed)
  expect(await two.block(guessed, 0)).toMatchObject({ code: 200 })
  await api.call('batch.cancel', { batchId, notified: true })

  const over = await api.call('batch.create', { packageId, scope: named })
  const { tasks: [http] } = await api.call('batch.tasks', { batchId: over.batchId })
  expect(await two.block({ ...offer, streamId: Number(http!.taskId) }, 0)).toMatchObject({ code: 403 })

  // Its stream does not expire, whatever becomes of the task.
  await api.call('batch.cancel', { batchId: batch.batchId, notified: true })
  expect((await api.call('batch.get', { batchId: batch.batchId })).state).toBe('CANCELED')
  expect(await one.block(offer, 0)).toMatchObject({ code: 200 })
  await api.call('otaPackage.delete', { packageId: await cancelled(api, over.batchId, packageId) })
  expect(await one.block(offer, 0)).toMatchObject({ code: 403 })
})

async function cancelled(api: TestEngine['api'], batchId: string, packageId: string): Promise<string> {
  await api.call('batch.cancel', { batchId, queued: true, notified: true })
  return packageId
}

it('keeps the id of a stream when the device asks, connects again, or the engine has ended meanwhile', async () => {
  const { one, api, dir, close } = await startBench({ spec: { pushes: false } })
  const ask = async (client: MqttClient): Promise<Offer> => {
    const answers: Offer[] = []
    client.on('message', (topic, payload) => {
      if (topic.endsWith('/firmware/get_reply'))
        answers.push((JSON.parse(payload.toString()) as { data: Offer }).data)
    })
    await client.publishAsync('/sys/a1Test/dev-0001/thing/ota/firmware/get', '{"id":"1","version":"1.0","params":{}}')
    return waitFor(() => answers[0])
  }
  const offer = await ask(one.client)
  expect(offer).toMatchObject({ dProtocol: 'mqtt', streamFileId: 1, size: image.length })
  const first = await one.block(offer, 0, limits.downloadBlockBytesMax)
  const certificate = await api.call('device.get', device)
  await one.client.endAsync(true)
  await close()

  const again = await startEngine({ workspaceDir: dir })
  let two: Downloader | undefined
  await connectDevice(again.mqtt, certificate, { _ss: '1' }, client => two = downloaderOn(client, device))
  await two!.client.subscribeAsync('/sys/a1Test/dev-0001/thing/file/download_reply')
  expect(await ask(two!.client)).toEqual(offer)
  const rest: Uint8Array[] = [first.data!]
  for (let offset = first.data!.length; offset < offer.size; offset += limits.downloadBlockBytesMax)
    rest.push((await two!.block(offer, offset, limits.downloadBlockBytesMax)).data!)
  expect(createHash('md5').update(Buffer.concat(rest)).digest('hex')).toBe(md5)
})

it('serves a sub-device through its gateway, on the topics of the sub-device', async () => {
  const { api, mqtt } = await startOtaBench()
  const { gateways: [gate], subs } = await makeGateways(api)
  const gateway = await connectGateway(mqtt, gate!)
  const sub = downloaderOn(gateway.client, subs[0]!)
  const other = downloaderOn(gateway.client, subs[1]!)
  await gateway.bringUp(...subs)
  await gateway.client.subscribeAsync(subs.map(({ productKey, deviceName }) => `/sys/${productKey}/${deviceName}/thing/file/download_reply`))
  const { packageId } = await makePackage(api, image, { productKey: 'a1Sub', verify: false })
  await api.call('batch.create', { packageId, protocol: 'MQTT', scope: { kind: 'named', deviceNames: ['node-1'] } })
  const offer = await firstOffer(sub)
  expect(createHash('md5').update(await download(sub, offer, 64 * 1024)).digest('hex')).toBe(md5)
  expect(await other.block(offer, 0)).toMatchObject({ code: 403 })
})

it('tells a device 500 when the file is gone from the disk, and gives the block when it is there again', async () => {
  const { one, api, dir, packageId } = await startBench()
  const offer = await firstOffer(one)
  const { files: [file] } = await api.call('otaPackage.get', { packageId })
  rmSync(path.join(dir, 'packages', file!.fileId))
  expect(await one.block(offer, 0)).toMatchObject({ code: 500, message: 'internal error' })
})

it('makes no batch over MQTT of a file of more than 16 MB or of several files', async () => {
  const { api } = await startOtaBench()
  await makeDevice(api)
  const tooLarge = await makePackage(api, new Uint8Array(limits.downloadOverMqttBytesMax + 1), { verify: false })
  await expect(api.call('batch.create', { packageId: tooLarge.packageId, protocol: 'MQTT' })).rejects.toMatchObject({ code: 'ota/batch-refused', message: expect.stringContaining('more than 16 MB') as string })
  const largest = await makePackage(api, new Uint8Array(limits.downloadOverMqttBytesMax), { name: 'largest', version: '2.0.1', verify: false })
  expect(await api.call('batch.create', { packageId: largest.packageId, protocol: 'MQTT' })).toMatchObject({ protocol: 'MQTT', state: 'IN_PROGRESS' })
  const several = await makePackage(api, image.slice(0, 10), { name: 'several', version: '2.0.2', verify: false, uploadIds: [await uploadFile(api, 'a.bin', image.slice(0, 10)), await uploadFile(api, 'b.bin', image.slice(0, 20))] })
  await expect(api.call('batch.create', { packageId: several.packageId, protocol: 'MQTT' })).rejects.toMatchObject({ code: 'ota/batch-refused', message: expect.stringContaining('several files') as string })
})
