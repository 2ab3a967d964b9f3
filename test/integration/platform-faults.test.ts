import type { MqttClient } from 'mqtt'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { FaultWish } from '../../src/shared/contract/platform-fault.ts'
import { describe, expect, it } from 'vitest'
import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const scope = { productKey: 'a1Test', deviceName: 'dev-0001' }

interface Heard { topic: string, text: string }

/** A device that keeps what it hears. */
async function listeningDevice(api: ApiClient, mqtt: { host: string, port: number }, deviceName = 'dev-0001') {
  const certificate = await makeDevice(api, deviceName)
  const heard: Heard[] = []
  const device = await connectDevice(mqtt, certificate, {}, client => listen(client, heard))
  const post = (id: number, qos: 0 | 1 = 0): void => {
    const { topic, payload } = buildPropertyPost({ productKey: 'a1Test', deviceName, id: String(id), properties: { Counter: id % 100 } })
    device.client.publish(topic, payload, { qos })
  }
  return { ...device, heard, post }
}

function listen(client: MqttClient, heard: Heard[]): void {
  client.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }))
}

const set = (api: ApiClient, ...faults: FaultWish[]) => api.call('platformFault.set', { ...scope, faults, seed: 7 })

/** The newest row of the trace of a direction, with what explains it. */
async function newest(api: ApiClient, direction: 'up' | 'down' | 'record', part = '') {
  const { rows } = await api.call('trace.page', { filter: { ...scope, direction, ...part !== '' && { topic: part } }, limit: 1 })
  return api.call('trace.get', { id: rows[0]!.id })
}

describe('faults of messages to devices', () => {
  it('hold a reply back, and say so in its row and in its explanation', async () => {
    const { api, mqtt } = await startEngine()
    const { heard, post } = await listeningDevice(api, mqtt)
    await set(api, { kind: 'delay', minMs: 300, maxMs: 400 })
    post(1)
    await waitFor(() => heard.length === 1)
    const row = await newest(api, 'down')
    expect(row.steps).toContainEqual(expect.objectContaining({ bizCode: 'FaultInjection', operation: 'delay', message: expect.stringMatching(/^\[injected\] The message was held back for 3\d\d ms/) }))
    expect(row.explanation).toContain('[injected]')
    expect(row.at).toBeGreaterThan(row.journey[0]!.at)
    const { faults } = await api.call('platformFault.list', scope)
    expect(faults).toMatchObject([{ struck: 1, fault: { kind: 'delay' }, lastStruckAt: expect.any(Number) }])
  })

  it('drop a share of the replies, the same ones whenever the seed and the messages are the same', async () => {
    const { api, mqtt } = await startEngine()
    const { heard, post } = await listeningDevice(api, mqtt)
    const run = async (from: number): Promise<number[]> => {
      await set(api, { kind: 'drop', share: 0.5 })
      for (let id = from; id < from + 20; id++)
        post(id)
      await waitFor(async () => (await api.call('trace.page', { filter: { ...scope, direction: 'down' }, limit: 100 })).rows.length === from + 20)
      return heard.splice(0).map(({ text }) => Number((JSON.parse(text) as { id: string }).id) - from)
    }
    const first = await run(0)
    expect(first.length).toBeGreaterThan(3)
    expect(first.length).toBeLessThan(17)
    expect(await run(20)).toEqual(first)
    const { rows } = await api.call('trace.page', { filter: { ...scope, direction: 'down', code: 1901 }, limit: 100 })
    expect(rows).toHaveLength(2 * (20 - first.length))
  })

  it('send a reply twice', async () => {
    const { api, mqtt } = await startEngine()
    const { heard, post } = await listeningDevice(api, mqtt)
    await set(api, { kind: 'duplicate' })
    post(5)
    await waitFor(() => heard.length === 2)
    expect(heard[0]!.text).toBe(heard[1]!.text)
  })

  it('let the next reply overtake one, or send it by itself when none comes', async () => {
    const { api, mqtt } = await startEngine()
    const { heard, post } = await listeningDevice(api, mqtt)
    await set(api, { kind: 'reorder', withinMs: 20_000 })
    post(1)
    post(2)
    await waitFor(() => heard.length === 1)
    expect(heard[0]!.text).toContain('"id":"1"')
    await set(api, { kind: 'reorder', withinMs: 50 })
    post(3)
    await waitFor(() => heard.length === 3)
  })

  it('corrupt a reply in the way that was chosen', async () => {
    const { api, mqtt } = await startEngine()
    const { heard, post } = await listeningDevice(api, mqtt)
    const corrupted = async (how: 'truncated' | 'flipped' | 'wrongId' | 'wrongCodeType'): Promise<string> => {
      await set(api, { kind: 'corrupt', how })
      heard.length = 0
      post(41)
      await waitFor(() => heard.length === 1)
      return heard[0]!.text
    }
    const whole = '{"code":200,"data":{},"id":"41","message":"success","method":"thing.event.property.post","version":"1.0"}'
    expect(whole.startsWith(await corrupted('truncated'))).toBe(true)
    expect(await corrupted('flipped')).not.toBe(whole)
    expect(await corrupted('wrongId')).toBe(whole.replace('"41"', '"42"'))
    expect(await corrupted('wrongCodeType')).toBe(whole.replace('200', '"200"'))
    expect((await newest(api, 'down')).payload.length).toBe(whole.length + 2)
  })

  it('hold back commands instead of replies when that is wanted, and their row is there at once', async () => {
    const { api, mqtt } = await startEngine()
    const { heard, post, client } = await listeningDevice(api, mqtt)
    await set(api, { kind: 'delay', minMs: 200, maxMs: 200, to: 'commands', of: ['service'] })
    const setting = api.call('device.setProperties', { ...scope, properties: { Counter: 3 } }).catch(() => {})
    await waitFor(async () => (await api.call('trace.page', { filter: { ...scope, topic: 'property/set' }, limit: 1 })).rows.length === 1)
    expect((await newest(api, 'down', 'property/set')).steps.map(({ bizCode }) => bizCode)).toContain('FaultInjection')
    post(9)
    await waitFor(() => heard.length === 2)
    expect(heard.map(({ topic }) => topic.split('/').at(-1))).toEqual(['post_reply', 'set'])
    client.publish(`${heard[1]!.topic}_reply`, `{"id":${JSON.stringify((JSON.parse(heard[1]!.text) as { id: string }).id)},"code":200,"data":{}}`)
    await setting
  })
})

