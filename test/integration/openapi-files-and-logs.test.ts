import type { TestOpenApi } from '../support/openapi.ts'
import { describe, expect, it } from 'vitest'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { silentLog } from '../../src/shared/log.ts'
import { connectUploader } from '../support/file-uploader.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { makeDevice } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }
const content = Buffer.from(Array.from({ length: 3_000 }, (_, index) => index % 251))

/** An engine with its HTTP listener, and a device that has uploaded `trace.log`. */
async function withFile(): Promise<TestOpenApi> {
  const api = await startOpenApi({ openDeviceHttp: (host, routes) => createDeviceHttp({ host, port: 0, log: silentLog, routes }) })
  const uploader = await connectUploader(api.mqtt, await makeDevice(api.api))
  const { data } = await uploader.init({ fileName: 'trace.log', fileSize: content.length })
  await uploader.sendAll(String(data.uploadId), content)
  return api
}

async function fileOf({ client }: TestOpenApi) {
  const { data } = (await client.queryDeviceFileList(new models.QueryDeviceFileListRequest(identity))).body
  return data!.fileSummary![0]!
}

async function query({ client }: TestOpenApi, fileId: string) {
  return (await client.queryDeviceFile(new models.QueryDeviceFileRequest({ ...identity, fileId }))).body
}

describe('the files of a device', () => {
  it('are listed by page, with their size in KB', async () => {
    const api = await withFile()
    const { body } = await api.client.queryDeviceFileList(new models.QueryDeviceFileListRequest({ ...identity, currentPage: 1, pageSize: 200 }))
    expect(body).toMatchObject({ success: true, currentPage: 1, pageCount: 1, pageSize: 200, total: 1 })
    expect(body.data?.fileSummary).toEqual([{ fileId: expect.stringMatching(/^[\da-f]{16}$/) as string, name: 'trace.log', size: '2.93', utcCreatedOn: expect.stringMatching(/^\d{4}-.*Z$/) as string }])
    await expect(api.pop('QueryDeviceFileList', { ProductKey: 'a1Test', DeviceName: 'dev-0001', PageSize: 201 })).rejects.toMatchObject({ code: 'iot.common.InvalidPageParams' })
  })

  it('can be downloaded from an address that nobody guesses', async () => {
    const api = await withFile()
    const { fileId } = await fileOf(api)
    const { success, data } = await query(api, fileId!)
    expect(success).toBe(true)
    const url = data!.downloadUrl!
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/file\/[\w-]{43}\/trace\.log$/)
    const answer = await fetch(url)
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([200, 'attachment; filename="trace.log"'])
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true)
    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe('3000')
    expect((await fetch(url, { method: 'POST' })).status).toBe(405)
    expect((await fetch(url.replace(/\/file\/./, '/file/_'))).status).toBe(404)
    // Every question gives another one.
    expect((await query(api, fileId!)).data?.downloadUrl).not.toBe(url)
  })

  it('are gone for everybody once they are deleted', async () => {
    const api = await withFile()
    const { fileId } = await fileOf(api)
    const url = (await query(api, fileId!)).data!.downloadUrl!
    const remove = async () => (await api.client.deleteDeviceFile(new models.DeleteDeviceFileRequest({ ...identity, fileId }))).body
    expect(await remove()).toMatchObject({ success: true })
    expect(await remove()).toMatchObject({ success: false, code: 'iot.file.NotExistedFile' })
    expect(await query(api, fileId!)).toMatchObject({ success: false, code: 'iot.file.NotExistedFile' })
    expect((await fetch(url)).status).toBe(404)
  })

  it('have no address while there is no listener for it', async () => {
    const api = await startOpenApi()
    const uploader = await connectUploader(api.mqtt, await makeDevice(api.api))
    const { data } = await uploader.init({ fileName: 'trace.log', fileSize: content.length })
    await uploader.sendAll(String(data.uploadId), content)
    const { fileId } = await fileOf(api)
    expect(await api.api.call('file.link', { ...identity, fileId: fileId! })).toMatchObject({ file: { name: 'trace.log', size: 3_000 }, url: null, expiresAt: null })
    expect((await query(api, fileId!)).data?.downloadUrl).toBeUndefined()
  })
})

interface LogPage { Data: { List: { LogInfo: Record<string, string | number>[] }, NextToken?: string, NextValid: boolean } }

async function search({ pop }: TestOpenApi, action: string, parameters: object = {}): Promise<LogPage['Data']> {
  return (await pop(action, parameters) as unknown as LogPage).Data
}

