import type { MqttClient } from 'mqtt'
import type { JsonValue } from '../../src/shared/json.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }
const root = '/sys/a1Test/dev-0001'

interface Received { topic: string, text: string, qos: number }
interface Bench extends TestEngine {
  client: MqttClient
  received: Received[]
  /** Publishes and waits for one more message to come. */
  ask: (path: string, params: JsonValue) => Promise<string>
}

async function startBench(): Promise<Bench> {
  const running = await startEngine()
  const { client } = await connectDevice(running.mqtt, await makeDevice(running.api))
  const received: Received[] = []
  client.on('message', (topic, payload, { qos }) => received.push({ topic, text: payload.toString(), qos }))
  const ask = async (path: string, params: JsonValue): Promise<string> => {
    const before = received.length
    await client.publishAsync(`${root}/${path}`, JSON.stringify({ id: '130', version: '1.0', params }), { qos: 1 })
    await waitFor(() => received.length > before)
    return received.at(-1)!.text
  }
  return { ...running, client, received, ask }
}

const line = (logContent: string, more: Record<string, string> = {}): JsonValue => ({ utcTime: '2025-01-01T00:00:00.123+0000', logLevel: 'ERROR', module: 'MQTT', code: '4097', traceContext: 't-77', logContent, ...more })

describe('a device\'s own log', () => {
  it('is off at first; the switch is asked for and pushed', async () => {
    const { api, received, ask } = await startBench()
    expect(await ask('thing/config/log/get', { configScope: 'device', getType: 'content' })).toBe('{"code":200,"data":{"content":{"mode":0},"getType":"content"},"id":"130","message":"success","method":"thing.config.log.get","version":"1.0"}')
    expect(await api.call('deviceLog.setEnabled', { ...identity, enabled: true })).toEqual({ enabled: true, isSent: true })
    await waitFor(() => received.length === 2)
    expect(received[1]).toMatchObject({ topic: `${root}/thing/config/log/push`, qos: 1 })
    expect(received[1]!.text).toMatch(/^\{"id":"\d{19}","version":"1.0","params":\{"content":\{"mode":1\},"getType":"content"\},"method":"thing.config.log.push"\}$/)
    expect(await ask('thing/config/log/get', { configScope: 'device', getType: 'content' })).toContain('"mode":1')
  })

  it('is answered and dropped with a word in the trace while it is off', async () => {
    const { api, ask } = await startBench()
    expect(await ask('thing/log/post', [line('socket reset')])).toBe('{"code":200,"data":{},"id":"130","message":"success","method":"thing.log.post","version":"1.0"}')
    expect((await api.call('deviceLog.page', {})).lines).toEqual([])
    const [row] = (await api.call('trace.page', { filter: { topic: 'log/post', direction: 'up' } })).rows
    expect((await api.call('trace.get', { id: row!.id })).explanation).toContain('1 lines were dropped')
  })

  it('is kept while it is on and found by each of the search fields', async () => {
    const { api, ask } = await startBench()
    await api.call('deviceLog.setEnabled', { ...identity, enabled: true })
    await ask('thing/log/post', [line('Socket reset'), line('all is well', { logLevel: 'INFO', module: 'app', traceContext: 't-78', code: '' }), line('odd', { logLevel: 'trace' })])
    const find = async (query: object): Promise<string[]> => (await api.call('deviceLog.page', { fromAt: 0, ...query })).lines.map(({ content }) => content)
    expect(await find({})).toEqual(['odd', 'all is well', 'Socket reset'])
    expect(await find({ keyword: 'SOCKET' })).toEqual(['Socket reset'])
    expect(await find({ keyword: '4097' })).toEqual(['odd', 'Socket reset'])
    expect(await find({ traceContext: 't-78' })).toEqual(['all is well'])
    expect(await find({ module: 'app' })).toEqual(['all is well'])
    expect(await find({ level: 'OTHER' })).toEqual(['odd'])
    expect(await find({ level: 'INFO', orWorse: true })).toEqual(['all is well', 'Socket reset'])
    expect(await find({ deviceName: 'dev-0001' })).toHaveLength(3)
    expect(await find({ productKey: 'a1Test', deviceName: 'dev-0002' })).toEqual([])
    expect(await find({ toAt: 1 })).toEqual([])
    const first = await api.call('deviceLog.page', { limit: 2 })
    expect(first.lines[1]).toMatchObject({ ...identity, level: 'INFO', levelWord: 'INFO', collectedAt: 1_735_689_600_123 })
    expect((await api.call('deviceLog.page', { limit: 2, before: first.next! })).lines.map(({ content }) => content)).toEqual(['Socket reset'])
  })

  it('is refused with 460 when it is no list', async () => {
    const { ask } = await startBench()
    expect(await ask('thing/log/post', 'text')).toContain('"code":460')
  })

  it('is told to a device that was away when it comes back, also after a restart', async () => {
    const { api, dir, close } = await startEngine()
    const certificate = await makeDevice(api)
    expect(await api.call('deviceLog.isEnabled', identity)).toEqual({ enabled: false })
    expect(await api.call('deviceLog.setEnabled', { ...identity, enabled: true })).toEqual({ enabled: true, isSent: false })
    await close()
    const again = await startEngine({ workspaceDir: dir })
    expect(await again.api.call('deviceLog.isEnabled', identity)).toEqual({ enabled: true })
    const { client } = await connectDevice(again.mqtt, certificate)
    const texts: string[] = []
    client.on('message', (_, payload) => texts.push(payload.toString()))
    await client.publishAsync(`${root}/thing/config/log/get`, '{"id":"1","params":{"configScope":"device","getType":"content"}}', { qos: 1 })
    await waitFor(() => texts.length > 0)
    expect(texts[0]).toContain('{"content":{"mode":1},"getType":"content"}')
  })
})

