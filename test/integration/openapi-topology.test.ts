import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { TestGateway } from '../support/gateway.ts'
import type { TestOpenApi } from '../support/openapi.ts'
import { describe, expect, it } from 'vitest'
import { connectGateway, gatewayProductKey, makeGateways, signed, subProductKey } from '../support/gateway.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { makeDevice } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

interface Yard extends TestOpenApi { gateway: TestGateway, subs: DeviceCertificate[] }

const gate = { productKey: gatewayProductKey, deviceName: 'gate-1' }
const own = (path: string): string => `/sys/${gatewayProductKey}/gate-1/${path}`

/** A gateway that is online, and two sub-devices that are nobody's. */
async function openYard(): Promise<Yard> {
  const started = await startOpenApi()
  const { gateways, subs } = await makeGateways(started.api)
  return { ...started, gateway: await connectGateway(started.mqtt, gateways[0]!), subs }
}

/** A device as BatchAddThingTopo takes it, signed with its secret. */
function item(sub: DeviceCertificate, change: Record<string, string> = {}): InstanceType<typeof models.BatchAddThingTopoRequestTopoAddItem> {
  return new models.BatchAddThingTopoRequestTopoAddItem({ ...signed(sub), ...change })
}

function batchAdd({ client }: Yard, ...items: ReturnType<typeof item>[]) {
  return client.batchAddThingTopo(new models.BatchAddThingTopoRequest({ gwProductKey: gatewayProductKey, gwDeviceName: 'gate-1', topoAddItem: items }))
}

