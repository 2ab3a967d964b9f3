import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeTalkingDevice, talkingProductKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const root = `/sys/${talkingProductKey}/lamp-0001`
const postTopic = `${root}/thing/event/property/post`

/** Business type, operation and state of records, in the order of events. */
function shape(records: readonly { bizCode: string, operation: string, code: number }[]): string[] {
  return records.map(({ bizCode, operation, code }) => `${bizCode} ${operation.replace(root, '')} ${code}`).reverse()
}

it('unfolds a report and its reply into the records of the cloud, under one trace id, newest first', async () => {
  const { api, mqtt } = await startEngine()
  const device = await connectDevice(mqtt, await makeTalkingDevice(api))
  await device.post({ Brightness: 30 })
  const [reply] = await waitFor(async () => {
    const { records } = await api.call('log.search', { filter: { bizCodes: ['downlink'] } })
    return records.length === 1 && records
  })
  const { records } = await api.call('log.search', { filter: { traceId: reply!.traceId } })
  expect(shape(records)).toEqual([
    'uplink /thing/event/property/post 200',
    'ThingModel check 200',
    'ThingModelMessage thing.event.property.post 200',
    'DataStorage thing.event.property.post 200',
    'downlink /thing/event/property/post_reply 200',
  ])
  const uplink = records.at(-1)!
  expect(uplink).toMatchObject({ productKey: talkingProductKey, deviceName: 'lamp-0001', messageId: String(uplink.rowId), content: { TraceId: reply!.traceId } })
  expect(uplink.content.Content).toContain(`Publish message to topic:${postTopic}, QoS=1, protocolMessageId:1`)
  expect(records.map(({ messageId }) => messageId !== null)).toEqual([true, false, false, false, true])
  expect(records[3]!.content).toEqual({ TraceId: reply!.traceId, Params: { Brightness: 30 } })
  expect((await api.call('log.search', { filter: { messageId: uplink.messageId! } })).records).toEqual([uplink])
})

it('puts the call of the API first for a command, and the answer of the device into the same chain', async () => {
  const { api, mqtt } = await startEngine()
  const { client } = await connectDevice(mqtt, await makeTalkingDevice(api))
  client.on('message', (topic, bytes) => {
    const { id } = JSON.parse(bytes.toString()) as { id: string }
    client.publish(topic.includes('/rrpc/') ? topic.replace('/request/', '/response/') : `${topic}_reply`, JSON.stringify({ id, code: 200, data: topic.includes('/rrpc/') ? { Done: 1 } : {} }))
  })
  const set = await api.call('device.setProperties', { productKey: talkingProductKey, deviceName: 'lamp-0001', properties: { Brightness: 12 } })
  const { records } = await api.call('log.search', { filter: { traceId: set.traceId.toString(16) } })
  expect(shape(records)).toEqual([
    'ApiService SetDeviceProperty 200',
    'ThingModel check 200',
    'ThingService thing.service.property.set 200',
    'downlink /thing/service/property/set 200',
    'uplink /thing/service/property/set_reply 200',
    'ThingService thing.service.property.set 200',
  ])
  // The id that the call gave back is the one of its message.
  expect(await api.call('log.search', { filter: { messageId: set.messageId } })).toMatchObject({ records: [{ bizCode: 'downlink', messageId: set.messageId }], nextId: null })

  const call = await api.call('device.invokeService', { productKey: talkingProductKey, deviceName: 'lamp-0001', service: 'Blink', input: { Times: 2 } })
  const chain = (await api.call('log.search', { filter: { traceId: call.traceId.toString(16), bizCodes: ['ThingService'] } })).records
  expect(chain.map(record => record.content.ResultData ?? record.content.Params)).toEqual([{ code: 200, data: { Done: 1 } }, { Times: 2 }])
})