describe('network status', () => {
  it('is answered, listed by the time of measuring with its errors, and plotted', async () => {
    const { api, ask } = await startBench()
    const at = 1_735_689_600_000
    expect(await ask('_thing/diag/post', { p: { wifi: { rssi: -61, snr: 23, per: 2, err_stats: '10,02,01;10,05,01' }, _time: at }, model: 'format=simple|quantity=single|time=now' }))
      .toBe('{"code":200,"data":{},"id":"130","message":"success","method":"_thing.diag.post","version":"1.0"}')
    await ask('_thing/diag/post', { p: [{ wifi: { rssi: -70, snr: 20, per: 5 }, _time: at - 60_000 }, { wifi: { rssi: -80, snr: 10, per: 9 }, _time: at - 120_000 }], model: 'format=simple|quantity=batch|time=history' })
    const { statuses } = await api.call('networkStatus.list', identity)
    expect(statuses.map(({ rssiDbm, collectedAt }) => [rssiDbm, collectedAt])).toEqual([[-61, at], [-70, at - 60_000], [-80, at - 120_000]])
    expect(statuses[0]).toMatchObject({ snrDb: 23, packetLossPerMille: 2, connection: 'Wi-Fi', errors: [{ type: '10', code: '02', count: 1 }, { type: '10', code: '05', count: 1 }] })
    const page = await api.call('networkStatus.list', { ...identity, toAt: at - 1, limit: 1 })
    expect(page.statuses[0]?.rssiDbm).toBe(-70)
    expect((await api.call('networkStatus.list', { ...identity, before: page.next! })).statuses.map(({ rssiDbm }) => rssiDbm)).toEqual([-80])
    const series = await api.call('device.history', { ...identity, property: 'network.rssi', fromAt: at - 180_000, toAt: at + 1, buckets: 3 })
    expect({ points: series.points, min: Math.min(...series.min) }).toEqual({ points: 3, min: -80 })
    const [row] = (await api.call('trace.page', { filter: { topic: 'diag/post', direction: 'up' } })).rows
    const { steps } = await api.call('trace.get', { id: row!.id })
    expect(steps.map(({ bizCode, operation }) => [bizCode, operation])).toEqual([
      ['uplink', `${root}/_thing/diag/post`],
      ['ThingModelMessage', '_thing.diag.post'],
      ['DataStorage', '_thing.diag.post'],
      ['downlink', `${root}/_thing/diag/post_reply`],
    ])
  })

  it('that is no report is refused with 460', async () => {
    const { ask } = await startBench()
    expect(await ask('_thing/diag/post', { p: { wifi: { rssi: 'weak' } } })).toContain('"code":460')
  })
})
