import type { CloudRule, PolicyWhen } from '../../shared/contract/device-simulation.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

/** When a policy that began at `startedAt` ends; null: never. */
export function endOf(when: PolicyWhen, startedAt: number): number | null {
  if (when.kind === 'once')
    return when.at
  return when.durationMs === null ? null : startedAt + when.durationMs
}

/**
 * The first beat of a policy at or after `from`; null when none is left. Beats count from `startedAt`, so that a policy
 * keeps its pace whatever happens meanwhile; one that falls on the end is left out.
 */
export function beatFrom(when: Extract<PolicyWhen, { kind: 'every' }>, startedAt: number, from: number): number | null {
  const beats = Math.max(0, Math.ceil((from - startedAt) / when.intervalMs))
  const at = startedAt + beats * when.intervalMs
  const endsAt = endOf(when, startedAt)
  return endsAt !== null && at >= endsAt ? null : at
}

/** Beats from one instant to another, the second left out. */
export function beatsBetween(intervalMs: number, from: number, to: number): number {
  return Math.max(0, Math.ceil((to - from) / intervalMs))
}

/** What of a policy the cloud would not do (platform rules SIM-12 and SIM-13). */
export function beyondCloudOf(when: PolicyWhen): CloudRule[] {
  if (when.kind === 'once')
    return []
  return [
    ...(when.intervalMs < limits.seatIntervalMsCloudMin ? ['interval' as const] : []),
    ...(when.durationMs === null || when.durationMs > limits.seatSpanMsCloudMax ? ['span' as const] : []),
  ]
}

/** Refuses what the cloud refuses, while its limits are applied; AppError limit/reached. */
export function refuseBeyondCloud(when: PolicyWhen): void {
  const [rule] = beyondCloudOf(when)
  if (rule === 'interval')
    throw new AppError('limit/reached', `With the cloud's limits a push policy sends a message every ${limits.seatIntervalMsCloudMin / 1000} s at the most often.`, { rule })
  if (rule === 'span')
    throw new AppError('limit/reached', `With the cloud's limits a push policy lasts ${limits.seatSpanMsCloudMax / 3600_000} h at the longest.`, { rule })
}
