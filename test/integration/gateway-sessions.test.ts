import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { expect, it } from 'vitest'
import { codeOf, connectGateway, gatewayProductKey, makeGateways, names, rowsOf, signed, subProductKey } from '../support/gateway.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

async function startBench(wish: { gateways?: number, subs?: number } = {}) {
  const running = await startEngine()
  const { gateways, subs } = await makeGateways(running.api, wish)
  return { ...running, gateways, subs, gateway: await connectGateway(running.mqtt, gateways[0]!, { _ss: '1', ext: '3' }) }
}

const node1 = { productKey: subProductKey, deviceName: 'node-1' }
const node2 = { productKey: subProductKey, deviceName: 'node-2' }
const gate = { productKey: gatewayProductKey, deviceName: 'gate-1' }
const error = '/ext/error/a1Gate/gate-1'
const root = '/sys/a1Sub/node-1'

async function stateOf(api: ApiClient, device: typeof node1): Promise<string> {
  return (await api.call('device.get', device)).state
}

/** Waits for the records of a device: `online 200`, `offline 427` …, oldest first. */
async function expectRecords(api: ApiClient, device: typeof node1, expected: string[]): Promise<void> {
  const rows = await rowsOf(api, { ...device, direction: 'record' }, expected.length)
  expect(rows.map(({ topic, code }) => `${topic} ${code}`)).toEqual(expected)
}

it('logs a sub-device in and out with the cloud’s replies, and keeps the journey together', async () => {
  const { api, gateway, subs } = await startBench()
  expect(codeOf(await gateway.ask('combine/login', signed(subs[0]!)))).toBe(6401)
  await gateway.ask('thing/topo/add', subs.map(sub => signed(sub)))
  expect(await gateway.ask('combine/login', signed(subs[0]!, { cleanSession: 'true' }), { id: '50' })).toBe('{"code":200,"data":{"deviceName":"node-1","productKey":"a1Sub"},"id":"50","message":"success"}')
  expect(await api.call('device.get', node1)).toMatchObject({ state: 'ONLINE', gateway: gate, lastProblem: null, connection: { gateway: gate, clientId: 'a1Sub&node-1', transport: 'tcp' } })
  expect((await api.call('topology.list', gate)).subDevices[0]).toMatchObject({ ...node1, state: 'ONLINE', isLoggedIn: true })
  const { attempts } = await api.call('device.attempts', node1)
  expect(attempts.map(({ code, gateway: through }) => [code, through])).toEqual([[200, gate], [6401, gate]])
  expect(attempts[0]!.steps.map(({ state }) => state)).toEqual(['passed', 'skipped', 'passed', 'passed', 'passed', 'passed', 'passed'])

  // Logging in again changes nothing, and the id of a logout may be a number.
  expect(codeOf(await gateway.ask('combine/login', signed(subs[0]!)))).toBe(200)
  expect(await gateway.ask('combine/logout', names(subs[0]!)[0]!, { id: 52 })).toBe('{"code":200,"data":{"deviceName":"node-1","productKey":"a1Sub"},"id":52,"message":"success"}')
  expect(codeOf(await gateway.ask('combine/logout', names(subs[0]!)[0]!))).toBe(520)
  await expectRecords(api, node1, ['connect 6401', 'online 200', 'offline 200'])
  const [online] = await rowsOf(api, { ...node1, topic: 'online' }, 1)
  const { journey, steps } = await api.call('trace.get', { id: online!.id })
  expect(journey.map(({ topic }) => topic).sort()).toEqual(['/ext/session/a1Gate/gate-1/combine/login', '/ext/session/a1Gate/gate-1/combine/login_reply', 'online'])
  expect(steps).toMatchObject([{ bizCode: 'device', operation: 'online', code: 200 }])
})

