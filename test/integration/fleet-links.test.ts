import type { Packet } from 'mqtt-packet'
import type { FleetStart } from '../../src/engine/fleet/messages.ts'
import type { ScriptedBroker, ScriptedBrokerOptions } from '../support/scripted-broker.ts'
import type { TestFleet } from '../support/simulated-fleet.ts'
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFastClock } from '../support/fast-clock.ts'
import { replyTo, startScriptedBroker } from '../support/scripted-broker.ts'
import { certificates, startFleet } from '../support/simulated-fleet.ts'
import { waitFor } from '../support/wait-for.ts'

async function startBroker(options: ScriptedBrokerOptions = {}): Promise<ScriptedBroker> {
  const broker = await startScriptedBroker(options)
  onTestFinished(() => broker.close())
  return broker
}

const allOnline = (fleet: TestFleet, count: number) => () => fleet.counters().online === count
function refuseWith(returnCode: number) {
  return (packet: Packet, client: { send: (packet: Packet) => void }): boolean => {
    if (packet.cmd !== 'connect')
      return false
    client.send({ cmd: 'connack', returnCode, sessionPresent: false })
    return true
  }
}

describe('links that come and go', () => {
  it('come back by themselves after the broker was restarted, with back-off, and report on', async () => {
    const first = await startScriptedBroker()
    const fleet = startFleet(first, { devices: certificates(20), intervalMs: 1000 }, createFastClock(10))
    await waitFor(allOnline(fleet, 20))
    await first.close()
    await waitFor(() => fleet.cells().every(cell => cell === 'offline' || cell === 'failed'))
    const second = await startBroker({ port: first.port })
    await waitFor(allOnline(fleet, 20))
    await waitFor(() => second.packets('publish').length >= 40)
    // Which of the two it is depends on whether a report was on its way.
    const { 'the broker closed the connection': closed = 0, 'the connection was reset': reset = 0 } = fleet.errors()
    expect(closed + reset).toBe(20)
    expect(fleet.counters().everOnline).toBe(20)
  })

  it('say that nothing listens, and connect when something does', async () => {
    const gone = await startScriptedBroker()
    await gone.close()
    const fleet = startFleet(gone, {}, createFastClock(10))
    await waitFor(() => fleet.cells().every(cell => cell === 'failed'))
    expect(Object.keys(fleet.errors())).toEqual([`nothing listens at 127.0.0.1:${gone.port}`])
    await startBroker({ port: gone.port })
    await waitFor(allOnline(fleet, 3))
  })

  it('that are refused say why and try again only after long', async () => {
    const broker = await startBroker({ script: refuseWith(4) })
    const fleet = startFleet(broker, {}, createFastClock(60))
    await waitFor(() => fleet.cells().every(cell => cell === 'refused'))
    expect(fleet.errors()).toEqual({ 'CONNECT refused by the broker: code 4 (wrong user name or password)': 3 })
    expect(broker.clients).toHaveLength(3)
    await waitFor(() => broker.clients.length === 6)
  })

  it('that are turned away because the server is unavailable count as failed and try again soon', async () => {
    let isBusy = true
    const broker = await startBroker({ script: (packet, client) => isBusy && refuseWith(3)(packet, client) })
    const fleet = startFleet(broker, {}, createFastClock(10))
    await waitFor(() => fleet.cells().every(cell => cell === 'failed'))
    isBusy = false
    await waitFor(allOnline(fleet, 3))
  })

  it('that get no answer to CONNECT are given up', async () => {
    const broker = await startBroker({ script: packet => packet.cmd === 'connect' })
    const fleet = startFleet(broker, {}, createFastClock(100))
    await waitFor(() => (fleet.errors()['no answer to CONNECT within 10 s'] ?? 0) >= 3)
  })

  it('that are answered with something else, or with nonsense, are closed', async () => {
    const answers: (Packet | Buffer)[] = [{ cmd: 'pingresp' }, Buffer.from([0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]
    const broker = await startBroker({
      script(packet, client) {
        const answer = answers[broker.clients.indexOf(client)]
        if (packet.cmd !== 'connect' || answer === undefined)
          return false
        if (Buffer.isBuffer(answer))
          client.socket.write(answer)
        else
          client.send(answer)
        return true
      },
    })
    const fleet = startFleet(broker, {}, createFastClock(10))
    await waitFor(allOnline(fleet, 3))
    expect(fleet.errors()).toMatchObject({ 'the broker answered CONNECT with something else': expect.any(Number), 'the broker sent a malformed packet': 1 })
    expect(Object.values(fleet.errors()).reduce((sum, count) => sum + count)).toBe(3)
  })

  it('that are closed before CONNACK say so', async () => {
    const broker = await startBroker({
      script(_packet, client) {
        client.socket.end()
        return true
      },
    })
    const fleet = startFleet(broker)
    await waitFor(() => fleet.cells().every(cell => cell === 'failed'))
    expect(fleet.errors()).toEqual({ 'the broker closed the connection before it answered CONNECT': 3 })
  })

  it('open no faster than asked, and no more at once than the window holds', async () => {
    let open = 0
    let openMost = 0
    const waiting: (() => void)[] = []
    const broker = await startBroker({
      script(packet, client) {
        if (packet.cmd !== 'connect')
          return false
        openMost = Math.max(openMost, ++open)
        waiting.push(() => {
          open--
          client.send({ cmd: 'connack', returnCode: 0, sessionPresent: false })
        })
        return true
      },
    })
    const fleet = startFleet(broker, { devices: certificates(50), handshakesMax: 7, connectPerSec: 20_000 })
    await waitFor(() => {
      if (open === Math.min(7, 50 - fleet.counters().everOnline))
        waiting.splice(0).forEach(answer => answer())
      return fleet.counters().online === 50
    })
    expect(openMost).toBe(7)
  })

  it('use TLS with an authority of the user\'s own, and say what is wrong without it', async () => {
    const tls = { key: readFileSync('test/fixtures/tls/localhost.key.pem', 'utf8'), cert: readFileSync('test/fixtures/tls/localhost.cert.pem', 'utf8') }
    const broker = await startBroker({ tls })
    const over = (caPem: string | null): Partial<FleetStart> => ({ broker: { host: 'localhost', port: broker.port, tls: { caPem, verify: true } } })
    const trusting = startFleet(broker, over(tls.cert))
    await waitFor(() => trusting.counters().acknowledged > 3)
    expect(broker.clients[0]!.clientId).toContain('securemode=2')
    const strict = startFleet(broker, over(null))
    await waitFor(() => strict.cells().every(cell => cell === 'failed'))
    expect(Object.keys(strict.errors())).toEqual(['the TLS connection failed (DEPTH_ZERO_SELF_SIGNED_CERT)'])
  })

  it('say when the broker\'s name means nothing', async () => {
    const fleet = startFleet({ host: 'no-such-host.invalid', port: 1883 })
    await waitFor(() => Object.keys(fleet.errors())[0]?.startsWith('the name no-such-host.invalid cannot be resolved'), { timeoutMs: 18_000 })
    expect(fleet.cells()).toEqual(['idle', 'idle', 'idle'])
  })

  it('send a sign of life when they have nothing to say, and are given up when none comes back', async () => {
    let answersPings = true
    const broker = await startBroker({ script: packet => packet.cmd === 'pingreq' && !answersPings })
    const fleet = startFleet(broker, { devices: certificates(2), intervalMs: 86_400_000 }, createFastClock(200))
    await waitFor(() => broker.packets('pingreq').length >= 6)
    expect(fleet.counters().online).toBe(2)
    expect(fleet.errors()).toEqual({})
    answersPings = false
    await waitFor(() => (fleet.errors()['no answer to PINGREQ within 60 s'] ?? 0) >= 2)
  })
})

describe('a kicked device', () => {
  it('stays away until it is woken, while the others come back', async () => {
    const broker = await startBroker()
    const fleet = startFleet(broker, {}, createFastClock(10))
    await waitFor(allOnline(fleet, 3))
    broker.clients.forEach(client => client.socket.destroy())
    await waitFor(() => fleet.cells().every(cell => cell === 'offline'))
    fleet.kicked(1)
    await waitFor(() => fleet.counters().online === 2)
    expect(fleet.cells()).toEqual(['online', 'swapped', 'online'])
    fleet.wake(1)
    await waitFor(allOnline(fleet, 3))
  })

  it('stays away too when the news comes before the end of its link', async () => {
    const broker = await startBroker()
    const fleet = startFleet(broker)
    await waitFor(allOnline(fleet, 3))
    fleet.kicked(0)
    broker.clients.find(client => client.clientId.includes('sim-0001'))!.socket.destroy()
    await waitFor(() => fleet.cells()[0] === 'swapped')
    expect(fleet.errors()).toEqual({ 'swapped: another client logged in as the device': 1 })
  })

  it('is none when its link goes on: it has only replaced its own old one', async () => {
    const broker = await startBroker()
    const fleet = startFleet(broker, {}, createFastClock(50))
    await waitFor(allOnline(fleet, 3))
    fleet.kicked(0)
    const { published } = fleet.counters()
    await waitFor(() => fleet.counters().published > published + 200)
    broker.clients.forEach(client => client.socket.destroy())
    await waitFor(allOnline(fleet, 3))
  })
})

describe('reports', () => {
  it('are left out and counted while the socket is full, and none of them waits in memory', async () => {
    const broker = await startBroker({
      script(packet, client) {
        if (packet.cmd === 'connect')
          client.socket.pause()
        return false
      },
    })
    const model: FleetStart['model'] = {
      profile: {},
      properties: [{ identifier: 'Note', name: 'Note', accessMode: 'r', required: false, dataType: { type: 'text', length: 10_240 } }],
      events: [],
      services: [],
    }
    const fleet = startFleet(broker, { devices: certificates(1), qos: 0, intervalMs: 1, model, behaviours: { Note: { kind: 'constant', value: 'x'.repeat(10_240) } } })
    await waitFor(() => fleet.counters().skipped > 100)
    const { published, skipped } = fleet.counters()
    broker.clients[0]!.socket.resume()
    await waitFor(() => fleet.counters().published > published + 50)
    expect(skipped).toBeGreaterThan(100)
    expect(fleet.counters().online).toBe(1)
  })

  it('are left out and counted while 32 of a device are not acknowledged', async () => {
    const held: (() => void)[] = []
    const broker = await startBroker({
      script(packet, client) {
        if (packet.cmd !== 'publish')
          return false
        held.push(() => client.send({ cmd: 'puback', messageId: packet.messageId! }))
        return true
      },
    })
    const fleet = startFleet(broker, { devices: certificates(2), intervalMs: 1 })
    await waitFor(() => fleet.counters().skipped > 20)
    expect(fleet.counters()).toMatchObject({ published: 64, acknowledged: 0 })
    held.splice(0, 10).forEach(acknowledge => acknowledge())
    await waitFor(() => fleet.counters().published >= 74)
    expect(fleet.counters().acknowledged).toBe(10)
  })

  it('that are never acknowledged are waited for at the end, but not for ever', async () => {
    const broker = await startBroker({ script: packet => packet.cmd === 'publish' })
    const fleet = startFleet(broker, { durationMs: 100 }, createFastClock(50))
    await waitFor(() => fleet.counters().published === 3)
    await fleet.finish()
    expect(fleet.counters()).toMatchObject({ publishedQos1: 3, acknowledged: 0, online: 3 })
  })

  it('count the platform\'s replies, and the refused ones by code', async () => {
    const broker = await startBroker({
      script(packet, client) {
        if (packet.cmd !== 'publish')
          return false
        client.send({ cmd: 'puback', messageId: packet.messageId! })
        client.send(replyTo(packet, client.clientId.includes('sim-0002') ? 460 : 200))
        return true
      },
    })
    const fleet = startFleet(broker, { intervalMs: 200, durationMs: 1000 })
    await waitFor(() => fleet.hasEnded())
    await fleet.finish()
    expect(fleet.counters()).toMatchObject({ published: 15, acknowledged: 15, replied: 15, repliedRefused: 5 })
    expect(fleet.errors()).toEqual({ 'report refused by the platform: code 460': 5 })
  })

  it('acknowledge a QoS 1 message of the platform', async () => {
    const broker = await startBroker({
      script(packet, client) {
        if (packet.cmd === 'publish')
          client.send({ ...replyTo(packet), qos: 1, messageId: 77 } as Packet)
        return false
      },
    })
    startFleet(broker, { devices: certificates(1) })
    expect((await waitFor(() => broker.packets('puback')[0])).messageId).toBe(77)
  })

  it('subscribe to replies and commands only where that is asked for', async () => {
    const broker = await startBroker()
    const quiet = startFleet(broker, { devices: certificates(1) })
    await waitFor(() => quiet.counters().acknowledged > 1)
    expect(broker.packets('subscribe')).toEqual([])
    startFleet(broker, { devices: certificates(1, 1), subscribe: true })
    const [subscribe] = await waitFor(() => broker.packets('subscribe').length > 0 && broker.packets('subscribe'))
    expect(subscribe!.subscriptions.map(({ topic }) => topic)).toEqual([
      '/sys/a1Xk29TzQ7b/sim-0002/thing/event/property/post_reply',
      '/sys/a1Xk29TzQ7b/sim-0002/thing/service/#',
      '/sys/a1Xk29TzQ7b/sim-0002/rrpc/request/+',
    ])
  })
})
