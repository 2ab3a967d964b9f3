import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { CheckItem, CheckStep } from '../../src/shared/contract/firmware-check.ts'
import type { SdkDevice } from '../support/node-sdk.ts'
import { connectAsync } from 'mqtt'
import { expect, it, onTestFinished } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectSdk } from '../support/node-sdk.ts'
import { withDownloads } from '../support/ota-bench.ts'
import { credentialsOf } from '../support/test-broker.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }
const sys = `/sys/${identity.productKey}/${identity.deviceName}/thing`

async function itemOf(api: ApiClient, step: CheckStep, of: { productKey: string, deviceName: string } = identity): Promise<CheckItem> {
  const { items } = await api.call('firmwareCheck.get', of)
  return items.find(item => item.step === step)!
}

async function becomes(api: ApiClient, step: CheckStep, state: CheckItem['state'], of?: { productKey: string, deviceName: string }): Promise<CheckItem> {
  let item = await itemOf(api, step, of)
  await expect.poll(async () => {
    item = await itemOf(api, step, of)
    return item.state === state ? state : item
  }, { timeout: 20_000 }).toBe(state)
  return item
}

/** A device on the npm SDK that does as its README says; the SDK connects again by itself. */
function answerSets(device: SdkDevice, { productKey, deviceName }: DeviceCertificate): void {
  device.onProps(({ id }) => device.publish(`/sys/${productKey}/${deviceName}/thing/service/property/set_reply`, JSON.stringify({ id, code: 200, data: {}, version: '1.0' })))
}

it('a device on the npm SDK does each step, and the checklist lights up, each item with the row behind it', async () => {
  const { api, mqtt } = await startEngine(withDownloads)
  const certificate = await api.call('firmwareCheck.makeDevice', { productName: 'My board' })
  const of = { productKey: certificate.productKey, deviceName: certificate.deviceName }
  expect(of.deviceName).toBe('board')
  const before = await api.call('firmwareCheck.get', of)
  expect(before.result).toBe('open')
  expect(before.items.every(item => item.state === 'waiting')).toBe(true)
  expect(before.topics.filter(topic => topic.isNeeded).every(topic => !topic.isSubscribed)).toBe(true)

  const device = await connectSdk(mqtt, certificate)
  answerSets(device, certificate)
  await becomes(api, 'connect', 'passed', of)
  await becomes(api, 'subscribe', 'passed', of)

  device.postProps({ targetTemperature: 21.5 })
  await becomes(api, 'post', 'passed', of)
  const { done } = await api.call('firmwareCheck.cause', { ...of, step: 'set' })
  expect(done).toMatch(/^targetTemperature = \d/)
  const set = await becomes(api, 'set', 'passed', of)
  // What is judged at once is written a moment later.
  const row = await waitFor(() => api.call('trace.get', { id: set.last!.rowId! }).catch(() => undefined), { what: 'the row to be written' })
  expect(row).toMatchObject({ direction: 'up', topic: `/sys/${of.productKey}/${of.deviceName}/thing/service/property/set_reply`, code: 200 })

  device.publish(`/ota/device/inform/${of.productKey}/${of.deviceName}`, JSON.stringify({ id: '9', params: { version: '1.0.0' } }))
  await becomes(api, 'version', 'passed', of)
  device.publish(`/sys/${of.productKey}/${of.deviceName}/thing/config/get`, JSON.stringify({ id: '10', version: '1.0', params: { configScope: 'product', getType: 'file' }, method: 'thing.config.get' }))
  await becomes(api, 'config', 'passed', of)
  expect((await api.call('firmwareCheck.get', of)).result).toBe('open')

  await api.call('firmwareCheck.cause', { ...of, step: 'reconnect' })
  await becomes(api, 'reconnect', 'passed', of)
  await expect.poll(async () => (await api.call('firmwareCheck.get', of)).result).toBe('passed')
}, 30_000)

it('a wrong signature fails the connection in words, until a login comes after it', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  await api.call('firmwareCheck.get', identity)
  await expect(connectAsync({ ...mqtt, ...credentialsOf({ ...certificate, deviceSecret: 'other', deviceId: 1, disabled: false }), reconnectPeriod: 0 })).rejects.toMatchObject({ code: 4 })
  const failed = await becomes(api, 'connect', 'failed')
  expect(failed.failure).toMatchObject({ reason: 'refused', code: 6287, detail: expect.stringContaining('The signature is wrong') as string })
  const check = await api.call('firmwareCheck.get', identity)
  expect(check.result).toBe('failed')
  expect(check.attempt?.steps.find(step => step.state === 'failed')?.step).toBe('signature')
  await connectDevice(mqtt, certificate)
  expect(await becomes(api, 'connect', 'passed')).toMatchObject({ failures: 1, passes: 1 })
})

it('somebody with an unknown name is shown as a stranger, because it may be this board', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  await api.call('firmwareCheck.begin', identity)
  await expect(connectAsync({ ...mqtt, ...credentialsOf({ ...certificate, deviceName: 'dev-000l', deviceId: 1, disabled: false }), reconnectPeriod: 0 })).rejects.toMatchObject({ code: 4 })
  await expect.poll(async () => (await api.call('firmwareCheck.get', identity)).strangers.map(attempt => attempt.deviceName)).toEqual(['dev-000l'])
})

