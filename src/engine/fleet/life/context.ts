import type { Clock } from '../../../shared/clock.ts'
import type { Devices } from '../device.ts'
import type { Links } from '../link.ts'

/** What lives in a fleet have to do with. */
export interface LifeContext {
  clock: Clock
  seed: number
  devices: Devices
  links: Links
  /** A device's own time since it first came online, milliseconds. */
  elapsedMs: (index: number) => number
  /** Whether a device was told to stay offline. */
  isKeptAway: (index: number) => boolean
  /** Lets a device report next in so many milliseconds from now. */
  reportIn: (index: number, ms: number) => void
}
