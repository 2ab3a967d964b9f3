import type { Store } from '../../src/engine/store/types.ts'
import type { TestBrokerOptions } from '../support/test-broker.ts'
import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { queuedPropertiesColumn, sessionTables } from '../../src/engine/broker/session-rows.ts'
import { AppError } from '../../src/shared/errors.ts'
import { silentLog } from '../../src/shared/log.ts'
import { startProcess } from '../support/child-process.ts'
import { login, tryLogin } from '../support/raw-client.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { customTopic, lamp, meter, startTestBroker, systemTopic } from '../support/test-broker.ts'
import { waitFor } from '../support/wait-for.ts'
import { openTestStore } from '../unit/engine/store/store-fixture.ts'

const get = customTopic(lamp, 'get')
const kept = { connect: { clean: false } }
const down = (payload: string, topic = get, qos: 0 | 1 = 1) => ({ topic, payload: Buffer.from(payload), qos })
const migrations = [{ version: 1, name: 'sessions', sql: sessionTables }, { version: 2, name: 'properties', sql: queuedPropertiesColumn }]
const week = 7 * 24 * 3600_000

async function startStored(options: TestBrokerOptions = {}) {
  const opened = await openTestStore({ migrations })
  const started = await startTestBroker({ ...options, store: opened.store, clock: opened.clock })
  return {
    ...started,
    store: opened.store,
    /** Stops broker and store and starts both again on the same folder. */
    async restart(again: TestBrokerOptions = {}) {
      await started.broker.close()
      const { store, clock } = await opened.reopen()
      return { ...await startTestBroker({ ...again, store, clock }), store }
    },
  }
}

/** A device with a kept session that subscribes to `get` and goes away. */
async function leaveSession(port: number, options: Parameters<typeof login>[2] = kept): Promise<void> {
  const client = await login(port, lamp, options)
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: get, qos: 1 }] })
  await client.next('suback')
  client.send({ cmd: 'disconnect' })
  await client.closed()
}

describe('a session that is not clean', () => {
  it('keeps subscriptions and QoS 1 messages for a device that is away, in order, and says that it did', async () => {
    const { port, broker } = await startTestBroker()
    const first = await tryLogin(port, lamp, kept)
    expect(first.connack.sessionPresent).toBe(false)
    first.client.destroy()
    await leaveSession(port)
    expect([broker.deliver(lamp.deviceId, down('1')), broker.deliver(lamp.deviceId, down('lost', get, 0)), broker.deliver(lamp.deviceId, down('2'))]).toEqual(['queued', 'offline', 'queued'])
    expect(broker.deliver(lamp.deviceId, down('never', customTopic(lamp, 'other')))).toBe('unsubscribed')
    expect(broker.deliver(lamp.deviceId, down('system', systemTopic(lamp, 'thing/service/property/set')))).toBe('offline')
    const { client, connack } = await tryLogin(port, lamp, kept)
    expect(connack.sessionPresent).toBe(true)
    expect((await client.settled()).map(packet => [String((packet as { payload: Buffer }).payload), (packet as { dup: boolean }).dup])).toEqual([['1', false], ['2', false]])
    expect(broker.deliver(lamp.deviceId, down('3'))).toBe('sent')
  })

  it('sends again with DUP and the same id what was not acknowledged, before what came later', async () => {
    const { port, broker, presence } = await startTestBroker()
    const first = await login(port, lamp, kept)
    const set = systemTopic(lamp, 'thing/service/property/set')
    for (const payload of ['1', '2', '3'])
      broker.deliver(lamp.deviceId, down(payload, set))
    const sent = await first.settled()
    first.send({ cmd: 'puback', messageId: sent[1]!.messageId! })
    await first.settled()
    first.destroy()
    await waitFor(() => presence.length === 2)
    const second = await login(port, lamp, kept)
    broker.deliver(lamp.deviceId, down('4', set))
    expect((await second.settled()).map(packet => [String((packet as { payload: Buffer }).payload), packet.messageId, (packet as { dup: boolean }).dup])).toEqual([
      ['1', sent[0]!.messageId, true],
      ['3', sent[2]!.messageId, true],
      ['4', expect.any(Number), false],
    ])
  })

  it('is handed over when the device connects again without having left', async () => {
    const { port, broker } = await startTestBroker()
    await login(port, lamp, kept)
    broker.deliver(lamp.deviceId, down('1', systemTopic(lamp, 'x')))
    const { client, connack } = await tryLogin(port, lamp, kept)
    expect(connack.sessionPresent).toBe(true)
    expect(await client.next('publish')).toMatchObject({ dup: true })
  })

  it('is wiped by a clean login', async () => {
    const { port, broker } = await startTestBroker()
    await leaveSession(port)
    broker.deliver(lamp.deviceId, down('1'))
    const { client, connack } = await tryLogin(port, lamp)
    expect(connack.sessionPresent).toBe(false)
    expect(await client.settled()).toEqual([])
    expect(broker.deliver(lamp.deviceId, down('2'))).toBe('unsubscribed')
    client.destroy()
    expect((await tryLogin(port, lamp, kept)).connack.sessionPresent).toBe(false)
  })

  it('ends seven days after the device left', async () => {
    const { port, broker, clock } = await startTestBroker()
    await leaveSession(port)
    clock.advance(week - 5_000)
    expect(broker.deliver(lamp.deviceId, down('1'))).toBe('queued')
    clock.advance(10_000)
    expect(broker.deliver(lamp.deviceId, down('2'))).toBe('offline')
    expect((await tryLogin(port, lamp, kept)).connack.sessionPresent).toBe(false)
  })

  it('holds a thousand messages, drops and counts the rest, and drops what has lost its meaning', async () => {
    const { port, broker, clock } = await startTestBroker()
    await leaveSession(port)
    for (let index = 0; index < 1_000; index++)
      expect(broker.deliver(lamp.deviceId, { ...down(String(index)), ...(index < 3 && { expiresAt: clock.now() + 1_000 }) })).toBe('queued')
    expect(broker.deliver(lamp.deviceId, down('one too many'))).toBe('dropped')
    expect(broker.stats().droppedOut).toBe(1)
    clock.advance(2_000)
    const client = await login(port, lamp, kept)
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('3') })
    expect(broker.stats().droppedOut).toBe(4)
  })

  it('is forgotten on demand', async () => {
    const { port, broker } = await startTestBroker()
    await leaveSession(port)
    await broker.forget(lamp.deviceId)
    expect(broker.deliver(lamp.deviceId, down('1'))).toBe('offline')
    await broker.forget(4711)
  })

  it('has no session-present flag in MQTT 3.1', async () => {
    const { port } = await startTestBroker()
    await leaveSession(port)
    const { client, connack } = await tryLogin(port, lamp, { ...kept, version: 3 })
    expect(connack.sessionPresent).toBe(false)
    expect([...client.bytes[0]!]).toEqual([0x20, 2, 0, 0])
  })
})

