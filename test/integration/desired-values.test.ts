import type { MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject, JsonValue } from '../../src/shared/json.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'lamp-0001'
const identity = { productKey, deviceName }
const root = `/sys/${productKey}/${deviceName}/thing`

interface Bench extends TestEngine {
  certificate: DeviceCertificate
  client: MqttClient
  received: { topic: string, message: JsonObject }[]
  ask: (verb: 'get' | 'delete', params: JsonValue) => Promise<JsonObject>
}

async function startBench(): Promise<Bench> {
  const running = await startEngine()
  const certificate = await makeTalkingDevice(running.api)
  return { ...running, certificate, ...await connect(running, certificate) }
}

async function connect(running: TestEngine, certificate: DeviceCertificate): Promise<Pick<Bench, 'client' | 'received' | 'ask'>> {
  const { client } = await connectDevice(running.mqtt, certificate)
  const received: Bench['received'] = []
  client.on('message', (topic, bytes) => received.push({ topic, message: JSON.parse(bytes.toString()) as JsonObject }))
  let lastId = 100
  return {
    client,
    received,
    async ask(verb, params) {
      const id = String(++lastId)
      await client.publishAsync(`${root}/property/desired/${verb}`, JSON.stringify({ id, version: '1.0', sys: { ack: 1 }, params }), { qos: 1 })
      return (await waitFor(() => received.find(({ topic, message }) => topic.endsWith(`${verb}_reply`) && message.id === id), { what: `the reply to desired/${verb}` })).message
    },
  }
}

it('reaches a device that is online as a property set, and is fetched and deleted by the device', async () => {
  const { api, received, ask } = await startBench()
  const { versions, messageId } = await api.call('device.setDesired', { ...identity, properties: { Brightness: 80, Label: 'hall' } })
  expect(versions).toEqual({ Brightness: 1, Label: 1 })
  await waitFor(() => received.length > 0)
  expect(received[0]).toEqual({ topic: `${root}/service/property/set`, message: { method: 'thing.service.property.set', id: messageId, params: { Brightness: 80, Label: 'hall' }, version: '1.0.0' } })
  expect(await ask('get', ['Brightness', 'Level'])).toEqual({
    code: 200,
    data: { Brightness: { value: 80, version: 1 } },
    id: '101',
    message: 'success',
    method: 'thing.property.desired.get',
    version: '1.0',
  })
  expect(await ask('delete', { Brightness: { version: 7 }, Label: {} })).toMatchObject({ code: 200, data: {}, method: 'thing.property.desired.delete' })
  expect((await ask('get', ['Brightness', 'Label'])).data).toEqual({ Brightness: { value: 80, version: 1 } })
  expect(await ask('delete', [{ Brightness: { version: 1 } }])).toMatchObject({ code: 200 })
  expect((await api.call('device.desired', identity)).desired).toMatchObject({ Brightness: { value: null, version: 1 }, Label: { value: null, version: 1 } })
  expect((await api.call('trace.page', { filter: { code: 'failed' } })).rows).toEqual([])
})

it('counts versions, refuses an old one, and is deleted by null', async () => {
  const { api } = await startBench()
  const set = (value: JsonValue, version?: number) => api.call('device.setDesired', { ...identity, properties: { Brightness: value }, ...(version !== undefined && { versions: { Brightness: version } }) })
  expect((await set(1, 0)).versions).toEqual({ Brightness: 1 })
  expect((await set(2, 1)).versions).toEqual({ Brightness: 2 })
  await expect(set(3, 1)).rejects.toMatchObject({ code: 'desired/version-conflict', details: { property: 'Brightness', expected: 1, present: 2 } })
  expect(await set(null)).toEqual({ versions: { Brightness: 3 }, messageId: null })
  expect((await api.call('device.desired', identity)).desired).toMatchObject({ Brightness: { value: null, version: 3 } })
  await expect(api.call('device.setDesired', { ...identity, properties: { Brightness: 1 }, versions: { Label: 0 } })).rejects.toMatchObject({ code: 'input/invalid' })
})

it.each([
  [5092, { Foo: 1 }],
  [5092, { Foo: null }],
  [6332, { Uptime: 1 }],
  [6332, { Uptime: null }],
  [6306, { Brightness: 'high' }],
])('is refused with %i for %j, and nothing is kept', async (code, properties) => {
  const { api, received } = await startBench()
  await expect(api.call('device.setDesired', { ...identity, properties })).rejects.toMatchObject({ code: 'model/refused', details: { platformCode: code } })
  expect((await api.call('device.desired', identity)).desired).toEqual({})
  expect(received).toEqual([])
})

it('waits for a device that is away, which fetches it, also after a restart', async () => {
  const { api, client, certificate, dir, close } = await startBench()
  await client.endAsync()
  await waitFor(async () => (await api.call('device.get', identity)).state === 'OFFLINE')
  expect(await api.call('device.setDesired', { ...identity, properties: { Brightness: 80 } })).toEqual({ versions: { Brightness: 1 }, messageId: null })
  await close()
  const again = await startEngine({ workspaceDir: dir })
  const back = await connect(again, certificate)
  expect((await back.ask('get', ['Brightness'])).data).toEqual({ Brightness: { value: 80, version: 1 } })
  expect(back.received.map(({ topic }) => topic)).toEqual([`${root}/property/desired/get_reply`])
})

it('is sent to a device that comes back when the setting says so', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeTalkingDevice(api)
  await api.call('device.setDesired', { ...identity, properties: { Brightness: 80, Label: 'x' } })
  await api.call('device.setDesired', { ...identity, properties: { Label: null } })
  await api.call('settings.set', { name: 'desired.pushOnConnect', value: true })
  // What comes with CONNACK comes before anybody can listen to the client, so the trace is asked.
  await connectDevice(mqtt, certificate)
  const [row] = await waitFor(async () => {
    const { rows } = await api.call('trace.page', { filter: { direction: 'down' } })
    return rows.length > 0 && rows
  })
  expect(row).toMatchObject({ topic: `${root}/service/property/set`, code: 200 })
  expect(row!.preview).toContain('"params":{"Brightness":80}')
})

it('is answered with 460 for anything else than names, and with 6104 beyond the cloud\'s ceiling', async () => {
  const { api, client, ask } = await startBench()
  expect(await ask('get', { Brightness: 1 })).toMatchObject({ code: 460 })
  expect(await ask('get', [1])).toMatchObject({ code: 460 })
  expect(await ask('delete', 'all')).toMatchObject({ code: 460 })
  expect(await ask('delete', { Brightness: { version: 'x' } })).toMatchObject({ code: 460 })
  const names = Array.from({ length: 201 }, (_, index) => `p${index}`)
  expect(await ask('get', names)).toMatchObject({ code: 200, data: {} })
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  expect(await ask('get', names)).toMatchObject({ code: 6104 })
  expect(await ask('delete', Object.fromEntries(names.map(name => [name, {}])))).toMatchObject({ code: 6104 })
  await expect(api.call('device.setDesired', { ...identity, properties: Object.fromEntries(names.map(name => [name, 1])) })).rejects.toMatchObject({ code: 'limit/reached' })
  await client.publishAsync(`${root}/property/desired/get`, 'no', { qos: 1 })
  expect((await api.call('trace.page', { filter: { code: 6207 } })).rows).toHaveLength(1)
})

it('goes when its device is deleted', async () => {
  const { api } = await startBench()
  await api.call('device.setDesired', { ...identity, properties: { Brightness: 1 } })
  await api.call('device.delete', identity)
  await api.call('device.create', identity)
  expect((await api.call('device.desired', identity)).desired).toEqual({})
})
