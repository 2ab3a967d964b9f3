import type { RadioQuality } from '../../../shared/contract/fleet-conversation.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { Random } from '../behaviour/random-streams.ts'

/** Where the signal of a device usually lies, dBm. */
const usualRssi: Record<RadioQuality, [low: number, high: number]> = { good: [-62, -45], fair: [-75, -60], poor: [-88, -74] }
const rssiMin = -97
const rssiMax = -30
const noiseFloor = -92
/** Down to here packets hardly get lost; from here on their share grows with the square of what is missing. */
const soundRssi = -70
/** Type and code of the errors a device counts (Alink 7.4), and how many per mille of lost packets make one a report. */
const errorKinds = [
  { group: '10,01', lossForOne: 1_500 },
  { group: '10,04', lossForOne: 1_200 },
  { group: '20,02', lossForOne: 400 },
  { group: '20,03', lossForOne: 900 },
] as const
const readOrWriteFailed = 2

/** Base, drift and a counter for each kind of error. */
const numbersPerDevice = 2 + errorKinds.length

/**
 * The Wi-Fi of every device: the signal strays around its own usual strength and fades now and then; the distance to the
 * noise, packet loss and errors follow from it. 24 bytes a device, from its first report on.
 */
export class Radios {
  #numbers = new Float32Array(0)
  quality: RadioQuality

  constructor(quality: RadioQuality) {
    this.quality = quality
  }

  /** Moves a device's radio on and reads it: the `wifi` member of a network report. */
  measure(index: number, random: Random): JsonObject {
    const at = this.#placeOf(index)
    const numbers = this.#numbers
    const [low, high] = usualRssi[this.quality]
    numbers[at] = Number.isNaN(numbers[at]) ? random.next() : numbers[at]!
    const strayed = 0.7 * numbers[at + 1]! + 4 * (2 * random.next() - 1)
    const fades = random.next() < 0.03
    const depth = 8 + 12 * random.next()
    numbers[at + 1] = strayed - (fades ? depth : 0)
    const rssi = Math.round(Math.min(rssiMax, Math.max(rssiMin, low + numbers[at]! * (high - low) + numbers[at + 1]!)))
    const snr = Math.max(0, Math.round(rssi - noiseFloor - 2 * random.next()))
    const missing = Math.max(0, soundRssi - rssi) / 20
    const per = Math.min(1_000, Math.round((0.5 + 250 * missing ** 2) * (0.5 + random.next())))
    errorKinds.forEach(({ lossForOne }, kind) => {
      if (random.next() < per / lossForOne)
        numbers[at + 2 + kind]!++
    })
    const errors = errorKinds.flatMap(({ group }, kind) => numbers[at + 2 + kind]! === 0 ? [] : [`${group},${toHex(numbers[at + 2 + kind]!)}`])
    return { rssi, snr, per, ...(errors.length > 0 && { err_stats: errors.join(';') }) }
  }

  /** A connection that broke counts as one that could not be read or written. */
  linkLost(index: number): void {
    const at = index * numbersPerDevice
    if (at < this.#numbers.length)
      this.#numbers[at + 2 + readOrWriteFailed]!++
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    for (let at = count * numbersPerDevice; at < this.#numbers.length; at += numbersPerDevice)
      this.#clear(at)
  }

  #placeOf(index: number): number {
    const at = index * numbersPerDevice
    if (at >= this.#numbers.length) {
      const before = this.#numbers
      this.#numbers = new Float32Array(Math.max(64 * numbersPerDevice, 2 * at))
      this.#numbers.set(before)
      for (let place = before.length; place < this.#numbers.length; place += numbersPerDevice)
        this.#clear(place)
    }
    return at
  }

  #clear(at: number): void {
    this.#numbers.fill(0, at, at + numbersPerDevice)
    this.#numbers[at] = Number.NaN
  }
}

function toHex(count: number): string {
  return count.toString(16).padStart(2, '0')
}
