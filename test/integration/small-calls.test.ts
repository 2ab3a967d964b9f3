import type { MqttClient } from 'mqtt'
import type { DeviceLive } from '../../src/shared/contract/device.ts'
import type { TraceDetail } from '../../src/shared/contract/trace.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }
const root = '/sys/a1Test/dev-0001/'

interface Bench extends TestEngine {
  client: MqttClient
  secret: string
  /** Publishes and waits until the message is in the trace; what came back by then is in `received`. */
  say: (topic: string, payload: string) => Promise<TraceDetail>
  received: { topic: string, text: string }[]
}

async function startBench(): Promise<Bench> {
  const running = await startEngine()
  const certificate = await makeDevice(running.api)
  const { client } = await connectDevice(running.mqtt, certificate, { _ss: '1' })
  const received: Bench['received'] = []
  client.on('message', (topic, payload) => received.push({ topic, text: payload.toString() }))
  let after = 0
  const say = async (topic: string, payload: string): Promise<TraceDetail> => {
    await client.publishAsync(topic, payload, { qos: 1 })
    // The acknowledgement comes after the commit, so the row is there.
    const { rows } = await running.api.call('trace.page', { filter: { direction: 'up' }, limit: 1 })
    expect(rows[0]!.id).toBeGreaterThan(after)
    after = rows[0]!.id
    return running.api.call('trace.get', { id: after })
  }
  return { ...running, client, secret: certificate.deviceSecret, say, received }
}

it('keeps the version of each module, answers nothing, and shows it on the device', async () => {
  const { api, say, received } = await startBench()
  const live: DeviceLive[] = []
  const leave = new AbortController()
  const watching = api.subscribe('device.watch', identity, item => void live.push(item), { signal: leave.signal })
  await waitFor(() => live.length > 0)
  const { steps } = await say('/ota/device/inform/a1Test/dev-0001', '{"id":1, "params":{"version":"1.0.1"}}')
  expect(steps.map(({ bizCode, operation, code }) => [bizCode, operation, code])).toEqual([
    ['uplink', '/ota/device/inform/a1Test/dev-0001', 200],
    ['OTA', 'OTAVersionReport', 200],
    ['DataStorage', 'OTAVersionReport', 200],
  ])
  await say('/ota/device/inform/a1Test/dev-0001', '{"id":"2","params":{"version":"2.0","module":"MCU"}}')
  await say('/ota/device/inform/a1Test/dev-0001', '{"id":"3","params":{"version":"2.1","module":"mcu"}}')
  const wrong = await say('/ota/device/inform/a1Test/dev-0001', '{"id":"4","params":{"version":"2 .1"}}')
  expect([wrong.code, wrong.explanation]).toEqual([1004, 'The message has a wrong form: expected "version" of 1 to 64 letters, digits, ".", "_" or "-", got "2 .1" (1004).'])
  expect((await say('/ota/device/inform/a1Test/dev-0001', 'version 3')).code).toBe(1004)
  expect((await api.call('device.get', identity)).versions).toEqual([
    { module: 'default', version: '1.0.1', reportedAt: expect.any(Number) as number },
    { module: 'mcu', version: '2.1', reportedAt: expect.any(Number) as number },
  ])
  await waitFor(() => live.some(({ versions }) => versions?.some(({ module, version }) => module === 'mcu' && version === '2.1')))
  leave.abort()
  await watching.catch(() => {})
  expect(received).toEqual([])
  await api.call('device.delete', identity)
  await makeDevice(api)
  expect((await api.call('device.get', identity)).versions).toEqual([])
})

