import type { JsonValue } from '../../../../../src/shared/json.ts'
import { expect, it } from 'vitest'
import { handleNetworkPost } from '../../../../../src/engine/platform/network-status/handle.ts'
import { explainIssue } from '../../../../../src/shared/thing-model/explain.ts'

const receivedAt = 1_735_689_700_000
function post(params: JsonValue): ReturnType<typeof handleNetworkPost> {
  return handleNetworkPost({ id: '1', idText: '"1"', method: '', version: '1.0', params, wantsReply: true, mended: false }, receivedAt)
}

it('dates points when they were measured', () => {
  const { reports, samples } = post({ p: { wifi: { rssi: -61, per: 2 }, _time: 1_735_689_600_000 } })
  expect(reports).toMatchObject([{ at: 1_735_689_600_000, collectedAt: 1_735_689_600_000 }])
  expect(samples).toEqual([
    { property: 'network.rssi', at: 1_735_689_600_000, value: -61 },
    { property: 'network.packetLoss', at: 1_735_689_600_000, value: 2 },
  ])
})

it('dates points at their arrival when the time is missing or cannot be', () => {
  expect(post({ p: { wifi: { snr: 20 } } })).toMatchObject({ reports: [{ at: receivedAt, collectedAt: null }], notices: [] })
  const odd = post({ p: { wifi: { snr: 20 }, _time: 12 } })
  expect(odd).toMatchObject({ reports: [{ at: receivedAt, collectedAt: null }] })
  expect(explainIssue(odd.notices![0]!)).toContain('p[0]._time: 12 is not a time')
})

it('refuses what is no report', () => {
  expect(post({})).toMatchObject({ reports: [], issue: { code: 460 } })
})
