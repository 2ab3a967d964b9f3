import type { DeviceFile } from '../../src/shared/contract/file.ts'
import type { FileUploader } from '../support/file-uploader.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { Buffer } from 'node:buffer'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Crc64 } from '../../src/shared/frame/crc.ts'
import { connectUploader } from '../support/file-uploader.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }

function contentOf(bytes: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => index * 31 * seed & 0xFF)
}

async function startBench(): Promise<TestEngine & FileUploader> {
  const running = await startEngine()
  return { ...running, ...await connectUploader(running.mqtt, await makeDevice(running.api)) }
}

async function filesOf({ api }: TestEngine): Promise<DeviceFile[]> {
  return (await api.call('file.list', identity)).files
}

async function readFile({ api }: TestEngine, { fileId, size }: DeviceFile): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for (let offset = 0; offset < size;) {
    const { bytes } = await api.call('file.get', { ...identity, fileId, offset, limit: 100_000 })
    parts.push(bytes)
    offset += bytes.length
  }
  return Buffer.concat(parts)
}

it('takes a file in blocks, answers as the protocol shows it, and gives it back', async () => {
  const bench = await startBench()
  const content = contentOf(2_600)
  const ficValue = new Crc64('xz').update(content).hex()
  const { data: { uploadId } } = await bench.init({ fileName: 'trace_1.log', fileSize: 2_600, conflictStrategy: 'overwrite', ficMode: 'crc64', ficValue, initUid: 'u-0001', extraParams: { fileTag: { Time: 'Q1' } } })
  expect(bench.replies[0]).toBe(`{"code":200,"data":{"fileName":"trace_1.log","fileSize":2600,"initUid":"u-0001","offset":0,"uploadId":"${String(uploadId)}"},"id":"1","message":"success"}`)
  await bench.sendAll(String(uploadId), content)
  expect(bench.replies.slice(1)).toEqual([
    `{"code":200,"data":{"bSize":2048,"complete":false,"offset":0,"uploadId":"${String(uploadId)}"},"id":"2","message":"success"}`,
    `{"code":200,"data":{"bSize":552,"complete":true,"offset":2048,"uploadId":"${String(uploadId)}"},"id":"3","message":"success"}`,
  ])
  const [file] = await filesOf(bench)
  expect(file).toEqual({ fileId: uploadId, name: 'trace_1.log', size: 2_600, crc64: ficValue, uploadedAt: expect.any(Number) as number, extra: { fileTag: { Time: 'Q1' } } })
  expect(await readFile(bench, file!)).toEqual(Buffer.from(content))
  expect((await bench.send({ uploadId: String(uploadId), offset: 0, data: content.subarray(0, 512) })).code).toBe(78124)
})

it('takes the golden frame of the protocol, and says what is wrong with one that is not', async () => {
  const bench = await startBench()
  const { data } = await bench.init({ fileName: 'hello.txt', fileSize: -1 })
  const header = Buffer.from(`{"id":"8","params":{"uploadId":"${String(data.uploadId)}","offset":0,"bSize":9,"isComplete":true}}`)
  const length = Buffer.from([0, header.length])
  const wrong = await bench.sendFrame(Buffer.concat([length, header, Buffer.from('48454c4c4f2d4f54414182', 'hex')]), '8')
  expect(wrong).toMatchObject({ code: 78121, data: { bSize: 9, complete: false, offset: 0 } })
  const [row] = (await bench.api.call('trace.page', { filter: { direction: 'up', code: 78121 } })).rows
  expect((await bench.api.call('trace.get', { id: row!.id })).explanation).toBe('The file upload expected CRC-16/ARC 0x4182 of the data, low byte first, got 0x8241 (78121).')
  expect(await bench.sendFrame(Buffer.concat([length, header, Buffer.from('48454c4c4f2d4f54418241', 'hex')]), '8')).toMatchObject({ code: 200, data: { complete: true } })
  expect(Buffer.from(await readFile(bench, (await filesOf(bench))[0]!)).toString()).toBe('HELLO-OTA')
  await bench.client.publishAsync('/sys/a1Test/dev-0001/thing/file/upload/mqtt/send', Buffer.from('ffff00', 'hex'), { qos: 1 })
  const cut = await waitFor(async () => (await bench.api.call('trace.page', { filter: { direction: 'up', code: 6207 } })).rows[0])
  expect((await bench.api.call('trace.get', { id: cut.id })).explanation).toContain('two bytes big-endian length of the header')
})