describe('the platform\'s log', () => {
  it('is searched with the filters of the page, newest or oldest first, a page at a time', async () => {
    const api = await startOpenApi()
    const device = await connectDevice(api.mqtt, await makeDevice(api.api), { _ss: '1' })
    await device.post({ Counter: 5 })
    await device.post({ Counter: 500 })
    const of = { ProductKey: 'a1Test', DeviceName: 'dev-0001' }
    const failed = await waitFor(async () => {
      const { List } = await search(api, 'QueryDeviceLog', { ...of, State: 'failed' })
      return List.LogInfo.length > 0 && List.LogInfo
    })
    expect(failed[0]).toMatchObject({ ...of, BizCode: 'ThingModel', Operation: 'check', Code: 6306, TraceId: expect.stringMatching(/^[\da-f]{16}$/) as string, Time: expect.any(Number) as number })
    expect(JSON.parse(String(failed[0]!.Content))).toMatchObject({ TraceId: failed[0]!.TraceId, Message: expect.stringContaining('Counter') as string })
    const ups = { ...of, 'BizCode.1': 'uplink', 'BizCode.2': 'device' }
    const first = await search(api, 'QueryDeviceLog', { ...ups, PageSize: 1, Asc: 1 })
    expect([first.List.LogInfo.map(({ Operation }) => Operation), first.NextValid]).toEqual([['online'], true])
    const second = await search(api, 'QueryDeviceLog', { ...ups, PageSize: 1, Asc: 1, NextToken: first.NextToken })
    expect(second.List.LogInfo[0]).toMatchObject({ BizCode: 'uplink', MessageId: expect.stringMatching(/^\d+$/) as string })
    const newest = await search(api, 'QueryDeviceLog', ups)
    expect(newest.List.LogInfo.map(({ Time }) => Time)).toEqual(newest.List.LogInfo.map(({ Time }) => Time).sort().reverse())
    expect((await search(api, 'QueryDeviceLog', { TraceId: failed[0]!.TraceId, Keyword: 'counter' })).List.LogInfo.length).toBeGreaterThan(0)
    expect((await search(api, 'QueryDeviceLog', { ...of, EndTime: Number(first.List.LogInfo[0]!.Time) - 1 })).List.LogInfo).toEqual([])
    const { iotId } = await api.api.call('device.get', identity)
    await makeDevice(api.api, 'dev-0002')
    const { iotId: other } = await api.api.call('device.get', { ...identity, deviceName: 'dev-0002' })
    const countOf = async (IotId: string) => (await search(api, 'QueryDeviceLog', { IotId, 'BizCode.1': 'uplink' })).List.LogInfo.length
    expect([await countOf(iotId), await countOf(other)]).toEqual([2, 0])
    await expect(countOf('nobody')).rejects.toMatchObject({ code: 'iot.device.NotExistedDevice' })
    await expect(search(api, 'QueryDeviceLog', { 'BizCode.1': 'Uplink' })).rejects.toMatchObject({ code: 'InvalidParameter' })
    await expect(search(api, 'QueryDeviceLog', { NextToken: 'x' })).rejects.toMatchObject({ code: 'InvalidParameter' })
  })
})

describe('the log of a device itself', () => {
  it('is read by level, module and time, a page at a time', async () => {
    const api = await startOpenApi()
    const { client } = await connectDevice(api.mqtt, await makeDevice(api.api), { _ss: '1' })
    await api.api.call('deviceLog.setEnabled', { ...identity, enabled: true })
    const lines = [['ERROR', 'MQTT', 'socket reset'], ['INFO', 'APP', 'started'], ['WARN', 'MQTT', 'slow']]
    const params = lines.map(([logLevel, module, logContent]) => ({ utcTime: '2025-01-01T00:00:00.123+0000', logLevel, module, code: '17', traceContext: 't-77', logContent }))
    await client.publishAsync('/sys/a1Test/dev-0001/thing/log/post', JSON.stringify({ id: '1', version: '1.0', params, method: 'thing.log.post' }), { qos: 1 })
    const of = { ProductKey: 'a1Test', DeviceName: 'dev-0001' }
    const contents = async (parameters: object) => (await search(api, 'QueryDeviceLocalLog', { ...of, ...parameters })).List.LogInfo.map(({ Content }) => Content)
    await waitFor(async () => (await contents({})).length === 3)
    expect(await contents({ Level: 'WARN', OrWorse: true })).toEqual(['slow', 'socket reset'])
    expect(await contents({ Module: 'APP' })).toEqual(['started'])
    expect(await contents({ Keyword: 'RESET', TraceContext: 't-77' })).toEqual(['socket reset'])
    expect(await contents({ EndTime: 1 })).toEqual([])
    const first = await search(api, 'QueryDeviceLocalLog', { ...of, PageSize: 2 })
    expect(first.List.LogInfo[0]).toMatchObject({ ...of, Level: 'WARN', Module: 'MQTT', Code: '17', TraceContext: 't-77', Content: 'slow', UtcTime: Date.UTC(2025, 0, 1, 0, 0, 0, 123) })
    const rest = await search(api, 'QueryDeviceLocalLog', { ...of, PageSize: 2, NextToken: first.NextToken })
    expect([rest.List.LogInfo.map(({ Content }) => Content), rest.NextValid]).toEqual([['socket reset'], false])
    await expect(search(api, 'QueryDeviceLocalLog', { NextToken: '7' })).rejects.toMatchObject({ code: 'InvalidParameter' })
  })
})
