import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { models, startOpenApi } from '../support/openapi.ts'
import { imageOf, withDownloads } from '../support/ota-bench.ts'

const image = Buffer.from(imageOf(150_000))
const md5 = createHash('md5').update(image).digest('hex')
const { CreateOTAFirmwareRequest, CreateOTAModuleRequest, DeleteOTAFirmwareRequest, DeleteOTAModuleRequest, GenerateOTAUploadURLRequest, ListOTAFirmwareRequest, ListOTAModuleByProductRequest, QueryOTAFirmwareRequest, UpdateOTAModuleRequest } = models

async function start() {
  const started = await startOpenApi(withDownloads)
  await started.api.call('product.create', { productKey: 'a1Test', name: 'Lamp' })
  const server: Server = createServer((request, response) => {
    if (request.url === '/moved.bin')
      response.writeHead(302, { Location: '/files/app.bin' }).end()
    else if (request.url === '/cut.bin')
      response.writeHead(200, { 'Content-Length': 1000 }).write('abc', () => response.destroy())
    else if (request.url?.endsWith('.bin'))
      response.writeHead(200).end(request.url.includes('two') ? image.subarray(1) : image)
    else
      response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { ...started, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it('makes packages of files at any http address, whose size and digest are checked, and lists and deletes them', async () => {
  const { client, base, dir, pop } = await start()
  const wish = { firmwareName: 'app-2', destVersion: '2.0.0', productKey: 'a1Test', type: 0, signMethod: 'MD5', needToVerify: false, firmwareUrl: `${base}/moved.bin`, firmwareSize: image.length, firmwareSign: md5, firmwareDesc: 'Better.', udi: 'x' }
  const { body } = await client.createOTAFirmware(new CreateOTAFirmwareRequest(wish))
  expect(body).toMatchObject({ success: true, data: { firmwareId: expect.any(String) as string } })
  const firmwareId = body.data!.firmwareId!
  const { body: { firmwareInfo } } = await client.queryOTAFirmware(new QueryOTAFirmwareRequest({ firmwareId }))
  expect(firmwareInfo).toMatchObject({ firmwareName: 'app-2', destVersion: '2.0.0', firmwareSign: md5, firmwareSize: image.length, moduleName: 'default', productName: 'Lamp', status: -1, type: 0, udi: 'x', verifyProgress: 0 })
  expect(Buffer.from(await (await fetch(firmwareInfo!.firmwareUrl!)).arrayBuffer()).equals(image)).toBe(true)

  const multi = { ...wish, firmwareName: 'app-3', firmwareUrl: undefined, firmwareSize: undefined, firmwareSign: undefined, multiFiles: [{ name: 'a.bin', url: `${base}/one.bin`, fileMd5: md5 }, { name: 'b.bin', url: `${base}/two.bin`, size: image.length - 1 }] }
  expect((await client.createOTAFirmware(new CreateOTAFirmwareRequest(multi))).body.success).toBe(true)
  const { body: list } = await client.listOTAFirmware(new ListOTAFirmwareRequest({ currentPage: 1, pageSize: 10, productKey: 'a1Test' }))
  expect(list).toMatchObject({ total: 2, pageCount: 1, firmwareInfo: { simpleFirmwareInfo: [{ firmwareName: 'app-3', status: -1 }, { firmwareName: 'app-2' }] } })

  await expect(pop('CreateOTAFirmware', { FirmwareName: 'app-4', DestVersion: '4', ProductKey: 'a1Test', FirmwareUrl: `${base}/one.bin`, FirmwareSign: 'ff' })).rejects.toMatchObject({ data: { Message: expect.stringContaining(`The parameter FirmwareSign is not valid: expected ${md5}`) as string } })
  await expect(pop('CreateOTAFirmware', { FirmwareName: 'app-4', DestVersion: '4', ProductKey: 'a1Test', FirmwareUrl: `${base}/missing.zip` })).rejects.toMatchObject({ data: { ErrorMessage: expect.stringContaining('answers with status 404') as string } })
  await expect(pop('CreateOTAFirmware', { FirmwareName: 'app-4', DestVersion: '4', ProductKey: 'a1Test', FirmwareUrl: `${base}/cut.bin` })).rejects.toMatchObject({ data: { ErrorMessage: expect.stringContaining('the transfer broke off') as string } })
  await expect(pop('CreateOTAFirmware', { FirmwareName: 'app-2', DestVersion: '4', ProductKey: 'a1Test', FirmwareUrl: `${base}/one.bin` })).rejects.toMatchObject({ data: { ErrorMessage: expect.stringContaining('no other update package has') as string } })
  expect(readdirSync(path.join(dir, 'packages'))).toHaveLength(3)

  // The typed client does not know this action yet.
  await pop('ModifyOTAFirmware', { FirmwareId: firmwareId, ProductKey: 'a1Test', FirmwareName: 'app-2b', FirmwareUdi: '{"note":2}' }, 'POST')
  expect((await client.queryOTAFirmware(new QueryOTAFirmwareRequest({ firmwareId }))).body.firmwareInfo).toMatchObject({ firmwareName: 'app-2b', firmwareDesc: 'Better.', udi: '{"note":2}' })
  await expect(pop('ModifyOTAFirmware', { FirmwareId: firmwareId, FirmwareName: 'app-3' })).rejects.toMatchObject({ data: { ErrorMessage: expect.stringContaining('no other update package has') as string } })
  await expect(pop('ModifyOTAFirmware', { FirmwareId: firmwareId, ProductKey: 'a1Other', FirmwareName: 'app-9' })).rejects.toMatchObject({ code: 'iot.ota.NotExistedFirmware' })

  expect((await client.deleteOTAFirmware(new DeleteOTAFirmwareRequest({ firmwareId }))).body.success).toBe(true)
  expect((await client.queryOTAFirmware(new QueryOTAFirmwareRequest({ firmwareId }))).body).toMatchObject({ success: false, code: 'iot.ota.NotExistedFirmware' })
})

it('takes a file posted as a form to the address it generates', async () => {
  const { client } = await start()
  const { body } = await client.generateOTAUploadURL(new GenerateOTAUploadURLRequest({ fileSuffix: 'tar.gz' }))
  const { host, key, policy, signature, firmwareUrl, OSSAccessKeyId } = body.data!
  const post = (wish: object = {}) => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ key, OSSAccessKeyId, policy, Signature: signature, success_action_status: '200', ...wish }))
      form.append(name, value as string)
    form.append('file', new Blob([image]), 'whatever.tar.gz')
    return fetch(host!, { method: 'POST', body: form })
  }
  const create = () => client.createOTAFirmware(new CreateOTAFirmwareRequest({ firmwareName: 'posted', destVersion: '2', productKey: 'a1Test', firmwareUrl }))
  expect((await create()).body).toMatchObject({ success: false, code: 'iot.ota.FirmwareUrlNotFound' })
  expect((await post({ Signature: 'x' })).status).toBe(403)
  expect((await post()).status).toBe(200)
  const { body: made } = await create()
  expect(made.success).toBe(true)
  const { body: { firmwareInfo } } = await client.queryOTAFirmware(new QueryOTAFirmwareRequest({ firmwareId: made.data!.firmwareId! }))
  expect(firmwareInfo).toMatchObject({ firmwareSize: image.length, firmwareSign: md5, status: 0 })
})

it('makes, changes, lists and deletes modules', async () => {
  const { client } = await start()
  const named = { productKey: 'a1Test', moduleName: 'mcu' }
  expect((await client.createOTAModule(new CreateOTAModuleRequest({ ...named, aliasName: 'motor', desc: 'the motor board' }))).body.success).toBe(true)
  expect((await client.createOTAModule(new CreateOTAModuleRequest(named))).body).toMatchObject({ success: false, code: 'iot.ota.AlreadyExistedModule' })
  expect((await client.updateOTAModule(new UpdateOTAModuleRequest({ ...named, aliasName: 'engine' }))).body.success).toBe(true)
  const list = async () => (await client.listOTAModuleByProduct(new ListOTAModuleByProductRequest({ productKey: 'a1Test' }))).body.data
  expect(await list()).toMatchObject([{ moduleName: 'default' }, { moduleName: 'mcu', aliasName: 'engine', desc: 'the motor board', productKey: 'a1Test' }])
  expect((await client.deleteOTAModule(new DeleteOTAModuleRequest(named))).body.success).toBe(true)
  expect(await list()).toHaveLength(1)
})