describe('the topology of a gateway', () => {
  it('takes devices that are signed as thing/topo/add asks, and tells the gateway', async () => {
    const yard = await openYard()
    const { client, gateway, subs } = yard
    expect((await batchAdd(yard, ...subs.map(sub => item(sub)))).body).toMatchObject({ success: true, requestId: expect.any(String) as string })
    const told = await waitFor(() => gateway.on(own('thing/topo/change'))[0])
    expect(JSON.parse(told)).toMatchObject({ method: 'thing.topo.change', params: { status: 0, subList: subs.map(({ productKey, deviceName }) => ({ productKey, deviceName })) } })
    const { data } = (await client.getThingTopo(new models.GetThingTopoRequest({ ...gate, pageNo: 2, pageSize: 1 }))).body
    expect(data).toMatchObject({ currentPage: 2, pageCount: 2, pageSize: 1, total: 2 })
    expect(data?.list?.deviceInfo).toEqual([{ deviceName: 'node-2', productKey: subProductKey, iotId: expect.stringMatching(/^\w{22}$/) as string }])
    // Any method, and a signature of nothing but the names.
    const { productKey, deviceName } = subs[0]!
    expect((await batchAdd(yard, item(subs[0]!, signed({ productKey, deviceName, deviceSecret: subs[0]!.deviceSecret }, { signMethod: 'hmacSha256' }) as Record<string, string>))).body.success).toBe(true)
  })

  it('refuses a wrong signature, and then takes none of the others', async () => {
    const yard = await openYard()
    const { client, subs } = yard
    const { body } = await batchAdd(yard, item(subs[0]!), item(subs[1]!, { sign: '00' }))
    expect(body).toMatchObject({ success: false, code: 'iot.device.VerifyDeviceFailed', errorMessage: expect.stringContaining('clientIda1Sub&node-2deviceNamenode-2productKeya1Subtimestamp1735689600000') as string })
    expect((await client.getThingTopo(new models.GetThingTopoRequest(gate))).body.data).toMatchObject({ total: 0, list: { deviceInfo: [] } })
    expect((await batchAdd(yard, item({ ...subs[0]!, deviceName: 'nobody' }))).body.code).toBe('iot.device.NotExistedDevice')
    await makeDevice(yard.api)
    expect((await client.batchAddThingTopo(new models.BatchAddThingTopoRequest({ gwProductKey: 'a1Test', gwDeviceName: 'dev-0001', topoAddItem: [item(subs[0]!)] }))).body.code).toBe('iot.device.AddTopoRelationFailed')
    await expect(yard.api.call('topology.addSigned', { ...gate, devices: [{ productKey: subProductKey, deviceName: 'node-1', sign: '00', signMethod: 'rot13' }] })).rejects.toMatchObject({ code: 'topology/refused', details: { platformCode: 460 } })
  })

  it('asks the gateway to take devices up, named either way', async () => {
    const yard = await openYard()
    const { client, gateway, subs, api } = yard
    const { iotId } = await api.call('device.get', { productKey: subProductKey, deviceName: 'node-2' })
    const { iotId: gwIotId } = await api.call('device.get', gate)
    const deviceListStr = JSON.stringify([{ productKey: subProductKey, deviceName: 'node-1' }, { IotId: iotId }])
    const { body } = await client.notifyAddThingTopo(new models.NotifyAddThingTopoRequest({ gwProductKey: gatewayProductKey, gwDeviceName: 'gate-1', deviceListStr }))
    expect(body).toMatchObject({ success: true, data: { messageId: expect.stringMatching(/^\d+$/) as string } })
    const asked = JSON.parse(await waitFor(() => gateway.on(own('thing/topo/add/notify'))[0])) as { id: string, params: unknown }
    expect(asked).toMatchObject({ id: body.data?.messageId, params: subs.map(({ productKey, deviceName }) => ({ productKey, deviceName })) })
    expect((await client.notifyAddThingTopo(new models.NotifyAddThingTopoRequest({ gwIotId, deviceListStr }))).body.success).toBe(true)
    await expect(client.notifyAddThingTopo(new models.NotifyAddThingTopoRequest({ gwIotId, deviceListStr: '{}' }))).rejects.toMatchObject({ code: 'InvalidParameter' })
    await gateway.client.endAsync()
    await waitFor(async () => (await api.call('device.get', gate)).state === 'OFFLINE')
    expect((await client.notifyAddThingTopo(new models.NotifyAddThingTopoRequest({ gwIotId, deviceListStr }))).body).toMatchObject({ success: false, code: 'iot.messagebroker.OFFLINE' })
  })

  it('gives up a sub-device, whose session ends', async () => {
    const yard = await openYard()
    const { client, gateway, subs, api } = yard
    await gateway.bringUp(...subs)
    const node = { productKey: subProductKey, deviceName: 'node-1' }
    expect((await client.removeThingTopo(new models.RemoveThingTopoRequest(node))).body).toMatchObject({ success: true, data: true })
    expect(JSON.parse(await waitFor(() => gateway.on(own('thing/topo/change'))[0]))).toMatchObject({ params: { status: 1, subList: [node] } })
    expect((await api.call('device.get', node)).state).toBe('OFFLINE')
    expect((await client.removeThingTopo(new models.RemoveThingTopoRequest(node))).body).toMatchObject({ success: false, code: 'iot.device.RemoveTopoRelationFailed' })
  })

  it('names the gateway of a sub-device, with its state in lower case', async () => {
    const yard = await openYard()
    const { client, gateway, subs } = yard
    const node = { productKey: subProductKey, deviceName: 'node-1' }
    const ask = async () => (await client.getGatewayBySubDevice(new models.GetGatewayBySubDeviceRequest(node))).body
    expect(await ask()).toMatchObject({ success: false, code: 'iot.device.QueryDeviceFailed' })
    await gateway.bringUp(...subs)
    const { data } = await ask()
    expect(data).toMatchObject({ ...gate, deviceSecret: gateway.certificate.deviceSecret, status: 'online', nodeType: '1', productName: 'Gateway', iotId: expect.stringMatching(/^\w{22}$/) as string, region: 'cn-shanghai' })
    expect(data?.utcOnline).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(data?.gmtActive).toMatch(/^\w{3}, \d\d-\w{3}-\d{4} [\d:]+ GMT$/)
    expect(data?.ipAddress).toBe('127.0.0.1')
    await gateway.client.endAsync()
    await waitFor(async () => (await ask()).data?.status === 'offline')
  })
})

