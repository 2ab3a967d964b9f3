import type { Clock } from '../../shared/clock.ts'
import type { AppStatus } from '../../shared/contract/app.ts'
import type { Fleet, FleetSummary } from '../../shared/contract/fleet.ts'
import type { Log } from '../../shared/log.ts'
import type { Store } from '../store/types.ts'

/** What the runs need of the rest of the engine. */
export interface RunsContext {
  clock: Clock
  log: Log
  store: Store
  /** The newest, which is up to a second old. */
  status: () => SeenStatus
  /** AppError fleet/not-found for one that is gone. */
  fleet: (fleetId: string) => Fleet
  /** Over its latest run, also after its end. */
  summary: (fleetId: string) => FleetSummary
  /** Ends a run whose conditions are met. */
  stop: (fleetId: string) => Promise<unknown>
  makeId: () => string
  /** The machine is no limit of a time that waits for it. */
  hasVirtualTime: boolean
}

/** What is seen once a second of the engine. */
export type SeenStatus = Pick<AppStatus, 'at' | 'bottleneck' | 'loopLagMs' | 'tickLatenessMs' | 'engineMemoryBytes' | 'fleetMemoryBytes' | 'diskBytes' | 'writeQueueRows' | 'droppedRows'>
