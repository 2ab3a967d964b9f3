import type { SdkDevice, SdkReply } from '../support/node-sdk.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { expect, it } from 'vitest'
import { connectSdk } from '../support/node-sdk.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'lamp-0001'
const identity = { productKey, deviceName }
const root = `/sys/${productKey}/${deviceName}/thing`

async function startBench(): Promise<TestEngine & { device: SdkDevice }> {
  const running = await startEngine()
  const device = await connectSdk(running.mqtt, await makeTalkingDevice(running.api))
  return { ...running, device }
}

it('posts properties and events with the unmodified npm SDK and gets the replies', async () => {
  const { api, device } = await startBench()
  const replies: SdkReply[] = []
  device.postProps({ Brightness: 42 }, reply => replies.push(reply))
  device.postEvent('Overheat', { Temp: 93.5 }, reply => replies.push(reply))
  await waitFor(() => replies.length === 2)
  expect(replies.map(({ code, message }) => ({ code, message }))).toEqual([{ code: 200, message: 'success' }, { code: 200, message: 'success' }])
  expect((await api.call('device.get', identity)).properties).toMatchObject({ Brightness: { value: 42 } })
  // The SDK publishes with QoS 0, which is answered before it is kept.
  const events = await waitFor(async () => {
    const listed = await api.call('event.list', identity)
    return listed.events.length > 0 && listed.events
  })
  expect(events).toMatchObject([{ event: 'Overheat', type: 'alert', output: { Temp: 93.5 } }])
})

it('delivers a property set to onProps, and takes the answer that the program sends itself', async () => {
  const { api, device } = await startBench()
  device.onProps((command) => {
    device.publish(`${root}/service/property/set_reply`, JSON.stringify({ id: command.id, code: 200, data: {} }))
    device.postProps(command.params)
  })
  const report = await api.call('device.setProperties', { ...identity, properties: { Brightness: 80 } })
  expect(report).toMatchObject({ code: 200, data: {} })
  await waitFor(async () => (await api.call('device.get', identity)).properties.Brightness?.value === 80)
})

it('says 1905 of a program that handles onProps and answers nothing, as the SDK\'s own example does', async () => {
  const { api, device } = await startBench()
  let got: unknown
  device.onProps(command => got = command.params)
  await expect(api.call('device.setProperties', { ...identity, properties: { Level: 3 }, timeoutMs: 300 })).rejects.toMatchObject({ code: 'device/no-reply', details: { platformCode: 1905 } })
  expect(got).toEqual({ Level: 3 })
})

it('calls a synchronous and an asynchronous service, though the SDK subscribes to one service only', async () => {
  const { api, device } = await startBench()
  device.onService('Prime', ({ id, params }, reply) => reply({ id, code: 200, data: { Took: params.Speed! } }))
  device.onService('Blink', ({ id }, reply) => reply({ id, code: 200, data: { Done: 1 } }, 'sync'))
  expect(await api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })).toMatchObject({ code: 200, data: { Done: 1 } })
  expect(await api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 7 }, timeoutMs: 8_000 })).toMatchObject({ code: 200, data: { Took: 7 } })
  const { calls } = await api.call('serviceCall.list', identity)
  expect(calls.map(({ service, code }) => [service, code])).toEqual([['Prime', 200], ['Blink', 200]])
})

it('delivers desired values to onProps while the device is online', async () => {
  const { api, device } = await startBench()
  const got: unknown[] = []
  device.onProps(command => got.push(command.params))
  await api.call('device.setDesired', { ...identity, properties: { Brightness: 12 } })
  await waitFor(() => got.length > 0)
  expect(got).toEqual([{ Brightness: 12 }])
})

it('answers a request of any bytes over the RRPC topic that the SDK subscribes to', async () => {
  const { api, device } = await startBench()
  device.on('message', ((topic: string, payload: Uint8Array) => {
    if (topic.includes('/rrpc/request/'))
      device.publish(topic.replace('/request/', '/response/'), `{"echo":${JSON.stringify(new TextDecoder().decode(payload))}}`)
  }) as never)
  const { payloadBase64 } = await api.call('device.rrpc', { ...identity, payloadBase64: btoa('{"q":1}') })
  expect(atob(payloadBase64)).toBe('{"echo":"{\\"q\\":1}"}')
})
