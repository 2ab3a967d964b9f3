import type { FleetRunState } from '../../../shared/contract/fleet.ts'
import type { MarkName } from '../../kit/mark-shapes.ts'

/** The mark of a fleet's own state. */
export function runMark(state: FleetRunState): MarkName {
  return ({ stopped: 'offline', starting: 'connecting', running: 'online', stopping: 'connecting', failed: 'failed' } as const)[state]
}
