import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { Conversation } from '../../src/shared/contract/fleet-conversation.ts'
import { connectAsync } from 'mqtt'
import { describe, expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { talkingModel, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'sim-0001'
const accept = quietConversation.replies

/** An engine with a running fleet of one device that reports once an hour, and what else it is told to do. */
async function startTalking(conversation: Partial<Conversation> = {}, count = 1): Promise<{ api: ApiClient, fleetId: string, converse: (change: Partial<Conversation>) => Promise<unknown>, mqtt: { host: string, port: number } }> {
  const { api, mqtt } = await startEngine()
  await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
  const { fleetId } = await api.call('fleet.create', { productKey, count, intervalSec: 3_600, conversation: { ...quietConversation, ...conversation } })
  await api.call('fleet.start', { fleetId })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === count, { what: `${count} devices online` })
  return { api, fleetId, mqtt, converse: change => api.call('fleet.update', { fleetId, change: { conversation: change } }) }
}

async function valueOf(api: ApiClient, identifier: string): Promise<unknown> {
  const { properties } = await api.call('device.properties', { productKey, deviceName })
  return properties.find(property => property.identifier === identifier)?.value
}

describe('a simulated device that is told something', () => {
  it('sets a property, answers, reports the new value and keeps to it', async () => {
    const { api, fleetId } = await startTalking()
    const report = await api.call('device.setProperties', { productKey, deviceName, properties: { Brightness: 73 } })
    expect(report).toMatchObject({ code: 200, data: {} })
    await waitFor(async () => await valueOf(api, 'Brightness') === 73)
    await api.call('fleet.update', { fleetId, change: { intervalSec: 0.05 } })
    const before = (await api.call('fleet.get', { fleetId })).stats.published
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.published > before + 5)
    expect(await valueOf(api, 'Brightness')).toBe(73)
    await api.call('fleet.update', { fleetId, change: { behaviours: { Brightness: { kind: 'constant', value: 9 } } } })
    await waitFor(async () => await valueOf(api, 'Brightness') === 9, { what: 'the new behaviour' })
  })

  it('answers synchronous and asynchronous services with output that fits the thing model', async () => {
    const { api, fleetId } = await startTalking()
    const sync = await api.call('device.invokeService', { productKey, deviceName, service: 'Blink', input: { Times: 3 } })
    expect(sync).toMatchObject({ code: 200, data: { Done: expect.toBeOneOf([0, 1]) } })
    const async = await api.call('device.invokeService', { productKey, deviceName, service: 'Prime', input: { Speed: 10 }, timeoutMs: 8_000 })
    expect(async).toMatchObject({ code: 200, data: { Took: expect.any(Number) } })
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.conversation.answered === 2)
    expect((await api.call('trace.page', { filter: { code: 'failed' } })).rows).toEqual([])
  })

  it('refuses with the code it was given and leaves everything as it is', async () => {
    const { api } = await startTalking({ replies: { ...accept, mode: 'refuse', code: 100_007 } })
    const before = await valueOf(api, 'Brightness')
    expect(await api.call('device.setProperties', { productKey, deviceName, properties: { Brightness: 1 } })).toMatchObject({ code: 100_007 })
    expect(await api.call('device.invokeService', { productKey, deviceName, service: 'Blink', input: { Times: 3 } })).toMatchObject({ code: 100_007 })
    expect(await valueOf(api, 'Brightness')).toBe(before)
  })

  it('stays silent, or answers with another id, which comes to the same for the one who waits', async () => {
    const { api, converse } = await startTalking({ replies: { ...accept, mode: 'silent' } })
    const blink = () => api.call('device.invokeService', { productKey, deviceName, service: 'Blink', input: { Times: 3 }, timeoutMs: 300 })
    await expect(blink()).rejects.toMatchObject({ code: 'device/no-reply' })
    expect((await api.call('trace.page', { filter: { code: 1904 } })).rows).toEqual([])
    await converse({ replies: { ...accept, mode: 'wrong-id' } })
    await expect(blink()).rejects.toMatchObject({ code: 'device/no-reply' })
    await waitFor(async () => (await api.call('trace.page', { filter: { code: 1904 } })).rows.length === 1, { what: 'the answer that nobody waits for' })
  })

  it('answers twice, and late', async () => {
    const { api, converse } = await startTalking({ replies: { ...accept, mode: 'twice' } })
    expect(await api.call('device.invokeService', { productKey, deviceName, service: 'Blink', input: { Times: 3 } })).toMatchObject({ code: 200 })
    await waitFor(async () => (await api.call('trace.page', { filter: { code: 1904 } })).rows.length === 1, { what: 'the second answer' })
    await converse({ replies: { ...accept, delayMsMin: 400, delayMsMax: 500 } })
    const { elapsedMs } = await api.call('device.invokeService', { productKey, deviceName, service: 'Blink', input: { Times: 3 } })
    expect(elapsedMs).toBeGreaterThanOrEqual(400)
  })

  it('answers otherwise than the rest when that was said of it', async () => {
    const { api } = await startTalking({ repliesOf: { 'sim-0002': { ...accept, mode: 'refuse', code: 460 } } }, 2)
    const set = (name: string) => api.call('device.setProperties', { productKey, deviceName: name, properties: { Brightness: 1 } })
    expect([await set('sim-0001'), await set('sim-0002')].map(({ code }) => code)).toEqual([200, 460])
  })

  it('gives raw bytes back that come by RRPC', async () => {
    const { api } = await startTalking()
    const answer = await api.call('device.rrpc', { productKey, deviceName, payload: new Uint8Array([1, 2, 250]) })
    expect(answer).toMatchObject({ code: 200 })
  })
})