it('names the missing topic as soon as the platform has something to say on it, and passes when it is subscribed to', async () => {
  const { api, mqtt } = await startEngine()
  const { client, post } = await connectDevice(mqtt, await makeDevice(api))
  await client.subscribeAsync(`${sys}/service/property/set`)
  expect(await becomes(api, 'subscribe', 'waiting')).toMatchObject({ failure: null })
  expect((await api.call('firmwareCheck.get', identity)).topics.filter(topic => topic.isNeeded)).toEqual([
    { topic: `${sys}/event/property/post_reply`, isSubscribed: false, isNeeded: true },
    { topic: `${sys}/service/property/set`, isSubscribed: true, isNeeded: true },
  ])
  await post({ Counter: 1 })
  const failed = await becomes(api, 'subscribe', 'failed')
  expect(failed.failure).toMatchObject({ reason: 'notSubscribed', value: `${sys}/event/property/post_reply` })
  await client.subscribeAsync(`${sys}/event/+/post_reply`)
  await client.subscribeAsync(`${sys}/event/property/post_reply`)
  await becomes(api, 'subscribe', 'passed')
})

it('a device for which the platform subscribes needs no subscriptions of its own', async () => {
  const { api, mqtt } = await startEngine()
  await connectDevice(mqtt, await makeDevice(api), { _ss: '1' })
  await becomes(api, 'subscribe', 'passed')
  expect(await api.call('firmwareCheck.get', identity)).toMatchObject({ isSubscribedFor: true, isOnline: true })
})

it('a refused report says which field, and a reply with a wrong id what the id has to be', async () => {
  const { api, mqtt } = await startEngine()
  const { client, post } = await connectDevice(mqtt, await makeDevice(api))
  await client.subscribeAsync(`${sys}/#`)
  await post({ Counter: 101 })
  expect((await becomes(api, 'post', 'failed')).failure).toMatchObject({ code: 6306, detail: expect.stringContaining('Counter') as string })
  await post({ Counter: 7 })
  expect(await becomes(api, 'post', 'passed')).toMatchObject({ passes: 1, failures: 1, failure: { code: 6306 } })

  client.once('message', () => void client.publish(`${sys}/service/property/set_reply`, JSON.stringify({ id: '0', code: 200, data: {} }), { qos: 1 }))
  await api.call('firmwareCheck.cause', { ...identity, step: 'set' })
  const failed = await becomes(api, 'set', 'failed')
  expect(failed.failure).toMatchObject({ reason: 'refused', code: 1904, detail: expect.stringContaining('the id has to be that of the command') as string })
})

it('survives a restart, and begins anew with what is still true', async () => {
  const first = await startEngine()
  const certificate = await makeDevice(first.api)
  const { client, post } = await connectDevice(first.mqtt, certificate)
  await first.api.call('firmwareCheck.get', identity)
  await client.subscribeAsync(`${sys}/#`)
  await post({ Counter: 1 })
  const posted = await becomes(first.api, 'post', 'passed')
  await first.close()

  const second = await startEngine({ workspaceDir: first.dir })
  expect(await itemOf(second.api, 'post')).toEqual(posted)
  const again = await connectDevice(second.mqtt, certificate)
  await again.client.subscribeAsync(`${sys}/#`)
  await becomes(second.api, 'subscribe', 'passed')
  const begun = await second.api.call('firmwareCheck.begin', identity)
  expect(begun.items.map(({ step, state }) => `${step} ${state}`)).toEqual(['connect passed', 'subscribe passed', 'post waiting', 'set waiting', 'version waiting', 'config waiting', 'reconnect waiting', 'time waiting', 'update waiting'])
  expect(begun.items[0]!.last).toMatchObject({ rowId: null })
  await second.api.call('device.delete', identity)
  await expect(second.api.call('firmwareCheck.get', identity)).rejects.toMatchObject({ code: 'device/not-found' })
})

it('begins with what is recorded of a device that nobody had looked at', async () => {
  const { api, mqtt } = await startEngine()
  const { client, post } = await connectDevice(mqtt, await makeDevice(api))
  await client.subscribeAsync(`${sys}/#`)
  await post({ Counter: 1 })
  await post({ Counter: 500 })
  expect((await api.call('firmwareCheck.get', identity)).items.slice(0, 3).map(({ state }) => state)).toEqual(['passed', 'passed', 'failed'])
})

it('tells a page as it happens, and says no when there is nothing that could be caused', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const seen: string[] = []
  const over = new AbortController()
  onTestFinished(() => over.abort())
  void api.subscribe('firmwareCheck.watch', identity, ({ items }) => void seen.push(items[0]!.state), { signal: over.signal })
  await expect.poll(() => seen).toEqual(['waiting'])
  await expect(api.call('firmwareCheck.cause', { ...identity, step: 'reconnect' })).rejects.toMatchObject({ code: 'device/unreachable' })
  await expect(api.call('firmwareCheck.cause', { ...identity, step: 'service' })).rejects.toMatchObject({ code: 'model/refused' })
  await expect(api.call('firmwareCheck.cause', { ...identity, step: 'config' })).rejects.toMatchObject({ code: 'remote-config/off' })
  await connectDevice(mqtt, certificate)
  await expect.poll(() => seen.at(-1)).toBe('passed')
})

it('offers the addresses of this machine, and says that only the loopback is open', async () => {
  const { api, mqtt } = await startEngine()
  expect(await api.call('firmwareCheck.addresses', {})).toEqual({ addresses: [{ host: '127.0.0.1', name: expect.any(String) as string, kind: 'loopback' }], port: mqtt.port, isOpenToNetwork: false, opensAtNextStart: false })
  const open = await startEngine({ mqtt: { host: '0.0.0.0', port: 0 } })
  const { addresses, isOpenToNetwork } = await open.api.call('firmwareCheck.addresses', {})
  expect(isOpenToNetwork).toBe(true)
  expect(addresses.at(-1)?.kind).toBe('loopback')
})
