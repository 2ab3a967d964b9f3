import type { MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { LogRecord } from '../../src/shared/contract/log.ts'
import type { JsonValue } from '../../src/shared/json.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { logCodes } from '../../src/shared/alink/log-codes.ts'
import { registrationSignContent } from '../../src/shared/alink/register.ts'
import { brokenModel, everyTypeModel, everyTypeProductKey as productKey } from '../support/every-type-product.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { openRaw } from '../support/raw-client.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

/** What a cause has at hand: an engine and one device of a product with every type. */
interface Bench extends TestEngine {
  certificate: DeviceCertificate
  deviceName: string
  /** `/sys/{product key}/{device name}`. */
  root: string
  connect: (parameters?: Record<string, string>) => Promise<MqttClient>
  /** Connects and reports. */
  report: (params: JsonValue) => Promise<void>
  /** Connects, sets a property and answers with this text. */
  setAndAnswer: (answer: (id: string) => string) => Promise<void>
  set: (properties: Record<string, JsonValue>) => Promise<unknown>
  invoke: (service: string, input?: Record<string, JsonValue>) => Promise<unknown>
}

let benches = 0

async function makeBench(engine: TestEngine): Promise<Bench> {
  const { api, mqtt } = engine
  const products = await api.call('product.list', {})
  if (!products.some(product => product.productKey === productKey))
    await api.call('product.importModel', { text: JSON.stringify(everyTypeModel) })
  const deviceName = `device-${String(++benches).padStart(3, '0')}`
  const certificate = (await api.call('device.create', { productKey, deviceName })).certificates[0]!
  const root = `/sys/${productKey}/${deviceName}`
  const connect = async (parameters = {}): Promise<MqttClient> => (await connectDevice(mqtt, certificate, parameters)).client
  const refused = (error: unknown): unknown => error
  return {
    ...engine,
    certificate,
    deviceName,
    root,
    connect,
    report: async params => void await (await connect()).publishAsync(`${root}/thing/event/property/post`, JSON.stringify({ id: '1', params }), { qos: 1 }),
    setAndAnswer: async (answer) => {
      const client = await connect()
      client.on('message', (topic, bytes) => void client.publish(`${topic}_reply`, answer((JSON.parse(bytes.toString()) as { id: string }).id)))
      await api.call('device.setProperties', { productKey, deviceName, properties: { Int: 1 } })
    },
    set: properties => api.call('device.setProperties', { productKey, deviceName, properties, timeoutMs: 100 }).catch(refused),
    invoke: (service, input = {}) => api.call('device.invokeService', { productKey, deviceName, service, input, timeoutMs: 100 }).catch(refused),
  }
}

/** The first record of a code, of this device or of nobody, once there is one. */
async function recordOf({ api, deviceName }: Bench, code: number): Promise<LogRecord> {
  return waitFor(async () => {
    const { records } = await api.call('log.search', { filter: code === 200 ? {} : { state: 'failed' }, limit: 1_000 })
    return records.find(record => record.code === code && (record.deviceName === deviceName || record.deviceName === '' || record.content.Message?.toString().includes(deviceName)))
  }, { what: `a record with code ${code}` })
}

interface Cause {
  provoke: (bench: Bench) => Promise<unknown>
  /** A concrete value that the record has to name. */
  names: RegExp
}

const value = (params: Record<string, JsonValue>, names: RegExp): Cause => ({ provoke: bench => bench.report(params), names })
const answer = (code: number): Cause => ({ provoke: bench => bench.setAndAnswer(id => JSON.stringify({ id, code, message: 'no wish', data: {} })), names: new RegExp(`answered code ${code}: no wish`) })
const model = (dataType: object, names: RegExp): Cause => ({ provoke: ({ api }) => api.call('product.importModel', { text: brokenModel(dataType) }).catch(() => {}), names })

async function registerOverMqtt({ mqtt, deviceName }: Bench): Promise<void> {
  const client = await openRaw(mqtt.port)
  client.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60, clientId: `x|random=1,authType=register,securemode=2,signmethod=hmacsha256|`, username: `${deviceName}&${productKey}`, password: Buffer.from('00') })
  await client.next('connack')
}

