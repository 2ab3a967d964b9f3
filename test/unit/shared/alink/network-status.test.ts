import { describe, expect, it } from 'vitest'
import { parseErrorStats, parseNetworkPost } from '../../../../src/shared/alink/network-status.ts'

describe('a network report', () => {
  it('carries the present state, or a list of past ones', () => {
    const now = { rssi: -61, snr: 23, per: 2, err_stats: '10,02,01' }
    const read = { collectedAt: 1_735_689_600_000, rssiDbm: -61, snrDb: 23, packetLossPerMille: 2, errorStats: '10,02,01' }
    expect(parseNetworkPost({ p: { wifi: now, _time: 1_735_689_600_000 }, model: 'format=simple|quantity=single|time=now' })).toEqual([read])
    expect(parseNetworkPost({ p: [{ wifi: now, _time: '1735689600000' }, { wifi: { rssi: '-70' } }] })).toEqual([read, { collectedAt: null, rssiDbm: -70, snrDb: null, packetLossPerMille: null, errorStats: '' }])
  })

  it.each([
    [undefined, '"params.p"'],
    [{ p: [] }, '"params.p"'],
    [{ p: {} }, '"params.p.wifi"'],
    [{ p: [{ wifi: {} }, 3] }, '"params.p[1].wifi"'],
    [{ p: { wifi: { rssi: 'weak' } } }, '"params.p.wifi.rssi"'],
  ])('that is %j names the field', (params, field) => {
    expect(parseNetworkPost(params as never)).toMatchObject({ expected: expect.stringContaining(field) })
  })
})

it('reads error statistics in hexadecimal, in the spellings of all SDKs, and leaves out what it cannot read', () => {
  expect(parseErrorStats('10,02,01;0x10,5,1F;nothing;20,zz,1;99,01,02')).toEqual([
    { type: '10', code: '02', count: 1, meaning: 'connecting: DHCP' },
    { type: '10', code: '05', count: 31, meaning: 'connecting: TLS' },
    { type: '99', code: '01', count: 2, meaning: 'unknown' },
  ])
  expect(parseErrorStats('')).toEqual([])
})