it('logs a batch in and out whole or not at all', async () => {
  const { api, gateway, subs } = await startBench()
  await gateway.ask('thing/topo/add', subs.map(sub => signed(sub)))
  const [one, two] = subs as [typeof subs[0], typeof subs[0]]
  expect(await gateway.ask('combine/batch_login', { deviceList: [signed(one), signed({ ...two, deviceSecret: 'wrong' })] }, { id: '51' })).toBe('{"code":6287,"data":[{"deviceName":"node-2","productKey":"a1Sub"}],"id":"51","message":"signature wrong"}')
  expect([await stateOf(api, node1), await stateOf(api, node2)]).toEqual(['UNACTIVE', 'UNACTIVE'])
  // Link SDK for C 4 names the method once for all of them.
  const withoutMethod = [one, two].map(sub => Object.fromEntries(Object.entries(signed(sub, { signMethod: 'hmacSha256' })).filter(([name]) => name !== 'signMethod')))
  expect(await gateway.ask('combine/batch_login', { signMethod: 'hmacSha256', deviceList: withoutMethod }, { id: '51' })).toBe('{"code":200,"data":[{"deviceName":"node-1","productKey":"a1Sub"},{"deviceName":"node-2","productKey":"a1Sub"}],"id":"51","message":"success"}')
  expect([await stateOf(api, node1), await stateOf(api, node2)]).toEqual(['ONLINE', 'ONLINE'])
  expect(codeOf(await gateway.ask('combine/batch_logout', [...names(one), { productKey: subProductKey, deviceName: 'nobody' }]))).toBe(520)
  expect(await stateOf(api, node1)).toBe('ONLINE')
  expect(await gateway.ask('combine/batch_logout', names(one, two), { id: '53' })).toBe('{"code":200,"data":[{"deviceName":"node-1","productKey":"a1Sub"},{"deviceName":"node-2","productKey":"a1Sub"}],"id":"53","message":"success"}')
  expect([await stateOf(api, node1), await stateOf(api, node2)]).toEqual(['OFFLINE', 'OFFLINE'])
})

it('keeps what a gateway says for a sub-device under the sub-device, and answers it over the gateway with QoS 0', async () => {
  const { api, gateway, subs } = await startBench()
  await gateway.bringUp(subs[0]!)
  const post = `${root}/thing/event/property/post`
  await gateway.client.publishAsync(post, '{"id":"9","version":"1.0","params":{"Brightness":42},"method":"thing.event.property.post"}')
  await waitFor(() => gateway.on(`${post}_reply`).length === 1)
  await gateway.client.publishAsync(`${root}/thing/event/Overheat/post`, '{"id":"10","version":"1.0","params":{"Temp":99.5},"method":"thing.event.Overheat.post"}', { qos: 1 })
  await waitFor(() => gateway.on(`${root}/thing/event/Overheat/post_reply`).length === 1)
  expect((await api.call('device.get', node1)).properties.Brightness).toMatchObject({ value: 42 })
  expect((await api.call('event.list', node1)).events).toMatchObject([{ event: 'Overheat' }])
  const rows = await rowsOf(api, { productKey: subProductKey, direction: 'up' }, 2)
  expect(rows.map(({ deviceName, code }) => `${deviceName} ${code}`)).toEqual(['node-1 200', 'node-1 200'])

  // Set, service and RRPC reach it through the gateway, whose `ext` decides how a synchronous service is called.
  gateway.client.on('message', (topic, payload) => {
    const { id } = JSON.parse(payload.toString()) as { id: string }
    if (topic === `${root}/thing/service/property/set`)
      gateway.client.publish(`${topic}_reply`, `{"id":"${id}","code":200,"data":{}}`)
    if (topic.startsWith('/ext/rrpc/'))
      gateway.client.publish(topic, `{"id":"${id}","code":200,"data":{"Done":1}}`)
  })
  expect(await api.call('device.setProperties', { ...node1, properties: { Brightness: 7 } })).toMatchObject({ code: 200 })
  expect(await api.call('device.invokeService', { ...node1, service: 'Blink', input: { Times: 2 } })).toMatchObject({ code: 200, data: { Done: 1 } })
  expect(gateway.received.some(({ topic }) => topic.startsWith('/ext/rrpc/') && topic.endsWith(`${root}/thing/service/Blink`))).toBe(true)
  expect(await api.call('device.rrpc', { ...node1, topic: '/plain', payloadBase64: btoa('{"id":"1"}') })).toMatchObject({ payloadBase64: btoa('{"id":"1","code":200,"data":{"Done":1}}') })
  expect(gateway.received.filter(({ topic }) => topic.includes('a1Sub')).map(({ qos }) => qos)).not.toContain(1)
})

it('lets a gateway speak on and subscribe to the other topics of its sub-devices', async () => {
  const { api, gateway, subs } = await startBench()
  await expect(gateway.client.subscribeAsync('/a1Sub/node-1/user/get')).rejects.toThrow()
  await gateway.bringUp(subs[0]!)
  await gateway.client.subscribeAsync('/a1Sub/node-1/user/get')
  await gateway.client.publishAsync('/a1Sub/node-1/user/update', 'hello', { qos: 1 })
  await gateway.client.publishAsync('/shadow/update/a1Sub/node-1', '{"method":"update","state":{"reported":{"a":1}},"version":1}')
  await waitFor(() => gateway.on('/shadow/get/a1Sub/node-1').length === 1)
  await gateway.client.publishAsync('/ext/ntp/a1Sub/node-1/request', '{"deviceSendTime":"1"}')
  await waitFor(() => gateway.on('/ext/ntp/a1Sub/node-1/response').length === 1)
  const rows = await rowsOf(api, { ...node1, topic: '/a1Sub/node-1/user/update' }, 1)
  expect(rows).toMatchObject([{ code: null, deviceName: 'node-1' }])
  await expectRecords(api, node1, ['online 200', 'subscribe 200'])
})

