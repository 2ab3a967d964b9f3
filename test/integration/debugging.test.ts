import type { MqttClient } from 'mqtt'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCommand } from '../../src/shared/contract/device-command.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { describe, expect, it } from 'vitest'
import { toErrorValue } from '../../src/shared/errors.ts'
import { connectGateway, makeGateways } from '../support/gateway.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'lamp-0001'
const identity = { productKey, deviceName }

type State = 'online' | 'silent' | 'offline' | 'new' | 'disabled' | 'deleted' | 'sub'

/** Answers every command as a device does that takes everything; reads come from what it was set to last. */
function answerAll(client: MqttClient): JsonObject[] {
  const received: JsonObject[] = []
  client.on('message', (topic, bytes) => {
    const message = JSON.parse(bytes.toString()) as JsonObject
    received.push(message)
    const data = message.method === 'thing.service.property.get' ? { Brightness: 43 } : message.method === 'thing.service.Blink' ? { Done: 1 } : message.method === 'thing.service.Prime' ? { Took: 5 } : {}
    client.publish(topic.includes('/rrpc/') ? topic.replace('/request/', '/response/') : `${topic}_reply`, JSON.stringify({ id: message.id, code: 200, data }))
  })
  return received
}

/** A device in one of the states of the rulebook's table; what it reported before is 42. */
async function deviceIn(state: State): Promise<{ api: ApiClient, identity: { productKey: string, deviceName: string } }> {
  const { api, mqtt } = await startEngine()
  if (state === 'sub') {
    const { gateways, subs } = await makeGateways(api, { subs: 1 })
    const gateway = await connectGateway(mqtt, gateways[0]!)
    await gateway.bringUp(subs[0]!)
    const { productKey, deviceName } = subs[0]!
    await gateway.client.endAsync()
    await waitFor(async () => (await api.call('device.get', { productKey, deviceName })).state === 'OFFLINE')
    return { api, identity: { productKey, deviceName } }
  }
  const certificate = await makeTalkingDevice(api)
  if (state === 'new')
    return { api, identity }
  const { client, post } = await connectDevice(mqtt, certificate)
  await post({ Brightness: 42 })
  if (state === 'online') {
    answerAll(client)
  }
  else if (state === 'disabled') {
    await api.call('device.setEnabled', { ...identity, enabled: false })
  }
  else if (state !== 'silent') {
    await client.endAsync()
    await waitFor(async () => (await api.call('device.get', identity)).state === 'OFFLINE')
  }
  if (state === 'deleted')
    await api.call('device.delete', identity)
  return { api, identity }
}

const operations = ['get', 'set', 'desired', 'sync', 'async'] as const
type Operation = (typeof operations)[number]

/** What an operation comes to: a code, and the value that a get brings. */
async function outcomeOf(api: ApiClient, device: { productKey: string, deviceName: string }, operation: Operation): Promise<string> {
  const timeoutMs = 300
  const act = async (): Promise<string> => {
    switch (operation) {
      case 'get': {
        const { code, source, values } = await api.call('device.getProperties', { ...device, properties: ['Brightness'], ask: true, timeoutMs })
        return `${code} ${source} ${JSON.stringify(values.Brightness?.value ?? null)}`
      }
      case 'set':
        return String((await api.call('device.setProperties', { ...device, properties: { Brightness: 80 }, timeoutMs })).code)
      case 'desired': {
        const { messageId, versions } = await api.call('device.setDesired', { ...device, properties: { Brightness: 20 } })
        return `stored ${versions.Brightness}${messageId === null ? '' : ' and sent'}`
      }
      case 'sync':
        return String((await api.call('device.invokeService', { ...device, service: 'Blink', input: { Times: 3 }, timeoutMs })).code)
      case 'async':
        return String((await api.call('device.invokeService', { ...device, service: 'Prime', input: { Speed: 5 } })).code)
    }
  }
  return act().catch((error: unknown) => `refused with ${String(toErrorValue(error).details.platformCode)}`)
}

const unanswered = 'refused with 1905'
const table: [State, Record<Operation, string>, DeviceCommand['state'][]][] = [
  ['online', { get: '200 device 43', set: '200', desired: 'stored 1 and sent', sync: '200', async: 'null' }, ['answered', 'answered', 'answered', 'answered', 'answered']],
  ['silent', { get: '1905 stored 42', set: unanswered, desired: 'stored 1 and sent', sync: unanswered, async: 'null' }, ['unanswered', 'unanswered', 'open', 'unanswered', 'open']],
  ['offline', { get: '9201 stored 42', set: 'refused with 9201', desired: 'stored 1', sync: 'refused with 9201', async: 'refused with 9201' }, ['stored', 'refused', 'stored', 'refused', 'refused']],
  ['new', { get: '9200 stored null', set: 'refused with 9200', desired: 'stored 1', sync: 'refused with 9200', async: 'refused with 9200' }, ['stored', 'refused', 'stored', 'refused', 'refused']],
  ['disabled', { get: '6208 stored 42', set: 'refused with 6208', desired: 'refused with 6208', sync: 'refused with 6208', async: 'refused with 6208' }, ['stored', 'refused', 'refused', 'refused', 'refused']],
  ['sub', { get: '9389 stored null', set: 'refused with 9389', desired: 'stored 1', sync: 'refused with 9389', async: 'refused with 9389' }, ['stored', 'refused', 'stored', 'refused', 'refused']],
]

