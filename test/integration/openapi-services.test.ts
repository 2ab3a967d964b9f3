import type { SdkDevice } from '../support/node-sdk.ts'
import type { TestOpenApi } from '../support/openapi.ts'
import { expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectSdk } from '../support/node-sdk.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { makeReportingDevices, reportingProductKey as productKey } from '../support/reporting-product.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'lamp-0001'
const named = { productKey, deviceName }
const range = { startTime: 0, endTime: 4_000_000_000_000 }

async function startBench(): Promise<TestOpenApi & { device: SdkDevice }> {
  const started = await startOpenApi()
  const [certificate] = await makeReportingDevices(started.api, 3)
  return { ...started, device: await connectSdk(started.mqtt, certificate!) }
}

function invoke({ client }: TestOpenApi, identifier: string, args: string, name = deviceName) {
  return client.invokeThingService(new models.InvokeThingServiceRequest({ productKey, deviceName: name, identifier, args }))
}

async function calls({ client }: TestOpenApi, identifier?: string): Promise<Record<string, unknown>[]> {
  const { body } = await client.queryDeviceServiceData(new models.QueryDeviceServiceDataRequest({ ...named, ...range, ...(identifier !== undefined && { identifier }) }))
  return body!.data!.list!.serviceInfo!.map(info => info.toMap() as Record<string, unknown>)
}

it('answers a synchronous call with the result that the device gave, as JSON text', async () => {
  const bench = await startBench()
  bench.device.onService('Blink', ({ id, params }, reply) => reply({ id, code: 200, data: { Done: params.Times === 3 ? 1 : 0 } }, 'sync'))
  expect((await invoke(bench, 'Blink', '{"Times":3}')).body).toMatchObject({ success: true, data: { messageId: expect.stringMatching(/^\d+$/) as string, result: '{"Done":1}' } })
  expect(await calls(bench)).toEqual([{ Identifier: 'Blink', Name: 'Blink', InputData: '{"Times":3}', OutputData: '{"Done":1}', Time: expect.stringMatching(/^\d{13}$/) as string }])
})

it('fails a synchronous call with what the device answered, when it is offline, and when the input does not fit', async () => {
  const bench = await startBench()
  bench.device.onService('Blink', ({ id }, reply) => reply({ id, code: 100_001, data: {} }, 'sync'))
  const refused = await invoke(bench, 'Blink', '{"Times":3}')
  expect(refused.body).toMatchObject({ success: false, code: 'iot.device.InvokeThingServiceFailed', errorMessage: expect.stringContaining('100001') as string })
  expect((await invoke(bench, 'Blink', '{}')).body).toMatchObject({ success: false, code: 'iot.device.InvokeThingServiceFailed', errorMessage: expect.stringContaining('Times') as string })
  expect((await invoke(bench, 'Nothing', '{}')).body).toMatchObject({ success: false, code: 'iot.device.InvokeThingServiceFailed' })
  const gone = await connectDevice(bench.mqtt, await bench.api.call('device.get', { productKey, deviceName: 'lamp-0003' }))
  await gone.client.endAsync()
  await waitFor(async () => (await bench.api.call('device.get', { productKey, deviceName: 'lamp-0003' })).state === 'OFFLINE')
  expect((await invoke(bench, 'Blink', '{"Times":3}', 'lamp-0003')).body).toMatchObject({ success: false, code: 'iot.messagebroker.OFFLINE' })
})

it('fails a synchronous call with TIMEOUT when the device does not answer in time', async () => {
  const { pop } = await startBench()
  // The typed client gives up after three seconds by default, before the eight that a device may take are over.
  await expect(pop('InvokeThingService', { ProductKey: productKey, DeviceName: deviceName, Identifier: 'Blink', Args: '{"Times":3}' })).rejects.toMatchObject({ code: 'iot.messagebroker.TIMEOUT' })
}, 30_000)

it('answers an asynchronous call at once without a result, which is found later', async () => {
  const bench = await startBench()
  bench.device.onService('Prime', ({ id }, reply) => reply({ id, code: 200, data: { Took: 12 } }))
  const { body } = await invoke(bench, 'Prime', '{"Speed":5}')
  expect(body).toMatchObject({ success: true, data: { messageId: expect.stringMatching(/^\d+$/) as string } })
  expect(body!.data!.result).toBeUndefined()
  await waitFor(async () => (await calls(bench, 'Prime'))[0]?.OutputData === '{"Took":12}')
  expect(await calls(bench, 'Blink')).toEqual([])
})

it('calls a service of every device of a list that is online without waiting, a synchronous one too', async () => {
  const bench = await startBench()
  const asked: string[] = []
  bench.device.onService('Prime', ({ id }, reply) => {
    asked.push('Prime')
    reply({ id, code: 200, data: { Took: 1 } })
  })
  bench.device.onService('Blink', ({ id }, reply) => {
    asked.push('Blink')
    reply({ id, code: 200, data: { Done: 1 } }, 'sync')
  })
  const many = async (identifier: string, args: string, deviceNames: string[]) => (await bench.client.invokeThingsService(new models.InvokeThingsServiceRequest({ productKey, deviceName: deviceNames, identifier, args }))).body
  expect(await many('Prime', '{"Speed":5}', ['lamp-0002', deviceName])).toMatchObject({ success: true })
  expect(await many('Blink', '{"Times":1}', [deviceName])).toMatchObject({ success: true })
  await waitFor(async () => (await calls(bench)).filter(({ OutputData }) => OutputData !== undefined).length === 2)
  expect(asked).toEqual(['Prime', 'Blink'])
  expect(await many('Prime', '{"Speed":5}', ['lamp-0002'])).toMatchObject({ success: false, code: 'iot.messagebroker.OFFLINE' })
  expect(await many('Prime', '{"Speed":500}', [deviceName])).toMatchObject({ success: false, code: 'iot.device.InvokeThingServiceFailed' })
})

it('pages through the calls of a device in either order', async () => {
  const bench = await startBench()
  for (const speed of [1, 2, 3])
    await invoke(bench, 'Prime', `{"Speed":${speed}}`)
  for (const asc of [0, 1]) {
    const seen: number[] = []
    let span = { ...range }
    for (let pages = 0; pages < 10; pages++) {
      const { body } = await bench.client.queryDeviceServiceData(new models.QueryDeviceServiceDataRequest({ ...named, ...span, asc, pageSize: 1 }))
      const { list, nextTime, nextValid } = body!.data!
      seen.push(...list!.serviceInfo!.map(({ inputData }) => (JSON.parse(inputData!) as { Speed: number }).Speed))
      if (!nextValid)
        break
      span = asc === 1 ? { ...span, startTime: nextTime! } : { ...span, endTime: nextTime! }
    }
    expect(seen).toEqual(asc === 1 ? [1, 2, 3] : [3, 2, 1])
  }
})
