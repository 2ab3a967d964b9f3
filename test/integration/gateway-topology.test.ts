import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { codeOf, connectGateway, gatewayProductKey, makeGateways, names, rowsOf, signed, subProductKey } from '../support/gateway.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

async function startBench(wish: { gateways?: number, subs?: number } = {}) {
  const running = await startEngine()
  const { gateways, subs } = await makeGateways(running.api, wish)
  return { ...running, gateways, subs, gateway: await connectGateway(running.mqtt, gateways[0]!) }
}

const gate = { productKey: gatewayProductKey, deviceName: 'gate-1' }
const sub1 = { productKey: subProductKey, deviceName: 'node-1' }

it('adds, lists and deletes sub-devices with the cloud’s replies to the letter, and keeps them over a restart', async () => {
  const { api, dir, close, gateway, subs } = await startBench()
  expect(await gateway.ask('thing/topo/add', subs.map(sub => signed(sub)), { id: '40' })).toBe('{"code":200,"data":[{"deviceName":"node-1","productKey":"a1Sub"},{"deviceName":"node-2","productKey":"a1Sub"}],"id":"40","message":"success","method":"thing.topo.add","version":"1.0"}')
  expect(await gateway.ask('thing/topo/add', [signed(subs[0]!)])).toContain('"code":200')
  // Link SDK for C 4.1 sends a text in place of an object.
  expect(await gateway.ask('thing/topo/get', '{}', { id: 41 })).toBe('{"code":200,"data":[{"deviceName":"node-1","productKey":"a1Sub"},{"deviceName":"node-2","productKey":"a1Sub"}],"id":41,"message":"success","method":"thing.topo.get","version":"1.0"}')
  expect(await gateway.ask('thing/topo/delete', names(subs[1]!), { id: 'x|y' })).toBe('{"code":200,"data":[{"deviceName":"node-2","productKey":"a1Sub"}],"id":"x|y","message":"success","method":"thing.topo.delete","version":"1.0"}')
  expect((await api.call('topology.list', gate)).subDevices).toMatchObject([{ deviceName: 'node-1', state: 'UNACTIVE', isLoggedIn: false }])
  const [row] = await rowsOf(api, { direction: 'up', topic: '/sys/a1Gate/gate-1/thing/topo/add' }, 2)
  const { steps, journey } = await api.call('trace.get', { id: row!.id })
  expect(steps.map(({ bizCode, operation, code }) => `${bizCode} ${operation} ${code}`)).toEqual(['uplink /sys/a1Gate/gate-1/thing/topo/add 200', 'ThingTopo thing.topo.add 200', 'DataStorage thing.topo.add 200', 'downlink /sys/a1Gate/gate-1/thing/topo/add_reply 200'])
  expect(journey).toHaveLength(2)
  await close()

  const again = await startEngine({ workspaceDir: dir })
  expect(await again.api.call('topology.list', sub1)).toMatchObject({ gateway: gate, subDevices: [] })
  expect(await again.api.call('device.get', sub1)).toMatchObject({ gateway: gate })
  await again.api.call('device.delete', sub1)
  expect((await again.api.call('topology.list', gate)).total).toBe(0)
})

it('takes every signing method in both spellings, the client id verbatim and hexadecimal of either case', async () => {
  const { gateway, subs } = await startBench({ subs: 7 })
  const codes: number[] = []
  const add = async (params: ReturnType<typeof signed>): Promise<number> => codes.push(codeOf(await gateway.ask('thing/topo/add', [params])))
  for (const [index, signMethod] of ['hmacSha1', 'HmacSHA256', 'hmacmd5', 'Sha256'].entries())
    await add(signed(subs[index]!, { signMethod }))
  // Link SDK for C 3 signs its whole client id, with its bars, and an uptime.
  await add(signed(subs[4]!, { clientId: 'a1Sub.node-5|_ss=1,_v=sdk-c-3.2.0|', timestamp: 1234 }))
  const { sign, signMethod, ...rest } = signed(subs[5]!)
  await add({ ...rest, signmethod: signMethod!, sign: String(sign).toUpperCase() })
  const { productKey, deviceName, deviceSecret } = subs[6]!
  await add({ productKey, deviceName, signMethod: 'hmacMd5', sign: createHmac('md5', deviceSecret).update(`deviceName${deviceName}productKey${productKey}`).digest('hex') })
  expect(codes).toEqual([200, 200, 200, 200, 200, 200, 200])
})

