import type { MqttClient } from 'mqtt'
import type { JsonObject, JsonValue } from '../../src/shared/json.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'lamp-0001'
const identity = { productKey, deviceName }
const root = `/sys/${productKey}/${deviceName}/thing`
const past = 1_735_689_600_000

interface Bench extends TestEngine {
  client: MqttClient
  /** Publishes a request and returns the reply to it. */
  ask: (path: string, params: JsonValue) => Promise<JsonObject>
}

async function startBench(): Promise<Bench> {
  const running = await startEngine()
  const { client } = await connectDevice(running.mqtt, await makeTalkingDevice(running.api))
  const replies = new Map<string, JsonObject>()
  client.on('message', (topic, bytes) => {
    const message = JSON.parse(bytes.toString()) as JsonObject
    replies.set(`${topic} ${message.id as string}`, message)
  })
  let lastId = 0
  const ask = async (path: string, params: JsonValue): Promise<JsonObject> => {
    const id = String(++lastId)
    await client.publishAsync(`${root}/${path}`, JSON.stringify({ id, version: '1.0', sys: { ack: 1 }, params }), { qos: 1 })
    return await waitFor(() => replies.get(`${root}/${path}_reply ${id}`), { what: `the reply to ${path}` })
  }
  return { ...running, client, ask }
}

describe('an event report', () => {
  it('is answered as the cloud does, kept and listed, wrapped or bare', async () => {
    const { api, ask } = await startBench()
    expect(await ask('event/Overheat/post', { value: { Temp: 93.5, Zone: 'north' }, time: past })).toEqual({
      code: 200,
      data: {},
      id: '1',
      message: 'success',
      method: 'thing.event.Overheat.post',
      version: '1.0',
    })
    await ask('event/Overheat/post', { Temp: 94 })
    await ask('event/Broken/post', {})
    const { events, next } = await api.call('event.list', identity)
    expect(events.map(({ event, type, output }) => ({ event, type, output }))).toEqual([
      { event: 'Broken', type: 'error', output: {} },
      { event: 'Overheat', type: 'alert', output: { Temp: 94 } },
      { event: 'Overheat', type: 'alert', output: { Temp: 93.5, Zone: 'north' } },
    ])
    expect(events[2]).toMatchObject({ at: past, receivedAt: expect.any(Number) as number })
    expect(next).toBeNull()
    const [row] = (await api.call('trace.page', { filter: { direction: 'up' } })).rows
    const { steps, journey } = await api.call('trace.get', { id: row!.id })
    expect(steps.map(step => [step.bizCode, step.operation])).toEqual([
      ['uplink', `${root}/event/Broken/post`],
      ['ThingModel', 'check'],
      ['ThingModelMessage', 'thing.event.Broken.post'],
      ['DataStorage', 'thing.event.Broken.post'],
      ['downlink', `${root}/event/Broken/post_reply`],
    ])
    expect(journey).toHaveLength(2)
  })

  it('is listed by time, kind and type, a page at a time, also after a restart', async () => {
    const { api, ask, dir, close } = await startBench()
    for (let minute = 0; minute < 5; minute++)
      await ask('event/Overheat/post', { value: { Temp: minute }, time: past + minute * 60_000 })
    await ask('event/Broken/post', {})
    const temps = async (wish: { fromAt?: number, toAt?: number, type?: 'alert' | 'error', event?: string }) => (await api.call('event.list', { ...identity, ...wish })).events.map(event => event.output.Temp)
    expect(await temps({ fromAt: past + 60_000, toAt: past + 180_000 })).toEqual([3, 2, 1])
    expect(await temps({ type: 'error' })).toEqual([undefined])
    expect(await temps({ event: 'Overheat' })).toEqual([4, 3, 2, 1, 0])
    await close()
    const again = await startEngine({ workspaceDir: dir })
    const first = await again.api.call('event.list', { ...identity, event: 'Overheat', limit: 3 })
    const second = await again.api.call('event.list', { ...identity, event: 'Overheat', limit: 3, before: first.next! })
    expect([...first.events, ...second.events].map(event => event.output.Temp)).toEqual([4, 3, 2, 1, 0])
  })

  it('loses bad parameters under weak checking, and is refused whole under strict checking', async () => {
    const { api, ask } = await startBench()
    const reply = await ask('event/Overheat/post', { Temp: 'hot', Zone: 'north', Colour: 'red' })
    expect(reply).toMatchObject({ code: 200, data: { Temp: 'tsl parse: double value has the wrong type or is out of range -> Temp' } })
    const [row] = (await api.call('trace.page', { filter: { code: 6322 } })).rows
    expect((await api.call('trace.get', { id: row!.id })).issues.map(({ code, path }) => [code, path])).toEqual([[6322, 'Temp'], [5096, 'Colour']])
    expect((await api.call('event.list', identity)).events[0]!.output).toEqual({ Zone: 'north' })
    await api.call('product.update', { productKey, validation: 'strict' })
    expect(await ask('event/Overheat/post', { Temp: 'hot', Zone: 'north' })).toMatchObject({ code: 6322 })
    expect(await ask('event/Overheat/post', { Zone: 'north' })).toMatchObject({ code: 6302 })
    await api.call('product.update', { productKey, validation: 'none' })
    expect(await ask('event/Whatever/post', { Zone: 'north' })).toMatchObject({ code: 200 })
    expect((await api.call('event.list', identity)).events).toHaveLength(1)
  })

  it('is refused with 5096 when the model does not know it, and with 460 without an output', async () => {
    const { api, ask } = await startBench()
    expect(await ask('event/Overheet/post', { Temp: 1 })).toMatchObject({ code: 5096 })
    expect(await ask('event/pump:Leak/post', { Temp: 1 })).toMatchObject({ code: 5490, method: 'thing.event.pump:Leak.post' })
    expect(await ask('event/Overheat/post', [1])).toMatchObject({ code: 460 })
    expect((await api.call('event.list', identity)).events).toEqual([])
  })

  it('goes when its device is deleted', async () => {
    const { api, ask } = await startBench()
    await ask('event/Broken/post', {})
    await api.call('device.delete', identity)
    await api.call('device.create', identity)
    expect((await api.call('event.list', identity)).events).toEqual([])
  })
})

