import type { MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { TraceDetail } from '../../src/shared/contract/trace.ts'
import type { ReceivedBytes } from '../support/raw-product.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { collectBytes, makeRawDevice, scriptOf } from '../support/raw-product.ts'
import { talkingProductKey as productKey } from '../support/talking-product.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey, deviceName: 'lamp-0001' }
const root = `/sys/${productKey}/lamp-0001/thing/model`

interface Bench extends TestEngine { certificate: DeviceCertificate, client: MqttClient, received: ReceivedBytes[] }

/** A device of a product with a custom format; without `script` it runs the sample. */
async function startBench(wish: { script?: string, noScript?: boolean, parameters?: Record<string, string> } = {}): Promise<Bench> {
  const running = await startEngine()
  const certificate = await makeRawDevice(running.api, wish.script === undefined ? {} : { script: wish.script })
  if (wish.script === undefined && wish.noScript !== true) {
    const { text } = await running.api.call('script.sample', { productKey })
    await running.api.call('script.submit', { productKey, text })
  }
  const { client } = await connectDevice(running.mqtt, certificate, wish.parameters)
  return { ...running, certificate, client, received: collectBytes(client) }
}

/** The newest row on a topic, once it has a verdict. */
async function judged({ api }: Pick<Bench, 'api'>, topic: string): Promise<TraceDetail> {
  return waitFor(async () => {
    const [row] = (await api.call('trace.page', { filter: { topic } })).rows.filter(candidate => candidate.topic === topic)
    return row !== undefined && row.code !== null && api.call('trace.get', { id: row.id })
  }, { what: `a verdict on ${topic}` })
}

function stepsOf({ steps }: TraceDetail): unknown[] {
  return steps.map(({ bizCode, operation, code }) => [bizCode, operation, code])
}

/** A report in the form of the sample script: Brightness 80, Level 2.5, Serial 2^53 + 1, Label "ä". */
const report = Buffer.from('00 0000002a 00 00000050 01 40200000 02 0020000000000001 04 0002 c3a4'.replaceAll(' ', ''), 'hex')

describe('what a device with a custom format reports', () => {
  it('is parsed, checked, stored and answered in bytes, in one journey', async () => {
    const bench = await startBench()
    const { api, client, received } = bench
    await client.publishAsync(`${root}/up_raw`, report, { qos: 1 })
    await waitFor(() => received.length > 0)
    expect(received[0]).toMatchObject({ topic: `${root}/up_raw_reply` })
    expect(received[0]!.bytes.toString('hex')).toBe('020000002a00c8')
    const { properties } = await api.call('device.get', identity)
    expect(Object.fromEntries(Object.entries(properties).map(([name, { value }]) => [name, value]))).toEqual({ Brightness: 80, Level: 2.5, Serial: '9007199254740993', Label: 'ä' })
    const detail = await judged(bench, `${root}/up_raw`)
    expect(detail).toMatchObject({ code: 200, direction: 'up', payloadBytes: report.length })
    expect(stepsOf(detail)).toEqual([
      ['uplink', `${root}/up_raw`, 200],
      ['ScriptParsing', 'RawDataToProtocol', 200],
      ['ThingModel', 'check', 200],
      ['ThingModelMessage', 'thing.event.property.post', 200],
      ['DataStorage', 'thing.event.property.post', 200],
      ['ScriptParsing', 'ProtocolToRawData', 200],
      ['downlink', `${root}/up_raw_reply`, 200],
    ])
    expect(detail.journey.map(({ direction, topic }) => [direction, topic])).toEqual([['up', `${root}/up_raw`], ['record', 'RawDataToProtocol'], ['down', `${root}/up_raw_reply`]])
    const record = await api.call('trace.get', { id: detail.journey[1]!.id })
    expect(JSON.parse(Buffer.from(record.payload).toString())).toMatchObject({ Params: report.toString('hex'), ResultData: { method: 'thing.event.property.post', id: '42' } })
    const series = await api.call('device.history', { ...identity, property: 'Brightness', fromAt: detail.at - 1_000, toAt: detail.at + 60_000, buckets: 10 })
    expect(series.points).toBe(1)
  })

  it('says with its code what the thing model forbids, and keeps the rest', async () => {
    const bench = await startBench()
    await bench.client.publishAsync(`${root}/up_raw`, Buffer.from('000000000100000000ff0140200000', 'hex'), { qos: 0 })
    const detail = await judged(bench, `${root}/up_raw`)
    expect(detail).toMatchObject({ code: 6306, issues: [{ path: 'Brightness', code: 6306 }] })
    expect((await bench.api.call('device.get', identity)).properties).toMatchObject({ Level: { value: 2.5 } })
  })

  it('may be an event, a request for desired values, or anything else Alink has', async () => {
    const bench = await startBench()
    const { api, client, received } = bench
    const json = (message: object): Buffer => Buffer.concat([Buffer.from([0xFF]), Buffer.from(JSON.stringify(message))])
    await client.publishAsync(`${root}/up_raw`, json({ id: '1', method: 'thing.event.Overheat.post', params: { value: { Temp: 90, Zone: 'a' } } }), { qos: 1 })
    await waitFor(() => received.length === 1)
    expect((await api.call('event.list', { ...identity })).events).toMatchObject([{ event: 'Overheat', output: { Temp: 90, Zone: 'a' } }])
    await api.call('device.setDesired', { ...identity, properties: { Brightness: 7 } })
    await client.publishAsync(`${root}/up_raw`, json({ id: '2', method: 'thing.property.desired.get', params: ['Brightness'] }), { qos: 1 })
    const reply = await waitFor(() => received.find(({ topic, bytes }) => topic.endsWith('up_raw_reply') && bytes.includes('"id":"2"')))
    expect(JSON.parse(reply.bytes.subarray(1).toString())).toMatchObject({ code: 200, data: { Brightness: { value: 7, version: 1 } } })
  })

  it.each([
    ['no method', '{ id: "1", params: {} }', 6450],
    ['an empty method', '{ id: "1", method: "", params: {} }', 6300],
    ['a method of no device', '{ id: "1", method: "thing.service.property.set", params: {} }', 6831],
    ['a method that is no topic', '{ id: "1", method: "nonsense/#", params: {} }', 6831],
    ['nothing', 'null', 6201],
    ['a list', '[1]', 26007],
    ['a text', '"{}"', 26007],
    ['an exception', 'undefined.x', 26002],
  ])('ends with a code of its own when the script gives %s', async (_what, expression, code) => {
    const bench = await startBench({ script: scriptOf(expression) })
    await bench.client.publishAsync(`${root}/up_raw`, 'x', { qos: 1 })
    const detail = await judged(bench, `${root}/up_raw`)
    expect(detail).toMatchObject({ code, explanation: expect.stringContaining(`(${code})`) })
    expect(bench.received).toEqual([])
  })

  it('needs a script (6200) that is submitted (26001), compiles (26002) and has both functions (26006)', async () => {
    const bench = await startBench({ noScript: true })
    const { api, client } = bench
    const codes: (number | null)[] = []
    const send = async (): Promise<void> => {
      await client.publishAsync(`${root}/up_raw`, String(codes.length), { qos: 1 })
      codes.push(await waitFor(async () => {
        const { rows } = await api.call('trace.page', { filter: { topic: `${root}/up_raw`, direction: 'up' } })
        return rows.length === codes.length + 1 && rows[0]!.code
      }))
    }
    await send()
    await api.call('script.save', { productKey, text: scriptOf('{}') })
    await send()
    await api.call('script.submit', { productKey, text: ' \n' })
    await send()
    await api.call('script.submit', { productKey, text: 'function rawDataToProtocol( {' })
    await send()
    await api.call('script.submit', { productKey, text: 'function rawDataToProtocol() { return {} }' })
    await send()
    expect(codes).toEqual([6200, 26001, 26001, 26002, 26006])
  })

  it('is answered as JSON text when the script gives nothing for the reply, and not at all when it gives nonsense', async () => {
    const read = '({ id: "5", method: "thing.event.property.post", params: { Brightness: 1 } })'
    const bench = await startBench({ script: scriptOf(read, 'null') })
    await bench.client.publishAsync(`${root}/up_raw`, 'x', { qos: 1 })
    await waitFor(() => bench.received.length > 0)
    expect(bench.received[0]!.bytes.toString()).toBe('{"code":200,"data":{},"id":"5","message":"success","method":"thing.event.property.post","version":"1.0"}')
    await bench.api.call('script.submit', { productKey, text: scriptOf(read, '"text"') })
    await bench.client.publishAsync(`${root}/up_raw`, 'y', { qos: 1 })
    const detail = await waitFor(async () => {
      const found = await judged(bench, `${root}/up_raw`)
      return found.code === 26007 && found
    })
    expect(stepsOf(detail).slice(-2)).toEqual([['DataStorage', 'thing.event.property.post', 200], ['ScriptParsing', 'ProtocolToRawData', 26007]])
    expect(bench.received).toHaveLength(1)
  })

  it('is refused with a sentence when the product speaks Alink', async () => {
    const running = await startEngine()
    const { client } = await connectDevice(running.mqtt, await makeDevice(running.api))
    await client.publishAsync('/sys/a1Test/dev-0001/thing/model/up_raw', 'x', { qos: 1 })
    const detail = await judged(running, '/sys/a1Test/dev-0001/thing/model/up_raw')
    expect(detail).toMatchObject({ code: 6200, explanation: expect.stringContaining('custom data format') })
  })
})

describe('an endless script', () => {
  it('ends with 26003 and holds up nobody else', async () => {
    const bench = await startBench({ script: 'function rawDataToProtocol() { while (true); }\nfunction protocolToRawData() { return [1] }' })
    const other = await connectDevice(bench.mqtt, await makeDevice(bench.api))
    await bench.client.publishAsync(`${root}/up_raw`, 'x', { qos: 1 })
    for (let value = 0; value < 20; value++)
      await other.post({ Counter: value })
    const [pending] = (await bench.api.call('trace.page', { filter: { topic: `${root}/up_raw` } })).rows
    expect(pending!.code).toBeNull()
    const [latest] = (await bench.api.call('trace.page', { filter: { topic: 'property/post', direction: 'up' } })).rows
    expect(latest!.code).toBe(200)
    expect(await judged(bench, `${root}/up_raw`)).toMatchObject({ code: 26003, explanation: expect.stringContaining('endless loop') })
  })
})

describe('commands to a device with a custom format', () => {
  it('set properties as bytes on down_raw with an id of 32 bits, and take the answer from down_raw_reply', async () => {
    const bench = await startBench()
    const { api, client, received } = bench
    const asked = api.call('device.setProperties', { ...identity, properties: { Brightness: 9, Serial: '9007199254740993' } })
    await waitFor(() => received.length > 0)
    const { topic, bytes } = received[0]!
    expect(topic).toBe(`${root}/down_raw`)
    expect(bytes.subarray(5).toString('hex')).toBe('0000000009020020000000000001')
    await client.publishAsync(`${root}/down_raw_reply`, Buffer.concat([Buffer.from([3]), bytes.subarray(1, 5), Buffer.from([0, 200])]), { qos: 0 })
    const answer = await asked
    expect(answer).toMatchObject({ code: 200, messageId: String(bytes.readUInt32BE(1)) })
    expect(bytes.readUInt32BE(1)).toBeLessThan(2 ** 31)
    const { journey, payload } = await waitFor(async () => {
      const found = await api.call('trace.get', { id: answer.traceId })
      return found.journey.length === 4 && found
    })
    expect(journey.map(({ direction, topic: name, code }) => [direction, name, code])).toEqual([
      ['record', 'SetDeviceProperty', 200],
      ['down', `${root}/down_raw`, 200],
      ['up', `${root}/down_raw_reply`, 200],
      ['record', 'RawDataToProtocol', 200],
    ])
    expect(Buffer.from(payload).toString()).toContain('"Serial":9007199254740993')
    expect(stepsOf(await judged(bench, `${root}/down_raw_reply`))).toEqual([
      ['uplink', `${root}/down_raw_reply`, 200],
      ['ScriptParsing', 'RawDataToProtocol', 200],
      ['ThingService', 'thing.service.property.set', 200],
    ])
  })

  it('take the answer from up_raw too, where Link SDK for C 4 sends it', async () => {
    const { api, client, received } = await startBench()
    const asked = api.call('device.setProperties', { ...identity, properties: { Brightness: 9 } })
    const { bytes } = await waitFor(() => received[0])
    await client.publishAsync(`${root}/up_raw`, Buffer.concat([Buffer.from([3]), bytes.subarray(1, 5), Buffer.from([1, 0xF4])]), { qos: 0 })
    expect(await asked).toMatchObject({ code: 500 })
  })

  it.each([
    ['on its own RRPC topic', {}, /^\/sys\/a1Talk\/lamp-0001\/rrpc\/request\/\d+$/, (topic: string) => topic.replace('/request/', '/response/')],
    ['on /ext/rrpc for a device that asks for it', { ext: '1' }, /^\/ext\/rrpc\/\d+\/sys\/a1Talk\/lamp-0001\/thing\/model\/down_raw$/, (topic: string) => topic],
  ])('call a synchronous service %s', async (_what, parameters, pattern, answerTopicOf) => {
    const bench = await startBench({ parameters })
    const { api, client, received } = bench
    const asked = api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })
    const { topic, bytes } = await waitFor(() => received[0])
    expect(topic).toMatch(pattern)
    const message = JSON.parse(bytes.subarray(1).toString()) as { id: string, params: object }
    expect(message).toMatchObject({ method: 'thing.service.Blink', params: { Times: 3 } })
    await client.publishAsync(answerTopicOf(topic), Buffer.concat([Buffer.from([0xFF]), Buffer.from(JSON.stringify({ id: message.id, code: 200, data: { Done: 1 } }))]), { qos: 0 })
    expect(await asked).toMatchObject({ code: 200, data: { Done: 1 } })
    expect((await api.call('serviceCall.list', { ...identity })).calls).toMatchObject([{ service: 'Blink', code: 200, output: { Done: 1 } }])
  })

  it('call an asynchronous service, whose result is kept when it comes', async () => {
    const { api, client, received } = await startBench()
    expect(await api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 3 } })).toMatchObject({ code: null })
    const { topic, bytes } = await waitFor(() => received[0])
    expect(topic).toBe(`${root}/down_raw`)
    const { id } = JSON.parse(bytes.subarray(1).toString()) as { id: string }
    await client.publishAsync(`${root}/down_raw_reply`, Buffer.concat([Buffer.from([0xFF]), Buffer.from(JSON.stringify({ id, code: 200, data: { Took: 5 } }))]), { qos: 1 })
    await waitFor(async () => JSON.stringify((await api.call('serviceCall.list', { ...identity })).calls[0]?.output) === '{"Took":5}')
  })

  it.each([
    ['the script gives nothing', 'null', 6201],
    ['the script gives an empty list', '[]', 6201],
    ['the script gives no bytes', '[256]', 26007],
    ['the script throws', 'undefined.x', 26002],
  ])('fail with a code and a sentence when %s', async (_what, expression, code) => {
    const { api, received } = await startBench({ script: scriptOf('{}', expression) })
    for (const call of [
      api.call('device.setProperties', { ...identity, properties: { Brightness: 1 } }),
      api.call('device.setProperties', { ...identity, properties: { Brightness: 1 }, timeoutMs: 0 }),
      api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 1 } }),
      api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 1 } }),
      api.call('device.setDesired', { ...identity, properties: { Brightness: 1 } }),
    ])
      await expect(call).rejects.toMatchObject({ code: 'script/failed', details: { platformCode: code }, message: expect.stringContaining(`(${code})`) })
    expect(received).toEqual([])
    const [row] = (await api.call('trace.page', { filter: { topic: 'SetDeviceProperty', code: 'failed' } })).rows
    expect(stepsOf(await api.call('trace.get', { id: row!.id })).at(-1)).toEqual(['ScriptParsing', 'ProtocolToRawData', code])
  })

  it('fail a synchronous call whose answer the script cannot read, at once', async () => {
    const { api, client, received } = await startBench({ script: scriptOf('undefined.x') })
    const asked = api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })
    asked.catch(() => {})
    const { topic } = await waitFor(() => received[0])
    await client.publishAsync(topic.replace('/request/', '/response/'), 'x')
    await expect(asked).rejects.toMatchObject({ code: 'script/failed', details: { platformCode: 26002, line: 1 } })
  })

  it('leave RRPC with bytes of the caller as it is', async () => {
    const { api, client, received } = await startBench()
    const asked = api.call('device.rrpc', { ...identity, payloadBase64: Buffer.from('ping').toString('base64') })
    const { topic, bytes } = await waitFor(() => received[0])
    expect(bytes.toString()).toBe('ping')
    await client.publishAsync(topic.replace('/request/', '/response/'), 'pong')
    expect(Buffer.from((await asked).payloadBase64, 'base64').toString()).toBe('pong')
  })
})