it('keeps the head of a block in the trace, with the steps of the platform, and a refused block whole', async () => {
  const bench = await startBench()
  const { data: { uploadId } } = await bench.init({ fileName: 'a.bin', fileSize: -1 })
  const content = contentOf(65_536)
  await bench.send({ uploadId: String(uploadId), offset: 0, data: content })
  expect((await bench.send({ uploadId: String(uploadId), offset: 0, data: content })).code).toBe(78126)
  const { messages: rows } = await bench.api.call('trace.messages', { filter: { direction: 'up', topic: 'mqtt/send' }, last: 2 })
  expect(rows.map(({ payload, code }) => [code, payload.length > 65_536])).toEqual([[200, false], [78126, true]])
  expect(Buffer.from(rows[0]!.payload.subarray(-64))).toEqual(Buffer.from(content.subarray(0, 64)))
  const { steps, explanation, journey } = await bench.api.call('trace.get', { id: rows[0]!.id })
  expect(steps.map(({ bizCode, operation, code }) => [bizCode, operation, code])).toEqual([
    ['uplink', '/sys/a1Test/dev-0001/thing/file/upload/mqtt/send', 200],
    ['DeviceFileUpload', 'thing.file.upload.mqtt.send', 200],
    ['downlink', '/sys/a1Test/dev-0001/thing/file/upload/mqtt/send_reply', 200],
  ])
  expect(explanation).toBe('The 65536 bytes of the block lie in the file, so the trace keeps only the header and the first 64 of them.')
  expect(journey.map(({ direction }) => direction)).toEqual(['up', 'down'])
})

it('goes on where an upload stands when the device begins again with the same initUid, also after a restart', async () => {
  const bench = await startBench()
  const content = contentOf(10_000)
  const params = { fileName: 'long.bin', fileSize: 10_000, initUid: 'once', ficMode: 'crc64', ficValue: new Crc64('jones').update(content).hex() }
  const { data: { uploadId } } = await bench.init(params)
  for (const offset of [0, 2_048])
    await bench.send({ uploadId: String(uploadId), offset, data: content.subarray(offset, offset + 2_048) })
  expect((await bench.init(params)).data).toMatchObject({ uploadId, offset: 4_096 })
  expect((await bench.api.call('file.list', identity)).uploads).toMatchObject([{ name: 'long.bin', received: 4_096, size: 10_000 }])
  await bench.client.endAsync()
  await bench.close()

  const again = await startEngine({ workspaceDir: bench.dir })
  const { deviceSecret } = await again.api.call('device.get', identity)
  const device = await connectUploader(again.mqtt, { ...identity, deviceSecret })
  expect(await device.send({ uploadId: String(uploadId), offset: 2_048, data: content.subarray(2_048, 4_096) })).toMatchObject({ code: 78126, data: { offset: 4_096 } })
  expect(await device.send({ uploadId: String(uploadId), offset: 6_144, data: content.subarray(6_144, 8_192) })).toMatchObject({ code: 78119, data: { offset: 4_096 } })
  const { data } = await device.init(params)
  expect(data).toMatchObject({ uploadId, offset: 4_096 })
  expect(await device.sendAll(String(uploadId), content, Number(data.offset))).toMatchObject({ code: 200, data: { complete: true } })
  expect(await readFile(again, (await filesOf(again))[0]!)).toEqual(Buffer.from(content))
  expect((await device.init(params)).data).toMatchObject({ uploadId, offset: 10_000 })
})

it('overwrites, appends or refuses what has a known name', async () => {
  const bench = await startBench()
  const upload = async (conflictStrategy: string, content: Uint8Array): Promise<number> => {
    const { code, data } = await bench.init({ fileName: 'a.log', fileSize: content.length, conflictStrategy })
    return code === 200 ? (await bench.sendAll(String(data.uploadId), content)).code : code
  }
  expect(await upload('reject', contentOf(300))).toBe(200)
  expect(await upload('reject', contentOf(300))).toBe(78123)
  expect(await upload('append', contentOf(100, 3))).toBe(200)
  const whole = Buffer.concat([contentOf(300), contentOf(100, 3)])
  const [appended] = await filesOf(bench)
  expect(appended).toMatchObject({ size: 400, crc64: new Crc64('xz').update(whole).hex() })
  expect(await readFile(bench, appended!)).toEqual(whole)
  expect(await upload('overwrite', contentOf(50, 5))).toBe(200)
  expect(await readFile(bench, (await filesOf(bench))[0]!)).toEqual(Buffer.from(contentOf(50, 5)))
  expect(await filesOf(bench)).toHaveLength(1)
  expect(readdirSync(join(bench.dir, 'files'))).toHaveLength(1)
})

it('throws away what fails its check, and what is cancelled', async () => {
  const bench = await startBench()
  const { data } = await bench.init({ fileName: 'a.log', fileSize: 600, ficMode: 'crc64', ficValue: '0'.repeat(16) })
  expect((await bench.sendAll(String(data.uploadId), contentOf(600))).code).toBe(78125)
  expect((await bench.send({ uploadId: String(data.uploadId), offset: 0, data: contentOf(300) })).code).toBe(78122)
  const short = await bench.init({ fileName: 'a.log', fileSize: 600 })
  expect((await bench.send({ uploadId: String(short.data.uploadId), offset: 0, data: contentOf(300), isComplete: true })).code).toBe(78125)
  const cancelled = await bench.init({ fileName: 'a.log', fileSize: 600 })
  await bench.send({ uploadId: String(cancelled.data.uploadId), offset: 0, data: contentOf(300) })
  expect(await bench.cancel(String(cancelled.data.uploadId))).toEqual({ code: 200, data: { uploadId: cancelled.data.uploadId }, id: expect.any(String) as string, message: 'success' })
  expect((await bench.cancel(String(cancelled.data.uploadId))).code).toBe(78122)
  expect(await filesOf(bench)).toEqual([])
  await waitFor(() => readdirSync(join(bench.dir, 'files')).length === 0)
})