it('refuses with the code of the cause and says in the trace what had to be signed', async () => {
  const { api, gateway, gateways, mqtt, subs } = await startBench({ gateways: 2, subs: 3 })
  const [one, two, three] = subs as [typeof subs[0], typeof subs[0], typeof subs[0]]
  const ask = async (path: string, params: Parameters<typeof gateway.ask>[1]): Promise<number> => codeOf(await gateway.ask(path, params))
  await api.call('product.create', { name: 'Plain', productKey: 'a1Plain' })
  const { certificates: [plain] } = await api.call('device.create', { productKey: 'a1Plain', deviceName: 'plain' })
  await api.call('device.setEnabled', { productKey: subProductKey, deviceName: 'node-3', enabled: false })
  const other = await connectGateway(mqtt, gateways[1]!)
  await other.ask('thing/topo/add', [signed(two)])

  expect(await ask('thing/topo/add', {})).toBe(460)
  expect(await ask('thing/topo/add', [signed(gateways[0]!)])).toBe(6402)
  expect(await ask('thing/topo/add', [signed({ ...one, productKey: 'a1None' })])).toBe(5005)
  expect(await ask('thing/topo/add', [signed({ ...one, deviceName: 'nobody' })])).toBe(6100)
  expect(await ask('thing/topo/add', [signed(three)])).toBe(6204)
  expect(await ask('thing/topo/add', [signed(plain!)])).toBe(460)
  expect(await ask('thing/topo/add', [signed(two)])).toBe(6619)
  expect(await ask('thing/topo/add', [signed({ ...two, deviceSecret: 'wrong' })])).toBe(401)
  expect(await ask('thing/topo/delete', names(two))).toBe(6401)
  expect(await ask('thing/list/found', [{ productKey: 'a1None', deviceName: 'meter' }])).toBe(6250)
  expect(await ask('thing/list/found', [{ productKey: subProductKey, deviceName: 'a/b' }])).toBe(6280)
  expect(await ask('thing/list/found', [{ productKey: subProductKey, deviceName: 'meter' }])).toBe(200)
  // One bad device fails the call.
  expect(await ask('thing/topo/add', [signed(one), signed({ ...one, sign: 'no' } as typeof one, {}), signed(two)])).toBe(6619)
  expect(await ask('thing/topo/get', {})).toBe(200)
  expect((await api.call('topology.list', gate)).total).toBe(0)
  expect(codeOf(await (await connectGateway(mqtt, plain!)).ask('thing/topo/add', [signed(one)]))).toBe(460)

  expect(await ask('thing/topo/add', [signed({ ...one, deviceSecret: 'wrong' })])).toBe(401)
  const row = (await rowsOf(api, { code: 401 }, 2)).at(-1)
  const { steps } = await api.call('trace.get', { id: row!.id })
  expect(steps.find(({ bizCode }) => bizCode === 'ThingTopo')).toMatchObject({ code: 401, message: expect.stringContaining('of this text: clientIda1Sub&node-1deviceNamenode-1productKeya1Subtimestamp1735689600000') })
})

