import type { Random } from '../behaviour/random-streams.ts'
import { DueHeap } from '../due-heap.ts'

/** What a device does by itself again and again. */
export type Act
  /** At random moments, so often on average. */
  = | { kind: 'event', key: string, perHour: number }
    | { kind: 'log', perHour: number }
  /** At equal intervals. */
    | { kind: 'network', everyMs: number }

const hourMs = 3_600_000
/** So that a page shows something soon: the first report at equal intervals comes within this time. */
const firstWithinMs = 20_000
/** However late a run of acts is, it catches up no more of one device than this. */
const behindMsMax = 60_000

/** When each device does what it does by itself; three numbers for each act of a device that has been online. */
export class Acts {
  #acts: readonly Act[] = []
  #due = new DueHeap()

  get isEmpty(): boolean {
    return this.#acts.length === 0
  }

  /** Forgets all that was planned; the devices have to be started again. */
  set(acts: readonly Act[]): void {
    this.#acts = acts
    this.#due = new DueHeap()
  }

  /** Plans the first time of every act of a device. */
  start(index: number, now: number, random: Random): void {
    this.#acts.forEach((act, place) => {
      const gap = act.kind === 'network' ? random.next() * Math.min(act.everyMs, firstWithinMs) : gapOf(act, random)
      this.#due.set(index * this.#acts.length + place, now + gap)
    })
  }

  /** Lets the devices do what is due, at most `countMax` of it, and plans when each does it again. */
  run(now: number, countMax: number, randomOf: (index: number) => Random, perform: (index: number, act: Act, at: number) => void): void {
    for (let count = 0; count < countMax; count++) {
      const entry = this.#due.first()
      if (entry === undefined)
        return
      const dueAt = this.#due.dueOf(entry)!
      if (dueAt > now)
        return
      const index = Math.floor(entry / this.#acts.length)
      const act = this.#acts[entry % this.#acts.length]!
      perform(index, act, dueAt)
      this.#due.set(entry, Math.max(dueAt, now - behindMsMax) + gapOf(act, randomOf(index)))
    }
  }

  /** Stops the acts of one device. */
  stop(index: number): void {
    for (let place = 0; place < this.#acts.length; place++)
      this.#due.remove(index * this.#acts.length + place)
  }
}

/** The intervals of a Poisson process are distributed exponentially. */
function gapOf(act: Act, random: Random): number {
  return act.kind === 'network'
    ? act.everyMs
    : Math.max(1, -Math.log(1 - random.next()) * hourMs / act.perHour)
}
