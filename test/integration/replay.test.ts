import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { Replay } from '../../src/shared/contract/replay.ts'
import type { TraceMessage } from '../../src/shared/contract/trace.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { VirtualTime } from '../../src/host/virtual-time.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeRawDevice } from '../support/raw-product.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const device = { productKey: 'a1Test', deviceName: 'dev-0001' }
const propertyTopic = '/sys/a1Test/dev-0001/thing/event/property/post'
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Waits until a replay is over. */
function ended(api: ApiClient, replayId: string): Promise<Replay> {
  return waitFor(async () => (await api.call('replay.list', {})).replays.find(replay => replay.replayId === replayId && replay.endedAt !== null), { timeoutMs: 20_000 })
}

async function messagesOf(api: ApiClient, deviceName: string, fromAt = 0): Promise<TraceMessage[]> {
  return (await api.call('trace.messages', { filter: { productKey: 'a1Test', deviceName, direction: 'up', fromAt }, last: 1_000 })).messages
}

const text = ({ payload }: Pick<TraceMessage, 'payload'>): string => Buffer.from(payload).toString()
/** What a message says, apart from its id. */
const said = (message: TraceMessage): string => `${message.topic.split('/').slice(4).join('/')} ${text(message).replace(/"id":"\d+"/, '')}`

/** An engine with a recording of a simulated device: reports with and without times, one that is refused, a custom message and a reply. */
async function startRecorded() {
  const started = await startEngine()
  const { api } = started
  await makeDevice(api)
  await api.call('deviceSimulation.start', device)
  const publish = (topic: string, payload: string) => api.call('deviceSimulation.publish', { ...device, topic, payloadBase64: base64(payload), qos: 1 })
  const measuredAt = Date.now() - 60_000
  await publish(propertyTopic, `{"id":"900","version":"1.0","params":{"Counter":{"value":1,"time":${measuredAt}}},"method":"thing.event.property.post"}`)
  await publish(propertyTopic, '{"id":"901","version":"1.0","params":{"Counter":2},"method":"thing.event.property.post"}')
  await publish(propertyTopic, '{"id":"902","version":"1.0","params":{"Counter":500},"method":"thing.event.property.post"}')
  await publish('/a1Test/dev-0001/user/update', 'as it is')
  await publish('/sys/a1Test/dev-0001/thing/service/property/set_reply', '{"id":"1","code":200,"data":{}}')
  await api.call('deviceSimulation.stop', device)
  await waitFor(async () => (await api.call('device.get', device)).state === 'OFFLINE')
  await waitFor(async () => (await api.call('trace.page', { filter: { ...device, direction: 'record' } })).rows.some(({ topic }) => topic === 'offline'))
  return { ...started, measuredAt, recorded: await messagesOf(api, 'dev-0001') }
}

/** A recording as a file: a custom message every so many milliseconds. */
function fileOf(count: number, stepMs: number, part: object = {}) {
  const lines = Array.from({ length: count }, (_, index) => JSON.stringify({ at: 1_700_000_000_000 + index * stepMs, direction: 'up', ...device, topic: '/a1Test/dev-0001/user/update', qos: 1, code: 200, payload: `${index}`, ...part }))
  return { kind: 'file' as const, name: 'field.jsonl', text: `${lines.join('\n')}\n` }
}