async function registerDisabled({ api, mqtt, deviceName }: Bench): Promise<void> {
  const { productSecret } = await api.call('product.update', { productKey, dynamicRegistration: true })
  await api.call('device.setEnabled', { productKey, deviceName, enabled: false })
  const sign = createHmac('sha256', productSecret).update(registrationSignContent({ productKey, deviceName, random: '1' })).digest('hex')
  const client = await openRaw(mqtt.port)
  client.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60, clientId: `x|random=1,authType=register,securemode=2,signmethod=hmacsha256|`, username: `${deviceName}&${productKey}`, password: Buffer.from(sign) })
  await client.next('connack')
  await api.call('product.update', { productKey, dynamicRegistration: false })
}

/** Fills the way to a device that does not read, until a message finds no room. */
async function overfill({ api, connect, deviceName }: Bench): Promise<void> {
  const client = await connect()
  client.stream.pause()
  const payloadBase64 = Buffer.alloc(250_000, 'x').toString('base64')
  for (let sent = 0; sent < 400; sent++) {
    const error = await api.call('device.rrpc', { productKey, deviceName, payloadBase64, timeoutMs: 1 }).catch((thrown: unknown) => thrown)
    if ((error as { details: { platformCode: number } }).details.platformCode === 1901)
      return
  }
}

/** The device breaks off as soon as a command has come, without acknowledging it. */
async function breakOff({ connect, set }: Bench): Promise<void> {
  const client = await connect()
  client.handleMessage = () => void client.stream.destroy()
  await set({ Int: 1 })
}

async function leaveBeforeReply({ connect, root, api, deviceName }: Bench): Promise<void> {
  await waitFor(async () => {
    const client = await connect()
    client.publish(`${root}/thing/event/property/post`, JSON.stringify({ id: '1', params: { Int: 1 } }), { qos: 1 })
    client.stream.end()
    await waitFor(async () => (await api.call('device.get', { productKey, deviceName })).state === 'OFFLINE')
    await waitFor(async () => (await api.call('log.search', { filter: { deviceName, bizCodes: ['downlink'] } })).records.length > 0)
    return (await api.call('log.search', { filter: { deviceName, bizCodes: ['downlink'], state: 'failed' } })).records.length > 0
  })
}

async function partOfPublish({ connect, root }: Bench): Promise<void> {
  const topic = Buffer.from(`${root}/thing/event/property/post`)
  const client = await connect()
  client.stream.end(Buffer.concat([Buffer.from([0x30, 0xC8, 0x01, 0, topic.length]), topic, Buffer.from('{"id":')]))
}

async function offlineDevice({ connect, api, deviceName }: Bench): Promise<void> {
  await (await connect()).endAsync()
  await waitFor(async () => (await api.call('device.get', { productKey, deviceName })).state === 'OFFLINE')
}