describe('a batch', () => {
  it('brings several samples and events of one device; the newest sample is the latest value', async () => {
    const { api, ask } = await startBench()
    const reply = await ask('event/property/batch/post', {
      properties: { Brightness: [{ value: 41, time: past + 1000 }, { value: 40, time: past }], Label: [{ value: 'x', time: past }] },
      events: { Overheat: [{ value: { Temp: 93.5 }, time: past }, { value: { Temp: 94.5 }, time: past + 1 }] },
    })
    expect(reply).toMatchObject({ code: 200, data: {}, method: 'thing.event.property.batch.post' })
    const { properties } = await api.call('device.get', identity)
    expect(properties).toMatchObject({ Brightness: { value: 41, time: past + 1000 }, Label: { value: 'x' } })
    const history = await api.call('device.history', { ...identity, property: 'Brightness', fromAt: past, toAt: past + 2000, buckets: 2 })
    expect([...history.last]).toEqual([40, 41])
    expect((await api.call('event.list', identity)).events.map(event => event.output.Temp)).toEqual([94.5, 93.5])
  })

  it('keeps the good beside the bad, and says what it dropped', async () => {
    const { api, ask } = await startBench()
    const reply = await ask('event/property/batch/post', { properties: { Brightness: [{ value: 400, time: past }, { value: 40, time: past + 1 }], Foo: [{ value: 1 }] }, events: { Overheat: [{ value: 7 }], Nothing: [{ value: {} }] } })
    expect(reply).toMatchObject({ code: 200, data: { Foo: 'tsl parse: params not exist -> Foo' } })
    const [row] = (await api.call('trace.page', { filter: { code: 'failed', direction: 'up' } })).rows
    expect((await api.call('trace.get', { id: row!.id })).issues.map(issue => issue.code)).toEqual([6306, 6320, 460, 5096])
    expect((await api.call('device.get', identity)).properties).toMatchObject({ Brightness: { value: 40 } })
  })

  it.each([
    ['a list', []],
    ['text for its properties', { properties: 'all' }],
  ])('is refused with 460 when it is %s', async (_what, params) => {
    const { ask } = await startBench()
    expect(await ask('event/property/batch/post', params)).toMatchObject({ code: 460 })
  })

  it('keeps the digits of 64-bit integers', async () => {
    const { api, client, ask } = await startBench()
    await client.publishAsync(`${root}/event/property/batch/post`, `{"id":"big","params":{"properties":{"Serial":[{"value":9007199254740993,"time":${past}}]}}}`, { qos: 1 })
    await ask('event/property/batch/post', {})
    expect((await api.call('device.get', identity)).properties.Serial).toEqual({ value: '9007199254740993', time: past })
  })
})

