import type { Misbehaviour } from '../../../shared/contract/fleet-misbehaviour.ts'
import type { Random } from '../behaviour/random-streams.ts'
import { RandomStreams } from '../behaviour/random-streams.ts'
import { DueHeap } from '../due-heap.ts'
import { isChosen } from '../network/device-weather.ts'

const hourMs = 3_600_000
/** However late a run of deeds is, it catches up no more than this. */
const behindMsMax = 60_000

/** One kind of misbehaviour of a fleet: which devices are given to it, and when each does it next. */
export class Deeds {
  readonly misbehaviour: Misbehaviour
  readonly #seed: number
  /** Device indexes in growing order. */
  readonly #members: number[] = []
  readonly #streams: RandomStreams
  /** By place among the members. */
  readonly #due = new DueHeap()
  /** Devices that were looked at. */
  #seen = 0

  constructor(misbehaviour: Misbehaviour, seed: number) {
    this.misbehaviour = misbehaviour
    this.#seed = seed
    this.#streams = new RandomStreams(seed)
  }

  /** Looks at the devices that have come since. */
  add(count: number, nameOf: (index: number) => string, now: number): void {
    const { kind, devicesPercent, perHour } = this.misbehaviour
    for (; this.#seen < count; this.#seen++) {
      const name = nameOf(this.#seen)
      if (!isChosen(this.#seed, name, kind, devicesPercent))
        continue
      const place = this.#members.push(this.#seen) - 1
      this.#streams.add(`${kind} of ${name}`)
      if (perHour > 0 && kind !== 'clockSkew')
        this.#due.set(place, now + this.#gap(place))
    }
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    this.#seen = Math.min(this.#seen, count)
    while (this.#members.length > 0 && this.#members.at(-1)! >= count) {
      this.#members.pop()
      this.#due.remove(this.#members.length)
    }
    this.#streams.truncate(this.#members.length)
  }

  /** Whether a device is given to it. */
  has(index: number): boolean {
    let low = 0
    let high = this.#members.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#members[middle]! < index)
        low = middle + 1
      else
        high = middle
    }
    return this.#members[low] === index
  }

  /** Does what is due, at most `countMax` times; how often it did. */
  run(now: number, countMax: number, perform: (index: number, random: Random) => void): number {
    for (let count = 0; count < countMax; count++) {
      const place = this.#due.first()
      const dueAt = place === undefined ? undefined : this.#due.dueOf(place)
      if (place === undefined || dueAt === undefined || dueAt > now)
        return count
      this.#due.set(place, Math.max(dueAt, now - behindMsMax) + this.#gap(place))
      perform(this.#members[place]!, this.#streams.of(place))
    }
    return countMax
  }

  /** The intervals of a Poisson process are distributed exponentially. */
  #gap(place: number): number {
    return Math.max(1, -Math.log(1 - this.#streams.of(place).next()) * hourMs / this.misbehaviour.perHour)
  }
}