it('registers sub-devices, by their own existence or by their product’s secret', async () => {
  const { api, gateway, subs } = await startBench()
  const product = await api.call('product.get', { productKey: subProductKey })
  const proxied = (deviceName: string, secret: string) => ({ productKey: subProductKey, deviceName, random: '88f1', signMethod: 'hmacSha256', sign: createHmac('sha256', secret).update(`deviceName${deviceName}productKey${subProductKey}random88f1`).digest('hex') })
  expect(codeOf(await gateway.ask('thing/sub/register', names(subs[0]!)))).toBe(6288)
  await api.call('product.update', { productKey: subProductKey, dynamicRegistration: true })
  const { iotId } = await api.call('device.get', sub1)
  expect(await gateway.ask('thing/sub/register', names(subs[0]!), { id: '31' })).toBe(`{"code":200,"data":[{"deviceName":"node-1","deviceSecret":"${subs[0]!.deviceSecret}","iotId":"${iotId}","productKey":"a1Sub"}],"id":"31","message":"success","method":"thing.sub.register","version":"1.0"}`)
  expect(codeOf(await gateway.ask('thing/sub/register', [{ productKey: subProductKey, deviceName: 'nobody' }]))).toBe(6100)
  expect(await gateway.ask('thing/proxy/provisioning/product_register', { proxieds: [proxied('node-1', product.productSecret), proxied('node-2', 'wrong'), proxied('nobody', product.productSecret)] }, { id: '32' }))
    .toBe(`{"code":200,"data":{"failures":[{"productKey":"a1Sub","deviceName":"node-2","errorDetail":{"code":6287}},{"productKey":"a1Sub","deviceName":"nobody","errorDetail":{"code":6100}}],"successes":[{"productKey":"a1Sub","deviceName":"node-1","deviceSecret":"${subs[0]!.deviceSecret}"}]},"id":"32","message":"success","method":"thing.proxy.provisioning.product_register","version":"1.0"}`)
  const rows = await rowsOf(api, { topic: 'register', code: 6287 }, 1)
  expect(rows).toMatchObject([{ deviceName: 'node-2' }])

  await gateway.bringUp(subs[0]!)
  expect(await gateway.ask('thing/sub/unregister', names(...subs), { id: '33' })).toBe('{"code":200,"data":{},"id":"33","message":"success","method":"thing.sub.unregister","version":"1.0"}')
  expect((await api.call('topology.list', gate)).total).toBe(0)
  expect(await api.call('device.get', sub1)).toMatchObject({ state: 'OFFLINE' })
})

it('holds gateways to the cloud’s numbers only while its limits are applied', async () => {
  const { api, gateway } = await startBench({ subs: 51 })
  await api.call('product.update', { productKey: subProductKey, dynamicRegistration: true })
  const { devices } = await api.call('device.list', { productKey: subProductKey })
  const certificates = await Promise.all(devices.map(({ productKey, deviceName }) => api.call('device.get', { productKey, deviceName })))
  await gateway.ask('thing/topo/add', certificates.map(sub => signed(sub)))
  const tooMany = async (): Promise<number[]> => [
    codeOf(await gateway.ask('thing/sub/register', names(...certificates))),
    codeOf(await gateway.ask('combine/batch_login', { deviceList: certificates.map(sub => signed(sub)) })),
    codeOf(await gateway.ask('combine/batch_logout', names(...certificates))),
  ]
  expect(await tooMany()).toEqual([200, 200, 200])
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  expect(await tooMany()).toEqual([460, 460, 460])
  const login = (): Promise<string> => gateway.ask('combine/login', signed(certificates[0]!), { id: '7' })
  for (let time = 0; time < 5; time++)
    expect(codeOf(await login())).toBe(200)
  expect(await login()).toBe('{"code":429,"data":{"deviceName":"node-1","productKey":"a1Sub"},"id":"7","message":"rate limit, too many subDeviceOnline msg in one minute"}')
})

