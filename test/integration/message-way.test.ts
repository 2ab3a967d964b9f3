import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { HopName, MessageWay } from '../../src/shared/contract/journey.ts'
import type { TraceDetail, TraceRow } from '../../src/shared/contract/trace.ts'
import { describe, expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { explainMistake } from '../../src/shared/diagnose/explain-mistake.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectSdk } from '../support/node-sdk.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'
const deviceName = 'dev-0001'
const root = `/sys/${productKey}/${deviceName}/thing`

/** The newest row on a topic, once there is one that passes. */
async function rowOn(api: ApiClient, topic: string, isWanted: (row: TraceRow) => boolean = () => true): Promise<TraceDetail> {
  const row = await waitFor(async () => (await api.call('trace.page', { filter: { topic } })).rows.find(one => one.topic === topic && isWanted(one)), { what: `a message on ${topic}` })
  return api.call('trace.get', { id: row.id })
}

/** How each hop is known, or why it is not. */
function shape({ hops }: MessageWay): Partial<Record<HopName, string>> {
  return Object.fromEntries(hops.map(({ name, source, gap, deed }) => [name, [source ?? gap, deed].filter(word => word !== undefined).join(' ')]))
}

/** Asserts that the hops whose times are exact follow each other. */
function expectInOrder({ hops }: MessageWay): void {
  const exact = hops.filter(({ source }) => source === 'measured' || source === 'acknowledged').map(({ afterMs }) => afterMs!)
  expect(exact).toEqual(exact.toSorted((a, b) => a - b))
}

describe('the way of a message', () => {
  it('knows every hop of a simulated device\'s report and its reply, in the device and in the platform', async () => {
    const { api } = await startEngine()
    const { productKey: sample, fleetId } = await api.call('app.addSample', { count: 3 })
    await api.call('fleet.update', { fleetId, change: { intervalSec: 0.5 } })
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.replied > 6)
    const topic = `/sys/${sample}/sim-0001/thing/event/property/post`
    const report = await rowOn(api, topic)
    const { way } = report
    expect(shape(way!)).toEqual({ sent: 'measured', received: 'measured', checked: 'measured', stored: 'measured', replied: 'measured', arrived: 'measured noted' })
    expect(way).toMatchObject({ direction: 'up', simulated: true, missing: null, requestId: report.id })
    expect(way!.hops.find(({ name }) => name === 'received')!.afterMs).toBe(0)
    expect(way!.hops[0]!.afterMs).toBeLessThanOrEqual(0)
    const reply = await api.call('trace.get', { id: way!.answerId! })
    expect(reply.way).toEqual(way)
    expect(reply.topic).toBe(`${topic}_reply`)
  })

  it('knows what a simulated device did with a command, and when it answered', async () => {
    const { api } = await startEngine()
    const { productKey: sample, fleetId } = await api.call('app.addSample', { count: 1 })
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 1)
    const sim = { productKey: sample, deviceName: 'sim-0001' }
    const applied = await api.call('device.setProperties', { ...sim, properties: { targetTemperature: 21 } })
    const way = (await api.call('trace.get', { id: applied.traceId })).way!
    expect(shape(way)).toEqual({ called: 'measured', written: 'measured', arrived: 'measured', acted: 'measured applied', answered: 'measured', received: 'measured', judged: 'measured' })
    expectInOrder(way)

    await api.call('fleet.update', { fleetId, change: { conversation: { ...quietConversation, replies: { ...quietConversation.replies, mode: 'silent' } } } })
    await waitFor(async () => {
      const silent = await api.call('device.setProperties', { ...sim, properties: { targetTemperature: 22 }, timeoutMs: 200 }).then(() => false, () => true)
      return silent
    }, { what: 'the fleet to fall silent' })
    const ignored = (await rowOn(api, `/sys/${sample}/sim-0001/thing/service/property/set`, ({ code }) => code === 1905)).way!
    expect(shape(ignored)).toMatchObject({ arrived: 'measured', acted: 'measured ignored', answered: 'missing', received: 'none' })
    expect(ignored.missing).toBe('answered')
  })

  it('says of a real board what can be known, and that the rest cannot', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    const { client } = await connectDevice(mqtt, certificate)
    await client.subscribeAsync([`${root}/event/property/post_reply`, `${root}/service/property/set`], { qos: 1 })
    await client.publishAsync(`${root}/event/property/post`, JSON.stringify({ id: '1', params: { Counter: { value: 5, time: Date.now() - 1_000 } } }), { qos: 1 })
    const report = (await rowOn(api, `${root}/event/property/post`, ({ code }) => code === 200)).way!
    await waitFor(async () => (await rowOn(api, `${root}/event/property/post`)).way!.answerId !== null)
    expect(shape(report)).toMatchObject({ sent: 'claimed', received: 'measured', checked: 'measured', stored: 'measured' })
    const whole = (await rowOn(api, `${root}/event/property/post`)).way!
    expect(shape(whole)).toMatchObject({ replied: 'measured', arrived: 'real' })
    expect(whole.missing).toBeNull()

    client.on('message', (topic, bytes) => {
      if (topic.endsWith('/set'))
        client.publish(`${topic}_reply`, JSON.stringify({ id: (JSON.parse(bytes.toString()) as { id: string }).id, code: 200, data: {} }))
    })
    const { traceId } = await api.call('device.setProperties', { productKey, deviceName, properties: { Counter: 7 } })
    const way = await waitFor(async () => {
      const { way: now } = await api.call('trace.get', { id: traceId })
      return now?.hops.some(({ source }) => source === 'acknowledged') && now
    }, { what: 'the PUBACK of the device' })
    expect(shape(way)).toEqual({ called: 'measured', written: 'measured', arrived: 'acknowledged', acted: 'real applied', answered: 'real', received: 'measured', judged: 'measured' })
  })

  it('keeps the way of a message of an earlier run, without the times that only that run knew', async () => {
    const { api, mqtt, dir, close } = await startEngine()
    const { post } = await connectDevice(mqtt, await makeDevice(api))
    await post({ Counter: 1 })
    const { id } = await rowOn(api, `${root}/event/property/post_reply`)
    await close()
    const again = await startEngine({ workspaceDir: dir })
    const { way } = await again.api.call('trace.get', { id })
    expect(shape(way!)).toEqual({ sent: 'real', received: 'kept', checked: 'gone', stored: 'gone', replied: 'kept', arrived: 'unsubscribed' })
  })
})

