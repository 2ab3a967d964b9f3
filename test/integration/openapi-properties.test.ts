import type { SdkDevice } from '../support/node-sdk.ts'
import type { TestOpenApi } from '../support/openapi.ts'
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectSdk } from '../support/node-sdk.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { makeReportingDevices, reportingProductKey as productKey } from '../support/reporting-product.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'lamp-0001'
const named = { productKey, deviceName }

async function startBench(): Promise<TestOpenApi & { device: SdkDevice, commands: { id: string, params: object }[] }> {
  const started = await startOpenApi()
  const [certificate] = await makeReportingDevices(started.api, 3)
  const device = await connectSdk(started.mqtt, certificate!)
  const commands: { id: string, params: object }[] = []
  device.onProps(command => commands.push(command))
  return { ...started, device, commands }
}

describe('setting properties', () => {
  it('succeeds when the command is sent, and names its id', async () => {
    const { client, commands } = await startBench()
    const { body } = await client.setDeviceProperty(new models.SetDevicePropertyRequest({ ...named, items: '{"Int":80,"pump:Flow":1}' }))
    expect(body).toMatchObject({ success: true, data: { messageId: expect.stringMatching(/^\d+$/) as string } })
    await waitFor(() => commands.length === 1)
    expect(commands[0]).toMatchObject({ id: body!.data!.messageId, params: { 'Int': 80, 'pump:Flow': 1 } })
  })

  it('sends with the QoS that is asked for', async () => {
    const { mqtt, api, pop } = await startOpenApi()
    const [certificate] = await makeReportingDevices(api)
    const { client } = await connectDevice(mqtt, certificate!)
    const levels: number[] = []
    client.on('message', (_topic, _payload, { qos }) => levels.push(qos))
    await client.subscribeAsync(`/sys/${productKey}/${deviceName}/thing/service/property/set`, { qos: 1 })
    for (const more of [{}, { Qos: 1 }, { Qos: 0 }])
      await pop('SetDeviceProperty', { ProductKey: productKey, DeviceName: deviceName, Items: '{"Int":1}', ...more })
    await waitFor(() => levels.length === 3)
    expect(levels).toEqual([0, 1, 0])
  })

  it('fails for a device that is offline or was never active, and for values that the thing model does not allow', async () => {
    const { pop, mqtt, api } = await startBench()
    const set = (name: string, items: string): Promise<unknown> => pop('SetDeviceProperty', { ProductKey: productKey, DeviceName: name, Items: items })
    await expect(set(deviceName, '{"Int":101}')).rejects.toMatchObject({ code: 'iot.device.SetDevicePropertyFailed', message: expect.stringContaining('Int') as string })
    await expect(set(deviceName, '{"Constant":1}')).rejects.toMatchObject({ code: 'iot.device.SetDevicePropertyFailed' })
    await expect(set(deviceName, '[1')).rejects.toMatchObject({ code: 'iot.device.SetDevicePropertyFailed' })
    await expect(set('lamp-0002', '{"Int":1}')).rejects.toMatchObject({ code: 'iot.messagebroker.OFFLINE' })
    const gone = await connectDevice(mqtt, await api.call('device.get', { productKey, deviceName: 'lamp-0003' }))
    await gone.client.endAsync()
    await waitFor(async () => (await api.call('device.get', { productKey, deviceName: 'lamp-0003' })).state === 'OFFLINE')
    await expect(set('lamp-0003', '{"Int":1}')).rejects.toMatchObject({ code: 'iot.messagebroker.OFFLINE' })
  })

  it('reaches every device of a list that is online, and fails when none is', async () => {
    const { client, pop, commands } = await startBench()
    const { body } = await client.setDevicesProperty(new models.SetDevicesPropertyRequest({ productKey, deviceName: ['lamp-0002', deviceName], items: '{"Int":5}' }))
    expect(body).toMatchObject({ success: true })
    await waitFor(() => commands.length === 1)
    const set = (names: string[], items: string): Promise<unknown> => pop('SetDevicesProperty', { ProductKey: productKey, DeviceName: names, Items: items })
    await expect(set(['lamp-0002', 'lamp-0003'], '{"Int":5}')).rejects.toMatchObject({ code: 'iot.messagebroker.OFFLINE' })
    await expect(set([deviceName, 'lamp-0009'], '{"Int":6}')).rejects.toMatchObject({ code: 'iot.device.NotExistedDevice' })
    await expect(set([deviceName], '{"Nothing":6}')).rejects.toMatchObject({ code: 'iot.device.SetDevicePropertyFailed' })
    expect(commands).toHaveLength(1)
  })
})

