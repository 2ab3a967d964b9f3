import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { Conversation } from '../../src/shared/contract/fleet-conversation.ts'
import { describe, expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { talkingProductKey as productKey, talkingModel } from '../support/talking-product.ts'
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
  return (await api.call('device.get', { productKey, deviceName })).properties[identifier]?.value
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

  it('does what its script says: answers, changes other properties, stays silent, and says where the script failed', async () => {
    const script = `function onCommand({ kind, service, params, values }) {
  if (kind === 'service')
    return service === 'Blink' ? { data: { Done: params.Times > 10 ? 1 : 0 }, set: { Uptime: 4242 } } : undefined
  if (params.Brightness === 66)
    throw new Error('no such lamp')
  return params.Brightness > 50 ? { code: 100002, data: {} } : { code: 200 }
}`
    const { api, fleetId } = await startTalking({ replies: { ...accept, mode: 'script', script } })
    const set = (Brightness: number) => api.call('device.setProperties', { productKey, deviceName, properties: { Brightness } })
    expect([await set(40), await set(51), await set(66)].map(({ code }) => code)).toEqual([200, 100_002, 400])
    await waitFor(async () => await valueOf(api, 'Brightness') === 40)
    const call = (service: string, input: Record<string, number>) => api.call('device.invokeService', { productKey, deviceName, service, input, timeoutMs: 1_000 })
    expect(await call('Blink', { Times: 11 })).toMatchObject({ code: 200, data: { Done: 1 } })
    await waitFor(async () => await valueOf(api, 'Uptime') === 4242, { what: 'a property changed by the script' })
    expect(await call('Prime', { Speed: 1 })).toMatchObject({ code: null })
    await waitFor(async () => Object.keys((await api.call('fleet.get', { fleetId })).stats.errors).some(cause => cause.includes('line 5') && cause.includes('no such lamp')))
  })

  it('gives raw bytes back that come by RRPC', async () => {
    const { api } = await startTalking()
    expect(await api.call('device.rrpc', { productKey, deviceName, payloadBase64: 'AQL6' })).toMatchObject({ payloadBase64: 'AQL6' })
    const topic = `/${productKey}/${deviceName}/user/get`
    expect(await api.call('device.rrpc', { productKey, deviceName, topic, payloadBase64: 'AQL6' })).toMatchObject({ payloadBase64: 'AQL6' })
  })
})

describe('a simulated device with a custom module', () => {
  it('reports, sets, serves and raises in the names of the module', async () => {
    const { api } = await startEngine()
    await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
    await api.call('product.importModel', { productKey, text: JSON.stringify({
      functionBlockId: 'pump',
      functionBlockName: 'Pump',
      profile: { productKey },
      properties: [{ identifier: 'Flow', name: 'Flow', accessMode: 'rw', required: false, dataType: { type: 'int', specs: { min: '0', max: '9', step: '1' } } }],
      events: [{ identifier: 'Leak', name: 'Leak', type: 'alert', required: false, method: 'thing.event.pump:Leak.post', outputData: [] }],
      services: [{ identifier: 'Vent', name: 'Vent', callType: 'sync', required: false, method: 'thing.service.pump:Vent', inputData: [], outputData: [{ identifier: 'Done', name: 'Done', dataType: { type: 'bool', specs: { 0: 'no', 1: 'yes' } } }] }],
    }) })
    const { fleetId } = await api.call('fleet.create', { productKey, count: 1, intervalSec: 0.2, conversation: { ...quietConversation, events: { perHour: 36_000, ratesPerHour: {} } } })
    await api.call('fleet.start', { fleetId })
    await waitFor(async () => typeof await valueOf(api, 'pump:Flow') === 'number', { what: 'a value of the module' })
    expect(await api.call('device.setProperties', { productKey, deviceName, properties: { 'pump:Flow': 7 } })).toMatchObject({ code: 200 })
    await waitFor(async () => await valueOf(api, 'pump:Flow') === 7)
    expect(await api.call('device.invokeService', { productKey, deviceName, service: 'pump:Vent', input: {} })).toMatchObject({ code: 200, data: { Done: expect.toBeOneOf([0, 1]) } })
    await waitFor(async () => (await api.call('event.list', { productKey, deviceName, limit: 200 })).events.some(event => event.event === 'pump:Leak'), { what: 'an event of the module' })
    expect((await api.call('trace.page', { filter: { code: 'failed' } })).rows).toEqual([])
  })
})

