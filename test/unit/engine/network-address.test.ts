import { expect, it } from 'vitest'
import { rankAddresses } from '../../../src/engine/network-address.ts'

const ipv4 = (address: string, internal = false) => [{ family: 'IPv4' as const, address, internal }]

it('puts first what a board on a network of its own reaches', () => {
  expect(rankAddresses({
    lo: ipv4('127.0.0.1', true),
    docker0: ipv4('172.17.0.1'),
    tailscale0: ipv4('100.64.3.2'),
    eth1: ipv4('203.0.113.9'),
    eth2: ipv4('169.254.7.7'),
    wlan0: [{ family: 'IPv6', address: 'fe80::1', internal: false }, ...ipv4('192.168.1.20')],
  })).toEqual([
    { host: '192.168.1.20', name: 'wlan0', kind: 'network' },
    { host: '203.0.113.9', name: 'eth1', kind: 'network' },
    { host: '172.17.0.1', name: 'docker0', kind: 'virtual' },
    { host: '100.64.3.2', name: 'tailscale0', kind: 'virtual' },
    { host: '169.254.7.7', name: 'eth2', kind: 'virtual' },
    { host: '127.0.0.1', name: 'lo', kind: 'loopback' },
  ])
})
