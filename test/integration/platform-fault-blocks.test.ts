import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { expect, it } from 'vitest'
import { buildBlockRequest, parseBlockReply } from '../../src/shared/alink/file-download.ts'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { imageOf, makePackage, startOtaBench, uploadFile, withDownloads } from '../support/ota-bench.ts'
import { talkingProductKey as productKey, talkingModel } from '../support/talking-product.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const scope = { productKey, deviceName: 'sim-0001' }
const size = 100_000

/** A simulated device, and what is released to it over MQTT. */
async function startFleet() {
  const { api } = await startEngine(withDownloads)
  await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
  const { fleetId } = await api.call('fleet.create', { productKey, count: 1, intervalSec: 3_600, seed: 7, conversation: quietConversation, updates: { flashMs: 100, restartMs: 100 } })
  await api.call('fleet.start', { fleetId })
  await waitFor(async () => (await api.call('device.get', scope)).versions.length === 1, { what: 'its version' })
  const release = async (): Promise<string> => {
    const uploadIds = [await uploadFile(api, 'app.bin', imageOf(size))]
    const { packageId } = await api.call('otaPackage.create', { productKey, name: 'app', version: '2.0.0', verify: false, uploadIds })
    return (await api.call('batch.create', { packageId, protocol: 'MQTT' })).batchId
  }
  return {
    api,
    release,
    account: async () => (await api.call('fleet.updates', { fleetId })).accounts[0],
    task: async (batchId: string) => (await api.call('batch.tasks', { batchId })).tasks[0]!,
  }
}

async function stepsOf(api: ApiClient, topic: string) {
  const { rows } = await api.call('trace.page', { filter: { topic }, limit: 20 })
  return (await Promise.all(rows.map(({ id }) => api.call('trace.get', { id })))).flatMap(({ steps }) => steps)
}

it('slows the blocks of an update down, and lets them stand still until the fault is off', { timeout: 60_000 }, async () => {
  const { api, release, account, task } = await startFleet()
  await api.call('platformFault.set', { ...scope, faults: [{ kind: 'slowDownload', bytesPerSec: 65_536 }, { kind: 'stallDownload', percent: 50 }] })
  const batchId = await release()
  await waitFor(async () => (await stepsOf(api, 'download')).some(({ message }) => message?.includes('stands still at 50 %')), { what: 'the stall' })
  // Three whole blocks lie before the half of the file.
  expect(await account()).toMatchObject({ stage: 'downloading', bytes: 3 * 16 * 1024 })
  expect((await api.call('platformFault.list', scope)).faults.map(({ fault, struck }) => [fault.kind, struck])).toEqual([['slowDownload', 1], ['stallDownload', 1]])
  await api.call('platformFault.clear', { ...scope })
  await waitFor(async () => (await task(batchId)).state === 'SUCCEEDED', { timeoutMs: 40_000, what: 'the update' })
  expect(await account()).toMatchObject({ stage: 'ended', bytes: size, toVersion: '2.0.0' })
  expect(await stepsOf(api, 'file/download_reply')).toContainEqual(expect.objectContaining({ bizCode: 'FaultInjection', operation: 'slowDownload', message: expect.stringMatching(/^\[injected\] The block waited for \d+ ms/) as string }))
})

it('tells a device that downloads over MQTT a wrong digest, and marks the notice', { timeout: 60_000 }, async () => {
  const { api, release, task } = await startFleet()
  await api.call('platformFault.set', { ...scope, faults: [{ kind: 'wrongDigest' }, { kind: 'expiredUrl' }] })
  const batchId = await release()
  await waitFor(async () => (await task(batchId)).state === 'FAILED', { timeoutMs: 40_000, what: 'the device to notice' })
  const marked = (await stepsOf(api, 'ota/device/upgrade')).filter(({ bizCode }) => bizCode === 'FaultInjection')
  // The notice of an update over MQTT has no address that could expire.
  expect(marked.map(({ operation }) => operation)).toEqual(['wrongDigest'])
})

it('answers only the newest of several requests for a block that was held up', { timeout: 60_000 }, async () => {
  const { api, mqtt } = await startOtaBench()
  const device = { productKey: 'a1Test', deviceName: 'dev-0001' }
  const certificate = await makeDevice(api)
  const replies: unknown[] = []
  const offers: { streamId: number, streamFileId: number }[] = []
  const { client } = await connectDevice(mqtt, certificate, { _ss: '1' }, board => board.on('message', (topic, payload) => {
    if (topic.endsWith('file/download_reply'))
      replies.push(parseBlockReply(payload))
    else if (topic.startsWith('/ota/device/upgrade'))
      offers.push((JSON.parse(payload.toString()) as { data: typeof offers[0] }).data)
  }))
  const { packageId } = await makePackage(api, imageOf(1_000), { verify: false })
  await api.call('platformFault.set', { ...device, faults: [{ kind: 'stallDownload', percent: 0 }] })
  await api.call('batch.create', { packageId, protocol: 'MQTT', scope: { kind: 'named', deviceNames: ['dev-0001'] } })
  const { streamId, streamFileId: fileId } = await waitFor(() => offers[0], { what: 'the notice' })
  for (const id of ['1', '2', '3']) {
    const { topic, payload } = buildBlockRequest(device, { streamId, fileId, size: 500, offset: 0 }, id)
    await client.publishAsync(topic, payload, { qos: 1 })
  }
  await waitFor(async () => (await stepsOf(api, 'thing/file/download')).filter(({ message }) => message?.startsWith('The block was asked for once more')).length === 2)
  expect(replies).toEqual([])
  await api.call('platformFault.clear', device)
  await waitFor(() => replies.length > 0)
  expect(replies).toMatchObject([{ id: '3', code: 200, offset: 0 }])
})