it('searches by state, business type, operation, keyword, device and time, page after page', async () => {
  const { api, mqtt } = await startEngine()
  const lamp = await connectDevice(mqtt, await makeTalkingDevice(api))
  const other = await connectDevice(mqtt, await makeTalkingDevice(api, 'lamp-0002'))
  await other.post({ Brightness: 1 })
  await lamp.post({ Brightness: 400 })
  for (let value = 0; value < 20; value++)
    await lamp.post({ Brightness: value, Label: value === 7 ? 'seven' : 'no' })
  const search = async (filter: Parameters<typeof api.call<'log.search'>>[1]['filter']) => (await api.call('log.search', { filter: filter! })).records

  const failed = await search({ state: 'failed' })
  expect(shape(failed)).toEqual(['ThingModel check 6306'])
  expect(failed[0]!.content.Message).toBe('Brightness: 400 is above the maximum 100 that the thing model allows (6306).')
  expect((await search({ bizCodes: ['ThingModel'], state: 'successful' })).length).toBe(21)
  expect((await search({ bizCodes: ['uplink', 'device'], deviceName: 'lamp-0002' })).map(({ bizCode }) => bizCode)).toEqual(['uplink', 'device'])
  expect(shape(await search({ operation: 'ONLINE' }))).toEqual(['device online 200', 'device online 200'])
  expect((await search({ operation: 'thing.event.property.post', bizCodes: ['DataStorage'] })).length).toBe(21)
  const seven = await search({ keyword: 'SEVEN' })
  expect(new Set(seven.map(({ traceId }) => traceId)).size).toBe(1)
  expect(shape(seven)[0]).toBe('uplink /thing/event/property/post 200')
  expect(await search({ productKey: 'a1None' })).toEqual([])
  expect(await search({ traceId: 'no trace id' })).toEqual([])
  expect(await search({ messageId: 'no message id' })).toEqual([])
  const at = seven[0]!.at
  expect((await search({ fromAt: at, toAt: at })).every(record => record.at === at)).toBe(true)

  const paged: Awaited<ReturnType<typeof search>> = []
  for (let before: number | undefined; ;) {
    const { records, nextId } = await api.call('log.search', { limit: 7, ...(before !== undefined && { before }) })
    paged.push(...records)
    if (nextId === null)
      break
    before = nextId
  }
  const whole = await api.call('log.search', { limit: 1_000 })
  expect(paged).toEqual(whole.records)
  expect((await api.call('log.search', { after: 0, limit: 1_000 })).records).toEqual(whole.records.toReversed())
})

it('names a subscription by its filter, shows raw bytes as hex, and joins the parts of connections', async () => {
  const { api, mqtt } = await startEngine()
  const { client } = await connectDevice(mqtt, await makeTalkingDevice(api))
  await client.subscribeAsync(`${root}/thing/service/#`)
  await client.unsubscribeAsync(`${root}/thing/service/#`)
  await client.publishAsync(`/${talkingProductKey}/lamp-0001/user/update`, Buffer.from([0, 1, 255]), { qos: 1 })
  await client.publishAsync(`/shadow/update/${talkingProductKey}/lamp-0001`, '{"method":"get"}', { qos: 1 })
  await client.endAsync()
  const records = await waitFor(async () => {
    const found = (await api.call('log.search', {})).records
    return found.some(({ operation }) => operation === 'offline') && found
  })
  const shapes = shape(records)
  expect(shapes).toEqual([
    'device online 200',
    'subscribe /thing/service/# 200',
    'unsubscribe /thing/service/# 200',
    `uplink /${talkingProductKey}/lamp-0001/user/update 200`,
    `uplink /shadow/update/${talkingProductKey}/lamp-0001 200`,
    'DeviceShadow get 200',
    `downlink /shadow/get/${talkingProductKey}/lamp-0001 200`,
    'device offline 200',
  ])
  expect(records.find(({ operation }) => operation.endsWith('/user/update'))!.content.Params).toBe('0001ff')
})

it('refuses separators in a condition with 9321 while the cloud\'s limits are applied, and takes them literally otherwise', async () => {
  const { api, mqtt } = await startEngine()
  const device = await connectDevice(mqtt, await makeTalkingDevice(api))
  await device.post({ Label: 'a, b' })
  expect((await api.call('log.search', { filter: { keyword: 'a, b' } })).records.length).toBeGreaterThan(0)
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await expect(api.call('log.search', { filter: { keyword: 'a, b' } })).rejects.toMatchObject({ code: 'input/invalid', details: { platformCode: 9321, field: 'keyword' } })
  expect((await api.call('log.search', { filter: { keyword: 'Label' } })).records.length).toBeGreaterThan(0)
})