describe('a simulated device that speaks by itself', () => {
  it('reports events that fit the thing model', async () => {
    const { api } = await startTalking({ events: { perHour: 0, ratesPerHour: { Overheat: 36_000 }, conditions: {} } })
    const events = await waitFor(async () => {
      const { events: reported } = await api.call('event.list', { productKey, deviceName })
      return reported.length >= 3 && reported
    }, { what: 'events' })
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['Overheat']))
    expect(events[0]!.output).toEqual({ Temp: expect.any(Number), Zone: 'Zone' })
    expect((await api.call('trace.page', { filter: { code: 'failed' } })).rows).toEqual([])
  })

  it('reports lines of its log while they are wanted, and none while they are not', async () => {
    const { api, fleetId } = await startTalking({ logs: { perHour: 36_000, level: 'WARN', obeySwitch: true } })
    const lines = await waitFor(async () => {
      const page = await api.call('deviceLog.page', { productKey, deviceName })
      return page.lines.length >= 5 && page.lines
    }, { what: 'log lines' })
    expect(lines.every(({ level }) => ['WARN', 'ERROR', 'FATAL'].includes(level))).toBe(true)
    await api.call('deviceLog.setEnabled', { productKey, deviceName, enabled: false })
    const counted = async (): Promise<number> => (await api.call('fleet.get', { fleetId })).stats.conversation.logLines
    await waitFor(async () => {
      const before = await counted()
      await api.call('device.rrpc', { productKey, deviceName, payloadBase64: 'AQL6' })
      const { published } = (await api.call('fleet.get', { fleetId })).stats
      await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.published >= published)
      return await counted() === before
    }, { what: 'silence' })
  })

  it('reports its network, its tags and its version, and asks for the time', async () => {
    const { api, fleetId } = await startTalking({
      networkStatus: { everySec: 1, quality: 'fair' },
      tags: { floor: '1|2|3', owner: 'bench' },
      ntp: true,
    })
    const { statuses } = await waitFor(async () => {
      const list = await api.call('networkStatus.list', { productKey, deviceName })
      return list.statuses.length >= 2 && list
    }, { what: 'network reports' })
    expect(statuses[0]).toMatchObject({ rssiDbm: expect.any(Number), snrDb: expect.any(Number), packetLossPerMille: expect.any(Number), connection: 'Wi-Fi' })
    const { tags } = await api.call('tag.list', { productKey, deviceName })
    expect(tags.map(({ key, value }) => `${key}=${value}`).sort()).toEqual([expect.stringMatching(/^floor=[123]$/), 'owner=bench'])
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.conversation.clockAnswers === 1)
    const { rows } = await api.call('trace.page', { filter: { topic: 'ota/device/inform' } })
    expect(rows).toHaveLength(1)
    expect((await api.call('fleet.get', { fleetId })).stats).toMatchObject({ errors: {}, repliedRefused: 0 })
  })

  it('honours desired values that were set while it was away: takes them over, reports them and deletes them', async () => {
    const { api, fleetId } = await startTalking({ desired: true })
    await api.call('fleet.stop', { fleetId })
    await waitFor(async () => (await api.call('device.get', { productKey, deviceName })).state === 'OFFLINE')
    await api.call('device.setDesired', { productKey, deviceName, properties: { Brightness: 64 } })
    await api.call('fleet.start', { fleetId })
    await waitFor(async () => await valueOf(api, 'Brightness') === 64, { what: 'the desired value reported' })
    await waitFor(async () => (await api.call('device.desired', { productKey, deviceName })).desired.Brightness?.value === null, { what: 'the desired value deleted' })
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.conversation.desiredApplied > 0)
  })
})
