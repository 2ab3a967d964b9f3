import { RandomStreams } from './behaviour/random-streams.ts'
import { retryDelayMs } from './retry-delay.ts'

/** A link that lasted this long starts counting its failures anew. */
const steadyMs = 30_000
/** A kick is believed when the link it speaks of ends within this time. */
const kickMsMax = 5_000

/** What becomes of a device whose link has ended, by device index: when it tries again, or that it was kicked. */
export class Recovery {
  /** Failures in a row, and when the device came online last (0: it is not online). */
  readonly #failures: number[] = []
  readonly #onlineAt: number[] = []
  /** Only for the few devices it concerns. */
  readonly #kickedAt = new Map<number, number>()
  readonly #jitter: RandomStreams

  constructor(seed: number) {
    this.#jitter = new RandomStreams(seed)
    this.#jitter.add('jitter of repeated connections')
  }

  /** A device that has no past. */
  start(index: number): void {
    this.#failures[index] = 0
    this.#onlineAt[index] = 0
    this.#kickedAt.delete(index)
  }

  online(index: number, now: number): void {
    this.#onlineAt[index] = now
  }

  /** News of a kick that came while the device has a link. */
  kicked(index: number, now: number): void {
    this.#kickedAt.set(index, now)
  }

  /** The link has ended, or the attempt at one: milliseconds until the next attempt, or 'kicked'. */
  lost(index: number, now: number, refused: boolean): number | 'kicked' {
    const kickedAt = this.#kickedAt.get(index) ?? Number.NEGATIVE_INFINITY
    this.#kickedAt.delete(index)
    const wasSteady = this.#onlineAt[index]! > 0 && now - this.#onlineAt[index]! >= steadyMs
    this.#onlineAt[index] = 0
    if (wasSteady)
      this.#failures[index] = 0
    return now - kickedAt <= kickMsMax
      ? 'kicked'
      : retryDelayMs(this.#failures[index]!++, refused, this.#jitter.of(0).next())
  }
}
