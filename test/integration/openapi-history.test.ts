import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject, JsonValue } from '../../src/shared/json.ts'
import type { MqttDevice } from '../support/mqtt-device.ts'
import type { TestOpenApi } from '../support/openapi.ts'
import { describe, expect, it } from 'vitest'
import { connectGateway, makeGateways } from '../support/gateway.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { models, startOpenApi } from '../support/openapi.ts'
import { makeRawDevice, scriptOf } from '../support/raw-product.ts'
import { makeReportingDevices, reportingProductKey as productKey } from '../support/reporting-product.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'lamp-0001'
const past = 1_735_689_600_000
const range = { startTime: past - 1_000_000, endTime: past + 1_000_000 }

interface Bench extends TestOpenApi { certificate: DeviceCertificate, device: MqttDevice, send: (path: string, params: JsonValue) => Promise<void> }

async function startBench(): Promise<Bench> {
  const started = await startOpenApi()
  const [certificate] = await makeReportingDevices(started.api)
  const device = await connectDevice(started.mqtt, certificate!)
  let id = 0
  const send = async (path: string, params: JsonValue): Promise<void> => {
    await device.client.publishAsync(`/sys/${productKey}/${deviceName}/thing/event/${path}`, JSON.stringify({ id: String(++id), version: '1.0', params }), { qos: 1 })
  }
  return { ...started, certificate: certificate!, device, send }
}

const timed = (value: JsonValue, time: number): JsonObject => ({ value, time })

async function valuesOf({ client }: TestOpenApi, identifier: string, named: { productKey: string, deviceName: string } = { productKey, deviceName }): Promise<[time: string, value: string][]> {
  const { body } = await client.queryDevicePropertyData(new models.QueryDevicePropertyDataRequest({ ...named, identifier, ...range, asc: 1, pageSize: 50 }))
  expect(body).toMatchObject({ success: true, data: { nextValid: false } })
  return body!.data!.list!.propertyInfo!.map(({ time, value }) => [time!, value!])
}