describe('debugging a device that is', () => {
  it.each(table)('%s does what the rulebook says, and the history keeps it', async (state, expected, states) => {
    const { api, identity: device } = await deviceIn(state)
    const outcomes: Record<string, string> = {}
    for (const operation of operations)
      outcomes[operation] = await outcomeOf(api, device, operation)
    expect(outcomes).toEqual(expected)
    const list = async (): Promise<DeviceCommand[]> => (await api.call('deviceCommand.list', device)).commands.reverse()
    await waitFor(async () => JSON.stringify((await list()).map(command => command.state)) === JSON.stringify(states), { what: `the states ${states.join(', ')}` })
    const commands = await list()
    expect(commands.map(({ operation }) => operation)).toEqual(['GetDeviceProperty', 'SetDeviceProperty', 'SetDeviceDesiredProperty', 'InvokeThingService', 'InvokeThingService'])
    expect(commands.map(({ origin }) => origin)).toEqual(operations.map(() => 'console'))
    expect(commands[1]!.params).toEqual({ Brightness: 80 })
    for (const { traceId } of commands)
      expect((await api.call('trace.get', { id: traceId })).journey.length).toBeGreaterThan(0)
  })

  it('deleted finds nothing: 6100', async () => {
    const { api } = await deviceIn('deleted')
    for (const operation of operations)
      expect(await outcomeOf(api, identity, operation)).toBe('refused with 6100')
    await expect(api.call('deviceCommand.list', identity)).rejects.toMatchObject({ code: 'device/not-found' })
  })
})

async function startLamp(parameters?: Record<string, string>): Promise<TestEngine & { certificate: DeviceCertificate, client: MqttClient, received: JsonObject[] }> {
  const running = await startEngine()
  const certificate = await makeTalkingDevice(running.api)
  const { client } = await connectDevice(running.mqtt, certificate, parameters)
  return { ...running, certificate, client, received: answerAll(client) }
}

describe('values that break the thing model', () => {
  it('are refused, and sent all the same when the caller asks for that, which the trace says', async () => {
    const { api, received } = await startLamp()
    const properties = { Brightness: 101, Level: 'warm', Serial: 'none', Nothing: [1] }
    await expect(api.call('device.setProperties', { ...identity, properties })).rejects.toMatchObject({ code: 'model/refused', details: { traceId: expect.any(Number) as number } })
    expect(received).toEqual([])
    const { code, traceId } = await api.call('device.setProperties', { ...identity, properties, unchecked: true })
    expect(code).toBe(200)
    expect(received[0]).toMatchObject({ method: 'thing.service.property.set', params: properties })
    const { explanation, steps } = await api.call('trace.get', { id: traceId })
    expect(explanation).toContain('Brightness')
    expect(steps.find(({ bizCode }) => bizCode === 'ThingModel')).toMatchObject({ operation: 'check', code: 200, message: expect.stringContaining('passed over') as string })
    const { commands } = await api.call('deviceCommand.list', identity)
    expect(commands.map(({ state, unchecked }) => [state, unchecked])).toEqual([['answered', true], ['refused', false]])
  })

  it('keep their mark when nobody answers', async () => {
    const { api, mqtt } = await startEngine()
    await connectDevice(mqtt, await makeTalkingDevice(api))
    await expect(api.call('device.setProperties', { ...identity, properties: { Uptime: 1 }, unchecked: true, timeoutMs: 30 })).rejects.toMatchObject({ details: { platformCode: 1905 } })
    const [command] = (await api.call('deviceCommand.list', identity)).commands
    expect(command).toMatchObject({ state: 'unanswered', code: 1905, unchecked: true, timeoutMs: 30 })
    const { steps } = await api.call('trace.get', { id: command!.rowId })
    expect(steps.find(({ bizCode }) => bizCode === 'ThingModel')?.message).toContain('passed over')
  })

  it('go to services too, whose input is written as it is; the service itself has to exist', async () => {
    const { api, received } = await startLamp()
    expect(await api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 'often', More: null }, unchecked: true })).toMatchObject({ code: 200 })
    expect(received[0]!.params).toEqual({ Times: 'often', More: null })
    await expect(api.call('device.invokeService', { ...identity, service: 'Blonk', unchecked: true })).rejects.toMatchObject({ code: 'model/refused', details: { platformCode: 5094 } })
  })
})

