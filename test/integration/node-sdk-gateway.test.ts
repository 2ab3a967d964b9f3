import type { SdkAnswer, SdkSubDevice } from '../support/npm-gateway.ts'
import { expect, it } from 'vitest'
import { makeGateways, names, subProductKey } from '../support/gateway.ts'
import { answerOf, connectNpmGateway } from '../support/npm-gateway.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const node1 = { productKey: subProductKey, deviceName: 'node-1' }
const gate = { productKey: 'a1Gate', deviceName: 'gate-1' }

async function startBench() {
  const running = await startEngine()
  const { gateways: [certificate], subs } = await makeGateways(running.api)
  return { ...running, subs, gateway: await connectNpmGateway(running.mqtt, certificate!) }
}

it('registers, adds, lists and removes sub-devices with the unmodified npm SDK', async () => {
  const { api, gateway, subs } = await startBench()
  await api.call('product.update', { productKey: subProductKey, dynamicRegistration: true })
  const registered = await answerOf(done => gateway.regiestSubDevice(names(subs[0]!), done))
  expect(registered).toMatchObject({ code: 200, data: [{ deviceName: 'node-1', deviceSecret: subs[0]!.deviceSecret }] })
  expect(await answerOf(done => gateway.addTopo(subs, done))).toMatchObject({ code: 200, data: names(...subs), message: 'success' })
  expect(await answerOf(done => gateway.getTopo(done))).toMatchObject({ code: 200, data: names(...subs) })
  expect(await answerOf(done => gateway.removeTopo(names(subs[1]!), done))).toMatchObject({ code: 200 })
  expect((await api.call('topology.list', gate)).subDevices).toMatchObject([node1])
})

it('logs a sub-device in, and it reports, is set and called, and logs out', async () => {
  const { api, gateway, subs } = await startBench()
  await answerOf(done => gateway.addTopo(subs, done))
  let login: SdkAnswer | undefined
  const sub: SdkSubDevice = gateway.login({ ...subs[0]! }, answer => login = answer)
  sub.on('error', () => {})
  await waitFor(() => login !== undefined)
  expect(login).toMatchObject({ code: 200, data: node1 })
  expect(await api.call('device.get', node1)).toMatchObject({ state: 'ONLINE', connection: { gateway: gate } })

  expect(await answerOf(done => sub.postProps({ Brightness: 42 }, done))).toMatchObject({ code: 200 })
  expect(await answerOf(done => sub.postEvent('Overheat', { Temp: 80 }, done))).toMatchObject({ code: 200 })
  expect(await answerOf(done => sub.postTags([{ attrKey: 'floor', attrValue: '3' }], done))).toMatchObject({ code: 200 })
  await waitFor(async () => (await api.call('device.get', node1)).properties.Brightness?.value === 42)
  expect((await api.call('tag.list', node1)).tags).toMatchObject([{ key: 'floor', value: '3' }])

  sub.onProps(({ id }) => sub.publish(`/sys/${subProductKey}/node-1/thing/service/property/set_reply`, JSON.stringify({ id, code: 200, data: {} })))
  expect(await api.call('device.setProperties', { ...node1, properties: { Brightness: 7 } })).toMatchObject({ code: 200 })
  sub.onService('Blink', ({ id }, reply) => reply({ id, code: 200, data: { Done: 1 } }, 'sync'))
  expect(await api.call('device.invokeService', { ...node1, service: 'Blink', input: { Times: 3 } })).toMatchObject({ code: 200, data: { Done: 1 } })

  expect(await answerOf(done => gateway.logout(node1, done))).toMatchObject({ code: 200, data: node1 })
  expect(await api.call('device.get', node1)).toMatchObject({ state: 'OFFLINE' })
})

it('gives the SDK the code of a login that is refused', async () => {
  const { gateway, subs } = await startBench()
  const errors: unknown[] = []
  const login = (secret: string): Promise<SdkAnswer> => answerOf((done) => {
    gateway.login({ ...subs[0]!, deviceSecret: secret }, done).on('error', (error: unknown) => errors.push(error))
  })
  expect(await login(subs[0]!.deviceSecret)).toMatchObject({ code: 6401, data: node1 })
  expect(await login('wrong')).toMatchObject({ code: 6287 })
  await waitFor(() => errors.length === 2)
})
