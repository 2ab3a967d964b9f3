import type { IConnectPacket } from 'mqtt-packet'
import type { BrokerDevice } from '../../../../src/engine/broker/types.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { admit } from '../../../../src/engine/broker/admission.ts'

const device: BrokerDevice = { deviceId: 7, productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007', deviceSecret: '3f9c0d1e5b7a48269c11d2e4f6a8b0c2', disabled: false }

function decide(connect: Partial<IConnectPacket>, known: BrokerDevice = device) {
  return admit({ cmd: 'connect', clientId: '', keepalive: 60, username: 'lamp-0007&a1Xk29TzQ7b', ...connect }, { findDevice: (productKey, deviceName) => productKey === known.productKey && deviceName === known.deviceName ? known : undefined })
}

describe('the signature of a device', () => {
  // Test vectors of the Alink protocol reference, section 1.2.
  it.each([
    ['hmacmd5', 'timestamp=2524608000000,', '1C60FDAAC13878F542C4439DD416F07D'],
    ['hmacsha1', 'timestamp=2524608000000,', '5B94FCDD522D6A8A5957D9E46783FD4BD7B2E405'],
    ['hmacsha256', 'timestamp=2524608000000,', '4AD5B94FC1F926FFB8F9E73383DF6EE1C3795677C455284B5B33659AF85C2451'],
    ['hmacsha256', '', '0BA38DBD33849AB75F7CDE0F94A3209A5F6A46D200262AB188F07201287B7A34'],
  ])('is checked with %s and %j as the reference computes it', (method, timestamp, password) => {
    const clientId = `a1Xk29TzQ7b.lamp-0007|${timestamp}_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=${method},ext=3,_conn=tls_0|`
    expect(decide({ clientId, password: Buffer.from(password) })).toMatchObject({ refusal: null, device })
    expect(decide({ clientId, password: Buffer.from(password.toLowerCase()) })).toMatchObject({ refusal: null })
    expect(decide({ clientId, password: Buffer.from(`${password.slice(0, -1)}_`) })).toMatchObject({ refusal: { code: 6287 } })
  })

  it('agrees with the official vector', () => {
    const known = { ...device, productKey: 'pk', deviceName: 'device', deviceSecret: 'secret' }
    const packet = { clientId: '12345|securemode=3,signmethod=HmacSHA1,timestamp=789|', username: 'device&pk', password: Buffer.from('fafd82a3d602b37fb0fa8b7892f24a477f851a14') }
    expect(decide(packet, known)).toMatchObject({ refusal: null })
  })

  it('tells a wrong signature before it tells that the device is disabled', () => {
    const clientId = 'x|securemode=3|'
    expect(decide({ clientId, password: Buffer.from('00') }, { ...device, disabled: true })).toMatchObject({ refusal: { code: 6287, returnCode: 4 } })
  })

  it('copes with a password of any bytes and any length', () => {
    for (const password of [Buffer.alloc(0), Buffer.alloc(70_000, 0xFF), Buffer.from('é'.repeat(32))])
      expect(decide({ clientId: 'x|securemode=3|', password })).toMatchObject({ refusal: { code: 6287, message: expect.stringContaining('clientIdxdeviceNamelamp-0007productKeya1Xk29TzQ7b') } })
    expect(decide({ clientId: 'x|securemode=3|' })).toMatchObject({ refusal: { code: 6287, message: expect.stringContaining('no password came') } })
  })
})

describe('what is told of a refused login', () => {
  it('names the device that was claimed', () => {
    expect(decide({ clientId: 'x|securemode=3|', username: 'ghost&pk' })).toMatchObject({ productKey: 'pk', deviceName: 'ghost', device: undefined, refusal: { code: 6100 } })
    expect(decide({ clientId: 'x' })).toMatchObject({ device, refusal: { code: 460, message: expect.stringContaining('securemode') } })
  })

  it('says what came where something else was expected, cut short', () => {
    expect(decide({ username: `${'u'.repeat(500)}` }).refusal!.message).toHaveLength(`The user name has to be {deviceName}&{productKey}; "${'u'.repeat(80)}…" came.`.length)
    expect(decide({ clientId: 'x|securemode=3|', keepalive: 5 }).refusal!.message).toBe('The keep-alive has to be 30 to 1200 seconds; 5 came.')
  })
})