describe('a report of the past', () => {
  it('goes into the history and the events, and never becomes the latest value', async () => {
    const { api, ask } = await startBench()
    const reply = await ask('event/property/history/post', [{
      identity,
      properties: [{ Brightness: { value: 40, time: past } }, { Brightness: { value: 45, time: past + 1000 } }],
      events: [{ Overheat: { value: { Temp: 90.1 }, time: past } }],
    }])
    expect(reply).toMatchObject({ code: 200, method: 'thing.event.property.history.post' })
    expect((await api.call('device.get', identity)).properties).toEqual({})
    const history = await api.call('device.history', { ...identity, property: 'Brightness', fromAt: past, toAt: past + 2000, buckets: 2 })
    expect([...history.last]).toEqual([40, 45])
    expect((await api.call('event.list', identity)).events).toMatchObject([{ at: past, output: { Temp: 90.1 } }])
  })

  it('needs a time for everything: 6326', async () => {
    const { api, ask } = await startBench()
    await ask('event/property/history/post', [{ identity, properties: [{ Brightness: { value: 40 } }] }])
    const [row] = (await api.call('trace.page', { filter: { code: 6326 } })).rows
    expect((await api.call('trace.get', { id: row!.id })).explanation).toContain('Brightness')
  })

  it('is refused for a device that is not behind the sender: 6401, or 6100 when there is none', async () => {
    const { api, ask } = await startBench()
    await makeTalkingDevice(api, 'lamp-0002')
    const of = (name: string): JsonValue => [{ identity: { productKey, deviceName: name }, properties: [{ Brightness: { value: 40, time: past } }] }]
    expect(await ask('event/property/history/post', of('lamp-0002'))).toMatchObject({ code: 6401 })
    expect(await ask('event/property/history/post', of('lamp-0003'))).toMatchObject({ code: 6100 })
    expect(await ask('event/property/history/post', [{ properties: [] }])).toMatchObject({ code: 460 })
  })
})

describe('a pack', () => {
  it('brings the gateway\'s own values, and is refused whole when one sub-device is not its own', async () => {
    const { api, ask } = await startBench()
    const own = { properties: { Brightness: { value: 3, time: past } }, events: { Overheat: { value: { Temp: 1 }, time: past } } }
    expect(await ask('event/property/pack/post', { ...own, subDevices: [{ identity: { productKey, deviceName: 'lamp-0009' }, properties: { Brightness: 1 } }] })).toMatchObject({ code: 6100 })
    expect((await api.call('device.get', identity)).properties).toEqual({})
    expect(await ask('event/property/pack/post', { ...own, subDevices: [] })).toMatchObject({ code: 200, method: 'thing.event.property.pack.post' })
    expect((await api.call('device.get', identity)).properties).toEqual({ Brightness: { value: 3, time: past } })
    expect((await api.call('event.list', identity)).events).toHaveLength(1)
  })

  it('is held to the cloud\'s ceilings while these are applied', async () => {
    const { api, ask } = await startBench()
    const many = Array.from({ length: 21 }, () => ({ identity, properties: { Brightness: 1 } }))
    expect(await ask('event/property/pack/post', { subDevices: many })).toMatchObject({ code: 200 })
    await api.call('settings.set', { name: 'limits.applyCloud', value: true })
    expect(await ask('event/property/pack/post', { subDevices: many })).toMatchObject({ code: 6357 })
    expect(await ask('event/property/pack/post', { events: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`e${index}`, { value: {} }])) })).toMatchObject({ code: 6356 })
    expect(await ask('event/property/pack/post', { properties: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`p${index}`, 1])) })).toMatchObject({ code: 6106 })
  })
})

describe('a device that asks for its model', () => {
  it('gets it with its own link and name', async () => {
    const { ask } = await startBench()
    const reply = await ask('dsltemplate/get', {})
    expect(Object.keys(reply.data as JsonObject)).toEqual(['schema', 'link', 'profile', 'properties', 'events', 'services'])
    expect(reply).toMatchObject({ code: 200, method: 'thing.dsltemplate.get', data: { link: `${root}/`, profile: { productKey, deviceName } } })
    const { properties, services } = reply.data as { properties: JsonObject[], services: JsonObject[] }
    expect(properties.map(property => property.identifier)).toEqual(['Brightness', 'Level', 'Serial', 'Uptime', 'Label'])
    expect(services.map(service => service.identifier)).toEqual(['set', 'get', 'Blink', 'Prime'])
  })

  it('gets only the keys it names, without the derived members', async () => {
    const { ask } = await startBench()
    const reply = await ask('dynamicTsl/get', { nodes: ['type', 'identifier'], addDefault: false })
    const { properties, events, services } = reply.data as { properties: JsonObject[], events: JsonObject[], services: JsonObject[] }
    expect(properties[0]).toEqual({ identifier: 'Brightness', dataType: { type: 'int', specs: { min: '0', max: '100', step: '1' } } })
    expect(events.map(event => event.identifier)).toEqual(['Overheat', 'Broken'])
    expect(services[0]).toMatchObject({ identifier: 'Blink', inputData: [{ identifier: 'Times' }] })
    expect(await ask('dynamicTsl/get', { nodes: 'type' })).toMatchObject({ code: 460 })
    const whole = await ask('dynamicTsl/get', {})
    expect((whole.data as { events: JsonObject[] }).events.map(event => event.identifier)).toEqual(['post', 'Overheat', 'Broken'])
  })
})

