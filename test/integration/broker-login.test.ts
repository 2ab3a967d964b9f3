import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { connectPacket, login, openRaw, tryLogin } from '../support/raw-client.ts'
import { device, disabledLamp, lamp, meter, startTestBroker, systemTopic } from '../support/test-broker.ts'
import { waitFor } from '../support/wait-for.ts'

describe('logging in', () => {
  it.each([3, 4, 5] as const)('lets a device in that speaks MQTT level %i, with every signing method, with and without a timestamp', async (version) => {
    const { port, presence, attempts } = await startTestBroker()
    for (const method of ['hmacmd5', 'hmacsha1', 'hmacsha256'] as const) {
      for (const timestamp of [undefined, 2524608000000, 'garbage']) {
        const client = await login(port, lamp, { version, method, ...(timestamp !== undefined && { timestamp }) })
        client.send({ cmd: 'disconnect', reasonCode: 0 })
        await client.closed()
      }
    }
    expect(new Set(presence)).toEqual(new Set(['online lamp-0007', 'offline lamp-0007 200']))
    expect(attempts).toHaveLength(9)
    expect(attempts[0]).toMatchObject({ code: 200, message: '', productKey: lamp.productKey, deviceName: lamp.deviceName, deviceId: 7, transport: 'tcp', remoteAddress: '127.0.0.1' })
  })

  it('signs with HMAC-MD5 when the client id names no method, and takes upper-case hexadecimal', async () => {
    const { port } = await startTestBroker()
    const packet = connectPacket(lamp, { method: 'hmacmd5' })
    const client = await openRaw(port)
    client.send({ ...packet, clientId: packet.clientId.replace(',signmethod=hmacmd5', ''), password: Buffer.from(String(packet.password).toUpperCase()) })
    expect(await client.next('connack')).toMatchObject({ returnCode: 0 })
  })

  it('reads a client id as the old Node SDK writes it, with line breaks, and one with an empty id', async () => {
    const { port } = await startTestBroker()
    const packet = connectPacket(lamp, { method: 'hmacsha1', timestamp: 1 })
    const spread = await openRaw(port)
    spread.send({ ...packet, clientId: packet.clientId.replaceAll(',', ',\n        ') })
    expect(await spread.next('connack')).toMatchObject({ returnCode: 0 })
    await login(port, lamp, { id: '' })
  })

  it('shows the hooks what the client id says', async () => {
    const { port, clients } = await startTestBroker()
    await login(port, lamp, { more: { _ss: 1, ext: 3, _v: 'sdk-c-4.2.0' } })
    expect(clients[0]).toMatchObject({ protocolVersion: 4, keepaliveSec: 60, clean: true, transport: 'tcp', device: lamp })
    expect(Object.fromEntries(clients[0]!.parameters)).toEqual({ securemode: '3', signmethod: 'hmacsha256', _ss: '1', ext: '3', _v: 'sdk-c-4.2.0' })
  })

  const cases = [
    ['an unknown device', device(1, 'nobody'), {}, 6100, 4, 0x86],
    ['a wrong secret', { ...lamp, deviceSecret: 'wrong' }, {}, 6287, 4, 0x86],
    ['a disabled device', disabledLamp, {}, 522, 5, 0x87],
    ['a client id without parameters', lamp, { clientId: 'plain' }, 460, 2, 0x85],
    ['a client id of 65 characters', lamp, { clientId: `${'x'.repeat(65)}|securemode=3|` }, 460, 2, 0x85],
    ['an unknown signing method', lamp, { clientId: 'x|securemode=3,signmethod=rot13|' }, 460, 2, 0x85],
    ['dynamic registration', lamp, { clientId: 'x|securemode=2,authType=register,random=1,signmethod=hmacsha256|' }, 460, 2, 0x85],
    ['a login with a token nobody gave', lamp, { clientId: 'x|securemode=-2,authType=connwl|' }, 2043, 4, 0x86],
    ['a user name of another form', lamp, { username: 'lamp-0007' }, 460, 4, 0x86],
    ['a keep-alive of 0', lamp, { keepalive: 0 }, 460, 2, 0x82],
    ['a keep-alive of 29 s', lamp, { keepalive: 29 }, 460, 2, 0x82],
    ['a keep-alive of 1201 s', lamp, { keepalive: 1201 }, 460, 2, 0x82],
  ] as const

  it.each(cases)('refuses %s with the platform\'s code and closes', async (_what, who, connect, code, returnCode, reasonCode) => {
    const { port, attempts, presence, broker } = await startTestBroker()
    const old = await tryLogin(port, who, { connect })
    expect(old.connack.returnCode).toBe(returnCode)
    await old.client.closed()
    const five = await tryLogin(port, who, { version: 5, connect })
    expect(five.connack.reasonCode).toBe(reasonCode)
    await five.client.closed()
    expect(attempts.map(attempt => attempt.code)).toEqual([code, code])
    expect(attempts[0]!.message).toMatch(/\.$|clientId/)
    expect(presence).toEqual([])
    expect(broker.stats()).toMatchObject({ connections: 0, refusedConnects: 2 })
  })

  it('takes a keep-alive at both ends of its range', async () => {
    const { port } = await startTestBroker()
    await login(port, lamp, { connect: { keepalive: 30 } })
    await login(port, meter, { connect: { keepalive: 1200 } })
  })

  it('tells what was to be signed and how the signatures begin, but no signature as a whole', async () => {
    const { port, attempts } = await startTestBroker()
    await tryLogin(port, lamp, { timestamp: 5, connect: { password: Buffer.from('00112233445566778899') } })
    const { message } = attempts[0]!
    expect(message).toContain('clientIda1Xk29TzQ7b.lamp-0007deviceNamelamp-0007productKeya1Xk29TzQ7btimestamp5')
    expect(message).toContain('00112233… (20 characters)')
    expect(message).toMatch(/expected [0-9a-f]{8}… \(64 characters\)/)
    await tryLogin(port, lamp, { connect: { username: undefined, password: undefined } as never })
    expect(attempts[1]!.message).toContain('none came')
  })

  it.each([
    ['MQTT', 3, [0x20, 2, 0, 1]],
    ['MQTT', 0x84, [0x20, 2, 0, 1]],
    ['MQIsdp', 4, [0x20, 2, 0, 1]],
    ['MQTT', 6, [0x20, 3, 0, 0x84, 0]],
  ])('answers protocol %s in level %i with a CONNACK that says so', async (name, level, answer) => {
    const { port, attempts } = await startTestBroker()
    const client = await openRaw(port)
    const body = Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([level, 2, 0, 60, 0, 1, 0x78])])
    client.write(Buffer.concat([Buffer.from([0x10, body.length]), body]))
    await client.closed()
    expect([...Buffer.concat(client.bytes)]).toEqual(answer)
    expect(attempts).toMatchObject([{ code: 460 }])
  })

  it('falls back as Paho does: a refused MQTT 3.1.1 is followed by a CONNECT of MQTT 3.1', async () => {
    const { port } = await startTestBroker()
    const client = await login(port, lamp, { version: 3 })
    expect([...client.bytes[0]!]).toEqual([0x20, 2, 0, 0])
  })

  it('announces to MQTT 5 what it can do, and a session shorter than asked for', async () => {
    const { port } = await startTestBroker()
    const { connack } = await tryLogin(port, lamp, { version: 5, connect: { properties: { sessionExpiryInterval: 0xFFFFFFFF } } })
    expect(connack).toMatchObject({ reasonCode: 0, sessionPresent: false })
    expect(connack.properties).toEqual({
      sessionExpiryInterval: 7 * 24 * 3600,
      receiveMaximum: 100,
      maximumQoS: 1,
      retainAvailable: false,
      maximumPacketSize: 256 * 1024,
      topicAliasMaximum: 20,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: true,
      sharedSubscriptionAvailable: false,
    })
    const short = await tryLogin(port, lamp, { version: 5, connect: { properties: { sessionExpiryInterval: 60 } } })
    expect(short.connack.properties).not.toHaveProperty('sessionExpiryInterval')
  })

  it.each([
    ['extended authentication', { authenticationMethod: 'SCRAM' }, 0x8C],
    ['a Receive Maximum of 0', { receiveMaximum: 0 }, 0x82],
    ['a Maximum Packet Size of 0', { maximumPacketSize: 0 }, 0x82],
  ])('refuses an MQTT 5 CONNECT with %s', async (_what, properties, reasonCode) => {
    const { port } = await startTestBroker()
    const { connack } = await tryLogin(port, lamp, { version: 5, connect: { properties } })
    expect(connack.reasonCode).toBe(reasonCode)
  })

  it('ignores a will', async () => {
    const { port, publishes, presence } = await startTestBroker()
    const client = await login(port, lamp, { connect: { will: { topic: systemTopic(lamp, 'x'), payload: Buffer.from('gone'), qos: 0, retain: false } } })
    client.destroy()
    await waitFor(() => presence.length === 2)
    expect(publishes).toEqual([])
  })
})