describe('scripts', () => {
  it('are drafts until they are submitted, are kept over a restart, and go with their product', async () => {
    const { api, dir, close } = await startEngine()
    await makeRawDevice(api)
    await api.call('script.save', { productKey, text: '// one' })
    expect(await api.call('script.get', { productKey })).toMatchObject({ draft: { text: '// one' }, submitted: null })
    expect(await api.call('script.submit', { productKey })).toMatchObject({ draft: null, submitted: { text: '// one', version: 1 } })
    await api.call('script.save', { productKey, text: '// two' })
    await close()
    const again = await startEngine({ workspaceDir: dir })
    expect(await again.api.call('script.get', { productKey })).toMatchObject({ draft: { text: '// two' }, submitted: { text: '// one', version: 1 } })
    expect(await again.api.call('product.get', { productKey })).toMatchObject({ dataFormat: 'raw' })
    await again.api.call('device.delete', identity)
    await again.api.call('product.delete', { productKey })
    await again.api.call('product.create', { name: 'Again', productKey, dataFormat: 'raw' })
    expect(await again.api.call('script.get', { productKey })).toEqual({ draft: null, submitted: null })
  })

  it('are tested in both directions with logs and places, without touching what devices run', async () => {
    const { api } = await startEngine()
    await makeRawDevice(api)
    const text = 'function rawDataToProtocol(bytes) {\n  console.log("got", bytes)\n  return { method: "m", params: { x: bytes[0] } }\n}\nfunction protocolToRawData(json) {\n  return [json.a, json.b.c]\n}'
    expect(await api.call('script.test', { productKey, text, input: { hex: '0x0A ff' } })).toMatchObject({ json: '{"method":"m","params":{"x":10}}', hex: null, problem: null, logs: [{ level: 'log', text: 'got [10,255]' }] })
    expect(await api.call('script.test', { productKey, text, input: { json: '{"a":1,"b":{"c":255}}' } })).toMatchObject({ hex: '01ff', json: null })
    expect(await api.call('script.test', { productKey, text, input: { json: '{"a":1}' } })).toMatchObject({ hex: null, problem: { code: 26002, line: 6 } })
    await expect(api.call('script.test', { productKey, text, input: { json: '{a' } })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('line 1') })
    await expect(api.call('script.test', { productKey, input: { hex: '' } })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(api.call('script.save', { productKey, text: 'x'.repeat(128 * 1024 + 1) })).rejects.toMatchObject({ code: 'input/invalid' })
    expect(await api.call('script.get', { productKey })).toEqual({ draft: null, submitted: null })
  })

  it('are refused for a product that speaks Alink', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    await expect(api.call('script.save', { productKey: 'a1Test', text: '' })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('Alink') })
  })
})