it('judges what a device says of an update, and tells one that asks that there is none', async () => {
  const { say, received } = await startBench()
  expect((await say('/ota/device/progress/a1Test/dev-0001', '{"id":"1","params":{"step":"35","desc":"downloading"}}')).steps.map(({ operation, code }) => [operation, code])).toContainEqual(['OTAProgressReport', 200])
  expect((await say('/ota/device/progress/a1Test/dev-0001', '{"id":"1","params":{"step":"-5"}}')).code).toBe(1004)
  expect(received).toEqual([])
  expect((await say('/ota/device/request/a1Test/dev-0001', '{"id":"7","params":{"version":"1.0.1"}}')).code).toBe(200)
  expect((await say(`${root}thing/ota/firmware/get`, '{"id":171,"params":{}}')).code).toBe(200)
  expect((await say(`${root}thing/ota/firmware/get`, '{"id":"172","params":{"module":7}}')).code).toBe(1004)
  await waitFor(() => received.length === 3)
  expect(received).toEqual([
    { topic: '/ota/device/request/a1Test/dev-0001', text: '{"code":"1000","data":{},"id":"7","message":"success"}' },
    { topic: `${root}thing/ota/firmware/get_reply`, text: '{"code":200,"data":{},"id":171,"message":"success","method":"thing.ota.firmware.get","version":"1.0"}' },
    { topic: `${root}thing/ota/firmware/get_reply`, text: '{"code":460,"data":{},"id":"172","message":"request parameter error","method":"thing.ota.firmware.get","version":"1.0"}' },
  ])
})

it('says that remote configuration is off at first, and that there is no job', async () => {
  const { say, received } = await startBench()
  const { steps } = await say(`${root}thing/config/get`, '{"id":1, "params":{"configScope":"product","getType":"file"}}')
  expect(steps.map(({ bizCode, code }) => [bizCode, code])).toContainEqual(['RemoteConfig', 6713])
  expect((await say(`${root}thing/config/get`, '{"id":"2","params":{"configScope":"device","getType":"file"}}')).code).toBe(460)
  await say(`${root}thing/job/get`, '{"id":"160","version":"1.0.0","params":{"taskId":"$list"}}')
  const update = await say(`${root}thing/job/update`, '{"id":"161","version":"1.0.0","params":{"taskId":"i5Ks","status":"IN_PROGRESS","progress":30}}')
  expect(update.explanation).toBe('There is no task of this id for the device: i5Ks (460).')
  await waitFor(() => received.length === 4)
  expect(received.map(({ text }) => text)).toEqual([
    '{"code":6713,"data":{},"id":1,"message":"remote configuration is off","method":"thing.config.get","version":"1.0"}',
    '{"code":460,"data":{},"id":"2","message":"request parameter error","method":"thing.config.get","version":"1.0"}',
    '{"code":200,"data":{"taskId":"$list"},"id":"160"}',
    '{"code":460,"data":{"taskId":"i5Ks"},"id":"161"}',
  ])
})

it('lets the firmware of the consumer app go on with its work', async () => {
  const { say, received, secret } = await startBench()
  const paths = ['thing/reset', '_thing/service/post', 'thing/awss/enrollee/match', 'thing/awss/enrollee/found', 'thing/lan/prefix/get', 'thing/lan/blacklist/update', 'thing/cipher/get']
  for (const [index, path] of paths.entries())
    expect((await say(root + path, `{"id":${index},"version":"1.0","params":{}}`)).code).toBe(200)
  await waitFor(() => received.length === paths.length)
  expect(received.map(({ topic }) => topic)).toEqual(paths.map(path => `${root}${path}_reply`))
  expect(received[0]!.text).toBe('{"code":200,"data":{},"id":0,"message":"success","method":"thing.reset","version":"1.0"}')
  expect(received[1]!.text).toBe('{"code":200,"data":{},"id":1,"message":"success","method":"_thing.service.post","version":"1.0"}')
  expect(JSON.parse(received[4]!.text)).toMatchObject({ data: { deviceName: 'dev-0001', deviceSecret: secret, prefix: expect.stringMatching(/^[\da-f]{8}$/) as string, productKey: 'a1Test' } })
  expect((await say(`${root}_thing/event/notify_reply`, '{"code":200,"id":"3600","version":"1.0","method":"_thing.event.notify","message":"success","data":{}}')).code).toBe(200)
  expect((await say(`${root}thing/bootstrap/notify_reply`, 'ok')).code).toBe(6207)
})

it('hears what the platform has no topic for in silence, says so in the trace and keeps the connection', async () => {
  const { say, received, client } = await startBench()
  expect((await say(`${root}thing/events/property/post`, '{}')).code).toBe(6831)
  expect((await say(`${root}ping`, 'x')).code).toBe(6203)
  const custom = await say('/a1Test/dev-0001/user/update', 'x')
  expect([custom.code, custom.explanation]).toEqual([null, null])
  expect([received, client.connected]).toEqual([[], true])
})