describe('one identity, one connection', () => {
  it('closes the first connection before the second gets its CONNACK, and tells the hooks in that order', async () => {
    const { port, presence, clients } = await startTestBroker()
    const first = await login(port, lamp)
    const second = await login(port, lamp)
    expect(presence).toEqual(['online lamp-0007', 'offline lamp-0007 427', 'online lamp-0007'])
    expect(clients[1]!.connectionId).toBeGreaterThan(clients[0]!.connectionId)
    await first.closed()
    expect(first.packets).toHaveLength(1)
    expect(await second.settled()).toEqual([])
  })

  it('tells MQTT 5 that its session was taken over', async () => {
    const { port } = await startTestBroker()
    const first = await login(port, lamp, { version: 5 })
    await login(port, lamp, { version: 5 })
    expect(await first.next('disconnect')).toMatchObject({ reasonCode: 0x8E })
    await first.closed()
  })

  it('keeps the second when the first goes away afterwards', async () => {
    const { port, presence, broker } = await startTestBroker()
    const first = await login(port, lamp)
    const second = await login(port, lamp)
    first.destroy()
    expect(await second.settled()).toEqual([])
    expect(broker.clientOf(lamp.deviceId)).toBeDefined()
    expect(presence.filter(entry => entry.startsWith('offline'))).toEqual(['offline lamp-0007 427'])
  })

  it('is not taken over by a login that fails', async () => {
    const { port, presence } = await startTestBroker()
    const first = await login(port, lamp)
    await tryLogin(port, { ...lamp, deviceSecret: 'wrong' })
    expect(await first.settled()).toEqual([])
    expect(presence).toEqual(['online lamp-0007'])
  })
})

