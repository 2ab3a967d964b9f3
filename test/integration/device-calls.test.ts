import type { MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'lamp-0001'
const identity = { productKey, deviceName }
const root = `/sys/${productKey}/${deviceName}`

interface Received { topic: string, text: string }
interface Bench extends TestEngine { certificate: DeviceCertificate, client: MqttClient, received: Received[] }

/** What the device does with a command: the topic and text of its answer, or nothing. */
type Firmware = (topic: string, message: JsonObject) => { topic: string, payload: string } | undefined

async function startBench(firmware: Firmware = () => undefined, parameters: Record<string, string> = {}): Promise<Bench> {
  const running = await startEngine()
  const certificate = await makeTalkingDevice(running.api)
  const { client } = await connectDevice(running.mqtt, certificate, parameters)
  const received: Received[] = []
  client.on('message', (topic, bytes) => {
    const text = bytes.toString()
    received.push({ topic, text })
    const answer = text.startsWith('{') ? firmware(topic, JSON.parse(text) as JsonObject) : undefined
    if (answer)
      client.publish(answer.topic, answer.payload, { qos: 0 })
  })
  return { ...running, certificate, client, received }
}

/** Answers every command with a code and data, on the topic that belongs to it. */
function answering(code: number, data: unknown = {}): Firmware {
  return (topic, { id }) => ({
    topic: topic.startsWith('/ext/rrpc/') ? topic : topic.includes('/rrpc/request/') ? topic.replace('/request/', '/response/') : `${topic}_reply`,
    payload: JSON.stringify({ id, code, data }),
  })
}

describe('setting properties', () => {
  it('sends bare values as the cloud writes them and returns the device\'s answer, both in one journey', async () => {
    const { api, received } = await startBench(answering(200))
    const report = await api.call('device.setProperties', { ...identity, properties: { Brightness: 80, Level: 3, Serial: '9007199254740993' } })
    expect(received).toEqual([{
      topic: `${root}/thing/service/property/set`,
      text: `{"method":"thing.service.property.set","id":"${report.messageId}","params":{"Brightness":80,"Level":3.0,"Serial":9007199254740993},"version":"1.0.0"}`,
    }])
    expect(report).toMatchObject({ code: 200, message: 'success', data: {} })
    expect(report.messageId).toMatch(/^\d{19}$/)
    expect(BigInt(report.messageId)).toBeLessThan(2n ** 64n)
    const { journey, steps } = await api.call('trace.get', { id: report.traceId })
    expect(journey.map(({ direction, topic, code }) => ({ direction, topic, code }))).toEqual([
      { direction: 'down', topic: `${root}/thing/service/property/set`, code: 200 },
      { direction: 'up', topic: `${root}/thing/service/property/set_reply`, code: 200 },
    ])
    expect(steps.map(({ bizCode, operation, code }) => [bizCode, operation, code])).toEqual([
      ['ApiService', 'SetDeviceProperty', 200],
      ['ThingModel', 'check', 200],
      ['ThingService', 'thing.service.property.set', 200],
      ['downlink', `${root}/thing/service/property/set`, 200],
    ])
    const { properties } = await api.call('device.get', identity)
    expect(properties).toEqual({})
  })

  it('passes on the code that the device refuses with', async () => {
    const { api } = await startBench(answering(100_001))
    const report = await api.call('device.setProperties', { ...identity, properties: { Brightness: 80 } })
    expect(report).toMatchObject({ code: 100_001, message: 'The device answered code 100001: code defined by the device.' })
    const { journey } = await api.call('trace.get', { id: report.traceId })
    expect(journey.map(row => row.code)).toEqual([200, 100_001])
  })

  it('finds an answer with data wrong: 6335', async () => {
    const { api } = await startBench(answering(200, { Brightness: 80 }))
    const report = await api.call('device.setProperties', { ...identity, properties: { Brightness: 80 } })
    expect(report.code).toBe(6335)
    expect(report.message).toContain('{"Brightness":80}')
  })

  it.each([
    [5092, { Brigthness: 1 }, 'Did you mean Brightness?'],
    [6332, { Uptime: 1 }, 'read only'],
    [6306, { Brightness: 101 }, 'above the maximum 100'],
    [6310, { Label: 'far too long' }, '8'],
    [5490, { 'pump:Flow': 1 }, 'no module'],
  ])('sends nothing and says %i for %j', async (code, properties, words) => {
    const { api, received } = await startBench()
    await expect(api.call('device.setProperties', { ...identity, properties })).rejects.toMatchObject({
      code: 'model/refused',
      message: expect.stringContaining(words) as string,
      details: { platformCode: code, productKey, deviceName },
    })
    expect(received).toEqual([])
    const [row] = (await api.call('trace.page', { filter: { code, direction: 'record' } })).rows
    expect(row).toMatchObject({ deviceName, topic: 'SetDeviceProperty', preview: JSON.stringify(properties) })
  })

  it('says 1905 when no answer comes in time, and 1904 of the answer that comes then', async () => {
    const { api, client, received } = await startBench()
    await expect(api.call('device.setProperties', { ...identity, properties: { Brightness: 1 }, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'device/no-reply',
      details: { platformCode: 1905, timeoutMs: 50 },
    })
    const [command] = (await api.call('trace.page', { filter: { direction: 'down' } })).rows
    expect(command!.code).toBe(1905)
    const { id } = JSON.parse(received[0]!.text) as { id: string }
    await client.publishAsync(`${root}/thing/service/property/set_reply`, JSON.stringify({ id, code: 200, data: {} }), { qos: 1 })
    const [late] = (await api.call('trace.page', { filter: { code: 1904 } })).rows
    expect(late).toMatchObject({ direction: 'up', causeId: command!.id })
    expect((await api.call('trace.get', { id: late!.id })).explanation).toContain('0.05 s')
  })

  it('keeps an answer to nothing with 1904, one that comes twice too, and one that is no JSON with 6207', async () => {
    const { api, client, received } = await startBench(answering(200))
    const { messageId } = await api.call('device.setProperties', { ...identity, properties: { Brightness: 1 } })
    const topic = `${received[0]!.topic}_reply`
    for (const payload of [`{"id":"12","code":200,"data":{}}`, `{"id":"${messageId}","code":200,"data":{}}`, 'ok'])
      await client.publishAsync(topic, payload, { qos: 1 })
    const { messages: rows } = await api.call('trace.messages', { filter: { direction: 'up' } })
    expect(rows.map(row => row.code)).toEqual([200, 1904, 1904, 6207])
    expect(rows.map(row => row.explanation)).toEqual([
      null,
      expect.stringContaining('No command waits'),
      expect.stringContaining('answered already'),
      expect.stringContaining('not JSON'),
    ])
  })

  it('does not wait when told so, and still knows the answer when it comes', async () => {
    const { api, client, received } = await startBench()
    const report = await api.call('device.setProperties', { ...identity, properties: { Brightness: 1 }, timeoutMs: 0 })
    expect(report).toMatchObject({ code: null, elapsedMs: null })
    await waitFor(() => received.length > 0)
    await client.publishAsync(`${root}/thing/service/property/set_reply`, `{"id":"${report.messageId}","code":460,"data":{}}`, { qos: 1 })
    expect((await api.call('trace.get', { id: report.traceId })).journey.map(row => row.code)).toEqual([200, 460])
  })
})

describe('a device that cannot be reached', () => {
  it('is never activated (9200), then offline (9201), then deleted (6100)', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeTalkingDevice(api)
    const set = () => api.call('device.setProperties', { ...identity, properties: { Brightness: 1 } })
    const call = () => api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 1 } })
    await expect(set()).rejects.toMatchObject({ code: 'device/unreachable', details: { platformCode: 9200 } })
    const { client } = await connectDevice(mqtt, certificate)
    await client.endAsync()
    await waitFor(async () => (await api.call('device.get', identity)).state === 'OFFLINE')
    await expect(set()).rejects.toMatchObject({ code: 'device/unreachable', details: { platformCode: 9201 }, message: expect.stringContaining('offline since') as string })
    await expect(call()).rejects.toMatchObject({ details: { platformCode: 9201 } })
    await expect(api.call('device.rrpc', { ...identity, payloadBase64: '' })).rejects.toMatchObject({ details: { platformCode: 9201 } })
    const failed = (await api.call('trace.page', { filter: { code: 'failed', direction: 'record' } })).rows
    expect(failed.map(({ topic, code }) => [topic, code])).toEqual([
      ['RRpc', 9201],
      ['InvokeThingService', 9201],
      ['SetDeviceProperty', 9201],
      ['SetDeviceProperty', 9200],
    ])
    await api.call('device.delete', identity)
    await expect(set()).rejects.toMatchObject({ code: 'device/not-found', details: { platformCode: 6100 } })
  })
})