describe('the history of commands', () => {
  it('shows a watcher a command as it is given and once more when it ends', async () => {
    const { api, mqtt } = await startEngine()
    const { client } = await connectDevice(mqtt, await makeTalkingDevice(api))
    const seen: DeviceCommand[] = []
    const leaving = new AbortController()
    const watching = api.subscribe('deviceCommand.watch', identity, ({ commands }) => { seen.push(...commands) }, { signal: leaving.signal })
    // The stream is open once a command that was given afterwards comes.
    await waitFor(async () => {
      await api.call('device.setDesired', { ...identity, properties: { Label: null } })
      return seen.length > 0
    })
    const call = api.call('device.setProperties', { ...identity, properties: { Brightness: 80 } })
    const open = await waitFor(() => seen.find(({ operation }) => operation === 'SetDeviceProperty'))
    expect(open).toMatchObject({ state: 'open', code: null, timeoutMs: 8_000, params: { Brightness: 80 }, messageId: expect.stringMatching(/^\d{19}$/) as string })
    await client.publishAsync(`/sys/${productKey}/${deviceName}/thing/service/property/set_reply`, JSON.stringify({ id: open.messageId, code: 100_001, data: {} }), { qos: 1 })
    await call
    const ended = await waitFor(() => seen.find(({ operation, state }) => operation === 'SetDeviceProperty' && state !== 'open'))
    expect(ended).toMatchObject({ commandId: open.commandId, state: 'answered', code: 100_001, answeredAt: expect.any(Number) as number })
    leaving.abort()
    await watching.catch(() => {})
  })

  it('keeps bytes, messages on custom topics and what the cloud\'s API asks for, newest first, a page at a time', async () => {
    const { api, client } = await startLamp()
    await client.subscribeAsync(`/${productKey}/${deviceName}/user/get`)
    client.removeAllListeners('message')
    client.on('message', (topic) => {
      if (topic.includes('/rrpc/'))
        client.publish(topic.replace('/request/', '/response/'), 'pong')
    })
    await api.call('device.rrpc', { ...identity, payloadBase64: Buffer.from('ping').toString('base64') })
    await api.call('device.publish', { ...identity, topic: 'user/get', text: 'hello' })
    await expect(api.call('device.publish', { ...identity, topic: 'user/update', text: 'hello' })).rejects.toMatchObject({ code: 'topic/not-permitted' })
    await api.call('openapi.call', { action: 'SetDeviceProperty', parameters: { ProductKey: productKey, DeviceName: deviceName, Items: '{"Brightness":5}' } })
    const first = await api.call('deviceCommand.list', { ...identity, limit: 3 })
    expect(first.commands).toMatchObject([
      { operation: 'SetDeviceProperty', origin: 'api', state: 'open', timeoutMs: null },
      { operation: 'Pub', state: 'refused', code: 9236 },
      { operation: 'Pub', state: 'sent', code: 200, params: { topic: 'user/get', text: 'hello' } },
    ])
    const second = await api.call('deviceCommand.list', { ...identity, limit: 3, before: first.next! })
    expect(second).toMatchObject({ next: null, commands: [{ operation: 'RRpc', method: '', state: 'answered', data: { payloadBase64: Buffer.from('pong').toString('base64') } }] })
  })

  it('says of the desired values that the platform brings to a device that they are its own doing', async () => {
    const { api, mqtt } = await startEngine()
    await api.call('settings.set', { name: 'desired.pushOnConnect', value: true })
    const certificate = await makeTalkingDevice(api)
    await api.call('device.setDesired', { ...identity, properties: { Brightness: 20 } })
    await connectDevice(mqtt, certificate, {}, answerAll)
    await waitFor(async () => (await api.call('deviceCommand.list', identity)).commands[0]?.state === 'answered')
    expect((await api.call('deviceCommand.list', identity)).commands).toMatchObject([
      { operation: 'SetDeviceDesiredProperty', origin: 'platform', state: 'answered', params: { Brightness: 20 } },
      { operation: 'SetDeviceDesiredProperty', origin: 'console', state: 'stored', code: 200 },
    ])
  })

  it('outlives the engine: an asynchronous service is still answered, everything else has ended', async () => {
    const { api, mqtt, dir, close } = await startEngine()
    const certificate = await makeTalkingDevice(api)
    const { client } = await connectDevice(mqtt, certificate)
    const { messageId } = await api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 5 } })
    await api.call('device.setProperties', { ...identity, properties: { Brightness: 1 }, timeoutMs: 0 })
    await client.endAsync()
    await close()
    const again = await startEngine({ workspaceDir: dir })
    const list = async () => (await again.api.call('deviceCommand.list', identity)).commands
    expect(await list()).toMatchObject([{ operation: 'SetDeviceProperty', state: 'unanswered', code: 1905 }, { operation: 'InvokeThingService', state: 'open' }])
    const device = await connectDevice(again.mqtt, certificate)
    await device.client.publishAsync(`/sys/${productKey}/${deviceName}/thing/service/Prime_reply`, `{"id":"${messageId}","code":200,"data":{"Took":12}}`, { qos: 1 })
    expect((await list())[1]).toMatchObject({ state: 'answered', code: 200, data: { Took: 12 } })
    await again.api.call('device.setDesired', { ...identity, properties: { Brightness: 1 } })
    expect((await list()).map(({ commandId }) => commandId)).toEqual([3, 2, 1])
  })
})

