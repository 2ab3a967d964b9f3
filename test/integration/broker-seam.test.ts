import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { connectPacket, login, openRaw, tryLogin } from '../support/raw-client.ts'
import { lamp, startTestBroker, systemTopic } from '../support/test-broker.ts'

describe('the packet seam', () => {
  it('sees every control packet of a connection, both ways, from CONNECT to DISCONNECT', async () => {
    const seen: string[] = []
    const { port, broker } = await startTestBroker({
      seam: { onPacket: (client, direction, kind, frame) => seen.push(`${client?.device.deviceName ?? '-'} ${direction} ${kind} ${frame[0]!.toString(16)}`) },
    })
    const client = await login(port, lamp, { version: 5 })
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: systemTopic(lamp, '#'), qos: 1 }] })
    await client.next('suback')
    client.send({ cmd: 'publish', topic: systemTopic(lamp, 'x'), payload: 'x', qos: 1, messageId: 2, dup: false, retain: false })
    await client.next('puback')
    broker.deliver(lamp.deviceId, { topic: systemTopic(lamp, 'y'), payload: Buffer.from('y'), qos: 1 })
    client.send({ cmd: 'puback', messageId: (await client.next('publish')).messageId! })
    await client.settled()
    broker.disconnect(lamp.deviceId, { code: 522, message: 'disabled' })
    await client.closed()
    expect(seen).toEqual([
      '- up connect 10',
      'lamp-0007 down connack 20',
      'lamp-0007 up subscribe 82',
      'lamp-0007 down suback 90',
      'lamp-0007 up publish 32',
      'lamp-0007 down puback 40',
      'lamp-0007 down publish 32',
      'lamp-0007 up puback 40',
      'lamp-0007 up pingreq c0',
      'lamp-0007 down pingresp d0',
      'lamp-0007 down disconnect e0',
    ])
  })

  it('sees a refusal too, which belongs to nobody', async () => {
    const seen: string[] = []
    const { port } = await startTestBroker({ seam: { onPacket: (client, direction, kind) => seen.push(`${client === null} ${direction} ${kind}`) } })
    await tryLogin(port, { ...lamp, deviceSecret: 'wrong' })
    expect(seen).toEqual(['true up connect', 'true down connack'])
  })

  it('can lose, repeat and damage what is sent to a device', async () => {
    let fault: 'lose' | 'repeat' | 'damage' | undefined
    const { port, broker } = await startTestBroker({
      seam: { onSend: (_client, kind, frame) => {
        if (kind !== 'publish')
          return undefined
        if (fault === 'damage') {
          const damaged = Buffer.from(frame)
          damaged[damaged.length - 1] = 0x21
          return [damaged]
        }
        return fault === 'lose' ? [] : fault === 'repeat' ? [frame, frame] : undefined
      } },
    })
    const client = await login(port, lamp, { connect: { clean: false } })
    const deliver = (payload: string) => broker.deliver(lamp.deviceId, { topic: systemTopic(lamp, 'x'), payload: Buffer.from(payload), qos: 1 })
    fault = 'lose'
    expect(deliver('lost')).toBe('sent')
    expect(await client.settled()).toEqual([])
    fault = 'repeat'
    deliver('twice')
    expect((await client.settled()).map(packet => packet.messageId)).toEqual([2, 2])
    fault = 'damage'
    deliver('right')
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('righ!') })
    // What was lost comes again with the next connection, as after a loss on the way.
    fault = undefined
    const again = await openRaw(port)
    again.send(connectPacket(lamp, { connect: { clean: false } }))
    await again.next('connack')
    expect(await again.next('publish')).toMatchObject({ payload: Buffer.from('lost'), dup: true })
  })
})