it('takes an empty file, and many blocks that nobody waited for in their order', async () => {
  const bench = await startBench()
  const { data } = await bench.init({ fileName: 'empty', fileSize: 0 })
  expect(await bench.send({ uploadId: String(data.uploadId), offset: 0, data: new Uint8Array(), isComplete: true })).toMatchObject({ code: 200, data: { complete: true } })
  const content = contentOf(1024 * 1024)
  const large = await bench.init({ fileName: 'large', fileSize: content.length })
  const replies = await Promise.all(Array.from({ length: 64 }, (_, index) => bench.send({
    uploadId: String(large.data.uploadId),
    offset: index * 16_384,
    data: content.subarray(index * 16_384, (index + 1) * 16_384),
    isComplete: index === 63,
  })))
  expect(replies.map(({ code }) => code)).toEqual(Array.from({ length: 64 }).fill(200))
  const files = await filesOf(bench)
  expect(files.map(({ name, size }) => [name, size]).sort()).toEqual([['empty', 0], ['large', 1024 * 1024]])
  expect(await readFile(bench, files.find(({ name }) => name === 'large')!)).toEqual(Buffer.from(content))
})

it('applies the cloud\'s ceiling of files only when it is told to', async () => {
  const bench = await startBench()
  const add = async (name: string): Promise<number> => {
    const { code, data } = await bench.init({ fileName: name, fileSize: -1 })
    return code === 200 ? (await bench.send({ uploadId: String(data.uploadId), offset: 0, data: contentOf(1), isComplete: true })).code : code
  }
  for (let from = 0; from < 1_000; from += 10)
    expect(await Promise.all(Array.from({ length: 10 }, (_, index) => add(`f${from + index}`)))).toEqual(Array.from({ length: 10 }).fill(200))
  await bench.api.call('settings.set', { name: 'limits.applyCloud', value: true })
  expect(await add('one_more')).toBe(78129)
  expect(await add('f7')).toBe(200)
  await bench.api.call('settings.set', { name: 'limits.applyCloud', value: false })
  expect(await add('one_more')).toBe(200)
  const page = await bench.api.call('file.list', { ...identity, offset: 1_000, limit: 10 })
  expect([page.total, page.files.length]).toEqual([1_001, 1])
}, 60_000)

it('lets a file go with its device, or when it is deleted, and removes what a crash has left behind', async () => {
  const bench = await startBench()
  const { data } = await bench.init({ fileName: 'a.log', fileSize: 300, initUid: 'u' })
  await bench.sendAll(String(data.uploadId), contentOf(300))
  const [file] = await filesOf(bench)
  expect(await bench.api.call('file.delete', { ...identity, fileIds: [file!.fileId, 'f'.repeat(16)] })).toEqual({ deleted: 1 })
  await expect(bench.api.call('file.get', { ...identity, fileId: file!.fileId })).rejects.toMatchObject({ code: 'file/not-found' })
  expect((await bench.api.call('trace.page', { filter: { topic: 'DeleteDeviceFile' } })).rows).toHaveLength(1)
  const again = await bench.init({ fileName: 'a.log', fileSize: 300, initUid: 'u' })
  expect(again.data).toMatchObject({ offset: 0 })
  await bench.sendAll(String(again.data.uploadId), contentOf(300))
  await bench.api.call('device.delete', identity)
  await bench.close()
  expect(readdirSync(join(bench.dir, 'files'))).toEqual([])
  const orphan = join(bench.dir, 'files', 'a'.repeat(16))
  writeFileSync(orphan, 'x')
  writeFileSync(join(bench.dir, 'files', 'notes.txt'), 'mine')
  const { close } = await startEngine({ workspaceDir: bench.dir })
  await close()
  expect(existsSync(orphan)).toBe(false)
  expect(readFileSync(join(bench.dir, 'files', 'notes.txt'), 'utf8')).toBe('mine')
})

it('says so when the folder cannot be written, and goes on when it can', async () => {
  const bench = await startBench()
  writeFileSync(join(bench.dir, 'files'), 'in the way')
  const { data } = await bench.init({ fileName: 'a.log', fileSize: 600 })
  const block = { uploadId: String(data.uploadId), offset: 0, data: contentOf(300) }
  expect(await bench.send(block)).toMatchObject({ code: 500, data: { offset: 0 } })
  const [row] = (await bench.api.call('trace.page', { filter: { direction: 'up', code: 500 } })).rows
  expect((await bench.api.call('trace.get', { id: row!.id })).explanation).toContain('EEXIST')
  rmSync(join(bench.dir, 'files'))
  expect((await bench.send(block)).code).toBe(200)
  expect((await bench.send({ ...block, offset: 300, isComplete: true })).code).toBe(200)
})
