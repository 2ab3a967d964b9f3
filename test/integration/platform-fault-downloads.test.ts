import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { createHash } from 'node:crypto'
import { get } from 'node:http'
import { expect, it } from 'vitest'
import { imageOf, uploadFile } from '../support/ota-bench.ts'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

const scope = { productKey: 'a1Test', deviceName: 'dev-0001' }
const image = imageOf(40_000)

interface Download { status: () => number, bytes: () => number, isOver: () => boolean, content: () => Buffer }

/** Downloads, and tells how far it has come. */
function download(url: string): Download {
  const chunks: Buffer[] = []
  let status = 0
  let isOver = false
  get(url, { agent: false }, (response) => {
    status = response.statusCode!
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () => isOver = true)
  })
  return { status: () => status, bytes: () => Buffer.concat(chunks).length, isOver: () => isOver, content: () => Buffer.concat(chunks) }
}

async function startBoard() {
  const bench = await startRollouts()
  const packageId = await bench.makePackage('2.0.0', { uploadIds: [await uploadFile(bench.api, 'app.bin', image)] })
  const board = await bench.connect('dev-0001')
  await board.client.subscribeAsync(`/ota/device/upgrade/a1Test/dev-0001`)
  await board.inform('1.0.0')
  return { ...bench, board, packageId }
}

async function explanation(api: ApiClient, topic: string): Promise<string | null> {
  const { rows } = await api.call('trace.page', { filter: { ...scope, topic }, limit: 1 })
  return rows[0] === undefined ? null : (await api.call('trace.get', { id: rows[0].id })).explanation
}

it('tells a device a wrong digest and an address that has expired, and marks the notice', async () => {
  const { api, board, packageId, createBatch } = await startBoard()
  await api.call('platformFault.set', { ...scope, faults: [{ kind: 'wrongDigest' }, { kind: 'expiredUrl' }] })
  await createBatch(packageId)
  await waitFor(() => board.notices.length > 0)
  const { md5, url } = board.notices[0]!.message.data as { md5: string, url: string }
  const right = createHash('md5').update(image).digest('hex')
  expect([md5.length, md5 === right, md5.slice(1) === right.slice(1)]).toEqual([32, false, true])
  const refused = download(url)
  await waitFor(() => refused.isOver())
  expect(refused.status()).toBe(403)
  const said = await explanation(api, '/ota/device/upgrade')
  expect(said).toContain('[injected] The notice carries a digest that is not the one of the file.')
  expect(said).toContain('[injected] The notice carries an address that has expired.')
})

it('slows a download of an update down, and lets it stand still until the fault is off', async () => {
  const { api, board, packageId, createBatch } = await startBoard()
  await createBatch(packageId)
  await waitFor(() => board.notices.length > 0)
  const { url } = board.notices[0]!.message.data as { url: string }
  await api.call('platformFault.set', { ...scope, faults: [{ kind: 'slowDownload', bytesPerSec: 40_000 }, { kind: 'stallDownload', percent: 50 }] })
  const stalled = download(url)
  await waitFor(async () => (await explanation(api, 'download'))?.includes('stands still at 50 %'))
  await waitFor(() => stalled.bytes() === 20_000)
  expect(stalled.isOver()).toBe(false)
  expect((await api.call('platformFault.list', scope)).faults.map(({ fault, struck }) => [fault.kind, struck])).toEqual([['slowDownload', 1], ['stallDownload', 1]])
  await api.call('platformFault.clear', { ...scope })
  await waitFor(() => stalled.isOver())
  expect(stalled.content().equals(image)).toBe(true)
})

it('does the same to configurations, which count as downloaded only when they have gone out', async () => {
  const { api, board } = await startBoard()
  const text = JSON.stringify({ list: Array.from({ length: 500 }, (_, index) => index) })
  await api.call('remoteConfig.setEnabled', { productKey: 'a1Test', enabled: true })
  await api.call('remoteConfig.save', { productKey: 'a1Test', text })
  await api.call('platformFault.set', { ...scope, faults: [{ kind: 'stallDownload', percent: 10 }, { kind: 'wrongDigest' }] })
  const answers: { data: { url: string, sign: string } }[] = []
  board.client.on('message', (topic, payload) => topic.endsWith('config/get_reply') && answers.push(JSON.parse(payload.toString()) as typeof answers[0]))
  board.client.publish('/sys/a1Test/dev-0001/thing/config/get', '{"id":"1","params":{"configScope":"product","getType":"file"}}')
  await waitFor(() => answers.length === 1)
  const { url, sign } = answers[0]!.data
  expect(sign).not.toBe(createHash('sha256').update(text).digest('hex'))
  const stalled = download(url)
  await waitFor(() => stalled.bytes() === Math.ceil(text.length / 10))
  const counted = async (): Promise<number> => (await api.call('trace.page', { filter: { ...scope, topic: 'configuration download' }, limit: 10 })).rows.length
  expect(await counted()).toBe(0)
  await api.call('platformFault.clear', { everywhere: true })
  await waitFor(() => stalled.isOver())
  expect(stalled.content().toString()).toBe(text)
  await waitFor(async () => (await counted()) === 1)
})