/** What makes each code arise that has a natural cause, by group and code. */
const causes: Record<string, Cause> = {
  'DEV/200': { provoke: bench => bench.connect(), names: /"securemode=3|protocolVersion":4/ },
  'DEV/1911': { provoke: async bench => (await bench.connect()).stream.destroy(), names: /without a DISCONNECT/ },
  'DEV/427': { provoke: async bench => [await bench.connect(), await bench.connect()], names: /connected again from 127\.0\.0\.1/ },
  'DEV/521': { provoke: async ({ connect, api, deviceName }) => [await connect(), await api.call('device.delete', { productKey, deviceName })], names: /deleted/ },
  'DEV/522': { provoke: async ({ connect, api, deviceName }) => [await connect(), await api.call('device.setEnabled', { productKey, deviceName, enabled: false })], names: /disabled/ },
  'DEV/6100': { provoke: async ({ mqtt, certificate }) => connectDevice(mqtt, { ...certificate, deviceName: `${certificate.deviceName}-x` }).catch(() => {}), names: /no device a1Types\/device-\d+-x/ },
  'DEV/6204': { provoke: registerDisabled, names: /device a1Types\/device-\d+ is disabled/ },
  'DEV/6287': { provoke: async ({ mqtt, certificate }) => connectDevice(mqtt, { ...certificate, deviceSecret: 'wrong' }).catch(() => {}), names: /of this text: clientIda1Types\.device-/ },
  'DEV/6288': { provoke: registerOverMqtt, names: /registration of product a1Types is off/ },
  'DEV/6401': { provoke: async ({ api, connect, root }) => {
    await api.call('device.create', { productKey, deviceName: 'stranger' })
    await (await connect()).publishAsync(`${root}/thing/event/property/pack/post`, JSON.stringify({ id: '1', params: { subDevices: [{ identity: { productKey, deviceName: 'stranger' }, properties: { Int: { value: 1 } } }] } }), { qos: 1 })
  }, names: /a1Types\/stranger: expected a sub-device of device-/ },
  'DEV/2043': { provoke: async bench => bench.connect({ authType: 'connwl' }).catch(() => {}), names: /deviceToken/ },
  'MSG/1901': { provoke: overfill, names: /congested/ },
  'MSG/1902': { provoke: breakOff, names: /broke before the device had acknowledged/ },
  'MSG/1903': { provoke: async ({ connect, root }) => (await connect()).publishAsync(`${root}//post`, '{}', { qos: 1 }), names: /\/\/post has a wrong form: a level of the topic is empty/ },
  'MSG/1904': { provoke: async ({ connect, root }) => (await connect()).publishAsync(`${root}/thing/service/property/set_reply`, '{"id":"77","code":200,"data":{}}', { qos: 1 }), names: /with id "77"/ },
  'MSG/1905': { provoke: async ({ connect, invoke }) => [await connect(), await invoke('Blink', { Times: 1 })], names: /did not answer within 0\.1 s/ },
  'MSG/1950': { provoke: partOfPublish, names: /on \/sys\/a1Types\/device-\d+\/thing\/event\/property\/post: \d+ of its 203 bytes/ },
  'MSG/1951': { provoke: async ({ connect, root }) => (await connect()).publish(`${root}/thing/event/property/post`, '{}', { qos: 2 }), names: /QoS 2/ },
  'MSG/9201': { provoke: leaveBeforeReply, names: /not connected/ },
  'MSG/9236': { provoke: async ({ connect }) => (await connect()).publishAsync('/sys/a1Types/other/thing/event/property/post', '{}', { qos: 1 }), names: /may not publish on \/sys\/a1Types\/other/ },
  'MSG/9321': { provoke: async ({ api, deviceName }) => api.call('device.rrpc', { productKey, deviceName, payloadBase64: '', topic: '/a//b' }).catch(() => {}), names: /got \/a\/\/b: a level of the topic is empty/ },
  'MSG/9320': { provoke: async ({ connect, root }) => (await connect()).publishAsync(`${root}/thing/event/property/post`, Buffer.alloc(262_145), { qos: 1 }), names: /longer than the 262144 bytes/ },
  'CALL/9201': { provoke: async bench => [await offlineDevice(bench), await bench.set({ Int: 1 })], names: /offline since 20/ },
  'CALL/9200': { provoke: bench => bench.set({ Int: 1 }), names: /device-\d+ has never connected/ },
  'CALL/6208': { provoke: async bench => [await bench.api.call('device.setEnabled', { productKey, deviceName: bench.deviceName, enabled: false }), await bench.set({ Int: 1 })], names: /device-\d+ is disabled/ },
  'CALL/6206': { provoke: async ({ api, deviceName }) => {
    await api.call('product.create', { name: 'bare', productKey: 'a1Bare' })
    await api.call('device.create', { productKey: 'a1Bare', deviceName })
    await api.call('device.invokeService', { productKey: 'a1Bare', deviceName, service: 'Jump' }).catch(() => {})
  }, names: /Jump: the thing model has no service/ },
  'CALL/6207': { provoke: async ({ connect, invoke }) => {
    const client = await connect()
    client.on('message', topic => void client.publish(topic.replace('/request/', '/response/'), 'nonsense'))
    await invoke('Blink', { Times: 1 })
  }, names: /got "nonsense"/ },
  'CALL/6330': { provoke: bench => bench.set({ Long: 1.5 }), names: /Long: 1\.5/ },
  'CALL/6335': { provoke: bench => bench.setAndAnswer(id => JSON.stringify({ id, code: 200, data: { Int: 1 } })), names: /got \{"Int":1\}/ },
  'CALL/5490': { provoke: bench => bench.invoke('motor:Blink'), names: /motor:Blink/ },
  'CALL/5092': { provoke: bench => bench.set({ Nothing: 1 }), names: /Nothing: the thing model has no property/ },
  'CALL/5094': { provoke: bench => bench.invoke('Jump'), names: /Jump: the thing model has no service/ },
  'CALL/5096': { provoke: async ({ connect, root }) => (await connect()).publishAsync(`${root}/thing/event/Fire/post`, '{"id":"1","params":{"value":{}}}', { qos: 1 }), names: /Fire: the thing model has no event/ },
  'REP/6320': value({ Intt: 1 }, /Intt: the thing model has no property/),
  'REP/6207': { provoke: async ({ connect, root }) => (await connect()).publishAsync(`${root}/thing/event/property/post`, '{"id":"1",', { qos: 1 }), names: /line 1, column/ },
  'RSP/460': answer(460),
  'RSP/500': answer(500),
  'RSP/400': answer(400),
  'RSP/429': answer(429),
  'RSP/6452': answer(6452),
  'VAL/6317': model({ type: 'struct', specs: 5 }, /struct members/),
  'VAL/6325': model({ type: 'array', specs: { size: '2', item: { type: 'date' } } }, /int, float, double, text or struct/),
  'VAL/6329': model({ type: 'array', specs: 5 }, /"size" and "item"/),
  'VAL/6314': model({ type: 'colour', specs: {} }, /"colour"/),
  'VAL/6332': { provoke: bench => bench.set({ Constant: 1 }), names: /Constant: the property can be read only/ },
  'VAL/6302': { provoke: bench => bench.invoke('Blink'), names: /Times: the parameter is missing/ },
  'VAL/6306': value({ Int: 400 }, /Int: 400 is above the maximum 100/),
  'VAL/6307': value({ Float: 'warm' }, /Float: "warm" is not a number/),
  'VAL/6322': value({ Double: 400 }, /Double: 400 is above the maximum 100/),
  'VAL/6308': value({ Bool: 2 }, /Bool: 2/),
  'VAL/6309': value({ Enum: 9 }, /Enum: 9 is none of the values/),
  'VAL/6310': value({ Text: 'much too long' }, /Text: the text has 13 bytes.*allows 8/),
  'VAL/6311': value({ Date: '2025-01-01' }, /Date: "2025-01-01"/),
  'VAL/6312': value({ Struct: 5 }, /Struct: 5 is not an object/),
  'VAL/6304': value({ Struct: { X: 1, Y: 2, Z: 3 } }, /Struct\.Z: the struct has no member/),
  'VAL/6324': value({ Array: [1, 2, 3] }, /Array: the array has 3 elements/),
  'VAL/6328': value({ Array: 5 }, /Array: 5 is not an array/),
  'SUB/403': { provoke: async ({ connect }) => (await connect()).subscribeAsync('/sys/a1Types/other/#').catch(() => {}), names: /may not subscribe to \/sys\/a1Types\/other\/#/ },
}

/** The same for what arises only while the cloud's limits are applied. */
const limitCauses: Record<string, Cause> = {
  'MSG/1942': { provoke: bench => burst(bench, 1), names: /on \/sys\/.*10 messages with QoS 1 are allowed in one second, and this is number 1\d/ },
  'MSG/9324': { provoke: bench => burst(bench, 2), names: /10 messages with QoS 1 are allowed in one second, and this is number 1\d/ },
  'REP/6452': { provoke: bench => burst(bench, 1), names: /10 messages with QoS 1/ },
  'REP/6106': { provoke: bench => bench.report(Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`P${at}`, 1]))), names: /201 properties.*at most 200/ },
}