describe('getting properties', () => {
  it('gives what is stored without asking, and asks the device when told to', async () => {
    const { api, client, received } = await startBench((topic, { id }) => ({ topic: `${topic}_reply`, payload: JSON.stringify({ id, code: 200, data: { Brightness: 43 } }) }))
    await client.publishAsync(`${root}/thing/event/property/post`, JSON.stringify({ id: '1', params: { Brightness: 42 }, sys: { ack: 0 } }), { qos: 1 })
    expect(await api.call('device.getProperties', identity)).toMatchObject({ values: { Brightness: { value: 42 } }, source: 'stored', code: 200 })
    expect(received).toEqual([])
    const asked = await api.call('device.getProperties', { ...identity, properties: ['Brightness'], ask: true })
    expect(asked).toMatchObject({ values: { Brightness: { value: 43 } }, source: 'device', code: 200 })
    expect(received[0]!.topic).toBe(`${root}/thing/service/property/get`)
    expect(JSON.parse(received[0]!.text)).toMatchObject({ method: 'thing.service.property.get', params: ['Brightness'], version: '1.0.0' })
  })

  it('falls back on what is stored when the device does not answer, is away, or answers nonsense', async () => {
    const { api, client } = await startBench()
    await client.publishAsync(`${root}/thing/event/property/post`, JSON.stringify({ id: '1', params: { Brightness: 42 }, sys: { ack: 0 } }), { qos: 1 })
    const wish = { ...identity, properties: ['Brightness', 'Label'], ask: true, timeoutMs: 30 }
    expect(await api.call('device.getProperties', wish)).toMatchObject({ values: { Brightness: { value: 42 } }, source: 'stored', code: 1905 })
    client.on('message', (topic, bytes) => client.publish(`${topic}_reply`, JSON.stringify({ id: (JSON.parse(bytes.toString()) as JsonObject).id, code: 200, data: { Brightness: 'high' } })))
    expect(await api.call('device.getProperties', { ...wish, timeoutMs: 8_000 })).toMatchObject({ source: 'stored', code: 6306 })
    await client.endAsync()
    await waitFor(async () => (await api.call('device.get', identity)).state === 'OFFLINE')
    expect(await api.call('device.getProperties', wish)).toMatchObject({ values: { Brightness: { value: 42 } }, source: 'stored', code: 9201 })
    await expect(api.call('device.getProperties', { ...identity, properties: ['Foo'] })).rejects.toMatchObject({ code: 'model/refused', details: { platformCode: 5092 } })
  })
})

