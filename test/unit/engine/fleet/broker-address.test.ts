import { describe, expect, it } from 'vitest'
import { BrokerAddress, describeConnack, describeSocketError } from '../../../../src/engine/fleet/broker-address.ts'

function at(host: string, spreadSources: boolean): BrokerAddress {
  const address = new BrokerAddress({ host, port: 1883, tls: null }, spreadSources, () => {}, () => {})
  address.get(0)
  return address
}

describe('where devices connect from', () => {
  it('is left to the system, except for large fleets on a loopback broker', () => {
    expect(at('127.0.0.1', false).sourceOf(5)).toBeUndefined()
    expect(at('192.0.2.1', true).sourceOf(5)).toBeUndefined()
    expect(Array.from({ length: 10 }, (_, index) => at('127.0.0.1', true).sourceOf(index))).toEqual(['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6', '127.0.0.7', '127.0.0.8', '127.0.0.9', '127.0.0.2', '127.0.0.3'])
  })
})

describe('what is said of a connection that failed', () => {
  const describeCode = (code: string, tls = false): string => describeSocketError(Object.assign(new Error(code), { code }), { host: 'broker', port: 1883, tls: tls ? { caPem: null, verify: true } : null })

  it('names the cause in words, the same for the same cause', () => {
    expect(describeCode('ECONNREFUSED')).toBe('nothing listens at broker:1883')
    expect(describeCode('ECONNRESET')).toBe('the connection was reset')
    expect(describeCode('EHOSTUNREACH')).toBe('broker:1883 cannot be reached (EHOSTUNREACH)')
    expect(describeCode('EADDRNOTAVAIL')).toBe('no free local port to connect from (EADDRNOTAVAIL)')
    expect(describeCode('EMFILE')).toBe('too many open files (EMFILE)')
    expect(describeCode('ESOMETHING')).toBe('the connection failed (ESOMETHING)')
    expect(describeCode('CERT_HAS_EXPIRED', true)).toBe('the TLS connection failed (CERT_HAS_EXPIRED)')
  })

  it('says what each code of CONNACK refuses', () => {
    expect(describeConnack(5)).toBe('CONNECT refused by the broker: code 5 (not authorised)')
    expect(describeConnack(9)).toBe('CONNECT refused by the broker: code 9 (unknown)')
  })
})
