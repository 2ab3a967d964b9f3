import { parser } from 'mqtt-packet'
import { expect, it } from 'vitest'
import { encodeConnect, encodeSubscribe } from '../../../../src/engine/fleet/connect-packet.ts'

// The sample identity and signature of the protocol reference, checked there against the official client.
const device = { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007', deviceSecret: '3f9c0d1e5b7a48269c11d2e4f6a8b0c2' }

function decode(bytes: ReturnType<typeof encodeConnect>): object {
  let packet: object = {}
  parser({ protocolVersion: 4 }).on('packet', (got) => { packet = got }).parse(bytes)
  return packet
}

it('signs CONNECT with HMAC-SHA256 over client id, names and timestamp', () => {
  const packet = decode(encodeConnect(device, { tls: false, version: '1.2.3' })) as { password: Uint8Array }
  expect(packet).toMatchObject({
    cmd: 'connect',
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    clientId: 'a1Xk29TzQ7b.lamp-0007|timestamp=2524608000000,securemode=3,signmethod=hmacsha256,_ss=1,_v=thingbench-1.2.3,ext=3|',
    username: 'lamp-0007&a1Xk29TzQ7b',
  })
  expect(packet.password.toString().toUpperCase()).toBe('4AD5B94FC1F926FFB8F9E73383DF6EE1C3795677C455284B5B33659AF85C2451')
})

it('says securemode 2 over TLS', () => {
  expect(decode(encodeConnect(device, { tls: true, version: '1' }))).toMatchObject({ clientId: expect.stringContaining('securemode=2') })
})

it('subscribes to the replies to property posts with QoS 1', () => {
  expect(decode(encodeSubscribe(['a/b', 'a/#']))).toMatchObject({ cmd: 'subscribe', messageId: 0xFFFF, subscriptions: [{ topic: 'a/b', qos: 1 }, { topic: 'a/#', qos: 1 }] })
})