describe('a recognised mistake', () => {
  it('names the missing subscription of the npm SDK on the row of its reply, and the filter to subscribe to', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    const device = await connectSdk(mqtt, certificate)
    const replyTopic = `${root}/event/property/post_reply`
    const filters = [replyTopic, `${root}/event/+/post_reply`]
    await waitFor(async () => (await api.call('subscription.list', { productKey, deviceName })).subscriptions.some(({ topic }) => filters.includes(topic)))
    device.postProps({ Counter: 1 })
    const good = await rowOn(api, replyTopic)
    expect(good).toMatchObject({ mistakes: [], way: { missing: null } })
    expect(good).not.toHaveProperty('mistake')

    const { subscriptions } = await api.call('subscription.list', { productKey, deviceName })
    await api.call('subscription.remove', { productKey, deviceName, topics: subscriptions.map(({ topic }) => topic).filter(topic => filters.includes(topic)) })
    device.postProps({ Counter: 2 })
    const reply = await rowOn(api, replyTopic, ({ id }) => id > good.id)
    expect(reply).toMatchObject({ mistake: 'not-subscribed', mistakes: [{ kind: 'not-subscribed', path: replyTopic, expected: replyTopic }], way: { missing: 'arrived' } })
    expect(reply.way!.hops.at(-1)).toMatchObject({ name: 'arrived', gap: 'unsubscribed' })
    expect(explainMistake(reply.mistakes[0]!).fix).toContain(`Subscribe to ${replyTopic}`)

    const { records } = await api.call('log.search', { filter: { traceId: reply.traceId } })
    expect(records.find(({ bizCode }) => bizCode === 'downlink')!.content.Notice).toContain('has not subscribed to')
    const { messages: [message] } = await api.call('trace.messages', { filter: { topic: 'post_reply' }, last: 1 })
    expect(message!.mistakes).toEqual(reply.mistakes)
  })

  it('compares the id of an answer with the command that waits: another one, late, twice, on another topic', async () => {
    const { api, mqtt } = await startEngine()
    const { client } = await connectDevice(mqtt, await makeDevice(api), { _ss: '1' })
    const commands: string[] = []
    client.on('message', (topic, bytes) => {
      if (topic.endsWith('/property/set'))
        commands.push((JSON.parse(bytes.toString()) as { id: string }).id)
    })
    const set = () => api.call('device.setProperties', { productKey, deviceName, properties: { Counter: 7 } })
    const answer = async (id: string, topic = `${root}/service/property/set_reply`) => {
      const after = (await api.call('trace.page', { limit: 1 })).rows[0]?.id ?? 0
      await client.publishAsync(topic, `{"id":${id},"code":200,"data":{}}`, { qos: 1 })
      return (await rowOn(api, topic, ({ id: rowId, direction }) => rowId > after && direction === 'up')).mistakes
    }
    expect(await answer('"1"')).toMatchObject([{ kind: 'answer-no-question', got: '1' }])
    const waiting = set()
    const id = await waitFor(() => commands[0])
    expect(await answer('"42"')).toMatchObject([{ kind: 'answer-other-id', expected: id, got: '42' }])
    expect(await answer(JSON.stringify(id), `${root}/service/property/get_reply`)).toMatchObject([{ kind: 'answer-other-topic', expected: `${root}/service/property/set_reply`, got: id }])
    expect(await answer(JSON.stringify(id))).toEqual([])
    await waiting
    expect(await answer(JSON.stringify(id))).toMatchObject([{ kind: 'answer-twice', got: id }])
    await expect(api.call('device.setProperties', { productKey, deviceName, properties: { Counter: 8 }, timeoutMs: 100 })).rejects.toMatchObject({ code: 'device/no-reply' })
    expect(await answer(JSON.stringify(commands[1]))).toMatchObject([{ kind: 'answer-late', got: commands[1] }])
  })

  it('names wrong topics, a retained message, a time in seconds and a number in quotes, on the row and in the log', async () => {
    const { api, mqtt } = await startEngine()
    const { client } = await connectDevice(mqtt, await makeDevice(api), { _ss: '1' })
    const say = async (topic: string, payload: string, retain = false) => {
      await client.publishAsync(topic, payload, { qos: 1, retain })
      return (await rowOn(api, topic, ({ direction }) => direction === 'up')).mistakes
    }
    const post = `${root}/event/property/post`
    expect(await say(`/sys/${deviceName}/${productKey}/thing/event/property/post`, '{}')).toMatchObject([{ kind: 'topic-swapped', expected: post }])
    expect(await say(`${post}_reply`, '{}')).toMatchObject([{ kind: 'topic-reply', expected: post }])
    expect(await say(`${root}/property/post`, '{"id":"1","params":{}}')).toMatchObject([{ kind: 'topic-spelling', expected: post }])
    expect(await say(post.slice(1), '{}')).toMatchObject([{ kind: 'topic-no-slash', expected: post }])
    expect(await say(post, '{"id":"1","params":{"Counter":1}}', true)).toMatchObject([{ kind: 'retained' }])
    const seconds = Math.floor(Date.now() / 1_000)
    expect(await say(post, `{"id":"2","params":{"Counter":{"value":1,"time":${seconds}}}}`)).toMatchObject([{ kind: 'time-seconds', path: 'Counter.time', expected: String(seconds * 1_000) }])
    expect(await say(post, '{"id":"3","params":{"Counter":"5"}}')).toMatchObject([{ kind: 'number-text', path: 'Counter', expected: '5' }])
    expect(await say(post, '{"id":"4","params":{"counter":5}}')).toMatchObject([{ kind: 'name-case', expected: 'Counter' }])
    expect(await say(post, '{"id":"5","params":{"Counter":5}}\0')).toMatchObject([{ kind: 'trailing-nul' }])
    const { records } = await api.call('log.search', { filter: { state: 'failed', keyword: '/thing/property/post' } })
    expect(records[0]!.content.Message).toContain(post)
  })
})
