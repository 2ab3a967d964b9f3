import type { Socket } from 'node:net'
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import process from 'node:process'
import { connect as connectTls } from 'node:tls'
import mqttPacket from 'mqtt-packet'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createBroker } from '../../src/engine/broker/broker.ts'
import { openDoor } from '../../src/engine/broker/listen.ts'
import { acceptShared } from '../../src/engine/broker/shared-reading.ts'
import { limits } from '../../src/shared/limits.ts'
import { connectPacket, login, openRaw } from '../support/raw-client.ts'
import { lamp, meter, startTestBroker, systemTopic } from '../support/test-broker.ts'
import { waitFor } from '../support/wait-for.ts'

/** A WebSocket and everything that came over it, taken apart. */
async function openWebSocket(port: number, path = '/mqtt', protocols: string[] = ['mqtt']) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols)
  onTestFinished(() => socket.terminate())
  const packets: mqttPacket.Packet[] = []
  const parser = mqttPacket.parser()
  parser.on('packet', packet => packets.push(packet))
  let closeCode: number | undefined
  socket.on('message', (data: Buffer) => parser.parse(data))
  socket.on('close', (code) => { closeCode = code })
  await once(socket, 'open')
  return { socket, packets, closeCode: () => closeCode }
}

describe('one port', () => {
  it('takes a WebSocket on any path, with packets spread over messages and gathered in one', async () => {
    const { port, publishes, clients, broker } = await startTestBroker()
    const { socket, packets } = await openWebSocket(port, '/any/path?x=1')
    expect(socket.protocol).toBe('mqtt')
    const connect = mqttPacket.generate(connectPacket(lamp))
    socket.send(connect.subarray(0, 1))
    socket.send(connect.subarray(1, 20))
    socket.send(Buffer.concat([connect.subarray(20), ...['1', '2'].map((payload, index) => mqttPacket.generate({ cmd: 'publish', topic: systemTopic(lamp, 'x'), payload, qos: 1, messageId: index + 1, dup: false, retain: false }))]))
    await waitFor(() => packets.length === 3)
    expect(packets.map(({ cmd }) => cmd)).toEqual(['connack', 'puback', 'puback'])
    expect(publishes.map(({ payload }) => payload)).toEqual(['1', '2'])
    expect(clients[0]).toMatchObject({ transport: 'websocket', remoteAddress: '127.0.0.1' })
    expect(broker.deliver(lamp.deviceId, { topic: systemTopic(lamp, 'down'), payload: Buffer.from('d'), qos: 0 })).toBe('sent')
    await waitFor(() => packets.length === 4)
  })

  it('takes a WebSocket that names no subprotocol or an old one', async () => {
    const { port } = await startTestBroker()
    expect((await openWebSocket(port, '/', [])).socket.protocol).toBe('')
    expect((await openWebSocket(port, '/', ['mqttv3.1'])).socket.protocol).toBe('mqttv3.1')
  })

  it('tells the end of a WebSocket, of either side and either kind', async () => {
    const { port, presence, broker } = await startTestBroker()
    for (const end of ['close', 'terminate', 'text'] as const) {
      const { socket, packets, closeCode } = await openWebSocket(port)
      socket.send(mqttPacket.generate(connectPacket(lamp)))
      await waitFor(() => packets.length === 1)
      if (end === 'text')
        socket.send('text')
      else
        socket[end]()
      await waitFor(() => broker.stats().connections === 0)
      if (end === 'text')
        await waitFor(() => closeCode() === 1003)
    }
    expect(presence.filter(entry => entry.startsWith('offline'))).toEqual(Array.from({ length: 3 }).fill('offline lamp-0007 1911'))
    const { socket, packets, closeCode } = await openWebSocket(port)
    socket.send(mqttPacket.generate(connectPacket(lamp)))
    await waitFor(() => packets.length === 1)
    broker.disconnect(lamp.deviceId, { code: 522, message: 'disabled' })
    await waitFor(() => closeCode() === 1000)
  })

  it('pauses a WebSocket too while the store has no room', async () => {
    const { port, publishes, broker } = await startTestBroker()
    const { socket, packets } = await openWebSocket(port)
    socket.send(mqttPacket.generate(connectPacket(lamp)))
    const publish = (payload: string) => socket.send(mqttPacket.generate({ cmd: 'publish', topic: systemTopic(lamp, 'x'), payload, qos: 1, messageId: 1, dup: false, retain: false }))
    publish('1')
    await waitFor(() => packets.length === 2)
    broker.setPressure(true)
    publish('2')
    const other = await login(port, meter)
    await other.settled()
    expect(publishes).toHaveLength(1)
    broker.setPressure(false)
    await waitFor(() => publishes.length === 2)
  })

  it('answers a plain HTTP request with a sentence', async () => {
    const { port } = await startTestBroker()
    const response = await new Promise<{ status: number | undefined, text: string }>((resolve, reject) => {
      get({ port, host: '127.0.0.1', agent: false }, (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (part: string) => { text += part }).on('end', () => resolve({ status: incoming.statusCode, text }))
      }).on('error', reject)
    })
    expect(response.status).toBe(426)
    expect(response.text).toContain('speaks MQTT')
  })

  it('closes a request that never ends, and one that is no HTTP', async () => {
    const { port, clock } = await startTestBroker()
    const slow = await openRaw(port)
    slow.write(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n'))
    const wrong = await openRaw(port)
    wrong.write(Buffer.from('GO AWAY\r\n\r\n'))
    await wrong.closed()
    clock.advance(15_000)
    await slow.closed()
  })

  it('refuses TLS with an alert that the client understands, and says so in the log', async () => {
    const { port, attempts, broker } = await startTestBroker()
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    const [error] = await once(socket, 'error') as [Error & { code: string }]
    expect(error.code).toContain('HANDSHAKE_FAILURE')
    expect(attempts).toMatchObject([{ code: 460, transport: 'tls', remoteAddress: '127.0.0.1', message: expect.stringContaining('TLS is not available') }])
    expect(broker.stats().refusedConnects).toBe(1)
  })

  it('that is taken is refused with a sentence and the reason', async () => {
    const { port } = await startTestBroker()
    await expect(startTestBroker({ port })).rejects.toMatchObject({ code: 'listen/failed', message: `The device port 127.0.0.1:${port} cannot be opened: another program has it.`, details: { reason: 'EADDRINUSE', port } })
    await expect(startTestBroker({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'listen/failed', details: { reason: 'EADDRNOTAVAIL' } })
  })

  it('takes hundreds of devices at once', async () => {
    const { port } = await startTestBroker()
    const sockets = await Promise.all(Array.from({ length: 400 }, () => openRaw(port)))
    for (const socket of sockets)
      socket.destroy()
    await login(port, lamp)
  })
})

describe('the door itself', () => {
  const ignore = () => {}
  const options = { host: '127.0.0.1', port: 0, openConnections: () => 0, onTcp: () => ({ receive: ignore }), onWebSocket: ignore, onTls: ignore, onTooMany: ignore }

  it('turns the next one away when as many connections are open as may be', async () => {
    const turnedAway: string[] = []
    const door = await openDoor({ ...options, openConnections: () => limits.connectionsMax, onTooMany: socket => turnedAway.push(socket.remoteAddress ?? '') })
    onTestFinished(() => door.close())
    await (await openRaw(door.address.port)).closed()
    expect(turnedAway).toEqual(['127.0.0.1'])
  })

  it('closes the socket of a TLS client that does not take the refusal', async () => {
    const sockets: Socket[] = []
    const door = await openDoor({ ...options, onTls: socket => sockets.push(socket) })
    onTestFinished(() => door.close())
    const client = connect({ port: door.address.port, host: '127.0.0.1', allowHalfOpen: true })
    onTestFinished(() => { client.destroy() })
    client.on('error', ignore).write(Buffer.from([0x16, 3, 1, 0, 5]))
    await waitFor(() => sockets.length === 1)
    for (let look = 0; look < 10; look++)
      door.look()
    expect(sockets[0]!.destroyed).toBe(false)
    door.look()
    expect(sockets[0]!.destroyed).toBe(true)
  })
})

describe('closing the broker', () => {
  it('may be asked for twice, and takes nobody in afterwards', async () => {
    const { broker, port } = await startTestBroker()
    await openWebSocket(port)
    const half = await openRaw(port)
    half.write(Buffer.from('GET / HTTP/1.1\r\n'))
    await Promise.all([broker.close(), broker.close()])
    await half.closed()
    await expect(openRaw(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('reading without a buffer for each read', () => {
  it('falls back to ordinary chunks where Node keeps its connections to itself', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => { server.close() })
    const got: string[] = []
    // What a Node that hides them would look like from here.
    const closedServer = new Proxy(server, {
      get(target, name) {
        const value = name === '_handle' ? undefined : Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    acceptShared(closedServer, ({ handTo }) => handTo({ receive: (bytes, length) => got.push(bytes.toString('latin1', 0, length)) }))
    const client = await openRaw((server.address() as { port: number }).port)
    client.write(Buffer.from('hello'))
    await waitFor(() => got.join('') === 'hello')
    client.destroy()
  })

  it('is what this Node does', async () => {
    const buffers = new Set<ArrayBufferLike>()
    const { port } = await startTestBroker({ hooks: { onPublish: (_client, { payload }, _refusal, acknowledge) => {
      buffers.add(payload.buffer)
      acknowledge()
    } } })
    for (const who of [lamp, meter]) {
      const client = await login(port, who)
      client.send({ cmd: 'publish', topic: systemTopic(who, 'x'), payload: 'x', qos: 1, messageId: 1, dup: false, retain: false })
      await client.next('puback')
    }
    expect(buffers.size, `Node ${process.version} keeps its connections to itself`).toBe(1)
  })
})

it('needs no store, no seam and no devices to start', async () => {
  const nothing = () => {}
  const hooks = { findDevice: () => undefined, onConnectAttempt: nothing, onOnline: nothing, onOffline: nothing, onPublish: nothing, onSubscribe: nothing, onUnsubscribe: nothing }
  const { clock } = await startTestBroker()
  const broker = await createBroker({ host: '127.0.0.1', port: 0, clock, log: { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => { throw new Error('no child is needed') } }, hooks })
  expect(broker.address.port).toBeGreaterThan(0)
  await broker.close()
})