/** Fifteen reports with QoS 1 in one go, over so many topics; all of them are acknowledged (trap T26). */
async function burst({ connect, root }: Bench, topics: number): Promise<void> {
  const client = await connect()
  const topicOf = (at: number): string => at % topics === 0 ? `${root}/thing/event/property/post` : `/${productKey}/${root.split('/')[3]}/user/note`
  await Promise.all(Array.from({ length: 15 }, (_, at) => client.publishAsync(topicOf(at), '{"id":"1","params":{"Int":1}}', { qos: 1 })))
}

async function prove(engine: TestEngine, key: string, { provoke, names }: Cause): Promise<void> {
  const bench = await makeBench(engine)
  await provoke(bench)
  const record = await recordOf(bench, Number(key.split('/')[1]))
  expect.soft([key, record.code === 200 ? JSON.stringify(record.content.Params) : record.content.Message]).toEqual([key, expect.stringMatching(names)])
}

it('lets every code with a natural cause arise from it, with a record that names the concrete values', async () => {
  const engine = await startEngine()
  for (const [key, cause] of Object.entries(causes))
    await prove(engine, key, cause)
}, 120_000)

it('lets the codes of the cloud\'s limits arise while these are applied, acknowledges what it drops, and drops nothing without them', async () => {
  const engine = await startEngine()
  const free = await makeBench(engine)
  await burst(free, 1)
  await engine.api.call('settings.set', { name: 'limits.applyCloud', value: true })
  for (const [key, cause] of Object.entries(limitCauses))
    await prove(engine, key, cause)
  const { records } = await engine.api.call('log.search', { filter: { deviceName: free.deviceName, state: 'failed' } })
  expect(records).toEqual([])
}, 60_000)

