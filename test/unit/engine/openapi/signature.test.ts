import { expect, it } from 'vitest'
import { isSameSignature, signAcs3, signRpc } from '../../../../src/engine/openapi/signature.ts'
import { percentEncode } from '../../../../src/shared/rpc-signature.ts'

it('signs as the cloud\'s RPC gateway does', () => {
  const parameters = new Map(Object.entries({
    AccessKeyId: 'testId',
    Action: 'GetDeviceStatus',
    DeviceName: 'lamp-0007',
    Format: 'JSON',
    ProductKey: 'a1Xk29TzQ7b',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: 'n-0001',
    SignatureVersion: '1.0',
    Timestamp: '2025-01-01T00:00:00Z',
    Version: '2018-01-20',
    Signature: 'not a part of what is signed',
  }))
  expect(signRpc({ method: 'GET', parameters }, 'testSecret').signature).toBe('KuJCxt0JqQoZQr/xSgsUkuxYghU=')
})

it('writes what is signed with headers in the order of their names and the query in the order of its names', () => {
  const { signed, signature } = signAcs3({ method: 'POST', headers: new Map([['x-acs-action', 'Pub'], ['host', ' 127.0.0.1:8880 ']]), query: new Map([['b', '2 3'], ['a', '~*']]), parameters: new Map(), body: new Uint8Array() }, ['x-acs-action', 'host'], 'secret')
  expect(signed).toBe('POST\n/\na=~%2A&b=2%203\nhost:127.0.0.1:8880\nx-acs-action:Pub\n\nhost;x-acs-action\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(isSameSignature(signature, signature.toUpperCase(), 'ACS3')).toBe(true)
  expect(isSameSignature(signature, signature.slice(1), 'ACS3')).toBe(false)
})

it('encodes all that is neither a letter, a digit nor one of - _ . ~', () => {
  expect(percentEncode('aZ0-_.~!\'()* /中')).toBe('aZ0-_.~%21%27%28%29%2A%20%2F%E4%B8%AD')
})
