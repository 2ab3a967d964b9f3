import type { Steered, Steering } from '../../shared/contract/fleet-steering.ts'
import type { JsonObject } from '../../shared/json.ts'
import type { Devices } from './device.ts'
import type { Life } from './life/life.ts'
import type { Links } from './link.ts'
import type { IndexRanges } from './messages.ts'
import type { Trouble } from './trouble.ts'

export interface SteeringContext {
  devices: Devices
  links: Links
  life: Life
  trouble: Trouble
  /** Devices that were told to stay offline. */
  away: Set<number>
  /** Lets a device report next in so many milliseconds from now. */
  reportIn: (index: number, ms: number) => void
  /** What it does at the pace of the fleet, or its own. */
  paceChanged: (index: number, fromMs: number, toMs: number) => void
  intervalMs: () => number
}

/** What single devices of a running fleet are made to do beside the others. */
export class SteeredDevices {
  readonly #context: SteeringContext
  /** Milliseconds between two posts. */
  readonly #intervals = new Map<number, number>()

  constructor(context: SteeringContext) {
    this.#context = context
  }

  /** Milliseconds between two posts of a device. */
  intervalOf(index: number): number {
    return this.#intervals.size === 0 ? this.#context.intervalMs() : this.#intervals.get(index) ?? this.#context.intervalMs()
  }

  hasOwnPace(index: number): boolean {
    return this.#intervals.has(index)
  }

  steer(ranges: IndexRanges, steering: Steering): void {
    const { length } = this.#context.devices
    for (const [first, last] of ranges) {
      for (let index = first; index <= last && index < length; index++)
        this.#steerOne(index, steering)
    }
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    for (const index of [...this.#context.away, ...this.#intervals.keys()]) {
      if (index >= count) {
        this.#context.away.delete(index)
        this.#intervals.delete(index)
      }
    }
  }

  count(): Steered {
    return { away: this.#context.away.size, paced: this.#intervals.size, held: this.#context.devices.heldCount, weathered: this.#context.trouble.network.ownCount }
  }

  #steerOne(index: number, steering: Steering): void {
    const { devices, links, life, reportIn } = this.#context
    switch (steering.do) {
      case 'disconnect':
      case 'cut':
        if (steering.backInMs === null)
          this.#context.away.add(index)
        // A device that is not on has no link; it stays away once it is.
        return life.downAs(index) === undefined ? links.interrupt(index, steering.do === 'cut' ? 'cut' : 'inGoodOrder', steering.backInMs) : undefined
      case 'connect':
        this.#context.away.delete(index)
        return life.downAs(index) === undefined ? links.connect(index) : undefined
      case 'pace':
        return this.#pace(index, steering.intervalSec)
      case 'hold':
        return devices.hold(index, steering.values as JsonObject)
      case 'release':
        return devices.releaseOf(index, steering.properties)
      case 'report':
        return reportIn(index, 0)
      case 'power-off':
      case 'power-on':
      case 'reboot':
      case 'battery':
        return life.steer(index, steering)
      case 'weather':
      case 'misbehave':
        return this.#context.trouble.steer(index, steering)
    }
  }

  #pace(index: number, intervalSec: number | null): void {
    const before = this.intervalOf(index)
    if (intervalSec === null)
      this.#intervals.delete(index)
    else
      this.#intervals.set(index, intervalSec * 1000)
    this.#context.paceChanged(index, before, this.intervalOf(index))
  }
}