describe('a replay', () => {
  it('says what the trace holds before anything is sent', async () => {
    const { api } = await startRecorded()
    expect(await api.call('replay.survey', { source: { kind: 'kept', filter: device } })).toMatchObject({
      messages: 4,
      connections: 2,
      devices: [{ ...device, messages: 4 }],
      omitted: { reply: 1, downlink: expect.any(Number) },
      share: 1,
    })
    expect(await api.call('replay.survey', { source: { kind: 'kept', filter: { text: 'nobody says this' } } })).toMatchObject({ messages: 0, devices: [], firstAt: null })
  })

  it('plays a device as itself, with fresh ids and times, in its order, and counts what is refused', async () => {
    const { api, measuredAt, recorded } = await startRecorded()
    const startedAt = Date.now()
    const { replayId, state, toSend } = await api.call('replay.start', { source: { kind: 'kept', filter: device }, speed: 100 })
    expect({ state, toSend }).toEqual({ state: expect.stringMatching(/connecting|playing/), toSend: 4 })
    expect(await ended(api, replayId)).toMatchObject({ state: 'done', sent: 4, unacknowledged: 0, refused: 1, refusedByCode: { 6306: 1 }, round: 1, players: 1, omitted: { reply: 1 } })
    const played = await waitFor(async () => {
      const found = await messagesOf(api, 'dev-0001', startedAt)
      return found.length === 4 && found
    })
    const [first, ...others] = played
    const { params, id } = JSON.parse(text(first!)) as { id: string, params: { Counter: { value: number, time: number } } }
    expect(id).toBe('1')
    // As long before the moment when the message was due as it was before the recorded message.
    const dueAt = params.Counter.time + recorded[0]!.at - measuredAt
    expect(dueAt).toBeGreaterThanOrEqual(startedAt)
    expect(dueAt).toBeLessThanOrEqual(first!.at)
    expect(others.map(said)).toEqual(recorded.slice(1, 4).map(said))
    const records = (await api.call('trace.page', { filter: { ...device, direction: 'record', fromAt: startedAt } })).rows
    expect(records.map(({ topic }) => topic).filter(topic => topic === 'online' || topic === 'offline')).toEqual(['offline', 'online'])
    expect(records.find(({ topic }) => topic === 'online')!.preview).toContain(`_replay=${replayId}`)
  })

  it('plays one device as fifty new ones, each with the same sequence', async () => {
    const { api, recorded } = await startRecorded()
    const { replayId } = await api.call('replay.start', { source: { kind: 'kept', filter: device }, to: { kind: 'stampOut', count: 50, prefix: 'copy' }, speed: 100, times: 'as-recorded' })
    expect(await ended(api, replayId)).toMatchObject({ state: 'done', players: 50, sent: 200, toSend: 200, refused: 50, unacknowledged: 0 })
    for (const name of ['copy-01', 'copy-33', 'copy-50']) {
      const played = await messagesOf(api, name)
      expect(played.map(said)).toEqual(recorded.slice(0, 4).map(said))
      expect(played.map(({ topic }) => topic)).toContain(`/a1Test/${name}/user/update`)
    }
    expect(await api.call('device.get', { productKey: 'a1Test', deviceName: 'copy-01' })).toMatchObject({ simulated: true, state: 'OFFLINE' })
  })

  it('plays a file as the devices that it is told, and leaves out what none plays', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    await makeDevice(api, 'dev-0002')
    const source = fileOf(3, 1)
    source.text += `nonsense\n${fileOf(2, 1, { deviceName: 'dev-0009', topic: '/a1Test/dev-0009/user/update' }).text}`
    const { replayId } = await api.call('replay.start', { source, to: { kind: 'names', names: { 'a1Test/dev-0001': 'a1Test/dev-0002' } } })
    expect(await ended(api, replayId)).toMatchObject({ state: 'done', sent: 3, toSend: 3, sourceName: 'field.jsonl', omitted: { 'line': 1, 'no-target': 2 } })
    expect((await messagesOf(api, 'dev-0002')).map(text)).toEqual(['0', '1', '2'])
    await expect(api.call('replay.start', { source })).rejects.toMatchObject({ code: 'device/not-found' })
    await expect(api.call('replay.start', { source, to: { kind: 'stampOut', count: 1, prefix: 'copy' } })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(api.call('replay.start', { source: { ...source, text: 'nonsense' } })).rejects.toMatchObject({ code: 'replay/nothing', details: { omitted: { line: 1 } } })
  })

  it('is paused, taken to another place, made faster and stopped', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    // Ten messages within ten hours.
    const { replayId, recorded } = await api.call('replay.start', { source: fileOf(10, 3_600_000) })
    expect(recorded).toMatchObject({ messages: 10, durationMs: 9 * 3_600_000 })
    await waitFor(async () => (await messagesOf(api, 'dev-0001')).length === 1)
    expect(await api.call('replay.pause', { replayId })).toMatchObject({ state: 'paused' })
    expect(await api.call('replay.seek', { replayId, positionMs: 8 * 3_600_000 })).toMatchObject({ state: 'paused', positionMs: 8 * 3_600_000 })
    expect((await messagesOf(api, 'dev-0001')).length).toBe(1)
    expect(await api.call('replay.resume', { replayId })).toMatchObject({ state: 'playing' })
    await waitFor(async () => (await messagesOf(api, 'dev-0001')).length === 2)
    expect((await messagesOf(api, 'dev-0001')).map(text)).toEqual(['0', '8'])
    expect(await api.call('replay.setSpeed', { replayId, speed: 100 })).toMatchObject({ speed: 100, state: 'playing' })
    expect((await api.call('device.get', device)).connection).toMatchObject({ simulated: 'replay' })
    expect(await api.call('replay.stop', { replayId })).toMatchObject({ state: 'stopped', sent: 2 })
    await waitFor(async () => (await api.call('device.get', device)).state === 'OFFLINE')
    await expect(api.call('replay.resume', { replayId })).rejects.toMatchObject({ code: 'replay/over' })
    await expect(api.call('replay.stop', { replayId: 'none' })).rejects.toMatchObject({ code: 'replay/not-found' })
  })

  it('begins again as often as it is told, and shortens long silences', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    const { replayId, recorded } = await api.call('replay.start', { source: fileOf(3, 3_600_000), gapMsMax: 10, repeat: 2, speed: 100 })
    expect(recorded.durationMs).toBe(20)
    expect(await ended(api, replayId)).toMatchObject({ state: 'done', round: 2, sent: 6, toSend: 6 })
    expect((await messagesOf(api, 'dev-0001')).map(text)).toEqual(['0', '1', '2', '0', '1', '2'])
  })

  it('never throws out a real device, and a simulated one only when told to', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    const source = fileOf(2, 3_600_000)
    await api.call('deviceSimulation.start', device)
    await expect(api.call('replay.start', { source })).rejects.toMatchObject({ code: 'replay/occupied', details: { by: 'seat', devices: ['a1Test/dev-0001'] } })
    const { replayId } = await api.call('replay.start', { source, takeOver: true })
    await waitFor(async () => (await api.call('deviceSimulation.get', device)).swap?.by === 'replay')
    await expect(api.call('replay.start', { source, takeOver: true })).rejects.toMatchObject({ code: 'replay/occupied', details: { by: 'replay' } })
    await waitFor(async () => (await api.call('replay.list', {})).replays[0]!.sent === 1)
    // A real device that logs in takes over, and the replay does not fight for it.
    await connectDevice(mqtt, certificate)
    await waitFor(async () => (await api.call('device.get', device)).connection?.simulated === null)
    await api.call('replay.setSpeed', { replayId, speed: 100 })
    await api.call('replay.seek', { replayId, positionMs: 3_600_000 })
    expect(await ended(api, replayId)).toMatchObject({ state: 'done', omitted: { taken: 1 } })
    await expect(api.call('replay.start', { source, takeOver: true })).rejects.toMatchObject({ code: 'replay/occupied', details: { by: 'real' } })
  })

  it('sends the bytes of devices with a format of their own as they were', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeRawDevice(api)
    const { client } = await connectDevice(mqtt, certificate)
    const { productKey, deviceName } = certificate
    const topic = `/sys/${productKey}/${deviceName}/thing/model/up_raw`
    const bytes = Buffer.from([0, 0xFF, 1, 2])
    await client.publishAsync(topic, bytes, { qos: 1 })
    await client.endAsync()
    await waitFor(async () => (await api.call('device.get', { productKey, deviceName })).state === 'OFFLINE')
    const { replayId } = await api.call('replay.start', { source: { kind: 'kept', devices: [{ productKey, deviceName }] }, speed: 100 })
    expect(await ended(api, replayId)).toMatchObject({ sent: 1 })
    const { messages } = await api.call('trace.messages', { filter: { topic: 'up_raw', direction: 'up' } })
    expect(messages.map(({ payload }) => [...payload])).toEqual([[...bytes], [...bytes]])
  })

  it('is watched while it plays', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    const states: string[] = []
    const stop = new AbortController()
    const watching = api.subscribe('replay.watch', {}, ({ replays }) => void states.push(...replays.map(({ state }) => state)), { signal: stop.signal })
    const { replayId } = await api.call('replay.start', { source: fileOf(2, 10) })
    await ended(api, replayId)
    await waitFor(() => states.at(-1) === 'done')
    stop.abort()
    await watching
  })

  it('passes in moments in virtual time, with each message at its time and none late', async () => {
    const startAt = Date.UTC(2026, 0, 1)
    const time = new VirtualTime({ startAt, speed: null, stopwatch: () => performance.now() })
    const { engine, api, close } = await startEngine({ hasVirtualTime: true }, time)
    const running = time.run(() => engine.comeToRest())
    try {
      await makeDevice(api)
      const { replayId } = await api.call('replay.start', { source: fileOf(4, 3_600_000), to: { kind: 'stampOut', count: 2, prefix: 'copy' } })
      const replay = await ended(api, replayId)
      expect(replay).toMatchObject({ state: 'done', sent: 8, lateMsMax: 0, refused: 0 })
      const [one, other] = [await messagesOf(api, 'copy-01'), await messagesOf(api, 'copy-02')]
      expect(one.map(({ at }) => at - one[0]!.at)).toEqual([0, 1, 2, 3].map(hours => hours * 3_600_000))
      expect(other.map(({ at, payload }) => [at, text({ payload })])).toEqual(one.map(({ at, payload }) => [at, text({ payload })]))
    }
    finally {
      await close()
      time.stop()
      await running
    }
  })

  it('needs a port for devices', async () => {
    const { api } = await startEngine({ mqtt: null })
    await expect(api.call('replay.start', { source: fileOf(1, 1) })).rejects.toMatchObject({ code: 'replay/no-port' })
  })
})
