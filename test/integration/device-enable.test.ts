import type { MqttClient } from 'mqtt'
import type { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }

function closeOf(client: MqttClient): Promise<void> {
  return new Promise(resolve => client.once('close', resolve))
}

function messageOf(client: MqttClient): Promise<[topic: string, payload: Buffer]> {
  return new Promise(resolve => client.once('message', (topic, payload) => resolve([topic, payload])))
}

type Api = Awaited<ReturnType<typeof startEngine>>['api']

async function records(api: Api): Promise<string[]> {
  const { rows } = await api.call('trace.page', { filter: { direction: 'record' }, limit: 50 })
  return rows.toReversed().map(row => `${row.topic} ${row.code}`)
}

/** A record can be looked for before the writer has it. */
async function expectRecords(api: Api, expected: string[]): Promise<void> {
  await waitFor(async () => {
    const found = await records(api)
    return expected.every(record => found.includes(record))
  }, { what: `the records ${expected.join(', ')}` })
}

it('a disabled device is thrown out with 522, refused with return code 5 and let in again when it is enabled', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const { client } = await connectDevice(mqtt, certificate)
  const closed = closeOf(client)
  expect(await api.call('device.setEnabled', { ...identity, enabled: false })).toMatchObject({ state: 'DISABLE' })
  await closed
  await expect(connectDevice(mqtt, certificate)).rejects.toMatchObject({ code: 5 })
  expect(await api.call('device.get', identity)).toMatchObject({ state: 'DISABLE', lastProblem: { code: 522 } })
  await expect(api.call('device.setProperties', { ...identity, properties: { Counter: 1 } })).rejects.toMatchObject({ code: 'device/unreachable', details: { platformCode: 6208 } })

  expect(await api.call('device.setEnabled', { ...identity, enabled: true })).toMatchObject({ state: 'OFFLINE' })
  await connectDevice(mqtt, certificate)
  expect(await api.call('device.get', identity)).toMatchObject({ state: 'ONLINE' })
  await expectRecords(api, ['DisableThing 200', 'offline 522', 'connect 522', 'EnableThing 200'])
})

it('is disabled over a restart, and setting twice what it is already changes nothing', async () => {
  const first = await startEngine()
  await makeDevice(first.api)
  await first.api.call('device.setEnabled', { ...identity, enabled: false })
  await first.api.call('device.setEnabled', { ...identity, enabled: false })
  await first.close()
  const second = await startEngine({ workspaceDir: first.dir })
  expect((await records(second.api)).filter(record => record.startsWith('DisableThing'))).toHaveLength(1)
  expect(await second.api.call('device.get', identity)).toMatchObject({ state: 'DISABLE' })
})

it('a deleted device is thrown out with 521 and then unknown', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const { client } = await connectDevice(mqtt, certificate)
  const closed = closeOf(client)
  await api.call('device.delete', identity)
  await closed
  await expect(connectDevice(mqtt, certificate)).rejects.toMatchObject({ code: 4 })
  await expectRecords(api, ['DeleteDevice 200', 'offline 521', 'connect 6100'])
})

it('a sub-device is told before its session ends, and its answer is noted', async () => {
  const { api, mqtt } = await startEngine()
  await api.call('product.create', { name: 'Meter', productKey: 'a1Sub', nodeType: 'sub-device' })
  const { certificates } = await api.call('device.create', { productKey: 'a1Sub', deviceName: 'meter-03' })
  const { client } = await connectDevice(mqtt, certificates[0]!)
  const message = messageOf(client)
  await api.call('device.setEnabled', { productKey: 'a1Sub', deviceName: 'meter-03', enabled: false })
  const [topic, payload] = await message
  expect([topic, JSON.parse(payload.toString())]).toEqual(['/sys/a1Sub/meter-03/thing/disable', { method: 'thing.disable', id: expect.stringMatching(/^\d+$/), params: {}, version: '1.0' }])
  const again = await api.call('device.setEnabled', { productKey: 'a1Sub', deviceName: 'meter-03', enabled: true })
  expect(again.state).toBe('OFFLINE')
  const { client: back } = await connectDevice(mqtt, certificates[0]!)
  await back.publishAsync('/sys/a1Sub/meter-03/thing/disable_reply', '{"id":"1","code":200,"data":{}}', { qos: 1 })
  await expect.poll(async () => (await api.call('trace.page', { filter: { topic: 'disable_reply' }, limit: 5 })).rows.map(row => row.code)).toEqual([200])
})
