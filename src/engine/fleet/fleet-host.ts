import type { FleetHostOptions, FleetSpec, RunningFleet } from './running-fleet.ts'
import { HostedFleet } from './hosted-fleet.ts'

export type { FleetChange, FleetSpec, RunningFleet } from './running-fleet.ts'

export interface FleetHost {
  /**
   * Starts the processes a fleet needs and resolves when they run; devices connect from then on. Throws AppError
   * limit/reached when this machine cannot hold the devices, and fleet/failed when a process does not start.
   */
  start: (spec: FleetSpec) => Promise<RunningFleet>
  /** Ends every process that still runs, without asking. */
  close: () => void
}

/** Runs fleets in processes of their own; see {@link FleetHost}. */
export function createFleetHost(options: FleetHostOptions): FleetHost {
  const fleets = new Set<HostedFleet>()
  return {
    async start(spec) {
      const fleet = new HostedFleet(options, spec)
      fleets.add(fleet)
      fleet.onGone(() => fleets.delete(fleet))
      await fleet.start()
      return fleet
    },
    close() {
      for (const fleet of fleets)
        fleet.kill()
    },
  }
}