describe('custom modules', () => {
  const pump = {
    profile: { productKey },
    functionBlockId: 'pump',
    functionBlockName: 'Pump',
    properties: [{ identifier: 'Flow', name: 'Flow', accessMode: 'rw', required: false, dataType: { type: 'float', specs: { min: '0', max: '10' } } }],
    events: [{ identifier: 'Leak', name: 'Leak', type: 'error', required: false, outputData: [] }],
    services: [{ identifier: 'Prime', name: 'Prime', callType: 'sync', required: false, inputData: [], outputData: [] }],
  }

  it('are added to their product, speak with their prefix everywhere, and are exported one by one', async () => {
    const { api, client, ask } = await startBench()
    expect(await api.call('product.importModel', { text: JSON.stringify(pump) })).toMatchObject({ productKey, created: false, notices: [`Added the module pump of product ${productKey}.`] })
    expect((await api.call('product.get', { productKey })).modules).toEqual([{ functionBlockId: 'pump', functionBlockName: 'Pump', propertyCount: 1, eventCount: 1, serviceCount: 1 }])
    expect(await api.call('product.get', { productKey })).toMatchObject({ propertyCount: 6, eventCount: 3, serviceCount: 3 })
    expect(await ask('event/property/post', { 'pump:Flow': 3.5, 'Brightness': 1 })).toMatchObject({ code: 200, data: {} })
    expect((await api.call('device.get', identity)).properties).toMatchObject({ 'pump:Flow': { value: 3.5 } })
    expect(await ask('event/pump:Leak/post', {})).toMatchObject({ code: 200, method: 'thing.event.pump:Leak.post' })
    client.on('message', (topic, bytes) => {
      const message = JSON.parse(bytes.toString()) as JsonObject
      if (topic.includes('/rrpc/request/'))
        client.publish(topic.replace('/request/', '/response/'), JSON.stringify({ id: message.id, code: message.method === 'thing.service.pump:Prime' ? 200 : 400, data: {} }))
      if (topic.endsWith('/thing/service/property/set'))
        client.publish(`${topic}_reply`, JSON.stringify({ id: message.id, code: 200, data: {} }))
    })
    expect(await api.call('device.invokeService', { ...identity, service: 'pump:Prime' })).toMatchObject({ code: 200 })
    expect(await api.call('device.setProperties', { ...identity, properties: { 'pump:Flow': 2 } })).toMatchObject({ code: 200 })
    const { text } = await api.call('product.exportModel', { productKey, functionBlockId: 'pump' })
    expect(JSON.parse(text)).toMatchObject({ functionBlockId: 'pump', events: [{ method: 'thing.event.property.post' }, { method: 'thing.event.pump:Leak.post' }] })
    const whole = await api.call('product.exportModel', { productKey })
    expect(JSON.parse(whole.text)).toMatchObject({ functionBlocks: [{ functionBlockId: 'pump', functionBlockName: 'Pump', productKey }] })
    expect((await ask('dsltemplate/get', {})).data).toMatchObject({ functionBlocks: [{ functionBlockId: 'pump' }] })
  })

  it('survive a new default model and a restart, and can be replaced and taken away', async () => {
    const { api, ask, dir, close } = await startBench()
    await api.call('product.importModel', { text: JSON.stringify(pump) })
    const { text } = await api.call('product.exportModel', { productKey })
    await api.call('product.importModel', { text, productKey })
    expect(await ask('event/property/post', { 'pump:Flow': 3.5 })).toMatchObject({ data: {} })
    expect((await api.call('product.importModel', { text: JSON.stringify({ ...pump, properties: [] }) })).notices).toEqual([`Replaced the module pump of product ${productKey}.`])
    expect(await ask('event/property/post', { 'pump:Flow': 3.5 })).toMatchObject({ data: { 'pump:Flow': expect.stringContaining('not exist') as string } })
    await close()
    const again = await startEngine({ workspaceDir: dir })
    expect((await again.api.call('product.get', { productKey })).modules).toMatchObject([{ functionBlockId: 'pump', propertyCount: 0, serviceCount: 1 }])
    expect((await again.api.call('product.removeModule', { productKey, functionBlockId: 'pump' })).modules).toEqual([])
    await expect(again.api.call('product.removeModule', { productKey, functionBlockId: 'pump' })).rejects.toMatchObject({ code: 'model/invalid', details: { platformCode: 5490 } })
  })

  it('need a product to belong to', async () => {
    const { api } = await startEngine()
    await expect(api.call('product.importModel', { text: JSON.stringify(pump) })).rejects.toMatchObject({ code: 'product/not-found', details: { functionBlockId: 'pump' } })
  })
})
