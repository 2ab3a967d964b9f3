import type { MachineSpeed, PreflightPlatform } from '../../shared/contract/preflight.ts'

/** What the system says of its limits, and what is used of them. */
export interface MachineFacts {
  platform: PreflightPlatform
  cores: number
  /** Files and sockets that the engine's process may have open, and has; null: no limit, or not known. */
  openFilesMax: number | null
  openFiles: number | null
  /** Local ports that the system hands out, both ends included. */
  portFirst: number
  portLast: number
  /** Connections that may wait to be accepted; null: not known. */
  backlogMax: number | null
  memoryFreeBytes: number
  /** On the disk of the workspace; null: not known. */
  diskFreeBytes: number | null
  keptBytes: number
  keptBytesMax: number
  keepDays: number
  /** Null: not measured yet. */
  speed: MachineSpeed | null
}

/** How a fleet is spread by itself. */
export interface FleetPlan {
  /** What one process can hold, and how many a fleet uses at most. */
  devicesPerProcess: number
  processesMax: number
  /** Devices with a socket for which the engine's process has room; null: no limit, or not known. */
  engineRoom: number | null
  /** Loopback addresses that so many devices connect from. */
  sourcesOf: (devices: number) => number
}
