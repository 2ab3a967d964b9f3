import type { SdkDevice } from '../support/node-sdk.ts'
import type { TestOpenApi } from '../support/openapi.ts'
import { expect, it } from 'vitest'
import { connectSdk } from '../support/node-sdk.ts'
import { connectNpmGateway } from '../support/npm-gateway.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { talkingModel } from '../support/talking-product.ts'
import { waitFor } from '../support/wait-for.ts'

const timeout = 120_000

interface Made { productKey: string, deviceName: string, deviceSecret: string }

/** A product with the model that talks, as a server program makes it. */
async function makeProduct({ client }: TestOpenApi, connects: { netType: string } | { protocolType: string } = { netType: 'WIFI' }): Promise<string> {
  const { body } = await client.createProduct(new models.CreateProductRequest({ productName: 'Lamps_of_floor_3', nodeType: 0, aliyunCommodityCode: 'iothub_senior', dataFormat: 1, ...connects }))
  const productKey = body!.productKey!
  expect(body).toMatchObject({ success: true, data: { productName: 'Lamps_of_floor_3', nodeType: 0, productSecret: expect.any(String) as string } })
  const tslStr = JSON.stringify({ ...talkingModel, profile: { productKey } })
  expect((await client.importThingModelTsl(new models.ImportThingModelTslRequest({ productKey, tslStr }))).body).toMatchObject({ success: true })
  expect((await client.publishThingModel(new models.PublishThingModelRequest({ productKey, modelVersion: '1.1', description: 'first' }))).body).toMatchObject({ success: true })
  return productKey
}

async function register({ client }: TestOpenApi, productKey: string, deviceName: string): Promise<Made & { iotId: string }> {
  const { body } = await client.registerDevice(new models.RegisterDeviceRequest({ productKey, deviceName }))
  const { deviceSecret, iotId } = body!.data!
  return { productKey, deviceName, deviceSecret: deviceSecret!, iotId: iotId! }
}

/** A lamp as a program on the npm device SDK makes one: it does what it is told, says so, and reports it. */
function obey(device: SdkDevice, { productKey, deviceName }: Made): void {
  device.onProps((command) => {
    device.publish(`/sys/${productKey}/${deviceName}/thing/service/property/set_reply`, JSON.stringify({ id: command.id, code: 200, data: {} }))
    device.postProps(command.params)
  })
  device.onService('Blink', ({ id }, reply) => reply({ id, code: 200, data: { Done: 1 } }, 'sync'))
  device.onService('Prime', ({ id }, reply) => reply({ id, code: 200, data: { Took: 7 } }))
}