describe('the session of MQTT 5', () => {
  const five = (properties: object, clean = false) => ({ version: 5 as const, connect: { clean, properties } })

  it('is kept as long as the device asks, from a clean start on', async () => {
    const { port, broker, clock } = await startTestBroker()
    await leaveSession(port, five({ sessionExpiryInterval: 60 }, true))
    expect(broker.deliver(lamp.deviceId, down('1'))).toBe('queued')
    const back = await tryLogin(port, lamp, five({ sessionExpiryInterval: 60 }))
    expect(back.connack.sessionPresent).toBe(true)
    expect(await back.client.next('publish')).toMatchObject({ payload: Buffer.from('1') })
    back.client.destroy()
    await waitFor(() => broker.stats().connections === 0)
    clock.advance(62_000)
    expect(broker.deliver(lamp.deviceId, down('2'))).toBe('offline')
  })

  it('ends with the connection when nothing else is asked for, also one that was kept before', async () => {
    const { port, broker } = await startTestBroker()
    await leaveSession(port, five({}))
    expect(broker.deliver(lamp.deviceId, down('1'))).toBe('offline')
    await leaveSession(port, five({ sessionExpiryInterval: 60 }))
    const resumed = await tryLogin(port, lamp, five({}))
    expect(resumed.connack.sessionPresent).toBe(true)
    resumed.client.send({ cmd: 'disconnect', reasonCode: 0 })
    await resumed.client.closed()
    expect((await tryLogin(port, lamp, five({}))).connack.sessionPresent).toBe(false)
  })

  it('can be shortened by DISCONNECT, but not begun by it', async () => {
    const { port, broker, presence } = await startTestBroker()
    const client = await login(port, lamp, five({ sessionExpiryInterval: 60 }))
    client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } })
    await client.closed()
    expect((await tryLogin(port, lamp, five({ sessionExpiryInterval: 60 }))).connack.sessionPresent).toBe(false)
    const other = await login(port, meter, five({}))
    other.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 60 } })
    expect(await other.next('disconnect')).toMatchObject({ reasonCode: 0x82 })
    await other.closed()
    expect(presence.at(-1)).toBe('offline meter-03 1951')
    expect(broker.stats().connections).toBe(1)
  })

  it('is not flagged as present to Link SDK C 4, which takes that for an error', async () => {
    const { port } = await startTestBroker()
    const sdk = { ...five({ sessionExpiryInterval: 60 }), more: { _v: 'sdk-c-4.2.0', _ss: 1 } }
    await leaveSession(port, sdk)
    const { client, connack } = await tryLogin(port, lamp, sdk)
    expect(connack).toMatchObject({ reasonCode: 0, sessionPresent: false })
    expect(client.bytes[0]![2]).toBe(0)
    client.destroy()
    expect((await tryLogin(port, lamp, { ...kept, more: { _v: 'sdk-c-4.2.0' } })).connack.sessionPresent).toBe(true)
  })
})