describe('services', () => {
  it('calls a synchronous one over the system RRPC topic when the client id has no ext', async () => {
    const { api, received } = await startBench(answering(200, { Done: 1 }))
    const report = await api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })
    expect(report).toMatchObject({ code: 200, data: { Done: 1 } })
    expect(received[0]!.topic).toMatch(new RegExp(`^${root}/rrpc/request/\\d{19}$`))
    expect(received[0]!.text).toBe(`{"method":"thing.service.Blink","id":"${report.messageId}","params":{"Times":3},"version":"1.0.0"}`)
    const { journey } = await api.call('trace.get', { id: report.traceId })
    expect(journey.map(row => row.topic)).toEqual([received[0]!.topic, received[0]!.topic.replace('/request/', '/response/')])
    const answer = await api.call('trace.get', { id: journey[1]!.id })
    expect(answer.steps.map(step => [step.bizCode, step.operation, step.code])).toEqual([['uplink', answer.topic, 200], ['ThingService', 'thing.service.Blink', 200]])
  })

  it('calls it over /ext/rrpc, answered on the same topic, when ext has bit 0', async () => {
    const { api, received } = await startBench(answering(200, { Done: 0 }), { ext: '3' })
    expect(await api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })).toMatchObject({ code: 200, data: { Done: 0 } })
    expect(received[0]!.topic).toMatch(new RegExp(`^/ext/rrpc/\\d{19}${root}/thing/service/Blink$`))
  })

  it('checks what comes back, and passes on a refusal', async () => {
    const wrong = await startBench(answering(200, { Done: 2 }))
    expect(await wrong.api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })).toMatchObject({ code: 6308, data: { Done: 2 } })
    await wrong.close()
    const refusing = await startBench(answering(429, {}))
    expect(await refusing.api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })).toMatchObject({ code: 429 })
    await refusing.close()
    const odd = await startBench(answering(200, 'done'))
    expect(await odd.api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })).toMatchObject({ code: 6207 })
  })

  it.each([
    [5094, 'Blonk', {}],
    [6302, 'Blink', {}],
    [6306, 'Blink', { Times: 51 }],
    [5094, 'Blink', { Times: 1, Colour: 'red' }],
    [5490, 'pump:Prime', {}],
  ])('sends nothing and says %i for %s %j', async (code, service, input) => {
    const { api, received } = await startBench()
    await expect(api.call('device.invokeService', { ...identity, service, input })).rejects.toMatchObject({ code: 'model/refused', details: { platformCode: code } })
    expect(received).toEqual([])
  })

  it('returns at once from an asynchronous one and keeps its result when it comes', async () => {
    const { api, client, received } = await startBench()
    const report = await api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 5 } })
    expect(report).toMatchObject({ code: null, data: null })
    await waitFor(() => received.length > 0)
    expect(received[0]).toEqual({ topic: `${root}/thing/service/Prime`, text: `{"method":"thing.service.Prime","id":"${report.messageId}","params":{"Speed":5.0},"version":"1.0.0"}` })
    expect((await api.call('serviceCall.list', identity)).calls).toMatchObject([{ messageId: report.messageId, service: 'Prime', callType: 'async', input: { Speed: 5 }, output: null, code: null, repliedAt: null, traceId: report.traceId }])
    await client.publishAsync(`${root}/thing/service/Prime_reply`, `{"id":"${report.messageId}","code":200,"data":{"Took":12}}`, { qos: 1 })
    const { calls } = await api.call('serviceCall.list', { ...identity, service: 'Prime' })
    expect(calls).toMatchObject([{ output: { Took: 12 }, code: 200, repliedAt: expect.any(Number) as number }])
    expect((await api.call('trace.get', { id: report.traceId })).journey.map(row => row.code)).toEqual([200, 200])
  })

  it('waits for an asynchronous one as long as the caller wants to', async () => {
    const { api } = await startBench((topic, message) => (message.params as JsonObject).Speed === 0 ? undefined : answering(200, { Took: 1 })(topic, message))
    expect(await api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 5 }, timeoutMs: 8_000 })).toMatchObject({ code: 200, data: { Took: 1 } })
    expect(await api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 0 }, timeoutMs: 20 })).toMatchObject({ code: null })
  })

  it('says 1905 of a synchronous one that is not answered, in the history too', async () => {
    const { api } = await startBench()
    await expect(api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 1 }, timeoutMs: 30 })).rejects.toMatchObject({ code: 'device/no-reply', details: { platformCode: 1905 } })
    await waitFor(async () => (await api.call('serviceCall.list', identity)).calls[0]?.code === 1905)
  })

  it('takes the answer to an asynchronous one also after a restart', async () => {
    const { api, certificate, dir, close } = await startBench()
    const { messageId, traceId } = await api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 5 } })
    await close()
    const again = await startEngine({ workspaceDir: dir })
    const { client } = await connectDevice(again.mqtt, certificate)
    await client.publishAsync(`${root}/thing/service/Prime_reply`, `{"id":"${messageId}","code":200,"data":{"Took":12}}`, { qos: 1 })
    expect((await again.api.call('serviceCall.list', identity)).calls).toMatchObject([{ messageId, code: 200, output: { Took: 12 } }])
    const [row] = (await again.api.call('trace.page', { filter: { direction: 'up' } })).rows
    expect(row).toMatchObject({ code: 200, causeId: traceId })
  })

  it('pages through the history', async () => {
    const { api } = await startBench(answering(200, { Done: 1 }))
    for (let times = 1; times <= 3; times++)
      await api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: times } })
    const first = await api.call('serviceCall.list', { ...identity, limit: 2 })
    expect(first.calls.map(call => call.input.Times)).toEqual([3, 2])
    const second = await api.call('serviceCall.list', { ...identity, limit: 2, before: first.next! })
    expect(second).toMatchObject({ calls: [{ input: { Times: 1 } }], next: null })
  })
})