it('lives a whole life with the cloud\'s own server client on one side and its own device SDK on the other', async () => {
  const bench = await startOpenApi()
  const { client, pop, api, mqtt } = bench
  const productKey = await makeProduct(bench)
  const lamp = await register(bench, productKey, 'lamp-0001')
  expect((await client.getDeviceStatus(new models.GetDeviceStatusRequest({ iotId: lamp.iotId }))).body).toMatchObject({ data: { status: 'UNACTIVE' } })
  const device = await connectSdk(mqtt, lamp)
  obey(device, lamp)
  expect((await client.getDeviceStatus(new models.GetDeviceStatusRequest({ productKey, deviceName: 'lamp-0001' }))).body).toMatchObject({ success: true, data: { status: 'ONLINE' } })

  // Properties: the platform takes the command, the device obeys and reports.
  const set = await client.setDeviceProperty(new models.SetDevicePropertyRequest({ iotId: lamp.iotId, items: '{"Brightness":80}' }))
  expect(set.body).toMatchObject({ success: true, data: { messageId: expect.stringMatching(/^\d+$/) as string } })
  await waitFor(async () => {
    const { body } = await client.queryDevicePropertyStatus(new models.QueryDevicePropertyStatusRequest({ productKey, deviceName: 'lamp-0001' }))
    return body!.data!.list!.propertyStatusInfo!.some(({ identifier, value }) => identifier === 'Brightness' && value === '80')
  })
  const history = await client.queryDevicePropertyData(new models.QueryDevicePropertyDataRequest({ iotId: lamp.iotId, identifier: 'Brightness', startTime: Date.now() - 60_000, endTime: Date.now() + 60_000, asc: 1, pageSize: 10 }))
  expect(history.body!.data!.list!.propertyInfo).toMatchObject([{ value: '80' }])

  // Services, synchronous and not.
  expect((await client.invokeThingService(new models.InvokeThingServiceRequest({ iotId: lamp.iotId, identifier: 'Blink', args: '{"Times":3}' }))).body).toMatchObject({ success: true, data: { result: '{"Done":1}' } })
  expect((await client.invokeThingService(new models.InvokeThingServiceRequest({ iotId: lamp.iotId, identifier: 'Prime', args: '{"Speed":7}' }))).body).toMatchObject({ success: true, data: { messageId: expect.any(String) as string } })
  await waitFor(async () => {
    const { body } = await client.queryDeviceServiceData(new models.QueryDeviceServiceDataRequest({ iotId: lamp.iotId, identifier: 'Prime', startTime: 0, endTime: Date.now() + 60_000, asc: 1, pageSize: 10 }))
    return body!.data!.list!.serviceInfo![0]?.outputData === '{"Took":7}'
  })

  // Events.
  device.postEvent('Overheat', { Temp: 93.5 })
  await waitFor(async () => {
    const { body } = await client.queryDeviceEventData(new models.QueryDeviceEventDataRequest({ iotId: lamp.iotId, identifier: 'Overheat', startTime: 0, endTime: Date.now() + 60_000, asc: 1, pageSize: 10 }))
    return body!.data!.list!.eventInfo!.length === 1
  })

  // Desired values, tags, shadow.
  expect((await client.setDeviceDesiredProperty(new models.SetDeviceDesiredPropertyRequest({ iotId: lamp.iotId, items: '{"Level":3}', versions: '{"Level":0}' }))).body).toMatchObject({ success: true, data: { versions: '{"Level":1}' } })
  expect((await client.queryDeviceDesiredProperty(new models.QueryDeviceDesiredPropertyRequest({ iotId: lamp.iotId, identifier: ['Level'] }))).body!.data!.list!.desiredPropertyInfo).toMatchObject([{ identifier: 'Level', value: '3', version: 1 }])
  expect((await client.saveDeviceProp(new models.SaveDevicePropRequest({ iotId: lamp.iotId, props: '{"floor":"3"}' }))).body).toMatchObject({ success: true })
  expect((await client.queryDeviceProp(new models.QueryDevicePropRequest({ iotId: lamp.iotId }))).body!.props).toContain('"floor":"3"')
  expect((await client.updateDeviceShadow(new models.UpdateDeviceShadowRequest({ productKey, deviceName: 'lamp-0001', shadowMessage: '{"method":"update","state":{"desired":{"color":"red"}},"version":1}' }))).body).toMatchObject({ success: true })
  expect((await client.getDeviceShadow(new models.GetDeviceShadowRequest({ productKey, deviceName: 'lamp-0001' }))).body!.shadowMessage).toContain('"color":"red"')

  // Messages: one device, all devices, and a question with its answer in bytes.
  const received: string[] = []
  device.on('message', ((topic: string, payload: Uint8Array) => {
    received.push(`${topic} ${Buffer.from(payload).toString()}`)
    if (topic.includes('/rrpc/request/'))
      device.publish(topic.replace('/request/', '/response/'), 'pong')
  }) as never)
  device.subscribe(`/${productKey}/lamp-0001/user/get`)
  await waitFor(async () => (await pop('Pub', { ProductKey: productKey, DeviceName: 'lamp-0001', TopicFullName: `/${productKey}/lamp-0001/user/get`, MessageContent: 'aGk=', Qos: 0 }, 'POST').catch(() => undefined))?.Success === true && received.includes(`/${productKey}/lamp-0001/user/get hi`))
  expect((await client.rRpc(new models.RRpcRequest({ productKey, deviceName: 'lamp-0001', requestBase64Byte: 'cGluZw==', timeout: 5_000 }))).body).toMatchObject({ success: true, rrpcCode: 'SUCCESS', payloadBase64Byte: Buffer.from('pong').toString('base64'), messageId: expect.any(Number) as number })
  expect((await client.pubBroadcast(new models.PubBroadcastRequest({ productKey, messageContent: 'YWxs' }))).body).toMatchObject({ success: true, messageId: expect.any(Number) as number })
  await waitFor(() => received.some(message => message.endsWith(' all')))

  // Groups.
  const { body: grouped } = await client.createDeviceGroup(new models.CreateDeviceGroupRequest({ groupName: 'Floor_3' }))
  const groupId = grouped!.data!.groupId!
  expect(await pop('BatchAddDeviceGroupRelations', { 'GroupId': groupId, 'Device.1.ProductKey': productKey, 'Device.1.DeviceName': 'lamp-0001' })).toMatchObject({ SuccessAddedDeviceCount: 1 })
  expect((await client.queryDeviceListByDeviceGroup(new models.QueryDeviceListByDeviceGroupRequest({ groupId, currentPage: 1, pageSize: 10 }))).body!.data!.simpleDeviceInfo).toMatchObject([{ deviceName: 'lamp-0001' }])

  // The log knows every call, and what each caused.
  expect(await pop('QueryDeviceLog', { IotId: lamp.iotId, PageSize: 50 })).toMatchObject({ Success: true })
  const { calls } = await api.call('openapi.calls', { action: 'SetDeviceProperty' })
  expect(calls).toMatchObject([{ requestId: set.body!.requestId, device: { productKey, deviceName: 'lamp-0001' } }])

  // Disabled, enabled, deleted.
  expect((await client.disableThing(new models.DisableThingRequest({ iotId: lamp.iotId }))).body).toMatchObject({ success: true })
  expect((await client.getDeviceStatus(new models.GetDeviceStatusRequest({ iotId: lamp.iotId }))).body).toMatchObject({ data: { status: 'DISABLE' } })
  expect((await client.enableThing(new models.EnableThingRequest({ iotId: lamp.iotId }))).body).toMatchObject({ success: true })
  expect((await client.deleteDevice(new models.DeleteDeviceRequest({ iotId: lamp.iotId }))).body).toMatchObject({ success: true })
  expect((await client.queryDeviceDetail(new models.QueryDeviceDetailRequest({ iotId: lamp.iotId }))).body).toMatchObject({ success: false, code: 'iot.device.NotExistedDevice' })
  expect((await client.deleteProduct(new models.DeleteProductRequest({ productKey }))).body).toMatchObject({ success: true })
}, timeout)