it('refuses to speak for a sub-device without a session with 520, and for anybody else with 9236', async () => {
  const { api, gateway, subs } = await startBench()
  await api.call('product.create', { name: 'Plain', productKey: 'a1Plain' })
  await api.call('device.create', { productKey: 'a1Plain', deviceName: 'plain' })
  await gateway.ask('thing/topo/add', [signed(subs[0]!)])
  const post = (productKey: string, deviceName: string): Promise<unknown> => gateway.client.publishAsync(`/sys/${productKey}/${deviceName}/thing/event/property/post`, '{"id":"1","params":{"Brightness":1}}')
  await post(subProductKey, 'node-1')
  await waitFor(() => gateway.on(error).length === 1)
  expect(gateway.on(error)).toEqual(['{"code":520,"data":{"deviceName":"node-1","productKey":"a1Sub"},"id":"0","message":"device session error"}'])
  expect((await api.call('device.get', node1)).lastProblem).toMatchObject({ code: 520, message: expect.stringContaining('combine/login') })
  await post('a1Plain', 'plain')
  await post(subProductKey, 'nobody')
  await gateway.bringUp(subs[0]!)
  await post(subProductKey, 'node-1')
  await waitFor(() => gateway.on(`${root}/thing/event/property/post_reply`).length === 1)
  await gateway.ask('combine/logout', names(subs[0]!)[0]!)
  await post(subProductKey, 'node-1')
  await waitFor(() => gateway.on(error).length === 2)
  const rows = await rowsOf(api, { direction: 'up', topic: '/sys/' }, 7)
  const posts = rows.filter(({ topic }) => topic.endsWith('/property/post')).map(({ deviceName, code }) => `${deviceName} ${code}`)
  expect(posts).toEqual(['gate-1 520', 'gate-1 9236', 'gate-1 9236', 'node-1 200', 'gate-1 520'])
  expect(gateway.client.connected).toBe(true)
})

it('ends a session with 427 when the sub-device connects by itself, and that connection when it logs in again', async () => {
  const { api, gateway, gateways, mqtt, subs } = await startBench({ gateways: 2 })
  await gateway.bringUp(subs[0]!)
  const kicked = '{"code":427,"data":{"deviceName":"node-1","productKey":"a1Sub"},"id":"0","message":"device connect in elsewhere"}'
  const own = await connectDevice(mqtt, subs[0]!)
  await waitFor(() => gateway.on(error).length === 1)
  expect(gateway.on(error)).toEqual([kicked])
  expect(await api.call('device.get', node1)).toMatchObject({ state: 'ONLINE', connection: { gateway: null } })
  const closed = new Promise(resolve => own.client.once('close', resolve))
  expect(codeOf(await gateway.ask('combine/login', signed(subs[0]!)))).toBe(200)
  await closed
  await expectRecords(api, node1, ['online 200', 'offline 427', 'online 200', 'offline 427', 'online 200'])
  expect(await api.call('device.get', node1)).toMatchObject({ state: 'ONLINE', connection: { gateway: gate } })
  const other = await connectGateway(mqtt, gateways[1]!)
  await other.client.publishAsync(`${root}/thing/event/property/post`, '{"id":"1","params":{"Brightness":1}}')
  await waitFor(() => other.on('/ext/error/a1Gate/gate-2').length === 1)
  expect(await stateOf(api, node1)).toBe('ONLINE')
})

it('takes the sub-devices offline with their gateway, and says 9389 to whoever wants to reach one', async () => {
  const { api, gateway, gateways, mqtt, subs } = await startBench()
  await gateway.bringUp(...subs)
  // What the operating system does when the gateway loses its power.
  gateway.client.stream.destroy()
  await waitFor(async () => await stateOf(api, node1) === 'OFFLINE' && await stateOf(api, node2) === 'OFFLINE')
  await expectRecords(api, node2, ['online 200', 'offline 1913'])
  expect((await api.call('device.get', node1)).lastProblem).toMatchObject({ code: 1913, message: 'Its gateway a1Gate/gate-1 went offline.' })
  await expect(api.call('device.setProperties', { ...node1, properties: { Brightness: 7 } })).rejects.toMatchObject({ code: 'device/unreachable', details: { platformCode: 9389 } })
  await api.call('shadow.update', { ...node1, desired: { a: 1 } })
  await connectGateway(mqtt, gateways[0]!)
  await expect(api.call('device.setProperties', { ...node1, properties: { Brightness: 7 } })).rejects.toMatchObject({ details: { platformCode: 9201 } })
})

