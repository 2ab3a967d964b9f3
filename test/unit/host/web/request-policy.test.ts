import { describe, expect, it } from 'vitest'
import { isOwnHost, isOwnOrigin, refuseUpgrade } from '../../../../src/host/web/request-policy.ts'

describe('who may talk to the console', () => {
  it('is decided by the exact host and port', () => {
    expect(['127.0.0.1:41', 'localhost:41'].map(host => isOwnHost(host, 41))).toEqual([true, true])
    expect(['127.0.0.1', 'localhost', '127.0.0.1:42', 'evil.example:41', 'localhost.evil.example:41', '127.0.0.1:41.evil.example', 'LOCALHOST:41', '[::1]:41', '', undefined].map(host => isOwnHost(host, 41))).toEqual(Array.from({ length: 10 }).fill(false))
  })

  it('is decided by the exact origin', () => {
    expect(['http://127.0.0.1:41', 'http://localhost:41'].map(origin => isOwnOrigin(origin, 41))).toEqual([true, true])
    expect(['https://127.0.0.1:41', 'http://127.0.0.1:4', 'http://127.0.0.1:411', 'http://127.0.0.1', 'http://evil.example', 'null', 'file://', '', undefined].map(origin => isOwnOrigin(origin, 41))).toEqual(Array.from({ length: 9 }).fill(false))
  })

  it('is told apart by why it is refused', () => {
    const request = { host: 'localhost:41', origin: 'http://localhost:41', pathname: '/rpc', rpcPath: '/rpc' }
    expect(refuseUpgrade(request, 41)).toBeUndefined()
    expect(refuseUpgrade({ ...request, origin: undefined }, 41)).toBeUndefined()
    expect(refuseUpgrade({ ...request, host: 'evil.example:41' }, 41)).toEqual({ status: 421, reason: 'Misdirected Request' })
    expect(refuseUpgrade({ ...request, origin: 'http://evil.example' }, 41)).toEqual({ status: 403, reason: 'Forbidden' })
    expect(refuseUpgrade({ ...request, pathname: '/other' }, 41)).toEqual({ status: 404, reason: 'Not Found' })
  })
})