it('gives a gateway of the npm device SDK its sub-devices', async () => {
  const bench = await startOpenApi()
  const { client, mqtt } = bench
  const made = await client.createProduct(new models.CreateProductRequest({ productName: 'Gateways', nodeType: 1, aliyunCommodityCode: 'iothub_senior', dataFormat: 1, netType: 'ETHERNET' }))
  const productKey = await makeProduct(bench, { protocolType: 'customize' })
  const gateway = await register(bench, made.body!.productKey!, 'gate-0001')
  const node = await register(bench, productKey, 'node-0001')
  const connected = await connectNpmGateway(mqtt, gateway)
  await new Promise(resolve => connected.addTopo([node], resolve))
  expect((await client.getThingTopo(new models.GetThingTopoRequest({ iotId: gateway.iotId, pageNo: 1, pageSize: 10 }))).body!.data!.list!.deviceInfo).toMatchObject([{ deviceName: 'node-0001', productKey }])
  expect((await client.getGatewayBySubDevice(new models.GetGatewayBySubDeviceRequest({ iotId: node.iotId }))).body!.data).toMatchObject({ deviceName: 'gate-0001', status: 'online', iotId: gateway.iotId })
  expect((await client.removeThingTopo(new models.RemoveThingTopoRequest({ iotId: node.iotId }))).body).toMatchObject({ success: true, data: true })
  expect((await client.getThingTopo(new models.GetThingTopoRequest({ iotId: gateway.iotId, pageNo: 1, pageSize: 10 }))).body!.data).toMatchObject({ total: 0 })
}, timeout)

it('begins the journey of what it causes with the record of the call, which its messages name as their cause', async () => {
  const bench = await startOpenApi()
  const { client, api, mqtt } = bench
  const productKey = await makeProduct(bench)
  const lamp = await register(bench, productKey, 'lamp-0001')
  obey(await connectSdk(mqtt, lamp), lamp)
  const { body } = await client.invokeThingService(new models.InvokeThingServiceRequest({ iotId: lamp.iotId, identifier: 'Blink', args: '{"Times":3}' }))
  const { calls: [call] } = await api.call('openapi.calls', { action: 'InvokeThingService' })
  expect(call).toMatchObject({ requestId: body!.requestId })
  const { records } = await waitFor(async () => {
    const found = await api.call('log.search', { filter: { traceId: call!.traceId } })
    return found.records.some(({ bizCode }) => bizCode === 'uplink') && found
  })
  const ways = records.map(({ bizCode, operation, code }) => `${bizCode} ${operation} ${code}`)
  expect(ways.filter(way => way.startsWith('ApiService'))).toEqual(['ApiService InvokeThingService 200'])
  expect(ways.map(way => way.split(' ')[0])).toEqual(expect.arrayContaining(['ApiService', 'ThingModel', 'ThingService', 'downlink', 'uplink']))
}, timeout)