describe('sessions in the store', () => {
  it('survive a restart, subscriptions, identifiers and waiting messages alike', async () => {
    const { port, broker, clock, restart } = await startStored()
    const client = await login(port, lamp, { version: 5, connect: { clean: true, properties: { sessionExpiryInterval: 3600 } } })
    client.send({ cmd: 'subscribe', messageId: 1, properties: { subscriptionIdentifier: 9 }, subscriptions: [{ topic: get, qos: 1 }] })
    await client.next('suback')
    client.send({ cmd: 'disconnect', reasonCode: 0 })
    await client.closed()
    broker.deliver(lamp.deviceId, down('1'))
    broker.deliver(lamp.deviceId, { ...down('gone'), expiresAt: clock.now() + 500 })
    broker.deliver(lamp.deviceId, { ...down('2'), expiresAt: clock.now() + 100_000 })
    const second = await restart()
    second.clock.advance(1_000)
    const back = await tryLogin(second.port, lamp, { version: 5, connect: { clean: false, properties: { sessionExpiryInterval: 3600 } } })
    expect(back.connack.sessionPresent).toBe(true)
    expect(await back.client.next('publish')).toMatchObject({ payload: Buffer.from('1'), properties: { subscriptionIdentifier: 9 } })
    expect(await back.client.next('publish')).toMatchObject({ payload: Buffer.from('2'), properties: { messageExpiryInterval: 99, subscriptionIdentifier: 9 } })
    expect(await back.client.settled()).toEqual([])
  })

  it('survive with what was sent and not acknowledged, and without what was', async () => {
    const { port, broker, restart } = await startStored()
    const client = await login(port, lamp, kept)
    for (const payload of ['1', '2', '3'])
      broker.deliver(lamp.deviceId, down(payload, systemTopic(lamp, 'x')))
    const sent = await client.settled()
    client.send({ cmd: 'puback', messageId: sent[1]!.messageId! })
    await client.settled()
    const second = await restart()
    const again = await login(second.port, lamp, kept)
    const resent = await again.settled()
    expect(resent.map(packet => String((packet as { payload: Buffer }).payload))).toEqual(['1', '3'])
    for (const packet of resent)
      again.send({ cmd: 'puback', messageId: packet.messageId! })
    await again.settled()
    await second.broker.flush()
    expect(await second.store.read({ name: 'count', sql: 'SELECT count(*) AS count FROM mqtt_queued' }, [])).toEqual([{ count: 0 }])
  })

  it('leave nothing behind when they end: clean login, expiry, forgotten device, an end without expiry', async () => {
    const { port, broker, clock, store } = await startStored()
    const rows = async () => {
      await broker.flush()
      const [sessions] = await store.read({ name: 'sessions', sql: 'SELECT (SELECT count(*) FROM mqtt_session) AS sessions, (SELECT count(*) FROM mqtt_queued) AS queued' }, [])
      return sessions
    }
    for (const end of [
      async () => (await login(port, lamp)).destroy(),
      async () => clock.advance(week + 2_000),
      async () => broker.forget(lamp.deviceId),
    ]) {
      await leaveSession(port)
      broker.deliver(lamp.deviceId, down('1'))
      expect(await rows()).toEqual({ sessions: 1, queued: 1 })
      await end()
      expect(await rows()).toEqual({ sessions: 0, queued: 0 })
    }
  })

  it('whose time is over when the broker starts are not brought back', async () => {
    const { port, broker, restart, clock } = await startStored()
    await leaveSession(port)
    broker.deliver(lamp.deviceId, down('1'))
    clock.advance(1)
    await broker.close()
    clock.advance(week)
    const second = await restart()
    expect(second.broker.deliver(lamp.deviceId, down('2'))).toBe('offline')
  })

  it('come back in any number', async () => {
    const { store, broker, restart } = await startStored()
    const insert = { name: 'insert', sql: 'INSERT INTO mqtt_session VALUES (?, 1000000, NULL, ?)' }
    const queue = { name: 'queue', sql: 'INSERT INTO mqtt_queued VALUES (?, ?, ?, ?, ?, 0, NULL)' }
    for (let from = 0; from < 2_500; from += 500) {
      await store.write(Array.from({ length: 500 }, (_, index) => from + index + 1).flatMap(id => [
        { statement: insert, params: [id, id === 7 ? '{"broken' : JSON.stringify({ [get]: [1, 0] })] },
        { statement: queue, params: [id, id, get, Buffer.from(String(id)), Number.MAX_SAFE_INTEGER] },
      ]))
    }
    await broker.close()
    const second = await restart()
    expect(second.broker.deliver(2_500, down('x'))).toBe('queued')
    expect(second.broker.deliver(2_501, down('x'))).toBe('offline')
    // A row somebody has edited into nonsense costs its subscriptions, not the start.
    expect(second.broker.deliver(7, down('x'))).toBe('unsubscribed')
    const client = await login(second.port, meter, kept)
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('3') })
  })

  it('are answered for only when they would survive: SUBACK and UNSUBACK wait while the store fails, PING does not', async () => {
    const { store: real, clock } = await openTestStore({ migrations })
    let isFailing = false
    const store: Store = { ...real, write: statements => isFailing ? Promise.reject(new AppError('store/failing', 'The disk is full.')) : real.write(statements) }
    const warnings: string[] = []
    const log = { ...silentLog, warn: (message: string) => warnings.push(message), child: () => log }
    const { port, broker } = await startTestBroker({ store, clock, log })
    const client = await login(port, lamp, kept)
    await broker.flush()
    isFailing = true
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: get, qos: 1 }] })
    client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['/x'] })
    const clean = await login(port, meter)
    clean.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: customTopic(meter, 'get'), qos: 1 }] })
    await clean.next('suback')
    expect(await client.settled()).toEqual([])
    await waitFor(() => warnings.length === 1)
    clock.advance(1_000)
    expect(await client.settled()).toEqual([])
    isFailing = false
    clock.advance(1_000)
    expect(await client.next('suback')).toMatchObject({ messageId: 1 })
    expect(await client.next('unsuback')).toMatchObject({ messageId: 2 })
    expect(warnings).toHaveLength(1)
  })

  it('do not keep the broker from closing while the store fails', async () => {
    const { store: real, clock } = await openTestStore({ migrations })
    const store: Store = { ...real, write: () => Promise.reject(new AppError('store/failing', 'The disk is full.')) }
    const { port, broker } = await startTestBroker({ store, clock })
    await login(port, lamp, kept)
    await broker.close()
  })

  it('do not hang on a statement that the store will never take', async () => {
    const { store: real, clock } = await openTestStore({ migrations: [{ version: 1, name: 'none', sql: 'CREATE TABLE other (x)' }] })
    const store: Store = { ...real, read: async () => [] }
    const errors: string[] = []
    const log = { ...silentLog, error: (message: string) => errors.push(message), child: () => log }
    const { port } = await startTestBroker({ store, clock, log })
    const client = await login(port, lamp, kept)
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: get, qos: 1 }] })
    await client.next('suback')
    expect(errors[0]).toBe('sessions could not be saved')
  })

  it.each([1, 2, 3])('survive kill -9, as everything that was acknowledged does (%i)', async () => {
    const dir = tempFolder()
    const start = async () => {
      const child = startProcess('node', [join(import.meta.dirname, 'broker-child.ts'), dir])
      return { child, port: Number(await child.line(line => /^\d+$/.test(line), { what: 'the port' })) }
    }
    const first = await start()
    const client = await login(first.port, lamp, kept)
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: get, qos: 1 }] })
    await client.next('suback')
    client.destroy()
    // The child delivers to the lamp whatever the meter publishes, and acknowledges when that is safe.
    const sender = await login(first.port, meter)
    for (let id = 1; id <= 20; id++)
      sender.send({ cmd: 'publish', topic: customTopic(meter, 'update'), payload: `m${id}`, qos: 1, messageId: id, dup: false, retain: false })
    for (let id = 1; id <= 20; id++)
      await sender.next('puback')
    await first.child.kill()

    const second = await start()
    const { client: back, connack } = await tryLogin(second.port, lamp, kept)
    expect(connack.sessionPresent).toBe(true)
    const messages = await back.settled()
    expect(messages.map(packet => String((packet as { payload: Buffer }).payload))).toEqual(Array.from({ length: 20 }, (_, index) => `m${index + 1}`))
    for (const packet of messages.slice(0, 5))
      back.send({ cmd: 'puback', messageId: packet.messageId! })
    await back.settled()
    await second.child.kill()

    const third = await start()
    const last = await login(third.port, lamp, kept)
    const rest = (await last.settled()).map(packet => String((packet as { payload: Buffer }).payload))
    expect(rest.slice(-15)).toEqual(Array.from({ length: 15 }, (_, index) => `m${index + 6}`))
    await third.child.stop()
  })
})