describe('the values of a property', () => {
  it('are given for every data type as text, with the times that the device reported', async () => {
    const bench = await startBench()
    const { device } = bench
    await device.client.publishAsync(`/sys/${productKey}/${deviceName}/thing/event/property/post`, `{"id":"1","params":{${[
      '"Int":7',
      '"Float":1.5',
      '"Double":2.25',
      '"Long":9007199254740993',
      '"Bool":1',
      '"Enum":2',
      '"Text":"warm"',
      `"Date":"${past}"`,
      '"Struct":{"X":1,"Y":2}',
      '"Array":[3,4]',
      '"pump:Flow":0.5',
    ].map(member => member.replace(/:(?!Flow)(.*)/, `:{"value":$1,"time":${past}}`)).join(',')}}}`, { qos: 1 })
    const expected: Record<string, string> = { 'Int': '7', 'Float': '1.5', 'Double': '2.25', 'Long': '9007199254740993', 'Bool': '1', 'Enum': '2', 'Text': 'warm', 'Date': String(past), 'Struct': '{"X":1,"Y":2}', 'Array': '[3,4]', 'pump:Flow': '0.5' }
    for (const [identifier, value] of Object.entries(expected))
      expect(await valuesOf(bench, identifier), identifier).toEqual([[String(past), value]])
  })

  it('are those that passed the check, out of single reports, batches and reports of the past', async () => {
    const bench = await startBench()
    await bench.device.post({ Text: timed('one', past), Int: timed(1, past), Foo: 1 })
    await bench.device.post({ Text: timed('much too long', past + 1), Int: timed(1_000, past + 1) })
    await bench.send('property/batch/post', { properties: { Text: [timed('two', past + 2), timed('three', past + 3), timed(7, past + 3)], Int: [timed(2, past + 2), timed(-1, past + 3)] } })
    await bench.send('property/history/post', [{ identity: { productKey, deviceName }, properties: [{ Text: timed('zero', past - 1), Int: timed(0, past - 1) }] }])
    expect((await valuesOf(bench, 'Text')).map(([time, value]) => [Number(time) - past, value])).toEqual([[-1, 'zero'], [0, 'one'], [2, 'two'], [3, 'three']])
    expect((await valuesOf(bench, 'Int')).map(([time, value]) => [Number(time) - past, value])).toEqual([[-1, '0'], [0, '1'], [2, '2']])
    const status = await bench.api.call('device.get', { productKey, deviceName })
    expect(status.properties.Text).toEqual({ value: 'three', time: past + 3 })
  })

  it('are also those of sub-devices in a gateway\'s pack, and what the script of a custom format made of bytes', async () => {
    const started = await startOpenApi()
    const { gateways, subs } = await makeGateways(started.api)
    const gateway = await connectGateway(started.mqtt, gateways[0]!)
    await gateway.bringUp(subs[0]!)
    await gateway.ask('thing/event/property/pack/post', { subDevices: [{ identity: { productKey: subs[0]!.productKey, deviceName: subs[0]!.deviceName }, properties: { Label: timed('sub', past), Brightness: timed(5, past) } }] })
    // What came with QoS 0 is kept after its answer.
    await waitFor(async () => (await valuesOf(started, 'Label', subs[0])).length > 0, { what: 'the value of the sub-device' })
    expect(await valuesOf(started, 'Label', subs[0])).toEqual([[String(past), 'sub']])
    expect(await valuesOf(started, 'Brightness', subs[0])).toEqual([[String(past), '5']])

    const script = scriptOf(`{ method: 'thing.event.property.post', id: '1', version: '1.0', params: { Label: { value: 'raw', time: ${past} } } }`)
    const raw = await makeRawDevice(started.api, { script })
    const device = await connectDevice(started.mqtt, raw)
    await device.client.publishAsync(`/sys/${raw.productKey}/${raw.deviceName}/thing/model/up_raw`, Buffer.from([1]), { qos: 1 })
    await waitFor(async () => (await valuesOf(started, 'Label', raw)).length > 0, { what: 'the value that the script made' })
    expect(await valuesOf(started, 'Label', raw)).toEqual([[String(past), 'raw']])
  })

  it.each([0, 1])('come page by page in either order, none lost and none twice, although many share a millisecond (Asc %i)', async (asc) => {
    const bench = await startBench()
    const times = [0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 3, 4, 5, 5]
    await bench.send('property/batch/post', { properties: { Int: times.map((time, index) => timed(index, past + time)), Text: times.map((time, index) => timed(String(index), past + time)) } })
    for (const identifier of ['Int', 'Text']) {
      const seen: string[] = []
      let span = { ...range }
      for (let pages = 0; pages < 20; pages++) {
        const { body } = await bench.client.queryDevicePropertyData(new models.QueryDevicePropertyDataRequest({ productKey, deviceName, identifier, ...span, asc, pageSize: 4 }))
        const { list, nextTime, nextValid } = body!.data!
        seen.push(...list!.propertyInfo!.map(({ value }) => value!))
        if (!nextValid)
          break
        span = asc === 1 ? { ...span, startTime: nextTime! } : { ...span, endTime: nextTime! }
      }
      expect(seen.map(Number).toSorted((a, b) => a - b)).toEqual(times.map((_, index) => index))
      const seenTimes = seen.map(value => times[Number(value)]!)
      expect(seenTimes).toEqual(times.toSorted((a, b) => asc === 1 ? a - b : b - a))
    }
  })

  it('may be asked for newest first with StartTime as the newer end, which NextTime then replaces', async () => {
    const bench = await startBench()
    await bench.device.post({ Int: timed(1, past) })
    await bench.device.post({ Int: timed(2, past + 5) })
    const ask = async (startTime: number): Promise<JsonValue> => {
      const { body } = await bench.client.queryDevicePropertyData(new models.QueryDevicePropertyDataRequest({ productKey, deviceName, identifier: 'Int', startTime, endTime: past - 10, asc: 0, pageSize: 1 }))
      return body!.data!.toMap() as JsonValue
    }
    expect(await ask(past + 10)).toEqual({ List: { PropertyInfo: [{ Time: String(past + 5), Value: '2' }] }, NextTime: past, NextValid: true })
    expect(await ask(past)).toEqual({ List: { PropertyInfo: [{ Time: String(past), Value: '1' }] }, NextValid: false })
  })

  it('are refused with InvalidTimeBucket for a range that goes backwards, and for too large a page or an unknown property', async () => {
    const { pop } = await startBench()
    const ask = (more: object): Promise<unknown> => pop('QueryDevicePropertyData', { ProductKey: productKey, DeviceName: deviceName, Identifier: 'Int', StartTime: past, EndTime: past + 1, Asc: 1, PageSize: 10, ...more })
    await expect(ask({ StartTime: past + 2 })).rejects.toMatchObject({ code: 'iot.device.InvalidTimeBucket' })
    await expect(ask({ PageSize: 51 })).rejects.toMatchObject({ code: 'iot.common.InvalidPageParams' })
    await expect(ask({ Identifier: 'Structt' })).rejects.toMatchObject({ code: 'InvalidParameter', message: expect.stringContaining('did you mean Struct?') as string })
    await expect(ask({ DeviceName: 'nobody-1' })).rejects.toMatchObject({ code: 'iot.device.NotExistedDevice' })
  })
})

