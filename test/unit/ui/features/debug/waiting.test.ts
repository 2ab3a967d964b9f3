import type { DeviceCommand } from '../../../../../src/shared/contract/device-command.ts'
import { expect, it } from 'vitest'
import { urgencyOf } from '../../../../../src/ui/features/debug/waiting.ts'

const command: DeviceCommand = { commandId: 1, at: 1_000, operation: 'SetDeviceProperty', method: '', params: {}, messageId: '1', origin: 'console', unchecked: false, timeoutMs: 8_000, state: 'open', code: null, message: '', data: null, answeredAt: null, traceId: 1, rowId: 1 }
const patience = { waitMs: 4_000, slowPercent: 50 }

it('turns slow after a part of the wait and overdue at its end', () => {
  expect([1_000, 4_999, 5_000, 8_999, 9_000].map(now => urgencyOf(command, now, patience))).toEqual(['fresh', 'fresh', 'slow', 'slow', 'overdue'])
})

it('measures a command that waits as long as it takes by the usual wait', () => {
  expect([2_999, 3_000, 5_000].map(now => urgencyOf({ ...command, timeoutMs: null }, now, patience))).toEqual(['fresh', 'slow', 'overdue'])
})

it('is over or bad by the code once the command has ended', () => {
  expect(urgencyOf({ ...command, state: 'answered', code: 200 }, 99_000, patience)).toBe('over')
  expect(urgencyOf({ ...command, state: 'answered', code: 460 }, 1_000, patience)).toBe('bad')
  expect(urgencyOf({ ...command, state: 'unanswered', code: 1905 }, 1_000, patience)).toBe('bad')
  expect(urgencyOf({ ...command, state: 'stored', code: 9201 }, 1_000, patience)).toBe('over')
})