it('lets the console add and remove sub-devices, and tells the gateway', async () => {
  const { api, gateway, subs } = await startBench({ subs: 3 })
  const changes = (): { params: unknown }[] => gateway.on('/sys/a1Gate/gate-1/thing/topo/change').map(text => JSON.parse(text) as { params: unknown })
  const { messageId } = await api.call('topology.add', { ...gate, devices: names(...subs) as typeof gate[] })
  await waitFor(() => changes().length === 1)
  expect(gateway.received.at(-1)).toEqual({ topic: '/sys/a1Gate/gate-1/thing/topo/change', qos: 1, text: `{"method":"thing.topo.change","id":"${messageId}","params":{"status":0,"subList":[{"deviceName":"node-1","productKey":"a1Sub"},{"deviceName":"node-2","productKey":"a1Sub"},{"deviceName":"node-3","productKey":"a1Sub"}]},"version":"1.0"}` })
  await gateway.client.publishAsync('/sys/a1Gate/gate-1/thing/topo/change_reply', `{"id":"${messageId}","code":200,"message":"success","data":{}}`)
  const { rows: [reply] } = await waitFor(async () => {
    const page = await api.call('trace.page', { filter: { topic: '/sys/a1Gate/gate-1/thing/topo/change_reply' } })
    return page.rows.length > 0 ? page : undefined
  })
  const { journey, steps } = await api.call('trace.get', { id: reply!.id })
  expect(journey.map(({ direction, code }) => `${direction} ${code}`)).toEqual(['down 200', 'up 200'])
  expect(steps.at(-1)).toMatchObject({ bizCode: 'ThingTopo', operation: 'thing.topo.change' })

  await gateway.ask('combine/login', signed(subs[0]!))
  await api.call('topology.remove', { devices: [sub1] })
  await waitFor(() => gateway.on('/ext/error/a1Gate/gate-1').length === 1)
  expect(changes().at(-1)!.params).toEqual({ status: 1, subList: names(subs[0]!) })
  expect(gateway.on('/ext/error/a1Gate/gate-1')).toEqual(['{"code":6401,"data":{"deviceName":"node-1","productKey":"a1Sub"},"id":"0","message":"topological relation does not exist"}'])
  expect(await api.call('device.get', sub1)).toMatchObject({ state: 'OFFLINE', gateway: null, lastProblem: { code: 6401 } })
  await expect(api.call('topology.remove', { devices: [sub1] })).rejects.toMatchObject({ code: 'topology/refused', details: { platformCode: 6401 } })
  await expect(api.call('topology.add', { ...gate, devices: [gate] })).rejects.toMatchObject({ code: 'topology/refused', details: { platformCode: 6402 } })

  const notified = await api.call('topology.notify', { ...gate, devices: [sub1] })
  const permitted = await api.call('topology.permit', { ...gate, subProductKey, timeSec: 30 })
  await waitFor(() => gateway.on('/sys/a1Gate/gate-1/thing/gateway/permit').length === 1)
  expect(gateway.on('/sys/a1Gate/gate-1/thing/topo/add/notify')).toEqual([`{"method":"thing.topo.add.notify","id":"${notified.messageId}","params":[{"deviceName":"node-1","productKey":"a1Sub"}],"version":"1.0"}`])
  expect(gateway.on('/sys/a1Gate/gate-1/thing/gateway/permit')).toEqual([`{"method":"thing.gateway.permit","id":"${permitted.messageId}","params":{"productKey":"a1Sub","time":30},"version":"1.0"}`])
  await gateway.client.endAsync()
  await waitFor(async () => (await api.call('device.get', gate)).state === 'OFFLINE')
  await expect(api.call('topology.notify', { ...gate, devices: [sub1] })).rejects.toMatchObject({ details: { platformCode: 9201 } })
  expect(await api.call('topology.add', { ...gate, devices: [sub1] })).toEqual({ messageId: null })
})

it('takes a sub-device that connects by itself for what it is', async () => {
  const { api, mqtt, subs } = await startBench()
  await api.call('topology.add', { ...gate, devices: [sub1] })
  const { client } = await connectDevice(mqtt, subs[0]!)
  await api.call('topology.remove', { devices: [sub1] })
  expect(await api.call('device.get', sub1)).toMatchObject({ state: 'ONLINE', connection: { gateway: null } })
  expect(client.connected).toBe(true)
})

it('forgets the relations of a gateway that is deleted, and its sub-devices can join another', async () => {
  const { api, gateway, subs } = await startBench({ gateways: 2 })
  await gateway.bringUp(...subs)
  await api.call('device.delete', gate)
  expect(await api.call('device.get', sub1)).toMatchObject({ state: 'OFFLINE', gateway: null, lastProblem: { code: 1913 } })
  await api.call('topology.add', { productKey: gatewayProductKey, deviceName: 'gate-2', devices: [sub1] })
  expect(await api.call('topology.list', sub1)).toMatchObject({ gateway: { deviceName: 'gate-2' } })
})