describe('the values of several properties', () => {
  it('end together, so that one NextTime goes on for all of them', async () => {
    const { client, send } = await startBench()
    await send('property/batch/post', { properties: {
      Int: Array.from({ length: 30 }, (_, index) => timed(index, past + index)),
      Text: Array.from({ length: 6 }, (_, index) => timed(`t${index}`, past + index * 5)),
    } })
    const seen: Record<string, string[]> = { Int: [], Text: [], Struct: [] }
    let startTime = range.startTime
    for (let pages = 0; pages < 20; pages++) {
      const { body } = await client.queryDevicePropertiesData(new models.QueryDevicePropertiesDataRequest({ productKey, deviceName, identifier: ['Int', 'Text', 'Struct'], startTime, endTime: range.endTime, asc: 1, pageSize: 7 }))
      for (const { identifier, list } of body!.propertyDataInfos!.propertyDataInfo!)
        seen[identifier!]!.push(...list!.propertyInfo!.map(({ value }) => value!))
      if (!body!.nextValid)
        break
      startTime = body!.nextTime!
    }
    expect(seen).toEqual({ Int: Array.from({ length: 30 }, (_, index) => String(index)), Text: ['t0', 't1', 't2', 't3', 't4', 't5'], Struct: [] })
    const { body } = await client.queryDevicePropertiesData(new models.QueryDevicePropertiesDataRequest({ productKey, deviceName, identifier: ['Text'], startTime: range.endTime, endTime: range.startTime, asc: 0, pageSize: 1 }))
    expect(body!.propertyDataInfos!.propertyDataInfo![0]!.list!.propertyInfo![0]).toMatchObject({ time: past + 25, value: 't5' })
  })
})

describe('events', () => {
  it('come with their names, types and output as JSON, by event and by type', async () => {
    const { client, send } = await startBench()
    await send('Overheat/post', { value: { Temp: 93.5 }, time: past })
    await send('Broken/post', { value: {}, time: past + 1 })
    await send('pump:Leak/post', { value: {}, time: past + 2 })
    const ask = async (more: object): Promise<unknown[]> => {
      const { body } = await client.queryDeviceEventData(new models.QueryDeviceEventDataRequest({ productKey, deviceName, ...range, ...more }))
      return body!.data!.list!.eventInfo!.map(event => event.toMap() as unknown)
    }
    const overheat = { Identifier: 'Overheat', Name: 'Overheat', EventType: 'alert', OutputData: '{"Temp":93.5}', Time: String(past) }
    const leak = { Identifier: 'pump:Leak', Name: 'A leak', EventType: 'error', OutputData: '{}', Time: String(past + 2) }
    expect(await ask({ identifier: 'Overheat' })).toEqual([overheat])
    expect(await ask({ eventType: 'error' })).toMatchObject([leak, { Identifier: 'Broken' }])
    expect(await ask({ asc: 1 })).toMatchObject([overheat, { Identifier: 'Broken' }, leak])
  })

  it.each([0, 1])('come page by page in either order, none lost and none twice, although many share a millisecond (Asc %i)', async (asc) => {
    const { client, api, send } = await startBench()
    const times = [0, 0, 0, 1, 2, 2, 2, 3]
    await send('property/batch/post', { events: { Overheat: times.map((time, index) => timed({ Temp: index }, past + time)) } })
    const seen: number[] = []
    let span = { ...range }
    for (let pages = 0; pages < 20; pages++) {
      const { body } = await client.queryDeviceEventData(new models.QueryDeviceEventDataRequest({ productKey, deviceName, ...span, asc, pageSize: 2 }))
      const { list, nextTime, nextValid } = body!.data!
      seen.push(...list!.eventInfo!.map(({ outputData }) => (JSON.parse(outputData!) as { Temp: number }).Temp))
      if (!nextValid)
        break
      span = asc === 1 ? { ...span, startTime: nextTime! } : { ...span, endTime: nextTime! }
    }
    expect(seen).toEqual(asc === 1 ? [0, 1, 2, 3, 4, 5, 6, 7] : [7, 6, 5, 4, 3, 2, 1, 0])
    // The page's own list goes on exactly where it ended, in the middle of a millisecond too.
    const first = await api.call('event.list', { productKey, deviceName, order: 'oldest', limit: 2 })
    const second = await api.call('event.list', { productKey, deviceName, order: 'oldest', limit: 2, after: first.next! })
    expect([...first.events, ...second.events].map(({ output }) => output.Temp)).toEqual([0, 1, 2, 3])
  })
})
