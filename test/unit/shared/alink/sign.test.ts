import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildClientId, buildUsername, connectSignContent, hashOfSignMethod, isSameSignature, parseClientId, parseUsername, signMethodOf, signMethods } from '../../../../src/shared/alink/sign.ts'

const device = { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007' }
const secret = '3f9c0d1e5b7a48269c11d2e4f6a8b0c2'

function password(method: keyof typeof hashOfSignMethod, key: string, content: string): string {
  return createHmac(hashOfSignMethod[method], key).update(content).digest('hex')
}

describe('connectSignContent', () => {
  const content = connectSignContent({ ...device, clientId: 'a1Xk29TzQ7b.lamp-0007', timestamp: '2524608000000' })

  it('puts names and values together in alphabetical order', () => {
    expect(content).toBe('clientIda1Xk29TzQ7b.lamp-0007deviceNamelamp-0007productKeya1Xk29TzQ7btimestamp2524608000000')
  })

  it.each([
    ['hmacmd5', '1C60FDAAC13878F542C4439DD416F07D'],
    ['hmacsha1', '5B94FCDD522D6A8A5957D9E46783FD4BD7B2E405'],
    ['hmacsha256', '4AD5B94FC1F926FFB8F9E73383DF6EE1C3795677C455284B5B33659AF85C2451'],
  ] as const)('gives the known password with %s', (method, expected) => {
    expect(isSameSignature(expected, password(method, secret, content))).toBe(true)
  })

  it('leaves a missing timestamp out', () => {
    const withoutTime = connectSignContent({ ...device, clientId: 'a1Xk29TzQ7b.lamp-0007' })
    expect(isSameSignature('0BA38DBD33849AB75F7CDE0F94A3209A5F6A46D200262AB188F07201287B7A34', password('hmacsha256', secret, withoutTime))).toBe(true)
  })

  it('gives the password of the platform\'s own example', () => {
    const example = connectSignContent({ clientId: '12345', deviceName: 'device', productKey: 'pk', timestamp: 789 })
    expect(password('hmacsha1', 'secret', example)).toBe('fafd82a3d602b37fb0fa8b7892f24a477f851a14')
  })
})

describe('parseClientId', () => {
  it.each<[string, string, string, Record<string, string>]>([
    ['Link SDK for C 4', 'a1Xk29TzQ7b.lamp-0007|timestamp=2524608000000,_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=hmacsha256,ext=3,_conn=tls_0|', 'a1Xk29TzQ7b.lamp-0007', { timestamp: '2524608000000', _ss: '1', _v: 'sdk-c-4.1.0', securemode: '3', signmethod: 'hmacsha256', ext: '3', _conn: 'tls_0' }],
    ['the Node SDK', 'a1Xk29TzQ7b&lamp-0007|securemode=3,signmethod=hmacsha1,timestamp=1735689600000,lan=NodeJS,_v=1.2.8|', 'a1Xk29TzQ7b&lamp-0007', { securemode: '3', signmethod: 'hmacsha1', timestamp: '1735689600000', lan: 'NodeJS', _v: '1.2.8' }],
    ['an old Node SDK with line feeds', 'id|securemode=3,\n        signmethod=hmacsha1,\n        timestamp=17|', 'id', { securemode: '3', signmethod: 'hmacsha1', timestamp: '17' }],
    ['keys in any case', 'id|SecureMode=2,signMethod=HmacSHA256|', 'id', { securemode: '2', signmethod: 'HmacSHA256' }],
    ['a missing last bar', 'id|securemode=3', 'id', { securemode: '3' }],
    ['an assigned client id', '|securemode=3|', '', { securemode: '3' }],
    ['no parameters', 'plain', 'plain', {}],
    ['a single bar', 'id|', 'id', {}],
    ['a bar alone', '|', '', {}],
    ['two bars', '||', '', {}],
    ['a value with an equals sign', 'id|a=b=c,=x,y,d=|', 'id', { a: 'b=c', d: '' }],
    ['a parameter given twice', 'id|a=1,a=2|', 'id', { a: '2' }],
  ])('reads %s', (_what, text, clientId, parameters) => {
    const parsed = parseClientId(text)
    expect([parsed.clientId, Object.fromEntries(parsed.parameters)]).toEqual([clientId, parameters])
  })

  it('undoes buildClientId', () => {
    const word = fc.stringMatching(/^\w{1,12}$/)
    const more = fc.dictionary(fc.stringMatching(/^_?[a-z]{3,8}$/).filter(key => !['securemode', 'signmethod', 'timestamp'].includes(key)), word)
    fc.assert(fc.property(word, fc.constantFrom(...signMethods), fc.option(word, { nil: undefined }), more, (clientId, signmethod, timestamp, rest) => {
      const text = buildClientId(clientId, { securemode: 3, signmethod, ...(timestamp !== undefined && { timestamp }), more: rest })
      const parsed = parseClientId(text)
      expect(parsed.clientId).toBe(clientId)
      expect(Object.fromEntries(parsed.parameters)).toEqual({ ...(timestamp !== undefined && { timestamp }), securemode: '3', signmethod, ...rest })
    }))
  })

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), text => text.startsWith(parseClientId(text).clientId)))
  })
})

describe('buildClientId', () => {
  it('writes what the C SDK writes', () => {
    expect(buildClientId('a1Xk29TzQ7b.lamp-0007', { timestamp: 2524608000000, securemode: 3, signmethod: 'hmacsha256', more: { ext: 3 } }))
      .toBe('a1Xk29TzQ7b.lamp-0007|timestamp=2524608000000,securemode=3,signmethod=hmacsha256,ext=3|')
  })
})

describe('signMethodOf', () => {
  it.each([
    [undefined, 'hmacmd5'],
    ['hmacmd5', 'hmacmd5'],
    ['HmacSHA1', 'hmacsha1'],
    ['hmacSha256', 'hmacsha256'],
    ['sha256', 'hmacsha256'],
    ['hmacsha512', undefined],
    ['', undefined],
  ])('of %s is %s', (name, method) => {
    expect(signMethodOf(new Map(name === undefined ? [] : [['signmethod', name]]))).toBe(method)
  })
})

describe('user names', () => {
  it('are built and taken apart', () => {
    expect(buildUsername(device)).toBe('lamp-0007&a1Xk29TzQ7b')
    expect(parseUsername('lamp-0007&a1Xk29TzQ7b')).toEqual(device)
  })

  it.each(['', 'lamp', '&pk', 'dn&', 'a&b&c'])('%j is none', (username) => {
    expect(parseUsername(username)).toBeUndefined()
  })
})