it('lists the properties of a module with their latest values as text, those without a value too', async () => {
  const { client, device } = await startBench()
  await new Promise(resolve => device.postProps({ 'Int': { value: 7, time: 1_735_689_600_000 }, 'Struct': { X: 1 }, 'pump:Flow': 2.5 }, resolve))
  const ask = async (functionBlockId?: string): Promise<unknown[]> => {
    const { body } = await client.queryDevicePropertyStatus(new models.QueryDevicePropertyStatusRequest({ ...named, ...(functionBlockId !== undefined && { functionBlockId }) }))
    return body!.data!.list!.propertyStatusInfo!.map(info => info.toMap() as unknown)
  }
  const own = await ask()
  expect(own).toHaveLength(11)
  expect(own).toContainEqual({ Identifier: 'Int', Name: 'Int', DataType: 'int', Unit: '', Value: '7', Time: '1735689600000' })
  expect(own).toContainEqual(expect.objectContaining({ Identifier: 'Struct', Value: '{"X":1}' }))
  expect(own).toContainEqual({ Identifier: 'Text', Name: 'Text', DataType: 'text', Unit: '' })
  expect(await ask('pump')).toEqual([{ Identifier: 'pump:Flow', Name: 'Flow rate', DataType: 'double', Unit: 'm³/h', Value: '2.5', Time: expect.stringMatching(/^\d{13}$/) as string }])
})

describe('desired values', () => {
  it('are set with versions, brought to a device that is online, listed, and cleared', async () => {
    const { client, pop, commands } = await startBench()
    const set = (items: string, versions: string) => client.setDeviceDesiredProperty(new models.SetDeviceDesiredPropertyRequest({ ...named, items, versions }))
    const first = await set('{"Int":5,"Text":"a"}', '{"Int":0}')
    expect(first.body).toMatchObject({ success: true, data: { messageId: expect.stringMatching(/^\d+$/) as string, versions: '{"Int":1,"Text":1}' } })
    await waitFor(() => commands.length === 1)
    expect(commands[0]).toMatchObject({ id: first.body!.data!.messageId, params: { Int: 5, Text: 'a' } })
    expect((await set('{"Int":6}', '{"Int":0}')).body).toMatchObject({ success: false, code: 'iot.device.SetDevicePropertyFailed' })
    expect((await set('{"pump:Flow":1}', '{}')).body).toMatchObject({ success: true })

    const ask = async (more: object): Promise<unknown[]> => {
      const { body } = await client.queryDeviceDesiredProperty(new models.QueryDeviceDesiredPropertyRequest({ ...named, ...more }))
      return body!.data!.list!.desiredPropertyInfo!.map(info => info.toMap() as unknown)
    }
    const time = expect.stringMatching(/^\d{13}$/) as string
    expect(await ask({})).toEqual([
      { Identifier: 'Int', Name: 'Int', DataType: 'int', Unit: '', Value: '5', Time: time, Version: 1 },
      { Identifier: 'Text', Name: 'Text', DataType: 'text', Unit: '', Value: 'a', Time: time, Version: 1 },
    ])
    expect(await ask({ functionBlockId: 'pump' })).toMatchObject([{ Identifier: 'pump:Flow', Version: 1 }])
    expect(await ask({ identifier: ['Text'] })).toMatchObject([{ Identifier: 'Text' }])

    expect(await pop('ClearDeviceDesiredProperty', { ProductKey: productKey, DeviceName: deviceName, Identifies: ['Int'] }, 'POST')).toMatchObject({ Success: true, Data: { Versions: '{"Int":2}' } })
    expect(await ask({ identifier: ['Int'] })).toEqual([{ Identifier: 'Int', Name: 'Int', DataType: 'int', Unit: '', Time: time, Version: 2 }])
  })

  it('wait for a device that is offline, and nothing was sent then', async () => {
    const { client } = await startBench()
    const { body } = await client.setDeviceDesiredProperty(new models.SetDeviceDesiredPropertyRequest({ productKey, deviceName: 'lamp-0002', items: '{"Int":5}', versions: '{}' }))
    expect(body).toMatchObject({ success: true, data: { versions: '{"Int":1}' } })
    expect(body!.data!.messageId).toBeUndefined()
  })
})
