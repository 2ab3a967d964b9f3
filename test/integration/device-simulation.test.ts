import type { SeatLive } from '../../src/shared/contract/device-simulation.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { makeRawDevice, scriptOf } from '../support/raw-product.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const lamp = { productKey, deviceName: 'lamp-0001' }

/** An engine with a lamp whose seat is taken. */
async function startLamp() {
  const started = await startEngine()
  await makeTalkingDevice(started.api)
  await started.api.call('deviceSimulation.start', lamp)
  return started
}

describe('a simulated device', () => {
  it('comes online through the device port as any other, and the log records its coming and going', async () => {
    const { api } = await startEngine()
    await makeTalkingDevice(api)
    expect(await api.call('deviceSimulation.get', lamp)).toMatchObject({ state: 'stopped', obstacle: null, policies: [] })
    expect(await api.call('deviceSimulation.start', lamp)).toMatchObject({ state: 'online', obstacle: null, problem: null })
    expect(await api.call('device.get', lamp)).toMatchObject({ state: 'ONLINE', connection: { simulated: 'seat', clientId: expect.stringContaining('_seat='), transport: 'tcp' } })
    expect((await api.call('deviceSimulation.list', {})).seats).toMatchObject([{ deviceName: 'lamp-0001', state: 'online', policies: 0, pendingRequests: 0 }])
    expect(await api.call('deviceSimulation.stop', lamp)).toMatchObject({ state: 'stopped' })
    await waitFor(async () => (await api.call('device.get', lamp)).state === 'OFFLINE')
    const topics = async () => (await api.call('trace.page', { filter: { deviceName: 'lamp-0001' } })).rows.map(row => row.topic)
    await waitFor(async () => (await topics()).includes('offline'))
    expect(await topics()).toEqual(expect.arrayContaining(['online', 'offline', 'simulation']))
  })

  it('reports properties and events, which the platform checks and answers', async () => {
    const { api } = await startLamp()
    const report = await api.call('deviceSimulation.postProperties', { ...lamp, properties: { Brightness: 40, Uptime: 7 } })
    expect(report).toMatchObject({ topic: `/sys/${productKey}/lamp-0001/thing/event/property/post`, qos: 1, reply: { code: 200 }, issues: [], acknowledgedMs: expect.any(Number) })
    expect((await api.call('device.getProperties', lamp)).values.Brightness).toMatchObject({ value: 40 })
    expect(await api.call('deviceSimulation.postEvent', { ...lamp, event: 'Overheat', params: { Temp: 90.5, Zone: 'a' }, qos: 0 })).toMatchObject({ reply: { code: 200 }, acknowledgedMs: null })
    expect((await api.call('event.list', lamp)).events).toMatchObject([{ event: 'Overheat', output: { Temp: 90.5, Zone: 'a' } }])
    expect(await api.call('deviceSimulation.get', lamp)).toMatchObject({ sent: 2, values: { Brightness: 40, Uptime: 7 } })
  })

  it('refuses values that the thing model does not allow before they are sent, and sends them anyway when told to', async () => {
    const { api } = await startLamp()
    await expect(api.call('deviceSimulation.postProperties', { ...lamp, properties: { Brightness: 101 } })).rejects.toMatchObject({ code: 'model/refused', details: { issues: [{ path: 'Brightness', rule: 'maximum' }] } })
    await expect(api.call('deviceSimulation.postEvent', { ...lamp, event: 'Overheat', params: { Temp: 'hot' } })).rejects.toMatchObject({ code: 'model/refused' })
    expect(await api.call('deviceSimulation.get', lamp)).toMatchObject({ sent: 0 })
    const report = await api.call('deviceSimulation.postProperties', { ...lamp, properties: { Brightness: 101 }, anyway: true })
    expect(report.issues).toMatchObject([{ path: 'Brightness' }])
    expect(await waitFor(async () => (await api.call('trace.page', { filter: { code: 'failed' } })).rows[0])).toMatchObject({ topic: report.topic })
  })

  it('publishes any bytes on custom topics with either QoS, and no retained message', async () => {
    const { api } = await startLamp()
    const topic = `/${productKey}/lamp-0001/user/update`
    expect(await api.call('deviceSimulation.publish', { ...lamp, topic, payloadBase64: base64('hello'), qos: 1 })).toMatchObject({ qos: 1, reply: null, acknowledgedMs: expect.any(Number) })
    await api.call('deviceSimulation.publish', { ...lamp, topic, payloadBase64: Buffer.from([0, 255]).toString('base64') })
    const rows = await waitFor(async () => {
      const page = await api.call('trace.page', { filter: { topic } })
      return page.rows.length === 2 && page.rows
    })
    expect(rows.map(row => row.qos).sort()).toEqual([0, 1])
    await expect(api.call('deviceSimulation.publish', { ...lamp, topic, payloadBase64: '', retain: true })).rejects.toMatchObject({ code: 'simulation/retained' })
    expect(await api.call('deviceSimulation.get', lamp)).toMatchObject({ state: 'online', sent: 2 })
  })

  it('subscribes to topics, now and at its next start, and shows what comes down', async () => {
    const { api } = await startLamp()
    const filter = `/${productKey}/lamp-0001/user/get`
    const send = (text: string) => api.call('device.publish', { ...lamp, topic: filter, payloadBase64: base64(text) })
    expect(await api.call('deviceSimulation.subscribe', { ...lamp, filter, qos: 1 })).toEqual({ filter, qos: 1, granted: 1 })
    expect(await api.call('deviceSimulation.subscribe', { ...lamp, filter: '/other/device/user/get' })).toMatchObject({ granted: 128 })
    await send('one')
    await waitFor(async () => (await api.call('deviceSimulation.inbox', lamp)).messages.length === 1)
    await api.call('deviceSimulation.stop', lamp)
    await api.call('deviceSimulation.start', lamp)
    await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).subscriptions[0]?.granted === 1)
    await send('two')
    const messages = await waitFor(async () => {
      const inbox = await api.call('deviceSimulation.inbox', lamp)
      return inbox.messages.length === 2 && inbox.messages
    })
    expect(messages.map(message => Buffer.from(message.payloadBase64, 'base64').toString())).toEqual(['two', 'one'])
    await api.call('deviceSimulation.unsubscribe', { ...lamp, filter })
    await expect(api.call('deviceSimulation.unsubscribe', { ...lamp, filter })).rejects.toMatchObject({ code: 'simulation/not-found' })
    expect((await api.call('deviceSimulation.get', lamp)).subscriptions).toMatchObject([{ filter: '/other/device/user/get' }])
  })

  it('says so when it is asked to speak while it is not running', async () => {
    const { api } = await startEngine()
    await makeTalkingDevice(api)
    await expect(api.call('deviceSimulation.postProperties', { ...lamp, properties: { Brightness: 1 } })).rejects.toMatchObject({ code: 'simulation/not-running', details: { state: 'stopped' } })
  })

  it('activates a device that was never online', async () => {
    const { api } = await startEngine()
    await makeTalkingDevice(api)
    expect((await api.call('device.get', lamp)).state).toBe('UNACTIVE')
    await api.call('deviceSimulation.start', lamp)
    expect(await api.call('device.get', lamp)).toMatchObject({ state: 'ONLINE', activatedAt: expect.any(Number) })
  })

  it('is forgotten with its device, and when it is told to be', async () => {
    const { api } = await startLamp()
    await api.call('deviceSimulation.forget', lamp)
    expect((await api.call('deviceSimulation.list', {})).seats).toEqual([])
    await waitFor(async () => (await api.call('device.get', lamp)).state === 'OFFLINE')
    await api.call('deviceSimulation.start', lamp)
    await api.call('device.delete', lamp)
    expect((await api.call('deviceSimulation.list', {})).seats).toEqual([])
  })

  it('does not start while nothing listens for devices, and says why', async () => {
    const { api } = await startEngine({ mqtt: null })
    await makeTalkingDevice(api)
    await expect(api.call('deviceSimulation.start', lamp)).rejects.toMatchObject({ code: 'simulation/failed', message: expect.stringContaining('Nothing listens') })
    expect(await api.call('deviceSimulation.get', lamp)).toMatchObject({ state: 'stopped', problem: expect.stringContaining('Nothing listens') })
  })

  it('stays away when it is disabled, and cannot be started until it is enabled', async () => {
    const { api } = await startLamp()
    await api.call('device.setEnabled', { ...lamp, enabled: false })
    await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).state === 'stopped')
    await expect(api.call('deviceSimulation.start', { ...lamp, takeOver: true })).rejects.toMatchObject({ code: 'simulation/refused', details: { reason: 'disabled', canTakeOver: false } })
    expect((await api.call('deviceSimulation.get', lamp)).obstacle).toMatchObject({ reason: 'disabled' })
    await api.call('device.setEnabled', { ...lamp, enabled: true })
    expect(await api.call('deviceSimulation.start', lamp)).toMatchObject({ state: 'online' })
  })

  it('goes on after a restart of the engine, with its policies and answers, and a stopped one stays stopped', async () => {
    const { api, dir, close } = await startLamp()
    await makeTalkingDevice(api, 'lamp-0002')
    await api.call('deviceSimulation.start', { ...lamp, deviceName: 'lamp-0002' })
    await api.call('deviceSimulation.configure', { ...lamp, returns: true, answers: { mode: 'by-hand' } })
    await api.call('deviceSimulation.setPolicy', { ...lamp, content: { kind: 'properties', behaviours: { Brightness: { kind: 'constant', value: 3 } } }, when: { kind: 'every', intervalMs: 60_000 } })
    await api.call('deviceSimulation.setPolicy', { ...lamp, deviceName: 'lamp-0002', content: { kind: 'properties', behaviours: { Brightness: { kind: 'constant', value: 3 } } }, when: { kind: 'every', intervalMs: 60_000 } })
    await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).policies[0]?.sent === 1)
    await api.call('deviceSimulation.stop', { ...lamp, deviceName: 'lamp-0002' })
    await close()
    const again = await startEngine({ workspaceDir: dir })
    const seat = await waitFor(async () => {
      const now = await again.api.call('deviceSimulation.get', lamp)
      return now.state === 'online' && now
    })
    expect(seat).toMatchObject({ returns: true, answers: { mode: 'by-hand' }, policies: [{ state: 'running', sent: 1 }] })
    expect(await again.api.call('deviceSimulation.get', { ...lamp, deviceName: 'lamp-0002' })).toMatchObject({ state: 'stopped', policies: [{ state: 'running' }] })
  })
})