describe('the versions of a device\'s modules', () => {
  it('are listed by page, the firmware first', async () => {
    const { client, gateway } = await openYard()
    const report = async (params: object): Promise<void> => void await gateway.client.publishAsync(`/ota/device/inform/${gatewayProductKey}/gate-1`, JSON.stringify({ id: '1', params }), { qos: 1 })
    await report({ module: 'radio', version: '7.1' })
    await report({ version: '1.0.1' })
    const list = async (currentPage: number) => (await client.listOTAModuleVersionsByDevice(new models.ListOTAModuleVersionsByDeviceRequest({ ...gate, currentPage, pageSize: 1 }))).body
    await waitFor(async () => (await list(1)).total === 2)
    const [first, second] = [await list(1), await list(2)]
    expect(first).toMatchObject({ success: true, currentPage: 1, pageCount: 2, pageSize: 1, data: { simpleOTAModuleInfo: [{ ...gate, moduleName: 'default', moduleVersion: '1.0.1' }] } })
    expect(second.data?.simpleOTAModuleInfo).toMatchObject([{ moduleName: 'radio', moduleVersion: '7.1' }])
  })
})

describe('the shadow of a device', () => {
  const device = { productKey: 'a1Test', deviceName: 'dev-0001' }

  it('is written as a whole or in part, told to the device, and read as text', async () => {
    const { api, client, mqtt } = await startOpenApi()
    const gatewayLike = await connectGateway(mqtt, await makeDevice(api))
    const update = async (shadowMessage: object, deltaUpdate?: boolean) => (await client.updateDeviceShadow(new models.UpdateDeviceShadowRequest({ ...device, shadowMessage: JSON.stringify(shadowMessage), deltaUpdate }))).body
    expect(await update({ method: 'update', state: { desired: { color: 'green', mode: 1 } }, version: 0 })).toMatchObject({ success: true })
    const control = JSON.parse(await waitFor(() => gatewayLike.on('/shadow/get/a1Test/dev-0001')[0])) as object
    expect(control).toMatchObject({ method: 'control', payload: { state: { desired: { color: 'green', mode: 1 } } }, version: 1 })
    await update({ method: 'update', state: { desired: { color: 'red' } }, version: 5 }, true)
    const read = async () => JSON.parse((await client.getDeviceShadow(new models.GetDeviceShadowRequest(device))).body.shadowMessage ?? '') as object
    expect(await read()).toMatchObject({ state: { desired: { color: 'red', mode: 1 }, reported: {} }, metadata: { desired: { color: { timestamp: expect.any(Number) as number } } }, version: 5 })
    await update({ method: 'update', state: { desired: { mode: 2 } }, version: 6 })
    expect(await read()).toMatchObject({ state: { desired: { mode: 2 } }, version: 6 })
  })

  it('refuses a message with the cloud\'s code for what is wrong with it', async () => {
    const { api, client } = await startOpenApi()
    await makeDevice(api)
    const update = async (shadowMessage: string) => (await client.updateDeviceShadow(new models.UpdateDeviceShadowRequest({ ...device, shadowMessage }))).body.code
    expect(await update('{"method":"update","state":{"desired":{"a":1}},"version":3}')).toBeUndefined()
    expect(await update('{"method":"update","state":{"desired":{"a":1}},"version":3}')).toBe('iot.messagebroker.UpdateDeviceShadowMessageFailed')
    expect(await update('{')).toBe('iot.messagebroker.ShadowMessageIsNotJson')
    await api.call('settings.set', { name: 'limits.applyCloud', value: true })
    const many = JSON.stringify({ method: 'update', state: { desired: Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`a${index}`, 1])) }, version: 0 })
    expect(await update(many)).toBe('iot.messagebroker.TooManyElementInDesire')
    expect(await update(JSON.stringify({ method: 'update', state: { desired: { a: 'x'.repeat(17_000) } }, version: 0 }))).toBe('iot.messagebroker.ShadowMessageLengthIsLarge')
    expect((await client.getDeviceShadow(new models.GetDeviceShadowRequest({ ...device, deviceName: 'nobody' }))).body.code).toBe('iot.device.NotExistedDevice')
  })
})
