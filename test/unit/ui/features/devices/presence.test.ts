import type { PastConnection } from '../../../../../src/shared/contract/connection.ts'
import { expect, it } from 'vitest'
import { presenceOf } from '../../../../../src/ui/features/devices/presence.ts'

function past(connectionId: number, beganAt: number, endedAt: number | null, more: Partial<PastConnection> = {}): PastConnection {
  return { connectionId, kind: 'session', beganAt, endedAt, count: 1, code: endedAt === null ? null : 200, message: '', remoteAddress: '', transport: 'tcp', clientId: '', protocolVersion: 4, keepaliveSec: 60, clean: true, gateway: null, beganRowId: 0, endedRowId: 0, ...more }
}
const shown = (presence: ReturnType<typeof presenceOf>) => presence.spans.map(({ fromAt, toAt, state, connection }) => [state, fromAt, toAt, connection?.connectionId ?? null])

it('lays sessions, gaps and the time that nothing is known of end to end, and stops at the present', () => {
  const presence = presenceOf([past(3, 70, null), past(1, 20, 40)], { fromAt: 0, toAt: 200 }, 100, 10)
  expect(shown(presence)).toEqual([['unknown', 0, 10, null], ['offline', 10, 20, null], ['online', 20, 40, 1], ['offline', 40, 70, null], ['online', 70, 100, 3]])
  expect(presence).toMatchObject({ onlineMs: 50, knownMs: 90, logins: 2 })
})

it('cuts sessions at the ends of the range and counts only logins within it', () => {
  const presence = presenceOf([past(1, 0, 30), past(2, 90, 150)], { fromAt: 20, toAt: 100 }, 500, 0)
  expect(shown(presence)).toEqual([['online', 20, 30, 1], ['offline', 30, 90, null], ['online', 90, 100, 2]])
  expect(presence.logins).toBe(1)
})

it('does not count time twice when a login took another one\'s place before that one ended', () => {
  const presence = presenceOf([past(1, 0, 55), past(2, 50, 80)], { fromAt: 0, toAt: 100 }, 100, 0)
  expect(shown(presence)).toEqual([['online', 0, 55, 1], ['online', 55, 80, 2], ['offline', 80, 100, null]])
  expect(presence.onlineMs).toBe(80)
})

it('sets refused attempts on the strip where the last of their kind was', () => {
  const refused = past(4, 10, 60, { kind: 'refused', count: 7, code: 6287 })
  const presence = presenceOf([refused, past(5, 300, 300, { kind: 'refused' })], { fromAt: 0, toAt: 100 }, 100, 0)
  expect(presence.refusals).toEqual([{ at: 60, count: 7, connection: refused }])
  expect(shown(presence)).toEqual([['offline', 0, 100, null]])
})

it('is empty for a range that has not come', () => {
  expect(presenceOf([past(1, 0, null)], { fromAt: 100, toAt: 200 }, 50, 0)).toEqual({ spans: [], refusals: [], onlineMs: 0, knownMs: 0, logins: 0 })
})