describe('faults of messages of devices', () => {
  it('refuse them with a code, in the reply and in the log, and keep nothing of them', async () => {
    const { api, mqtt } = await startEngine()
    const { heard, post } = await listeningDevice(api, mqtt)
    await set(api, { kind: 'refuse', code: 9237, of: ['post'] })
    post(11)
    await waitFor(() => heard.length === 1)
    expect(JSON.parse(heard[0]!.text)).toMatchObject({ code: 9237, id: '11', method: 'thing.event.property.post' })
    const row = await newest(api, 'up')
    expect(row).toMatchObject({ code: 9237, explanation: expect.stringMatching(/^\[injected\]/) })
    const { properties } = await api.call('device.get', scope)
    expect(properties).toEqual({})
  })

  it('withhold the PUBACK of a message that is kept all the same', async () => {
    const { api, mqtt } = await startEngine()
    const { heard, client } = await listeningDevice(api, mqtt)
    await set(api, { kind: 'noPuback' })
    const acknowledged: string[] = []
    const { topic, payload } = buildPropertyPost({ ...scope, id: '1', properties: { Counter: 1 } })
    client.publish(topic, payload, { qos: 1 }, error => error ?? acknowledged.push('first'))
    await waitFor(() => heard.length === 1)
    await api.call('platformFault.clear', scope)
    await client.publishAsync(topic, payload, { qos: 1 })
    expect(acknowledged).toEqual([])
    const { rows } = await api.call('trace.page', { filter: { ...scope, direction: 'up' }, limit: 2 })
    expect((await api.call('trace.get', { id: rows[1]!.id })).explanation).toContain('PUBACK was withheld')
  })
})
