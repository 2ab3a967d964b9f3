import { expect, it } from 'vitest'
import { rowIdOfTrace } from '../../src/shared/log/message-id.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeTalkingDevice, talkingProductKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const of = { productKey: talkingProductKey, deviceName: 'lamp-0001' }

it('finds the messages of a chain, of an id and those that came late, in the trace as in the log', async () => {
  const { api, mqtt } = await startEngine()
  const { client, post } = await connectDevice(mqtt, await makeTalkingDevice(api))
  await post({ Brightness: 30 })
  client.on('message', (topic, bytes) => {
    if (!topic.endsWith('/thing/service/property/set'))
      return
    const { id } = JSON.parse(bytes.toString()) as { id: string }
    // A device that thinks for a while.
    setTimeout(() => client.publish(`${topic}_reply`, JSON.stringify({ id, code: 200, data: {} })), 150)
  })
  const set = await api.call('device.setProperties', { ...of, properties: { Brightness: 12 } })
  const traceId = set.traceId.toString(16)
  const chain = await waitFor(async () => {
    const { rows } = await api.call('trace.page', { filter: { traceId } })
    return rows.length === 2 && rows
  })
  expect(chain.map(({ direction }) => direction)).toEqual(['up', 'down'])
  const [answer, command] = chain

  const late = await api.call('trace.page', { filter: { lagAboveMs: 100, direction: 'up' } })
  expect(late).toMatchObject({ rows: [{ id: answer!.id }], nextId: null, scannedShare: 1 })
  expect((await api.call('log.search', { filter: { lagAboveMs: 100 } })).records.map(({ rowId }) => rowId)).toContain(answer!.id)
  expect((await api.call('log.search', { filter: { traceId, lagAboveMs: 100 } })).records.length).toBeGreaterThan(0)
  expect((await api.call('trace.page', { filter: { lagAboveMs: 60_000 } })).rows).toEqual([])

  // The platform's own id of a command is in its text; every other message goes by the id of its row.
  const byId = async (messageId: string) => (await api.call('trace.page', { filter: { messageId } })).rows.map(({ id }) => id)
  expect(await byId(set.messageId)).toContain(command!.id)
  expect(await byId(String(answer!.id))).toEqual([answer!.id])
  for (const nothing of [{ traceId: 'no trace id' }, { messageId: 'no message id' }, { traceId, deviceName: 'nobody' }, { traceId: rowIdOfTrace('1')!.toString() }])
    expect((await api.call('trace.page', { filter: nothing })).rows, JSON.stringify(nothing)).toEqual([])
})

it('shows in the live tail what matches a chain, and answers a search within the time it is given', async () => {
  const { api, mqtt } = await startEngine()
  const { post } = await connectDevice(mqtt, await makeTalkingDevice(api))
  await post({ Brightness: 1 })
  const page = await api.call('trace.page', { filter: { text: 'nothing has this' }, withinMs: 10 })
  expect(page).toMatchObject({ rows: [], scannedShare: expect.any(Number) as number })
  expect(await api.call('log.search', { filter: { keyword: 'nothing has this' }, withinMs: 10 })).toMatchObject({ records: [], scannedShare: expect.any(Number) as number })

  const seen: string[] = []
  const stop = new AbortController()
  const following = api.subscribe('trace.tail', { filter: { topic: 'POST_reply' } }, ({ rows }) => { seen.push(...rows.map(({ topic }) => topic)) }, { signal: stop.signal }).catch(() => {})
  await waitFor(async () => {
    await post({ Brightness: 2 })
    return seen.length > 0
  })
  stop.abort()
  await following
  expect(seen.every(topic => topic.endsWith('/post_reply'))).toBe(true)
})

it('finds the commands that a device left unanswered, kept and live, and none of its reports, which were replied to', async () => {
  const { api, mqtt } = await startEngine()
  const { post } = await connectDevice(mqtt, await makeTalkingDevice(api))
  await post({ Brightness: 30 })
  const seen: number[] = []
  const stop = new AbortController()
  const following = api.subscribe('trace.tail', { filter: { answered: false } }, ({ rows }) => { seen.push(...rows.map(({ id }) => id)) }, { signal: stop.signal }).catch(() => {})
  await expect(api.call('device.setProperties', { ...of, properties: { Brightness: 12 }, timeoutMs: 300 })).rejects.toMatchObject({ code: 'device/no-reply' })
  const unanswered = async () => (await api.call('trace.page', { filter: { answered: false, topic: '/thing/' } })).rows
  const [command, ...more] = await waitFor(async () => (await unanswered()).length > 0 && unanswered())
  expect([command!.direction, command!.topic.endsWith('/property/set'), more]).toEqual(['down', true, []])
  await waitFor(() => seen.includes(command!.id))
  stop.abort()
  await following
  const { messages, nextId, scannedShare } = await api.call('trace.messages', { filter: { answered: false, direction: 'down' }, last: 5, withinMs: 5_000 })
  expect([messages.map(({ id }) => id), nextId, scannedShare]).toEqual([[command!.id], null, 1])
  const first = await api.call('trace.messages', { last: 1, withinMs: 5_000 })
  expect((await api.call('trace.messages', { last: 1, before: first.nextId! })).messages[0]!.id).toBeLessThan(first.messages[0]!.id)
})
