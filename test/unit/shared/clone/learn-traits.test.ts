import type { DeviceCommand } from '../../../../src/shared/contract/device-command.ts'
import { expect, it } from 'vitest'
import { learnEvents, learnLogs, learnNetworkStatus, learnReplies } from '../../../../src/shared/clone/learn-traits.ts'
import { findTogether } from '../../../../src/shared/clone/together.ts'

function command(delayMs: number | null, code = 200): DeviceCommand {
  return { commandId: 1, at: 1_000, operation: 'SetDeviceProperty', method: 'thing.service.property.set', params: {}, messageId: '1', origin: 'console', unchecked: false, timeoutMs: null, state: delayMs === null ? 'unanswered' : 'answered', code, message: '', data: null, answeredAt: delayMs === null ? null : 1_000 + delayMs, traceId: 0, rowId: 0 }
}

it('learns how a device answers', () => {
  expect(learnReplies([command(120), command(300), command(180)])).toMatchObject({ settings: { mode: 'accept', delayMsMin: 120, delayMsMax: 300 }, reason: { rule: 'replies', values: { count: 3, median: 180 } } })
  expect(learnReplies([command(50, 100_001), command(60, 100_001), command(70)])).toMatchObject({ settings: { mode: 'refuse', code: 100_001, delayMsMin: 50, delayMsMax: 70 } })
  expect(learnReplies([command(null), command(null), command(70)])).toMatchObject({ settings: { mode: 'silent' }, reason: { rule: 'unanswered', values: { count: 3, silent: 2 } } })
  expect(learnReplies([])).toMatchObject({ settings: { mode: 'accept', delayMsMin: 0 }, reason: { rule: 'noCommands' } })
})

it('learns the rates of events and log lines', () => {
  const event = (name: string) => ({ eventId: 1, event: name, name, type: 'info' as const, output: {}, at: 0, receivedAt: 0 })
  expect(learnEvents([event('Alarm'), event('Alarm'), event('Door')], 0.5).settings).toEqual({ perHour: 0, ratesPerHour: { Alarm: 4, Door: 2 }, conditions: {} })
  expect(learnEvents([], 1).reason.rule).toBe('noEvents')
  expect(learnLogs([{ level: 'WARN' }, { level: 'ERROR' }], 0.1)?.settings).toEqual({ perHour: 20, level: 'WARN', obeySwitch: true })
  expect(learnLogs([], 1)).toBeUndefined()
})

it('learns how often and how well a radio is heard', () => {
  expect(learnNetworkStatus([{ reportedAt: 120_001, collectedAt: 120_000, rssiDbm: -80 }, { reportedAt: 120_000, collectedAt: 60_000, rssiDbm: -82 }, { reportedAt: 0, collectedAt: null, rssiDbm: -79 }])?.settings).toEqual({ everySec: 60, quality: 'poor' })
  expect(learnNetworkStatus([{ reportedAt: 0, collectedAt: null, rssiDbm: -50 }])).toBeUndefined()
})

it('finds properties that moved together', () => {
  const of = (value: (at: number) => number) => new Map(Array.from({ length: 40 }, (_, at) => [at, value(at)]))
  expect(findTogether(new Map([['warm', of(at => Math.sin(at))], ['dry', of(at => -3 * Math.sin(at))], ['other', of(at => at % 7)]]))).toEqual([{ one: 'warm', other: 'dry', correlation: -1 }])
})