describe('commands to a simulated device', () => {
  it('are answered by itself: it takes over what is set, reports it, and gives it back when asked', async () => {
    const { api } = await startLamp()
    expect(await api.call('device.getProperties', { ...lamp, properties: ['Brightness'], ask: true })).toMatchObject({ code: 200, source: 'device', values: {} })
    expect(await api.call('device.setProperties', { ...lamp, properties: { Brightness: 55 } })).toMatchObject({ code: 200 })
    await waitFor(async () => (await api.call('device.getProperties', lamp)).values.Brightness?.value === 55)
    expect(await api.call('device.getProperties', { ...lamp, properties: ['Brightness', 'Level'], ask: true })).toMatchObject({ source: 'device', values: { Brightness: { value: 55 } } })
    expect((await api.call('deviceSimulation.get', lamp)).requests[0]).toMatchObject({ kind: 'get', state: 'answered', answer: { code: 200, data: { Brightness: 55 } } })
  })

  it('are answered with the output that was chosen for a service, or one made up', async () => {
    const { api } = await startLamp()
    const blink = () => api.call('device.invokeService', { ...lamp, service: 'Blink', input: { Times: 2 } })
    expect(await blink()).toMatchObject({ code: 200, data: { Done: expect.any(Number) } })
    await api.call('deviceSimulation.configure', { ...lamp, answers: { services: { Blink: { code: 200, data: { Done: 1 } } } } })
    expect(await blink()).toMatchObject({ code: 200, data: { Done: 1 } })
  })

  it('wait for a person by hand, and are answered, refused or left', async () => {
    const { api } = await startLamp()
    await api.call('deviceSimulation.configure', { ...lamp, answers: { mode: 'by-hand' } })
    const pending = (service: string) => waitFor(async () => (await api.call('deviceSimulation.get', lamp)).requests.find(request => request.state === 'pending' && request.service === service))
    const answered = api.call('device.invokeService', { ...lamp, service: 'Blink', input: { Times: 3 } })
    const { requestNo, params, dueAt, at } = await pending('Blink')
    expect({ params, waits: dueAt > at }).toEqual({ params: { Times: 3 }, waits: true })
    expect((await api.call('deviceSimulation.list', {})).seats).toMatchObject([{ pendingRequests: 1 }])
    await api.call('deviceSimulation.answer', { ...lamp, requestNo, data: { Done: 0 } })
    expect(await answered).toMatchObject({ code: 200, data: { Done: 0 } })
    await expect(api.call('deviceSimulation.answer', { ...lamp, requestNo })).rejects.toMatchObject({ code: 'simulation/not-found' })

    const refused = api.call('device.setProperties', { ...lamp, properties: { Brightness: 1 } })
    await api.call('deviceSimulation.answer', { ...lamp, requestNo: (await pending('')).requestNo, code: 5000 })
    expect(await refused).toMatchObject({ code: 5000 })

    const left = api.call('device.invokeService', { ...lamp, service: 'Blink', input: { Times: 4 }, timeoutMs: 300 })
    await api.call('deviceSimulation.leave', { ...lamp, requestNo: (await pending('Blink')).requestNo })
    await expect(left).rejects.toMatchObject({ code: 'device/no-reply' })
    expect((await api.call('deviceSimulation.get', lamp)).requests.map(({ state }) => state)).toEqual(['left', 'answered', 'answered'])
  })

  it('are refused, or left without an answer, each time', async () => {
    const { api } = await startLamp()
    await api.call('deviceSimulation.configure', { ...lamp, answers: { mode: 'refuse', refuseCode: 9999 } })
    expect(await api.call('device.setProperties', { ...lamp, properties: { Brightness: 1 } })).toMatchObject({ code: 9999 })
    await api.call('deviceSimulation.configure', { ...lamp, answers: { mode: 'silent' } })
    await expect(api.call('device.setProperties', { ...lamp, properties: { Brightness: 1 }, timeoutMs: 200 })).rejects.toMatchObject({ code: 'device/no-reply' })
  })

  it('are seen live, with the messages that nobody answers', async () => {
    const { api } = await startLamp()
    const items: SeatLive[] = []
    const leave = new AbortController()
    const watching = api.subscribe('deviceSimulation.watch', lamp, item => void items.push(item), { signal: leave.signal })
    await waitFor(() => items.length > 0)
    await api.call('device.setProperties', { ...lamp, properties: { Brightness: 9 } })
    const seen = await waitFor(() => items.flatMap(item => item.messages)[0])
    expect(seen).toMatchObject({ topic: `/sys/${productKey}/lamp-0001/thing/service/property/set`, requestNo: 1 })
    await waitFor(() => items.at(-1)?.seat.values.Brightness === 9)
    leave.abort()
    await watching
    expect((await api.call('deviceSimulation.get', lamp)).state).toBe('online')
  })
})

