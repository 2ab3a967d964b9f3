import type { DeviceCommand } from '../../../shared/contract/device-command.ts'

/** `fresh`, then `slow` (amber), then `overdue` (red); `over` when the command has ended well, `bad` when it has not. */
export type Urgency = 'fresh' | 'slow' | 'overdue' | 'over' | 'bad'

export interface Patience {
  /** How long is waited for a command that says nothing itself. */
  waitMs: number
  /** The part of the wait after which a command is slow. */
  slowPercent: number
}

/** How a command looks now. Pure. */
export function urgencyOf({ state, code, at, timeoutMs }: DeviceCommand, now: number, { waitMs, slowPercent }: Patience): Urgency {
  if (state !== 'open')
    return code === 200 || (state === 'stored' && code !== 6208) ? 'over' : 'bad'
  const wait = timeoutMs ?? waitMs
  const elapsed = now - at
  return elapsed >= wait ? 'overdue' : elapsed >= wait * slowPercent / 100 ? 'slow' : 'fresh'
}