describe('rRPC', () => {
  it('carries any bytes there and back on the system topic', async () => {
    const { api, client } = await startBench()
    client.on('message', (topic, bytes) => client.publish(topic.replace('/request/', '/response/'), Buffer.from(bytes).reverse()))
    const answer = await api.call('device.rrpc', { ...identity, payloadBase64: Buffer.from([1, 2, 0xFF]).toString('base64') })
    expect([...Buffer.from(answer.payloadBase64, 'base64')]).toEqual([0xFF, 2, 1])
    expect((await api.call('trace.get', { id: answer.traceId })).journey.map(row => row.code)).toEqual([200, 200])
  })

  it('wraps a topic of the device\'s own, without a double slash', async () => {
    const { api, client, received } = await startBench()
    client.on('message', topic => client.publish(topic, 'here'))
    const answer = await api.call('device.rrpc', { ...identity, payloadBase64: '', topic: `/${productKey}/${deviceName}/user/get` })
    expect(received[0]!.topic).toBe(`/ext/rrpc/${answer.messageId}/${productKey}/${deviceName}/user/get`)
    expect(Buffer.from(answer.payloadBase64, 'base64').toString()).toBe('here')
  })

  it('keeps an answer that nobody waits for with 1904', async () => {
    const { api, client } = await startBench()
    await expect(api.call('device.rrpc', { ...identity, payloadBase64: '', timeoutMs: 20 })).rejects.toMatchObject({ code: 'device/no-reply' })
    await client.publishAsync(`${root}/rrpc/response/1`, 'late', { qos: 1 })
    expect((await api.call('trace.page', { filter: { code: 1904 } })).rows).toHaveLength(1)
  })

  it('does not take the answer of another device', async () => {
    const { api, mqtt, received } = await startBench()
    const other = await connectDevice(mqtt, await makeTalkingDevice(api, 'lamp-0002'))
    const call = api.call('device.rrpc', { ...identity, payloadBase64: '', topic: '/some/where', timeoutMs: 200 })
    await Promise.all([
      expect(call).rejects.toMatchObject({ code: 'device/no-reply' }),
      waitFor(() => received.length > 0).then(() => other.client.publishAsync(received[0]!.topic, 'mine', { qos: 1 })),
    ])
  })
})