it('drops messages to a device beyond the cloud\'s rate, and refuses its sixth login in a minute', async () => {
  const engine = await startEngine()
  const bench = await makeBench(engine)
  await engine.api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await bench.connect()
  const call = { productKey, deviceName: bench.deviceName, payloadBase64: 'AA==', timeoutMs: 2_000 }
  const results = await Promise.allSettled(Array.from({ length: 55 }, () => engine.api.call('device.rrpc', call)))
  const codes = results.map(result => result.status === 'rejected' ? (result.reason as { details: { platformCode: number } }).details.platformCode : 200)
  expect(codes.filter(code => code === 9324).length).toBeGreaterThanOrEqual(5)
  expect(codes.filter(code => code === 1905)).toHaveLength(50)
  for (let login = 2; login <= 5; login++)
    await bench.connect()
  await expect(bench.connect()).rejects.toMatchObject({ code: 3 })
  expect((await recordOf(bench, 429)).content.Message).toContain('5 times are allowed in one minute, and this is number 6')
})

it('takes a device off line after one and a half times its keep-alive (1910)', async () => {
  const engine = await startEngine({}, createFastClock(200))
  const bench = await makeBench(engine)
  await bench.connect()
  expect((await recordOf(bench, 1910)).content.Message).toMatch(/1\.5 times its keep-alive of \d+ seconds/)
}, 30_000)

it('proves every code of the table that is said to arise here', () => {
  const proven = [...Object.keys(causes), ...Object.keys(limitCauses), 'DEV/1910']
  const said = logCodes.filter(({ arising, pending }) => (arising === 'Y' || arising === 'S') && pending === null).map(({ group, code }) => `${group}/${code}`)
  expect(proven.toSorted()).toEqual(said.toSorted())
})
