import type { Network, Weather } from '../../../shared/contract/fleet-network.ts'
import type { Random } from '../behaviour/random-streams.ts'
import type { Rhythm } from './rhythm.ts'
import { weatherOf } from '../../../shared/contract/fleet-network.ts'
import { createRandom } from '../behaviour/random-streams.ts'
import { endOf, holdsUntil, nextAfter } from './rhythm.ts'

export type Way = 'up' | 'down'

const segmentBytes = 1_460
/** A lost segment is sent again after this time, then after twice, and so on. */
const firstRepeatMs = 200
/** So many losses of one segment in a row break the link. */
const lossesMax = 6
/** More windows or cuts than this do not follow each other without a gap. */
const holdsMax = 100

/** When bytes arrive, milliseconds of the run; infinite: not before the weather changes. `breaks`: they do not, and the link breaks then. */
interface Passage { at: number, breaks: boolean }

interface Direction {
  latencyMs: number
  random: Random
  /** When the last bytes have left, where a rate limits. */
  busyUntil: number
}

/**
 * The weather of one device: when what it sends or gets arrives, and when its link drops. Knows neither socket nor clock; what
 * it answers depends on the seed, the device's name and what it was asked before.
 */
export class DeviceWeather {
  readonly #network: Network
  readonly #weather: Weather
  readonly #directions: Record<Way, Direction>
  readonly #drops: Rhythm | undefined
  readonly #cut: Rhythm | undefined

  constructor(network: Network, seed: number, deviceName: string) {
    this.#network = network
    this.#weather = weatherOf(network)
    const constants = createRandom(seed, `network of ${deviceName}`)
    const direction = (way: Way): Direction => {
      const { latencyMsMin, latencyMsMax } = this.#weather[way]
      return { latencyMs: latencyMsMin + constants.next() * (latencyMsMax - latencyMsMin), random: createRandom(seed, `network ${way} of ${deviceName}`), busyUntil: 0 }
    }
    this.#directions = { up: direction('up'), down: direction('down') }
    const { drops, oneWayCut } = this.#weather
    const own = (everySec: number): number => constants.next() * everySec * 1000
    this.#drops = drops === null ? undefined : { everyMs: drops.everySec * 1000, forMs: drops.forSec * 1000, firstMs: drops.together ? drops.everySec * 1000 : own(drops.everySec) }
    this.#cut = oneWayCut === null ? undefined : { everyMs: oneWayCut.everySec * 1000, forMs: oneWayCut.forSec * 1000, firstMs: own(oneWayCut.everySec) }
  }

  /** When so many bytes that are handed over at `runMs` arrive. The caller keeps to the order of what it sends. */
  pass(way: Way, bytes: number, runMs: number): Passage {
    if (holdsUntil(this.#network.windows, runMs) === undefined)
      return { at: runMs, breaks: false }
    const { jitterMs, bytesPerSec, lossPercent } = this.#weather[way]
    const direction = this.#directions[way]
    let sentAt = runMs
    if (bytesPerSec !== null) {
      sentAt = Math.max(runMs, direction.busyUntil) + bytes * 1000 / bytesPerSec
      direction.busyUntil = sentAt
    }
    const { repeatMs, breaks } = lossPercent === 0 ? { repeatMs: 0, breaks: false } : repeats(bytes, lossPercent / 100, direction.random)
    const jitter = jitterMs === 0 ? 0 : direction.random.next() * jitterMs
    return { at: this.#afterCuts(way, sentAt + direction.latencyMs + jitter + repeatMs), breaks }
  }

  /** What was sent when the weather was another one counts as on its way until `runMs`. */
  startAfresh(runMs: number): void {
    this.#directions.up.busyUntil = runMs
    this.#directions.down.busyUntil = runMs
  }

  /** When the device can be reached again, milliseconds of the run; undefined: it can. */
  awayUntil(runMs: number): number | undefined {
    return this.#drops === undefined ? undefined : endOf(this.#drops, this.#network.windows, runMs)
  }

  /** When its link drops, or could if the weather holds then; undefined: never. */
  nextDropAfter(runMs: number): number | undefined {
    return this.#drops === undefined ? undefined : nextAfter(this.#drops, runMs)
  }

  #afterCuts(way: Way, runMs: number): number {
    let at = runMs
    if (this.#cut === undefined || this.#weather.oneWayCut?.way !== way)
      return at
    for (let holds = 0; holds < holdsMax; holds++) {
      const end = endOf(this.#cut, this.#network.windows, at)
      if (end === undefined)
        break
      at = end
      if (at === Number.POSITIVE_INFINITY)
        break
    }
    return at
  }
}

/** How much later bytes arrive because segments of them were lost: the unluckiest one counts. */
function repeats(bytes: number, lossShare: number, random: Random): { repeatMs: number, breaks: boolean } {
  let lossesMost = 0
  for (let left = bytes; left > 0 && lossesMost < lossesMax; left -= segmentBytes) {
    let losses = 0
    while (losses < lossesMax && random.next() < lossShare)
      losses++
    lossesMost = Math.max(lossesMost, losses)
  }
  return { repeatMs: firstRepeatMs * (2 ** lossesMost - 1), breaks: lossesMost === lossesMax }
}

/** Whether a device is among the so many of a hundred that `purpose` is for. */
export function isChosen(seed: number, deviceName: string, purpose: string, percent: number): boolean {
  return percent >= 100 || (percent > 0 && createRandom(seed, `${purpose} for ${deviceName}`).next() * 100 < percent)
}