describe('going offline', () => {
  it('tells a DISCONNECT from a connection that broke', async () => {
    const { port, presence } = await startTestBroker()
    const polite = await login(port, lamp)
    polite.send({ cmd: 'disconnect' })
    await polite.closed()
    const rude = await login(port, meter)
    rude.socket.end()
    await waitFor(() => presence.length === 4)
    const ruder = await login(port, meter)
    ruder.socket.resetAndDestroy()
    await waitFor(() => presence.length === 6)
    expect(presence).toEqual(['online lamp-0007', 'offline lamp-0007 200', 'online meter-03', 'offline meter-03 1911', 'online meter-03', 'offline meter-03 1911'])
  })

  it('closes a connection on which nothing comes for one and a half times its keep-alive', async () => {
    const { port, presence, clock } = await startTestBroker()
    const silent = await login(port, lamp, { connect: { keepalive: 30 } })
    const five = await login(port, meter, { version: 5, connect: { keepalive: 40 } })
    clock.advance(44_000)
    expect(await five.settled()).toEqual([])
    clock.advance(2_000)
    await silent.closed()
    expect(presence.at(-1)).toBe('offline lamp-0007 1910')
    clock.advance(60_000)
    expect(await five.next('disconnect')).toMatchObject({ reasonCode: 0x8D })
    expect(presence.at(-1)).toBe('offline meter-03 1910')
  })

  it('counts any packet as a sign of life', async () => {
    const { port, presence, clock } = await startTestBroker()
    const client = await login(port, lamp, { connect: { keepalive: 30 } })
    for (const packet of [
      { cmd: 'publish', topic: systemTopic(lamp, 'thing/event/property/post'), payload: '{}', qos: 1, messageId: 1, dup: false, retain: false },
      { cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: systemTopic(lamp, '#'), qos: 0 }] },
      { cmd: 'puback', messageId: 9 },
    ] as const) {
      clock.advance(40_000)
      client.send(packet as never)
      await client.settled()
    }
    expect(presence).toEqual(['online lamp-0007'])
  })

  it('closes a connection that sends no CONNECT in time, and one that never finishes it', async () => {
    const { port, clock, broker } = await startTestBroker()
    const mute = await openRaw(port)
    const halting = await openRaw(port)
    halting.write(Buffer.from([0x10]))
    const other = await login(port, lamp)
    await other.settled()
    clock.advance(12_000)
    await mute.closed()
    await halting.closed()
    expect(await other.settled()).toEqual([])
    expect(broker.stats().connections).toBe(1)
  })

  it('takes the device off line when asked to, with the reason given', async () => {
    const { port, broker, presence } = await startTestBroker()
    const client = await login(port, lamp, { version: 5 })
    broker.disconnect(lamp.deviceId, { code: 522, message: 'The device was disabled.' })
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x98 })
    await client.closed()
    expect(presence.at(-1)).toBe('offline lamp-0007 522')
    broker.disconnect(lamp.deviceId, { code: 522, message: 'again' })
    expect(presence).toHaveLength(2)
  })

  it('says goodbye to everybody when it stops, and leaves nothing open', async () => {
    const { port, broker, presence } = await startTestBroker()
    const five = await login(port, lamp, { version: 5 })
    const four = await login(port, meter)
    const mute = await openRaw(port)
    await broker.close()
    expect(await five.next('disconnect')).toMatchObject({ reasonCode: 0x8B })
    await Promise.all([five.closed(), four.closed(), mute.closed()])
    expect(presence.slice(2)).toEqual(['offline lamp-0007 200', 'offline meter-03 200'])
  })
})
