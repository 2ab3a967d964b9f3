import type { AppStatus } from '../shared/contract/app.ts'
import type { Notices } from './notices.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import { totalmem } from 'node:os'
import process from 'node:process'
import { AppError } from '../shared/errors.ts'

/** Without a setting, the part of this machine's memory that engine and fleets may take together. */
const automaticShare = 0.75
/** What a device takes on both ends at least: its session on the platform, and itself in the fleet's process. */
const bytesPerDevice = 24 * 1024

/** The memory that the engine and its fleets may take together: beyond it, no fleet is started and none grows. */
export class MemoryBudget {
  readonly #settings: Pick<SettingsStore, 'get'>
  readonly #notices: Notices
  #fleetBytes = 0
  #isOver = false

  constructor(settings: Pick<SettingsStore, 'get'>, notices: Notices) {
    this.#settings = settings
    this.#notices = notices
  }

  /** In bytes; by the setting, or by the memory of this machine. */
  get bytesMax(): number {
    return this.#settings.get('limits.memoryBytesMax') || Math.floor(memoryOfMachine() * automaticShare)
  }

  /** Throws AppError limit/reached, and leaves a notice, when so many more devices do not fit. */
  admit(devices: number): void {
    const used = process.memoryUsage.rss() + this.#fleetBytes
    const { bytesMax } = this
    if (devices <= 0 || used + devices * bytesPerDevice <= bytesMax)
      return
    const sentence = `${devices} more devices do not fit into the memory that is allowed: ${mebibytes(used)} of ${mebibytes(bytesMax)} MiB are taken, and they need ${mebibytes(devices * bytesPerDevice)} MiB or more. Use fewer devices, stop another fleet, or allow more with the setting limits.memoryBytesMax.`
    this.#notices.add('warning', 'memory-budget', sentence)
    throw new AppError('limit/reached', sentence, { limit: bytesMax, got: used + devices * bytesPerDevice })
  }

  /** Takes what the status says; the first time that it is too much, a notice says so. */
  see({ engineMemoryBytes, fleetMemoryBytes }: Pick<AppStatus, 'engineMemoryBytes' | 'fleetMemoryBytes'>): void {
    this.#fleetBytes = fleetMemoryBytes
    const used = engineMemoryBytes + fleetMemoryBytes
    if (used > this.bytesMax && !this.#isOver)
      this.#notices.add('warning', 'memory-budget', `Engine and fleets take ${mebibytes(used)} MiB of memory, more than the ${mebibytes(this.bytesMax)} MiB that are allowed: no fleet is started and none grows until it is less. Stop a fleet, or allow more with the setting limits.memoryBytesMax.`)
    // Memory goes up and down all the time; what is said once is said again only after it was clearly less.
    this.#isOver = used > this.bytesMax * (this.#isOver ? 0.9 : 1)
  }
}

/** What the machine has, or what the container allows. */
function memoryOfMachine(): number {
  const allowed = process.constrainedMemory()
  return allowed > 0 ? Math.min(totalmem(), allowed) : totalmem()
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}
