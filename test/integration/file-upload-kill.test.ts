import type { FileUploader } from '../support/file-uploader.ts'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Crc64 } from '../../src/shared/frame/crc.ts'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { counterProductKey, writeCounterModel } from '../support/counter-model.ts'
import { connectUploader } from '../support/file-uploader.ts'
import { tempFolder } from '../support/temp-folder.ts'

const content = Uint8Array.from({ length: 200_000 }, (_, index) => index * 7 & 0xFF)
const blockBytes = 4_096

it('has every acknowledged block after kill -9, goes on with the rest, and hands the file to the command line', async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  const json = (args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  await json(['product', 'import', writeCounterModel(tempFolder())])
  const [certificate] = await json(['device', 'create', '--product', counterProductKey, '--name', 'meter']) as unknown as Parameters<typeof connectUploader>[1][]
  const params = { fileName: 'dump.bin', fileSize: content.length, initUid: 'dump', ficMode: 'crc64', ficValue: new Crc64('xz').update(content).hex() }
  const begin = async (): Promise<{ device: FileUploader, uploadId: string, offset: number, kill: () => Promise<unknown> }> => {
    const { server, ready } = await startServer(['--workspace', workspace])
    const device = await connectUploader(ready.mqtt, certificate!)
    const { data } = await device.init(params)
    return { device, uploadId: String(data.uploadId), offset: Number(data.offset), kill: () => server.kill() }
  }

  const first = await begin()
  for (let offset = 0; offset < 10 * blockBytes; offset += blockBytes)
    expect((await first.device.send({ uploadId: first.uploadId, offset, data: content.subarray(offset, offset + blockBytes) })).code).toBe(200)
  await first.kill()

  const second = await begin()
  expect(second).toMatchObject({ uploadId: first.uploadId, offset: 10 * blockBytes })
  expect(await second.device.sendAll(second.uploadId, content, second.offset, blockBytes)).toMatchObject({ code: 200, data: { complete: true } })
  await second.kill()

  const device = [counterProductKey, 'meter']
  expect(await json(['file', 'list', ...device])).toMatchObject([{ name: 'dump.bin', size: content.length, crc64: params.ficValue }])
  const target = join(tempFolder(), 'saved.bin')
  await json(['file', 'save', ...device, 'dump.bin', '--to', target])
  expect(new Uint8Array(readFileSync(target))).toEqual(content)
  const taken = await thingbench(['file', 'save', ...device, 'dump.bin', '--to', target, '--json', '--workspace', workspace])
  expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') as string })
  expect(JSON.parse(taken.stdout)).toMatchObject({ error: { code: 'file/unwritable' } })
  expect(await json(['file', 'delete', ...device, 'dump.bin'])).toEqual([{ name: 'dump.bin', deleted: true }])
  const missing = await thingbench(['file', 'save', ...device, 'dump.bin', '--workspace', workspace])
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('no file named dump.bin') as string })
}, 120_000)