describe('a product with a custom data format', () => {
  const write = '(function () { var json = typeof arg === "string" ? JSON.parse(arg) : arg; return [0x01, json.params.Brightness] })()'
  const read = '({ id: "1", version: "1.0", method: "thing.event.property.post", params: { Brightness: arg[1] } })'

  it('is simulated too: its script writes the bytes, or a person does', async () => {
    const { api } = await startEngine()
    await makeRawDevice(api, { script: scriptOf(read, write) })
    expect((await api.call('deviceSimulation.start', lamp)).beyondCloud).toEqual(['custom-format'])
    const report = await api.call('deviceSimulation.postProperties', { ...lamp, properties: { Brightness: 66 } })
    expect(Buffer.from(report.payloadBase64, 'base64').toString('hex')).toBe('0142')
    await waitFor(async () => (await api.call('device.getProperties', lamp)).values.Brightness?.value === 66)
    await api.call('deviceSimulation.publish', { ...lamp, topic: `/sys/${productKey}/lamp-0001/thing/model/up_raw`, payloadBase64: Buffer.from([1, 33]).toString('base64'), qos: 1 })
    await waitFor(async () => (await api.call('device.getProperties', lamp)).values.Brightness?.value === 33)
  })

  it('has its commands answered with bytes by hand', async () => {
    const { api } = await startEngine()
    await makeRawDevice(api, { script: scriptOf('({ id: String(arg[0]), code: 200, data: {} })', '[Number(arg.id) & 0xff]') })
    await api.call('deviceSimulation.start', lamp)
    void api.call('device.setProperties', { ...lamp, properties: { Brightness: 5 }, timeoutMs: 0 }).catch(() => {})
    const request = await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).requests[0])
    expect(request).toMatchObject({ kind: 'raw', state: 'pending', topic: expect.stringContaining('down_raw') })
    expect(await api.call('deviceSimulation.answer', { ...lamp, requestNo: request.requestNo, payloadBase64: request.payloadBase64 })).toMatchObject({ state: 'answered' })
    await waitFor(async () => (await api.call('trace.page', { filter: { topic: 'down_raw_reply' } })).rows.length === 1)
  })

  it('says why when the script makes no bytes', async () => {
    const { api } = await startEngine()
    await makeRawDevice(api)
    await api.call('deviceSimulation.start', lamp)
    await expect(api.call('deviceSimulation.postProperties', { ...lamp, properties: { Brightness: 1 } })).rejects.toMatchObject({ code: 'script/failed' })
  })
})

it('is one of many: a thousand devices are simulated side by side and report every 100 ms', { timeout: 180_000 }, async () => {
  const { api } = await startEngine()
  await makeDevice(api)
  const { certificates } = await api.call('device.create', { productKey: 'a1Test', deviceName: 'many', count: 1_000 })
  const seats = certificates.map(({ productKey, deviceName }) => ({ productKey, deviceName }))
  await Promise.all(seats.map(seat => api.call('deviceSimulation.start', seat)))
  await Promise.all(seats.map(seat => api.call('deviceSimulation.setPolicy', { ...seat, content: { kind: 'properties', behaviours: { Counter: { kind: 'random' } } }, when: { kind: 'every', intervalMs: 100 } })))
  await waitFor(async () => {
    const { seats: all } = await api.call('deviceSimulation.list', {})
    return all.length === 1_000 && all.every(({ state, sent }) => state === 'online' && sent >= 5)
  }, { timeoutMs: 120_000, what: 'all of them to have reported five times' })
  expect((await api.call('trace.page', { filter: { code: 'failed' } })).rows).toEqual([])
  await Promise.all(seats.map(seat => api.call('deviceSimulation.stop', seat)))
})
