import type { PlaceWish } from '../../../src/engine/download-place.ts'
import { expect, it } from 'vitest'
import { choosePlace, isLoopback, problemOf } from '../../../src/engine/download-place.ts'
import { settings } from '../../../src/shared/contract/settings.ts'

const board = { transport: 'tcp', localAddress: '192.0.2.9', remoteAddress: '192.0.2.50' }
function place(wish: Partial<PlaceWish> = {}): ReturnType<typeof choosePlace> {
  return choosePlace({ client: board, chosenHost: '', listener: { host: '0.0.0.0', port: 4701 }, isAtHome: () => false, httpForTls: false, ...wish })
}

it('is where the device came in, unless the user has chosen another address', () => {
  expect(place()).toEqual({ url: 'http://192.0.2.9:4701', isUnreachable: false })
  expect(place({ client: { ...board, localAddress: '2001:db8::9' } }).url).toBe('http://[2001:db8::9]:4701')
  expect(place({ chosenHost: 'bench.example' }).url).toBe('http://bench.example:4701')
  expect(place({ client: undefined, listener: { host: '127.0.0.1', port: 4701 } })).toEqual({ url: 'http://127.0.0.1:4701', isUnreachable: false })
})

it('is HTTPS for a device on TLS, and has no port where the scheme is at home', () => {
  const secure = { ...board, transport: 'tls' }
  expect([place({ client: secure }).url, place({ client: secure, httpForTls: true }).url]).toEqual(['https://192.0.2.9:4701', 'http://192.0.2.9:4701'])
  const isAtHome: PlaceWish['isAtHome'] = scheme => scheme === 'https'
  expect([place({ isAtHome }).url, place({ client: secure, isAtHome }).url]).toEqual(['http://192.0.2.9:4701', 'https://192.0.2.9'])
})

it('tells what a device cannot reach: an address of this machine alone from elsewhere, and a listener that only hears this machine', () => {
  expect(place({ chosenHost: '127.0.0.1' }).isUnreachable).toBe(true)
  expect(place({ chosenHost: 'localhost' }).isUnreachable).toBe(true)
  expect(place({ chosenHost: '127.0.0.1', client: { ...board, remoteAddress: '127.0.0.1' } }).isUnreachable).toBe(false)
  expect(place({ chosenHost: '192.0.2.9', client: undefined, listener: { host: '127.0.0.1', port: 1 } }).isUnreachable).toBe(true)
  expect(['::1', '127.8.9.1', 'localhost', '128.0.0.1', '127.example', '::2'].map(isLoopback)).toEqual([true, true, true, false, false, false])
})

it('says what is wrong with an address before a device meets it', () => {
  const own = ['192.0.2.9', '127.0.0.1']
  expect(problemOf('192.0.2.9', '0.0.0.0', own)).toBeNull()
  expect(problemOf('127.0.0.1', '0.0.0.0', own)).toBe('loopback')
  expect(problemOf('127.0.0.1', '127.0.0.1', own)).toBeNull()
  expect(problemOf('192.0.2.9', '127.0.0.1', own)).toBe('closed')
  expect(problemOf('192.0.2.10', '0.0.0.0', own)).toBe('absent')
  expect(problemOf('bench.example', '0.0.0.0', own)).toBeNull()
})

it('can be a name or an address of either kind, and nothing else', () => {
  const { schema } = settings['ota.downloadHost']
  const fits = (host: string): boolean => schema.safeParse(host).success
  expect(['', '192.0.2.9', 'bench', 'bench-1.example.com', '2001:db8::9', '::ffff:192.0.2.9', 'x'.repeat(100)].every(fits)).toBe(true)
  expect(['http://bench', 'bench:80', 'a b', '-bench', 'bench/', '[::1]', 'x'.repeat(101)].some(fits)).toBe(false)
})