it('tells a sub-device that it is disabled, enabled or deleted before its session ends, and takes the answers', async () => {
  const { api, gateway, subs } = await startBench()
  await gateway.bringUp(...subs)
  const heard = (): string[] => gateway.received.filter(({ topic }) => !topic.endsWith('_reply')).map(({ topic, text }) => {
    const { params, code } = JSON.parse(text) as { params?: { status?: number }, code?: number }
    return `${topic} ${code ?? params?.status ?? ''}`.trim()
  })
  const reply = (what: string, device: string): Promise<unknown> => gateway.client.publishAsync(`/sys/a1Sub/${device}/thing/${what}_reply`, '{"id":"1","code":200,"data":{}}')
  await api.call('device.setEnabled', { ...node1, enabled: false })
  await waitFor(() => heard().length === 3)
  expect(heard()).toEqual([`${root}/thing/disable`, '/sys/a1Gate/gate-1/thing/topo/change 8', `${error} 522`])
  await reply('disable', 'node-1')
  expect(codeOf(await gateway.ask('combine/login', signed(subs[0]!)))).toBe(6204)
  await api.call('device.setEnabled', { ...node1, enabled: true })
  await waitFor(() => heard().length === 5)
  expect(heard().slice(3)).toEqual([`${root}/thing/enable`, '/sys/a1Gate/gate-1/thing/topo/change 2'])
  await reply('enable', 'node-1')
  expect(codeOf(await gateway.ask('combine/login', signed(subs[0]!)))).toBe(200)
  await api.call('device.delete', node2)
  await waitFor(() => heard().length === 8)
  expect(heard().slice(5)).toEqual(['/sys/a1Sub/node-2/thing/delete', '/sys/a1Gate/gate-1/thing/topo/change 1', `${error} 521`])
  await reply('delete', 'node-2')
  expect((await api.call('topology.list', gate)).subDevices).toHaveLength(1)
  const answers = await waitFor(async () => {
    const { rows } = await api.call('trace.page', { filter: { direction: 'up' } })
    const found = rows.toReversed().filter(({ topic }) => /thing\/(?:disable|enable|delete)_reply$/.test(topic))
    return found.length === 3 && found
  })
  expect(answers.map(({ code }) => code)).toEqual([200, 200, 200])
  expect(gateway.on(error)).toHaveLength(2)
})

it('asks for a subscription in strict mode, unless the gateway’s client id says _ss=1', async () => {
  const running = await startEngine()
  await running.api.call('settings.set', { name: 'platform.strictSubscriptions', value: true })
  const { gateways: [certificate], subs } = await makeGateways(running.api)
  await running.close()
  const { api, mqtt } = await startEngine({ workspaceDir: running.dir })
  const gateway = await connectGateway(mqtt, certificate!)
  await gateway.bringUp(subs[0]!)
  await gateway.client.publishAsync(`${root}/thing/event/property/post`, '{"id":"1","params":{"Brightness":1}}')
  await waitFor(() => gateway.on(`${root}/thing/event/property/post_reply`).length === 1)
  await gateway.client.endAsync()

  const plain = await connectGateway(mqtt, certificate!, {})
  await plain.client.subscribeAsync('/ext/session/a1Gate/gate-1/combine/login_reply')
  await plain.ask('combine/login', signed(subs[0]!))
  await plain.client.publishAsync(`${root}/thing/event/property/post`, '{"id":"2","params":{"Brightness":1}}')
  await plain.client.subscribeAsync(`${root}/thing/event/property/post_reply`)
  await plain.client.publishAsync(`${root}/thing/event/property/post`, '{"id":"3","params":{"Brightness":1}}')
  await waitFor(() => plain.on(`${root}/thing/event/property/post_reply`).length === 1)
  expect(plain.on(`${root}/thing/event/property/post_reply`)[0]).toContain('"id":"3"')
  expect(await rowsOf(api, { ...node1, code: 9201 }, 1)).toHaveLength(1)
})

it('takes values of sub-devices from their gateway’s pack, and of nobody else', async () => {
  const { api, gateway, subs } = await startBench()
  await gateway.ask('thing/topo/add', [signed(subs[0]!)])
  const pack = (deviceName: string): Promise<string> => gateway.ask('thing/event/property/pack/post', { subDevices: [{ identity: { productKey: subProductKey, deviceName }, properties: { Brightness: { value: 5, time: 1735689600000 } }, events: {} }] })
  expect(codeOf(await pack('node-1'))).toBe(200)
  expect(codeOf(await pack('node-2'))).toBe(6401)
  expect(codeOf(await pack('nobody'))).toBe(6100)
  expect((await api.call('device.get', node1)).properties.Brightness).toMatchObject({ value: 5 })
})
