import type { MqttClient } from 'mqtt'
import type { TestEngine } from '../support/test-engine.ts'
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectNpmDevice } from '../support/npm-sdk.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }
const root = '/sys/a1Test/dev-0001'

interface Received { topic: string, text: string, qos: number }
interface Bench extends TestEngine { client: MqttClient, received: Received[] }

async function startBench(): Promise<Bench> {
  const running = await startEngine()
  const { client } = await connectDevice(running.mqtt, await makeDevice(running.api))
  const received: Received[] = []
  client.on('message', (topic, payload, { qos }) => received.push({ topic, text: payload.toString(), qos }))
  return { ...running, client, received }
}

describe('the clock', () => {
  it('tells a device that has not subscribed the time, in texts, with QoS 0', async () => {
    const { api, client, received } = await startBench()
    await client.publishAsync('/ext/ntp/a1Test/dev-0001/request', '{"deviceSendTime":"1234"}', { qos: 0 })
    await waitFor(() => received.length > 0)
    expect(received[0]).toMatchObject({ topic: '/ext/ntp/a1Test/dev-0001/response', qos: 0 })
    expect(received[0]!.text).toMatch(/^\{"deviceSendTime":"1234","serverRecvTime":"\d{13}","serverSendTime":"\d{13}"\}$/)
    const rows = await waitFor(async () => {
      const page = await api.call('trace.page', { filter: { topic: '/ext/ntp' } })
      return page.rows.length === 2 && page.rows
    })
    expect(rows.map(({ direction, code }) => [direction, code])).toEqual([['down', 200], ['up', 200]])
  })

  it('answers the npm SDK\'s own connection', async () => {
    const { api, mqtt } = await startEngine()
    const device = await connectNpmDevice(mqtt, await makeDevice(api))
    const texts: string[] = []
    device.on('message', (topic: string, payload: Uint8Array) => topic.startsWith('/ext/ntp/') && texts.push(String(payload)))
    device.publish('/ext/ntp/a1Test/dev-0001/request', '{"deviceSendTime":"1735689600000"}')
    await waitFor(() => texts.length > 0)
    expect(Object.values(JSON.parse(texts[0]!) as object).every(member => typeof member === 'string')).toBe(true)
  })
})

describe('tags', () => {
  it('that a device sets are answered byte for byte and shown', async () => {
    const { api, client, received } = await startBench()
    await client.publishAsync(`${root}/thing/deviceinfo/update`, '{"id":"120","version":"1.0","params":[{"attrKey":"floor","attrValue":"3"}],"method":"thing.deviceinfo.update"}', { qos: 1 })
    await waitFor(() => received.length > 0)
    expect(received).toEqual([{ topic: `${root}/thing/deviceinfo/update_reply`, text: '{"code":200,"data":{},"id":"120","message":"success","method":"thing.deviceinfo.update","version":"1.0"}', qos: 0 }])
    expect((await api.call('tag.list', identity)).tags).toMatchObject([{ key: 'floor', value: '3', domain: 'USER' }])
    const [row] = (await api.call('trace.page', { filter: { direction: 'up' } })).rows
    const { steps } = await api.call('trace.get', { id: row!.id })
    expect(steps.map(({ bizCode, operation }) => [bizCode, operation])).toEqual([
      ['uplink', `${root}/thing/deviceinfo/update`],
      ['ThingModelMessage', 'thing.deviceinfo.update'],
      ['DataStorage', 'thing.deviceinfo.update'],
      ['downlink', `${root}/thing/deviceinfo/update_reply`],
    ])
  })

  it('that cannot be read are refused with 460 and a sentence that names the field', async () => {
    const { api, client, received } = await startBench()
    await client.publishAsync(`${root}/thing/deviceinfo/update`, '{"id":"121","params":[{"attrKey":"floor"}]}', { qos: 1 })
    await waitFor(() => received.length > 0)
    expect(received[0]!.text).toBe('{"code":460,"data":{},"id":"121","message":"request parameter error","method":"thing.deviceinfo.update","version":"1.0"}')
    const [row] = (await api.call('trace.page', { filter: { code: 460 } })).rows
    expect((await api.call('trace.get', { id: row!.id })).explanation).toContain('params[0].attrValue to be a text')
  })

  it('are given to a device that asks', async () => {
    const { api, client, received } = await startBench()
    await api.call('tag.set', { ...identity, tags: { floor: '3', room: '7' } })
    await client.publishAsync(`${root}/thing/deviceinfo/get`, '{"id":"1","params":["*"]}', { qos: 1 })
    await waitFor(() => received.length > 0)
    expect(received[0]!.text).toBe('{"code":200,"data":[{"attrKey":"floor","attrValue":"3"},{"attrKey":"room","attrValue":"7"}],"id":"1","message":"success","method":"thing.deviceinfo.get","version":"1.0"}')
  })

  it('are set and deleted in the console and outlive a restart', async () => {
    const { api, dir, close } = await startBench()
    await api.call('tag.set', { ...identity, tags: { floor: '3', room: '7' } })
    const { tags } = await api.call('tag.delete', { ...identity, keys: ['room', 'never'] })
    expect(tags).toMatchObject([{ key: 'floor', value: '3' }])
    const records = (await api.call('trace.page', { filter: { direction: 'record', topic: 'DeviceProp' } })).rows
    expect(records.map(record => record.topic)).toEqual(['DeleteDeviceProp', 'SaveDeviceProp'])
    await close()
    const again = await startEngine({ workspaceDir: dir })
    expect((await again.api.call('tag.list', identity)).tags).toEqual(tags)
    await again.api.call('device.delete', identity)
    await makeDevice(again.api)
    expect((await again.api.call('tag.list', identity)).tags).toEqual([])
  })

  it('keep to the cloud\'s rules in the console only while these are applied', async () => {
    const { api } = await startBench()
    await api.call('tag.set', { ...identity, tags: { my_floor: '3' } })
    await api.call('settings.set', { name: 'limits.applyCloud', value: true })
    await expect(api.call('tag.set', { ...identity, tags: { my_room: '3' } })).rejects.toMatchObject({ code: 'limit/reached', message: expect.stringContaining('my_room') })
  })

  it('are set and deleted by the npm SDK', async () => {
    const { api, mqtt } = await startEngine()
    const device = await connectNpmDevice(mqtt, await makeDevice(api))
    const replies: unknown[] = []
    device.postTags([{ attrKey: 'floor', attrValue: '3' }, { attrKey: 'room', attrValue: '7' }], reply => replies.push(reply))
    await waitFor(() => replies.length === 1)
    device.deleteTags(['room'], reply => replies.push(reply))
    await waitFor(() => replies.length === 2)
    expect(replies).toMatchObject([{ code: 200, data: {} }, { code: 200, data: {} }])
    expect((await api.call('tag.list', identity)).tags.map(({ key, value }) => [key, value])).toEqual([['floor', '3']])
  })
})