describe('saved actions', () => {
  it('are kept in their order, changed, deleted and put back, and outlive the engine', async () => {
    const { api, dir, close } = await startEngine()
    await makeTalkingDevice(api)
    const save = (name: string) => api.call('debugAction.save', { productKey, name, content: { kind: 'set', properties: { Brightness: 80 } } })
    const names = async (client = api) => (await client.call('debugAction.list', { productKey })).actions.map(({ name }) => name)
    const bright = await save('Bright')
    const dark = await save('Dark')
    await save('Warm')
    await expect(save('Dark')).rejects.toMatchObject({ code: 'debug-action/exists' })
    await api.call('debugAction.order', { productKey, actionIds: [dark.actionId] })
    expect(await names()).toEqual(['Dark', 'Bright', 'Warm'])
    await api.call('debugAction.save', { productKey, actionId: bright.actionId, name: 'Brighter', content: { kind: 'get', properties: ['Brightness'] } })
    const { action: { name, content }, position } = await api.call('debugAction.delete', { productKey, actionId: bright.actionId })
    expect(await names()).toEqual(['Dark', 'Warm'])
    await api.call('debugAction.save', { productKey, name, content, position })
    await expect(api.call('debugAction.delete', { productKey, actionId: bright.actionId })).rejects.toMatchObject({ code: 'debug-action/not-found', message: expect.stringContaining('Dark') as string })
    await close()
    const again = await startEngine({ workspaceDir: dir })
    expect((await again.api.call('debugAction.list', { productKey })).actions).toMatchObject([{ name: 'Dark' }, { name: 'Brighter', content: { kind: 'get' } }, { name: 'Warm' }])
    await again.api.call('device.delete', identity)
    await again.api.call('product.delete', { productKey })
    await expect(again.api.call('debugAction.list', { productKey })).rejects.toMatchObject({ code: 'product/not-found' })
  })

  it('do with a device what they say, by id or by name', async () => {
    const { api, client, received } = await startLamp()
    await client.subscribeAsync(`/${productKey}/${deviceName}/user/get`)
    const run = async (content: Parameters<typeof api.call<'debugAction.save'>>[1]['content']) => {
      const name = `${content.kind} ${received.length}`
      const { actionId } = await api.call('debugAction.save', { productKey, name, content })
      const report = await api.call('debugAction.run', { ...identity, action: actionId })
      expect(report).toMatchObject({ name, kind: content.kind })
      return report
    }
    expect(await run({ kind: 'get', properties: ['Brightness'] })).toMatchObject({ code: 200, data: { Brightness: 43 } })
    expect(await run({ kind: 'set', properties: { Brightness: 300 }, unchecked: true })).toMatchObject({ code: 200 })
    expect(await run({ kind: 'desired', properties: { Brightness: 20 } })).toMatchObject({ code: 200, messageId: expect.any(String) as string })
    expect(await run({ kind: 'service', service: 'Blink', input: { Times: 2 } })).toMatchObject({ code: 200, data: { Done: 1 } })
    expect(await run({ kind: 'message', topic: 'user/get', text: '{"hello":1}', qos: 1 })).toMatchObject({ code: 200 })
    await waitFor(() => received.some(message => message.hello === 1))
    await api.call('debugAction.save', { productKey, name: 'Too bright', content: { kind: 'set', properties: { Brightness: 300 } } })
    await expect(api.call('debugAction.run', { ...identity, action: 'Too bright' })).rejects.toMatchObject({ code: 'model/refused' })
    await expect(api.call('debugAction.run', { ...identity, action: 'Nothing' })).rejects.toMatchObject({ code: 'debug-action/not-found' })
  })
})
